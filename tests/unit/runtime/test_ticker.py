from __future__ import annotations

import asyncio
import heapq
import logging
from collections.abc import Callable
from typing import Any

import pytest
from tests.support.log_watch import LogWatch

from shoal.runtime.ticker import Ticker


class HandTimer:
    """A loop's timers and a clock, moved by hand; `early` is how much too soon the loop fires them."""

    def __init__(self, early: float = 0.0) -> None:
        self.time = 100.0
        self.early = early
        self._timers: list[tuple[float, int, FakeHandle]] = []
        self._serial = 0

    def now(self) -> float:
        return self.time

    def wall(self) -> float:
        return self.time

    def call_later(self, delay: float, callback: Callable[[], None]) -> FakeHandle:
        handle = FakeHandle(callback)
        self._serial += 1
        # An early loop is early by its rounding, once: what remains is waited for exactly.
        heapq.heappush(self._timers, (self.time + max(delay - self.early, delay / 2), self._serial, handle))
        return handle

    def pending(self) -> int:
        return sum(not handle.cancelled for _, _, handle in self._timers)

    def advance(self, seconds: float, *, busy: bool = False) -> None:
        """Move on, firing timers at their time, or all at the end when the loop was busy meanwhile."""
        end = self.time + seconds
        if busy:
            self.time = end
        while self._timers and self._timers[0][0] <= end:
            when, _, handle = heapq.heappop(self._timers)
            self.time = max(self.time, when)
            if not handle.cancelled:
                handle.callback()
        self.time = end


class FakeHandle:
    def __init__(self, callback: Callable[[], None]) -> None:
        self.callback = callback
        self.cancelled = False

    def cancel(self) -> None:
        self.cancelled = True


def ticker_of(timer: HandTimer, seconds: float = 1.0) -> Ticker:
    loop: Any = timer
    return Ticker(loop, timer, seconds)


def test_each_beat_calls_every_callback_with_the_time() -> None:
    timer = HandTimer()
    ticker = ticker_of(timer)
    first: list[float] = []
    second: list[float] = []
    ticker.add(first.append)
    timer.advance(0.5)
    ticker.add(second.append)
    timer.advance(2.0)
    assert first == [101.0, 102.0]
    assert second == first


def test_one_timer_serves_all_and_none_runs_without_callbacks() -> None:
    timer = HandTimer()
    ticker = ticker_of(timer)
    assert timer.pending() == 0
    removers = [ticker.add(lambda now: None) for _ in range(50)]
    assert timer.pending() == 1
    for remove in removers:
        remove()
        remove()
    assert timer.pending() == 0
    seen: list[float] = []
    ticker.add(seen.append)
    timer.advance(1.0)
    assert seen == [101.0]


def test_a_timer_that_fires_early_does_not_beat_early() -> None:
    timer = HandTimer(early=0.001)
    ticker = ticker_of(timer)
    seen: list[float] = []
    ticker.add(seen.append)
    timer.advance(10.5)
    assert len(seen) == 10
    assert all(at >= 101.0 + beat for beat, at in enumerate(seen))


def test_missed_beats_are_skipped_and_the_phase_is_kept() -> None:
    timer = HandTimer()
    ticker = ticker_of(timer)
    seen: list[float] = []
    ticker.add(seen.append)
    timer.advance(3.7, busy=True)
    assert seen == [103.7]
    timer.advance(1.0)
    assert seen == [103.7, 104.0]


def test_a_failing_callback_is_reported_and_does_not_stop_the_others(
    caplog: pytest.LogCaptureFixture, expect_log: LogWatch
) -> None:
    expect_log("a callback of the ticker failed")
    timer = HandTimer()
    ticker = ticker_of(timer)
    seen: list[float] = []

    def fail(now: float) -> None:
        raise LookupError("broken")

    ticker.add(fail)
    ticker.add(seen.append)
    with caplog.at_level(logging.ERROR):
        timer.advance(2.0)
    assert seen == [101.0, 102.0]
    assert [record.exc_info is not None for record in caplog.records] == [True, True]


def test_callbacks_may_add_and_remove_during_a_beat() -> None:
    timer = HandTimer()
    ticker = ticker_of(timer)
    log: list[str] = []

    def late(now: float) -> None:
        log.append("late")

    def first(now: float) -> None:
        log.append("first")
        remove_second()
        ticker.add(late)
        remove_first()

    remove_first = ticker.add(first)
    remove_second = ticker.add(lambda now: log.append("second"))
    timer.advance(2.0)
    assert log == ["first", "late"]


def test_close_stops_it_even_from_a_callback() -> None:
    timer = HandTimer()
    ticker = ticker_of(timer)
    seen: list[float] = []
    ticker.add(seen.append)
    ticker.add(lambda now: ticker.close())
    ticker.add(seen.append)
    timer.advance(5.0)
    assert seen == [101.0]
    assert timer.pending() == 0
    with pytest.raises(RuntimeError):
        ticker.add(seen.append)


def test_a_period_must_be_positive() -> None:
    with pytest.raises(ValueError, match="positive"):
        ticker_of(HandTimer(), 0.0)


async def test_it_beats_on_a_real_loop() -> None:
    loop = asyncio.get_running_loop()
    timer = HandTimer()
    timer.now = loop.time  # type: ignore[method-assign]
    ticker = Ticker(loop, timer, 0.005)
    beats: list[float] = []
    enough = asyncio.Event()

    def beat(now: float) -> None:
        beats.append(now)
        if len(beats) == 3:
            enough.set()

    ticker.add(beat)
    async with asyncio.timeout(10):
        await enough.wait()
    ticker.close()
    assert beats == sorted(beats)
