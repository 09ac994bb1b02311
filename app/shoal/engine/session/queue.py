"""The turns of a session's downloads, decided in `policy.queue_order`, and what those say that wait for theirs.

A long line costs little: who just waits in it is looked at again only after something happened to it (`touch`).
"""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable, Collection
from operator import attrgetter
from typing import TYPE_CHECKING

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.engine.policy.queue_order import STALLED_SECONDS, QueueEntry, decide
from shoal.engine.torrent.torrent import QUEUED
from shoal.runtime.tasks import TaskScope

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

TOLD_PLACES = 100
"""So many in the line know their place; beyond, it would only make rows change."""
NAMED_PLACES = 10
"""So many are told after whom they start."""
NAME_SECONDS = 5.0
"""How often that is looked at: estimates waver."""
UP = frozenset({TorrentState.ALLOCATING, TorrentState.DOWNLOADING, TorrentState.SEEDING})
LEAST_SECONDS = 0.1
"""Between two decisions that nobody asked for by hand: the list is not gone through for each of many commands."""
MANY = 1_000
"""The pause grows by LEAST_SECONDS with every so many that are in the queue."""


class Queue:
    """Gives and takes turns. Loop thread only.

    Whatever may change who runs calls `poke`: the turns are given at the end of this round of the loop, or with the
    next beat when that was done a moment ago.
    """

    def __init__(
        self,
        torrents: Collection[Entry],
        most: Callable[[], int],
        paused: Callable[[], Reason | None],
        now: Callable[[], float],
        tasks: TaskScope,
        changed: Callable[[Entry], None],
    ) -> None:
        """`torrents` is a live view of all; `most` as in `EngineSettings.active_downloads`.

        `paused` answers why nobody may run at all.
        """
        self._torrents = torrents
        self._most = most
        self._paused = paused
        self._now = now
        self._tasks = tasks
        self._changed = changed
        self._is_poked = False
        self._next_turns = 0.0
        self._is_closed = False
        self._touched: dict[str, Entry] = {}
        """To be sorted out before the next turns are given."""
        self._waiting: dict[str, Entry] = {}
        """In the line and nothing else: no turn, no trouble, unfinished."""
        self._others: dict[str, Entry] = {}
        """All others that the queue has to do with."""
        self._active: list[Entry] = []
        self._stalled: list[Entry] = []
        self._front: list[Entry] = []
        """The first of the line."""
        self._next_name = 0.0
        self._leaving: set[str] = set()
        """On their way out of their swarms for a pause."""

    def touch(self, torrent: Entry) -> None:
        """Something happened to it; whether turns depend on that is seen when they are given."""
        self._touched[torrent.torrent_id] = torrent

    def changed(self, torrent: Entry) -> None:
        """Something happened to it that turns depend on."""
        self.touch(torrent)
        self.poke()

    def forget(self, torrent: Entry) -> None:
        """It is gone from the list."""
        for known in (self._touched, self._waiting, self._others):
            known.pop(torrent.torrent_id, None)
        self.poke()

    def poke(self) -> None:
        """Something changed that turns depend on."""
        if not self._is_poked and not self._is_closed:
            self._is_poked = True
            if self._now() >= self._next_turns:
                asyncio.get_running_loop().call_soon(self._give_turns)

    def beat(self, now: float) -> None:
        """Several times a second: give the turns that were put off."""
        if self._is_poked and now >= self._next_turns:
            self._give_turns()

    def enforce(self) -> None:
        """The order or the number of active downloads was changed by hand: hold everyone to it."""
        self._give_turns(is_strict=True)

    def pause_changed(self) -> None:
        """Everything was paused, goes on, or is paused for another time."""
        self._front = []
        for torrent in self._torrents:
            self.touch(torrent)
            if torrent.lifecycle.state is TorrentState.QUEUED:
                self._tell(torrent, QUEUED)
        self._give_turns(is_strict=True)

    def second(self, now: float) -> None:
        """Once a second: somebody may have stalled, or flow again."""
        if self._stalled != [torrent for torrent in self._active if _is_stalled(torrent)]:
            self._give_turns()
        if now >= self._next_name:
            self._next_name = now + NAME_SECONDS
            self._name_next()

    def close(self) -> None:
        """Everything is about to stop: nobody gets a turn any more."""
        self._is_closed = True

    def _give_turns(self, *, is_strict: bool = False) -> None:
        if self._is_closed:
            return
        self._is_poked = False
        pause = self._paused()
        if pause is not None:
            self._hold_all(pause)
            return
        self._sort_out()
        most = self._most()
        self._next_turns = self._now() + LEAST_SECONDS * (1 + (len(self._others) + len(self._waiting)) / MANY)
        concerned = self._others | {torrent.torrent_id: torrent for torrent in self._first_waiting(most)}
        decision = decide((_entry(torrent) for torrent in concerned.values()), most, is_strict=is_strict)
        for torrent_id in decision.wait:
            torrent = concerned[torrent_id]
            torrent.has_turn = False
            self.touch(torrent)
            self._tasks.start(torrent.stages.give_way(), "give way")
        for torrent_id in decision.start:
            torrent = concerned[torrent_id]
            torrent.has_turn = True
            self.touch(torrent)
            if torrent.lifecycle.state is TorrentState.QUEUED:
                self._tasks.start(torrent.stages.take_turn(), "take turn")
        self._active = [torrent for torrent in concerned.values() if _is_active(torrent)]
        self._stalled = [torrent for torrent in self._active if _is_stalled(torrent)]
        front = [concerned[torrent_id] for torrent_id in decision.line[:TOLD_PLACES]]
        if front != self._front:
            before, self._front = self._front, front
            self._name_next()
            for torrent in before:
                if torrent not in front:
                    self._tell(torrent, QUEUED)

    def _sort_out(self) -> None:
        touched, self._touched = self._touched, {}
        for torrent_id, torrent in (*self._others.items(), *touched.items()):
            self._waiting.pop(torrent_id, None)
            self._others.pop(torrent_id, None)
            # Seeds are most of a long list and none of the queue's business.
            if torrent.record.is_started and torrent.lifecycle.state is not TorrentState.SEEDING:
                (self._waiting if _only_waits(torrent) else self._others)[torrent_id] = torrent

    def _first_waiting(self, most: int) -> Collection[Entry]:
        """So many of the line as may get a turn, or are told their place."""
        if not most:
            return self._waiting.values()
        return heapq.nsmallest(most + TOLD_PLACES, self._waiting.values(), key=attrgetter("queue_position"))

    def _hold_all(self, pause: Reason) -> None:
        """Nobody runs."""
        self._next_turns = self._now() + LEAST_SECONDS
        self._active, self._stalled, self._front = [], [], []
        for torrent in self._torrents:
            if torrent.record.is_started:
                torrent.has_turn = False
                self._tell(torrent, pause)
                if torrent.lifecycle.state in UP and torrent.torrent_id not in self._leaving:
                    self._leaving.add(torrent.torrent_id)
                    self._tasks.start(self._leave(torrent), "give way")

    async def _leave(self, torrent: Entry) -> None:
        try:
            await torrent.stages.give_way()
        finally:
            self._leaving.discard(torrent.torrent_id)

    def _name_next(self) -> None:
        """Tell the first of the line after whom they start."""
        ends = [
            (left, torrent.queue_position, torrent.name)
            for torrent in self._active
            if not torrent.record.skips_queue and (left := torrent.seconds_left) is not None
        ]
        after: dict[str, str | int | float] = {"after": min(ends)[2]} if ends else {}
        for place, torrent in enumerate(self._front, 1):
            named = after if place <= NAMED_PLACES else {}
            self._tell(torrent, Reason("queued", {"place": place, **named}))

    def _tell(self, torrent: Entry, reason: Reason) -> None:
        if torrent.queue_reason != reason:
            torrent.queue_reason = reason
            self._changed(torrent)


def _is_active(torrent: Entry) -> bool:
    return torrent.has_turn or torrent.lifecycle.state is TorrentState.DOWNLOADING


def _is_stalled(torrent: Entry) -> bool:
    is_running = torrent.lifecycle.state is TorrentState.DOWNLOADING
    return is_running and torrent.counters.down_quiet_seconds >= STALLED_SECONDS


def _only_waits(torrent: Entry) -> bool:
    if torrent.lifecycle.state is not TorrentState.QUEUED or torrent.has_turn or torrent.failure is not None:
        return False
    return not torrent.record.skips_queue and not torrent.seems_complete


def _entry(torrent: Entry) -> QueueEntry:
    return QueueEntry(
        torrent.torrent_id,
        torrent.queue_position,
        # One that failed gets no turn before it tries to come up again.
        wants_to_run=torrent.failure is None,
        is_complete=torrent.seems_complete,
        skips_queue=torrent.record.skips_queue,
        is_active=_is_active(torrent),
        is_stalled=_is_stalled(torrent),
    )
