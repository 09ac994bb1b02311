import pytest

from shoal.engine.policy.time_left import TimeLeft


def flow(left: TimeLeft, rate: int, start: int, seconds: int) -> None:
    for second in range(start, start + seconds + 1):
        left.update(rate, float(second))


def test_steady_rate_gives_the_exact_time_from_the_first_seconds() -> None:
    left = TimeLeft()
    flow(left, 1_000, 0, 3)
    assert left.eta(60_000) == pytest.approx(60.0)


def test_a_short_stall_changes_it_little_and_a_long_one_much() -> None:
    left = TimeLeft()
    flow(left, 1_000, 0, 120)
    flow(left, 0, 121, 2)
    assert left.rate == pytest.approx(1_000, rel=0.06)
    flow(left, 0, 124, 300)
    assert left.rate < 20


def test_waiting_for_the_first_bytes_does_not_lengthen_it() -> None:
    left = TimeLeft()
    flow(left, 0, 0, 120)
    flow(left, 1_000, 121, 1)
    assert left.eta(60_000) == pytest.approx(60.0)


def test_nothing_flowing_is_unknown_and_nothing_left_is_zero() -> None:
    left = TimeLeft()
    assert left.eta(1) is None
    assert left.eta(0) == 0.0
    flow(left, 0, 0, 10)
    assert left.eta(1_000) is None


def test_beyond_a_year_is_unknown() -> None:
    left = TimeLeft()
    flow(left, 2, 0, 10)
    assert left.eta(10**12) is None


def test_bytes_within_one_clock_step_are_not_lost() -> None:
    left = TimeLeft()
    left.update(0, 5.0)
    left.update(400, 5.0)
    left.update(600, 6.0)
    assert left.rate == pytest.approx(1_000)


def test_reset_forgets_the_rate() -> None:
    left = TimeLeft()
    flow(left, 1_000, 0, 30)
    left.reset()
    assert left.eta(1_000) is None
    flow(left, 10, 500, 2)
    assert left.rate == pytest.approx(10)
