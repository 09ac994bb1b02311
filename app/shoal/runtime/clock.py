"""The system's clocks."""

from __future__ import annotations

import time


class SystemClock:
    """`Clock` of the real world: `now` is the system's monotonic clock, `wall` its calendar clock."""

    def now(self) -> float:
        return time.monotonic()

    def wall(self) -> float:
        return time.time()
