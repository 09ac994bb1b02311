"""Points in time and past durations as people read them, in the system's language."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QDateTime, QLocale

from shoal.gui.style.wording import say, say_count

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def moment_text(at: float, now: float) -> str:
    """`at` (wall-clock seconds) as `14:02` when it is on the same day as `now`, else with its date."""
    locale = QLocale()
    then = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    clock = locale.toString(then.time(), "HH:mm")
    if then.date() == QDateTime.fromMSecsSinceEpoch(round(now * 1000)).date():
        return clock
    return say("{date}, {time}", date=locale.toString(then.date(), "d MMM yyyy"), time=clock)


def dated_text(at: float) -> str:
    """`at` (wall-clock seconds) with its date, whatever the day; to the minute."""
    return _dated(int(at) // _MINUTE)


@lru_cache(maxsize=2048)
def _dated(minute: int) -> str:
    # A table asks for the same moments with every repaint.
    then, locale = QDateTime.fromSecsSinceEpoch(minute * _MINUTE), QLocale()
    return say("{date}, {time}", date=locale.toString(then.date(), "d MMM yyyy"), time=then.toString("HH:mm"))


def lasting_text(seconds: float) -> str:
    """How long something took or has run, in its two largest units: `3 d 4 h`, `2 h 5 min`, `4 min`, `12 s`."""
    whole = max(0, int(seconds))
    days, rest = divmod(whole, _DAY)
    hours, rest = divmod(rest, _HOUR)
    minutes, left = divmod(rest, _MINUTE)
    if days:
        return say_count(days, "{n} day {hours} h", "{n} days {hours} h", hours=hours)
    if hours:
        return say("{hours} h {minutes} min", hours=hours, minutes=minutes)
    if minutes:
        return say("{n} min", n=minutes)
    return say("{n} s", n=left)
