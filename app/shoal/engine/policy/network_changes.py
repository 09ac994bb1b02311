"""Whether this computer is in another network than before, or slept. Pure."""

from __future__ import annotations

from collections.abc import Sequence

ASLEEP_SECONDS = 20.0
"""A second that took this much longer than one, by either clock, was a sleep."""


class NetworkChanges:
    """Asked every few seconds."""

    def __init__(self) -> None:
        self._hosts: tuple[str, ...] | None = None
        self._now = self._wall = 0.0

    def has_changed(self, hosts: Sequence[str], now: float, wall: float, period: float) -> bool:
        """`hosts` are our own addresses; `now` and `wall` seconds of both clocks; `period` of the asking.

        The monotonic clock stands still in a sleep on some systems and goes on on others, so both are looked at. A
        calendar that is set is taken for a sleep: asking once too often harms nobody.
        """
        before, elapsed, passed = self._hosts, now - self._now, wall - self._wall
        self._hosts, self._now, self._wall = tuple(hosts), now, wall
        if before is None:
            return False
        slept = max(elapsed, passed) - period > ASLEEP_SECONDS
        # Without any address there is nobody to ask; the next change is the one that counts.
        return bool(hosts) and (slept or before != self._hosts)
