"""Notices of one kind that come almost together: from the fifth within ten seconds on they are one."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

WITHIN_SECONDS = 10.0
MANY = 5


@dataclass(frozen=True, slots=True)
class Grouped:
    """What is to be told now: one notice of these transfers, under this key."""

    key: int
    torrent_ids: tuple[str, ...]
    replaces: tuple[int, ...] = ()
    """Keys of single ones that it swallows."""


@dataclass(slots=True)
class Burst:
    """`add` what happened, in the order of time; times are seconds of any steady clock."""

    _singles: deque[tuple[float, int, str]] = field(default_factory=deque)
    _group: Grouped | None = None
    _grown_at: float = 0.0

    def add(self, torrent_ids: Sequence[str], now: float, next_key: int) -> list[Grouped]:
        """What is told of them: each by itself, or the one of all. Keys from `next_key` on are used, one for each."""
        while self._singles and now - self._singles[0][0] > WITHIN_SECONDS:
            self._singles.popleft()
        if self._group is not None and now - self._grown_at > WITHIN_SECONDS:
            self._group = None
        if self._group is not None:
            fresh = tuple(found for found in torrent_ids if found not in self._group.torrent_ids)
            self._group, self._grown_at = Grouped(self._group.key, self._group.torrent_ids + fresh), now
            return [self._group]
        known = [torrent_id for _, _, torrent_id in self._singles]
        if len(known) + len(torrent_ids) < MANY:
            told = [Grouped(next_key + number, (found,)) for number, found in enumerate(torrent_ids)]
            self._singles.extend((now, single.key, single.torrent_ids[0]) for single in told)
            return told
        everything = tuple(dict.fromkeys((*known, *torrent_ids)))
        swallowed = self.forget()
        self._group, self._grown_at = Grouped(next_key, everything), now
        return [Grouped(next_key, everything, swallowed)]

    def forget(self) -> tuple[int, ...]:
        """Keys of what was told in the last seconds; nothing is added to that any more."""
        keys = tuple(key for _, key, _ in self._singles)
        if self._group is not None:
            keys = (*keys, self._group.key)
        self._singles.clear()
        self._group = None
        return keys
