"""Limits are offered around the present one, and read as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.gui.style.rates import LARGEST_LIMIT, STEPS, limit_steps, parse_rate
from shoal.gui.style.units import rate_text

KB, MB = 1_000, 1_000_000


@pytest.mark.parametrize(
    ("present", "rate", "steps"),
    [
        (0, 0.0, (500 * KB, 750 * KB, MB, 1_500 * KB, 2 * MB)),
        (0, 4.8e6, (2 * MB, 3 * MB, 5 * MB, 7_500 * KB, 10 * MB)),
        (1_200_000, 9e6, (500 * KB, 750 * KB, 1_200_000, 1_500 * KB, 2 * MB)),
        (2_000, 0.0, (2_000, 15 * KB, 20 * KB, 30 * KB, 50 * KB)),
        (LARGEST_LIMIT, 0.0, (150 * MB, 200 * MB, 300 * MB, 500 * MB, LARGEST_LIMIT)),
    ],
)
def test_steps_stand_around_what_is(present: int, rate: float, steps: tuple[int, ...]) -> None:
    assert limit_steps(present, rate) == steps


@given(st.integers(0, LARGEST_LIMIT), st.floats(0, 1e12))
def test_there_are_always_five_different_steps(present: int, rate: float) -> None:
    steps = limit_steps(present, rate)
    assert len(steps) == STEPS
    assert list(steps) == sorted(steps)
    assert not present or present in steps


@pytest.mark.parametrize(
    ("text", "rate"),
    [
        ("500", 500 * KB),
        ("500 kB/s", 500 * KB),
        ("1.5 MB/s", 1_500 * KB),
        ("1,5MB", 1_500 * KB),
        (" 2m ", 2 * MB),
        ("1 GB/s", 1_000 * MB),
        ("900 B/s", 900),
        ("0", 0),
        ("1099.511627776 GB", None),
        ("1099 GB/s", 1_099_000 * MB),
        ("1100 GB/s", None),
        ("9999999999", None),
        ("", None),
        ("fast", None),
        ("-5", None),
        ("5 5", None),
        ("٣", None),
    ],
)
def test_typed_rates_are_understood(text: str, rate: int | None) -> None:
    assert parse_rate(text) == rate


@pytest.mark.parametrize("step", limit_steps(0, 0.0))
def test_a_shown_rate_can_be_typed_again(step: int) -> None:
    assert parse_rate(rate_text(step)) == step
