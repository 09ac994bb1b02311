"""A home router on the simulated network that speaks PCP and NAT-PMP, as it should or as a test wants it to."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from ipaddress import IPv6Address, ip_address
from typing import NamedTuple

from tests.support.sim_world import Machine, SimWorld

from shoal.engine.discovery.routers.search import RouterSearch
from shoal.runtime.world import Address, Route, UdpPort

ROUTER, HOME = "192.168.1.1", "192.168.1.10"
EXTERNAL = "203.0.114.7"


class Entry(NamedTuple):
    """What the router passes on: to which host and port of ours, until when in virtual seconds."""

    host: str
    internal_port: int
    until: float


@dataclass
class SimRouter:
    """`table` is what it passes on, by (is TCP, external port). Everything may be changed while it runs."""

    sim: SimWorld
    host: str = ROUTER
    ways: set[str] = field(default_factory=lambda: {"PCP", "NAT-PMP"})
    external: str = EXTERNAL
    is_silent: bool = False
    result: int = 0
    """What every mapping is answered with; 0 grants it."""
    lifetime: int = 7200
    """The longest that it grants."""
    taken: set[int] = field(default_factory=set)
    """External ports of others."""
    table: dict[tuple[bool, int], Entry] = field(default_factory=dict)
    asked: list[tuple[float, str]] = field(default_factory=list)
    """Virtual seconds and kind of every request."""
    garbage: bytes = b""
    """Sent before every answer."""
    started_at: float = 0.0
    _port: UdpPort | None = None

    async def start(self) -> SimRouter:
        host = self.sim.internet.host(f"router {self.host}", [self.host])
        self._port = await host.open_udp(self._receive, self.host, 5351)
        self.started_at = self.sim.loop.time() - 1000.0
        return self

    def reboot(self) -> None:
        """It forgets everything, and its clock begins anew."""
        self.table.clear()
        self.started_at = self.sim.loop.time()

    @property
    def passed(self) -> dict[tuple[bool, int], tuple[str, int]]:
        """What is passed on now."""
        now = self.sim.loop.time()
        return {key: (entry.host, entry.internal_port) for key, entry in self.table.items() if entry.until > now}

    def kinds(self) -> list[str]:
        return [kind for _, kind in self.asked]

    def _receive(self, data: memoryview, source: Address) -> None:
        wire = bytes(data)
        answer = self._nat_pmp(wire, source) if wire[0] == 0 else self._pcp(wire, source)
        if self.is_silent or self._port is None:
            return
        if self.garbage:
            self._port.send(self.garbage, source)
        if answer:
            self._port.send(answer, source)

    @property
    def _epoch(self) -> int:
        return int(self.sim.loop.time() - self.started_at)

    def _note(self, kind: str) -> None:
        self.asked.append((self.sim.loop.time(), kind))

    def _nat_pmp(self, wire: bytes, source: Address) -> bytes:
        if "NAT-PMP" not in self.ways:
            return b""
        if wire[1] == 0:
            self._note("address")
            return struct.pack(">BBHI4s", 0, 128, 0, self._epoch, ip_address(self.external).packed)
        _, opcode, _, internal, external, lifetime = struct.unpack(">BBHHHI", wire)
        is_tcp = opcode == 2
        self._note(f"{'un' if not lifetime else ''}map")
        granted = self._take(is_tcp, source.host, internal, external, lifetime)
        kept = min(lifetime, self.lifetime)
        return struct.pack(">BBHIHHI", 0, 128 + opcode, self.result, self._epoch, internal, granted, kept)

    def _pcp(self, wire: bytes, source: Address) -> bytes:
        if "PCP" not in self.ways:
            return struct.pack(">BBHI", 0, 128, 1, self._epoch) if "NAT-PMP" in self.ways else b""
        opcode, lifetime = wire[1], struct.unpack_from(">I", wire, 4)[0]
        kept = min(lifetime, self.lifetime)
        head = struct.pack(">BBBBII12x", 2, 0x80 | opcode, 0, 0 if opcode == 0 else self.result, kept, self._epoch)
        if opcode == 0:
            self._note("announce")
            return head
        nonce, protocol, internal, external, _ = struct.unpack_from(">12sB3xHH16s", wire, 24)
        self._note(f"{'un' if not lifetime else ''}map")
        granted = self._take(protocol == 6, source.host, internal, external, lifetime)
        shown = IPv6Address(f"::ffff:{self.external}").packed
        return head + struct.pack(">12sB3xHH16s", nonce, protocol, internal, granted, shown)

    def _take(self, is_tcp: bool, host: str, internal: int, external: int, lifetime: int) -> int:
        """The external port."""
        self.table = {
            key: entry for key, entry in self.table.items() if (key[0], entry[:2]) != (is_tcp, (host, internal))
        }
        if not lifetime or self.result:
            return 0
        while external in self.taken or (is_tcp, external) in self.table:
            external += 1
        self.table[is_tcp, external] = Entry(host, internal, self.sim.loop.time() + min(lifetime, self.lifetime))
        return external


def behind(sim: SimWorld, name: str, router: str = ROUTER, *, host: str = HOME) -> Machine:
    """A machine in a home network whose router is at `router`."""
    machine = sim.add_host(name, addresses=[host])
    machine.host.routes = [Route(router, host)]
    return machine


def search(machine: Machine) -> RouterSearch:
    """By PCP and NAT-PMP alone."""
    return RouterSearch(machine.world, None)
