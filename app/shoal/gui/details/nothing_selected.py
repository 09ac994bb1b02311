"""What the detail pane shows while no transfer is selected."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

FISH_WIDTH, FISH_HEIGHT = 96, 56
LEAST_HEIGHT_WITH_FISH = 150


class NothingSelected(QWidget):
    """The fish, and one sentence."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._fish = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        sentence = QLabel(say("Select a transfer to see its swarm"), alignment=Qt.AlignmentFlag.AlignCenter)
        sentence.setTextFormat(Qt.TextFormat.PlainText)
        sentence.setProperty("role", "empty")
        sentence.setWordWrap(True)
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._fish)
        layout.addSpacing(theme.px(12))
        layout.addWidget(sentence)
        layout.addStretch(3)
        theme.changed.connect(self._paint_fish)
        self._paint_fish()

    def event(self, event: QEvent) -> bool:
        """Another screen may have another device ratio."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._paint_fish()
        return super().event(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fish.setVisible(self.height() >= self._theme.px(LEAST_HEIGHT_WITH_FISH))

    def _paint_fish(self) -> None:
        px = self._theme.px
        self._fish.setPixmap(
            self._theme.pixmap("fish", "acc", px(FISH_WIDTH), self.devicePixelRatioF(), px(FISH_HEIGHT))
        )
