"""Rate limits as a tree of token buckets (session, torrent, ...): how many bytes may pass now.

A bucket fills with elapsed time and starts empty, so that the mean holds from the first second on. A take may be larger
than what is there: the bucket goes into debt and allows nothing until the debt is paid, so the long-run mean does
not depend on the size of the takes. Pure: time is an argument.
"""

from __future__ import annotations

UNLIMITED = 1 << 40
"""What `allowance` answers where nothing limits, in bytes."""

BURST_SECONDS = 0.25
BURST_FLOOR_BYTES = 32 * 1024
BURST_FLOOR_SECONDS = 0.5
"""The floor in bytes is itself at most this much time, so a slow limit's burst stays under 1 % of a minute."""

_WAIT_MARGIN_SECONDS = 1e-6


class TokenBucket:
    """One limit in bytes/s (0 = none) under an optional parent; a byte passes only when every bucket above agrees."""

    __slots__ = ("_burst", "_filled_at", "_parent", "_rate", "_tokens")

    def __init__(self, rate: float = 0.0, *, parent: TokenBucket | None = None, now: float = 0.0) -> None:
        self._parent = parent
        self._rate = max(0.0, rate)
        self._burst = _burst_bytes(self._rate)
        self._tokens = 0.0
        self._filled_at = now

    @property
    def rate(self) -> float:
        """This bucket's own limit in bytes/s, 0 = none."""
        return self._rate

    @property
    def is_limited(self) -> bool:
        """True when this bucket or one above it has a limit."""
        bucket: TokenBucket | None = self
        while bucket is not None:
            if bucket._rate:
                return True
            bucket = bucket._parent
        return False

    def set_rate(self, rate: float, now: float) -> None:
        """Change the limit. A debt keeps its waiting time, so that lowering a limit never stalls a transfer."""
        self._fill(now)
        rate = max(0.0, rate)
        if not self._rate or not rate:
            self._tokens = 0.0
        elif self._tokens < 0:
            self._tokens *= rate / self._rate
        self._rate = rate
        self._burst = _burst_bytes(rate)
        self._tokens = min(self._tokens, self._burst)
        self._filled_at = now

    def allowance(self, now: float) -> int:
        """Bytes that may pass now, `UNLIMITED` when neither this bucket nor one above limits."""
        least: float = UNLIMITED
        bucket: TokenBucket | None = self
        while bucket is not None:
            if bucket._rate:
                bucket._fill(now)
                least = min(least, bucket._tokens)
            bucket = bucket._parent
        return max(0, int(least))

    def take(self, count: int, now: float) -> None:
        """Charge `count` bytes to this bucket and all above it; may leave them in debt."""
        bucket: TokenBucket | None = self
        while bucket is not None:
            if bucket._rate:
                bucket._fill(now)
                bucket._tokens -= count
            bucket = bucket._parent

    def wait(self, now: float) -> float:
        """Seconds until `allowance` is above 0 when nobody takes meanwhile; 0 when it is already."""
        longest = 0.0
        bucket: TokenBucket | None = self
        while bucket is not None:
            if bucket._rate:
                bucket._fill(now)
                if bucket._tokens < 1:
                    longest = max(longest, (1 - bucket._tokens) / bucket._rate + _WAIT_MARGIN_SECONDS)
            bucket = bucket._parent
        return longest

    def _fill(self, now: float) -> None:
        elapsed = now - self._filled_at
        if elapsed > 0:
            self._tokens = min(self._tokens + elapsed * self._rate, self._burst)
            self._filled_at = now


def _burst_bytes(rate: float) -> float:
    """At least one byte, or a very slow limit would never allow anything."""
    return max(rate * BURST_SECONDS, min(BURST_FLOOR_BYTES, rate * BURST_FLOOR_SECONDS), 1.0)
