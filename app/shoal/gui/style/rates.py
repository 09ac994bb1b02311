"""Rates that a person may choose or type. Pure functions; bytes/s, powers of 1,000."""

from __future__ import annotations

import re

from shoal.gui.style.numbers import locale
from shoal.gui.style.units import BINARY_RATES, BINARY_SIZES, RATES, SIZES
from shoal.gui.style.wording import say_phrase

LARGEST_LIMIT = 1 << 40
FIRST_GUESS = 1_000_000
"""Bytes/s around which steps are offered when nothing is limited and nothing flows."""
STEPS = 5
_LADDER = tuple(
    round(digit * 10**power) for power in range(4, 9) for digit in (1, 1.5, 2, 3, 5, 7.5)
)  # 10 kB/s to 750 MB/s
_TYPED = re.compile(r"\s*(\d{1,9}(?:[.,]\d{1,3})?)\s*(?:([kmg]?)(i?)(b?)(?:/s)?)?\s*", re.IGNORECASE | re.ASCII)
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3}


def limit_steps(present: int, rate: float) -> tuple[int, ...]:
    """`STEPS` limits to offer, rising: around the `present` limit, which is one of them, else around the rate now."""
    anchor = present or max(rate, 0.0) or FIRST_GUESS
    if not present and anchor < _LADDER[0]:
        anchor = FIRST_GUESS
    nearest = min(range(len(_LADDER)), key=lambda at: max(_LADDER[at] / anchor, anchor / _LADDER[at]))
    first = min(max(nearest - STEPS // 2, 0), len(_LADDER) - STEPS)
    steps = list(_LADDER[first : first + STEPS])
    if present:
        steps[nearest - first] = present
    return tuple(sorted(set(steps)))


def in_english(text: str) -> str:
    """`text` with the language's own unit and decimal mark as English has them: `2,5 Mo/s` of French is `2.5 MB/s`."""
    typed = " ".join(text.replace(locale().decimalPoint(), ".").split())
    for unit in (*RATES, *SIZES, *BINARY_RATES, *BINARY_SIZES):
        own = say_phrase(unit, number="").strip().casefold()
        number = typed[: -len(own)]
        if own and typed.casefold().endswith(own) and not number.strip()[-1:].isalpha():
            return number + unit.replace("{number}", "").strip()
    return typed


def parse_rate(text: str) -> int | None:
    """Bytes/s of `500 kB/s`, `1.5 MB`, `2m` or `300` (kB/s); None when it is no rate from 0 to `LARGEST_LIMIT`."""
    found = _TYPED.fullmatch(in_english(text))
    if found is None:
        return None
    number, prefix, binary, byte = found[1].replace(",", "."), (found[2] or "").lower(), found[3], found[4]
    if binary and not prefix:
        return None
    power = _POWERS[prefix or ("" if byte else "k")]
    factor: int = (1024 if binary else 1000) ** power
    rate = round(float(number) * factor)
    return rate if rate <= LARGEST_LIMIT else None
