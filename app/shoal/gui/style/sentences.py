"""What a transfer is doing, in one sentence: the single source for table, tooltip, tray and screen reader.

Pure: a row of the engine's snapshot goes in, words and tone come out. The tone decides tile, icon and text colour.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from math import ceil

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.units import percent_text, rate_text, short_duration, size_text, time_left_text
from shoal.gui.style.wording import isolated, say, say_count


class Tone(Enum):
    """How a transfer feels; `style` has its colours."""

    DOWN = "down"
    WARN = "warn"
    ERROR = "err"
    GOOD = "ok"
    QUIET = "ink3"
    BUSY = "ink2"


class Action(Enum):
    """The pill at the end of the row: an explanation, or something only the user can decide."""

    WHY = "why"
    FIX = "fix"


@dataclass(frozen=True, slots=True)
class Sentence:
    """`icon` names a file of the icon set."""

    text: str
    tone: Tone
    icon: str
    action: Action | None = None


FLOWING_RATE = 1.0
"""Bytes/s from which data counts as flowing."""
NEEDS_USER = frozenset(
    {"disk-full", "folder-gone", "permission", "read-only", "io-error", "files-changed", "tracker-refused"}
)
"""Causes that only the user can end."""
_STOPPED_SENTENCES: dict[str, str] = {
    "permission": "Not allowed to write in its folder",
    "read-only": "Its disk can only be read",
    "folder-gone": "Its files are gone, or their drive is unplugged",
    "io-error": "Its disk reports an error",
    "files-changed": "Files were moved or changed",
    "name-too-long": "A file name is too long for its disk",
    "not-a-file": "Something else lies where a file should be",
    "is-symlink": "A link lies where a file should be",
    "unexpected": "Something went wrong inside Shoal",
    "outside-folder": "A path leads out of its folder",
}
_ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")


def state_sentence(row: TorrentRow) -> Sentence:
    """The sentence of `row`."""
    if row.reason is not None and row.state is not TorrentState.STOPPED:
        explained = _sentence_of_reason(row, row.reason)
        if explained is not None:
            return explained
    match row.state:
        case TorrentState.STOPPED:
            return Sentence(say("Stopped by you"), Tone.QUIET, "stop")
        case TorrentState.STOPPING:
            return Sentence(say("Stopping: saying goodbye to its trackers"), Tone.QUIET, "stop")
        case TorrentState.QUEUED:
            return Sentence(_queued(row.reason), Tone.QUIET, "clock")
        case TorrentState.CHECKING:
            return Sentence(say("Checking files already on disk"), Tone.BUSY, "gauge")
        case TorrentState.ALLOCATING:
            return Sentence(say("Making room on disk"), Tone.BUSY, "gauge")
        case TorrentState.MOVING:
            return Sentence(say("Moving its files"), Tone.BUSY, "gauge")
        case TorrentState.SEEDING:
            return _sharing(row)
        case TorrentState.ERROR:
            code = row.reason.code if row.reason else "unknown"
            return Sentence(
                say("Stopped by a problem: {code}", code=isolated(code)), Tone.ERROR, "triangle", Action.FIX
            )
        case TorrentState.DOWNLOADING:
            return _downloading(row)


def needs_user(row: TorrentRow) -> bool:
    """True when only the user can make it go on."""
    if row.state is TorrentState.STOPPED:
        return False
    return row.state is TorrentState.ERROR or (row.reason is not None and row.reason.code in NEEDS_USER)


def finds_nobody(row: TorrentRow) -> bool:
    """True when there is nobody to ask for peers: it names no tracker."""
    reason = row.reason
    return reason is not None and reason.code == "no-peers" and "next_in" not in reason.params and not row.tracker_host


def time_left_sentence(row: TorrentRow, seconds: float | None) -> str:
    """The "Time left" cell: words for `seconds` while it flows, else the reason in at most three words."""
    if row.state is TorrentState.STOPPED:
        return say("stopped")
    if needs_user(row):
        return say("needs you")
    match row.state:
        case TorrentState.STOPPING:
            return say("stopping")
        case TorrentState.QUEUED:
            return say("in line")
        case TorrentState.CHECKING:
            return say("checking, {time}", time=short_duration(seconds)) if seconds is not None else say("checking")
        case TorrentState.ALLOCATING:
            if seconds is not None:
                return say("making room, {time}", time=short_duration(seconds))
            return say("making room")
        case TorrentState.SEEDING:
            return say("done")
    if row.is_complete:
        return say("done")
    if row.reason is not None and row.reason.code == "no-seed":
        return say("needs a seed")
    if seconds is not None:
        return time_left_text(seconds)
    if row.peers == 0:
        return say("needs peers")
    return say("not known yet")


def accessible_sentence(row: TorrentRow, sentence: Sentence, time_left: str) -> str:
    """The whole row for a screen reader."""
    return say(
        "{name}, {sentence}, {percent} of {size}, download {down}, upload {up}, time left: {time}",
        name=isolated(row.name),
        sentence=sentence.text,
        percent=percent_text(row.wanted_done, row.wanted),
        size=size_text(row.wanted),
        down=rate_text(row.down_rate),
        up=rate_text(row.up_rate),
        time=time_left,
    )


def _downloading(row: TorrentRow) -> Sentence:
    if row.sending_peers > 0:
        text = say_count(
            row.peers,
            "Downloading from {sending} of {n} peer",
            "Downloading from {sending} of {n} peers",
            sending=row.sending_peers,
        )
        if row.sequential:
            text = say("{sentence} \u00b7 in order", sentence=text)
        if row.down_limit > 0:
            text = say("{sentence} \u00b7 limited to {rate}", sentence=text, rate=rate_text(row.down_limit))
        return Sentence(text, Tone.DOWN, "down")
    if row.peers > 0:
        text = say_count(
            row.peers,
            "Connected to {n} peer, waiting for a turn",
            "Connected to {n} peers, waiting for a turn",
        )
        return Sentence(text, Tone.DOWN, "clock")
    return _finding(row)


def _finding(row: TorrentRow) -> Sentence:
    if row.tracker_host:
        return Sentence(say("Asking the tracker for peers"), Tone.DOWN, "search")
    return Sentence(say("Looking for peers without a tracker"), Tone.DOWN, "search")


def _sharing(row: TorrentRow) -> Sentence:
    if row.receiving_peers > 0:
        text = say_count(row.receiving_peers, "Sharing with {n} peer", "Sharing with {n} peers")
        return Sentence(text, Tone.GOOD, "up")
    return Sentence(say("Complete, nobody is asking right now"), Tone.GOOD, "tick")


def _queued(reason: Reason | None) -> str:
    place = reason.params.get("place") if reason and reason.code == "queued" else None
    after = reason.params.get("after") if reason and reason.code == "queued" else None
    if isinstance(place, int) and 1 <= place <= len(_ORDINALS):
        if isinstance(after, str) and after:
            return say("Queued: {place} in line, starts after {name}", place=_ORDINALS[place - 1], name=isolated(after))
        return say("Queued: {place} in line", place=_ORDINALS[place - 1])
    return say("Queued: starts when one before it is done")


def _sentence_of_reason(row: TorrentRow, reason: Reason) -> Sentence | None:
    if reason.code in _STOPPED_SENTENCES:
        return Sentence(say(_STOPPED_SENTENCES[reason.code]), Tone.ERROR, "triangle", Action.FIX)
    flowing = row.down_rate >= FLOWING_RATE
    match reason.code:
        case "disk-full":
            missing = reason.params.get("missing", 0)
            if isinstance(missing, str) or missing <= 0:
                return Sentence(say("Disk full"), Tone.ERROR, "triangle", Action.FIX)
            text = say("Disk full: {size} short", size=size_text(missing))
            return Sentence(text, Tone.ERROR, "triangle", Action.FIX)
        case "tracker-refused":
            return Sentence(say("Members-only tracker turned you away"), Tone.ERROR, "triangle", Action.FIX)
    if row.state not in (TorrentState.DOWNLOADING, TorrentState.SEEDING):
        return None
    match reason.code:
        case "tracker-failed":
            text = say_count(
                row.peers,
                "Its tracker does not answer; {n} peer found without it",
                "Its tracker does not answer; {n} peers found without it",
            )
            if row.peers == 0:
                text = say("Its tracker does not answer")
            return Sentence(text, Tone.WARN, "down" if flowing else "triangle", Action.WHY)
    if row.state is TorrentState.SEEDING:
        return None
    match reason.code:
        case "no-seed":
            percent = reason.params.get("percent", 0)
            shown = max(1, ceil(percent)) if not isinstance(percent, str) else 1
            text = say("Waiting for a seed: nobody has the last {percent} %", percent=shown)
            return Sentence(text, Tone.WARN, "triangle", Action.WHY)
        case "no-peers":
            wait = reason.params.get("next_in")
            if finds_nobody(row):
                text = say("It names no tracker; peers cannot be found for it yet")
            elif isinstance(wait, int | float) and wait > 0:
                text = say("Nobody else is here right now; looking again in {time}", time=short_duration(wait))
            else:
                text = say("Nobody else is here right now; looking again soon")
            return Sentence(text, Tone.WARN, "triangle", Action.WHY)
        case "slow":
            text = say("Slow: {finding}", finding=isolated(str(reason.params.get("finding", ""))))
            return Sentence(text, Tone.WARN, "down", Action.WHY)
        case "finding":
            return _finding(row) if row.peers == 0 else None
    return None
