"""Speed histories against plain sums: no byte is lost or made up, however the time is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.api.commands import Span
from shoal.engine.policy.speed_history import STEPS, SpeedLog

START = 1_700_000_100.0
"""A whole number of steps of every span."""
BYTES = st.integers(0, 10**9)
SAMPLES = st.lists(st.tuples(st.floats(0.1, 5.0), BYTES, BYTES), min_size=1, max_size=60)


def total(log: SpeedLog, span: Span, now: float) -> tuple[float, float]:
    rates = log.rates(span, now)
    return sum(rates.down) * rates.step_seconds, sum(rates.up) * rates.step_seconds


@given(SAMPLES)
def test_every_span_holds_all_bytes(samples: list[tuple[float, int, int]]) -> None:
    log, at = SpeedLog(START), START
    for seconds, down, up in samples:
        at += seconds
        log.add(at, seconds, down, up)
    end = START + 600.0
    expected = sum(down for _, down, _ in samples), sum(up for _, _, up in samples)
    for span in STEPS:
        assert total(log, span, end) == pytest.approx(expected, rel=1e-5, abs=1.0)


@given(st.floats(0.5, 30.0), BYTES, st.integers(2, 12))
def test_any_cut_of_the_time_gives_the_same(seconds: float, down: int, parts: int) -> None:
    whole, cut = SpeedLog(START), SpeedLog(START)
    whole.add(START + seconds, seconds, down * parts, 0)
    for part in range(1, parts + 1):
        cut.add(START + seconds * part / parts, seconds / parts, down, 0)
    for span in STEPS:
        one, other = whole.rates(span, START + 60), cut.rates(span, START + 60)
        assert one.ends_at == other.ends_at
        assert one.down == pytest.approx(other.down, rel=1e-4, abs=1.0)


@given(st.lists(st.tuples(st.floats(1.0, 10_000_000.0), BYTES), min_size=1, max_size=30))
def test_whole_life_stays_bounded_and_whole(gaps: list[tuple[float, int]]) -> None:
    log, at = SpeedLog(START), START
    for gap, down in gaps:
        at += gap
        log.add(at, 1.0, down, 0)
    at += 4 * log.rates(Span.ALL, at + 10).step_seconds
    rates = log.rates(Span.ALL, at)
    assert len(rates.down) <= STEPS[Span.ALL][1]
    # The open step is shown as a mean of what is over of it; nothing lies in it here.
    assert sum(rates.down) * rates.step_seconds == pytest.approx(sum(down for _, down in gaps), rel=1e-4, abs=1.0)


@given(st.lists(st.tuples(st.floats(-1e6, 1e6), BYTES), max_size=30))
def test_a_calendar_that_jumps_loses_nothing_of_the_whole_life(jumps: list[tuple[float, int]]) -> None:
    log, at = SpeedLog(START), START
    for jump, down in jumps:
        at += 1.0 + jump
        log.add(at, 1.0, down, 0)
    end = log.last_at
    end += 4 * log.rates(Span.ALL, end + 10).step_seconds
    rates = log.rates(Span.ALL, end)
    assert len(rates.down) <= STEPS[Span.ALL][1]
    assert sum(rates.down) * rates.step_seconds == pytest.approx(sum(down for _, down in jumps), rel=1e-4, abs=1.0)


@given(SAMPLES, st.floats(0, 1e7))
def test_saved_and_read_again_is_the_same(samples: list[tuple[float, int, int]], later: float) -> None:
    log, at = SpeedLog(START), START
    for seconds, down, up in samples:
        at += seconds
        log.add(at, seconds, down, up)
    again = SpeedLog.from_bytes(log.to_bytes())
    for span in STEPS:
        assert again.rates(span, at + later + 10) == log.rates(span, at + later + 10)


@given(st.binary(max_size=200))
def test_noise_is_refused(noise: bytes) -> None:
    with pytest.raises(ValueError, match="history"):
        SpeedLog.from_bytes(noise)
