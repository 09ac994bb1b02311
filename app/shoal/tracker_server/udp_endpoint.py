"""The UDP side of the embedded tracker (BEP 15).

A connection id is a keyed digest of the client's address and the time, so none is stored and none can be guessed or
used from elsewhere; it holds for one to two minutes. No reply to an unproven address is larger than what it answers.
"""

from __future__ import annotations

import hashlib
import logging

from shoal.protocol import tracker_udp
from shoal.protocol.announce import AnnounceReply
from shoal.protocol.compact import PEER4_LENGTH, PEER6_LENGTH
from shoal.protocol.errors import ProtocolError
from shoal.runtime.world import Address, UdpPort, World
from shoal.tracker_server.swarm_table import DEFAULT_NUM_WANT, SwarmTable, SwarmTableFullError

logger = logging.getLogger(__name__)

CONNECTION_ID_SECONDS = 60.0
MAX_REPLY_BYTES = 1_400
"""Fits one packet of any usual line: a longer answer would be cut into fragments."""

_REPLY_HEAD_BYTES = 20
_SECRET_BYTES = 16


class UdpEndpoint:
    """Serves one table over UDP at one address."""

    def __init__(self, world: World, table: SwarmTable) -> None:
        self._world = world
        self._table = table
        self._secret = world.random.randbytes(_SECRET_BYTES)
        self._port: UdpPort | None = None

    @property
    def address(self) -> Address | None:
        """Where it listens, with the real port; None when it does not."""
        return self._port.address if self._port is not None else None

    async def start(self, host: str, port: int) -> None:
        """Bind; OSError when that is not possible."""
        self._port = await self._world.network.open_udp(self._receive, host, port)

    def stop(self) -> None:
        """Close the port."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _receive(self, datagram: memoryview, source: Address) -> None:
        try:
            request = tracker_udp.decode_request(datagram)
        except ProtocolError as error:
            logger.debug("UDP request: %s", error)
            return
        if self._port is None or source.port == 0:
            return
        if isinstance(request, tracker_udp.UdpConnect):
            slot = self._slot()
            reply = tracker_udp.encode_connect_reply(request.transaction_id, self._connection_id(source, slot))
        elif not self._is_proven(source, request.connection_id):
            reply = tracker_udp.encode_error(request.transaction_id, "bad connection id")
        elif isinstance(request, tracker_udp.UdpAnnounce):
            reply = self._announce(request, source)
        else:
            entries = self._table.scrape(request.info_hashes, self._world.clock.now())
            reply = tracker_udp.encode_scrape_reply(request.transaction_id, entries)
        self._port.send(reply, source)

    def _announce(self, announce: tracker_udp.UdpAnnounce, source: Address) -> bytes:
        asked = announce.request
        is_ipv6 = ":" in source.host
        fitting = (MAX_REPLY_BYTES - _REPLY_HEAD_BYTES) // (PEER6_LENGTH if is_ipv6 else PEER4_LENGTH)
        try:
            answer = self._table.announce(
                asked.info_hash,
                (source.host, asked.port),
                left=asked.left,
                event=asked.event,
                num_want=min(DEFAULT_NUM_WANT if asked.num_want is None else asked.num_want, fitting),
                now=self._world.clock.now(),
                rng=self._world.random,
                ipv6=is_ipv6,
            )
        except SwarmTableFullError:
            return tracker_udp.encode_error(announce.transaction_id, "This tracker is full")
        reply = AnnounceReply(
            interval=self._table.interval, peers=answer.peers, seeds=answer.seeds, leeches=answer.leeches
        )
        return tracker_udp.encode_announce_reply(announce.transaction_id, reply, ipv6=is_ipv6)

    def _is_proven(self, source: Address, connection_id: int) -> bool:
        slot = self._slot()
        return connection_id in (self._connection_id(source, slot), self._connection_id(source, slot - 1))

    def _slot(self) -> int:
        return int(self._world.clock.now() // CONNECTION_ID_SECONDS)

    def _connection_id(self, source: Address, slot: int) -> int:
        proof = f"{source.host} {source.port} {slot}".encode()
        return int.from_bytes(hashlib.blake2b(proof, key=self._secret, digest_size=8).digest(), "big")
