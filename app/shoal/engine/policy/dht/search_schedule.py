"""When each torrent's peers are looked for in the DHT, so that hundreds of them do not do it at once. Pure.

New searches start at once while few are waiting, then one every SPACING_SECONDS; each torrent comes again after its
interval, a little earlier or later by chance. A torrent that is short of peers comes again sooner.
"""

from __future__ import annotations

import heapq
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

INTERVAL_SECONDS = 900.0
"""Others forget an announce after half an hour."""
LONELY_SECONDS = 300.0
"""The same for a torrent that is short of peers."""
NOBODY_SECONDS = 60.0
"""After a search that reached no node at all."""
JITTER = 0.15
SPACING_SECONDS = 1.0
BURST = 4
"""So many searches may begin together."""
AT_ONCE = 6
"""Searches under way at the same time."""


@dataclass(slots=True)
class _Wanted:
    due_at: float
    is_running: bool = False


class SearchSchedule:
    """Turns for searches, by info-hash."""

    def __init__(self, rng: random.Random, now: float) -> None:
        self._rng = rng
        self._wanted: dict[bytes, _Wanted] = {}
        self._heap: list[tuple[float, int, bytes]] = []
        self._order = 0
        self._allowance = float(BURST)
        self._filled_at = now
        self._running = 0

    def __len__(self) -> int:
        return len(self._wanted)

    @property
    def running(self) -> int:
        return self._running

    def want(self, info_hash: bytes, now: float) -> None:
        """Search for it, at its first turn; known ones keep theirs."""
        if info_hash not in self._wanted:
            self._wanted[info_hash] = _Wanted(now)
            self._push(now, info_hash)

    def soon(self, info_hash: bytes, now: float) -> None:
        """Somebody asks for a search now."""
        wanted = self._wanted.get(info_hash)
        if wanted is not None and not wanted.is_running and wanted.due_at > now:
            wanted.due_at = now
            self._push(now, info_hash)

    def forget(self, info_hash: bytes) -> None:
        """No more of it."""
        wanted = self._wanted.pop(info_hash, None)
        if wanted is not None and wanted.is_running:
            self._running -= 1

    def due(self, now: float) -> bytes | None:
        """The info-hash whose search is to begin now, if any; it counts as begun."""
        self._allowance = min(BURST, self._allowance + (now - self._filled_at) / SPACING_SECONDS)
        self._filled_at = now
        while self._heap and self._heap[0][0] <= now:
            if self._allowance < 1 or self._running >= AT_ONCE:
                return None
            due_at, _, info_hash = heapq.heappop(self._heap)
            wanted = self._wanted.get(info_hash)
            if wanted is None or wanted.is_running or wanted.due_at != due_at:
                continue
            wanted.is_running = True
            self._running += 1
            self._allowance -= 1
            return info_hash
        return None

    def ended(self, info_hash: bytes, now: float, *, was_heard: bool, is_lonely: bool) -> None:
        """Its search is over. `was_heard`: a node answered; `is_lonely`: the torrent is short of peers."""
        wanted = self._wanted.get(info_hash)
        if wanted is None or not wanted.is_running:
            return
        wanted.is_running = False
        self._running -= 1
        interval = NOBODY_SECONDS if not was_heard else LONELY_SECONDS if is_lonely else INTERVAL_SECONDS
        wanted.due_at = now + interval * (1 + self._rng.uniform(-JITTER, JITTER))
        self._push(wanted.due_at, info_hash)

    def all_soon(self, now: float) -> None:
        """The way to the network is back, or there are nodes at last: those that nobody heard come in turn."""
        for info_hash, wanted in self._wanted.items():
            if not wanted.is_running and wanted.due_at > now:
                wanted.due_at = now
                self._push(now, info_hash)

    def next_in(self, info_hash: bytes, now: float) -> float | None:
        """Seconds until its next search; None while one is under way, or when it is not wanted."""
        wanted = self._wanted.get(info_hash)
        return None if wanted is None or wanted.is_running else max(0.0, wanted.due_at - now)

    def _push(self, at: float, info_hash: bytes) -> None:
        self._order += 1
        heapq.heappush(self._heap, (at, self._order, info_hash))
