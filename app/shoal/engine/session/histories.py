"""Speed histories and events of all transfers and of the session: in memory while they change, else in the store.

A transfer that only waits has nothing here. What is kept of earlier runs is read when bytes flow again or when
somebody looks; until it is there, what is new waits beside it.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from shoal.api.commands import Span
from shoal.api.details import SpeedHistory, TorrentEvent
from shoal.engine.policy.speed_history import STEPS, SpeedLog
from shoal.engine.session.history_store import EVENTS, SESSION_ID, SPEED, HistoryRow, HistoryStore
from shoal.engine.torrent.events import EventLog
from shoal.runtime.world import Clock, Workers

SAVE_SECONDS = 300.0
REST_SECONDS = 900.0
"""What nothing was added to for so long, and is saved, leaves the memory."""
LEAST_SECONDS = 0.1
BATCH = 20
"""Transfers that are packed and written at once, so that the loop is not held up."""

Sample = tuple[float, float, int, int]
"""(wall time at its end, seconds, bytes down, bytes up)."""


class _Kept:
    """The history of one transfer."""

    __slots__ = ("events", "is_loaded", "new_events", "new_samples", "speed", "touched_at")

    def __init__(self, *, is_loaded: bool) -> None:
        self.is_loaded = is_loaded
        """What earlier runs saved is in."""
        self.speed: SpeedLog | None = None
        self.events = EventLog()
        self.new_samples: list[Sample] = []
        self.new_events: list[TorrentEvent] = []
        self.touched_at = 0.0

    @property
    def is_dirty(self) -> bool:
        is_new = bool(self.new_samples or self.new_events)
        return is_new or self.events.is_dirty or (self.speed is not None and self.speed.is_dirty)

    def sample(self, sample: Sample) -> None:
        if not self.is_loaded:
            self.new_samples.append(sample)
            return
        at, seconds, down, up = sample
        if self.speed is None:
            self.speed = SpeedLog(at - seconds)
        self.speed.add(at, seconds, down, up)

    def event(self, event: TorrentEvent) -> None:
        if self.is_loaded:
            self.events.add(event)
        else:
            self.new_events.append(event)

    def adopt(self, speed: SpeedLog | None, events: EventLog | None) -> None:
        """Put what is new behind what earlier runs saved."""
        self.is_loaded = True
        self.speed = speed
        if events is not None:
            self.events = events
        samples, self.new_samples = self.new_samples, []
        new_events, self.new_events = self.new_events, []
        for sample in samples:
            self.sample(sample)
        for event in new_events:
            self.event(event)

    def rows(self, torrent_id: str) -> list[HistoryRow]:
        """What to write; it counts as saved from now on."""
        speed = None
        if self.speed is not None:
            speed = self.speed.to_bytes()
            self.speed.is_dirty = False
        self.events.is_dirty = False
        events = self.events.to_bytes() if self.events.events else None
        return [HistoryRow(torrent_id, SPEED, speed), HistoryRow(torrent_id, EVENTS, events)]


class Histories:
    """Loop thread only. Without a store everything stays in memory; `start` runs a task of the session."""

    def __init__(
        self,
        clock: Clock,
        workers: Workers,
        start: Callable[[Coroutine[Any, Any, None], str], object],
    ) -> None:
        self._clock = clock
        self._workers = workers
        self._store: HistoryStore | None = None
        self._start = start
        self._kept: dict[str, _Kept] = {}
        self._waiting: set[str] = set()
        """To be read from the store because bytes flow."""
        self._lock = asyncio.Lock()
        self._down = 0
        self._up = 0
        self._last_second = clock.now()
        self._next_save = self._last_second + SAVE_SECONDS
        self._is_saving = False
        self._is_closing = False

    def use(self, store: HistoryStore) -> None:
        """Keep everything there from now on; call it before anything happens."""
        self._store = store

    # --- what happens -------------------------------------------------------------------------------------------

    def begin_anew(self, torrent_id: str) -> None:
        """A transfer was added: what was kept of an earlier one of the same id is forgotten."""
        self._kept[torrent_id] = _Kept(is_loaded=True)

    def flowed(self, torrent_id: str, seconds: float, down: int, up: int) -> None:
        """Payload bytes that a transfer moved in the last `seconds`; call it only when there were any."""
        self._down += down
        self._up += up
        self._sample(torrent_id, seconds, down, up)

    def happened(self, torrent_id: str, event: TorrentEvent) -> None:
        self._of(torrent_id).event(event)

    def second(self, now: float) -> None:
        """Once a second: the session's own history, and saving when it is time."""
        self._count_session(now)
        if now >= self._next_save and not self._is_saving:
            self._next_save = now + SAVE_SECONDS
            self._start(self.save(), "save histories")

    def _count_session(self, now: float) -> None:
        seconds, self._last_second = now - self._last_second, now
        if self._down or self._up:
            down, up, self._down, self._up = self._down, self._up, 0, 0
            self._sample(SESSION_ID, max(LEAST_SECONDS, seconds), down, up)

    def _sample(self, torrent_id: str, seconds: float, down: int, up: int) -> None:
        kept = self._of(torrent_id)
        kept.sample((self._clock.wall(), seconds, down, up))
        if not kept.is_loaded:
            # The end reads what it saves by itself, when no more tasks are begun.
            if not self._waiting and not self._is_closing:
                self._start(self._load_waiting(), "read histories")
            self._waiting.add(torrent_id)

    def _of(self, torrent_id: str) -> _Kept:
        kept = self._kept.get(torrent_id)
        if kept is None:
            kept = self._kept[torrent_id] = _Kept(is_loaded=self._store is None)
        kept.touched_at = self._clock.now()
        return kept

    # --- looking ------------------------------------------------------------------------------------------------

    async def speed(self, torrent_id: str | None, span: Span) -> SpeedHistory:
        """The rates of one transfer, or of the session for None, and the events that belong to them."""
        kept = await self._loaded(torrent_id or SESSION_ID)
        wall = self._clock.wall()
        if kept.speed is None:
            return SpeedHistory(span, 1.0, wall, events=kept.events.within(0.0))
        rates = kept.speed.rates(span, wall)
        # Also those from before the first byte: the graph has room for them when its line is short.
        step, count = STEPS[span]
        events = kept.events.within(0.0 if span is Span.ALL else rates.ends_at - step * count)
        return SpeedHistory(span, rates.step_seconds, rates.ends_at, rates.down, rates.up, events)

    async def events(self, torrent_id: str) -> tuple[TorrentEvent, ...]:
        return (await self._loaded(torrent_id)).events.events

    async def _loaded(self, torrent_id: str) -> _Kept:
        async with self._lock:
            return (await self._load((torrent_id,)))[torrent_id]

    async def _load(self, torrent_ids: Sequence[str]) -> dict[str, _Kept]:
        """These with all that was kept of them, read in one go."""
        chosen = {torrent_id: self._of(torrent_id) for torrent_id in torrent_ids}
        absent = [torrent_id for torrent_id, kept in chosen.items() if not kept.is_loaded]
        if absent and self._store is not None:
            read = self._store.read
            found = await self._workers.run(lambda: [read(torrent_id) for torrent_id in absent], lane="slow")
            for torrent_id, rows in zip(absent, found, strict=True):
                if not chosen[torrent_id].is_loaded:
                    chosen[torrent_id].adopt(_speed_of(rows), _events_of(rows))
        return chosen

    async def _load_waiting(self) -> None:
        while self._waiting:
            await self._loaded(next(iter(self._waiting)))
            kept = self._kept
            self._waiting = {
                torrent_id for torrent_id in self._waiting if torrent_id in kept and not kept[torrent_id].is_loaded
            }

    # --- saving -------------------------------------------------------------------------------------------------

    async def save(self) -> None:
        """Write what changed, and let go of what rests. A store that refuses is asked again the next time."""
        if self._store is None:
            return
        self._is_saving = True
        try:
            dirty = [torrent_id for torrent_id, kept in self._kept.items() if kept.is_dirty]
            while dirty:
                batch, dirty = dirty[:BATCH], dirty[BATCH:]
                async with self._lock:
                    changed = await self._load(batch)
                    rows = list(
                        itertools.chain.from_iterable(kept.rows(torrent_id) for torrent_id, kept in changed.items())
                    )
                    if not await self._workers.run(partial(self._store.write, rows), lane="slow"):
                        for kept in changed.values():
                            kept.events.is_dirty = True
                        return
            self._let_go()
        finally:
            self._is_saving = False

    def _let_go(self) -> None:
        oldest = self._clock.now() - REST_SECONDS
        for torrent_id, kept in list(self._kept.items()):
            if kept.touched_at < oldest and not kept.is_dirty:
                del self._kept[torrent_id]

    async def close(self) -> None:
        """Save what is left and close the store."""
        self._is_closing = True
        self._count_session(self._clock.now())
        await self.save()
        if self._store is not None:
            await self._workers.run(self._store.close, lane="slow")


def _speed_of(rows: dict[str, bytes]) -> SpeedLog | None:
    try:
        return SpeedLog.from_bytes(rows[SPEED])
    except (KeyError, ValueError):
        return None


def _events_of(rows: dict[str, bytes]) -> EventLog | None:
    try:
        return EventLog.from_bytes(rows[EVENTS])
    except (KeyError, ValueError):
        return None
