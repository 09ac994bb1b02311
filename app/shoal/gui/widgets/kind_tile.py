"""The picture of what kind of thing a torrent is, on a soft tile."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme

TILE, ICON = 48, 24


class KindTile(QWidget):
    """Decoration: the words beside it say the same."""

    def __init__(self, theme: Theme, icon: str) -> None:
        super().__init__()
        self._theme, self._icon = theme, icon
        self.setFixedSize(theme.px(TILE), theme.px(TILE))
        theme.changed.connect(self.update)

    def set_icon(self, icon: str) -> None:
        self._icon = icon
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, size = self._theme, self._theme.px(ICON)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("soft"))
        painter.drawRoundedRect(self.rect(), theme.px(12), theme.px(12))
        at = (self.width() - size) // 2
        painter.drawPixmap(at, at, theme.pixmap(self._icon, "acc", size, self.devicePixelRatioF()))
        painter.end()
