"""What an empty list shows: the fish, one sentence, and a button that does something about it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.gui.style.theme import Theme

FISH_WIDTH, FISH_HEIGHT = 144, 84


class EmptyState(QWidget):
    """`sentence` and `button` are told at any time; `pressed` is the button."""

    pressed = Signal()

    def __init__(self, theme: Theme, sentence: str, button: str, *, primary: bool = False) -> None:
        super().__init__()
        self._theme = theme
        self.setProperty("surface", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._fish = QLabel(alignment=Qt.AlignmentFlag.AlignCenter)
        self._sentence = QLabel(sentence, alignment=Qt.AlignmentFlag.AlignCenter)
        self._sentence.setTextFormat(Qt.TextFormat.PlainText)
        self._sentence.setProperty("role", "empty")
        self._button = QPushButton(button)
        if primary:
            self._button.setProperty("primary", "true")
        self._button.clicked.connect(self.pressed)
        row = QHBoxLayout()
        row.addStretch()
        row.addWidget(self._button)
        row.addStretch()
        layout = QVBoxLayout(self)
        layout.addStretch(2)
        layout.addWidget(self._fish)
        layout.addSpacing(theme.px(16))
        layout.addWidget(self._sentence)
        layout.addSpacing(theme.px(16))
        layout.addLayout(row)
        layout.addStretch(3)
        theme.changed.connect(self._paint_fish)
        self._paint_fish()

    def set_sentence(self, sentence: str) -> None:
        self._sentence.setText(sentence)

    def set_button(self, name: str) -> None:
        self._button.setText(name)

    def event(self, event: QEvent) -> bool:
        """Another screen may have another device ratio."""
        if event.type() is QEvent.Type.DevicePixelRatioChange:
            self._paint_fish()
        return super().event(event)

    def _paint_fish(self) -> None:
        theme = self._theme
        self._fish.setPixmap(
            theme.pixmap("fish", "acc", theme.px(FISH_WIDTH), self.devicePixelRatioF(), theme.px(FISH_HEIGHT))
        )
