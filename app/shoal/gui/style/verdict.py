"""The answer to "Why?": the weightiest finding in words, what Shoal is doing, and everything that was looked at.

Pure. What is not known is said to be not known.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from shoal.api.snapshots import RouterState, SessionTotals, TorrentRow, TorrentState
from shoal.gui.style.as_fast_as import download_speed, upload_speed
from shoal.gui.style.catalogue import explain_finding, is_no_trouble
from shoal.gui.style.diagnosis import LIMIT_REACHED, Severity, diagnose
from shoal.gui.style.explanation import Explanation, Remedy
from shoal.gui.style.line_speed import UNKNOWN_LINE, LineSpeed, is_full, line_speed_text
from shoal.gui.style.numbers import decimal
from shoal.gui.style.sentences import Tone, state_sentence
from shoal.gui.style.units import rate_text, size_text
from shoal.gui.style.wording import say, say_count

_WORKING_TRACKERS = frozenset({"working"})
_FAILED_TRACKERS = frozenset({"failing", "refused", "off"})


class Mark(Enum):
    """How one thing that was looked at stands; the icon's name."""

    TICK = "tick"
    WARN = "triangle"
    CROSS = "cross"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Check:
    """`words` are the evidence."""

    name: str
    words: str
    mark: Mark


@dataclass(frozen=True, slots=True)
class Verdict:
    """`icon` names a file of the icon set; `doing` are sentences; the first remedy is the one to offer first."""

    headline: str
    text: str
    tone: Tone
    icon: str
    doing: tuple[str, ...]
    remedies: tuple[Remedy, ...]
    details: str
    checks: tuple[Check, ...]
    more: str = ""
    """What the panel says beyond `text`, for which a card has no room."""


def verdict_of(row: TorrentRow, totals: SessionTotals, line: LineSpeed = UNKNOWN_LINE) -> Verdict:
    """The verdict on `row` in a session that does `totals` on this `line`."""
    finding, sentence = diagnose(row)[0], state_sentence(row)
    entry = _no_trouble(finding.code, row) if is_no_trouble(finding) else explain_finding(finding, row)
    return Verdict(
        headline=entry.title,
        text=entry.text,
        tone=Tone.GOOD if finding.severity is Severity.WELL else sentence.tone,
        icon="tick" if finding.severity is Severity.WELL else sentence.icon,
        doing=entry.doing,
        remedies=entry.remedies,
        details=entry.details,
        checks=tuple(_checks(row, totals, line)),
        more=_speed_of(finding.code, row, totals, line),
    )


def _speed_of(code: str, row: TorrentRow, totals: SessionTotals, line: LineSpeed) -> str:
    match code:
        case "downloading":
            return download_speed(row, totals, line)
        case "sharing":
            return upload_speed(row, totals, line)
    return ""


def _no_trouble(code: str, row: TorrentRow) -> Explanation:
    match code:
        case "downloading":
            text = say_count(
                row.peers,
                "Data comes from {sending} of {n} peer.",
                "Data comes from {sending} of {n} peers.",
                sending=row.sending_peers,
            )
            doing = (
                say("Asks for its pieces in order.")
                if row.sequential
                else say("Asks each peer for what is rarest first.")
            )
            return Explanation(say("Running well"), text, (doing,))
        case "sharing":
            text = say_count(
                row.receiving_peers,
                "It is complete, and you send to {n} peer.",
                "It is complete, and you send to {n} peers.",
            )
            return Explanation(say("Sharing"), text, (say("Gives to those who ask, some at a time."),))
        case "nobody-asks":
            text = say("It is complete, and nobody is asking right now. Nothing to do.")
            return Explanation(say("Complete"), text, (say("Stays ready for whoever asks."),))
        case "stopped":
            text = say("You stopped it. What is here is kept.")
            return Explanation(say("Stopped"), text, (say("Nothing, until you start it."),), (Remedy.START,))
        case "stopping":
            return Explanation(say("Stopping"), say("It says goodbye to its trackers."), (say("Saves what is here."),))
        case "checking":
            text = say("Every part on the disk is compared with the torrent's own checksums.")
            return Explanation(say("Checking files"), text, (say("Goes on by itself when that is done."),))
        case "allocating":
            text = say("The room for its files is reserved on the disk.")
            return Explanation(say("Making room"), text, (say("Goes on by itself when that is done."),))
    text = say("Its trackers are being asked for peers. That takes some seconds.")
    return Explanation(say("Looking for peers"), text, (say("Connects to each peer that they name."),))


def _checks(row: TorrentRow, totals: SessionTotals, line: LineSpeed) -> Iterator[Check]:
    yield _line(row, totals, line)
    yield _limits(row, totals)
    yield _queue(row)
    yield _trackers(row)
    if row.state not in (TorrentState.DOWNLOADING, TorrentState.SEEDING):
        yield _disk(row, totals)
        return
    yield _peers(row)
    if not row.is_complete:
        yield _copies(row)
        yield _senders(row)
    yield _reachable(totals)
    yield _disk(row, totals)


def _line(row: TorrentRow, totals: SessionTotals, line: LineSpeed) -> Check:
    name, known = say("Your line"), line_speed_text(line)
    down, up = rate_text(totals.down_rate), rate_text(totals.up_rate)
    if not known:
        words = say("{down} down and {up} up in use; its own speed is not known", down=down, up=up)
        return Check(name, words, Mark.UNKNOWN)
    words = say("{line}; {down} down and {up} up in use", line=known, down=down, up=up)
    used = is_full(totals.up_rate, line.up_rate) if row.is_complete else is_full(totals.down_rate, line.down_rate)
    return Check(name, words, Mark.WARN if used else Mark.TICK)


def _limits(row: TorrentRow, totals: SessionTotals) -> Check:
    """Those of its own direction hold it up when they are reached; of the other direction it is said what they are."""
    name = say("Limits")
    down = ((row.down_rate, row.down_limit), (totals.down_rate, totals.down_limit))
    up = ((row.up_rate, row.up_limit), (totals.up_rate, totals.up_limit))
    own, other = (up, down) if row.is_complete else (down, up)
    limits, others = ([(rate, limit) for rate, limit in pairs if limit] for pairs in (own, other))
    mark = Mark.TICK
    if not limits and not others:
        return Check(name, say("none set"), mark)
    if not limits:
        words = say("none for uploads") if row.is_complete else say("none for downloads")
    elif reached := [limit for rate, limit in limits if rate >= LIMIT_REACHED * limit]:
        words, mark = say("{limit} is set, and reached", limit=rate_text(reached[0])), Mark.WARN
    else:
        words = say("{limit} is set, not reached", limit=rate_text(min(limit for _, limit in limits)))
    if others:
        least = rate_text(min(limit for _, limit in others))
        words = (
            say("{words}; downloads at most {limit}", words=words, limit=least)
            if row.is_complete
            else say("{words}; uploads at most {limit}", words=words, limit=least)
        )
    return Check(name, words, mark)


def _queue(row: TorrentRow) -> Check:
    name = say("Queue")
    match row.state:
        case TorrentState.QUEUED:
            return Check(name, say("waits for its turn"), Mark.WARN)
        case TorrentState.STOPPED | TorrentState.STOPPING:
            return Check(name, say("stopped"), Mark.WARN)
        case TorrentState.ERROR:
            return Check(name, say("stopped by a problem"), Mark.CROSS)
    return Check(name, say("running, outside of the queue") if row.skips_queue else say("running"), Mark.TICK)


def _trackers(row: TorrentRow) -> Check:
    name, total = say("Trackers"), len(row.trackers)
    if not total:
        return Check(name, say("none named"), Mark.WARN)
    working = sum(state in _WORKING_TRACKERS for _, state in row.trackers)
    failed = sum(state in _FAILED_TRACKERS for _, state in row.trackers)
    if working + failed == 0:
        return Check(name, say("not asked yet"), Mark.UNKNOWN)
    mark = Mark.TICK if working else Mark.CROSS
    return Check(name, say_count(total, "{working} of {n} answers", "{working} of {n} answer", working=working), mark)


def _peers(row: TorrentRow) -> Check:
    name = say("Peers found")
    if not row.peers:
        if row.known_peers:
            words = say_count(row.known_peers, "{n} is known, none connected", "{n} are known, none connected")
            return Check(name, words, Mark.WARN)
        return Check(name, say("none"), Mark.CROSS)
    if row.seeds:
        words = say_count(
            row.seeds,
            "{peers} connected, {n} seed among them",
            "{peers} connected, {n} seeds among them",
            peers=row.peers,
        )
        return Check(name, words, Mark.TICK)
    return Check(name, say("{peers} connected, all unfinished", peers=row.peers), Mark.TICK)


def _copies(row: TorrentRow) -> Check:
    name = say("Copies in the swarm")
    if not row.sees_others:
        return Check(name, say("not known"), Mark.UNKNOWN)
    return Check(name, decimal(row.availability, 2), Mark.TICK if row.availability >= 1 else Mark.WARN)


def _senders(row: TorrentRow) -> Check:
    name = say("Who sends to you")
    if not row.peers:
        return Check(name, say("nobody is connected"), Mark.WARN)
    if row.sending_peers:
        return Check(
            name,
            say_count(row.peers, "{sending} of {n} peer", "{sending} of {n} peers", sending=row.sending_peers),
            Mark.TICK,
        )
    return Check(name, say("nobody at the moment"), Mark.WARN)


def _reachable(totals: SessionTotals) -> Check:
    name = say("Reachable")
    if not totals.listen_port:
        return Check(name, say("no: Shoal cannot listen"), Mark.CROSS)
    if totals.has_incoming:
        return Check(name, say("yes, port {port}", port=str(totals.listen_port)), Mark.TICK)
    match totals.router.state:
        case RouterState.OPEN if totals.router.is_behind_another:
            return Check(name, say("the router opened the port, but stands behind another one"), Mark.WARN)
        case RouterState.OPEN:
            words = say("the router opened port {port}, nobody has connected yet", port=str(totals.router.port))
            return Check(name, words, Mark.UNKNOWN)
        case RouterState.SILENT:
            return Check(name, say("not known: the router does not answer"), Mark.WARN)
        case RouterState.REFUSED:
            return Check(name, say("not known: the router refused to open the port"), Mark.WARN)
    return Check(name, say("not known until someone connects to you"), Mark.UNKNOWN)


def _disk(row: TorrentRow, totals: SessionTotals) -> Check:
    name, free = say("Disk"), totals.free_bytes.get(row.folder)
    if row.reason is not None and row.reason.code == "disk-full":
        # What a write met is newer than what was measured.
        return Check(name, say("Disk full"), Mark.CROSS)
    if free is None:
        return Check(name, say("not known"), Mark.UNKNOWN)
    needed = row.wanted - row.wanted_done
    words = say("{free} free", free=size_text(free))
    if needed <= free:
        return Check(name, words, Mark.TICK)
    missing = size_text(needed - free)
    return Check(name, say("{words}, {missing} short", words=words, missing=missing), Mark.WARN)
