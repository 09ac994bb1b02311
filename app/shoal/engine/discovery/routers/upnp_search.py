"""Looks for a router that speaks UPnP: a search in its network and at its own address, then its description."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from shoal.engine.discovery.routers.own_url import is_own_url
from shoal.engine.discovery.routers.router import Router, RouterError
from shoal.engine.policy.port_leases import Refusal
from shoal.protocol import ssdp
from shoal.protocol.errors import ProtocolError
from shoal.protocol.ip_scope import Scope, scope_of
from shoal.runtime.world import Address, Route, World

logger = logging.getLogger(__name__)

TARGETS = (
    "urn:schemas-upnp-org:device:InternetGatewayDevice:2",
    "urn:schemas-upnp-org:device:InternetGatewayDevice:1",
    "urn:schemas-upnp-org:service:WANIPConnection:1",
    "urn:schemas-upnp-org:service:WANPPPConnection:1",
)
ROUNDS = (1.0, 2.0)
"""Seconds after each round of searches; a datagram may be lost."""
MOST_LOCATIONS = 4
MOST_HEARD = 200
"""Datagrams that are read in one search; everything of a house may answer."""


class UpnpSearch:
    """`UpnpFinder`. A device elsewhere than at the route's own router is not asked: it could not pass anything on."""

    def __init__(self, world: World, *, port: int = ssdp.PORT) -> None:
        """`port`: where routers hear the search."""
        self._world = world
        self._search_port = port

    async def find(self, route: Route) -> Router:
        """See `UpnpFinder.find`."""
        locations: list[str] = []
        came = asyncio.Event()
        heard = 0

        def receive(datagram: memoryview, source: Address) -> None:
            nonlocal heard
            heard += 1
            if source.host != route.router or heard > MOST_HEARD:
                return
            try:
                location = ssdp.decode_search_reply(datagram).location
            except ProtocolError as error:
                logger.debug("an answer to a search was dropped: %s", error)
                return
            if location not in locations and len(locations) < MOST_LOCATIONS and is_own_url(location, route.router):
                locations.append(location)
                came.set()

        try:
            port = await self._world.network.open_udp(receive, route.local_host, 0)
        except OSError as error:
            raise RouterError(Refusal.SILENT, "no way to the router") from error
        is_here = scope_of(route.router) is Scope.LOOPBACK
        searched = (route.router,) if is_here else (route.router, ssdp.GROUP)
        try:
            for seconds in ROUNDS:
                for target in TARGETS:
                    for host in searched:
                        port.send(ssdp.encode_search(target, host), Address(host, self._search_port))
                try:
                    async with asyncio.timeout(seconds):
                        await came.wait()
                    break
                except TimeoutError:
                    continue
        finally:
            port.close()
        return await self._describe_any(route, locations)

    async def _describe_any(self, route: Route, locations: list[str]) -> Router:
        refusal = RouterError(Refusal.SILENT, "no router answers by UPnP")
        if not locations:
            raise refusal
        # The library takes a tenth of a second to load: only where a router speaks UPnP, and beside the loop.
        describe = await self._world.workers.run(_load, lane="slow")
        for location in locations:
            try:
                return await describe(route, location)
            except RouterError as error:
                refusal = error
        raise refusal


def _load() -> Callable[[Route, str], Coroutine[Any, Any, Router]]:
    from shoal.engine.discovery.routers.upnp_router import describe  # noqa: PLC0415

    return describe
