"""Pieces that failed their check: which of them lately, and whether there are too many of them."""

from __future__ import annotations

FAILED_SECONDS = 60.0
"""How long a piece that failed its check is marked."""
MOST_MARKED = 1000
MANY = 0.05
"""Such a part of all pieces says that something is wrong beyond single peers ..."""
LEAST_MANY = 20
"""... but never fewer than these."""


class FailedPieces:
    """Of one torrent with `piece_count` pieces; times are monotonic seconds."""

    __slots__ = ("_at", "_most", "_untold")

    def __init__(self, piece_count: int) -> None:
        self._at: dict[int, float] = {}
        self._most = max(LEAST_MANY, MANY * piece_count)
        self._untold = 0

    def add(self, index: int, now: float) -> bool:
        """Mark a piece; True when there have been many since this last was True."""
        self._at = {piece: self._at[piece] for piece in self.lately(now)}
        if len(self._at) < MOST_MARKED:
            self._at[index] = now
        self._untold += 1
        is_many = self._untold > self._most
        if is_many:
            self._untold = 0
        return is_many

    def lately(self, now: float) -> tuple[int, ...]:
        """Those of the last FAILED_SECONDS, the oldest first."""
        return tuple(piece for piece, at in self._at.items() if now - at < FAILED_SECONDS)
