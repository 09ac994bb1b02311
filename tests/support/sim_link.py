"""What lies between simulated hosts: links with latency and loss, and pipes that share a bandwidth fairly."""

from __future__ import annotations

import asyncio
from collections import deque
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
    """One direction of a host's line: passes `rate` bytes/s (0 = no limit), flows taking turns by segment."""

    def __init__(self, loop: asyncio.AbstractEventLoop, rate: float) -> None:
        self.rate = rate
        self.passed_bytes = 0
        self.waiting_bytes = 0
        self._loop = loop
        self._queues: dict[object, deque[tuple[int, Callable[[], None]]]] = {}
        self._turns: deque[object] = deque()
        self._busy = False

    def put(self, flow: object, size: int, passed: Callable[[], None]) -> None:
        """Call `passed()` once `size` bytes of `flow` are through: at once where nothing limits them."""
        if self.rate <= 0 and not self._busy:
            self.passed_bytes += size
            passed()
            return
        queue = self._queues.get(flow)
        if queue is None:
            queue = self._queues[flow] = deque()
            self._turns.append(flow)
        queue.append((size, passed))
        self.waiting_bytes += size
        if not self._busy:
            self._next()

    def _next(self) -> None:
        if not self._turns:
            return
        flow = self._turns.popleft()
        queue = self._queues[flow]
        size, passed = queue.popleft()
        if queue:
            self._turns.append(flow)
        else:
            del self._queues[flow]
        self._busy = True
        seconds = size / self.rate if self.rate > 0 else 0.0
        self._loop.call_later(seconds, self._done, size, passed)

    def _done(self, size: int, passed: Callable[[], None]) -> None:
        self.waiting_bytes -= size
        self.passed_bytes += size
        # Still busy while it is passed on, so that a next segment of the same flow queues behind the others.
        passed()
        self._busy = False
        self._next()
