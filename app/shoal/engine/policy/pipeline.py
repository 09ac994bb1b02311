"""How many block requests to keep under way with one peer: it follows the peer's rate and latency.

Slow start doubles the depth while the rate still grows with it; then the depth is what the rate delivers in
`QUEUE_SECONDS` plus one round trip, so that a peer never idles for want of requests nor hoards them.
"""

from __future__ import annotations

BLOCK_LENGTH = 16384
FIRST_DEPTH = 8
LEAST_DEPTH = 2
QUEUE_SECONDS = 3.0
DEFAULT_PEER_QUEUE = 250
"""Requests a peer is taken to queue when it does not say (`reqq`, BEP 10)."""
MOST_DEPTH = 2000


class RequestPipeline:
    """The request depth for one peer. `second(rate)` is called about once a second, `delivered` per batch."""

    __slots__ = ("_ceiling", "_last_rate", "_slow_start", "_stalled_seconds", "depth")

    def __init__(self) -> None:
        self.depth = FIRST_DEPTH
        self._ceiling = DEFAULT_PEER_QUEUE
        self._slow_start = True
        self._last_rate = 0.0
        self._stalled_seconds = 0

    def set_peer_queue(self, requests: int) -> None:
        """The peer said how many requests it holds; more would be rejected or dropped."""
        self._ceiling = max(LEAST_DEPTH, min(requests, MOST_DEPTH))
        self.depth = min(self.depth, self._ceiling)

    def delivered(self, blocks: int) -> None:
        """`blocks` arrived in time: in slow start each makes room for one more."""
        if self._slow_start:
            self.depth = min(self.depth + blocks, self._ceiling)

    def second(self, rate: float, latency: float) -> None:
        """Follow the payload `rate` (B/s) and the `latency` from request to block (s)."""
        if self._slow_start:
            if rate > self._last_rate * 1.1 or rate <= 0:
                self._stalled_seconds = 0
            else:
                self._stalled_seconds += 1
                # Two seconds without growth: more requests in flight no longer bring more data.
                if self._stalled_seconds >= 2:
                    self._slow_start = False
            self._last_rate = max(self._last_rate, rate)
        if not self._slow_start:
            wanted = int(rate * (QUEUE_SECONDS + min(latency, 10.0) * 0.5) / BLOCK_LENGTH) + LEAST_DEPTH
            self.depth = max(LEAST_DEPTH, min(wanted, self._ceiling))

    def snubbed(self) -> None:
        """The peer let requests time out: one at a time until it delivers again."""
        self.depth = 1
        self._slow_start = True
        self._last_rate = 0.0
        self._stalled_seconds = 0
