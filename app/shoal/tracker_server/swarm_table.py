"""The table of an embedded tracker: who is in which swarm. Pure: time and randomness are arguments.

Bounded: 10,000 swarms, 5,000 peers each. A peer is its address and port; silent for two intervals, it is gone.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from shoal.protocol.announce import AnnounceEvent, Peer, ScrapeEntry
from shoal.protocol.errors import ShoalError

if TYPE_CHECKING:
    import random

MAX_SWARMS = 10_000
MAX_PEERS_PER_SWARM = 5_000
DEFAULT_NUM_WANT = 50
MAX_NUM_WANT = 200
INTERVALS_UNTIL_GONE = 2


class SwarmTableFullError(ShoalError):
    """No room for another swarm."""


@dataclass(frozen=True, slots=True)
class SwarmAnswer:
    """Peers for the asker, itself left out, and the swarm's counts."""

    peers: tuple[Peer, ...]
    seeds: int
    leeches: int


@dataclass(frozen=True, slots=True)
class SwarmRow:
    """One swarm as shown to a person; `idle_seconds` since the last announce."""

    info_hash: bytes
    seeds: int
    leeches: int
    completed: int
    announces: int
    idle_seconds: float


@dataclass(slots=True)
class _Member:
    is_seed: bool
    is_ipv6: bool
    is_loopback: bool
    has_completed: bool
    seen_at: float


class _Swarm:
    __slots__ = ("announces", "completed", "members", "seeds", "seen_at")

    def __init__(self) -> None:
        self.members: dict[Peer, _Member] = {}
        self.seeds = 0
        self.completed = 0
        self.announces = 0
        self.seen_at = 0.0

    def put(self, peer: Peer, member: _Member) -> None:
        """Members stay in the order of their last announce, so that the silent ones are first."""
        self.remove(peer)
        self.members[peer] = member
        self.seeds += member.is_seed

    def remove(self, peer: Peer) -> None:
        member = self.members.pop(peer, None)
        if member is not None:
            self.seeds -= member.is_seed

    def others(self, asker: Peer, *, skip_seeds: bool, with_loopback: bool, ipv6: bool | None) -> list[Peer]:
        return [
            peer
            for peer, member in self.members.items()
            if peer != asker
            and not (skip_seeds and member.is_seed)
            and (with_loopback or not member.is_loopback)
            and (ipv6 is None or member.is_ipv6 is ipv6)
        ]

    def expire(self, before: float) -> None:
        while self.members:
            peer, member = next(iter(self.members.items()))
            if member.seen_at >= before:
                return
            self.remove(peer)


class SwarmTable:
    """All swarms of one tracker; `interval` in seconds is what it tells clients."""

    def __init__(
        self, interval: int, *, max_swarms: int = MAX_SWARMS, max_peers_per_swarm: int = MAX_PEERS_PER_SWARM
    ) -> None:
        self.interval = interval
        self._max_swarms = max_swarms
        self._max_peers = max_peers_per_swarm
        self._swarms: dict[bytes, _Swarm] = {}

    def __len__(self) -> int:
        """Swarms known, those without a peer among them."""
        return len(self._swarms)

    def announce(
        self,
        info_hash: bytes,
        address: Peer,
        *,
        left: int,
        event: AnnounceEvent,
        num_want: int | None,
        now: float,
        rng: random.Random,
        ipv6: bool | None = None,
    ) -> SwarmAnswer:
        """Note what `address` (numeric host, port) says and answer with peers; a seed is given leeches only.

        `ipv6` restricts the peers to one family. A peer with port 0 or one that stops is not kept; in a full swarm a
        new one is answered but not kept. Peers on loopback are told to loopback askers only.

        Raises:
            SwarmTableFullError: a new swarm for which there is no room.
        """
        swarm = self._swarm(info_hash, now, may_create=event is not AnnounceEvent.STOPPED)
        if swarm is None:
            return SwarmAnswer((), 0, 0)
        swarm.expire(now - INTERVALS_UNTIL_GONE * self.interval)
        swarm.announces += 1
        swarm.seen_at = now
        host = ipaddress.ip_address(address[0])
        before = swarm.members.get(address)
        has_completed = before is not None and before.has_completed
        if event is AnnounceEvent.COMPLETED and left == 0 and not has_completed:
            swarm.completed += 1
            has_completed = True
        if event is AnnounceEvent.STOPPED or address[1] == 0:
            swarm.remove(address)
        elif before is not None or len(swarm.members) < self._max_peers:
            swarm.put(address, _Member(left == 0, host.version == 6, host.is_loopback, has_completed, now))
        wanted = min(DEFAULT_NUM_WANT if num_want is None else num_want, MAX_NUM_WANT)
        if event is AnnounceEvent.STOPPED or wanted <= 0:
            peers: list[Peer] = []
        else:
            peers = swarm.others(address, skip_seeds=left == 0, with_loopback=host.is_loopback, ipv6=ipv6)
        if len(peers) > wanted:
            peers = rng.sample(peers, wanted)
        return SwarmAnswer(tuple(peers), swarm.seeds, len(swarm.members) - swarm.seeds)

    def scrape(self, info_hashes: Sequence[bytes], now: float) -> list[ScrapeEntry]:
        """The counts of `info_hashes` in their order, zeros for unknown ones; of no hash at all, of every swarm."""
        self.expire(now)
        entries = []
        for info_hash in info_hashes or list(self._swarms):
            swarm = self._swarms.get(info_hash) or _Swarm()
            entries.append(ScrapeEntry(info_hash, swarm.seeds, swarm.completed, len(swarm.members) - swarm.seeds))
        return entries

    def expire(self, now: float) -> None:
        """Forget silent peers everywhere; swarms keep their count of completed downloads until room is needed."""
        for swarm in self._swarms.values():
            swarm.expire(now - INTERVALS_UNTIL_GONE * self.interval)

    def rows(self, now: float) -> tuple[SwarmRow, ...]:
        """Every swarm, the one announced last first."""
        self.expire(now)
        rows = [
            SwarmRow(
                info_hash,
                swarm.seeds,
                len(swarm.members) - swarm.seeds,
                swarm.completed,
                swarm.announces,
                now - swarm.seen_at,
            )
            for info_hash, swarm in self._swarms.items()
        ]
        return tuple(sorted(rows, key=lambda row: row.idle_seconds))

    def _swarm(self, info_hash: bytes, now: float, *, may_create: bool) -> _Swarm | None:
        swarm = self._swarms.get(info_hash)
        if swarm is None and may_create:
            if len(self._swarms) >= self._max_swarms:
                self._make_room(now)
            swarm = self._swarms[info_hash] = _Swarm()
        return swarm

    def _make_room(self, now: float) -> None:
        self.expire(now)
        empty = [info_hash for info_hash, swarm in self._swarms.items() if not swarm.members]
        if not empty:
            raise SwarmTableFullError(f"the tracker serves {self._max_swarms} swarms already")
        for info_hash in empty:
            del self._swarms[info_hash]
