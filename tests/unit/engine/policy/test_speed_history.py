"""Speed histories at given times: what a graph is handed."""

from __future__ import annotations

import pytest

from shoal.api.commands import Span
from shoal.engine.policy.speed_history import SpeedLog

START = 1_700_000_100.0


def flow(log: SpeedLog, begins: float, seconds: int, rate: int) -> float:
    """`rate` bytes a second downwards, measured each second; the time at the end."""
    for second in range(1, seconds + 1):
        log.add(begins + second, 1.0, rate, rate // 2)
    return begins + seconds


def test_steady_flow_is_a_level_line_in_every_span() -> None:
    log = SpeedLog(START)
    end = flow(log, START, 600, 1000)
    for span, steps in ((Span.TEN_MINUTES, 600), (Span.HOUR, 60), (Span.DAY, 2)):
        rates = log.rates(span, end)
        assert rates.ends_at == end
        assert len(rates.down) == steps
        assert set(rates.down) == {1000.0}
        assert set(rates.up) == {500.0}


def test_seconds_measured_between_the_steps_do_not_ripple() -> None:
    log = SpeedLog(START + 0.7)
    end = flow(log, START + 0.7, 30, 1000)
    assert log.rates(Span.TEN_MINUTES, end + 0.5).down[1:] == pytest.approx([1000.0] * 29)


def test_a_night_off_shows_as_zero_at_its_true_time() -> None:
    log = SpeedLog(START)
    flow(log, START, 600, 1000)
    morning = START + 8 * 3600
    flow(log, morning, 600, 4000)
    rates = log.rates(Span.DAY, morning + 600)
    assert rates.ends_at == morning + 600
    assert rates.down[:2] == (1000.0, 1000.0)
    assert set(rates.down[2:-2]) == {0.0}
    assert rates.down[-2:] == (4000.0, 4000.0)
    assert len(rates.down) == (8 * 3600 + 600) / 300


def test_the_open_step_is_the_mean_of_what_is_over_of_it() -> None:
    log = SpeedLog(START)
    end = flow(log, START, 60, 1000)
    rates = log.rates(Span.DAY, end)
    assert rates.down == (1000.0,)
    assert rates.ends_at == START + 300


def test_what_stopped_falls_to_zero_without_any_call() -> None:
    log = SpeedLog(START)
    end = flow(log, START, 10, 1000)
    later = log.rates(Span.TEN_MINUTES, end + 60)
    assert later.ends_at == end + 60
    assert later.down == (1000.0,) * 10 + (0.0,) * 60
    assert set(log.rates(Span.TEN_MINUTES, end + 3600).down) == {0.0}


def test_calendar_set_back_moves_the_past_along() -> None:
    log = SpeedLog(START)
    end = flow(log, START, 60, 1000)
    end = flow(log, end - 7200, 60, 3000)
    rates = log.rates(Span.TEN_MINUTES, end)
    assert rates.ends_at == end
    assert rates.down == (1000.0,) * 60 + (3000.0,) * 60


def test_calendar_that_began_in_1970_does_not_stretch_the_life() -> None:
    log = SpeedLog(30.0)
    flow(log, 30.0, 60, 1000)
    end = flow(log, START, 60, 3000)
    rates = log.rates(Span.ALL, end)
    assert rates.step_seconds == 1.0
    assert sum(rates.down) == pytest.approx(60 * 1000 + 60 * 3000, rel=0.02)


def test_whole_life_doubles_its_step_and_keeps_all_bytes() -> None:
    log = SpeedLog(START)
    flow(log, START, 60, 1000)
    year = START + 365 * 86_400
    rates = log.rates(Span.ALL, year)
    assert 256 <= len(rates.down) <= 512
    assert rates.down[0] * rates.step_seconds == pytest.approx(60_000)
    assert set(rates.down[1:]) == {0.0}


def test_a_packed_history_is_small_and_other_bytes_are_refused() -> None:
    log = SpeedLog(START)
    for second in range(1, 4000):
        log.add(START + second, 1.0, second * 7919 % 1_000_003, second * 104_729 % 1_000_003)
    packed = log.to_bytes()
    assert len(packed) < 16_384
    for damaged in (b"", packed[:-5], b"\x02" + packed[1:], packed + b"\0", packed[:9] + bytes(8) + packed[17:]):
        with pytest.raises(ValueError, match="history"):
            SpeedLog.from_bytes(damaged)
