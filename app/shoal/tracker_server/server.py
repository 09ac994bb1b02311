"""An embedded tracker for any number of torrents, over HTTP and UDP, IPv4 and IPv6."""

from __future__ import annotations

import asyncio

from shoal.protocol.announce import DEFAULT_INTERVAL_SECONDS
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address, World
from shoal.tracker_server.http_endpoint import HttpEndpoint
from shoal.tracker_server.swarm_table import SwarmRow, SwarmTable
from shoal.tracker_server.udp_endpoint import UdpEndpoint

_LOCAL_NAMES = {"0.0.0.0": "127.0.0.1", "::": "::1"}


class TrackerServer:
    """`start` it, give `http_url` or `udp_url` to torrents, `stop` it."""

    def __init__(
        self,
        world: World,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        udp_port: int = 0,
        interval: int = DEFAULT_INTERVAL_SECONDS,
    ) -> None:
        """`host`: numeric addresses to listen on, separated by blanks. Ports 0 = any; `interval` in seconds."""
        self._world = world
        self._hosts = host.split()
        self._http_port = port
        self._udp_port = udp_port
        self._table = SwarmTable(interval)
        self._http = HttpEndpoint(world, self._table)
        self._udp: list[UdpEndpoint] = []
        self._scope: TaskScope | None = None

    @property
    def http_url(self) -> str:
        """The announce URL over HTTP, for use on this machine; empty when it does not run."""
        return _url("http", self._http.addresses[0]) if self._scope is not None else ""

    @property
    def udp_url(self) -> str:
        """The announce URL over UDP, for use on this machine; empty when it does not run."""
        address = self._udp[0].address if self._udp else None
        return _url("udp", address) if address is not None else ""

    async def start(self) -> None:
        """Listen everywhere; OSError, and nothing left open, when one address or port cannot be had."""
        try:
            await self._http.start(self._hosts, self._http_port)
            port = self._udp_port
            for host in self._hosts:
                endpoint = UdpEndpoint(self._world, self._table)
                await endpoint.start(host, port)
                self._udp.append(endpoint)
                port = endpoint.address.port if endpoint.address is not None else port
        except BaseException:
            await self._close()
            raise
        self._scope = TaskScope("tracker")
        self._scope.start(self._expire_now_and_then(), "expiry")

    async def stop(self) -> None:
        """Close every port and forget who listened; the table stays readable."""
        scope, self._scope = self._scope, None
        if scope is not None:
            await scope.close()
        await self._close()

    def rows(self) -> tuple[SwarmRow, ...]:
        """The swarms now, the one announced last first."""
        return self._table.rows(self._world.clock.now())

    async def _close(self) -> None:
        for endpoint in self._udp:
            endpoint.stop()
        self._udp.clear()
        await self._http.stop()

    async def _expire_now_and_then(self) -> None:
        while True:
            await asyncio.sleep(self._table.interval)
            self._table.expire(self._world.clock.now())


def _url(scheme: str, address: Address) -> str:
    host = _LOCAL_NAMES.get(address.host, address.host)
    return (
        f"{scheme}://[{host}]:{address.port}/announce" if ":" in host else f"{scheme}://{host}:{address.port}/announce"
    )
