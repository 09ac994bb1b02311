"""Hours in which nobody is disturbed: `HH:MM-HH:MM` in local time, as the setting `quiet_hours` has them."""

from __future__ import annotations

MINUTES_A_DAY = 24 * 60


def is_quiet(hours: str, minute: int) -> bool:
    """Whether `minute` of the local day lies in `hours`, which may pass midnight; never for ''."""
    if not hours:
        return False
    start, end = _ends(hours)
    return (minute - start) % MINUTES_A_DAY < (end - start) % MINUTES_A_DAY


def quiet_minutes_left(hours: str, minute: int) -> int:
    """Minutes until the quiet time ends that `minute` lies in, at most a day; 0 when it lies in none."""
    return (_ends(hours)[1] - minute) % MINUTES_A_DAY if is_quiet(hours, minute) else 0


def _ends(hours: str) -> tuple[int, int]:
    start, _, end = hours.partition("-")
    return _minute(start), _minute(end)


def _minute(clock: str) -> int:
    hour, _, minute = clock.partition(":")
    return int(hour) * 60 + int(minute)
