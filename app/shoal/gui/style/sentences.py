"""What a transfer is doing, in one sentence: the single source for table, tooltip, tray and screen reader.

Pure: a row of the engine's snapshot goes in, words and tone come out. The tone decides tile, icon and text colour.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum
from math import ceil

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.causes import DISK_CAUSES
from shoal.gui.style.diagnosis import BARRED, FLOWING_RATE, Finding, Severity, diagnose, needs_user
from shoal.gui.style.moments import clock_time_text
from shoal.gui.style.numbers import decimal
from shoal.gui.style.units import percent_text, rate_text, short_duration, size_text, time_left_text
from shoal.gui.style.wording import Template, isolated, phrase, say, say_count, say_phrase
from shoal.protocol.tracker_refusal import Refusal, refusal_of


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


_STOPPED_SENTENCES: dict[str, Template] = {
    "permission": phrase("Not allowed to write in its folder"),
    "read-only": phrase("Its disk can only be read"),
    "folder-gone": phrase("Its files or disk are gone"),
    "io-error": phrase("Its disk reports an error"),
    "files-changed": phrase("Files were moved or changed"),
    "name-too-long": phrase("A file name is too long for its disk"),
    "not-a-file": phrase("Something else lies where a file should be"),
    "is-symlink": phrase("A link lies where a file should be"),
    "unexpected": phrase("Something went wrong inside Shoal"),
    "outside-folder": phrase("A path leads out of its folder"),
    "nothing-chosen": phrase("You have chosen no files"),
    "choose-files": phrase("Its file list is here: choose files"),
    "bad-metadata": phrase("Its file list cannot be used"),
}
_REFUSED: dict[Refusal, Template] = {
    Refusal.MEMBERS_ONLY: phrase("Members-only tracker turned you away"),
    Refusal.UNKNOWN_TORRENT: phrase("Its tracker does not know this torrent"),
    Refusal.NOT_SERVED: phrase("Its tracker refuses to serve this torrent"),
    Refusal.FOR_NOW: phrase("Its tracker takes no requests for now"),
}
WHOLE = 100
"""Percent."""
_ORDINALS = (
    phrase("first"),
    phrase("second"),
    phrase("third"),
    phrase("fourth"),
    phrase("fifth"),
    phrase("sixth"),
    phrase("seventh"),
    phrase("eighth"),
    phrase("ninth"),
    phrase("tenth"),
)


def state_sentence(row: TorrentRow) -> Sentence:
    """The sentence of `row`: its weightiest finding in words."""
    return _sentence(diagnose(row)[0], row)


def time_left_sentence(row: TorrentRow, seconds: float | None) -> str:
    """The "Time left" cell: words for `seconds` while it flows, else the reason in at most three words."""
    if row.reason is not None and row.reason.code == "removing":
        return say("being removed")
    if row.state is TorrentState.STOPPED:
        return say("stopped")
    if needs_user(replace(row, failed_move=None) if row.failed_move is not None else row):
        return say("needs you")
    match row.state:
        case TorrentState.STOPPING:
            return say("stopping")
        case TorrentState.QUEUED:
            is_paused = row.reason is not None and (row.reason.code == "paused" or row.reason.code in BARRED)
            return say("paused") if is_paused else say("in line")
        case TorrentState.CHECKING:
            return say("checking, {time}", time=short_duration(seconds)) if seconds is not None else say("checking")
        case TorrentState.ALLOCATING:
            if seconds is not None:
                return say("making room, {time}", time=short_duration(seconds))
            return say("making room")
        case TorrentState.MOVING:
            if seconds is not None:
                return say("moving, {time}", time=short_duration(seconds))
            return say("moving")
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
    if not row.has_metainfo:
        return say("{name}, {sentence}", name=isolated(row.name), sentence=sentence.text)
    return say(
        "{name}, {sentence}, {percent} of {size}, download {down}, upload {up}, time left: {time}",
        name=isolated(row.name),
        sentence=sentence.text,
        percent=done_text(row),
        size=size_text(row.wanted),
        down=rate_text(row.down_rate),
        up=rate_text(row.up_rate),
        time=time_left,
    )


def done_text(row: TorrentRow) -> str:
    """The share of what was chosen that is here; of nothing nothing is."""
    is_nothing = row.has_nothing_chosen or not row.has_metainfo
    return percent_text(row.wanted_done, row.wanted or (1 if is_nothing else 0))


def _sentence(finding: Finding, row: TorrentRow) -> Sentence:
    if finding.code == "move-failed":
        # What it does besides goes on: its bar keeps the colours of that.
        cause = DISK_CAUSES.get(str(finding.params.get("code", "")))
        if cause is None:
            text = say("Its files could not be moved")
        else:
            text = say("Files not moved: {cause}", cause=say_phrase(cause))
        return Sentence(text, Tone.WARN, "triangle", Action.FIX)
    if finding.severity is Severity.NEEDS_YOU:
        return Sentence(_problem(finding, row), Tone.ERROR, "triangle", Action.FIX)
    if finding.severity is Severity.WAITING:
        return _waiting(finding, row)
    match finding.code:
        case "removing":
            return Sentence(say("Being removed: its files are being deleted"), Tone.BUSY, "remove")
        case "stopped":
            return Sentence(say("Stopped by you"), Tone.QUIET, "stop")
        case "stopping":
            return Sentence(say("Stopping: saying goodbye to its trackers"), Tone.QUIET, "stop")
        case "queued":
            return Sentence(_queued(finding), Tone.QUIET, "clock")
        case "starting":
            return Sentence(say("Starting: looking at its files"), Tone.BUSY, "gauge")
        case "paused":
            return Sentence(paused_text(finding.params.get("until", 0)), Tone.QUIET, "pause")
        case "shared-enough":
            ratio = decimal(float(finding.params.get("ratio", 0)), 2)
            return Sentence(say("Shared enough: ratio {ratio}", ratio=ratio), Tone.QUIET, "tick")
        case "checking":
            return Sentence(say("Checking files already on disk"), Tone.BUSY, "gauge")
        case "allocating":
            return Sentence(say("Making room on disk"), Tone.BUSY, "gauge")
        case "moving":
            return Sentence(say("Moving its files"), Tone.BUSY, "gauge")
        case "asking-metadata":
            return Sentence(asking_text(finding.params), Tone.DOWN, "search")
        case "waiting-turn":
            text = say_count(
                row.peers,
                "Connected to {n} peer, waiting for a turn",
                "Connected to {n} peers, waiting for a turn",
            )
            return Sentence(text, Tone.DOWN, "clock")
        case "finding":
            if row.tracker_host:
                return Sentence(say("Asking the tracker for peers"), Tone.DOWN, "search")
            return Sentence(say("Looking for peers without a tracker"), Tone.DOWN, "search")
    return _sharing(row) if row.state is TorrentState.SEEDING else _downloading(row)


def _problem(finding: Finding, row: TorrentRow) -> str:
    match finding.code:
        case "disk-full":
            missing = finding.params.get("missing", 0)
            if isinstance(missing, str) or missing <= 0:
                return say("Disk full")
            return say("Disk full: {size} short", size=size_text(missing))
        case "tracker-refused":
            said = str(finding.params.get("text", ""))
            return say_phrase(_REFUSED[refusal_of(said, is_private=row.private)])
    template = _STOPPED_SENTENCES.get(finding.code)
    if template is not None:
        return say_phrase(template)
    return say("Stopped by a problem: {code}", code=isolated(finding.code))


def _waiting(finding: Finding, row: TorrentRow) -> Sentence:
    params, icon = finding.params, "triangle"
    match finding.code:
        case "tracker-failed" if row.peers == 0:
            text = say("Its tracker does not answer")
        case "tracker-failed":
            text = say_count(
                row.peers,
                "Its tracker does not answer; {n} peer found without it",
                "Its tracker does not answer; {n} peers found without it",
            )
            icon = "down" if row.down_rate >= FLOWING_RATE else "triangle"
        case "no-seed":
            percent = params.get("percent", 0)
            shown = max(1, ceil(percent)) if not isinstance(percent, str) else 1
            if shown >= WHOLE and not row.wanted_done:
                text = say("Waiting for a seed: nobody here has any of it")
            else:
                shown = min(shown, WHOLE - 1)
                text = say("Waiting for a seed: nobody has the last {percent} %", percent=shown)
        case "no-tracker":
            text = say("It names no tracker; peers cannot be found for it yet")
        case "no-peers":
            wait = params.get("next_in")
            if isinstance(wait, int | float) and wait > 0:
                text = say("Nobody here; looking again in {time}", time=short_duration(wait))
            else:
                text = say("Nobody here; looking again soon")
        case "asking-metadata":
            text, icon = asking_text(params), "search"
        case "address-gone" | "address-unknown":
            text = _waits_for_address(params)
        case "all-busy":
            seeds = params.get("seeds", 0)
            if isinstance(seeds, int) and seeds:
                text = say_count(
                    seeds, "Slow: its seed is busy with others", "Slow: its {n} seeds are busy with others"
                )
            else:
                text = say_count(
                    row.peers, "Slow: its peer is busy with others", "Slow: its {n} peers are busy with others"
                )
            icon = "down"
        case _:
            text = say("Held up: {code}", code=isolated(finding.code))
    return Sentence(text, Tone.WARN, icon, Action.WHY)


def _downloading(row: TorrentRow) -> Sentence:
    text = say_count(
        row.peers,
        "Downloading from {sending} of {n} peer",
        "Downloading from {sending} of {n} peers",
        sending=row.sending_peers,
    )
    if row.files_first:
        text = say_count(
            row.files_first,
            "{sentence} \u00b7 {n} file first",
            "{sentence} \u00b7 {n} files first",
            sentence=text,
        )
    if row.sequential:
        text = say("{sentence} \u00b7 in order", sentence=text)
    if row.down_limit > 0:
        text = say("{sentence} \u00b7 limited to {rate}", sentence=text, rate=rate_text(row.down_limit))
    return Sentence(text, Tone.DOWN, "down")


def _sharing(row: TorrentRow) -> Sentence:
    if row.receiving_peers > 0:
        text = say_count(row.receiving_peers, "Sharing with {n} peer", "Sharing with {n} peers")
        return Sentence(text, Tone.GOOD, "up")
    return Sentence(say("Complete, nobody is asking right now"), Tone.GOOD, "tick")


def asking_text(params: Mapping[str, str | int | float]) -> str:
    """How far getting the file list of a magnet link is: `asked` peers, those `offering` it, `percent` that is here."""
    asked, offering, percent = (
        value if isinstance(value := params.get(key, 0), int) else 0 for key in ("asked", "offering", "percent")
    )
    if offering and percent:
        return say_count(
            offering,
            "Getting the file list from {n} peer: {percent} % is here",
            "Getting the file list from {n} peers: {percent} % is here",
            percent=percent,
        )
    if offering:
        return say_count(offering, "Getting the file list from {n} peer", "Getting the file list from {n} peers")
    return say_count(
        asked,
        "Asking for the file list: asked {n} peer, it does not have it yet",
        "Asking for the file list: asked {n} peers, none has it yet",
    )


def paused_text(until: str | int | float) -> str:
    """A pause of everything that ends at `until` (wall-clock seconds; 0 or less = when somebody says)."""
    if isinstance(until, str) or until <= 0:
        return say("Everything is paused")
    return say("Everything is paused until {time}", time=clock_time_text(until))


def _waits_for_address(params: Mapping[str, str | int | float]) -> str:
    address = isolated(str(params.get("address", "")))
    if not address:
        return say("Waiting for the local address to be chosen")
    return say("Waiting for the address {address} of this computer", address=address)


def barred_text(reason: Reason) -> str:
    """Why nothing is sent although nobody paused it, as in `SessionTotals.barred`."""
    if reason.code == "address-gone":
        return say(
            "The address {address} is not on this computer now: nothing is sent until it is back",
            address=isolated(str(reason.params.get("address", ""))),
        )
    return say("The local address for connections is not known any more: nothing is sent until you choose it")


def _queued(finding: Finding) -> str:
    place, after = finding.params.get("place"), finding.params.get("after")
    if not isinstance(place, int) or place < 1:
        return say("Queued: starts when one before it is done")
    shown = say_phrase(_ORDINALS[place - 1]) if place <= len(_ORDINALS) else say("number {n}", n=place)
    if isinstance(after, str) and after:
        return say("Queued: {place} in line, starts after {name}", place=shown, name=isolated(after))
    return say("Queued: {place} in line", place=shown)
