"""Speed profiles: what each sets in the engine for a line of a given speed, and which is in force when.

A profile gives shares of the line (0 to 1; None = no limit of its own) or, where the line is not known, rates. Pure:
rates in bytes/s, line speeds in kbit/s as providers sell them, 0 = not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, TypeGuard

from shoal.settings.schema import SettingsError, Value

QUIET, BALANCED, FULL, MINE = "quiet", "balanced", "full", "mine"
MOST_PROFILES = 32
MOST_TIMES = 64
LONGEST_NAME = 40
BYTES_PER_KBIT = 125
CAREFUL_UP = 1_000
"""kbit/s to begin with on a line of which nobody knows how fast it is."""
LEAST_SEEN_KBIT = 500
"""Less than that says nothing of a line."""
_SLOW_UP, _MEDIUM_UP = 100_000, 250_000
_SLOW_DOWN = 500_000


@dataclass(frozen=True, slots=True)
class SpeedProfile:
    """One bundle. `name` is empty for those that Shoal brings, whose words the interface knows by `key`."""

    key: str
    name: str = ""
    up_share: float | None = None
    down_share: float | None = None
    up_rate: int = 0
    """Bytes/s when there is no share or the line is not known; 0 no limit."""
    down_rate: int = 0
    upload_slots: int = 4
    active_downloads: int = 3
    max_peers: int = 500
    share_ratio: float | None = None
    """None leaves the goal to what is set apart from profiles."""


BUILT_IN: tuple[SpeedProfile, ...] = (
    SpeedProfile(
        QUIET,
        up_share=0.25,
        down_share=0.5,
        up_rate=100_000,
        down_rate=1_000_000,
        upload_slots=2,
        active_downloads=1,
        max_peers=200,
    ),
    SpeedProfile(BALANCED, up_share=0.8),
    SpeedProfile(FULL, up_share=0.95, upload_slots=8, active_downloads=6, max_peers=1_000),
    SpeedProfile(MINE),
)
STEERED = ("up_limit", "down_limit", "upload_slots", "active_downloads", "max_peers")
"""Engine settings that every profile sets."""
DAY = 24 * 60
"""Minutes."""


@dataclass(frozen=True, slots=True)
class ProfileTime:
    """`profile` is in force on `days` (0 = Monday) from `start` to `end`, minutes of the day.

    It may pass midnight; with one minute for both it lasts 24 hours.
    """

    profile: str
    days: tuple[int, ...]
    start: int
    end: int


def read_profiles(text: str) -> tuple[SpeedProfile, ...]:
    """The profiles in their order: those that Shoal brings, as they were changed, then a person's own.

    What is damaged in `text` is left out.
    """
    found = [profile for profile in map(_profile_of, _list(text)[:MOST_PROFILES]) if profile is not None]
    changed = {profile.key: profile for profile in found}
    built_in = {profile.key for profile in BUILT_IN}
    own = {profile.key: profile for profile in found if profile.key not in built_in and profile.name}
    return (*(changed.get(profile.key, profile) for profile in BUILT_IN), *own.values())


def write_profiles(profiles: Iterable[SpeedProfile]) -> str:
    """The text that `read_profiles` reads; built-in profiles that are as delivered are left out."""
    kept = [asdict(profile) for profile in profiles if profile not in BUILT_IN]
    return json.dumps(kept, separators=(",", ":")) if kept else ""


def check_profile(profile: SpeedProfile) -> SpeedProfile:
    """Return `profile` when all its values are sound, else raise `SettingsError` with the name of the first bad one."""
    for field, low, high in (
        ("up_share", 0.01, 1.0),
        ("down_share", 0.01, 1.0),
        ("up_rate", 0, 2**40),
        ("down_rate", 0, 2**40),
        ("upload_slots", 1, 200),
        ("active_downloads", 0, 10_000),
        ("max_peers", 2, 20_000),
        ("share_ratio", 0.0, 10_000.0),
    ):
        value = getattr(profile, field)
        if value is None and field in ("up_share", "down_share", "share_ratio"):
            continue
        is_whole = field not in ("up_share", "down_share", "share_ratio")
        if isinstance(value, bool) or not isinstance(value, int if is_whole else (int, float)):
            raise SettingsError(field, "must be a whole number" if is_whole else "must be a number")
        if not low <= value <= high:
            raise SettingsError(field, f"must be from {low:g} to {high:g}")
    for field in ("key", "name"):
        if not isinstance(getattr(profile, field), str) or len(getattr(profile, field)) > LONGEST_NAME:
            raise SettingsError(field, f"must be text of at most {LONGEST_NAME} characters")
    if not profile.key:
        raise SettingsError("key", "must not be empty")
    return profile


def engine_values(profile: SpeedProfile, line_up: int, line_down: int) -> dict[str, Value]:
    """What `profile` sets in the engine on a line of these speeds in kbit/s."""
    up = _share(profile.up_share, line_up, profile.up_rate)
    down = _share(profile.down_share, line_down, profile.down_rate)
    values: dict[str, Value] = {
        "up_limit": up,
        "down_limit": down,
        "upload_slots": min(profile.upload_slots, most_slots(line_up)),
        "active_downloads": _active(profile.active_downloads, line_down),
        "max_peers": profile.max_peers,
    }
    if profile.key == MINE:
        # One's own figures are never bent.
        values["upload_slots"], values["active_downloads"] = profile.upload_slots, profile.active_downloads
    if profile.share_ratio is not None:
        values["share_ratio"] = float(profile.share_ratio)
    return values


def most_slots(line_up: int) -> int:
    """Peers that a line of `line_up` kbit/s can serve at the same time so that each gets something of use."""
    rate = line_up * BYTES_PER_KBIT
    if not rate:
        return 200
    return 2 if rate < _SLOW_UP else 3 if rate < _MEDIUM_UP else 200


def seen_kbit(rate: int) -> int:
    """The speed of a line in kbit/s, in two digits, that has carried `rate` bytes/s; 0 for too little."""
    kbit = rate // BYTES_PER_KBIT
    if kbit < LEAST_SEEN_KBIT:
        return 0
    step: int = 10 ** (len(str(kbit)) - 2)
    return kbit // step * step


def trial_of(seen_up: int, *, is_ahead: bool = False) -> int:
    """The upload in kbit/s to reckon with on a line that has reached `seen_up` bytes/s so far.

    A profile leaves a fifth of it free, so that this allows what was reached; `is_ahead` allows more, to be measured.
    """
    return max(CAREFUL_UP, round(seen_up / BYTES_PER_KBIT * (1.6 if is_ahead else 1.25)))


def is_as_set(values: Mapping[str, Value], present: Mapping[str, Value]) -> bool:
    """Whether the engine's `present` settings are those of the profile."""
    return all(present.get(key) == value for key, value in values.items())


def mine_of(present: Mapping[str, Any], mine: SpeedProfile) -> SpeedProfile:
    """`mine` with the engine's `present` settings."""
    return replace(
        mine,
        up_share=None,
        down_share=None,
        up_rate=present["up_limit"],
        down_rate=present["down_limit"],
        upload_slots=present["upload_slots"],
        active_downloads=present["active_downloads"],
        max_peers=present["max_peers"],
    )


def read_times(text: str) -> tuple[ProfileTime, ...]:
    """When which profile is in force; what is damaged in `text` is left out."""
    return tuple(time for time in map(_time_of, _list(text)[:MOST_TIMES]) if time is not None)


def write_times(times: Iterable[ProfileTime]) -> str:
    """The text that `read_times` reads."""
    kept = [asdict(time) for time in times]
    return json.dumps(kept, separators=(",", ":")) if kept else ""


def covering(times: Sequence[ProfileTime], day: int, minute: int) -> ProfileTime | None:
    """The first entry that covers `minute` of `day` (0 = Monday), local time."""
    return next((time for time in times if _covers(time, day, minute)), None)


def scheduled(times: Sequence[ProfileTime], day: int, minute: int) -> str:
    """The profile of that entry; "" for none."""
    found = covering(times, day, minute)
    return found.profile if found is not None else ""


def next_change(times: Sequence[ProfileTime], day: int, minute: int) -> int | None:
    """Minutes from `minute` of `day` until another entry or none covers the time; None when that never happens."""
    present = covering(times, day, minute)
    ahead = {
        (later * DAY + edge - minute)
        for time in times
        for later in range(8)
        for edge in (time.start, time.end)
        if later * DAY + edge > minute
    }
    for minutes in sorted(ahead):
        days, at = divmod(minute + minutes, DAY)
        if covering(times, (day + days) % 7, at) != present:
            return minutes
    return None


def new_key(profiles: Iterable[SpeedProfile]) -> str:
    """A key that none of `profiles` has."""
    taken = {profile.key for profile in profiles}
    return next(key for key in (f"own{number}" for number in range(1, MOST_PROFILES + 2)) if key not in taken)


def as_delivered(key: str) -> SpeedProfile | None:
    """The profile of that key as Shoal brings it; None for a person's own."""
    return next((profile for profile in BUILT_IN if profile.key == key), None)


def _covers(time: ProfileTime, day: int, minute: int) -> bool:
    if time.start < time.end:
        return day in time.days and time.start <= minute < time.end
    return (day in time.days and minute >= time.start) or ((day - 1) % 7 in time.days and minute < time.end)


def _share(share: float | None, line: int, rate: int) -> int:
    if share is None or not line:
        return rate
    return max(round(share * line * BYTES_PER_KBIT), 1_000)


def _active(count: int, line_down: int) -> int:
    is_slow = 0 < line_down * BYTES_PER_KBIT < _SLOW_DOWN
    return min(count, 2) if is_slow and count else count


def _list(text: str) -> list[Any]:
    try:
        found = json.loads(text) if text else []
    except (ValueError, RecursionError):
        return []
    return found if isinstance(found, list) else []


def _profile_of(value: object) -> SpeedProfile | None:
    if not isinstance(value, dict):
        return None
    names = {field.name for field in fields(SpeedProfile)}
    try:
        return check_profile(SpeedProfile(**{name: value[name] for name in names & value.keys()}))
    except (SettingsError, TypeError):
        return None


def _time_of(value: object) -> ProfileTime | None:
    if not isinstance(value, dict):
        return None
    profile, days = value.get("profile"), value.get("days")
    start, end = value.get("start"), value.get("end")
    if not isinstance(profile, str) or not isinstance(days, list) or not _is_minute(start) or not _is_minute(end):
        return None
    kept = tuple(sorted({day for day in days if type(day) is int and 0 <= day <= 6}))
    return ProfileTime(profile[:LONGEST_NAME], kept, start, end) if kept else None


def _is_minute(value: object) -> TypeGuard[int]:
    return type(value) is int and 0 <= value < DAY
