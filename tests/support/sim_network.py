"""A simulated internet: hosts with addresses and lines, links between them, and `Network` for each host.

Streams share a host's line fairly, keep order, push back when the reader pauses, and can be refused, reset,
cut or swallowed. Headers are not counted. Everything happens on the running (virtual-time) loop.
"""

from __future__ import annotations

import asyncio
import errno
import os
import random
import socket
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from ipaddress import ip_address
from typing import NamedTuple

from tests.support.sim_dial import SimDial
from tests.support.sim_flow import Route as FlowRoute
from tests.support.sim_link import MAX_WAITING_BYTES, Gate, Link, Pipe
from tests.support.sim_multicast import SimGroupPort
from tests.support.sim_stream import SimTransport

from shoal.runtime.world import Address, GroupPort, Listener, Route, StreamFactory, UdpPort

MAX_WINDOW_BYTES = 1 << 20
FIRST_EPHEMERAL_PORT = 32_768
MAX_DATAGRAM_BYTES = 65_507
NAME_SECONDS = 0.03
DEAD_NAME_SECONDS = 30.0
"""How long the system's resolver keeps trying when no name server answers."""


class TraceEvent(NamedTuple):
    """Something that arrived, or not: virtual seconds, what, from, to, bytes."""

    at: float
    kind: str
    source: Address
    target: Address
    size: int


@lru_cache(maxsize=4096)
def canonical(host: str) -> str:
    """The usual text of a numeric address; OSError for a name."""
    try:
        return str(ip_address(host))
    except ValueError:
        raise socket.gaierror(socket.EAI_NONAME, "not a numeric address") from None


def is_loopback(host: str) -> bool:
    return host.startswith("127.") or host == "::1"


def wildcard(host: str) -> str:
    return "::" if ":" in host else "0.0.0.0"


def os_error(code: int) -> OSError:
    """The OSError subclass that the system raises for `code`."""
    return OSError(code, os.strerror(code))


class SimInternet:
    """All hosts. Must be made while the loop runs; `rng` decides losses and jitter.

    `names` is what resolve() knows: host name to addresses; a name with no addresses takes
    `DEAD_NAME_SECONDS` to fail, one that is missing fails at once. With `record=True`, `events` tells
    everything that arrived (and datagrams that got lost), in order.
    """

    def __init__(
        self,
        rng: random.Random,
        *,
        latency: float = 0.02,
        max_window: int = MAX_WINDOW_BYTES,
        record: bool = False,
    ) -> None:
        self.loop = asyncio.get_running_loop()
        self.random = rng
        self.default_latency = latency
        self.max_window = max_window
        self.names: dict[str, list[str]] = {}
        self.events: list[TraceEvent] = []
        self.groups: list[SimGroupPort] = []
        self._record = record
        self._owners: dict[str, SimHost] = {}
        self._links: dict[tuple[str, str], Link] = {}

    def host(self, name: str, addresses: Sequence[str], *, up: float = 0.0, down: float = 0.0) -> SimHost:
        """Add a host. `up` and `down` are the rates of its line in bytes/s, 0 for no limit."""
        host = SimHost(self, name, up=up, down=down)
        host.set_addresses(addresses)
        return host

    def link(self, one: SimHost, other: SimHost) -> Link:
        """The link between two hosts, to be changed at will; made with the default latency when first asked for."""
        key = (one.name, other.name) if one.name <= other.name else (other.name, one.name)
        link = self._links.get(key)
        if link is None:
            link = self._links[key] = Link(latency=self.default_latency)
        return link

    def owner(self, address: str) -> SimHost | None:
        """Which host has the address at the moment."""
        return self._owners.get(address)

    def claim(self, address: str, host: SimHost) -> None:
        if address in self._owners:
            raise ValueError(f"{address} belongs to {self._owners[address].name} already")
        self._owners[address] = host

    def release(self, address: str) -> None:
        del self._owners[address]

    def trace(self, kind: str, source: Address, target: Address, size: int) -> None:
        if self._record:
            self.events.append(TraceEvent(self.loop.time(), kind, source, target, size))

    def reset_streams(self, one: SimHost, other: SimHost | None = None) -> int:
        """Break every stream between two hosts, or all of one host, at once at both ends; returns how many."""
        broken = 0
        for near in list(one.streams):
            far_host = one if is_loopback(near.remote.host) else self.owner(near.remote.host)
            if other is not None and far_host is not other:
                continue
            broken += 1
            for far in list(far_host.streams) if far_host is not None else []:
                if (far.local, far.remote) == (near.remote, near.local):
                    self.loop.call_soon(far.on_arrival, "reset", b"")
            self.loop.call_soon(near.on_arrival, "reset", b"")
        return broken


@dataclass(eq=False)
class SimListener:
    """`Listener` of a simulated host."""

    host: SimHost
    factory: StreamFactory
    addresses: tuple[Address, ...]

    def close(self) -> None:
        for address in self.addresses:
            if self.host.listeners.get(address) is self:
                del self.host.listeners[address]


@dataclass(eq=False)
class SimUdpPort:
    """`UdpPort` of a simulated host."""

    host: SimHost
    receiver: Callable[[memoryview, Address], None]
    address: Address
    spoken_to: set[Address] = field(default_factory=set)

    def send(self, data: bytes, to: Address) -> None:
        if self.host.udp_ports.get(self.address) is self:
            self.host.send_datagram(self, bytes(data), Address(canonical(to.host), to.port))

    def close(self) -> None:
        if self.host.udp_ports.get(self.address) is self:
            del self.host.udp_ports[self.address]


class SimHost:
    """A machine, and its `Network`.

    Change at will: `up.rate` and `down.rate` (bytes/s, 0 = no limit); `line.cut()` and `line.restore()` for
    the cable; `is_black_hole` swallows every attempt to connect; `is_firewalled` swallows those and
    datagrams from addresses that the port has not sent to, as a home router does.
    """

    def __init__(self, internet: SimInternet, name: str, *, up: float, down: float) -> None:
        self.internet = internet
        self.name = name
        self.line = Gate()
        self.up = Pipe(internet.loop, up)
        self.down = Pipe(internet.loop, down)
        self.lan = name
        """Hosts of one local network hear each other's multicast; each has one of its own at first."""
        self.routes: list[Route] = []
        """Ways out through routers, for those who ask; the simulated internet itself needs none."""
        self.is_black_hole = False
        self.is_firewalled = False
        self.streams: dict[SimTransport, None] = {}
        self.listeners: dict[Address, SimListener] = {}
        self.udp_ports: dict[Address, SimUdpPort] = {}
        self._addresses: tuple[str, ...] = ()
        self._next_port = FIRST_EPHEMERAL_PORT

    @property
    def addresses(self) -> tuple[str, ...]:
        return self._addresses

    def set_addresses(self, addresses: Sequence[str]) -> None:
        """Take new addresses; streams of lost ones hang, as they do when a real address goes away."""
        for address in self._addresses:
            self.internet.release(address)
        self._addresses = tuple(canonical(address) for address in addresses)
        for address in self._addresses:
            self.internet.claim(address, self)

    def vanish(self, *, silently: bool) -> None:
        """The machine's programs are gone: peers hear resets, or nothing at all when `silently` (power loss).

        What is left of the old program may go on calling this host: nobody hears it.
        """
        for stream in list(self.streams):
            stream.vanish(silently=silently)
        self.streams.clear()
        self.listeners.clear()
        self.udp_ports.clear()
        self.internet.groups = [port for port in self.internet.groups if port.host is not self]
        self.set_addresses(())

    # Network

    async def dial(
        self, factory: StreamFactory, address: Address, *, local_host: str | None = None
    ) -> tuple[asyncio.Transport, asyncio.BufferedProtocol]:
        target = Address(canonical(address.host), address.port)
        local = Address(self.source_host(target.host, local_host), self.free_port())
        return await SimDial(self, factory, local, target).run()

    async def listen(self, factory: StreamFactory, hosts: Sequence[str], port: int) -> Listener:
        usable: list[str] = []
        failure: OSError = os_error(errno.EINVAL)
        chosen = port or self.free_port()
        for host in dict.fromkeys(canonical(host) for host in hosts):
            if not self._can_bind(host):
                failure = os_error(errno.EADDRNOTAVAIL)
            elif _is_taken(self.listeners, host, chosen):
                failure = os_error(errno.EADDRINUSE)
            else:
                usable.append(host)
        if not usable:
            raise failure
        listener = SimListener(self, factory, tuple(Address(host, chosen) for host in usable))
        self.listeners.update(dict.fromkeys(listener.addresses, listener))
        return listener

    async def open_udp(self, receiver: Callable[[memoryview, Address], None], host: str, port: int) -> UdpPort:
        host = canonical(host)
        if not self._can_bind(host):
            raise os_error(errno.EADDRNOTAVAIL)
        chosen = port or self.free_port()
        if _is_taken(self.udp_ports, host, chosen):
            raise os_error(errno.EADDRINUSE)
        opened = SimUdpPort(self, receiver, Address(host, chosen))
        self.udp_ports[opened.address] = opened
        return opened

    async def join_group(self, receiver: Callable[[memoryview, Address], None], group: str, port: int) -> GroupPort:
        joined = SimGroupPort(self, receiver, Address(canonical(group), port))
        self.internet.groups.append(joined)
        return joined

    def own_hosts(self) -> tuple[str, ...]:
        return () if self.line.is_down else self._addresses

    def default_routes(self) -> list[Route]:
        return [] if self.line.is_down else list(self.routes)

    async def resolve(self, host: str, port: int) -> list[Address]:
        try:
            return [Address(canonical(host), port)]
        except OSError:
            pass
        if host == "localhost":
            return [Address("127.0.0.1", port), Address("::1", port)]
        found = self.internet.names.get(host)
        is_dead = self.line.is_down or not self._addresses or found == []
        await asyncio.sleep(DEAD_NAME_SECONDS if is_dead else NAME_SECONDS)
        if is_dead:
            raise socket.gaierror(socket.EAI_AGAIN, "Temporary failure in name resolution")
        if found is None:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [Address(canonical(address), port) for address in dict.fromkeys(found)]

    # What the simulation's parts need of each other

    def free_port(self) -> int:
        """The next ephemeral port, in order, so that runs repeat."""
        port = self._next_port
        self._next_port = port + 1 if port < 65_535 else FIRST_EPHEMERAL_PORT
        return port

    def source_host(self, target: str, wanted: str | None = None) -> str:
        """The own address from which `target` is reached, or `wanted` when it is one; OSError else."""
        if wanted is not None:
            wanted = canonical(wanted)
            if not self._can_bind(wanted) or (":" in wanted) != (":" in target):
                raise os_error(errno.EADDRNOTAVAIL)
            if wanted not in ("0.0.0.0", "::"):
                return wanted
        if is_loopback(target):
            return target
        own = self.own_address(target)
        if own is None:
            raise os_error(errno.ENETUNREACH)
        return own

    def own_address(self, target: str) -> str | None:
        """The first own address of the target's family."""
        return next((address for address in self._addresses if (":" in address) == (":" in target)), None)

    def listener_at(self, address: Address) -> SimListener | None:
        return self.listeners.get(address) or self.listeners.get(Address(wildcard(address.host), address.port))

    def peer_at(self, host: str) -> SimHost | None:
        """The host that `host` means when this one says it."""
        return self if is_loopback(host) else self.internet.owner(host)

    def route_to(self, other: SimHost) -> FlowRoute:
        internet = self.internet

        def owner(address: str) -> SimHost | None:
            return other if is_loopback(address) else internet.owner(address)

        return FlowRoute(
            loop=internet.loop,
            link=internet.link(self, other),
            random=internet.random,
            source=self,
            target=other,
            max_window=internet.max_window,
            owner=owner,
            trace=internet.trace,
        )

    def send_datagram(self, port: SimUdpPort, data: bytes, to: Address) -> None:
        bound = port.address.host
        if len(data) > MAX_DATAGRAM_BYTES or (":" in bound) != (":" in to.host):
            return
        try:
            host = self.source_host(to.host, bound)
        except OSError:
            return
        port.spoken_to.add(to)
        source = Address(host, port.address.port)
        if is_loopback(to.host):
            self.internet.loop.call_soon(self._receive_datagram, data, source, to)
        elif self.up.waiting_bytes + len(data) > MAX_WAITING_BYTES and self.up.rate > 0:
            self.internet.trace("datagram lost", source, to, len(data))
        else:
            self.up.put(port, len(data), lambda: self._carry_datagram(data, source, to))

    def _carry_datagram(self, data: bytes, source: Address, to: Address) -> None:
        internet = self.internet
        target = internet.owner(to.host)
        if target is None:
            internet.trace("datagram lost", source, to, len(data))
            return
        link = internet.link(self, target)
        if link.loss and internet.random.random() < link.loss:
            internet.trace("datagram lost", source, to, len(data))
            return
        delay = link.latency + (link.jitter * internet.random.random() if link.jitter else 0.0)
        internet.loop.call_later(delay, self._land_datagram, data, source, to)

    def _land_datagram(self, data: bytes, source: Address, to: Address) -> None:
        internet = self.internet
        target = internet.owner(to.host)
        is_lost = (
            target is None
            or internet.owner(source.host) is not self
            or self.line.is_down
            or target.line.is_down
            or internet.link(self, target).is_down
            or (target.down.rate > 0 and target.down.waiting_bytes + len(data) > MAX_WAITING_BYTES)
        )
        if target is None or is_lost:
            internet.trace("datagram lost", source, to, len(data))
        else:
            target.down.put(source, len(data), lambda: target._receive_datagram(data, source, to))

    def _receive_datagram(self, data: bytes, source: Address, to: Address) -> None:
        port = self.udp_ports.get(to) or self.udp_ports.get(Address(wildcard(to.host), to.port))
        if port is None or (self.is_firewalled and not is_loopback(source.host) and source not in port.spoken_to):
            self.internet.trace("datagram lost", source, to, len(data))
            return
        self.internet.trace("datagram", source, to, len(data))
        port.receiver(memoryview(data), source)

    def _can_bind(self, host: str) -> bool:
        if host in ("0.0.0.0", "127.0.0.1"):
            return True
        if host in ("::", "::1"):
            # A machine without any IPv6 address still has the loopback one.
            return True
        return host in self._addresses


def _is_taken(bound: dict[Address, SimListener] | dict[Address, SimUdpPort], host: str, port: int) -> bool:
    """Whether the port is taken at this address, or at all of its family."""
    same_family = [other for other, taken in bound if taken == port and (":" in other) == (":" in host)]
    return host in same_family or (host == wildcard(host) and bool(same_family)) or wildcard(host) in same_family
