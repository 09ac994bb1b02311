"""Bytes, shares and durations as people read them."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shoal.gui.style.rates import limit_steps, parse_rate
from shoal.gui.style.units import (
    SteadyTime,
    count_in_binary,
    percent_text,
    rate_text,
    short_duration,
    size_text,
    time_left_text,
)
from shoal.gui.widgets.speed_axis import axis_labels, scale_for


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (999, "999 B"),
        (2_000, "2 kB"),
        (910_400, "910 kB"),
        (999_499, "999 kB"),
        (999_600, "1.0 MB"),
        (5_200_000, "5.2 MB"),
        (99_960_000, "100 MB"),
        (4_000_000_000, "4.0 GB"),
        (102 * 10**9, "102 GB"),
        (2.5e15, "2.5 PB"),
    ],
)
def test_sizes_are_powers_of_a_thousand(count: float, text: str) -> None:
    assert size_text(count) == text


@pytest.fixture
def binary() -> Iterator[None]:
    assert count_in_binary(True)
    yield
    assert count_in_binary(False)


@pytest.mark.usefixtures("binary")
@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"),
        (1023, "1 KiB"),
        (1024, "1 KiB"),
        (16 << 20, "16.0 MiB"),
        (4 * 10**9, "3.7 GiB"),
        (1 << 40, "1.0 TiB"),
    ],
)
def test_sizes_may_be_powers_of_1024(count: float, text: str) -> None:
    assert size_text(count) == text
    assert rate_text(count) == f"{text}/s"


@pytest.mark.usefixtures("binary")
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.floats(1.0, 1e11))
def test_the_axis_has_round_numbers_of_those_units(peak: float) -> None:
    scale = scale_for(peak)
    high, low = axis_labels(scale)
    assert "i" in high or high.endswith(" B/s")
    assert len(low) <= 4
    assert 2 * scale.step <= scale.top


@pytest.mark.usefixtures("binary")
@pytest.mark.parametrize("step", limit_steps(0, 3e6))
def test_what_is_shown_is_read_again(step: int) -> None:
    assert parse_rate(rate_text(step)) == pytest.approx(step, rel=0.06)
    assert parse_rate("1.5 MiB/s") == 1_572_864
    assert parse_rate("5 iB") is None


def test_a_rate_is_labelled() -> None:
    assert rate_text(180_000) == "180 kB/s"


@pytest.mark.parametrize(
    ("done", "total", "text"),
    [
        (0, 100, "0 %"),
        (1, 10_000, "0.0 %"),
        (62, 100, "62.0 %"),
        (9_999_999, 10_000_000, "99.9 %"),
        (100, 100, "100 %"),
        (0, 0, "100 %"),
    ],
)
def test_percentage_is_never_complete_too_early(done: int, total: int, text: str) -> None:
    assert percent_text(done, total) == text


@given(st.integers(1, 2**60), st.data())
def test_unfinished_never_reads_100(total: int, data: st.DataObject) -> None:
    assert not percent_text(data.draw(st.integers(0, total - 1)), total).startswith("100")


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "under a minute"),
        (59.9, "under a minute"),
        (60, "under 2 minutes"),
        (119.9, "under 2 minutes"),
        (120, "about 2 minutes"),
        (725, "about 12 minutes"),
        (3599, "about 1 h"),
        (3 * 3600 + 20 * 60, "about 3 h 20 min"),
        (3 * 3600 + 24 * 60, "about 3 h 20 min"),
        (10 * 3600 - 1, "about 10 h"),
        (14 * 3600, "about 14 hours"),
        (2 * 86400, "about 2 days"),
        (4 * 86400, "about 4 days"),
        (14 * 86400, "over two weeks"),
        (1e12, "over two weeks"),
    ],
)
def test_time_left_is_words(seconds: float, text: str) -> None:
    assert time_left_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "1 s"), (40, "40 s"), (61, "2 min"), (240, "4 min"), (3601, "2 h"), (2 * 86400, "2 days")],
)
def test_a_wait_is_rounded_up(seconds: float, text: str) -> None:
    assert short_duration(seconds) == text


def test_shown_time_holds_for_three_seconds() -> None:
    shown = SteadyTime(100.0, 0.0)
    assert shown.follow(50.0, 2.9) is shown
    assert shown.follow(50.0, 3.0) == SteadyTime(50.0, 3.0)


def test_shown_time_ignores_five_percent_and_runs_down() -> None:
    assert SteadyTime(1000.0, 0.0).follow(1000.0, 10.0) == SteadyTime(990.0, 10.0)
    assert SteadyTime(1000.0, 0.0).follow(1100.0, 10.0) == SteadyTime(1100.0, 10.0)


def test_shown_time_appears_and_goes_at_once() -> None:
    assert SteadyTime(None, 0.0).follow(7.0, 0.1) == SteadyTime(7.0, 0.1)
    assert SteadyTime(7.0, 0.0).follow(None, 0.1) == SteadyTime(None, 0.1)
