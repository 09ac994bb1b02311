"""Who sent the bad block: a failed piece's blocks are remembered and compared when the piece comes out right.

A piece from one peer alone needs no comparison. Only digests are kept, a bounded number of them. Pure.
"""

from __future__ import annotations

from collections.abc import Sequence

MAX_PIECES = 256
"""Failed pieces remembered; the oldest is forgotten first."""
MAX_RECORDS = 65_536
"""Blocks remembered in all pieces."""
MAX_SUSPECTS_PER_BLOCK = 16
"""Versions of one block remembered; the oldest are forgotten first."""

BlockRecord = tuple[int, bytes, str]
"""Block number in its piece, digest of the bytes received, key of the peer that sent them."""


class SmartBan:
    """Remembers the blocks of failed pieces of one torrent, and names the senders of those that were wrong."""

    def __init__(self) -> None:
        self._pieces: dict[int, dict[int, list[tuple[bytes, str]]]] = {}
        self._counts: dict[int, int] = {}
        self._total = 0

    @property
    def record_count(self) -> int:
        """Blocks remembered in all."""
        return self._total

    def has_suspects(self, index: int) -> bool:
        """True when piece `index` failed before, so that `piece_passed` is worth computing digests for."""
        return index in self._pieces

    def piece_failed(self, index: int, blocks: Sequence[BlockRecord]) -> frozenset[str]:
        """Remember the blocks of a piece that failed; answers the guilty keys known at once (a single source)."""
        sources = {peer_key for _, _, peer_key in blocks}
        if len(sources) <= 1:
            return frozenset(sources)
        piece = self._pieces.setdefault(index, {})
        for block_no, digest, peer_key in blocks:
            suspects = piece.setdefault(block_no, [])
            if (digest, peer_key) in suspects:
                continue
            suspects.append((digest, peer_key))
            self._count(index, 1)
            if len(suspects) > MAX_SUSPECTS_PER_BLOCK:
                del suspects[0]
                self._count(index, -1)
        while len(self._pieces) > 1 and (len(self._pieces) > MAX_PIECES or self._total > MAX_RECORDS):
            self.forget(next(oldest for oldest in self._pieces if oldest != index))
        if self._total > MAX_RECORDS:
            self.forget(index)
        return frozenset()

    def piece_passed(self, index: int, digests: Sequence[bytes]) -> frozenset[str]:
        """Compare with the right blocks, `digests[block_no]`; answers the senders of others, forgets the piece."""
        guilty = {
            peer_key
            for block_no, suspects in self._pieces.get(index, {}).items()
            if 0 <= block_no < len(digests)
            for digest, peer_key in suspects
            if digest != digests[block_no]
        }
        self.forget(index)
        return frozenset(guilty)

    def forget(self, index: int) -> None:
        """Drop what is remembered of piece `index`; nothing happens when there is nothing."""
        if self._pieces.pop(index, None) is not None:
            self._total -= self._counts.pop(index, 0)

    def _count(self, index: int, change: int) -> None:
        self._counts[index] = self._counts.get(index, 0) + change
        self._total += change
