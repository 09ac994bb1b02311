"""How much a peer may send that is no data we asked for, before its next bytes wait unread in its kernel."""

from __future__ import annotations

MOST_CHATTER = 2 << 20
"""Bytes that it may send at once."""
CHATTER_RATE = 64 * 1024
"""Bytes/s of chatter that come free; data given or taken earns more, for haves and requests come with it."""
PAYLOAD_PER_CHATTER = 50


class Chatter:
    """Of one connection. All in bytes, times in monotonic seconds."""

    __slots__ = ("_at", "_uploaded", "left")

    def __init__(self, now: float) -> None:
        self.left = MOST_CHATTER
        self._at = now
        self._uploaded = 0

    def count(self, received: int, wanted: int) -> None:
        """Of `received` bytes so many were blocks that we asked for."""
        self.left += wanted + wanted // PAYLOAD_PER_CHATTER - received

    def earn(self, count: int) -> None:
        """Of the bytes that came so many are no blocks, and were asked for all the same."""
        self.left += count

    def is_used_up(self, now: float, uploaded: int) -> bool:
        """It has sent so much that the next bytes must wait. `uploaded`: what it has taken of us, ever."""
        earned = (now - self._at) * CHATTER_RATE + (uploaded - self._uploaded) / PAYLOAD_PER_CHATTER
        self._at, self._uploaded = now, uploaded
        self.left = min(self.left + int(earned), MOST_CHATTER)
        return self.left < 0
