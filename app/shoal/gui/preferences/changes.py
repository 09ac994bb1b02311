"""What was changed in the Configuration, and the way back, one change at a time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.style.explanations import notice_text, user_error_text
from shoal.gui.style.setting_text import bad_setting_text
from shoal.settings.schema import SettingsError, Value

MOST_CHANGES = 100


@dataclass(frozen=True, slots=True)
class Change:
    """`before` are the values that `name` replaced."""

    name: str
    before: Mapping[str, Value]


class Changes(QObject):
    """Puts values in force at once, off the signal that asked for it; `undo` takes the last change back."""

    moved = Signal()
    """`last` is another one now."""
    failed = Signal(object, str)
    """The keys that could not be changed, and why in words."""
    told = Signal(str)
    """What took effect otherwise than asked."""

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
        """What `former` could take back can be taken back here, before what was changed here."""
        self._done = [*former._done, *self._done]
        self.moved.emit()

    def make(self, name: str, values: Mapping[str, Value]) -> None:
        """Change settings; `name` says what, for the way back."""
        before = {key: self._door.value(key) for key in values}
        if before != dict(values):
            self._link.run(self._change(values, lambda: self._remember(Change(name, before))), self)

    def undo(self) -> None:
        """Take the last change back."""
        if self._done:
            change = self._done.pop()
            self.moved.emit()
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
