"""Connecting in the simulation: SYN, answer, refusal, silence."""

from __future__ import annotations

import asyncio
import errno
import os
from typing import TYPE_CHECKING

from tests.support.sim_flow import SimFlow
from tests.support.sim_stream import SimTransport, open_pair

from shoal.runtime.world import Address, StreamFactory

if TYPE_CHECKING:
    from tests.support.sim_network import SimHost

SYN_TRIES = 7
"""With waits of 1, 2, 4 ... 64 seconds, as Linux does: an attempt nobody answers fails after 127 seconds."""


class SimDial:
    """One attempt to connect, from the dialling host's side."""

    def __init__(self, host: SimHost, factory: StreamFactory, local: Address, target: Address) -> None:
        self._host = host
        self._internet = host.internet
        self._loop = host.internet.loop
        self._factory = factory
        self._local = local
        self._target = target
        self._tries = 0
        self._timer: asyncio.TimerHandle | None = None
        self._is_answered = False
        self._future: asyncio.Future[tuple[asyncio.Transport, asyncio.BufferedProtocol]]

    async def run(self) -> tuple[asyncio.Transport, asyncio.BufferedProtocol]:
        """Wait for the connection; raises OSError, and may be cancelled at any time."""
        self._future = self._loop.create_future()
        self._try()
        try:
            return await self._future
        finally:
            if self._timer is not None:
                self._timer.cancel()

    def _try(self) -> None:
        if self._tries == SYN_TRIES:
            self._fail(TimeoutError(errno.ETIMEDOUT, os.strerror(errno.ETIMEDOUT)))
            return
        self._timer = self._loop.call_later(2**self._tries, self._try)
        self._tries += 1
        self._internet.trace("syn", self._local, self._target, 0)
        self._loop.call_later(self._latency(), self._reach)

    def _latency(self) -> float:
        peer = self._host.peer_at(self._target.host)
        if peer is None or peer is self._host:
            return 0.0
        return self._internet.link(self._host, peer).latency

    def _reach(self) -> None:
        """The attempt comes to where the target should be."""
        if self._is_answered or self._future.done():
            return
        host, peer = self._host, self._host.peer_at(self._target.host)
        if peer is None:
            return
        if peer is not host:
            link = self._internet.link(host, peer)
            is_gone = self._internet.owner(self._local.host) is not host
            if is_gone or host.line.is_down or peer.line.is_down or link.is_down:
                return
            if peer.is_black_hole or peer.is_firewalled:
                return
            if link.loss and self._internet.random.random() < link.loss:
                return
        self._is_answered = True
        listener = peer.listener_at(self._target)
        if listener is None:
            error = ConnectionRefusedError(errno.ECONNREFUSED, os.strerror(errno.ECONNREFUSED))
            self._loop.call_later(self._latency(), self._fail, error)
            return
        flows = SimFlow(host.route_to(peer)), SimFlow(peer.route_to(host))
        near = SimTransport(self._loop, self._local, self._target, flows[0], lambda end: host.streams.pop(end, None))
        far = SimTransport(self._loop, self._target, self._local, flows[1], lambda end: peer.streams.pop(end, None))
        open_pair(near, far, flows)
        near.on_connected = lambda: self._connected(near)
        host.streams[near] = None
        peer.streams[far] = None
        flows[1].connected()
        far.start(listener.factory())

    def _connected(self, near: SimTransport) -> None:
        if self._future.done():
            # Given up meanwhile: the kernel knows no such socket any more.
            self._host.streams.pop(near, None)
            near.vanish(silently=False)
            return
        try:
            protocol = self._factory()
        except BaseException as error:
            self._host.streams.pop(near, None)
            near.vanish(silently=False)
            self._fail(error)
            return
        near.start(protocol)
        self._loop.call_soon(self._succeed, near, protocol)

    def _succeed(self, near: SimTransport, protocol: asyncio.BufferedProtocol) -> None:
        if self._future.done():
            near.abort()
        else:
            self._future.set_result((near, protocol))

    def _fail(self, error: BaseException) -> None:
        if not self._future.done():
            self._future.set_exception(error)
