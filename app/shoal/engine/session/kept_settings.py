"""The settings in force on their way to where they are kept."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from functools import partial

from shoal.api.errors import Reason
from shoal.runtime.world import Workers
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import SettingsError

logger = logging.getLogger(__name__)


class KeptSettings:
    """Writes them when they differ from what was written last; one write at a time."""

    def __init__(
        self, workers: Workers, write: Callable[[EngineSettings], None] | None, present: Callable[[], EngineSettings]
    ) -> None:
        """`write` is called in a worker and may raise OSError or SettingsError; None keeps nothing.

        `present` tells the settings in force; those of this moment count as written.
        """
        self._workers = workers
        self._write = write
        self._present = present
        self._saved = present()
        self._lock = asyncio.Lock()

    async def save(self) -> tuple[Reason, ...]:
        """Write them; answers `settings-not-saved` (params: detail) when that failed."""
        if self._write is None:
            return ()
        async with self._lock:
            settings = self._present()
            if settings == self._saved:
                return ()
            try:
                await self._workers.run(partial(self._write, settings), lane="slow")
            except (OSError, SettingsError) as error:
                logger.info("the settings were not saved: %s", error)
                return (Reason("settings-not-saved", {"detail": str(error)}),)
            self._saved = settings
            return ()
