"""What was changed in the Configuration, and the way back, one change at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.explanations import notice_text, user_error_text
from shoal.gui.style.setting_text import bad_setting_text
from shoal.settings.schema import SettingsError, Value

MOST_CHANGES = 100


class Elsewhere(Protocol):
    """What keeps things that can be taken back for the whole program, such as the main window's Edit > Undo."""

    def undo_this(self, done: Undoable) -> None: ...

    def can_take_back(self, done: Undoable) -> bool: ...


@dataclass(frozen=True, slots=True)
class Change:
    """`before` are the values that `name` replaced; or else `done` is taken back by `keeper`."""

    name: str
    before: Mapping[str, Value] = field(default_factory=dict)
    done: Undoable | None = None
    keeper: Elsewhere | None = None

    @property
    def is_open(self) -> bool:
        """It was not taken back elsewhere."""
        return self.keeper is None or self.done is None or self.keeper.can_take_back(self.done)


class Changes(QObject):
    """Puts values in force at once, off the signal that asked for it; `undo` takes the last change back."""

    moved = Signal()
    """`last` is another one now."""
    failed = Signal(object, str)
    """The keys that could not be changed, and why in words."""
    told = Signal(str)
    """What took effect otherwise than asked."""
    recorded = Signal(object)
    """A `Change` that was made by a part of a page, and is worth a word."""

    def __init__(self, parent: QObject, door: SettingsDoor, link: ClientLink) -> None:
        super().__init__(parent)
        self._door, self._link = door, link
        self._done: list[Change] = []
        door.noted.connect(self._tell)

    @property
    def last(self) -> Change | None:
        """What `undo` takes back now."""
        return self._done[-1] if self._done else None

    def take_over(self, former: Changes) -> None:
        """What `former` could take back can be taken back here, before what was changed here; all but what is kept
        elsewhere, by a window that goes."""
        self._done = [*(change for change in former._done if change.keeper is None), *self._done]
        self.moved.emit()

    def make(self, name: str, values: Mapping[str, Value]) -> None:
        """Change settings; `name` says what, for the way back."""
        before = {key: self._door.value(key) for key in values}
        if before != dict(values):
            self._link.run(self._change(values, lambda: self._remember(Change(name, before))), self)

    def record(self, name: str, done: Undoable, keeper: Elsewhere) -> None:
        """A part of a page has done this; call `look` whenever `keeper` has taken something back."""
        change = Change(name, done=done, keeper=keeper)
        self._remember(change)
        self.recorded.emit(change)

    def look(self) -> None:
        """Drop what was taken back elsewhere."""
        if not all(change.is_open for change in self._done):
            self._done = [change for change in self._done if change.is_open]
            self.moved.emit()

    def is_open(self, change: Change) -> bool:
        """It can still be taken back."""
        return change in self._done

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            self.undo_this(self._done[-1])

    def undo_this(self, change: Change) -> None:
        """Take `change` back, once, however much was changed since."""
        if change not in self._done:
            return
        self._done.remove(change)
        self.moved.emit()
        if change.keeper is not None and change.done is not None:
            change.keeper.undo_this(change.done)
        else:
            self._link.run(self._change(change.before, lambda: None), self)

    async def _change(self, values: Mapping[str, Value], then: Callable[[], None]) -> None:
        try:
            await self._door.change(values)
        except UserError as error:
            self.failed.emit(frozenset(values), user_error_text(error.reason))
        except SettingsError as error:
            self.failed.emit(frozenset(values), bad_setting_text(error.field, error.must))
        else:
            then()

    def _remember(self, change: Change) -> None:
        self._done.append(change)
        del self._done[:-MOST_CHANGES]
        self.moved.emit()

    def _tell(self, notes: tuple[Reason, ...]) -> None:
        for note in notes:
            self.told.emit(notice_text(Alert(note.code, None, note.params, "warning")) or user_error_text(note))
