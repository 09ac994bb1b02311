"""Questions to a router by UDP, repeated until it answers (RFC 6886, 3.1; RFC 6887, 8.1.1)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from shoal.engine.discovery.routers.router import RouterError
from shoal.engine.policy.port_leases import Refusal
from shoal.protocol.errors import ProtocolError
from shoal.runtime.world import Address, Route, UdpPort, World

logger = logging.getLogger(__name__)

T = TypeVar("T")

WAITS = (0.25, 0.5, 1.0, 2.0)
"""Seconds until the next repetition; after the last the router counts as silent."""
MAX_DATAGRAMS = 200
"""What a router may send us for one question; a flood beyond is not read."""


class RouterPort:
    """A UDP port of ours towards one router; only what comes from there is heard. One question at a time."""

    def __init__(self, target: Address) -> None:
        self._target = target
        self._port: UdpPort | None = None
        self._waiting: Callable[[memoryview], None] | None = None
        self._turn = asyncio.Lock()
        self._heard = 0

    @classmethod
    async def open(cls, world: World, route: Route, port: int) -> RouterPort:
        """Towards `port` of the router of `route`. Raises OSError."""
        opened = cls(Address(route.router, port))
        opened._port = await world.network.open_udp(opened._came, route.local_host, 0)
        return opened

    async def ask(self, question: bytes, read: Callable[[memoryview], T | None], waits: Sequence[float] = WAITS) -> T:
        """The first answer that `read` takes; it answers None for what belongs to another question.

        Raises RouterError when none comes, and what `read` raises but for ProtocolError: that is dropped.
        """
        async with self._turn:
            answer: asyncio.Future[T] = asyncio.get_running_loop().create_future()

            def came(datagram: memoryview) -> None:
                if answer.done():
                    return
                try:
                    found = read(datagram)
                except ProtocolError as error:
                    logger.debug("an answer of a router was dropped: %s", error)
                except RouterError as error:
                    answer.set_exception(error)
                else:
                    if found is not None:
                        answer.set_result(found)

            self._waiting, self._heard = came, 0
            try:
                for wait in waits:
                    if self._port is not None:
                        self._port.send(question, self._target)
                    done, _ = await asyncio.wait((answer,), timeout=wait)
                    if done:
                        return answer.result()
            finally:
                self._waiting = None
                answer.cancel()
        raise RouterError(Refusal.SILENT, "the router does not answer")

    def close(self) -> None:
        """Harmless twice."""
        if self._port is not None:
            self._port.close()
            self._port = None

    def _came(self, datagram: memoryview, source: Address) -> None:
        self._heard += 1
        is_theirs = _bare(source.host) == _bare(self._target.host) and source.port == self._target.port
        if is_theirs and self._waiting is not None and self._heard <= MAX_DATAGRAMS:
            self._waiting(datagram)


def _bare(host: str) -> str:
    """Without the interface of a link-local address."""
    return host.partition("%")[0]
