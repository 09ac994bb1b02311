"""Extended messages (BEP 10) of one connection: the extension handshake, and each extension under its own id."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.engine.peer.metadata_exchange import MetadataExchange
from shoal.engine.policy.peer_gossip import PeerGossip
from shoal.protocol import ut_metadata, ut_pex
from shoal.protocol.extension import HANDSHAKE_ID, ExtensionHandshake, decode_extension_handshake

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection

METADATA_ID = 2
"""Under which we want messages of `ut_metadata`."""
PEX_ID = 1
"""Under which we want messages of `ut_pex`."""


class PeerExtensions:
    """What both sides of one connection can do beyond the protocol's core."""

    __slots__ = ("gossip", "metadata", "metadata_size", "peer", "pex_id")

    def __init__(self, peer: PeerConnection) -> None:
        self.peer = peer
        self.metadata = MetadataExchange(peer)
        self.metadata_size: int | None = None
        """Bytes of the info dictionary that the peer has, as it says; None when it has none."""
        self.pex_id = 0
        """Under which the peer wants messages of `ut_pex`; 0 = it wants none."""
        self.gossip = PeerGossip(peer.connected_at)

    def on_message(self, extended_id: int, payload: memoryview) -> None:
        """An extended message came; ids that we did not give out are skipped. Raises ProtocolError."""
        if extended_id == HANDSHAKE_ID:
            self._greeted(decode_extension_handshake(bytes(payload)))
        elif extended_id == METADATA_ID:
            self.metadata.on_message(payload)
        elif extended_id == PEX_ID and self.peer.host is not None and self.peer.host.exchanges_peers:
            self.peer.host.peer_sent_pex(self.peer, ut_pex.decode_pex(bytes(payload)))

    def on_writable(self) -> None:
        """The socket takes data again."""
        self.metadata.pump()

    def _greeted(self, handshake: ExtensionHandshake) -> None:
        peer = self.peer
        peer.take_extensions(handshake)
        if handshake.request_queue:
            peer.requests.pipeline.set_peer_queue(handshake.request_queue)
        self.metadata.message_id = handshake.message_ids.get(ut_metadata.EXTENSION_NAME, self.metadata.message_id)
        self.pex_id = handshake.message_ids.get(ut_pex.EXTENSION_NAME, self.pex_id)
        if handshake.metadata_size is not None:
            self.metadata_size = handshake.metadata_size
        if handshake.your_ip is not None:
            peer.heard_our_address(handshake.your_ip)
        if peer.host is not None:
            peer.host.peer_told_extensions(peer)
