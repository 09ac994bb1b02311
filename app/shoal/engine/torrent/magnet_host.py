"""A torrent without its metainfo as its peers meet it: it has nothing, and wants to know what there is."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TYPE_CHECKING

from shoal.runtime.world import Address

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.magnet import Magnet
    from shoal.protocol.ut_metadata import MetadataMessage
    from shoal.protocol.ut_pex import PexMessage

logger = logging.getLogger(__name__)


class MagnetHost:
    """`peer.host.PeerHost` of one magnet link. Loop thread only."""

    def __init__(self, magnet: Magnet) -> None:
        self._magnet = magnet
        self._clock = magnet.world.clock
        self._swarm = magnet.swarm
        self._listen_port = magnet.services.listen_port
        self.info_hash: bytes = magnet.info_hash
        self.peer_id = magnet.services.peer_id
        self.piece_count = 0
        self.have = 0
        self.metadata: bytes | None = None
        self.exchanges_metadata = True
        self.down_bucket = magnet.down_bucket
        self.up_bucket = magnet.up_bucket

    @property
    def listen_port(self) -> int:
        return self._listen_port()

    def dht_port(self, host: str) -> int:
        return self._magnet.dht_search.port_for(host)

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        self._magnet.dht_search.peer_has_node(peer, port)

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        called = peer.stream.local_address if peer.is_incoming and peer.stream is not None else None
        self._swarm.known.ban(called or peer.address)

    def peer_ready(self, peer: PeerConnection) -> None:
        refusal = "stopped" if not self._magnet.lifecycle.is_running else self._swarm.refusal(peer)
        if refusal is not None:
            if not peer.is_incoming:
                self._swarm.known.failed(peer.address, self._clock.now())
            peer.close(refusal)
            return
        self._swarm.enter(peer, self._clock.now())

    def peer_told_extensions(self, peer: PeerConnection) -> None:
        self._swarm.told(peer, self._clock.now())
        self._magnet.changed()

    def peer_sent_metadata(self, peer: PeerConnection, message: MetadataMessage) -> None:
        self._swarm.received(peer, message, self._clock.now())
        self._magnet.changed()

    @property
    def exchanges_peers(self) -> bool:
        return self._magnet.services.settings().peer_exchange

    def peer_sent_pex(self, peer: PeerConnection, message: PexMessage) -> None:
        now = self._clock.now()
        if self._magnet.lifecycle.is_running and self.exchanges_peers and peer.extensions.gossip.may_hear(now):
            found = (Address(*address) for address in message.added)
            self._magnet.add_addresses(found, "pex", peer.address.host)

    def peer_closed(self, peer: PeerConnection, reason: str) -> None:
        logger.debug("%s: %s left: %s", self._magnet.torrent_id, peer.key, reason)
        self._swarm.leave(peer, self._clock.now())
        self._magnet.changed()

    # --- what means nothing without pieces ------------------------------------------------------------------------

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        """Of pieces nothing is known."""

    def peer_choked_us(self, peer: PeerConnection) -> None:
        """Nothing is asked of it that a choke would end."""

    def peer_unchoked_us(self, peer: PeerConnection) -> None:
        """What to ask for is not known."""

    def peer_interest_changed(self, peer: PeerConnection) -> None:
        """We have nothing."""

    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        """No block was asked for."""

    def peer_delivered(self, peer: PeerConnection) -> None:
        """No block was asked for."""

    def piece_size(self, index: int) -> int:
        return 0

    def cached_block(self, index: int, begin: int, length: int) -> bytes | memoryview | None:
        return None

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        done(False)
