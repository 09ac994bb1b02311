"""All settings in one place for whatever shows or changes them: the engine's behind the client, the interface's here.

One owner each: the engine for its own, `Memory` for the interface's. What changes them elsewhere (a limit menu, another
front end) is seen too, by the revision in the session's totals.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import fields, replace

from PySide6.QtCore import QObject, Signal

from shoal.api.commands import ChangeSettings
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import SettingsReport, Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Setting, Value, check_value, schema_of

log = logging.getLogger(__name__)

ENTRIES: dict[str, Setting] = {
    entry.key: entry for entry in (*schema_of(InterfaceSettings), *schema_of(EngineSettings))
}
"""Every setting by its key; no key is both the engine's and the interface's."""
_ENGINE_KEYS = frozenset(entry.key for entry in schema_of(EngineSettings))


class SettingsDoor(QObject):
    """`engine` and `interface` are the values in force; `engine` holds defaults until `is_known`."""

    changed = Signal(object)
    """The keys that have other values now, a frozenset."""
    noted = Signal(object)
    """A tuple of `Reason`: what could not take effect as asked, such as `port-taken`."""

    def __init__(self, link: ClientLink, memory: Memory) -> None:
        super().__init__()
        self._link, self._memory = link, memory
        self.engine = EngineSettings()
        self.is_known = False
        self.told_together: frozenset[str] = frozenset()
        """While `changed` tells of the interface's part of a change: all keys that this change brings."""
        self._revision = -1
        memory.remembered.connect(self.changed)
        link.updated.connect(self._follow)

    @property
    def interface(self) -> InterfaceSettings:
        return self._memory.settings

    def value(self, key: str) -> Value:
        """The value in force of `key`. Raises KeyError for a key that is not in the schema."""
        ENTRIES[key]
        found: Value = getattr(self.engine if key in _ENGINE_KEYS else self.interface, key)
        return found

    async def change(self, values: Mapping[str, Value]) -> tuple[Reason, ...]:
        """Put `values` in force at once; answers notes on what took effect otherwise than asked.

        All or nothing: raises KeyError for an unknown key, `SettingsError` for a value that cannot be, `UserError` when
        the engine refuses; nothing has changed then.
        """
        for key, value in values.items():
            check_value(ENTRIES[key], value)
        ours = {key: value for key, value in values.items() if key not in _ENGINE_KEYS}
        engines = tuple((key, value) for key, value in values.items() if key in _ENGINE_KEYS)
        notes: tuple[Reason, ...] = ()
        if engines:
            notes = self._take(await self._link.execute(ChangeSettings(engines)))
        if ours:
            self.told_together = frozenset(values)
            try:
                self._memory.remember(**ours)
            finally:
                self.told_together = frozenset()
        if notes:
            self.noted.emit(notes)
        return notes

    def remember(self, values: Mapping[str, Value]) -> None:
        """As `change`, of the interface's own alone, without a wait."""
        for key, value in values.items():
            check_value(ENTRIES[key], value)
        self._memory.remember(**values)

    async def refresh(self) -> None:
        """Ask the engine for its values, as soon as it is open."""
        self._take(await self._link.execute(ChangeSettings(())))

    def _take(self, report: object) -> tuple[Reason, ...]:
        assert isinstance(report, SettingsReport)
        known = {key: value for key, value in report.values.items() if key in _ENGINE_KEYS}
        # The engine has checked their types.
        new: EngineSettings = replace(self.engine, **known)  # type: ignore[arg-type]
        before, self.engine, was_known = self.engine, new, self.is_known
        self.is_known = True
        keys = frozenset(entry.name for entry in fields(new) if getattr(new, entry.name) != getattr(before, entry.name))
        if keys or not was_known:
            self.changed.emit(keys)
        return report.notes

    def _follow(self, update: Update) -> None:
        if update.totals.settings_revision != self._revision:
            self._revision = update.totals.settings_revision
            self._link.run(self._refresh_quietly(), self)

    async def _refresh_quietly(self) -> None:
        try:
            await self.refresh()
        except UserError as error:
            log.debug("the engine's settings are not known: %s", error)
