"""A quiet line under the list for what concerns the whole program; repeats are counted, never stacked."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

ICON = 17


class NoticeBar(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: dict[str, int] = {}
        self.setProperty("notice", "true")
        self._icon = QLabel()
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        close = QPushButton(say("Close"))
        close.setProperty("link", "true")
        close.clicked.connect(self._next)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(close)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def say(self, text: str) -> None:
        """Show `text`, after those that are not closed yet; the same again is counted."""
        self._counts[text] = self._counts.get(text, 0) + 1
        self._show()

    def _next(self) -> None:
        self._counts.pop(next(iter(self._counts)), None)
        self._show()

    def _show(self) -> None:
        self.setVisible(bool(self._counts))
        for text, count in self._counts.items():
            shown = say("{text} ({n} times)", text=text, n=count) if count > 1 else text
            self._label.setText(shown)
            self.setAccessibleName(shown)
            return

    def _paint(self) -> None:
        theme = self._theme
        self._icon.setPixmap(theme.pixmap("triangle", "warn", theme.px(ICON), self.devicePixelRatioF()))
