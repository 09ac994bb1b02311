"""A small world for tracker code on a virtual-time loop: a clock, datagrams between ports, names, scripted HTTP."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Never, cast

from shoal.engine.transport.http_client import HttpReply
from shoal.runtime.world import Address, Files, GroupPort, Listener, StreamFactory, UdpPort, Workers, World

Receiver = Callable[[memoryview, Address], None]
HttpScript = Callable[[str], Awaitable[HttpReply]]


class LoopClock:
    """Time as the running loop has it."""

    def now(self) -> float:
        return asyncio.get_running_loop().time()

    def wall(self) -> float:
        return 1_700_000_000.0 + self.now()


class DatagramNetwork:
    """Names from a table, and datagrams that arrive after `latency` seconds; nothing else exists."""

    def __init__(self, names: dict[str, list[str]] | None = None, latency: float = 0.01) -> None:
        self.names = names or {}
        self.latency = latency
        self.ports: dict[Address, Receiver] = {}
        self.sent: list[tuple[Address, Address, bytes]] = []
        self.hosts = {"0.0.0.0": "10.0.0.1", "::": "fd00::1"}
        """Where a port bound to any host really is; remove one to lack its family."""

    async def open_udp(self, receiver: Receiver, host: str, port: int) -> UdpPort:
        if ":" in host and "::" not in self.hosts:
            raise OSError("no such family")
        address = Address(self.hosts.get(host, host), port or 20_000 + len(self.ports))
        self.ports[address] = receiver
        return _FakePort(self, address)

    async def join_group(self, receiver: Receiver, group: str, port: int) -> GroupPort:
        raise OSError("no multicast here")

    async def resolve(self, host: str, port: int) -> list[Address]:
        if host in self.names:
            return [Address(found, port) for found in self.names[host]]
        if host.replace(".", "").isdigit() or ":" in host:
            return [Address(host, port)]
        raise OSError("unknown name")

    async def dial(
        self, factory: StreamFactory, address: Address, *, local_host: str | None = None
    ) -> tuple[asyncio.Transport, asyncio.BufferedProtocol]:
        raise OSError("no streams here")

    async def listen(self, factory: StreamFactory, hosts: Sequence[str], port: int) -> Listener:
        raise OSError("no streams here")


class _FakePort:
    def __init__(self, network: DatagramNetwork, address: Address) -> None:
        self._network = network
        self.address = address

    def send(self, data: bytes, to: Address) -> None:
        self._network.sent.append((self.address, to, data))
        receiver = self._network.ports.get(to)
        if receiver is not None:
            asyncio.get_running_loop().call_later(self._network.latency, receiver, memoryview(data), self.address)

    def close(self) -> None:
        self._network.ports.pop(self.address, None)


class ScriptedHttp:
    """`HttpClient` that answers by host: an async function of the URL. Remembers what was asked, with the time."""

    def __init__(self, scripts: Mapping[str, HttpScript]) -> None:
        self._scripts = scripts
        self.asked: list[tuple[float, str]] = []

    async def get(
        self,
        url: str,
        *,
        total_timeout: float = 30.0,
        connect_timeout: float = 10.0,
        max_bytes: int = 1 << 20,
        max_redirects: int = 5,
        tracker: bool = False,
        version: int | None = None,
    ) -> HttpReply:
        self.asked.append((asyncio.get_running_loop().time(), url))
        return await self._scripts[url.split("/")[2]](url)

    async def versions(self, url: str) -> tuple[int, ...]:
        return (4,)


def tracker_world(network: DatagramNetwork, seed: int = 1) -> World:
    """A world whose threads and files do not exist."""
    return World(LoopClock(), network, cast(Workers, _Absent()), cast(Files, _Absent()), random.Random(seed))


class _Absent:
    """Tracker code needs neither threads nor files."""

    def __getattribute__(self, name: str) -> Never:
        raise AssertionError(f"tracker code used {name}")
