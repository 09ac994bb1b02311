"""The torrent as its peers meet it: what a connection may ask of it, and whom it tells what the peer did."""

from __future__ import annotations

import logging
from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import reading_reason

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.torrent import Torrent
    from shoal.protocol.ut_metadata import MetadataMessage
    from shoal.protocol.ut_pex import PexMessage

logger = logging.getLogger(__name__)


class TorrentHost:
    """`peer.host.PeerHost` of one torrent. Loop thread only."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent
        self._clock = torrent.world.clock
        self._swarm = torrent.swarm
        self._download = torrent.download
        self._picker = torrent.picker
        self._disk = torrent.disk
        self._cache = torrent.services.read_cache
        self._listen_port = torrent.services.listen_port
        self._key = torrent.key
        self._geometry = torrent.geometry
        self.info_hash = torrent.info_hash
        self.peer_id = torrent.services.peer_id
        self.piece_count = torrent.piece_count
        self.piece_size = torrent.geometry.piece_size
        self.down_bucket = torrent.down_bucket
        self.up_bucket = torrent.up_bucket
        self.exchanges_metadata = not torrent.metainfo.private
        self.metadata = torrent.metainfo.info_bytes if self.exchanges_metadata else None

    @property
    def exchanges_peers(self) -> bool:
        return self._torrent.peer_exchange.is_on

    @property
    def have(self) -> int:
        return self._picker.have

    @property
    def listen_port(self) -> int:
        return self._listen_port()

    # --- what is sent -------------------------------------------------------------------------------------------

    def cached_block(self, index: int, begin: int, length: int) -> bytes | memoryview | None:
        return self._cache.lookup(self._key, self._geometry.piece_offset(index) + begin, length)

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        self._cache.load(
            self._key,
            self._disk,
            self._geometry.piece_offset(index) + begin,
            length,
            total_length=self._geometry.total_length,
            done=partial(self._loaded, done),
        )

    def _loaded(self, done: Callable[[bool], None], error: StorageError | None) -> None:
        torrent = self._torrent
        if error is not None and torrent.failure is None and torrent.lifecycle.is_running:
            torrent.fail(reading_reason(error))
        done(error is None)

    def dht_port(self, host: str) -> int:
        return self._torrent.dht_search.port_for(host)

    # --- what peers do ------------------------------------------------------------------------------------------

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        # Whoever hears of it first closes: when that is the side that was called, what was dialled is its own end.
        called = peer.stream.local_address if peer.is_incoming and peer.stream is not None else None
        self._swarm.known.ban(called or peer.address)

    def peer_ready(self, peer: PeerConnection) -> None:
        refusal = "stopped" if not self._torrent.lifecycle.is_running else self._swarm.refusal(peer)
        if refusal is not None:
            if not peer.is_incoming:
                self._swarm.known.failed(peer.address, self._clock.now())
            peer.close(refusal)
            return
        self._swarm.enter(peer, self._clock.now())
        self._torrent.services.changed(self._torrent)

    def peer_told_extensions(self, peer: PeerConnection) -> None:
        """It is no news to a torrent that has its metainfo."""

    def peer_sent_metadata(self, peer: PeerConnection, message: MetadataMessage) -> None:
        """A late answer to what was asked before the metainfo was here."""

    def peer_sent_pex(self, peer: PeerConnection, message: PexMessage) -> None:
        torrent = self._torrent
        if torrent.lifecycle.is_running:
            torrent.peer_exchange.take(peer, message, self._clock.now())
            torrent.services.changed(torrent)

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        if peer.key in self._swarm.connected:
            self._swarm.bits_replaced(peer, bits_before)

    def peer_choked_us(self, peer: PeerConnection) -> None:
        # With the fast extension each request is rejected by its own message (BEP 6); without, all are void.
        if not peer.has_fast:
            self._download.peer_gave_up(peer)

    def peer_unchoked_us(self, peer: PeerConnection) -> None:
        self._download.request_more(peer)

    def peer_interest_changed(self, peer: PeerConnection) -> None:
        self._swarm.interest_changed(peer, self._clock.now())

    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        self._download.rejected(peer, index, begin)

    def peer_delivered(self, peer: PeerConnection) -> None:
        self._download.delivered(peer)

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        self._torrent.dht_search.peer_has_node(peer, port)

    def peer_closed(self, peer: PeerConnection, reason: str) -> None:
        logger.debug("%s: %s left: %s", self._torrent.torrent_id, peer.key, reason)
        if peer.key in self._swarm.connected:
            self._torrent.traffic.peer_left(peer)
        self._swarm.leave(peer, self._clock.now())
