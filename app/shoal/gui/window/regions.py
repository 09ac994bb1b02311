"""F6 and Shift+F6: from one part of the window to the next."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QWidget

Region = tuple[QWidget, Callable[[], QWidget]]
"""A part of the window, and who in it gets the focus."""


class Regions:
    """Parts that cannot be seen are passed over."""

    def __init__(self, window: QWidget, regions: Sequence[Region]) -> None:
        self._regions = tuple(regions)
        for keys, step in (("F6", 1), ("Shift+F6", -1)):
            shortcut = QShortcut(QKeySequence(keys), window)
            shortcut.activated.connect(lambda by=step: self.move(by))

    def move(self, step: int) -> None:
        """Give the focus to the next part (1) or the one before (-1)."""
        shown = [region for region in self._regions if region[0].isVisible()]
        if not shown:
            return
        focus = QApplication.focusWidget()
        here = next((at for at, (part, _) in enumerate(shown) if _is_in(focus, part)), None)
        at = (0 if step > 0 else -1) if here is None else (here + step) % len(shown)
        shown[at][1]().setFocus(Qt.FocusReason.ShortcutFocusReason)


def _is_in(widget: QWidget | None, part: QWidget) -> bool:
    return widget is not None and (widget is part or part.isAncestorOf(widget))


def first_focusable(part: QWidget) -> QWidget:
    """The first widget of `part` that takes the focus by Tab; `part` itself when none does."""
    for child in part.findChildren(QWidget):
        if child.isVisible() and child.isEnabled() and child.focusPolicy() & Qt.FocusPolicy.TabFocus:
            return child
    return part
