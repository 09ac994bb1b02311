"""Which transfers are shown, and how many of each kind there are: counts follow every row as it changes.

Pure: rows go in, memberships and numbers come out.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from enum import Enum
from typing import NamedTuple

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.style.diagnosis import FLOWING_RATE, needs_user


class Section(Enum):
    """The first group of the sidebar, in its order. A transfer can be in several."""

    ALL = "all"
    NEEDS_YOU = "needs-you"
    DOWNLOADING = "downloading"
    SHARING = "sharing"
    WAITING = "waiting"
    COMPLETE = "complete"
    STOPPED = "stopped"

    # Members are single objects; the hash of Enum is a Python function, which 10,000 rows would call seven times each.
    __hash__ = object.__hash__


_AT_ITS_FILES = frozenset({TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.MOVING})
_UP_TO_OTHERS = frozenset({"no-seed", "no-peers", "tracker-failed"})
"""Causes that end when a seed, a peer or a tracker comes back."""
_STATE_ORDER = ("working", "refused", "failing", "asking", "waiting", "off")
"""One answer shows that a tracker is alive, so it counts for more than a refusal of another transfer."""


def sections_of(row: TorrentRow) -> frozenset[Section]:
    """Every section that `row` is in, ALL among them."""
    sections = [Section.ALL]
    is_up_to_user = needs_user(row)
    if is_up_to_user:
        sections.append(Section.NEEDS_YOU)
    if row.is_complete:
        sections.append(Section.COMPLETE)
    state = row.state
    if state is TorrentState.DOWNLOADING:
        if row.down_rate >= FLOWING_RATE or row.sending_peers > 0:
            sections.append(Section.DOWNLOADING)
        elif row.reason is not None and row.reason.code in _UP_TO_OTHERS:
            sections.append(Section.WAITING)
        elif not is_up_to_user:
            sections.append(Section.DOWNLOADING)
    elif state is TorrentState.SEEDING:
        sections.append(Section.SHARING)
    elif state is TorrentState.QUEUED or state in _AT_ITS_FILES:
        sections.append(Section.WAITING)
    elif state in (TorrentState.STOPPED, TorrentState.STOPPING):
        sections.append(Section.STOPPED)
    return frozenset(sections)


@dataclass(frozen=True, slots=True)
class TransferFilter:
    """What the sidebar chose: all groups must agree, one of a group's entries is enough; an empty group agrees.

    The label "" stands for transfers without a label; trackers are hosts.
    """

    sections: frozenset[Section] = frozenset()
    labels: frozenset[str] = frozenset()
    trackers: frozenset[str] = frozenset()

    @property
    def is_open(self) -> bool:
        """True when it lets every transfer through."""
        return not (self.labels or self.trackers) and (not self.sections or Section.ALL in self.sections)

    def matches(self, row: TorrentRow) -> bool:
        return self.admits(Groups.of(row))

    def admits(self, groups: Groups) -> bool:
        """`matches` for a row whose groups are known already."""
        if self.sections and groups.sections.isdisjoint(self.sections):
            return False
        if self.labels and groups.label not in self.labels:
            return False
        return not self.trackers or any(host in self.trackers for host, _ in groups.trackers)


class Groups(NamedTuple):
    """Where one row is counted."""

    sections: frozenset[Section]
    label: str
    trackers: tuple[tuple[str, str], ...]
    """(host, state), each host once."""

    @classmethod
    def of(cls, row: TorrentRow) -> Groups:
        trackers = row.trackers
        if len(trackers) > 1:
            # The state of a host that is named twice is that of its first entry, the one in use.
            trackers = tuple(dict(reversed(trackers)).items())
        return cls(sections_of(row), row.label, trackers)


@dataclass(frozen=True, slots=True)
class TrackerCount:
    """How many transfers name a host, and the best of its states (as in `TrackerRow.state`) among them."""

    count: int
    state: str


@dataclass(frozen=True, slots=True)
class FilterCounts:
    """The numbers of the sidebar: every section, and each label and tracker host that a transfer has."""

    sections: dict[Section, int] = field(default_factory=dict)
    labels: dict[str, int] = field(default_factory=dict)
    """"" counts those without a label."""
    trackers: dict[str, TrackerCount] = field(default_factory=dict)


class Tally:
    """Counts by adding and taking away single rows, so that a change costs the same among ten and 10,000."""

    def __init__(self) -> None:
        self._sections: Counter[Section] = Counter()
        self._labels: Counter[str] = Counter()
        self._trackers: dict[str, Counter[str]] = {}
        self._counts: FilterCounts | None = None

    def replace(self, old: Groups | None, new: Groups | None) -> bool:
        """Count `new` in the place of `old`; None is a row that comes or goes. True when a number changed."""
        if old == new:
            return False
        if old is not None:
            self._count(old, -1)
        if new is not None:
            self._count(new, 1)
        self._counts = None
        return True

    @property
    def counts(self) -> FilterCounts:
        """The numbers now, as a value that stays as it is."""
        if self._counts is None:
            self._counts = FilterCounts(
                {section: self._sections[section] for section in Section},
                dict(self._labels),
                {host: TrackerCount(states.total(), _best(states)) for host, states in self._trackers.items()},
            )
        return self._counts

    def _count(self, groups: Groups, step: int) -> None:
        for section in groups.sections:
            self._sections[section] += step
        self._labels[groups.label] += step
        if not self._labels[groups.label]:
            del self._labels[groups.label]
        for host, state in groups.trackers:
            states = self._trackers.setdefault(host, Counter())
            states[state] += step
            if not states[state]:
                del states[state]
            if not states:
                del self._trackers[host]


def _best(states: Counter[str]) -> str:
    return next((state for state in _STATE_ORDER if state in states), next(iter(states)))
