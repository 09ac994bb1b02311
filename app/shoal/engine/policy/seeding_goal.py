"""When a complete transfer has shared enough. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SeedingGoal:
    """What is to be reached; 0 = no such goal. Either of the two is enough."""

    ratio: float = 0.0
    """Bytes sent per byte of the transfer."""
    seconds: float = 0.0
    """Of being shared."""

    def is_reached(self, uploaded: int, size: int, shared_seconds: float) -> bool:
        """Whether a transfer of `size` bytes that has sent `uploaded` bytes and was shared so long may end."""
        if self.ratio and size > 0 and uploaded >= self.ratio * size:
            return True
        return bool(self.seconds) and shared_seconds >= self.seconds
