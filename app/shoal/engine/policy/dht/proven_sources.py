"""Who has proved that it is reached at the address it writes from, and so may be sent more than it sent. Pure.

An address in a packet is easily forged. Until a source has proved its own, a reply to it is at most GROWTH times as
long as its question, so that nobody can have us flood a third.
"""

from __future__ import annotations

GROWTH = 1.5
PROOF_SECONDS = 600.0
MAX_PROVEN = 4_096


class ProvenSources:
    """Endpoints that answered a question of ours, or brought back a token, lately."""

    def __init__(self) -> None:
        self._until: dict[tuple[str, int], float] = {}

    def prove(self, endpoint: tuple[str, int], now: float) -> None:
        """It did."""
        self._until.pop(endpoint, None)
        self._until[endpoint] = now + PROOF_SECONDS
        if len(self._until) > MAX_PROVEN:
            del self._until[next(iter(self._until))]

    def most_bytes(self, endpoint: tuple[str, int], query_bytes: int, most: int, now: float) -> int:
        """How long a reply to a question of `query_bytes` may be; never more than `most`."""
        if self._until.get(endpoint, now) > now:
            return most
        return min(most, int(query_bytes * GROWTH))
