"""Files and parsing off the interface's thread."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
MOST_THREADS = 8


class Background:
    """Short jobs, each in a thread of its own: read a file, parse metainfo, ask for free space.

    A job can hang for ever where a network drive is gone. It then costs the others nothing, and, being a daemon's,
    its thread keeps no process alive.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(MOST_THREADS)

    async def run(self, job: Callable[[], T]) -> T:
        """Await `job()` done in a worker; raises what it raises. At most `MOST_THREADS` at a time, the rest wait."""
        async with self._room:
            return await in_thread(job)


async def in_thread(job: Callable[[], T]) -> T:
    """Await `job()` done in a daemon thread; when the waiting is cancelled, its end is not noticed."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():
            return
        if error is not None:
            done.set_exception(error)
        else:
            done.set_result(result)  # type: ignore[arg-type]

    def work() -> None:
        result: T | None = None
        failure: BaseException | None = None
        try:
            result = job()
        except BaseException as error:  # whoever waits must learn of any end
            failure = error
        try:
            loop.call_soon_threadsafe(settle, result, failure)
        except RuntimeError:
            return  # the loop has ended: nobody waits any more

    threading.Thread(target=work, name="shoal-gui", daemon=True).start()
    return await done
