"""The arithmetic of the speed graph: steps of its axis, room of its halves, samples into points. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory
from shoal.gui.style.numbers import decimal
from shoal.gui.style.units import rate_units
from shoal.gui.style.wording import say_phrase

LEAST_PEAK = 10_000.0
"""Bytes/s: nothing smaller fills the graph, else noise would look like a storm."""
HEADROOM = 1.06
LEAST_HALF = 0.28
"""Share of the height that the smaller half keeps."""
LIMIT_REACH = 3.0
"""A limit this many times above the peak is out of the picture."""
MOST_POINTS = 600
_STEPS = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 7.5)
_LARGEST_STEP = 3
"""GB/s."""
_SPAN_SECONDS: dict[Span, float] = {Span.TEN_MINUTES: 600.0, Span.HOUR: 3600.0, Span.DAY: 86_400.0}


@dataclass(frozen=True, slots=True)
class Scale:
    """Lines at `step` and twice `step`; `top` (bytes/s) is the upper edge."""

    step: float
    top: float


@dataclass(frozen=True, slots=True)
class Point:
    """`at` in wall-clock seconds; rates in bytes/s, None where nothing is known."""

    at: float
    down: float | None
    up: float | None


def scale_for(peak: float) -> Scale:
    """The axis for rates up to `peak`: always two lines with round numbers."""
    peak = max(peak, LEAST_PEAK)
    half = peak / 2
    thousand, _ = rate_units()
    unit = float(thousand) ** math.floor(math.log(half, thousand) + 1e-9)
    # Between 1,000 and 1,024 of a unit there is no next one yet.
    power = min(10.0 ** math.floor(math.log10(half / unit) + 1e-9), 100.0) * unit
    # Both lines have the same unit; 1,500 MB are 1.5 GB, and 1,500 MiB nothing round.
    most = half * (1 + 1e-9) if thousand == 1000 else min(half * (1 + 1e-9), 500 * unit)
    step = max(digit for digit in _STEPS if digit * power <= most) * power
    return Scale(step, max(peak * HEADROOM, 2 * step))


def scale_with_limit(peak: float, limit: int) -> Scale:
    """As `scale_for`, with room for the line of `limit` (0 = none) where that is near."""
    return scale_for(max(peak, float(limit) if is_near(limit, peak) else 0.0))


def is_near(limit: int, peak: float) -> bool:
    """Whether the line of `limit` belongs into a picture of rates up to `peak`."""
    return 0 < limit <= LIMIT_REACH * max(peak, LEAST_PEAK)


def upper_share(down: Scale, up: Scale) -> float:
    """Share of the height above the axis: both halves to one scale where the smaller one keeps room enough."""
    return min(1 - LEAST_HALF, max(LEAST_HALF, down.top / (down.top + up.top)))


def axis_labels(scale: Scale) -> tuple[str, str]:
    """The words at twice the step, with its unit, and at the step: `3 MB/s`, `1.5`."""
    (thousand, rates), high, step = rate_units(), 2 * scale.step, 0
    while step < _LARGEST_STEP and high >= thousand ** (step + 1):
        step += 1
    size = thousand**step
    return say_phrase(rates[step], number=_short(high / size)), _short(scale.step / size)


def _short(value: float) -> str:
    """At most three digits, without noughts at the end."""
    places = len(f"{value:.3g}".partition(".")[2])
    return decimal(value, places)


def window_seconds(history: SpeedHistory) -> float:
    """How much time the graph is wide; the whole life is as wide as it is."""
    return _SPAN_SECONDS.get(history.span, max(1, len(history.down)) * history.step_seconds)


def points_of(history: SpeedHistory, most: int = MOST_POINTS) -> list[Point]:
    """At most about `most` points, oldest first.

    Steps are put together by the clock and not by their place in the list, so that a peak keeps its shape while it
    wanders to the left. Time before the first step has no points; a rate that is no number is not known.
    """
    count, step = min(len(history.down), len(history.up)), history.step_seconds
    if count == 0 or step <= 0:
        return []
    together = max(1, math.ceil(window_seconds(history) / step / max(1, min(most, MOST_POINTS))))
    last = round(history.ends_at / step)
    first = last - count
    points: list[Point] = []
    at = 0
    while at < count:
        end = min(count, at + together - (first + at) % together)
        middle = history.ends_at - (count - (at + end) / 2) * step
        points.append(Point(middle, mean(history.down[at:end]), mean(history.up[at:end])))
        at = end
    return points


def mean(rates: Sequence[float]) -> float | None:
    """Of those that are known; None when none is."""
    known = [rate for rate in rates if rate >= 0]
    return sum(known) / len(known) if known else None


def known_runs(points: Sequence[Point], *, of_down: bool) -> list[list[tuple[float, float]]]:
    """(time, rate) of the points without a gap between them."""
    found: list[list[tuple[float, float]]] = []
    is_open = False
    for point in points:
        rate = point.down if of_down else point.up
        if rate is None:
            is_open = False
            continue
        if not is_open:
            found.append([])
            is_open = True
        found[-1].append((point.at, rate))
    return found


def peak_of(points: Sequence[Point], *, of_down: bool) -> float:
    """The highest rate; 0 when none is known."""
    rates = (point.down if of_down else point.up for point in points)
    return max((rate for rate in rates if rate is not None), default=0.0)


def time_step(seconds: float, most: int) -> float:
    """A round distance between the times under a graph of `seconds`, so that there are at most `most` of them."""
    steps = (60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400)
    for step in steps:
        if seconds / step <= most:
            return float(step)
    return 86_400.0 * math.ceil(seconds / 86_400 / max(1, most))
