"""Peers that others announced to us, as every node keeps them for its neighbourhood (BEP 5, 33, 51). Pure.

Bounded: MAX_TORRENTS info-hashes of MAX_PEERS peers each, one peer per address, forgotten after half an hour. When it
is full, the torrent that was announced least lately makes room, so that a flood costs the flood's own entries first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from shoal.engine.policy.dht.address_filter import address_filter

if TYPE_CHECKING:
    import random

MAX_TORRENTS = 2_000
MAX_PEERS = 500
PEER_SECONDS = 1_800.0
MAX_TORRENTS_PER_HOST = 100
"""Info-hashes that one address may add; a flood of invented ones ends there."""


class _Peer(NamedTuple):
    port: int
    is_seed: bool
    expires_at: float


class AnnouncedPeers:
    """The store of one address family."""

    def __init__(self) -> None:
        self._torrents: dict[bytes, dict[str, _Peer]] = {}
        """By info-hash, the one that was announced least lately first; in each the oldest announce first."""
        self._by_host: dict[str, int] = {}
        """In how many torrents an address stands."""

    @property
    def torrent_count(self) -> int:
        return len(self._torrents)

    @property
    def peer_count(self) -> int:
        return sum(map(len, self._torrents.values()))

    def announce(self, info_hash: bytes, host: str, port: int, now: float, *, is_seed: bool = False) -> bool:
        """Keep the peer; False when its address has announced too many torrents."""
        self._expire(info_hash, now)
        peers = self._torrents.pop(info_hash, None)
        is_known = peers is not None and host in peers
        if not is_known and self._by_host.get(host, 0) >= MAX_TORRENTS_PER_HOST:
            self._expire_host(host, now)
            if self._by_host.get(host, 0) >= MAX_TORRENTS_PER_HOST:
                if peers is not None:
                    self._torrents[info_hash] = peers
                return False
        if peers is None:
            peers = {}
            if len(self._torrents) >= MAX_TORRENTS:
                self._drop_torrent(next(iter(self._torrents)))
        self._torrents[info_hash] = peers
        if is_known:
            del peers[host]
        else:
            self._by_host[host] = self._by_host.get(host, 0) + 1
            if len(peers) >= MAX_PEERS:
                self._drop_peer(peers, next(iter(peers)))
        peers[host] = _Peer(port, is_seed, now + PEER_SECONDS)
        return True

    def peers(
        self, info_hash: bytes, count: int, now: float, rng: random.Random, *, no_seeds: bool = False
    ) -> list[tuple[str, int]]:
        """Up to `count` peers (host, port) by chance; without seeds where there are others."""
        self._expire(info_hash, now)
        found = self._torrents.get(info_hash, {})
        useful = [(host, peer.port) for host, peer in found.items() if not (no_seeds and peer.is_seed)]
        return useful if len(useful) <= count else rng.sample(useful, count)

    def filters(self, info_hash: bytes, now: float) -> tuple[bytes, bytes] | None:
        """Bloom filters (BEP 33) of its seeds and of its other peers; None when nothing is known of it."""
        self._expire(info_hash, now)
        peers = self._torrents.get(info_hash)
        if peers is None:
            return None
        seeds = address_filter(host for host, peer in peers.items() if peer.is_seed)
        return seeds, address_filter(host for host, peer in peers.items() if not peer.is_seed)

    def sample(self, count: int, now: float, rng: random.Random) -> list[bytes]:
        """Up to `count` info-hashes by chance (BEP 51)."""
        self.expire(now)
        known = list(self._torrents)
        return known if len(known) <= count else rng.sample(known, count)

    def expire(self, now: float) -> None:
        """Forget what is too old; to be called now and then, for what nobody asks for."""
        for info_hash in list(self._torrents):
            self._expire(info_hash, now)

    def _expire(self, info_hash: bytes, now: float) -> None:
        peers = self._torrents.get(info_hash)
        if peers is None:
            return
        while peers:
            host, oldest = next(iter(peers.items()))
            if oldest.expires_at > now:
                return
            self._drop_peer(peers, host)
        del self._torrents[info_hash]

    def _expire_host(self, host: str, now: float) -> None:
        for info_hash in [info_hash for info_hash, peers in self._torrents.items() if host in peers]:
            self._expire(info_hash, now)

    def _drop_torrent(self, info_hash: bytes) -> None:
        peers = self._torrents.pop(info_hash)
        for host in list(peers):
            self._drop_peer(peers, host)

    def _drop_peer(self, peers: dict[str, _Peer], host: str) -> None:
        del peers[host]
        left = self._by_host[host] - 1
        if left:
            self._by_host[host] = left
        else:
            del self._by_host[host]
