"""What lies between simulated hosts: links with latency and loss, and pipes that share a bandwidth fairly."""

from __future__ import annotations

import asyncio
import heapq
from collections.abc import Callable
from dataclasses import dataclass, field

RETRANSMIT_SECONDS = 0.2
"""What a lost segment costs a stream at least: TCP's usual minimal retransmission time."""

MAX_WAITING_BYTES = 1 << 20
"""A pipe drops datagrams when so much waits for it already, as a router's queue does. Streams have a window."""


@dataclass
class Gate:
    """Something that lets traffic through or not: datagrams vanish, streams stand still until `restore`."""

    is_down: bool = field(default=False, kw_only=True)
    held: list[Callable[[], None]] = field(default_factory=list, kw_only=True, repr=False)

    def cut(self) -> None:
        """Let nothing through until `restore`."""
        self.is_down = True

    def restore(self) -> None:
        """Let everything through again; what streams had under way arrives now."""
        self.is_down = False
        held, self.held = self.held, []
        for resume in held:
            resume()


@dataclass
class Link(Gate):
    """The way between two hosts, the same in both directions; change it at any time.

    `latency` and `jitter` in seconds one way, `loss` as a probability per segment or datagram. A segment of
    a stream that is lost comes late, and what follows it waits; a lost datagram is gone.
    """

    latency: float = 0.02
    jitter: float = 0.0
    loss: float = 0.0

    @property
    def retransmit_delay(self) -> float:
        """How much later a lost segment arrives, in seconds."""
        return max(RETRANSMIT_SECONDS, 2 * self.latency)


class Pipe:
    """One direction of a host's line: passes `rate` bytes/s (0 = no limit), each flow its fair share of the bytes.

    Start-time fair queueing: a segment is due when its flow has had as many bytes as the others, so that small
    segments do not lose to large ones and a message of an idle flow goes first.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop, rate: float) -> None:
        self.rate = rate
        self.passed_bytes = 0
        self.waiting_bytes = 0
        self._loop = loop
        self._queue: list[tuple[float, int, int, Callable[[], None]]] = []
        self._shares: dict[object, float] = {}
        self._share = 0.0
        self._serial = 0
        self._busy = False

    def put(self, flow: object, size: int, passed: Callable[[], None]) -> None:
        """Call `passed()` once `size` bytes of `flow` are through: at once where nothing limits them."""
        if self.rate <= 0 and not self._busy:
            self.passed_bytes += size
            passed()
            return
        start = max(self._share, self._shares.get(flow, 0.0))
        self._shares[flow] = start + size
        self._serial += 1
        heapq.heappush(self._queue, (start, self._serial, size, passed))
        self.waiting_bytes += size
        if not self._busy:
            self._next()

    def _next(self) -> None:
        if not self._queue:
            self._shares.clear()
            self._share = 0.0
            return
        self._share, _, size, passed = heapq.heappop(self._queue)
        self._busy = True
        seconds = size / self.rate if self.rate > 0 else 0.0
        self._loop.call_later(seconds, self._done, size, passed)

    def _done(self, size: int, passed: Callable[[], None]) -> None:
        self.waiting_bytes -= size
        self.passed_bytes += size
        # Still busy while it is passed on, so that the flow's next segment is weighed against the others.
        passed()
        self._busy = False
        self._next()
