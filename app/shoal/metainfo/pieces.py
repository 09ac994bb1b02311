"""The arithmetic of pieces and blocks (BEP 3): how many, how long, where the short ones are."""

from __future__ import annotations

from dataclasses import dataclass, field

BLOCK_LENGTH = 16384
"""Bytes asked for by one `request`; every client serves this size, and few serve more."""


@dataclass(frozen=True, slots=True)
class PieceGeometry:
    """`total_length` bytes cut into pieces of `piece_length`, the last one possibly shorter; both at least 1."""

    total_length: int
    piece_length: int
    piece_count: int = field(init=False)
    last_piece: int = field(init=False)
    """Index of the last piece."""
    last_piece_size: int = field(init=False)
    blocks_per_piece: int = field(init=False)
    """Blocks of every piece but, perhaps, the last."""

    def __post_init__(self) -> None:
        if self.total_length < 1 or self.piece_length < 1:
            raise ValueError("a torrent has at least one byte and pieces of at least one byte")
        count = -(-self.total_length // self.piece_length)
        store = object.__setattr__
        store(self, "piece_count", count)
        store(self, "last_piece", count - 1)
        store(self, "last_piece_size", self.total_length - (count - 1) * self.piece_length)
        store(self, "blocks_per_piece", -(-self.piece_length // BLOCK_LENGTH))

    def piece_offset(self, piece: int) -> int:
        """Where `piece` starts in the torrent, in bytes."""
        return piece * self.piece_length

    def piece_size(self, piece: int) -> int:
        """Bytes of `piece`; the index must be in range (IndexError)."""
        if 0 <= piece < self.last_piece:
            return self.piece_length
        if piece == self.last_piece:
            return self.last_piece_size
        raise IndexError(f"piece {piece} of {self.piece_count}")

    def bytes_of(self, pieces: int) -> int:
        """Bytes of a set of pieces, given as a bit mask within range."""
        shorter = self.piece_length - self.last_piece_size if pieces >> self.last_piece & 1 else 0
        return pieces.bit_count() * self.piece_length - shorter

    def block_count(self, piece: int) -> int:
        """Blocks of `piece`; IndexError when out of range."""
        if 0 <= piece < self.last_piece:
            return self.blocks_per_piece
        return -(-self.piece_size(piece) // BLOCK_LENGTH)

    def block_size(self, piece: int, block: int) -> int:
        """Bytes of `block` of `piece`: BLOCK_LENGTH, or less for the last one; IndexError when out of range."""
        rest = self.piece_size(piece) - block * BLOCK_LENGTH
        if block < 0 or rest <= 0:
            raise IndexError(f"block {block} of piece {piece}")
        return min(rest, BLOCK_LENGTH)
