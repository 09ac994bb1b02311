"""A field in which one of several is chosen, with the arrow that says so."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox, QStyle

from shoal.gui.style.theme import Theme

CHEVRON, SIDE = 14, 10


class ChoiceBox(QComboBox):
    """The wheel scrolls what it stands on, it does not change what is chosen."""

    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return super().sizeHint() + QSize(self._theme.px(CHEVRON), 0)

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        size = self._theme.px(CHEVRON)
        place = QRect(self.width() - self._theme.px(SIDE) - size, (self.height() - size) // 2, size, size)
        place = QStyle.visualRect(self.layoutDirection(), self.rect(), place)
        token = "ink2" if self.isEnabled() else "ink3"
        painter = QPainter(self)
        painter.drawPixmap(place.topLeft(), self._theme.pixmap("chevron-down", token, size, self.devicePixelRatioF()))
        painter.end()
