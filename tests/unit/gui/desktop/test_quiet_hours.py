"""Hours in which nobody is disturbed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shoal.gui.desktop.quiet_hours import MINUTES_A_DAY, is_quiet, quiet_minutes_left

MINUTES = st.integers(0, MINUTES_A_DAY - 1)


@pytest.mark.parametrize(
    ("hours", "clock", "expected"),
    [
        ("", 0, False),
        ("22:00-07:00", 21 * 60 + 59, False),
        ("22:00-07:00", 22 * 60, True),
        ("22:00-07:00", 0, True),
        ("22:00-07:00", 6 * 60 + 59, True),
        ("22:00-07:00", 7 * 60, False),
        ("12:30-13:00", 12 * 60 + 30, True),
        ("12:30-13:00", 13 * 60, False),
        ("08:00-08:00", 8 * 60, False),
    ],
)
def test_the_end_belongs_to_the_day(hours: str, clock: int, expected: bool) -> None:
    assert is_quiet(hours, clock) is expected


@given(MINUTES, MINUTES, MINUTES)
def test_it_is_loud_when_the_minutes_that_are_left_have_passed(start: int, end: int, minute: int) -> None:
    hours = f"{start // 60:02}:{start % 60:02}-{end // 60:02}:{end % 60:02}"
    left = quiet_minutes_left(hours, minute)
    assert (left > 0) is is_quiet(hours, minute)
    assert not is_quiet(hours, (minute + left) % MINUTES_A_DAY)
    assert all(is_quiet(hours, (minute + passed) % MINUTES_A_DAY) for passed in range(0, left, 17))
