"""The end of everything in the list, bounded in time."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Iterable
from typing import Any

logger = logging.getLogger(__name__)


async def stop_all(stops: Iterable[Coroutine[Any, Any, None]], seconds: float) -> None:
    """Do all of them at the same time; those that last longer than `seconds` are broken off."""
    tasks = [asyncio.ensure_future(stop) for stop in stops]
    done, late = await asyncio.wait(tasks, timeout=seconds)
    for task in late:
        task.cancel()
    if late:
        await asyncio.wait(late)
    for task in done:
        error = task.exception()
        if error is not None:
            logger.error("a torrent did not stop cleanly", exc_info=error)
