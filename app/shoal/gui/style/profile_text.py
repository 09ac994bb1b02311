"""What speed profiles are called and what they do, in words. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime

from PySide6.QtCore import QLocale, QTime

from shoal.gui.style.moments import clock_text
from shoal.gui.style.numbers import decimal, locale
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import Template, isolated, phrase, say, say_count, say_phrase
from shoal.settings.profiles import BALANCED, DAY, FULL, MINE, QUIET, ProfileTime, SpeedProfile
from shoal.settings.schema import Value

NAMES: dict[str, Template] = {
    QUIET: phrase("Quiet"),
    BALANCED: phrase("Balanced"),
    FULL: phrase("Full speed"),
    MINE: phrase("Mine"),
}
MEANT_FOR: dict[str, Template] = {
    QUIET: phrase("For calls and games"),
    BALANCED: phrase("For every day"),
    FULL: phrase("When nobody else is at home"),
    MINE: phrase("Your own figures"),
}
ICONS = {QUIET: "moon", BALANCED: "gauge", FULL: "bolt"}
OWN_ICON = "gear"
_CLOCK = re.compile(r"\s*(\d{1,2})(?:\s*[:.h]?\s*(\d{2}))?\s*")


def name_of(profile: SpeedProfile) -> str:
    """What it is called; a person's own name for it is isolated."""
    return isolated(profile.name) if profile.name else say_phrase(NAMES.get(profile.key, NAMES[MINE]))


def icon_of(profile: SpeedProfile) -> str:
    return ICONS.get(profile.key, OWN_ICON)


def done_text(name: str, values: Mapping[str, Value]) -> str:
    """That it is in force now: `Quiet: upload 1.0 MB/s`."""
    up, down = int(values["up_limit"]), int(values["down_limit"])
    if up and down:
        return say("{profile}: upload {up}, download {down}", profile=name, up=rate_text(up), down=rate_text(down))
    if up:
        return say("{profile}: upload {up}", profile=name, up=rate_text(up))
    if down:
        return say("{profile}: download {down}", profile=name, down=rate_text(down))
    return say("{profile}: no limit", profile=name)


def figures_text(values: Mapping[str, Value]) -> str:
    """What a profile sets, all of it, as sentences."""
    up, down, active = int(values["up_limit"]), int(values["down_limit"]), int(values["active_downloads"])
    sentences = [
        say("Upload: {rate}.", rate=rate_text(up) if up else say("no limit")),
        say("Download: {rate}.", rate=rate_text(down) if down else say("no limit")),
        say_count(
            int(values["upload_slots"]), "{n} parallel upload per transfer.", "{n} parallel uploads per transfer."
        ),
        say_count(active, "{n} download at the same time.", "{n} downloads at the same time.")
        if active
        else say("All downloads at the same time."),
        say_count(int(values["max_peers"]), "{n} connection.", "{n} connections."),
    ]
    if "share_ratio" in values:
        ratio = float(values["share_ratio"])
        goal = say("Shared until ratio {ratio}.", ratio=decimal(ratio, 1)) if ratio else say("Shared for ever.")
        sentences.append(goal)
    return " ".join(sentences)


def by_hand_text(name: str) -> str:
    return say("{profile}, changed by hand", profile=name)


def scheduled_text(name: str, until: datetime, now: datetime) -> str:
    """Until when the schedule keeps it in force."""
    return say("{profile} until {time} (schedule)", profile=name, time=_until(until, now))


def held_text(name: str, until: datetime | None, now: datetime) -> str:
    """It was chosen by hand while something else is due."""
    if until is None:
        return say("{profile}, chosen by hand", profile=name)
    return say("{profile} until {time}, chosen by hand", profile=name, time=_until(until, now))


def metered_text(name: str) -> str:
    return say("{profile} (metered network)", profile=name)


def share_text(share: float) -> str:
    """A share of the line as it stands in its field."""
    return f"{share * 100:.4g}"


def time_text(entry: ProfileTime, name: str) -> str:
    """An entry of the schedule: `Quiet on Mon-Fri 9:00-17:00`."""
    if entry.start == entry.end == 0:
        return say("{profile} on {days}, all day", profile=name, days=days_text(entry.days))
    return say(
        "{profile} on {days} {start}\u2013{end}",
        profile=name,
        days=days_text(entry.days),
        start=minute_text(entry.start),
        end=minute_text(entry.end),
    )


def minute_text(minute: int) -> str:
    """A minute of the day as `09:00`."""
    return clock_text(QTime(minute // 60, minute % 60))


def parse_minute(text: str) -> int | None:
    """The minute of the day that was typed as `9`, `9:00` or `0900`; None when it is none. 24:00 is midnight."""
    found = _CLOCK.fullmatch(text)
    if found is None:
        return None
    hour, minute = int(found[1]), int(found[2] or 0)
    return (hour * 60 + minute) % DAY if minute < 60 and hour * 60 + minute <= DAY else None


def day_name(day: int, *, is_whole: bool = False) -> str:
    """`Mon` for 0, or `Monday`."""
    form = QLocale.FormatType.LongFormat if is_whole else QLocale.FormatType.ShortFormat
    return locale().standaloneDayName(day + 1, form)


def days_text(days: Iterable[int]) -> str:
    """Days of the week with those in a row drawn together: `Mon-Fri`, `Sat, Sun`."""
    runs: list[list[int]] = []
    for day in sorted(days):
        if runs and day == runs[-1][-1] + 1:
            runs[-1].append(day)
        else:
            runs.append([day])
    if runs == [list(range(7))]:
        return say("every day")
    words: list[str] = []
    for run in runs:
        if len(run) > 2:
            words.append(say("{first}\u2013{last}", first=day_name(run[0]), last=day_name(run[-1])))
        else:
            words.extend(day_name(day) for day in run)
    return ", ".join(words)


def _until(until: datetime, now: datetime) -> str:
    time = minute_text(until.hour * 60 + until.minute)
    if (until - now).total_seconds() < 24 * 3600:
        return time
    return say("{day} {time}", day=day_name(until.weekday()), time=time)
