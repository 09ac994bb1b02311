"""How long a download will still take, from its rate smoothed over about a minute. Pure: time is an argument."""

from __future__ import annotations

SMOOTHING_SECONDS = 60.0
MIN_RATE = 1.0
"""Bytes/s below which nothing flows: no answer is more honest than a year."""
MAX_SECONDS = 365 * 86_400.0
"""Longer than this is unknown."""


class TimeLeft:
    """A mean rate over roughly the last minute; while it flows for less than that, over all that time."""

    __slots__ = ("_age", "_last_at", "_pending", "_rate")

    def __init__(self) -> None:
        self._rate = 0.0
        self._age = 0.0
        self._pending = 0
        self._last_at: float | None = None

    @property
    def rate(self) -> float:
        """Smoothed bytes/s."""
        return self._rate

    def update(self, byte_count: int, now: float) -> None:
        """Account for `byte_count` payload bytes that came since the last call; call about once a second."""
        if self._last_at is None:
            self._last_at = now
            return
        self._pending += byte_count
        elapsed = now - self._last_at
        if elapsed <= 0:
            return
        self._last_at = now
        if self._rate < MIN_RATE:
            self._age = 0.0  # the wait for the first bytes says nothing about their rate
        self._age = min(self._age + elapsed, SMOOTHING_SECONDS)
        weight = min(1.0, elapsed / self._age)
        self._rate += weight * (self._pending / elapsed - self._rate)
        self._pending = 0

    def reset(self) -> None:
        """Forget everything, as after a stop."""
        self._rate = 0.0
        self._age = 0.0
        self._pending = 0
        self._last_at = None

    def eta(self, remaining: int) -> float | None:
        """Seconds until `remaining` bytes are here; 0 when none remain, None when nothing flows or beyond a year."""
        if remaining <= 0:
            return 0.0
        if self._rate < MIN_RATE:
            return None
        seconds = remaining / self._rate
        return seconds if seconds <= MAX_SECONDS else None
