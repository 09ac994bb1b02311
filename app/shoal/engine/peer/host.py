"""What a peer connection asks of the torrent behind it, and what all connections of a session share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from shoal.engine.peer.turn import LoopTurn
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.protocol.ut_metadata import MetadataMessage
from shoal.protocol.ut_pex import PexMessage
from shoal.runtime.world import Clock

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection


def _nobody_listens(host: str, packed: bytes) -> None:
    """Where our own address does not matter."""


@dataclass(slots=True)
class PeerEnvironment:
    """What all connections of a session share."""

    clock: Clock
    turn: LoopTurn
    client_name: str
    pause_reading: Callable[[PeerConnection], None]
    """The connection has used up its download limit and wants to be resumed by the session's beat."""
    pause_sending: Callable[[PeerConnection], None]
    """Likewise for upload."""
    heard_our_address: Callable[[str, bytes], None] = _nobody_listens
    """`(its host, our address as it sees it)`: a peer told where we come from (`yourip`, BEP 10)."""


class PeerHost(Protocol):
    """The torrent a connection belongs to."""

    @property
    def info_hash(self) -> bytes: ...
    @property
    def peer_id(self) -> bytes: ...
    @property
    def piece_count(self) -> int:
        """0 while the metainfo is not known: what peers say of pieces then means nothing."""
        ...

    @property
    def metadata(self) -> bytes | None:
        """The info dictionary that peers may have (BEP 9); None when there is none to give."""
        ...

    @property
    def exchanges_metadata(self) -> bool:
        """Whether the info dictionary is given to peers or wanted of them; never that of a private torrent."""
        ...

    @property
    def exchanges_peers(self) -> bool:
        """Whether peers may tell us of others (BEP 11); never those of a private torrent."""
        ...

    @property
    def have(self) -> int: ...
    @property
    def listen_port(self) -> int: ...
    @property
    def down_bucket(self) -> TokenBucket: ...
    @property
    def up_bucket(self) -> TokenBucket: ...

    def dht_port(self, host: str) -> int:
        """Our DHT port, to be told to the peer at `host` (BEP 5); 0 when we have none, or must not tell."""
        ...

    def peer_has_node(self, peer: PeerConnection, port: int) -> None:
        """The peer's DHT node is at `port` of its host."""
        ...

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        """The address leads back to us; it is about to be closed."""
        ...

    def peer_ready(self, peer: PeerConnection) -> None:
        """Both handshakes are done. May close the peer."""
        ...

    def peer_told_extensions(self, peer: PeerConnection) -> None:
        """An extension handshake came (BEP 10), the first or a further one."""
        ...

    def peer_sent_metadata(self, peer: PeerConnection, message: MetadataMessage) -> None:
        """A block of the info dictionary, or its refusal, came: the peer's claim, whether it was asked for or not."""
        ...

    def peer_sent_pex(self, peer: PeerConnection, message: PexMessage) -> None:
        """It told of other peers (BEP 11); only while `exchanges_peers`."""
        ...

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        """`peer.bits` was replaced by a bitfield."""
        ...

    def peer_choked_us(self, peer: PeerConnection) -> None: ...
    def peer_unchoked_us(self, peer: PeerConnection) -> None: ...
    def peer_interest_changed(self, peer: PeerConnection) -> None: ...
    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None: ...
    def peer_delivered(self, peer: PeerConnection) -> None:
        """A batch of blocks was read: completed pieces are in `peer.requests.completed`."""
        ...

    def peer_closed(self, peer: PeerConnection, reason: str) -> None: ...

    def piece_size(self, index: int) -> int: ...

    def cached_block(self, index: int, begin: int, length: int) -> bytes | memoryview | None:
        """The block when it is in memory; None when `load_block` must fetch it first."""
        ...

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        """Read the block's surroundings in a worker, then call `done(whether it worked)`."""
        ...
