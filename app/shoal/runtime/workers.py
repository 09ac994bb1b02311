"""Worker threads by lane, with results delivered to the loop in batches."""

from __future__ import annotations

import asyncio
import os
import threading
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")

MAX_AUTO_CHECK_THREADS = 4
"""At most so many threads check files when the number is left to us."""

_Delivery = tuple[Callable[[Any], None], Any]


class ThreadWorkers:
    """`Workers` of the real world: one pool of named threads per lane.

    `done` callbacks run on the loop; however many jobs end while the loop is busy, it is woken once for all
    of them. A `done` that raises goes to the loop's exception handler and the others still run.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, *, disk_threads: int = 1, check_threads: int = 0) -> None:
        """`check_threads` 0 means one per processor, at most `MAX_AUTO_CHECK_THREADS`."""
        self._loop = loop
        sizes = {
            "disk": disk_threads,
            "read": 2,
            "check": check_threads or min(os.cpu_count() or 1, MAX_AUTO_CHECK_THREADS),
            "move": 1,
            "slow": 1,
            "lists": 1,
        }
        self._lanes = {
            lane: ThreadPoolExecutor(max_workers=threads, thread_name_prefix=f"shoal-{lane}")
            for lane, threads in sizes.items()
        }
        self._results: deque[_Delivery] = deque()
        self._lock = threading.Lock()
        self._is_woken = False
        self._awaited: dict[asyncio.Future[Any], None] = {}
        self._closed = False

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        """See `Workers.submit`. Raises ValueError for an unknown lane, RuntimeError once closed."""
        pool = self._lanes.get(lane)
        if pool is None:
            raise ValueError(f"no lane of workers is called {lane!r}")
        if self._closed:
            raise RuntimeError("the workers are closed")
        pool.submit(self._work, job, done)

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        """See `Workers.run`. Raises what `job` raised; CancelledError when `close` dropped it."""
        future: asyncio.Future[T] = self._loop.create_future()

        def done(result: T | BaseException) -> None:
            if future.done():
                return
            if isinstance(result, StopIteration):
                # A future refuses StopIteration, which would end the awaiting coroutine silently.
                future.set_exception(RuntimeError("a job raised StopIteration"))
            elif isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.submit(job, done, lane=lane)
        self._awaited[future] = None
        try:
            return await future
        finally:
            self._awaited.pop(future, None)

    def close(self) -> None:
        """Wait for running jobs, drop waiting ones; harmless twice and after the loop was closed.

        The results of jobs that ran are still delivered when the loop goes on running.
        """
        if self._closed:
            return
        self._closed = True
        for pool in self._lanes.values():
            pool.shutdown(wait=False, cancel_futures=True)
        for pool in self._lanes.values():
            pool.shutdown(wait=True)
        self._call_loop(self._cancel_awaited)

    def _work(self, job: Callable[[], Any], done: Callable[[Any], None]) -> None:
        """In a worker thread."""
        result: Any
        try:
            result = job()
        except BaseException as error:  # the one waiting for the result must learn of any end
            result = error
        with self._lock:
            self._results.append((done, result))
            must_wake = not self._is_woken
            self._is_woken = True
        if must_wake:
            self._call_loop(self._deliver)

    def _call_loop(self, callback: Callable[[], None]) -> None:
        try:
            self._loop.call_soon_threadsafe(callback)
        except RuntimeError:
            # The loop is closed: nobody is left to hear of it.
            with self._lock:
                self._results.clear()
                self._is_woken = False

    def _deliver(self) -> None:
        with self._lock:
            self._is_woken = False
            batch = self._results
            self._results = deque()
        while batch:
            done, result = batch.popleft()
            try:
                done(result)
            except (SystemExit, KeyboardInterrupt):
                self._keep(batch)
                raise
            except BaseException as error:
                self._loop.call_exception_handler(
                    {"message": "the receiver of a worker's result failed", "exception": error}
                )

    def _keep(self, batch: deque[_Delivery]) -> None:
        """Put an interrupted batch back in front, so that a loop that goes on loses nothing."""
        with self._lock:
            self._results.extendleft(reversed(batch))
            self._is_woken = True
        self._call_loop(self._deliver)

    def _cancel_awaited(self) -> None:
        for future in tuple(self._awaited):
            future.cancel()
