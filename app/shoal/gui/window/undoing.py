"""What can be taken back: the last things that were done, each with what brings back how it was."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from shoal.api.commands import Command, RestoreTorrent
from shoal.gui.link.undoable import Undoable

DEEPEST = 20


class Undoing(QObject):
    """The newest first; `send` does one command."""

    changed = Signal()
    brought_back = Signal(object)
    """Ids of transfers that were removed, in their order, and that the engine was told to restore."""

    def __init__(self, send: Callable[[Command], None], parent: QObject) -> None:
        super().__init__(parent)
        self._send = send
        self._done: deque[Undoable] = deque(maxlen=DEEPEST)

    @property
    def newest(self) -> Undoable | None:
        return self._done[-1] if self._done else None

    def push(self, done: Undoable) -> None:
        self._done.append(done)
        self.changed.emit()

    def take_over(self, former: Undoing) -> None:
        """What `former` could take back can be taken back here."""
        self._done.extend(former._done)
        self.changed.emit()

    def can_take_back(self, done: Undoable) -> bool:
        return done in self._done

    def undo(self) -> None:
        """Take back the newest; nothing when there is none."""
        if self._done:
            self._take_back(self._done.pop())

    def undo_this(self, done: Undoable) -> None:
        """Take back `done`, once, however much was done since."""
        if done in self._done:
            self._done.remove(done)
            self._take_back(done)

    def _take_back(self, done: Undoable) -> None:
        for command in done.commands:
            self._send(command)
        if done.act is not None:
            done.act()
        restored = tuple(command.torrent_id for command in done.commands if isinstance(command, RestoreTorrent))
        if restored:
            self.brought_back.emit(restored)
        self.changed.emit()
