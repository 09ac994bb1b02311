"""The search field: a magnifier inside, Esc clears it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit

from shoal.gui.style.theme import Theme

FIND_WIDTH, FIND_ICON = 262, 16


class FindField(QLineEdit):
    def __init__(self, theme: Theme, name: str) -> None:
        super().__init__()
        self._theme = theme
        self.setFixedWidth(theme.px(FIND_WIDTH))
        self.setClearButtonEnabled(True)
        # A torrent that is dropped here is added, and no text to search for.
        self.setAcceptDrops(False)
        self.setAccessibleName(name)
        self.setTextMargins(theme.px(FIND_ICON + 10), 0, 0, 0)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        px = self._theme.px
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        left = self.width() - px(10) - px(FIND_ICON) if mirrored else px(10)
        painter = QPainter(self)
        pixmap = self._theme.pixmap("search", "ink3", px(FIND_ICON), self.devicePixelRatioF())
        painter.drawPixmap(left, (self.height() - px(FIND_ICON)) // 2, pixmap)
        painter.end()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
