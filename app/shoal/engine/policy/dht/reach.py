"""Whether others reach our DHT port, or we had better be read-only (BEP 43). Pure: time is an argument.

Only a question from somebody whom we have not written to proves it: what comes through a router's hole that our own
packets made proves nothing. For a while we take part in full; when nobody came by then, we are read-only for an hour
and try again, for a read-only node is asked by nobody.
"""

from __future__ import annotations

TRIAL_SECONDS = 900.0
REST_SECONDS = 3_600.0
REMEMBERED_SECONDS = 600.0
"""A router keeps a hole open for less."""
MAX_REMEMBERED = 4_096


class Reach:
    """Of one address family."""

    def __init__(self, now: float) -> None:
        self._trial_until = now + TRIAL_SECONDS
        self._written_to: dict[str, float] = {}

    def wrote(self, host: str, now: float) -> None:
        """We sent something to `host`."""
        self._written_to.pop(host, None)
        self._written_to[host] = now
        if len(self._written_to) > MAX_REMEMBERED:
            del self._written_to[next(iter(self._written_to))]

    def was_asked(self, host: str, now: float) -> None:
        """A question came from `host`."""
        if now - self._written_to.get(host, now - REMEMBERED_SECONDS) >= REMEMBERED_SECONDS:
            self._trial_until = max(self._trial_until, now + REST_SECONDS)

    def is_hidden(self, now: float) -> bool:
        """Nobody reached us during the last trial."""
        if now >= self._trial_until + REST_SECONDS:
            self._trial_until = now + TRIAL_SECONDS
        return now >= self._trial_until
