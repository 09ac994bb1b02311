"""The axis has round numbers, and samples become points without inventing any."""

from __future__ import annotations

import math

import pytest

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory
from shoal.gui.widgets.speed_axis import (
    LEAST_PEAK,
    Point,
    axis_labels,
    is_near,
    known_runs,
    points_of,
    scale_for,
    scale_with_limit,
    time_step,
    upper_share,
    window_seconds,
)


@pytest.mark.parametrize(
    ("peak", "labels"),
    [
        (3_500_000, ("3 MB/s", "1.5")),
        (2_000_000, ("2 MB/s", "1")),
        (999_000, ("800 kB/s", "400")),
        (1_000_000, ("1 MB/s", "0.5")),
        (120_000_000, ("100 MB/s", "50")),
        (0, ("10 kB/s", "5")),
        (2.9e9, ("2 GB/s", "1")),
    ],
)
def test_the_two_lines_have_round_numbers(peak: float, labels: tuple[str, str]) -> None:
    assert axis_labels(scale_for(peak)) == labels


@pytest.mark.parametrize("peak", [10.0**power * digit for power in range(1, 10) for digit in (1, 1.49, 3.3, 7.5, 9.99)])
def test_two_lines_fit_and_a_third_would_not(peak: float) -> None:
    scale = scale_for(peak)
    assert 2 * scale.step <= max(peak, LEAST_PEAK) * (1 + 1e-6) < 3 * scale.step * (1 + 1e-6)
    assert scale.top >= max(peak, 2 * scale.step)


def test_a_near_limit_is_in_the_picture_and_a_far_one_is_not() -> None:
    assert scale_with_limit(300_000, 500_000).top >= 500_000
    assert scale_with_limit(300_000, 50_000_000).top < 500_000
    assert not is_near(0, 300_000)


def test_both_halves_share_a_scale_unless_one_would_vanish() -> None:
    assert upper_share(scale_for(2e6), scale_for(2e6)) == 0.5
    assert upper_share(scale_for(9e6), scale_for(1e4)) == pytest.approx(0.72)
    assert upper_share(scale_for(1e4), scale_for(9e6)) == pytest.approx(0.28)


def history(
    down: list[float], ends_at: float = 1000.0, step: float = 1.0, span: Span = Span.TEN_MINUTES
) -> SpeedHistory:
    return SpeedHistory(span, step, ends_at, tuple(down), tuple(down))


def test_few_samples_keep_their_moments() -> None:
    assert points_of(history([1.0, 2.0]), 600) == [Point(998.5, 1.0, 1.0), Point(999.5, 2.0, 2.0)]
    assert points_of(history([])) == []


def test_many_samples_become_at_most_so_many_points_of_the_same_mean() -> None:
    points = points_of(history([float(at % 7) for at in range(600)]), 100)
    assert 100 <= len(points) <= 101
    assert all(0 <= (point.down or 0) <= 6 for point in points)


def test_a_peak_keeps_its_shape_while_it_wanders() -> None:
    rates = [0.0] * 300 + [900.0] + [0.0] * 299
    first = points_of(history(rates, 1000.0), 100)
    later = points_of(history([*rates[1:], 0.0], 1001.0), 100)
    peaks = [[(p.at, p.down) for p in points if p.down] for points in (first, later)]
    assert peaks[0] == peaks[1]


def test_what_is_not_known_is_a_gap_and_not_zero() -> None:
    points = points_of(history([5.0, 5.0, math.nan, 7.0]))
    assert [point.down for point in points] == [5.0, 5.0, None, 7.0]
    assert [len(run) for run in known_runs(points, of_down=True)] == [2, 1]


def test_the_whole_life_is_as_wide_as_it_is() -> None:
    assert window_seconds(history([1.0] * 50, step=3600.0, span=Span.ALL)) == 50 * 3600
    assert window_seconds(history([1.0] * 50)) == 600


def test_times_under_the_graph_are_round_and_few() -> None:
    assert time_step(600, 6) == 120
    assert time_step(3600, 6) == 600
    assert time_step(86_400, 8) == 10_800
    assert time_step(86_400 * 100, 5) == 86_400 * 20
