"""What the window remembers between starts: the interface's settings, changed in memory and saved by the composer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from shoal.settings.interface_settings import InterfaceSettings


class Memory:
    """`settings` is the value in force; `changed` is called with each new one and must not block."""

    def __init__(self, settings: InterfaceSettings, changed: Callable[[InterfaceSettings], None]) -> None:
        self.settings = settings
        self._changed = changed

    def remember(self, **values: str | bool) -> None:
        """Replace settings by name."""
        # Names and types are those of the schema; its check refuses others when they are saved.
        new = replace(self.settings, **values)  # type: ignore[arg-type]
        if new != self.settings:
            self.settings = new
            self._changed(new)
