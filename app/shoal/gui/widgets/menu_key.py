"""Shift+F10 opens the context menu of what has the focus, as the Menu key does."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QApplication

_TOLD_BY_SYSTEM = frozenset({"windows", "cocoa"})
"""Platforms that make the event of these keys themselves; of the others Qt knows the Menu key alone."""


def open_menu_by_key(event: QKeyEvent) -> bool:
    """Ask the focused widget for its context menu when `event` is Shift+F10; True when it was."""
    is_wish = event.key() == Qt.Key.Key_F10 and event.modifiers() == Qt.KeyboardModifier.ShiftModifier
    focused = QApplication.focusWidget()
    if not is_wish or focused is None or QGuiApplication.platformName() in _TOLD_BY_SYSTEM:
        return False
    cursor = focused.inputMethodQuery(Qt.InputMethodQuery.ImCursorRectangle)
    at = cursor.toRect().center() if hasattr(cursor, "toRect") else focused.rect().center()
    wish = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, at, focused.mapToGlobal(at))
    QApplication.sendEvent(focused, wish)
    return True
