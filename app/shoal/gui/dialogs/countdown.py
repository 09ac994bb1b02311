"""Something is about to happen by itself, and can be cancelled until then."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import CountTemplates, say_count_phrase
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.toast import announce

SECONDS = 60
TOLD_EVERY = 15
"""Seconds between what a screen reader says."""


class CountdownDialog(AskingDialog):
    """Accepts itself after `SECONDS`. It stays before other windows, also of a window that is hidden.

    Enter, Esc and closing cancel: whoever only sits down at the computer does not set it off.
    """

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        title: str,
        words: CountTemplates,
        accept_name: str,
        *,
        seconds: int = SECONDS,
        tick_milliseconds: int = 1000,
    ) -> None:
        """`words` say what happens in `{n}` seconds; `accept_name` does it at once."""
        super().__init__(theme, parent, title, accept_name)
        self.setWindowFlag(Qt.WindowType.WindowStaysOnTopHint)
        self.setModal(False)
        self._words, self._left = words, seconds
        self._text = plain_label("", "body", width=theme.px(420))
        self.put(self._text)
        self.accept_button.setProperty("primary", None)
        self.accept_button.setDefault(False)
        self.accept_button.setAutoDefault(False)
        self.cancel_button.setProperty("primary", "true")
        self.cancel_button.setDefault(True)
        self.cancel_button.setFocus()
        self._timer = QTimer(self)
        self._timer.setInterval(tick_milliseconds)
        self._timer.timeout.connect(self._tick)
        self.finished.connect(self._timer.stop)
        self._show()
        self._timer.start()

    @property
    def seconds_left(self) -> int:
        return self._left

    def _tick(self) -> None:
        self._left -= 1
        if self._left <= 0:
            self.accept()
            return
        self._show()

    def _show(self) -> None:
        text = say_count_phrase(self._left, self._words)
        self._text.setText(text)
        if self._left % TOLD_EVERY == 0:
            announce(self, text)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Its cross cancels."""
        self.reject()
        event.accept()
