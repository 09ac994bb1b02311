"""Bytes, rates, shares and durations as people read them: powers of 1,000, or of 1,024 where a person wants those."""

from __future__ import annotations

import math
from dataclasses import dataclass

from shoal.gui.style.numbers import decimal, whole
from shoal.gui.style.wording import Template, phrase, say, say_count, say_phrase

SIZES = (
    phrase("{number} B"),
    phrase("{number} kB"),
    phrase("{number} MB"),
    phrase("{number} GB"),
    phrase("{number} TB"),
    phrase("{number} PB"),
    phrase("{number} EB"),
)
"""Bytes, and each a thousand of the one before."""
RATES = (
    phrase("{number} B/s"),
    phrase("{number} kB/s"),
    phrase("{number} MB/s"),
    phrase("{number} GB/s"),
    phrase("{number} TB/s"),
    phrase("{number} PB/s"),
    phrase("{number} EB/s"),
)
BINARY_SIZES = (
    phrase("{number} B"),
    phrase("{number} KiB"),
    phrase("{number} MiB"),
    phrase("{number} GiB"),
    phrase("{number} TiB"),
    phrase("{number} PiB"),
    phrase("{number} EiB"),
)
BINARY_RATES = (
    phrase("{number} B/s"),
    phrase("{number} KiB/s"),
    phrase("{number} MiB/s"),
    phrase("{number} GiB/s"),
    phrase("{number} TiB/s"),
    phrase("{number} PiB/s"),
    phrase("{number} EiB/s"),
)
DASH = "\u2013"
STEADY_SECONDS = 3.0
STEADY_SHARE = 0.05
_MINUTE, _HOUR, _DAY = 60, 3600, 86400


class _InForce:
    """How the whole program counts bytes."""

    step = 1000
    sizes, rates = SIZES, RATES


def count_in_binary(on: bool) -> bool:
    """From now on a unit has 1,024 of the one before, or 1,000; False when it was so already.

    What is shown already stays as it is.
    """
    if on is (_InForce.step == 1024):
        return False
    _InForce.step = 1024 if on else 1000
    _InForce.sizes, _InForce.rates = (BINARY_SIZES, BINARY_RATES) if on else (SIZES, RATES)
    return True


def rate_units() -> tuple[int, tuple[Template, ...]]:
    """How many of one unit of rates make the next, and the units."""
    return _InForce.step, _InForce.rates


def size_text(count: float) -> str:
    """`count` bytes with at most one decimal below 100: `910 kB`, `4.0 GB`, `102 GB`."""
    return _with_unit(count, _InForce.sizes)


def rate_text(bytes_per_second: float) -> str:
    """A rate as `5.2 MB/s`."""
    return _with_unit(bytes_per_second, _InForce.rates)


def size_beside(count: float, other: float) -> str:
    """`count` bytes to stand before the size `other`: the number alone where both have the same unit."""
    (number, step), (_, other_step) = _in_steps(count), _in_steps(other)
    return number if step == other_step else say_phrase(_InForce.sizes[step], number=number)


def _with_unit(count: float, units: tuple[Template, ...]) -> str:
    number, step = _in_steps(count)
    return say_phrase(units[step], number=number)


def _in_steps(count: float) -> tuple[str, int]:
    """The number to show, and how many units above the byte that is."""
    value, step = max(0.0, float(count)), 0
    while step < len(SIZES) - 1 and round(value) >= 1000:
        value /= _InForce.step
        step += 1
    return (whole(round(value)) if step < 2 or round(value, 1) >= 100 else decimal(value, 1)), step


def percent_text(done: int, total: int) -> str:
    """Share of `total` bytes: one decimal between 0 and 100, and never more than 99.9 before it is complete."""
    if total <= 0 or done >= total:
        return say("{percent} %", percent=100)
    if done <= 0:
        return say("{percent} %", percent=0)
    return say("{percent} %", percent=decimal(min(99.9, math.floor(done * 1000 / total) / 10), 1))


def time_left_text(seconds: float) -> str:
    """A remaining time in words, coarser the further away it is."""
    seconds = max(0.0, seconds)
    if seconds < _MINUTE:
        return say("under a minute")
    if seconds < 2 * _MINUTE:
        return say("under 2 minutes")
    minutes = round(seconds / _MINUTE)
    if minutes < 60:
        return say_count(minutes, "about {n} minute", "about {n} minutes")
    if seconds < 10 * _HOUR:
        tens = round(minutes / 10) * 10
        if tens % 60 == 0:
            return say("about {hours} h", hours=tens // 60)
        return say("about {hours} h {minutes} min", hours=tens // 60, minutes=tens % 60)
    if seconds < 2 * _DAY:
        return say_count(round(seconds / _HOUR), "about {n} hour", "about {n} hours")
    if seconds < 14 * _DAY:
        return say_count(round(seconds / _DAY), "about {n} day", "about {n} days")
    return say("over two weeks")


def short_duration(seconds: float) -> str:
    """A waiting time as `40 s`, `4 min`, `2 h` or `3 days`, rounded up so that it is never too early."""
    seconds = max(0, math.ceil(seconds))
    if seconds < _MINUTE:
        return say("{n} s", n=max(1, seconds))
    if seconds < _HOUR:
        return say("{n} min", n=math.ceil(seconds / _MINUTE))
    if seconds < 2 * _DAY:
        return say("{n} h", n=math.ceil(seconds / _HOUR))
    return say_count(math.ceil(seconds / _DAY), "{n} day", "{n} days")


@dataclass(frozen=True, slots=True)
class SteadyTime:
    """A shown remaining time and when it was chosen (both in seconds)."""

    seconds: float | None
    chosen_at: float

    def follow(self, measured: float | None, now: float) -> SteadyTime:
        """The time to show now: the old one until 3 s have passed and it is off by more than 5 %.

        The shown time runs down with the clock, so that a steady download never looks stuck.
        """
        if (measured is None) is not (self.seconds is None):
            return SteadyTime(measured, now)
        if measured is None or self.seconds is None or now - self.chosen_at < STEADY_SECONDS:
            return self
        expected = max(0.0, self.seconds - (now - self.chosen_at))
        if abs(measured - expected) <= STEADY_SHARE * expected:
            return SteadyTime(expected, now)
        return SteadyTime(measured, now)
