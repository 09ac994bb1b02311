"""A quiet line that offers something to do: nothing waits for an answer, and Esc says "not now"."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

ICON = 17


class OfferBar(QFrame):
    """Hidden while there is nothing to offer; each answer hides it."""

    accepted = Signal()
    stopped = Signal()
    """It shall not be offered any more."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("offer", "true")
        self._icon = QLabel()
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self.add = self._button(say("Add"))
        self.not_now = self._button(say("Not now"))
        self.never = self._button(say("Do not offer again"))
        self.add.clicked.connect(self.accepted)
        self.never.clicked.connect(self.stopped)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        for button in (self.add, self.not_now, self.never):
            row.addWidget(button)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def offer(self, text: str) -> None:
        """Show the question `text`; the focus stays where it is."""
        self._label.setText(text)
        self.setAccessibleName(text)
        self.show()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape:
            self.not_now.click()
        else:
            super().keyPressEvent(event)

    def _button(self, name: str) -> QPushButton:
        button = QPushButton(name, self)
        button.setProperty("link", "true")
        button.clicked.connect(self.hide)
        return button

    def _paint(self) -> None:
        theme = self._theme
        self._icon.setPixmap(theme.pixmap("link", "ink2", theme.px(ICON), self.devicePixelRatioF()))
