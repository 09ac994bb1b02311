"""How well a swarm is, with the numbers that say so. Pure; what nobody has told stays unknown.

Two kinds of number are kept apart: what the trackers know of, and who is connected. "Copies" are those that the
connected peers hold together; while nobody is connected, each seed that a tracker names is one. A transfer whose
files are all complete here is a copy, too, as long as anybody else is there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.numbers import decimal, whole
from shoal.gui.style.wording import Template, phrase, say, say_count, say_phrase

MANY = 10
"""Seeds, or copies, from which a swarm is excellent."""


class Health(Enum):
    """From best to worst; the value is the number of bars."""

    EXCELLENT = 4
    GOOD = 3
    FAIR = 2
    VERY_THIN = 1
    NO_ANSWER = 0
    UNKNOWN = -1


WORDS: dict[Health, Template] = {
    Health.EXCELLENT: phrase("Excellent"),
    Health.GOOD: phrase("Good"),
    Health.FAIR: phrase("Fair"),
    Health.VERY_THIN: phrase("Very thin"),
    Health.NO_ANSWER: phrase("No answer"),
    Health.UNKNOWN: phrase("Unknown"),
}
_BARS: dict[Health, int] = {level: level.value for level in Health}
_UNANSWERED = frozenset({"failing", "refused", "off"})
_RUNNING = frozenset({TorrentState.DOWNLOADING, TorrentState.SEEDING, TorrentState.ERROR})
_SILENT_CODES = frozenset({"tracker-failed", "tracker-refused"})


@dataclass(frozen=True, slots=True)
class SwarmHealth:
    """`seeds` and `peers` (those that lack something) are the most others that anybody knows of; None is unknown."""

    level: Health
    seeds: int | None
    peers: int | None
    copies: float | None

    @property
    def word(self) -> str:
        return say_phrase(WORDS[self.level])

    @property
    def line(self) -> str:
        """`9 seeds . 31 peers`, or that it is unknown."""
        if self.seeds is None and self.peers is None:
            return say("unknown")
        seeds = say("seeds unknown") if self.seeds is None else say_count(self.seeds, "{n} seed", "{n} seeds")
        peers = say("peers unknown") if self.peers is None else say_count(self.peers, "{n} peer", "{n} peers")
        return say("{seeds} \u00b7 {peers}", seeds=seeds, peers=peers)


def sort_value(row: TorrentRow) -> float | None:
    """Smaller is better; more seeds are better within one level. None when unknown."""
    # 10,000 rows are asked at one click: no value is made for each.
    level, seeds, _, _ = _measured(row)
    if level is Health.UNKNOWN:
        return None
    return -(_BARS[level] + min(seeds or 0, 999_999) / 1e6)


def told_health(seeds: int | None, peers: int | None) -> SwarmHealth:
    """The health of a swarm of which only a tracker has told: each seed that it names is one copy."""
    if seeds is None:
        return SwarmHealth(Health.UNKNOWN, None, peers, None)
    return SwarmHealth(_level(seeds, float(seeds)), seeds, peers, float(seeds))


def swarm_health(row: TorrentRow) -> SwarmHealth:
    """The health of the swarm of `row`, by the rules of the interface specification, section 4."""
    return SwarmHealth(*_measured(row))


def _measured(row: TorrentRow) -> tuple[Health, int | None, int | None, float | None]:
    # Written for speed: a click on the column's header asks this of every transfer.
    met_seeds, told_seeds, told_peers = row.seeds, row.swarm_seeds, row.swarm_leeches
    met_peers = max(0, row.peers - met_seeds)
    # What peers have is not known before the metainfo is here.
    is_met = row.peers > 0 and row.has_metainfo
    answer = None if is_met else _answer(row)
    ours = 1 if row.wanted >= row.size and row.is_complete else 0
    seeds: int | None = None
    copies: float | None = None
    shown_seeds = shown_peers = None
    # Told and met ones are others: our own copy counts for the level, and never among those that are shown.
    sees_others = row.sees_others
    if sees_others or told_seeds is not None:
        shown_seeds = met_seeds if told_seeds is None or told_seeds < met_seeds else told_seeds
        seeds = shown_seeds + ours
        copies = row.availability + ours if sees_others else float((told_seeds or 0) + ours)
    if told_peers is not None:
        shown_peers = told_peers if told_peers > met_peers else met_peers
    elif is_met:
        shown_peers = met_peers
    if ours and not shown_seeds and shown_peers == 0 and seeds is not None:
        # A copy of ours for nobody is no swarm.
        seeds, copies = 0, 0.0
    if answer is False:
        level = Health.NO_ANSWER
    elif seeds is not None and copies is not None:
        level = _level(seeds, copies)
    elif answer and row.known_peers == 0 and shown_peers is None:
        level, shown_seeds, shown_peers, copies = _level(0, 0.0), 0, 0, 0.0
    else:
        level = Health.UNKNOWN
    return level, shown_seeds, shown_peers, copies


def explanation(row: TorrentRow, health: SwarmHealth) -> str:
    """The word again with the numbers behind it, each a sentence."""
    sentences = [say("Swarm health: {word}.", word=health.word)]
    if row.swarm_seeds is not None and row.swarm_leeches is not None:
        sentences.append(
            say(
                "Its trackers know of {seeds} and {peers}.",
                seeds=say_count(row.swarm_seeds, "{n} seed", "{n} seeds"),
                peers=say_count(row.swarm_leeches, "{n} other peer", "{n} other peers"),
            )
        )
    elif row.swarm_seeds is not None:
        sentences.append(
            say_count(row.swarm_seeds, "Its trackers know of {n} seed.", "Its trackers know of {n} seeds.")
        )
    else:
        sentences.append(say("No tracker has told how many there are."))
    if row.peers > 0 and row.has_metainfo:
        sentences.append(
            say(
                "Connected: {seeds} and {peers}.",
                seeds=say_count(row.seeds, "{n} seed", "{n} seeds"),
                peers=say_count(row.peers - row.seeds, "{n} other peer", "{n} other peers"),
            )
        )
        if row.sees_others:
            sentences.append(say("Together they hold {copies} copies.", copies=copies_text(row.availability)))
    elif row.has_metainfo:
        sentences.append(say("Nobody is connected right now."))
    if _is_whole(row) and health.copies:
        sentences.append(say("Your own copy is whole, and counts as one more."))
    return " ".join(sentences)


def _is_whole(row: TorrentRow) -> bool:
    """All of it is here, and not only what was chosen."""
    return row.is_complete and row.wanted >= row.size


def copies_text(copies: float) -> str:
    """Distributed copies, cut and not rounded: 0.99 is not yet a whole copy."""
    return decimal(int(copies * 10 + 1e-6) / 10, 1) if copies < 100 else whole(int(copies))


def _level(seeds: int, copies: float) -> Health:
    if seeds >= MANY or copies >= MANY:
        return Health.EXCELLENT
    if copies >= 2:
        return Health.GOOD
    return Health.FAIR if copies >= 1 else Health.VERY_THIN


def _answer(row: TorrentRow) -> bool | None:
    """Whether a source of peers answers; None while it is not running, or none has had its time to answer."""
    if row.state not in _RUNNING:
        return None
    for _, state in row.trackers:
        if state == "working":
            return True
    if row.reason is not None and row.reason.code in _SILENT_CODES:
        return False
    # Without a tracker there is nobody to ask.
    is_silent = all(state in _UNANSWERED for _, state in row.trackers) if row.trackers else not row.tracker_host
    return False if is_silent else None
