"""What systems say to the running program as events: documents and links on macOS, everywhere that it is to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QEvent, QUrl
from PySide6.QtGui import QFileOpenEvent
from PySide6.QtWidgets import QApplication


class HearingApplication(QApplication):
    """The one `QApplication`. Only what is for the program itself passes here, not what is for its windows."""

    def __init__(self, arguments: list[str]) -> None:
        super().__init__(arguments)
        self._take: Callable[[Sequence[str]], None] | None = None
        self._end: Callable[[], None] | None = None

    def hear(self, take: Callable[[Sequence[str]], None], end: Callable[[], None]) -> None:
        """`take` gets paths and addresses; they may come before the window is shown. `end` is called when the session
        of the desktop ends in earnest, or when the Dock says Quit; Qt would stop the loop under a program that still
        saves."""
        self._take, self._end = take, end

    def hear_no_more(self) -> None:
        """The program is about to end."""
        self._take = self._end = None

    def event(self, event: QEvent) -> bool:
        if self._end is not None and event.type() is QEvent.Type.Quit:
            self._end()
            return True
        if self._take is None or not isinstance(event, QFileOpenEvent):
            return super().event(event)
        # A file's URL says nothing that its path does not; a magnet link has no path, and must stay encoded.
        source = event.file() or event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if source:
            self._take([source])
        return True
