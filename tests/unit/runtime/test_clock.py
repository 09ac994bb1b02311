from __future__ import annotations

import time

from shoal.runtime.clock import SystemClock


def test_now_never_goes_back() -> None:
    clock = SystemClock()
    readings = [clock.now() for _ in range(100)]
    assert readings == sorted(readings)


def test_wall_is_the_calendar_time() -> None:
    before = time.time()
    wall = SystemClock().wall()
    assert before <= wall <= time.time()
