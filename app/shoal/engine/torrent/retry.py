"""When a torrent that a disk error stopped is tried again without being asked to. Pure: time is an argument."""

from __future__ import annotations

FIRST_SECONDS = 30.0
LONGEST_SECONDS = 600.0
LOOKED_AT = frozenset({"disk-full", "folder-gone"})
"""Trying again only looks whether there is room, or a folder: that may be done often."""
WRITTEN_TO = frozenset({"read-only", "permission", "io-error"})
"""Only a write tells whether these have passed, and for that the torrent has to go to its swarm each time."""


class Retry:
    """The pauses of one torrent."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Someone asked for it to go on: the next pause is the shortest."""
        self._pause = FIRST_SECONDS
        self._tried_at = 0.0

    def next_at(self, code: str, now: float) -> float | None:
        """When to try again after a failure `code`, None for one that does not pass by itself.

        Writes that fail again are tried after 30 s, doubled up to ten minutes; one that came after ten good minutes
        counts as the first.
        """
        if code in LOOKED_AT:
            return now + FIRST_SECONDS
        if code not in WRITTEN_TO:
            return None
        if now - self._tried_at > LONGEST_SECONDS:
            self._pause = FIRST_SECONDS
        self._tried_at = now + self._pause
        self._pause = min(2 * self._pause, LONGEST_SECONDS)
        return self._tried_at
