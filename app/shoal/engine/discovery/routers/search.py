"""Finds out how the router of a route is spoken to: PCP, NAT-PMP and UPnP are tried at the same time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Container, Coroutine
from typing import Any

from shoal.engine.discovery.routers.datagrams import RouterPort
from shoal.engine.discovery.routers.nat_pmp_router import NatPmpRouter
from shoal.engine.discovery.routers.pcp_router import PcpRouter
from shoal.engine.discovery.routers.router import Router, RouterError, UpnpFinder, Way
from shoal.engine.policy.port_leases import Refusal
from shoal.protocol import nat_pmp, pcp
from shoal.runtime.world import Route, World

SEARCH_SECONDS = 12.0


class RouterSearch:
    """Of one session. `upnp` None leaves UPnP out."""

    def __init__(self, world: World, upnp: UpnpFinder | None) -> None:
        self._world = world
        self._upnp = upnp
        self._nonce = world.random.randbytes(pcp.NONCE_BYTES)

    async def find(self, route: Route, without: Container[Way] = ()) -> Router:
        """The router of `route`, by the best way that it speaks and that is not in `without`. Raises RouterError."""
        is_v6 = ":" in route.router
        tries: list[Coroutine[Any, Any, Router]] = []
        if Way.PCP not in without:
            tries.append(self._by_datagrams(route, self._pcp))
        if Way.NAT_PMP not in without and not is_v6:
            tries.append(self._by_datagrams(route, self._nat_pmp))
        if Way.UPNP not in without and not is_v6 and self._upnp is not None:
            tries.append(self._upnp.find(route))
        return await _first_of(tries)

    def _pcp(self, route: Route, port: RouterPort) -> Router:
        return PcpRouter(route.router, route.local_host, port, self._world.clock, self._nonce)

    def _nat_pmp(self, route: Route, port: RouterPort) -> Router:
        return NatPmpRouter(route.router, port, self._world.clock)

    async def _by_datagrams(self, route: Route, make: Callable[[Route, RouterPort], Router]) -> Router:
        try:
            port = await RouterPort.open(self._world, route, nat_pmp.PORT)
        except OSError as error:
            raise RouterError(Refusal.SILENT, "no way to the router") from error
        router = make(route, port)
        try:
            await router.news()
        except BaseException:
            await router.close()
            raise
        return router


async def _first_of(tries: list[Coroutine[Any, Any, Router]]) -> Router:
    """The first in their order that works, all begun at the same time; raises the error that tells most."""
    tasks = [asyncio.ensure_future(attempt) for attempt in tries]
    refusals: list[RouterError] = []
    found: Router | None = None
    try:
        async with asyncio.timeout(SEARCH_SECONDS):
            for task in tasks:
                try:
                    found = await task
                    return found
                except RouterError as error:
                    refusals.append(error)
    except TimeoutError:
        refusals.append(RouterError(Refusal.SILENT, "the router takes too long"))
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            # Ended already when it came too late to be broken off: then what it found is let go of.
            with contextlib.suppress(asyncio.CancelledError, RouterError):
                late = await task
                if late is not found:
                    await late.close()
    said = [error for error in refusals if error.refusal is not Refusal.SILENT]
    raise said[0] if said else RouterError(Refusal.SILENT, "the router does not answer")
