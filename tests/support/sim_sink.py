"""The least of a peer, for tests of the simulation: streams that count what arrives."""

from __future__ import annotations

import asyncio
from typing import cast

from tests.support.sim_world import Machine

from shoal.runtime.world import Address

PORT = 6881


class Sink(asyncio.BufferedProtocol):
    """Counts what arrives, and when it became connected and lost."""

    def __init__(self) -> None:
        self.buffer = bytearray(1 << 18)
        self.count = 0
        self.arrived = asyncio.Event()
        self.lost: asyncio.Future[BaseException | None] = asyncio.get_running_loop().create_future()
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(self.buffer)

    def buffer_updated(self, nbytes: int) -> None:
        self.count += nbytes
        self.arrived.set()

    def connection_lost(self, exc: BaseException | None) -> None:
        self.lost.set_result(exc)


class Sinks:
    """The factory of a listener."""

    def __init__(self) -> None:
        self.all: list[Sink] = []

    def __call__(self) -> Sink:
        self.all.append(Sink())
        return self.all[-1]


def address(machine: Machine, family: int = 4) -> Address:
    return Address(machine.host.addresses[0 if family == 4 else 1], PORT)


async def connect(near: Machine, far: Machine) -> tuple[Sink, Sink]:
    """A stream between two machines; returns both ends."""
    sinks = Sinks()
    listener = await far.host.listen(sinks, ["0.0.0.0", "::"], PORT)
    _, protocol = await near.host.dial(Sink, address(far))
    listener.close()
    return cast("Sink", protocol), sinks.all[0]


async def send_all(sink: Sink, size: int) -> None:
    sink.transport.write(bytes(size))
    sink.transport.close()
