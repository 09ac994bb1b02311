"""The blocks asked of one peer: what is under way, what came late, what was never asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.engine.peer.open_piece import KEY_SHIFT, OpenPiece
from shoal.engine.policy.pipeline import RequestPipeline
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.protocol.errors import ProtocolError

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection

MOST_LATE = 4096
"""Blocks remembered after we gave up on them; a late arrival is still welcome."""
NO_BLOCK_MASK = 0xFFFFFFFF & ~(((1 << KEY_SHIFT) - 1) * BLOCK_LENGTH)
"""Bits of an offset at which no block begins: inside a block, or beyond the numbers that a key has room for."""


class BlockRequests:
    """Requests to one peer. `on_piece` is the hot path: one dictionary look-up and one copy per block."""

    __slots__ = (
        "_sample_key",
        "_sample_time",
        "asked_at",
        "completed",
        "current",
        "late",
        "latency",
        "outstanding",
        "peer",
        "pipeline",
        "received_bytes",
        "wasted_bytes",
    )

    def __init__(self, peer: PeerConnection) -> None:
        self.peer = peer
        self.pipeline = RequestPipeline()
        self.outstanding: dict[int, OpenPiece[PeerConnection]] = {}
        self.late: dict[int, OpenPiece[PeerConnection]] = {}
        self.current: OpenPiece[PeerConnection] | None = None
        self.completed: list[OpenPiece[PeerConnection]] = []
        """Pieces whose last block came in this batch."""
        self.received_bytes = 0
        self.wasted_bytes = 0
        self.asked_at = 0.0
        """When the oldest still unanswered batch of requests was sent."""
        self.latency = 0.0
        self._sample_key = -1
        self._sample_time = 0.0

    def asked(self, piece: OpenPiece[PeerConnection], blocks: list[int], now: float) -> None:
        """Note that `blocks` of `piece` were just asked for."""
        outstanding = self.outstanding
        if not outstanding:
            self.asked_at = now
        key = piece.key
        for block in blocks:
            outstanding[key | block] = piece
        if self._sample_key < 0:
            self._sample_key = key | blocks[-1]
            self._sample_time = now

    def on_piece(self, index: int, begin: int, block: memoryview) -> None:
        """Take one block in; raises ProtocolError when its length is not the one we asked for."""
        length = len(block)
        number = begin // BLOCK_LENGTH
        key = index << KEY_SHIFT | number
        piece = self.outstanding.pop(key, None) if not begin & NO_BLOCK_MASK else None
        if piece is None:
            piece = self._late_piece(key, begin, length)
            if piece is None:
                self.wasted_bytes += length
                return
        elif length != BLOCK_LENGTH and length != piece.length_of(number):
            raise self._wrong_length(piece, key, number, length)
        if key == self._sample_key:
            self._sample_key = -1
            self.latency = self.peer.now() - self._sample_time
        senders = piece.senders
        if senders[number] is not None or not piece.remaining:
            self.wasted_bytes += length
            return
        try:
            piece.view[begin : begin + length] = block
        except ValueError:  # a whole block where the piece ends with a short one
            raise self._wrong_length(piece, key, number, length) from None
        senders[number] = self.peer
        self.received_bytes += length
        piece.remaining -= 1
        if piece.requesters:
            self._cancel_elsewhere(piece, number, key)
        if not piece.remaining:
            self.completed.append(piece)

    def _late_piece(self, key: int, begin: int, length: int) -> OpenPiece[PeerConnection] | None:
        """The piece of a block that we had given up on; None when it was never asked for."""
        piece = self.late.pop(key, None) if not begin & NO_BLOCK_MASK else None
        if piece is not None and length != piece.length_of(begin // BLOCK_LENGTH):
            raise ProtocolError(f"late block of {length} bytes where {piece.length_of(begin // BLOCK_LENGTH)} were due")
        return piece

    def _wrong_length(self, piece: OpenPiece[PeerConnection], key: int, number: int, length: int) -> ProtocolError:
        # It is still owed: when the peer is gone the block must be free for others.
        self.outstanding[key] = piece
        return ProtocolError(f"block of {length} bytes where {piece.length_of(number)} were asked for")

    def _cancel_elsewhere(self, piece: OpenPiece[PeerConnection], number: int, key: int) -> None:
        for other in piece.requesters.pop(number, ()):
            if other is not self.peer and other.requests.outstanding.pop(key, None) is not None:
                other.requests.forget_sample(key)
                other.send_cancel(piece.index, number * BLOCK_LENGTH, piece.length_of(number))

    def forget_sample(self, key: int) -> None:
        """The latency sample `key` will not be answered."""
        if key == self._sample_key:
            self._sample_key = -1

    def rejected(self, index: int, begin: int) -> OpenPiece[PeerConnection] | None:
        """The peer will not send this block; its piece when we had asked for it, which then is free again."""
        number = begin // BLOCK_LENGTH
        key = index << KEY_SHIFT | number
        piece = self.outstanding.pop(key, None) if not begin & NO_BLOCK_MASK else None
        if piece is None:
            return None
        self.forget_sample(key)
        if not self._is_asked_elsewhere(piece, key, number):
            piece.give_back(number)
        return piece

    def _is_asked_elsewhere(self, piece: OpenPiece[PeerConnection], key: int, number: int) -> bool:
        others = piece.requesters.get(number)
        return others is not None and any(
            key in other.requests.outstanding for other in others if other is not self.peer
        )

    def release_all(self) -> list[OpenPiece[PeerConnection]]:
        """Give every unanswered block back; the pieces that have free blocks again. Late arrivals stay welcome."""
        touched: dict[int, OpenPiece[PeerConnection]] = {}
        for key, piece in reversed(self.outstanding.items()):
            number = key & ((1 << KEY_SHIFT) - 1)
            if not self._is_asked_elsewhere(piece, key, number) and piece.give_back(number):
                touched[piece.index] = piece
        if len(self.late) > MOST_LATE:
            self.late.clear()
        self.late.update(self.outstanding)
        self.outstanding.clear()
        self._sample_key = -1
        self.current = None
        return list(touched.values())
