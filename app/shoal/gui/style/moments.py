"""Points in time and past durations as people read them, in the system's language."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QDate, QDateTime, QTime

from shoal.gui.style.numbers import locale
from shoal.gui.style.translation import Translation
from shoal.gui.style.wording import language, say, say_count

_MINUTE, _HOUR, _DAY = 60, 3600, 86400


def moment_text(at: float, now: float) -> str:
    """`at` (wall-clock seconds) as `14:02` when it is on the same day as `now`, else with its date."""
    then = QDateTime.fromMSecsSinceEpoch(round(at * 1000))
    if then.date() == QDateTime.fromMSecsSinceEpoch(round(now * 1000)).date():
        return clock_text(then.time())
    return say("{date}, {time}", date=day_text(then.date()), time=clock_text(then.time()))


def day_text(day: QDate) -> str:
    """`3 Jun 2026`."""
    # Translators: how a day is written: d is the day, MMM the month in short, yyyy the year.
    return locale().toString(day, say("d MMM yyyy"))


def short_day_text(day: QDate) -> str:
    """`3 Jun`."""
    # Translators: how a day of this year is written: d is the day, MMM the month in short.
    return locale().toString(day, say("d MMM"))


def clock_text(time: QTime, *, seconds: bool = False) -> str:
    """`14:02`, or `14:02:33`."""
    # Translators: how a time of day is written: HH is the hour from 00 to 23, mm the minute, ss the second.
    return locale().toString(time, say("HH:mm:ss") if seconds else say("HH:mm"))


def clock_time_text(at: float) -> str:
    """`at` (wall-clock seconds) as `14:02`, whatever the day."""
    return clock_text(QDateTime.fromMSecsSinceEpoch(round(at * 1000)).time())


def dated_text(at: float) -> str:
    """`at` (wall-clock seconds) with its date, whatever the day; to the minute."""
    return _dated(int(at) // _MINUTE, language())


@lru_cache(maxsize=2048)
def _dated(minute: int, _language: Translation) -> str:
    # A table asks for the same moments with every repaint.
    then = QDateTime.fromSecsSinceEpoch(minute * _MINUTE)
    return say("{date}, {time}", date=day_text(then.date()), time=clock_text(then.time()))


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
