"""Where the fish of the assistant's rail swim: more of them with every step, those that are there keep their places.

Pure. Places are shares 0..1 of the water's width and height, measured from where reading begins.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import hypot

STEPS = 6
COUNTS = (9, 17, 26, 36, 47, 60)
"""Fish at each step."""
_PLASTIC = 1.324717957244746
"""Its powers spread points evenly over a plane, without rows or heaps."""
_LENGTHS = (19, 22, 16, 20, 15, 18, 23, 14)
_APART = 0.085
"""Least distance of two fish, in shares of the width."""
_FLAT = 2.1
"""A fish needs less room above than before itself."""
_ASPECT = 0.62
"""Height of the water in its width."""


@dataclass(frozen=True, slots=True)
class Swimmer:
    """`length` in pixels at 96 dpi, `strength` 0..1 of its colour, `turn` in radians, positive = nose down."""

    across: float
    down: float
    length: int
    strength: float
    turn: float


@cache
def school(step: int) -> tuple[Swimmer, ...]:
    """The fish at `step` (0 = the first)."""
    return _all()[: COUNTS[max(0, min(step, STEPS - 1))]]


@cache
def _all() -> tuple[Swimmer, ...]:
    found: list[Swimmer] = []
    number = 0
    while len(found) < COUNTS[-1]:
        number += 1
        x = (0.5 + number / _PLASTIC) % 1.0
        y = (0.5 + number / _PLASTIC**2) % 1.0
        # The school grows from its heart outwards.
        grown = len(found) / COUNTS[-1]
        wide, high = 0.72 + 0.24 * grown, 0.5 + 0.5 * grown
        across, down = 0.52 + (x - 0.5) * wide, 0.5 + (y - 0.5) * high
        is_inside = ((across - 0.52) / (wide / 2)) ** 2 + ((down - 0.5) / (high / 2)) ** 2 <= 1
        if is_inside and all(_distance(across, down, other) >= _APART for other in found):
            shade = 1.0 - 0.16 * (number % 4)
            turn = -0.2 + 0.03 * (number % 5)
            found.append(Swimmer(across, down, _LENGTHS[number % len(_LENGTHS)], shade, turn))
    return tuple(found)


def _distance(across: float, down: float, other: Swimmer) -> float:
    return hypot(across - other.across, (down - other.down) * _ASPECT * _FLAT)
