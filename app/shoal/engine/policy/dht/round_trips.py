"""How long an answer takes, and so when to give a node up (after RFC 6298). Pure."""

from __future__ import annotations

FIRST_SECONDS = 1.0
"""Before anything was measured."""
LEAST_SECONDS = 0.3
MOST_SECONDS = 2.5


class RoundTrips:
    """Mean and deviation of round trips over all nodes."""

    def __init__(self) -> None:
        self._mean: float | None = None
        self._deviation = 0.0

    def took(self, seconds: float) -> None:
        """An answer came after so long."""
        if self._mean is None:
            self._mean, self._deviation = seconds, seconds / 2
        else:
            self._deviation += (abs(seconds - self._mean) - self._deviation) / 8
            self._mean += (seconds - self._mean) / 8

    @property
    def patience(self) -> float:
        """Seconds after which another node is asked as well; an answer that comes later still counts."""
        if self._mean is None:
            return FIRST_SECONDS
        return min(MOST_SECONDS, max(LEAST_SECONDS, self._mean + 4 * self._deviation))
