"""What the assistant has been told: a value that its pages change and that becomes settings as a whole. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields, replace

from shoal.settings.profiles import (
    BALANCED,
    MINE,
    QUIET,
    SpeedProfile,
    engine_values,
    read_profiles,
    seen_kbit,
    trial_of,
)
from shoal.settings.schema import Value

MOBILE = "mobile"
TYPICAL: Mapping[str, tuple[int, int]] = {
    "fibre": (250_000, 50_000),
    "dsl": (100_000, 40_000),
    MOBILE: (50_000, 10_000),
    "shared": (100_000, 20_000),
}
"""Down and up, kbit/s, of each kind of line, as they are commonly sold."""
METERED_ASK_BYTES = 1_000_000_000
GOOD_RATIO = 2.0
FIRST_PORT, LAST_PORT = 1024, 65535


@dataclass(frozen=True, slots=True)
class Draft:
    """Fields that are settings have their names and units."""

    line_kind: str = ""
    line_down: int = 0
    line_up: int = 0
    line_trial: int = 0
    line_offered: bool = False
    seen_up: int = 0
    seen_down: int = 0
    listen_port: int = 0
    outgoing_host: str = ""
    downloads_folder: str = ""
    """Empty for the one that the system has for downloads."""
    finished_folder: str = ""
    watch_folder: str = ""
    start_at_login: bool = False
    close_to_tray: bool = False
    keep_awake: bool = True
    share_ratio: float = 0.0
    theme: str = "system"
    profile: str = BALANCED
    profiles: str = ""
    ask_above_bytes: int = 0
    opens_torrents: bool = False
    """Torrent files open in Shoal."""
    is_first: bool = False
    """Nothing was chosen before."""


_NO_SETTINGS = frozenset({"opens_torrents", "is_first"})
_PLAIN = tuple(
    entry.name for entry in fields(Draft) if entry.name not in _NO_SETTINGS | {"profile", "profiles", "ask_above_bytes"}
)


@dataclass(frozen=True, slots=True)
class Sharing:
    """What becomes of the upload: `up_limit` in bytes/s, 0 for none; `share` of the line, None where it is none."""

    up_limit: int
    share: float | None
    profile: SpeedProfile


def present_draft(value: Callable[[str], Value], *, opens_torrents: bool) -> Draft:
    """The settings in force, `value` by key."""
    kept = {entry.name: value(entry.name) for entry in fields(Draft) if entry.name not in _NO_SETTINGS}
    # The schema has them of these types.
    return Draft(**kept, opens_torrents=opens_torrents)  # type: ignore[arg-type]


def first_draft(present: Draft, *, has_tray: bool) -> Draft:
    """What is proposed to who starts Shoal for the first time."""
    return replace(present, close_to_tray=has_tray, is_first=True)


def with_line(draft: Draft, kind: str) -> Draft:
    """Another kind of line, with its typical speeds."""
    down, up = TYPICAL[kind]
    return replace(draft, line_kind=kind, line_down=down, line_up=up, line_trial=0)


def with_measuring(draft: Draft) -> Draft:
    """The speed of the line is found out from transfers: from what they have reached so far, or a careful start."""
    trial = trial_of(draft.seen_up)
    return replace(draft, line_down=seen_kbit(draft.seen_down), line_up=0, line_trial=trial, line_offered=False)


def is_measured(draft: Draft) -> bool:
    """The line is being measured."""
    return draft.line_trial > 0 and not draft.line_up


def sharing(draft: Draft, before: Draft) -> Sharing:
    """What the line of `draft` makes of the upload."""
    profile = _profile(draft, before)
    line_up = draft.line_up or draft.line_trial
    limit = engine_values(profile, line_up, draft.line_down)["up_limit"]
    return Sharing(int(limit), profile.up_share if line_up else None, profile)


def settings_of(draft: Draft, before: Draft) -> dict[str, Value]:
    """The settings that `draft` changes from `before`; what a speed profile sets follows from profile and line."""
    values: dict[str, Value] = {
        key: getattr(draft, key) for key in _PLAIN if getattr(draft, key) != getattr(before, key)
    }
    if draft.downloads_folder != before.downloads_folder:
        # The next download is offered the new folder, not the one of the last.
        values["last_folder"] = ""
    if draft.is_first or is_line_changed(draft, before):
        values["profile"] = _profile(draft, before).key
        values["ask_above_bytes"] = ask_above(draft, before)
    values["assistant_done"] = True
    return values


def ask_above(draft: Draft, before: Draft) -> int:
    """From how many bytes on a download is asked about, whatever else is set; 0 for never."""
    if draft.line_kind == MOBILE:
        return before.ask_above_bytes or METERED_ASK_BYTES
    left = before.line_kind == MOBILE and before.ask_above_bytes == METERED_ASK_BYTES
    return 0 if left else before.ask_above_bytes


def is_line_changed(draft: Draft, before: Draft) -> bool:
    return _line(draft) != _line(before)


def is_port(text: str) -> bool:
    """Whether `text` is a port that every program may listen on."""
    return text.isascii() and text.isdigit() and len(text) <= 5 and FIRST_PORT <= int(text) <= LAST_PORT


def _line(draft: Draft) -> tuple[str, int, int, int]:
    return draft.line_kind, draft.line_down, draft.line_up, draft.line_trial


def _profile(draft: Draft, before: Draft) -> SpeedProfile:
    """The profile in force afterwards: the present one, unless it does not fit the line."""
    known = {profile.key: profile for profile in read_profiles(draft.profiles)}
    if not draft.is_first and not is_line_changed(draft, before):
        return known.get(draft.profile, known[BALANCED])
    if draft.line_kind == MOBILE:
        return known[QUIET]
    # One's own figures know nothing of the line; and quiet was for the metered one that is left.
    is_left = draft.profile == MINE or (draft.profile == QUIET and before.line_kind == MOBILE)
    return known[BALANCED] if is_left else known.get(draft.profile, known[BALANCED])
