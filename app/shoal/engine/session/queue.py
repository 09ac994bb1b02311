"""The queue of a session: the order of the list, and the turns of its downloads (decided in `policy.queue_order`)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.engine.policy.queue_order import STALLED_SECONDS, QueueEntry, decide
from shoal.engine.torrent.torrent import Torrent
from shoal.runtime.tasks import TaskScope

NAMED_PLACES = 10
"""So many in the line are told after whom they start; beyond, it would only make rows change."""
NAME_SECONDS = 5.0
"""How often that is looked at: estimates waver."""


class Queue:
    """All torrents of a session in their order. Loop thread only.

    Whatever may change who runs calls `poke`; the turns are then given once for all that happened in this round of the
    loop. Positions are 1..n: at once after a change of the order, at the next `settle` after removals.
    """

    def __init__(self, most: Callable[[], int], tasks: TaskScope, changed: Callable[[Torrent], None]) -> None:
        self._most = most
        self._tasks = tasks
        self._changed = changed
        self._torrents: dict[str, Torrent] = {}
        self._order: list[str] = []
        """Every id, first to last, kept places among them."""
        self._kept_places: set[str] = set()
        self._has_gap = False
        self._is_poked = False
        self._is_closed = False
        self._active: list[Torrent] = []
        self._stalled: list[Torrent] = []
        self._line: tuple[str, ...] = ()
        self._front: list[Torrent] = []
        self._next_name = 0.0

    # --- the order ----------------------------------------------------------------------------------------------

    @property
    def order(self) -> list[str]:
        """The ids, first to last."""
        return [torrent_id for torrent_id in self._order if torrent_id in self._torrents]

    def add(self, torrent: Torrent) -> None:
        """Take it in at the place that is kept for it, or at the end."""
        torrent_id = torrent.torrent_id
        self._torrents[torrent_id] = torrent
        if torrent_id in self._kept_places:
            self._kept_places.discard(torrent_id)
            self._number()
        else:
            self._order.append(torrent_id)
            _put(torrent, len(self._order) - len(self._kept_places), self._changed)

    def remove(self, torrent: Torrent, *, keep_place: bool) -> None:
        """Take it out; with `keep_place` it comes back between the same neighbours, until `forget_place`."""
        self._torrents.pop(torrent.torrent_id)
        if keep_place:
            self._kept_places.add(torrent.torrent_id)
        else:
            self._order.remove(torrent.torrent_id)
        self._has_gap = True
        self.poke()

    def forget_place(self, torrent_id: str) -> None:
        if torrent_id in self._kept_places:
            self._kept_places.discard(torrent_id)
            self._order.remove(torrent_id)

    def arrange(self, order: Sequence[str]) -> None:
        """Take a new order of the same ids; it decides at once who runs."""
        # Kept places stay behind whoever was before them.
        followers: dict[str, list[str]] = {}
        before = ""
        for torrent_id in self._order:
            if torrent_id in self._kept_places:
                followers.setdefault(before, []).append(torrent_id)
            else:
                before = torrent_id
        self._order = followers.pop("", [])
        for torrent_id in order:
            self._order += (torrent_id, *followers.pop(torrent_id, ()))
        self._number()
        self.enforce()

    def settle(self) -> None:
        """Close the gaps that removals have left in the positions."""
        if self._has_gap:
            self._number()

    def _number(self) -> None:
        self._has_gap = False
        for position, torrent_id in enumerate(self.order, 1):
            _put(self._torrents[torrent_id], position, self._changed)

    # --- the turns ----------------------------------------------------------------------------------------------

    def poke(self) -> None:
        """Something changed that turns depend on."""
        if not self._is_poked and not self._is_closed:
            self._is_poked = True
            asyncio.get_running_loop().call_soon(self._poked)

    def enforce(self) -> None:
        """The order or the number of active downloads was changed by hand: hold everyone to it."""
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

    def _poked(self) -> None:
        self._is_poked = False
        self._give_turns()

    def _give_turns(self, *, is_strict: bool = False) -> None:
        if self._is_closed:
            return
        # Seeds are most of a long list and none of the queue's business.
        concerned = {
            torrent_id: torrent
            for torrent_id, torrent in self._torrents.items()
            if torrent.record.is_started and torrent.lifecycle.state is not TorrentState.SEEDING
        }
        decision = decide((_entry(torrent) for torrent in concerned.values()), self._most(), is_strict=is_strict)
        for torrent_id in decision.wait:
            torrent = concerned[torrent_id]
            torrent.has_turn = False
            self._tasks.start(torrent.stages.give_way(), "give way")
        for torrent_id in decision.start:
            torrent = concerned[torrent_id]
            torrent.has_turn = True
            if torrent.lifecycle.state is TorrentState.QUEUED:
                self._tasks.start(torrent.stages.take_turn(), "take turn")
        self._active = [torrent for torrent in concerned.values() if _is_active(torrent)]
        self._stalled = [torrent for torrent in self._active if _is_stalled(torrent)]
        if decision.line != self._line:
            self._line = decision.line
            self._front = [concerned[torrent_id] for torrent_id in decision.line[:NAMED_PLACES]]
            self._name_next()
            for place, torrent_id in enumerate(decision.line[NAMED_PLACES:], NAMED_PLACES + 1):
                self._tell(concerned[torrent_id], Reason("queued", {"place": place}))

    def _name_next(self) -> None:
        """Tell the first of the line after whom they start."""
        ends = [
            (left, torrent.queue_position, torrent.name)
            for torrent in self._active
            if not torrent.record.skips_queue and (left := torrent.seconds_left) is not None
        ]
        after: dict[str, str | int | float] = {"after": min(ends)[2]} if ends else {}
        for place, torrent in enumerate(self._front, 1):
            self._tell(torrent, Reason("queued", {"place": place, **after}))

    def _tell(self, torrent: Torrent, reason: Reason) -> None:
        if torrent.queue_reason != reason:
            torrent.queue_reason = reason
            self._changed(torrent)


def _is_active(torrent: Torrent) -> bool:
    return torrent.has_turn or torrent.lifecycle.state is TorrentState.DOWNLOADING


def _is_stalled(torrent: Torrent) -> bool:
    is_running = torrent.lifecycle.state is TorrentState.DOWNLOADING
    return is_running and torrent.counters.down_quiet_seconds >= STALLED_SECONDS


def _entry(torrent: Torrent) -> QueueEntry:
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


def _put(torrent: Torrent, position: int, changed: Callable[[Torrent], None]) -> None:
    if torrent.queue_position != position:
        torrent.queue_position = position
        torrent.has_new_place = True
        changed(torrent)
