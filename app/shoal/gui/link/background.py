"""Files and parsing off the interface's thread."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")
THREADS = 2


class Background:
    """A small named pool for short jobs: read a file, parse metainfo, ask for free space."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="shoal-gui")

    async def run(self, job: Callable[[], T]) -> T:
        """Await `job()` done in a worker; raises what it raises."""
        return await asyncio.wrap_future(self._pool.submit(job))

    def close(self) -> None:
        """Drop waiting jobs; a running one ends by itself."""
        self._pool.shutdown(wait=False, cancel_futures=True)
