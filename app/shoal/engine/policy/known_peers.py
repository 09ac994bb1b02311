"""The addresses of one torrent's peers that we know of, and which of them to dial next. Pure: time is an argument.

An address is idle, being dialled or connected. After a failure it rests a minute, then two; after the third it rests an
hour. Peers that were useful come first. The pool is bounded; addresses that failed make room for new ones.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Container
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

    from shoal.runtime.world import Address

MAX_KNOWN_PEERS = 3_000
MAX_BANS = 10_000
"""Bans remembered; the oldest is forgotten first."""

MOST_RANKED = 200
"""Addresses that are compared by rank at a time."""

RETRY_SECONDS = 60.0
FAILURES_BEFORE_REST = 3
REST_SECONDS = 3_600.0
USEFUL_RETRY_SECONDS = 10.0
"""A peer that gave or took data and then went: no failure, so it may be dialled again soon."""


class _State(Enum):
    IDLE = 0
    DIALING = 1
    CONNECTED = 2


@dataclass(slots=True)
class _Entry:
    source: str
    is_seed: bool
    state: _State = _State.IDLE
    failures: int = 0
    was_useful: bool = False
    dial_at: float = 0.0


class KnownPeers:
    """The pool of one torrent. Addresses are hashable (host, port) pairs, checked by `is_believable` before."""

    def __init__(self, limit: int = MAX_KNOWN_PEERS, rank: Callable[[Address], int] = lambda address: 0) -> None:
        """`rank`: of addresses that are equal otherwise, those with the larger one are dialled first (BEP 40)."""
        self._limit = limit
        self._rank = rank
        self.sources: Counter[str] = Counter()
        """How many of the addresses each source named first."""
        self._entries: dict[Address, _Entry] = {}
        self._failing: dict[Address, None] = {}
        self._bans: dict[Address | tuple[str, bytes], None] = {}
        self._seeds = 0
        self._skips_seeds = False
        """As `next_to_dial` was asked last."""
        self._idle_until = math.inf
        """No idle address may be dialled before this time: saves looking through the pool."""

    @property
    def count(self) -> int:
        """Addresses known, connected ones among them."""
        return len(self._entries)

    @property
    def unfinished(self) -> int:
        """Those of them that are not known to have everything: whom a seed can be of use to."""
        return len(self._entries) - self._seeds

    @property
    def idle_until(self) -> float:
        """`next_to_dial`, asked as last, has nobody to name before, unless something happens."""
        return self._idle_until

    def may_have_due(self, now: float, *, skip_seeds: bool) -> bool:
        """Whether it is worth to ask `next_to_dial`."""
        return now >= self._idle_until or skip_seeds != self._skips_seeds

    def __contains__(self, address: Address) -> bool:
        return address in self._entries

    def source(self, address: Address) -> str:
        """Who named it first (`tracker`, `pex`, `user`, ...); empty when it is not known."""
        entry = self._entries.get(address)
        return entry.source if entry is not None else ""

    def useful(self) -> list[Address]:
        """Addresses that gave or took data, and did not fail three times since."""
        return [address for address, entry in self._entries.items() if entry.was_useful]

    def add(self, address: Address, source: str, now: float, *, is_seed: bool = False) -> bool:
        """Learn of an address; True when it is new and was taken. Banned ones, port 0 and a full pool are refused."""
        if not 0 < address.port <= 65_535 or address in self._bans:
            return False
        entry = self._entries.get(address)
        if entry is not None:
            if is_seed:
                self.mark_seed(address)
            return False
        if len(self._entries) >= self._limit and not self._make_room():
            return False
        self._entries[address] = _Entry(source, is_seed, dial_at=now)
        self.sources[source] += 1
        self._seeds += is_seed
        self._idle_until = min(self._idle_until, now)
        return True

    def next_to_dial(self, now: float, count: int, rng: random.Random, *, skip_seeds: bool = False) -> list[Address]:
        """Up to `count` idle addresses whose rest is over: useful ones, then those that failed least, then by rank.

        Of many that are equal so far some are taken by chance and ranked, so that the loop goes on.
        They stay idle until `dialing` is called for them. `skip_seeds`: we are a seed, and other seeds are of no use.
        """
        if skip_seeds != self._skips_seeds:
            self._skips_seeds = skip_seeds
            self._idle_until = now
        if count <= 0 or now < self._idle_until:
            return []
        due: list[tuple[bool, int, float, Address]] = []
        earliest = math.inf
        for address, entry in self._entries.items():
            if entry.state is not _State.IDLE or (skip_seeds and entry.is_seed):
                continue
            earliest = min(earliest, entry.dial_at)
            if entry.dial_at <= now:
                due.append((not entry.was_useful, entry.failures, rng.random(), address))
        self._idle_until = earliest
        some = heapq.nsmallest(max(count, MOST_RANKED), due)
        some.sort(key=lambda each: (each[0], each[1], -self._rank(each[3]), each[2]))
        return [address for *_, address in some[:count]]

    def dialing(self, address: Address) -> None:
        """A dial has begun; ends with `connected` or `failed`."""
        entry = self._entries.get(address)
        if entry is not None:
            self._enter(address, entry, _State.DIALING)

    def connected(self, address: Address, now: float) -> None:
        """The handshake is done, whoever dialled."""
        entry = self._entries.get(address)
        if entry is not None:
            entry.dial_at = now
            self._enter(address, entry, _State.CONNECTED)

    def failed(self, address: Address, now: float) -> None:
        """A dial or handshake came to nothing: rest 60 s, doubled the next time, an hour from the third failure on."""
        entry = self._entries.get(address)
        if entry is None:
            return
        entry.failures += 1
        if entry.failures >= FAILURES_BEFORE_REST:
            entry.was_useful = False
            self._rest(address, entry, now + REST_SECONDS)
        else:
            self._rest(address, entry, now + RETRY_SECONDS * 2 ** (entry.failures - 1))

    def closed(self, address: Address, now: float, was_useful: bool) -> None:
        """A connection ended. A useless peer counts as a failure, so that it is not dialled over and over."""
        entry = self._entries.get(address)
        if entry is None:
            return
        if not was_useful:
            self.failed(address, now)
            return
        entry.failures = 0
        entry.was_useful = True
        self._rest(address, entry, now + USEFUL_RETRY_SECONDS)

    def parted(self, address: Address, now: float, was_useful: bool) -> None:
        """We ended the connection for reasons of our own: it is no failure, and it may be dialled again at once."""
        entry = self._entries.get(address)
        if entry is not None:
            entry.was_useful = entry.was_useful or was_useful
            self._rest(address, entry, now)

    def mark_seed(self, address: Address) -> None:
        """It has everything: of no use once we have everything too."""
        entry = self._entries.get(address)
        if entry is not None and not entry.is_seed:
            entry.is_seed = True
            self._seeds += 1

    def forget_seeds(self) -> None:
        """Drop idle addresses of seeds; for use when we have become one."""
        for address in [a for a, e in self._entries.items() if e.is_seed and e.state is _State.IDLE]:
            self._drop(address)

    def wake(self, now: float) -> None:
        """Let every resting address be dialled now, as after a change of our network; failures stay counted."""
        for entry in self._entries.values():
            if entry.state is _State.IDLE:
                entry.dial_at = min(entry.dial_at, now)
        self._idle_until = min(self._idle_until, now)

    def forgive(self, hosts: Container[str], now: float) -> None:
        """These hosts are banned no more: nothing that failed meanwhile was their fault, and they need not rest."""
        for address, entry in self._entries.items():
            if address.host in hosts:
                entry.failures = 0
                self._failing.pop(address, None)
                if entry.state is _State.IDLE:
                    entry.dial_at = min(entry.dial_at, now)
        self._idle_until = min(self._idle_until, now)

    def recall_seeds(self, now: float) -> None:
        """More is wanted again: seeds and useful peers that never failed need not rest."""
        for entry in self._entries.values():
            if entry.state is _State.IDLE and not entry.failures and (entry.is_seed or entry.was_useful):
                entry.dial_at = min(entry.dial_at, now)
        self._idle_until = min(self._idle_until, now)

    def ban(self, address: Address, peer_id: bytes | None = None) -> None:
        """Never dial `address` again, and refuse its host with `peer_id` from any port.

        The host alone is never banned: an honest peer may share it. Also for our own address, found by its peer id.
        """
        self._drop(address)
        self._remember_ban(address)
        if peer_id is not None:
            self._remember_ban((address.host, peer_id))

    def is_banned(self, address: Address, peer_id: bytes | None = None) -> bool:
        """True when this endpoint, or this peer id at its host, was banned."""
        return address in self._bans or (peer_id is not None and (address.host, peer_id) in self._bans)

    def _remember_ban(self, key: Address | tuple[str, bytes]) -> None:
        self._bans[key] = None
        if len(self._bans) > MAX_BANS:
            del self._bans[next(iter(self._bans))]

    def _enter(self, address: Address, entry: _Entry, state: _State) -> None:
        entry.state = state
        self._failing.pop(address, None)

    def _rest(self, address: Address, entry: _Entry, until: float) -> None:
        entry.state = _State.IDLE
        entry.dial_at = until
        if entry.failures and not entry.was_useful:
            self._failing[address] = None
        self._idle_until = min(self._idle_until, until)

    def _make_room(self) -> bool:
        if not self._failing:
            return False
        self._drop(next(iter(self._failing)))
        return True

    def _drop(self, address: Address) -> None:
        entry = self._entries.pop(address, None)
        if entry is not None:
            self._seeds -= entry.is_seed
            self.sources[entry.source] -= 1
        self._failing.pop(address, None)
