"""What the window remembers between starts: the interface's settings, changed in memory and saved by the composer.

Place, splitter, columns and tab are kept for each set of screens, so that a laptop that comes home to its large screen
finds the window as it was there.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import fields, replace

from PySide6.QtCore import QObject, Signal

from shoal.settings.interface_settings import InterfaceSettings, validate_interface
from shoal.settings.schema import SettingsError

PER_SCREENS = ("window_geometry", "details_state", "column_state", "detail_tab")
MOST_SCREEN_SETS = 8


class Memory(QObject):
    """`settings` is the value in force; `changed` is called with each new one and must not block."""

    remembered = Signal(object)
    """The names of the settings that have other values now, a frozenset."""

    def __init__(self, settings: InterfaceSettings, changed: Callable[[InterfaceSettings], None]) -> None:
        super().__init__()
        self.settings = settings
        self._changed = changed
        self._screens = ""

    def use_screens(self, screens: str) -> bool:
        """From now on what belongs to this set of screens is in force; False when nothing is known of it yet."""
        self._screens = screens
        known = _screen_sets(self.settings.screen_sets).get(screens)
        if known is None:
            return False
        try:
            values = {name: known[name] for name in PER_SCREENS if name in known}
            self.settings = validate_interface(replace(self.settings, **values))  # type: ignore[arg-type]
        except SettingsError:
            return False
        return True

    def remember(self, **values: str | int | float | bool) -> None:
        """Replace settings by name."""
        # Names and types are those of the schema; its check refuses others when they are saved.
        new = replace(self.settings, **values)  # type: ignore[arg-type]
        if self._screens and any(name in values for name in PER_SCREENS):
            sets = _screen_sets(new.screen_sets)
            sets.pop(self._screens, None)
            sets[self._screens] = {name: getattr(new, name) for name in PER_SCREENS}
            newest = list(sets.items())[-MOST_SCREEN_SETS:]
            new = replace(new, screen_sets=json.dumps(dict(newest), separators=(",", ":")))
        if new != self.settings:
            before, self.settings = self.settings, new
            self._changed(new)
            names = (entry.name for entry in fields(new))
            self.remembered.emit(frozenset(name for name in names if getattr(new, name) != getattr(before, name)))


def _screen_sets(text: str) -> dict[str, dict[str, str]]:
    """Values by set of screens; empty for a text that is none of ours."""
    try:
        found = json.loads(text) if text else {}
    except (ValueError, RecursionError):
        return {}
    if not isinstance(found, dict):
        return {}
    return {str(key): value for key, value in found.items() if isinstance(value, dict)}
