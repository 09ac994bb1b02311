"""Has the interface's settings written to disk when they change: in a worker, one write at a time, the newest last."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from shoal.gui.link.background import Background
from shoal.settings.interface_settings import InterfaceSettings

log = logging.getLogger(__name__)

SaveSettings = Callable[[InterfaceSettings], None]
"""Writes to disk; called in a worker, one call at a time."""
END_SECONDS = 5.0
"""How long the end of the program waits for settings that a slow disk takes."""


class MemoryKeeper:
    """Make it on the running loop; `keep` whatever `Memory` tells of, `close` at the end."""

    def __init__(self, background: Background, save: SaveSettings, complain: Callable[[str], None]) -> None:
        """`complain` hears why nothing can be saved: once, until it works again."""
        self._background, self._save, self._complain = background, save, complain
        self._loop = asyncio.get_running_loop()
        self._saving: asyncio.Task[None] | None = None
        self._unsaved: InterfaceSettings | None = None
        self._has_complained = False

    @property
    def is_busy(self) -> bool:
        """Something is being written."""
        return self._saving is not None

    def keep(self, settings: InterfaceSettings) -> None:
        """Have them written as soon as what is being written is done."""
        self._unsaved = settings
        if self._saving is None:
            self._saving = self._loop.create_task(self._write())

    async def close(self) -> None:
        """Wait for what is being written, for at most END_SECONDS."""
        if self._saving is None:
            return
        done, _ = await asyncio.wait({self._saving}, timeout=END_SECONDS)
        if not done:
            log.warning("the interface's settings could not be saved within %.0f s", END_SECONDS)
            self._saving.cancel()

    async def _write(self) -> None:
        try:
            while self._unsaved is not None:
                settings, self._unsaved = self._unsaved, None
                await self._background.run(lambda chosen=settings: self._save(chosen))  # type: ignore[misc]
                self._has_complained = False
        except Exception as error:
            log.warning("the interface's settings could not be saved: %s", error)
            log.debug("its trace", exc_info=True)
            # Every column that is moved would say it anew.
            if not self._has_complained:
                self._has_complained = True
                self._complain((error.strerror if isinstance(error, OSError) else None) or str(error))
        finally:
            self._saving = None
