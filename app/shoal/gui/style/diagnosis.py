"""What is going on with a transfer, in order of weight: the single source of row sentence, verdict, pill and tray text.

Pure: a row of the engine's snapshot goes in, findings come out. What the row does not tell is never guessed. The order
is that of the interface specification, section 13; a new cause is one more line in `_waiting` or `_flowing`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from shoal.api.snapshots import TorrentRow, TorrentState


class Severity(Enum):
    """Who has to do something about it."""

    NEEDS_YOU = "needs-you"
    WAITING = "waiting"
    """It goes on by itself, when others do their part."""
    NOTE = "note"
    WELL = "well"


@dataclass(frozen=True, slots=True)
class Finding:
    """`code` is a reason's code, or one of this module's for what is no problem."""

    code: str
    severity: Severity
    params: dict[str, str | int | float] = field(default_factory=dict)


FLOWING_RATE = 1.0
"""Bytes/s from which data counts as flowing."""
LIMIT_REACHED = 0.95
PATIENCE_SECONDS = 120.0
"""So long a magnet link may take to find its file list before that is worth a word."""
NEEDS_USER = frozenset(
    {
        *("disk-full", "folder-gone", "permission", "read-only", "io-error", "files-changed", "tracker-refused"),
        *("name-too-long", "not-a-file", "is-symlink", "outside-folder", "unexpected", "nothing-chosen"),
        *("choose-files", "bad-metadata"),
    }
)
"""Causes that only the user can end."""
BARRED = frozenset({"address-gone", "address-unknown"})
"""Nothing may be sent at all, as in `SessionTotals.barred`."""
_AT_WORK: dict[TorrentState, str] = {
    TorrentState.STOPPING: "stopping",
    TorrentState.CHECKING: "checking",
    TorrentState.ALLOCATING: "allocating",
    TorrentState.MOVING: "moving",
}


def diagnose(row: TorrentRow) -> tuple[Finding, ...]:
    """Everything that can be said of `row`, the weightiest first; never empty."""
    return tuple(_findings(row))


def needs_user(row: TorrentRow) -> bool:
    """True when only the user can make it go on."""
    # The first finding decides, and 10,000 rows are asked.
    return next(_findings(row)).severity is Severity.NEEDS_YOU


def finds_nobody(row: TorrentRow) -> bool:
    """True when there is nobody to ask for peers: it names no tracker, and the DHT is of no use."""
    reason = row.reason
    if row.in_dht:
        return False
    return reason is not None and reason.code == "no-peers" and "next_in" not in reason.params and not row.tracker_host


def _findings(row: TorrentRow) -> Iterator[Finding]:
    reason = row.reason
    if reason is not None and reason.code == "removing":
        yield Finding("removing", Severity.NOTE)
        return
    if row.state is TorrentState.ERROR:
        yield Finding(reason.code if reason else "unknown", Severity.NEEDS_YOU, reason.params if reason else {})
    if row.failed_move is not None and row.state not in _AT_WORK:
        yield Finding(row.failed_move.code, Severity.NEEDS_YOU, row.failed_move.params)
    if row.state is TorrentState.ERROR:
        return
    if row.state is TorrentState.STOPPED and reason is not None and reason.code == "shared-enough":
        yield Finding("shared-enough", Severity.NOTE, reason.params)
        return
    if row.state is TorrentState.STOPPED:
        if reason is not None and reason.code in ("choose-files", "bad-metadata"):
            yield Finding(reason.code, Severity.NEEDS_YOU, reason.params)
        yield Finding("stopped", Severity.NOTE)
        return
    if reason is not None and reason.code in NEEDS_USER:
        yield Finding(reason.code, Severity.NEEDS_YOU, reason.params)
    if row.state is TorrentState.QUEUED:
        if reason is not None and reason.code in ("queued", "paused", "starting"):
            yield Finding(reason.code, Severity.NOTE, reason.params)
        elif reason is not None and reason.code in BARRED:
            yield Finding(reason.code, Severity.WAITING, reason.params)
        else:
            yield Finding("queued", Severity.NOTE)
    elif row.state in _AT_WORK:
        yield Finding(_AT_WORK[row.state], Severity.NOTE)
    elif row.state is TorrentState.SEEDING:
        yield from _sharing(row)
    else:
        yield from _waiting(row)
        yield from _flowing(row)


def _sharing(row: TorrentRow) -> Iterator[Finding]:
    if row.reason is not None and row.reason.code == "tracker-failed":
        yield Finding("tracker-failed", Severity.WAITING, row.reason.params)
    if row.up_limit and row.up_rate >= LIMIT_REACHED * row.up_limit:
        yield Finding("up-limited", Severity.NOTE, {"limit": row.up_limit})
    yield Finding("sharing" if row.receiving_peers else "nobody-asks", Severity.WELL)


def _waiting(row: TorrentRow) -> Iterator[Finding]:
    """Why a download stands still, as the engine tells."""
    reason = row.reason
    if reason is None or reason.code in NEEDS_USER:
        return
    match reason.code:
        case "no-peers" if finds_nobody(row):
            yield Finding("no-tracker", Severity.WAITING, reason.params)
        case "finding":
            if row.peers == 0:
                yield Finding("finding", Severity.NOTE)
        case "queued" | "paused" | "starting":
            return
        case "asking-metadata":
            is_young = float(reason.params.get("seconds", 0)) < PATIENCE_SECONDS
            is_coming = bool(reason.params.get("offering", 0))
            severity = Severity.NOTE if is_coming or is_young else Severity.WAITING
            yield Finding("asking-metadata", severity, reason.params)
        case _:
            yield Finding(reason.code, Severity.WAITING, reason.params)


def _flowing(row: TorrentRow) -> Iterator[Finding]:
    """How a download runs."""
    if row.sending_peers > 0:
        if row.down_limit and row.down_rate >= LIMIT_REACHED * row.down_limit:
            yield Finding("down-limited", Severity.NOTE, {"limit": row.down_limit})
        yield Finding("downloading", Severity.WELL)
    elif row.peers > 0 and row.has_metainfo:
        yield Finding("waiting-turn", Severity.NOTE)
    elif row.peers == 0:
        yield Finding("finding", Severity.NOTE)
