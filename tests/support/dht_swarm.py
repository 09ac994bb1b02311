"""Many DHT nodes of ours on a simulated network, each with its own machine, that come and go."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from tests.support.sim_world import Machine, SimWorld

from shoal.engine.discovery.dht.service import Dht
from shoal.engine.discovery.dht.wanted import Wanted
from shoal.engine.transport.udp_port import SharedUdp
from shoal.runtime.world import Address

PORT = 6881


class DhtMachine:
    """One machine with a DHT of its own, driven once a second."""

    def __init__(self, machine: Machine, hosts: Sequence[tuple[str, int]] = ()) -> None:
        self.machine = machine
        self.hosts = list(hosts)
        self.udp = SharedUdp(machine.world.network)
        self.dht = Dht(machine.world, self.udp, lambda: self.hosts)
        self.peers: list[Address] = []
        """What was found, in the order found."""
        self._beat: asyncio.Task[None] | None = None

    @property
    def address(self) -> Address:
        return Address(self.machine.host.addresses[0], PORT)

    async def start(self, *, is_read_only: bool = False) -> None:
        await self.udp.open(("0.0.0.0", "::"), PORT)
        self.dht.start(is_read_only=is_read_only)
        self._beat = asyncio.ensure_future(self._seconds())

    async def stop(self) -> None:
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None
        await self.dht.stop()
        self.udp.close()

    def vanish(self) -> None:
        """Gone without a word: its sockets are closed, and nobody is told."""
        self.udp.close()
        if self._beat is not None:
            self._beat.cancel()
            self._beat = None

    def seek(self, info_hash: bytes) -> Wanted:
        return self.dht.find_peers(info_hash, lambda peers, source: self.peers.extend(peers))

    def give(self, info_hash: bytes, port: int = 7000) -> Wanted:
        return self.dht.want(info_hash, lambda: port, lambda peers, source: self.peers.extend(peers))

    async def _seconds(self) -> None:
        # Not all in the same instant.
        await asyncio.sleep(self.machine.world.random.random())
        while True:
            self.dht.second(self.machine.world.clock.now())
            await asyncio.sleep(1.0)


class DhtSwarm:
    """All of them. The first one is the host that everybody begins with."""

    def __init__(self, sim: SimWorld, *, ipv6: bool = False) -> None:
        self.sim = sim
        self.nodes: list[DhtMachine] = []
        self._ipv6 = ipv6
        self._made = 0

    def make(self) -> DhtMachine:
        """A machine that is not started yet, in a network of its own."""
        self._made += 1
        number = self._made
        addresses = (f"2a00:{number:x}::1",) if self._ipv6 else (f"{20 + number // 200}.{number % 200}.7.9",)
        machine = self.sim.add_host(f"dht {number}", addresses=addresses)
        hosts = [tuple(self.nodes[0].address)] if self.nodes else []
        node = DhtMachine(machine, hosts)  # type: ignore[arg-type]
        self.nodes.append(node)
        return node

    async def grow(self, count: int, seconds_apart: float = 0.5) -> list[DhtMachine]:
        """So many more, one after another."""
        fresh = [self.make() for _ in range(count)]
        for node in fresh:
            await node.start()
            await asyncio.sleep(seconds_apart)
        return fresh

    def lose(self, node: DhtMachine) -> None:
        """It vanishes without a word."""
        node.vanish()
        self.nodes.remove(node)

    async def stop(self) -> None:
        for node in self.nodes:
            await node.stop()


async def until(holds: object, seconds: float = 60.0) -> None:
    """Wait until `holds()` is true, looked at often; AssertionError else."""
    assert callable(holds)
    for _ in range(int(seconds * 10)):
        if holds():
            return
        await asyncio.sleep(0.1)
    assert holds(), f"not within {seconds} s"
