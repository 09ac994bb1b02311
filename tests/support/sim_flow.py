"""One direction of a simulated TCP stream: window, segments, order, delay."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol

from tests.support.sim_link import Gate, Link, Pipe

from shoal.runtime.world import Address

MAX_SEGMENT_BYTES = 65_536
MIN_SEGMENT_BYTES = 1_460
MIN_WINDOW_BYTES = 65_536
SEGMENT_SECONDS = 0.02
"""On slow lines a segment is what passes in this time, so that one does not hold up the others for long."""

WINDOW_SLACK_SECONDS = 0.1
"""What the window holds beyond one round trip, as buffers in real routers and kernels do."""

Kind = Literal["connected", "data", "eof", "reset"]
Data = bytes | memoryview


class Place(Protocol):
    """A host, as far as a flow must know it."""

    line: Gate
    up: Pipe
    down: Pipe


class End(Protocol):
    """A transport, as far as a flow must know it."""

    local: Address

    def on_arrival(self, kind: Kind, data: Data) -> None: ...

    def on_room(self) -> None: ...


@dataclass(frozen=True)
class Route:
    """What a flow runs over. `owner` tells which host has an address at the moment; `trace` sees every arrival."""

    loop: asyncio.AbstractEventLoop
    link: Link
    random: random.Random
    source: Place
    target: Place
    max_window: int
    owner: Callable[[str], Place | None]
    trace: Callable[[str, Address, Address, int], None]

    @property
    def is_loopback(self) -> bool:
        return self.source is self.target

    @property
    def latency(self) -> float:
        return 0.0 if self.is_loopback else self.link.latency

    @property
    def rate(self) -> float:
        """The slower of the two lines in bytes/s; 0 when neither has a limit."""
        if self.is_loopback:
            return 0.0
        up, down = self.source.up.rate, self.target.down.rate
        return min(up, down) if up > 0 and down > 0 else max(up, down)

    @property
    def window(self) -> int:
        """Bytes that may be under way or unread: rate times round trip and some slack, as TCP would find out."""
        rate = self.rate
        if rate <= 0:
            return self.max_window
        wanted = int(rate * (2 * self.latency + WINDOW_SLACK_SECONDS))
        return max(MIN_WINDOW_BYTES, min(self.max_window, wanted))

    @property
    def segment_bytes(self) -> int:
        rate = self.rate
        if rate <= 0:
            return MAX_SEGMENT_BYTES
        return max(MIN_SEGMENT_BYTES, min(MAX_SEGMENT_BYTES, int(rate * SEGMENT_SECONDS)))


class SimFlow:
    """Carries what one end writes to the other.

    The window bounds everything between the source's program and the target's program, as the two kernels'
    socket buffers do: a target that does not read stops the source.
    """

    def __init__(self, route: Route) -> None:
        self.source: End
        self.target: End
        self._route = route
        self._loop = route.loop
        self._pending: deque[memoryview] = deque()
        self._pending_bytes = 0
        self._in_flight = 0
        self._is_queued = False
        self._is_pumping = False
        self._eof_wanted = False
        self._eof_sent = False
        self._is_dead = False
        self._arrivals: deque[tuple[float, Kind, Data]] = deque()
        self._last_arrival = 0.0
        self._timer: asyncio.TimerHandle | None = None
        self._is_held = False

    @property
    def unsent_bytes(self) -> int:
        """What the source's kernel has not taken yet, so that its transport holds it."""
        return max(0, self._pending_bytes + self._in_flight - self._route.window)

    def write(self, data: bytes) -> None:
        if self._is_dead or self._eof_sent:
            return
        self._pending.append(memoryview(data))
        self._pending_bytes += len(data)
        self.pump()

    def connected(self) -> None:
        """Tell the target that the connection stands."""
        self._depart("connected", b"")

    def finish(self) -> None:
        """Send EOF after everything written so far."""
        self._eof_wanted = True
        self.pump()

    def reset(self) -> None:
        """Send a reset: the last thing the target hears; what was pending is lost."""
        if not self._is_dead:
            self.die()
            self._depart("reset", b"")

    def die(self) -> None:
        """Send nothing any more, not even a reset."""
        self._is_dead = True
        self._pending.clear()
        self._pending_bytes = 0

    def drop_unsent(self) -> None:
        """Forget what the source's kernel has not taken."""
        keep = max(0, self._pending_bytes - self.unsent_bytes)
        kept = self._cut(keep) if keep else b""
        self._pending.clear()
        self._pending_bytes = keep
        if kept:
            self._pending.append(memoryview(kept))

    def consumed(self, size: int) -> None:
        """The target's program has read `size` bytes; the source learns of it a latency later."""
        self._loop.call_later(self._route.latency, self._acknowledged, size)

    def pump(self) -> None:
        """Send what the window has room for."""
        if self._is_pumping:
            return
        self._is_pumping = True
        route = self._route
        while not self._is_queued and not self._is_dead and not self._eof_sent:
            if self._pending_bytes:
                size = min(self._pending_bytes, route.segment_bytes)
                if route.window - self._in_flight < size:
                    break
                data = self._cut(size)
                self._in_flight += size
                if route.is_loopback:
                    self._depart("data", data)
                else:
                    self._is_queued = True
                    route.source.up.put(self, size, lambda data=data: self._through(data))  # type: ignore[misc]
            elif self._eof_wanted:
                self._eof_sent = True
                self._depart("eof", b"")
            else:
                break
        self._is_pumping = False

    def _through(self, data: Data) -> None:
        """A segment has left the source's line."""
        self._is_queued = False
        if not self._is_dead:
            self._depart("data", data)
            self.pump()

    def _acknowledged(self, size: int) -> None:
        self._in_flight -= size
        self.pump()
        self.source.on_room()

    def _cut(self, size: int) -> Data:
        self._pending_bytes -= size
        first = self._pending[0]
        if len(first) > size:
            self._pending[0] = first[size:]
            return first[:size]
        parts: list[memoryview] = []
        while size:
            part = self._pending.popleft()
            if len(part) > size:
                self._pending.appendleft(part[size:])
                part = part[:size]
            parts.append(part)
            size -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _depart(self, kind: Kind, data: Data) -> None:
        route = self._route
        if route.owner(self.source.local.host) is not route.source:
            return  # the host has lost the address: nothing it sends from there comes through
        delay = route.latency
        if not route.is_loopback:
            if route.link.jitter:
                delay += route.link.jitter * route.random.random()
            if route.link.loss and kind == "data" and route.random.random() < route.link.loss:
                delay += route.link.retransmit_delay
        # A stream keeps its order: what follows a late segment waits for it.
        self._last_arrival = max(self._loop.time() + delay, self._last_arrival)
        self._arrivals.append((self._last_arrival, kind, data))
        self._arm()

    def _arm(self) -> None:
        if self._arrivals and self._timer is None and not self._is_held:
            self._timer = self._loop.call_at(self._arrivals[0][0], self._arrive)

    def _arrive(self) -> None:
        self._timer = None
        route = self._route
        if not route.is_loopback:
            for gate in (route.link, route.source.line, route.target.line):
                if gate.is_down:
                    self._is_held = True
                    gate.held.append(self._resume)
                    return
        due = self._loop.time() + 1e-9
        while self._arrivals and self._arrivals[0][0] <= due:
            _, kind, data = self._arrivals.popleft()
            owner = route.owner(self.target.local.host)
            if owner is not route.target:
                self._arrivals.clear()
                if owner is not None and kind != "reset":
                    # Another machine has the address now and knows nothing of this connection.
                    self._loop.call_later(route.latency, self.source.on_arrival, "reset", b"")
                return
            route.trace(kind, self.source.local, self.target.local, len(data))
            if route.is_loopback:
                self.target.on_arrival(kind, data)
            else:
                route.target.down.put(
                    self,
                    len(data),
                    lambda kind=kind, data=data: self.target.on_arrival(kind, data),  # type: ignore[misc]
                )
        self._arm()

    def _resume(self) -> None:
        self._is_held = False
        self._arm()
