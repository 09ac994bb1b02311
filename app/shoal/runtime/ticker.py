"""One timer for everything that happens every so often: time-outs, rates, choke rounds, snapshots.

A timer per torrent or peer costs a hundred times as much with thousands of them.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

from shoal.runtime.world import Clock

logger = logging.getLogger(__name__)

Tick = Callable[[float], None]


class Ticker:
    """Calls every added callback with `now()` once per `seconds`, from one timer of `loop`.

    Beats keep their phase: a late beat does not delay the following ones, missed beats are skipped rather
    than made up for. Must be used from the loop's thread.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Clock, seconds: float) -> None:
        if seconds <= 0:
            raise ValueError("a ticker needs a positive period")
        self._loop = loop
        self._clock = clock
        self._seconds = seconds
        self._callbacks: dict[int, Tick] = {}
        self._next_key = 0
        self._due = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._closed = False

    @property
    def seconds(self) -> float:
        """The period in seconds."""
        return self._seconds

    def add(self, callback: Tick) -> Callable[[], None]:
        """Call `callback(now)` at every beat from the next one on; returns what removes it (twice is harmless).

        A callback that raises is reported to the log and stays; the others run all the same.
        """
        if self._closed:
            raise RuntimeError("the ticker is closed")
        key = self._next_key
        self._next_key += 1
        self._callbacks[key] = callback
        if self._timer is None:
            self._due = self._clock.now() + self._seconds
            self._arm(self._seconds)

        def remove() -> None:
            self._callbacks.pop(key, None)
            if not self._callbacks:
                self._disarm()

        return remove

    def close(self) -> None:
        """Forget every callback and stop the timer."""
        self._closed = True
        self._callbacks.clear()
        self._disarm()

    def _arm(self, delay: float) -> None:
        self._timer = self._loop.call_later(delay, self._fire)

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _fire(self) -> None:
        now = self._clock.now()
        # Some loops round timers to whole milliseconds and fire early: a beat must never come before its time.
        if now < self._due:
            self._arm(self._due - now)
            return
        missed = int((now - self._due) / self._seconds)
        self._due += (missed + 1) * self._seconds
        self._arm(max(0.0, self._due - now))
        for key in tuple(self._callbacks):
            callback = self._callbacks.get(key)
            if callback is None:
                continue
            try:
                callback(now)
            except Exception:
                logger.exception("a callback of the ticker failed")
