"""Memory for pieces being assembled: pooled buffers under one budget, which is the engine's back-pressure."""

from __future__ import annotations

MIN_PIECES = 4
"""So many pieces fit whatever their size, else a torrent of big pieces could never go on."""

_FREE_SHARE = 2
"""Unused buffers may hold 1 / _FREE_SHARE of the budget; what is beyond goes back to the system."""


class PieceBuffers:
    """Buffers of exactly the size asked for, at most `budget_bytes` of them in use. For the loop thread only.

    `in_use_bytes` and `free_bytes` say what is out and what lies in the pool.
    """

    def __init__(self, budget_bytes: int) -> None:
        self.budget_bytes = budget_bytes
        self.in_use_bytes = 0
        self.free_bytes = 0
        self._in_use = 0
        # Sizes in the order in which they were last given back; the first is the first to go.
        self._free: dict[int, list[bytearray]] = {}

    @property
    def in_use(self) -> int:
        """Buffers that are out."""
        return self._in_use

    def has_room(self, size: int) -> bool:
        """Whether `take(size)` would give a buffer now."""
        return self._in_use < MIN_PIECES or self.in_use_bytes + size <= self.budget_bytes

    def take(self, size: int) -> bytearray | None:
        """A buffer of `size` bytes with any content, or None when the budget is used up.

        While fewer than MIN_PIECES buffers are out one is given whatever its size.
        """
        if not self.has_room(size):
            return None
        waiting = self._free.get(size)
        if waiting:
            buffer = waiting.pop()
            self.free_bytes -= size
            if not waiting:
                del self._free[size]
        else:
            self._shrink(max(0, self.budget_bytes - self.in_use_bytes - size))
            buffer = bytearray(size)
        self._in_use += 1
        self.in_use_bytes += size
        return buffer

    def give_back(self, buffer: bytearray) -> None:
        """Return a buffer from `take`, of which no view may be in use any more, exactly once."""
        size = len(buffer)
        self._in_use -= 1
        self.in_use_bytes -= size
        waiting = self._free.pop(size, [])
        waiting.append(buffer)
        self._free[size] = waiting
        self.free_bytes += size
        room = self.budget_bytes - self.in_use_bytes if self._in_use else self.budget_bytes // _FREE_SHARE
        self._shrink(max(0, room))

    def _shrink(self, keep_bytes: int) -> None:
        while self.free_bytes > keep_bytes:
            size = next(iter(self._free))
            waiting = self._free[size]
            waiting.pop()
            self.free_bytes -= size
            if not waiting:
                del self._free[size]
