"""A quiet line under the list for what concerns the whole program; repeats are counted, never stacked."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count

ICON = 17


class NoticeBar(QFrame):
    """Hidden while there is nothing to say. `stop_wanted`: its button was pressed while work was shown."""

    stop_wanted = Signal()
    mend_wanted = Signal()
    """The button of what holds everything up was pressed."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._counts: dict[str, int] = {}
        self._work = ""
        self._trouble = self._mend = ""
        self.setProperty("notice", "true")
        self._icon = QLabel()
        self._label = QLabel()
        self._label.setTextFormat(Qt.TextFormat.PlainText)
        self._label.setWordWrap(True)
        self._button = QPushButton()
        self._button.setProperty("link", "true")
        self._button.clicked.connect(self._press)
        row = QHBoxLayout(self)
        row.setContentsMargins(theme.px(12), theme.px(6), theme.px(12), theme.px(6))
        row.setSpacing(theme.px(10))
        row.addWidget(self._icon)
        row.addWidget(self._label, 1)
        row.addWidget(self._button)
        theme.changed.connect(self._paint)
        self._paint()
        self.hide()

    def say(self, text: str) -> None:
        """Show `text`, after those that are not closed yet; the same again is counted."""
        self._counts[text] = self._counts.get(text, 0) + 1
        self._show()

    def show_work(self, text: str) -> None:
        """How far something has come, before all notices until it is '' again."""
        self._work = text
        self._show()

    def show_trouble(self, text: str, button: str = "") -> None:
        """What holds everything up, before all else until it is '' again; `button` leads to where it can be mended."""
        if text != self._trouble:
            self._trouble, self._mend = text, button
            self._show()

    def _press(self) -> None:
        if self._trouble:
            self.mend_wanted.emit()
            return
        if self._work:
            self.stop_wanted.emit()
            return
        self._counts.pop(next(iter(self._counts)), None)
        self._show()

    def _show(self) -> None:
        first = self._trouble or self._work
        self.setVisible(bool(self._counts) or bool(first))
        self._button.setText(self._mend if self._trouble else say("Stop") if self._work else say("Close"))
        self._paint()
        if first:
            self._label.setText(first)
            self.setAccessibleName(first)
            return
        for text, count in self._counts.items():
            shown = say_count(count, "{text} (once)", "{text} ({n} times)", text=text) if count > 1 else text
            self._label.setText(shown)
            self.setAccessibleName(shown)
            return

    def _paint(self) -> None:
        theme = self._theme
        icon, token = ("clock", "ink2") if self._work and not self._trouble else ("triangle", "warn")
        self._icon.setPixmap(theme.pixmap(icon, token, theme.px(ICON), self.devicePixelRatioF()))
