"""A panel that stands over the window until a click beside it or Esc closes it."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QKeyEvent, QPainterPath, QRegion, QResizeEvent
from PySide6.QtWidgets import QFrame, QWidget

from shoal.gui.style.theme import Theme

RADIUS = 12
"""Of its corners, pixels at 96 dpi."""


class Popover(QFrame):
    """Not modal, and gone for good when it closes. `name` is what style sheets call it."""

    def __init__(self, theme: Theme, parent: QWidget | None, name: str) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setObjectName(name)
        self.setStyleSheet(
            f"#{name} {{ background: {theme.tokens.surf}; border: 1px solid {theme.tokens.ctl};"
            f" border-radius: {theme.px(RADIUS)}px; }}"
        )

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        """Cut the corners round; a translucent window is black on an X display without a compositor."""
        super().resizeEvent(event)
        outline, radius = QPainterPath(), self._theme.px(RADIUS)
        outline.addRoundedRect(QRectF(self.rect()), radius, radius)
        self.setMask(QRegion(outline.toFillPolygon().toPolygon()))

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.close()
            return
        super().keyPressEvent(event)
