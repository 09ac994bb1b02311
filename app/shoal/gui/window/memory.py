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

    def remember(self, **values: str) -> None:
        """Replace settings by name."""
        new = replace(self.settings, **values)
        if new != self.settings:
            self.settings = new
            self._changed(new)
