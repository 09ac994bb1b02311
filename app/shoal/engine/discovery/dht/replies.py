"""What our node answers to the questions of others, and how much of it fits."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.engine.policy.dht.announced_peers import AnnouncedPeers
from shoal.engine.policy.dht.tokens import Tokens
from shoal.engine.transport.udp_port import family_of
from shoal.protocol import krpc
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.krpc import Failure, Method, Query, Reply
from shoal.runtime.world import Address

if TYPE_CHECKING:
    import random

VERSION = b"SH\x00\x01"
"""Who we are, in every message."""
MOST_REPLY_BYTES = 1_000
"""BEP 32 allows 1,024."""
MOST_PEERS = 60
MOST_SAMPLES = 20
SAMPLE_SECONDS = 3_600
"""How soon another sample is worth asking for."""

NearestNodes = Callable[[int, bytes], tuple[Contact, ...]]


class Replies:
    """The answering side of one node."""

    def __init__(
        self,
        own_id: Callable[[], bytes],
        nearest: NearestNodes,
        tokens: Tokens,
        store: AnnouncedPeers,
        rng: random.Random,
    ) -> None:
        """`nearest(family, target)` names the nearest nodes of a family: 4 or 6."""
        self._own_id = own_id
        self._nearest = nearest
        self._tokens = tokens
        self._store = store
        self._rng = rng

    def to(self, query: Query, source: Address, now: float) -> Reply | Failure:
        """The whole answer, whatever its length."""
        reply = Reply(query.transaction, self._own_id(), your_address=source)
        match query.method:
            case Method.PING:
                return reply
            case Method.ANNOUNCE_PEER:
                return self._announce(query, source, now, reply)
            case Method.GET_PEERS:
                return self._peers(query, source, now, reply)
            case Method.SAMPLE_INFOHASHES:
                samples = tuple(self._store.sample(MOST_SAMPLES, now, self._rng))
                reply = replace(
                    reply,
                    samples=samples,
                    sample_count=self._store.torrent_count,
                    sample_interval=SAMPLE_SECONDS if self._store.torrent_count > MOST_SAMPLES else 0,
                )
            case Method.OTHER if query.target is None:
                return Failure(query.transaction, krpc.METHOD_UNKNOWN, b"Method Unknown")
        return self._with_nodes(query, source, reply)

    def _announce(self, query: Query, source: Address, now: float, reply: Reply) -> Reply | Failure:
        info_hash = query.target or b""
        if not self._tokens.is_good(query.token, source.host, info_hash, now):
            return Failure(query.transaction, krpc.PROTOCOL_ERROR, b"Bad Token")
        port = query.port or source.port
        if not self._store.announce(info_hash, source.host, port, now, is_seed=query.is_seed):
            return Failure(query.transaction, krpc.SERVER_ERROR, b"Too Many Announces")
        return reply

    def _peers(self, query: Query, source: Address, now: float, reply: Reply) -> Reply:
        info_hash = query.target or b""
        peers = self._store.peers(info_hash, MOST_PEERS, now, self._rng, no_seeds=query.no_seeds)
        filters = self._store.filters(info_hash, now) if query.is_scrape else None
        token = self._tokens.make(source.host, info_hash, now)
        reply = replace(reply, token=token, peers=tuple(peers))
        if filters is not None:
            reply = replace(reply, seed_filter=filters[0], peer_filter=filters[1])
        return self._with_nodes(query, source, reply)

    def _with_nodes(self, query: Query, source: Address, reply: Reply) -> Reply:
        target = query.target or b""
        says = query.wants_ipv4 or query.wants_ipv6
        own = family_of(source.host)
        return replace(
            reply,
            nodes4=self._nearest(4, target) if query.wants_ipv4 or (not says and own == 4) else (),
            nodes6=self._nearest(6, target) if query.wants_ipv6 or (not says and own == 6) else (),
        )


def fitted(reply: Reply | Failure, most_bytes: int) -> bytes | None:
    """The datagram of as much of it as fits, nodes and peers cut first; None when not even the bare answer does."""
    if isinstance(reply, Failure):
        packet = krpc.encode_failure(reply, VERSION)
        return packet if len(packet) <= most_bytes else None
    packet = krpc.encode_reply(reply, VERSION)
    while len(packet) > most_bytes:
        shorter = _shortened(reply)
        if shorter is None:
            return None
        reply = shorter
        packet = krpc.encode_reply(reply, VERSION)
    return packet


def _shortened(reply: Reply) -> Reply | None:
    """Without a part of the longest list."""
    if len(reply.peers) > MOST_PEERS // 4:
        return replace(reply, peers=reply.peers[: len(reply.peers) * 3 // 4])
    if reply.seed_filter is not None and not reply.nodes4 and not reply.nodes6:
        return replace(reply, seed_filter=None, peer_filter=None)
    if reply.nodes6 and len(reply.nodes6) >= len(reply.nodes4):
        return replace(reply, nodes6=reply.nodes6[:-1])
    if reply.nodes4:
        return replace(reply, nodes4=reply.nodes4[:-1])
    if reply.samples:
        return replace(reply, samples=reply.samples[: len(reply.samples) // 2])
    if reply.peers:
        return replace(reply, peers=reply.peers[: len(reply.peers) // 2])
    if reply.your_address is not None:
        return replace(reply, your_address=None)
    return None
