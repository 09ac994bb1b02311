"""What systems say to the running program as events: documents and links on macOS, everywhere that it is to end."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QCoreApplication, QEvent, QObject, QUrl
from PySide6.QtGui import QFileOpenEvent


class OpenEvents(QObject):
    """`take` gets paths and addresses; they may come before the window is shown. `end` is called when the session of
    the desktop ends in earnest, or when the Dock says Quit; Qt would stop the loop under a program that still saves."""

    def __init__(
        self,
        app: QCoreApplication,
        take: Callable[[Sequence[str]], None],
        end: Callable[[], None],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._take, self._end = take, end
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if event.type() is QEvent.Type.Quit:
            self._end()
            return True
        if event.type() is not QEvent.Type.FileOpen or not isinstance(event, QFileOpenEvent):
            return False
        # A file's URL says nothing that its path does not; a magnet link has no path, and must stay encoded.
        source = event.file() or event.url().toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if source:
            self._take([source])
        return True
