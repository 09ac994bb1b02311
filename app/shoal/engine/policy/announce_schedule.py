"""Which trackers of one torrent to ask, when, and with what event (BEP 12). Pure: time and randomness are arguments.

Within a tier, shuffled when it is first seen, trackers are tried in order and a working one moves to the front; one
working tracker is enough. The next tier is asked when a tier has no working tracker, or its tracker knows no usable
peers, or more peers are wanted. A tracker that is slow to answer does not hold up the next one. Intervals get jitter,
failures back off, so that hundreds of torrents on one tracker drift apart.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.engine.policy.tracker import Tracker, TrackerState
from shoal.protocol.announce import (
    MAX_INTERVAL_SECONDS,
    MAX_RETRY_SECONDS,
    MIN_INTERVAL_SECONDS,
    AnnounceEvent,
)
from shoal.protocol.tracker_refusal import Refusal, refusal_of

if TYPE_CHECKING:
    import random

MAX_TRACKERS = 200
"""Trackers of one torrent that are kept; further ones are left out."""

INTERVAL_JITTER = 0.1
"""A regular announce comes up to this share of its interval late, never early."""
FAILURE_BASE_SECONDS = 60.0
FAILURE_MAX_SECONDS = 3_600.0
FAILURE_JITTER = 0.5
REFUSED_SECONDS = 86_400.0
"""After a refusal that is meant it is not asked sooner by itself: insisting counts against the person."""
UNKNOWN_SECONDS = 3_600.0
"""The same where it does not know the torrent, which may still be listed."""

PATIENCE_SECONDS = 5.0
"""A tracker that has not answered for so long no longer holds up the next one."""
WORKING_PATIENCE_SECONDS = 15.0
"""The same for a tracker that has answered before."""
WANT_MORE_SECONDS = 60.0
"""How long a wish for more peers reaches beyond the first tier that works."""


_REFUSAL_SECONDS = {
    Refusal.MEMBERS_ONLY: REFUSED_SECONDS,
    Refusal.NOT_SERVED: REFUSED_SECONDS,
    Refusal.UNKNOWN_TORRENT: UNKNOWN_SECONDS,
}
"""What is refused for now only is tried again like any failure."""


@dataclass(frozen=True, slots=True)
class Ask:
    """One announce to be made now."""

    tracker: Tracker
    event: AnnounceEvent


@dataclass(frozen=True, slots=True)
class TrackerAnswer:
    """What the schedule needs of a tracker's reply. Intervals in seconds; None where nothing was said."""

    interval: float
    min_interval: float | None
    usable_peers: int
    seeds: int | None = None
    leeches: int | None = None
    warning: str = ""
    tracker_id: bytes | None = None
    is_asked_for_peers: bool = True
    """Without, that it names none says nothing."""


class AnnounceSchedule:
    """The trackers of one torrent in their tiers, and when each is asked next."""

    def __init__(self, tiers: Sequence[Sequence[str]], rng: random.Random, *, order: Sequence[str] = ()) -> None:
        """`order`: addresses as they were tried in an earlier run; within a tier those go first, in that order."""
        self._rng = rng
        self._tiers: list[list[Tracker]] = []
        self._urls: set[str] = set()
        self._want_more_until = -math.inf
        self._quiet_until = -math.inf
        self.add(tiers)
        ranks = {url: rank for rank, url in enumerate(order)}
        for tier in self._tiers:
            tier.sort(key=lambda tracker: ranks.get(tracker.url, len(ranks)))

    def __iter__(self) -> Iterator[Tracker]:
        """All trackers, tier by tier, in the order in which they are tried."""
        return (tracker for tier in self._tiers for tracker in tier)

    @property
    def quiet_until(self) -> float:
        """Until then `due` answers nothing unless something happens: makes thousands of idle torrents cheap to tick."""
        return self._quiet_until

    @property
    def order(self) -> tuple[str, ...]:
        """The addresses of all tiers that have a choice, as they are tried."""
        return tuple(tracker.url for tier in self._tiers if len(tier) > 1 for tracker in tier)

    def add(self, tiers: Sequence[Sequence[str]], *, is_automatic: bool = False) -> None:
        """Append further tiers; addresses that are there already and more than `MAX_TRACKERS` are left out.

        One that was there automatically, and is now added otherwise, belongs to the torrent from then on.
        """
        self._quiet_until = -math.inf
        if not is_automatic:
            named = {url for urls in tiers for url in urls}
            for tracker in self:
                tracker.is_automatic = tracker.is_automatic and tracker.url not in named
        for urls in tiers:
            fresh: list[Tracker] = []
            for url in urls:
                if url and url not in self._urls and len(self._urls) < MAX_TRACKERS:
                    self._urls.add(url)
                    fresh.append(Tracker(url, len(self._tiers), is_automatic=is_automatic))
            if fresh:
                self._rng.shuffle(fresh)
                self._tiers.append(fresh)

    def arrange(self, tiers: Sequence[Sequence[str]]) -> list[Tracker]:
        """Have exactly these tiers, in this order, and the automatic ones behind them; those that are gone.

        What is known of a tracker stays known.
        """
        self._quiet_until = -math.inf
        known = {tracker.url: tracker for tracker in self}
        self._tiers, self._urls = [], set()
        for urls in tiers:
            tier: list[Tracker] = []
            for url in urls:
                if url and url not in self._urls and len(self._urls) < MAX_TRACKERS:
                    self._urls.add(url)
                    tracker = known.pop(url, None) or Tracker(url, 0)
                    tracker.is_automatic = False
                    tier.append(tracker)
            if tier:
                self._tiers.append(tier)
        for tracker in [tracker for tracker in known.values() if tracker.is_automatic]:
            if len(self._urls) < MAX_TRACKERS:
                self._urls.add(tracker.url)
                self._tiers.append([known.pop(tracker.url)])
        self._number()
        for tracker in known.values():
            tracker.is_removed = True
        return list(known.values())

    def remove(self, urls: Iterable[str]) -> list[Tracker]:
        """Take trackers away for good; those that were there. Of one that knows us the caller tells it `stopped`."""
        self._quiet_until = -math.inf
        gone = set(urls) & self._urls
        removed = [tracker for tracker in self if tracker.url in gone]
        self._urls -= gone
        tiers = [[tracker for tracker in tier if tracker.url not in gone] for tier in self._tiers]
        self._tiers = [tier for tier in tiers if tier]
        self._number()
        for tracker in removed:
            tracker.is_removed = True
        return removed

    def has(self, url: str) -> bool:
        """Whether this address is among the trackers, the automatic ones left out."""
        return url in self._urls and any(tracker.url == url and not tracker.is_automatic for tracker in self)

    def may_ask_at(self, tracker: Tracker) -> float:
        """When a person may have it asked without force: 60 s, or its min interval, after the last time."""
        return tracker.asked_at + max(MIN_INTERVAL_SECONDS, tracker.min_interval or 0)

    def restart(self, *, is_wished: bool = True) -> None:
        """Begin a run: every tracker is told `started` when it is asked, at once where it is first in turn.

        When the person did not wish it (`is_wished` False) no tracker is asked sooner than 60 s after the last time.
        A tracker that wished never to be asked again is asked once more; a malformed address never.
        """
        self._quiet_until = -math.inf
        self._want_more_until = -math.inf
        for tracker in self:
            tracker.knows_us = tracker.owes_completed = tracker.has_usable_peers = False
            if not tracker.is_unusable:
                tracker.state = TrackerState.WAITING
                tracker.failures = 0
                tracker.next_at = -math.inf if is_wished else tracker.asked_at + MIN_INTERVAL_SECONDS

    def due(self, now: float) -> list[Ask]:
        """What to ask now; each must then be passed to `asked`."""
        if now < self._quiet_until:
            return []
        asks = [
            Ask(tracker, AnnounceEvent.COMPLETED)
            for tracker in self
            if tracker.owes_completed and tracker.state is TrackerState.WORKING
        ]
        owed = {id(ask.tracker) for ask in asks}
        for tier in self._tiers:
            tracker = self._first_in_turn(tier, now)
            if tracker is None:
                continue
            is_due = tracker.state is not TrackerState.ASKING and now >= tracker.next_at
            if is_due and id(tracker) not in owed:
                asks.append(Ask(tracker, _event_for(tracker)))
            is_enough = is_due or tracker.state is TrackerState.ASKING or tracker.has_usable_peers
            if is_enough and now >= self._want_more_until:
                break
        if not asks:
            self._quiet_until = min((time for time in self._turning_points() if time > now), default=math.inf)
        return asks

    def asked(self, tracker: Tracker, now: float) -> None:
        """The announce is on its way; ends with `succeeded`, `failed` or `abandoned`."""
        self._quiet_until = -math.inf
        tracker.state = TrackerState.ASKING
        tracker.asked_at = now

    def abandoned(self, tracker: Tracker) -> None:
        """The announce was broken off by us: nothing is known."""
        self._quiet_until = -math.inf
        if tracker.state is TrackerState.ASKING:
            tracker.state = TrackerState.WAITING

    def succeeded(self, tracker: Tracker, event: AnnounceEvent, answer: TrackerAnswer, now: float) -> None:
        """The tracker took our announce. Its intervals are honoured within 60 s .. 24 h."""
        self._quiet_until = -math.inf
        tracker.state = TrackerState.WORKING
        tracker.answered_at = tracker.heard_at = now
        tracker.failures = 0
        tracker.has_refused = False
        tracker.knows_us = True
        if event is AnnounceEvent.COMPLETED:
            tracker.owes_completed = False
        tracker.interval = _bounded(answer.interval)
        tracker.min_interval = None if answer.min_interval is None else _bounded(answer.min_interval)
        tracker.interval = max(tracker.interval, tracker.min_interval or 0)
        late = 1 + self._rng.random() * INTERVAL_JITTER
        tracker.next_at = now + tracker.interval * late
        tracker.has_usable_peers = answer.usable_peers > 0 or not answer.is_asked_for_peers
        tracker.peers_received += answer.usable_peers
        tracker.seeds = answer.seeds if answer.seeds is not None else tracker.seeds
        tracker.leeches = answer.leeches if answer.leeches is not None else tracker.leeches
        tracker.message = answer.warning
        tracker.tracker_id = answer.tracker_id or tracker.tracker_id
        if not tracker.is_removed:
            tier = self._tiers[tracker.tier]
            tier.remove(tracker)
            tier.insert(0, tracker)

    def failed(
        self,
        tracker: Tracker,
        message: str,
        now: float,
        *,
        retry_in: float | None = None,
        is_unusable: bool = False,
        is_refusal: bool = False,
        cause: str = "",
    ) -> None:
        """The announce came to nothing. `retry_in` seconds as the tracker asks (BEP 31), `math.inf` = never again.

        `is_unusable`: the address is none that can be asked. `is_refusal`: the tracker answered, and said no; what it
        said tells for how long it is left alone, unless it says so itself.
        `cause`: the code of what went wrong.
        """
        self._quiet_until = -math.inf
        tracker.message = message
        tracker.heard_at = now
        tracker.cause = cause
        tracker.has_usable_peers = False
        tracker.failures += 1
        tracker.is_unusable = is_unusable
        tracker.has_refused = is_refusal
        if is_refusal:
            tracker.answered_at = now
        if is_unusable or retry_in == math.inf:
            tracker.state = TrackerState.OFF
            tracker.next_at = math.inf
            return
        tracker.state = TrackerState.FAILING
        is_meant = is_refusal and retry_in is None
        pause = _REFUSAL_SECONDS.get(refusal_of(message, is_private=False), 0.0) if is_meant else 0.0
        if pause:
            tracker.next_at = now + pause * (1 + self._rng.random() * INTERVAL_JITTER)
            return
        doublings = min(tracker.failures - 1, 10)
        pause = min(FAILURE_BASE_SECONDS * 2**doublings, FAILURE_MAX_SECONDS)
        pause = max(pause, min(retry_in or 0.0, MAX_RETRY_SECONDS))
        tracker.next_at = now + pause * (1 + self._rng.random() * FAILURE_JITTER)

    def completed(self) -> None:
        """The download was completed in this run: every tracker that knows us is told so at once, and once."""
        self._quiet_until = -math.inf
        for tracker in self:
            if tracker.knows_us or tracker.state is TrackerState.ASKING:
                tracker.owes_completed = True

    def announce_now(self, now: float, *, force: bool = False) -> None:
        """Ask the trackers in turn as soon as they allow (60 s or their min interval), with `force` at once.

        With `force` also one that wished never to be asked again.
        """
        self._quiet_until = -math.inf
        for tracker in self:
            if tracker.state is TrackerState.OFF:
                if not force or tracker.is_unusable:
                    continue
                tracker.state = TrackerState.WAITING
            allowed_at = now if force else max(now, self.may_ask_at(tracker))
            tracker.next_at = min(tracker.next_at, allowed_at)

    def want_more(self, now: float) -> None:
        """Peers are short: for a minute also ask the tiers behind the first that works.

        A working tracker is asked early only where its min interval expressly allows that.
        """
        self._quiet_until = -math.inf
        self._want_more_until = now + WANT_MORE_SECONDS
        for tracker in self:
            if tracker.state is TrackerState.WORKING and tracker.min_interval is not None:
                tracker.next_at = min(tracker.next_at, tracker.asked_at + tracker.min_interval)

    def to_tell_stopped(self) -> list[Tracker]:
        """The trackers that know us in this run."""
        return [tracker for tracker in self if tracker.knows_us]

    def next_in(self, now: float) -> float | None:
        """Seconds until the next announce that counts: 0 while asking, None when there is none to come."""
        if any(tracker.state is TrackerState.ASKING for tracker in self):
            return 0.0
        working = next((tracker for tracker in self if tracker.state is TrackerState.WORKING), None)
        if working is not None:
            return max(0.0, working.next_at - now)
        times = [tracker.next_at for tracker in self if tracker.state is not TrackerState.OFF]
        return max(0.0, min(times) - now) if times else None

    def _number(self) -> None:
        for number, tier in enumerate(self._tiers):
            for tracker in tier:
                tracker.tier = number

    def _turning_points(self) -> Iterator[float]:
        """The times at which a tracker may become due, or another in its place."""
        for tracker in self:
            if tracker.state is TrackerState.ASKING:
                yield _patience_ends(tracker)
            elif tracker.state is not TrackerState.OFF:
                yield tracker.next_at

    def _first_in_turn(self, tier: list[Tracker], now: float) -> Tracker | None:
        """The tracker that stands for its tier now: working, asked a moment ago, or next to be tried."""
        for tracker in tier:
            match tracker.state:
                case TrackerState.WORKING:
                    return tracker
                case TrackerState.ASKING:
                    if now < _patience_ends(tracker):
                        return tracker
                case TrackerState.WAITING | TrackerState.FAILING:
                    if now >= tracker.next_at:
                        return tracker
                case TrackerState.OFF:
                    continue
        return None


def _patience_ends(tracker: Tracker) -> float:
    return tracker.asked_at + (WORKING_PATIENCE_SECONDS if tracker.knows_us else PATIENCE_SECONDS)


def _event_for(tracker: Tracker) -> AnnounceEvent:
    if not tracker.knows_us:
        return AnnounceEvent.STARTED
    return AnnounceEvent.COMPLETED if tracker.owes_completed else AnnounceEvent.NONE


def _bounded(seconds: float) -> float:
    return float(min(max(seconds, MIN_INTERVAL_SECONDS), MAX_INTERVAL_SECONDS))
