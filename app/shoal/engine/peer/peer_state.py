"""What is known of one peer and of both sides' wishes: values only, kept by its connection."""

from __future__ import annotations

from shoal.protocol.extension import ExtensionHandshake
from shoal.protocol.peer_wire import Handshake
from shoal.runtime.world import Address


class PeerState:
    """Everything of a connection that others look at. Rates in bytes/s, counters in bytes, times by the clock."""

    __slots__ = (
        "address",
        "allowed_fast",
        "am_choking",
        "am_interested",
        "bits",
        "client",
        "connected_at",
        "down_rate",
        "downloaded",
        "granted_fast",
        "has_dht",
        "has_extensions",
        "has_fast",
        "has_told_pieces",
        "is_closed",
        "is_incoming",
        "is_on_parole",
        "is_optimistic",
        "is_ready",
        "is_snubbed",
        "is_upload_only",
        "key",
        "last_block_at",
        "last_received_at",
        "last_sent_at",
        "last_unchoked_at",
        "peer_choking",
        "peer_id",
        "peer_interested",
        "remote_listen_port",
        "source",
        "tick_downloaded",
        "tick_uploaded",
        "up_rate",
        "uploaded",
        "wasted",
    )

    def __init__(self, now: float, key: int, address: Address, source: str, *, is_incoming: bool) -> None:
        self.key = key
        self.address = address
        self.source = source
        self.is_incoming = is_incoming
        self.peer_id = b""
        self.client = ""
        self.has_fast = False
        self.has_extensions = False
        self.has_dht = False
        """It has a node of the DHT (BEP 5)."""
        self.remote_listen_port = 0
        self.bits = 0
        self.has_told_pieces = False
        self.is_upload_only = False
        self.am_choking = True
        self.am_interested = False
        self.peer_choking = True
        self.peer_interested = False
        self.is_snubbed = False
        self.is_optimistic = False
        self.is_on_parole = False
        """Others at its address sent bad data: it must answer for whole pieces alone until one is good."""
        self.is_ready = False
        self.is_closed = False
        self.allowed_fast = 0
        """Pieces the peer sends even while it chokes us (BEP 6)."""
        self.granted_fast = 0
        self.connected_at = now
        self.last_received_at = now
        self.last_sent_at = now
        self.last_block_at = now
        self.last_unchoked_at = 0.0
        self.downloaded = 0
        self.uploaded = 0
        self.wasted = 0
        self.down_rate = 0.0
        self.up_rate = 0.0
        self.tick_downloaded = 0
        self.tick_uploaded = 0

    def take_handshake(self, handshake: Handshake) -> None:
        """Who the peer is, and what it can do (BEP 3, 6, 10)."""
        self.peer_id = handshake.peer_id
        self.has_fast = handshake.supports_fast
        self.has_extensions = handshake.supports_extensions
        self.has_dht = handshake.supports_dht

    def take_extensions(self, handshake: ExtensionHandshake) -> None:
        """What it says of itself in its extension handshake; what it leaves out stays as it was."""
        self.client = handshake.client or self.client
        self.is_upload_only = handshake.upload_only
        if handshake.listen_port:
            self.remote_listen_port = handshake.listen_port
