"""The info dictionary handed from peer to peer (BEP 9): what this peer asks of us, and what we ask of it.

A peer gets each block twice over, and more only slowly; beyond that and beyond its queue it is refused.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING

from shoal.protocol import peer_wire
from shoal.protocol.ut_metadata import (
    BLOCK_BYTES,
    MetadataBlock,
    MetadataMessage,
    MetadataReject,
    MetadataRequest,
    block_count,
    decode_metadata,
    encode_metadata,
)

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection

MOST_QUEUED = 256
"""Requests of one peer that wait."""
TURN_BYTES = 64 * 1024
"""Sent to one peer before others have their turn."""
TIMES_SERVED = 2
SPARE_BLOCKS = 8
BLOCKS_PER_SECOND = 1.0
"""What a peer may ask for beyond that."""


class MetadataExchange:
    """Of one connection."""

    __slots__ = ("_asked", "_is_pump_due", "_left", "_left_at", "_queue", "message_id", "peer")

    def __init__(self, peer: PeerConnection) -> None:
        self.peer = peer
        self.message_id = 0
        """Under which the peer wants these messages; 0 = it does not know them."""
        self._asked: set[int] = set()
        self._queue: deque[int] = deque()
        self._left: float | None = None
        """Blocks that it may still ask for; None before the first."""
        self._left_at = 0.0
        self._is_pump_due = False

    def ask(self, blocks: Iterable[int]) -> None:
        """Ask the peer for these blocks."""
        for block in blocks:
            self._asked.add(block)
            self._send(MetadataRequest(block))

    def on_message(self, payload: memoryview) -> None:
        """A message came. Raises ProtocolError."""
        message = decode_metadata(payload)
        match message:
            case MetadataRequest(block):
                self._requested(block)
            case MetadataBlock(block):
                if block in self._asked:
                    # What we asked for is no chatter.
                    self._asked.discard(block)
                    self.peer.chatter.earn(len(payload))
                self._told(message)
            case MetadataReject(block):
                self._asked.discard(block)
                self._told(message)

    def _told(self, message: MetadataMessage) -> None:
        host = self.peer.host
        if host is not None:
            host.peer_sent_metadata(self.peer, message)

    # --- what it asks of us -------------------------------------------------------------------------------------

    def _requested(self, block: int) -> None:
        host = self.peer.host
        metadata = host.metadata if host is not None else None
        if metadata is None or block >= block_count(len(metadata)) or len(self._queue) >= MOST_QUEUED:
            self._send(MetadataReject(block))
            return
        now = self.peer.now()
        most = TIMES_SERVED * block_count(len(metadata)) + SPARE_BLOCKS
        earned = (now - self._left_at) * BLOCKS_PER_SECOND
        self._left = most if self._left is None else min(most, self._left + earned)
        self._left_at = now
        if self._left < 1:
            self._send(MetadataReject(block))
            return
        self._left -= 1
        self._queue.append(block)
        self._pump_later()

    def _pump_later(self) -> None:
        if not self._is_pump_due:
            self._is_pump_due = True
            self.peer.later(self._pump_due)

    def _pump_due(self) -> None:
        self._is_pump_due = False
        self.pump()

    def pump(self) -> None:
        """Send what was asked for, some of it, while the socket takes it."""
        peer, sent = self.peer, 0
        host, stream = peer.host, peer.stream
        if not self._queue or host is None or stream is None or peer.is_closed or not stream.is_writable:
            return
        metadata = host.metadata
        while self._queue and sent < TURN_BYTES:
            block = self._queue.popleft()
            if metadata is None:
                self._send(MetadataReject(block))
                continue
            data = metadata[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES]
            self._send(MetadataBlock(block, len(metadata), data))
            sent += len(data)
        if host.up_bucket.is_limited:
            host.up_bucket.take(sent, peer.now())
        if self._queue:
            self._pump_later()

    def _send(self, message: MetadataMessage) -> None:
        if self.message_id:
            self.peer.send(peer_wire.encode_extended(self.message_id, encode_metadata(message)))
