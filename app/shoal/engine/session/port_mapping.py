"""Keeps the session's port open on the routers between this computer and the rest of the world.

One piece of work at a time: look for routers, ask for mappings, renew them, hear how the routers are. Nothing is sent
while only this computer could connect anyway, or when a person switched it off.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import math
from collections.abc import Callable, Coroutine, Iterable
from typing import Any

from shoal.api.snapshots import RouterRow, RouterState
from shoal.engine.discovery.routers.router import Router, RouterError, Way
from shoal.engine.discovery.routers.search import RouterSearch
from shoal.engine.policy.external_address import ExternalAddress
from shoal.engine.policy.port_leases import (
    LEASE_SECONDS,
    Lease,
    PortLeases,
    Refusal,
    retry_after,
    routes_to_ask,
)
from shoal.protocol.ip_scope import is_only_loopback
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Route, World
from shoal.settings.engine_settings import EngineSettings

logger = logging.getLogger(__name__)

NEWS_SECONDS = 60.0
"""How often a router is asked how it is: one that has started anew has forgotten our port."""
LEAVE_SECONDS = 2.5
"""All of the removal at the end."""
OLD_ROUTER_SECONDS = 1.0
"""For removing what an earlier address of ours had; its router may be out of reach."""
MOST_MISSED = 3
"""After so many questions without an answer another router is looked for."""


class PortMapping:
    """Of one session. Loop thread only."""

    def __init__(
        self,
        world: World,
        tasks: TaskScope,
        settings: Callable[[], EngineSettings],
        listen_port: Callable[[], int],
        search: RouterSearch | None,
    ) -> None:
        """`search` None asks no router ever."""
        self._world = world
        self._tasks = tasks
        self._settings = settings
        self._listen_port = listen_port
        self._search = search
        self._leases = PortLeases(world.random)
        self._routers: dict[str, Router] = {}
        self._unusable: dict[str, set[Way]] = {}
        """Ways by which a router has refused: another one is tried before giving up."""
        self._missed: dict[str, int] = {}
        self._failed: tuple[Refusal, ...] = ()
        """What the last search met with, of each router that it did not win."""
        self._searches = 0
        """That failed, in a row."""
        self._search_at = 0.0
        self._has_searched = False
        self._news_at = math.inf
        self._work: asyncio.Task[None] | None = None
        self._is_closed = False
        self.address = ExternalAddress()

    # --- what is known ------------------------------------------------------------------------------------------

    @property
    def is_wanted(self) -> bool:
        """A person lets us ask routers, and somebody outside could connect."""
        settings = self._settings()
        return (
            self._search is not None
            and settings.port_mapping
            and bool(self._listen_port())
            and not is_only_loopback(settings.listen_hosts)
        )

    @property
    def public_port(self) -> int:
        """At which others reach us: the router's port where it passes one on, else our own."""
        return self._leases.public_port or self._listen_port()

    def row(self) -> RouterRow:
        """What a person is told."""
        if not self.is_wanted:
            return RouterRow()
        for lease in self._leases:
            router = self._routers.get(lease.router)
            if lease.is_tcp and lease.external_port and router is not None:
                behind = self.address.is_behind_another and ":" not in router.host
                return RouterRow(RouterState.OPEN, lease.external_port, router.way.value, router.host, behind)
        if not self._has_searched or any(not lease.was_asked or not lease.refusal for lease in self._leases):
            return RouterRow(RouterState.ASKING)
        refusals = [lease.refusal for lease in self._leases if lease.refusal is not None] or list(self._failed)
        if not refusals:
            return RouterRow(RouterState.NONE)
        is_refused = any(refusal is not Refusal.SILENT for refusal in refusals)
        return RouterRow(RouterState.REFUSED if is_refused else RouterState.SILENT)

    # --- what happens -------------------------------------------------------------------------------------------

    def apply(self) -> None:
        """The settings or the port changed."""
        is_same = self._leases.port == self._listen_port() and self.is_wanted
        if not is_same or not self.is_wanted:
            self._begin_anew()

    def network_changed(self) -> None:
        """This computer is in another network, or slept: everything is asked again."""
        self.address.forget()
        self._begin_anew()

    def second(self, now: float) -> None:
        """Once a second."""
        if self._is_closed or (self._work is not None and not self._work.done()):
            return
        work = self._next(now)
        if work is not None:
            self._work = self._tasks.start(work, "port mapping")

    async def close(self) -> None:
        """Take our port back from the routers, at most `LEAVE_SECONDS`, and ask them no more."""
        self._is_closed = True
        work, self._work = self._work, None
        if work is not None and not work.done():
            work.cancel()
            await asyncio.wait((work,), timeout=0.5)
        await self._leave(LEAVE_SECONDS)

    # --- work ---------------------------------------------------------------------------------------------------

    def _begin_anew(self) -> None:
        if self._work is not None:
            self._work.cancel()
        self._search_at = 0.0
        self._searches = 0
        self._has_searched = False
        self._unusable.clear()

    def _next(self, now: float) -> Coroutine[Any, Any, None] | None:
        if not self.is_wanted:
            return self._leave(LEAVE_SECONDS) if self._routers else None
        if now >= self._search_at:
            return self._look()
        if self._leases.due(now):
            return self._ask()
        if now >= self._news_at:
            return self._hear()
        return None

    async def _look(self) -> None:
        """Find the routers, and ask each for our port."""
        assert self._search is not None
        routes = await self._world.workers.run(self._world.network.default_routes, lane="slow")
        settings = self._settings()
        wanted = routes_to_ask(routes, settings.listen_hosts, settings.outgoing_host)
        port, is_moved = self._listen_port(), not self._has_searched
        if self._routers and (is_moved or port != self._leases.port):
            # What the routers of before passed on must not be in the way of the same port at another address.
            await self._leave(OLD_ROUTER_SECONDS)
        found = await asyncio.gather(*(self._find(route) for route in wanted))
        old, self._routers = self._routers, {one.host: one for one in found if not isinstance(one, Refusal)}
        for router in old.values():
            if self._routers.get(router.host) is not router:
                await router.close()
        for gone in set(old) - set(self._routers):
            self.address.forget_router(gone)
        self._failed = tuple(one for one in found if isinstance(one, Refusal))
        self._missed.clear()
        now = self._world.clock.now()
        self._leases.want(port, self._routers, now)
        if self._routers:
            self._search_at = math.inf
        else:
            self._search_at = now + retry_after(self._searches)
            self._searches += 1
            self._unusable.clear()
        if is_moved:
            for host in self._routers:
                self._leases.lost(host, now)
        self._has_searched = True
        await self._ask()
        await self._hear()

    async def _find(self, route: Route) -> Router | Refusal:
        assert self._search is not None
        try:
            return await self._search.find(route, self._unusable.get(route.router, ()))
        except RouterError as error:
            logger.debug("%s", error)
            # One that has refused in every way that it speaks is not silent.
            return Refusal.REFUSED if self._unusable.get(route.router) else error.refusal

    async def _ask(self) -> None:
        """Ask for what is due, at all routers at the same time."""
        now = self._world.clock.now()
        by_router: dict[str, list[Lease]] = {}
        for lease in self._leases.due(now):
            by_router.setdefault(lease.router, []).append(lease)
        await asyncio.gather(*(self._ask_one(host, leases) for host, leases in by_router.items()))

    async def _ask_one(self, host: str, leases: Iterable[Lease]) -> None:
        router = self._routers[host]
        clock = self._world.clock
        for lease in leases:
            while lease.next_at <= clock.now():
                try:
                    grant = await router.map(
                        is_tcp=lease.is_tcp,
                        internal_port=lease.internal_port,
                        external_port=self._leases.wish(lease),
                        seconds=LEASE_SECONDS,
                    )
                except RouterError as error:
                    logger.debug("%s: %s", router.way.value, error)
                    self._leases.failed(lease, error.refusal, clock.now())
                    if error.refusal is Refusal.REFUSED and lease.is_tcp:
                        self._try_another_way(host, router.way)
                        return
                else:
                    self._leases.granted(lease, grant.external_port, grant.seconds, clock.now())
                    self._searches = 0
        if all(lease.refusal is Refusal.SILENT and lease.failures >= MOST_MISSED for lease in leases):
            self._search_at = clock.now()

    def _try_another_way(self, host: str, way: Way) -> None:
        ways = self._unusable.setdefault(host, set())
        if way not in ways:
            ways.add(way)
            self._search_at = self._world.clock.now()

    async def _hear(self) -> None:
        """Ask the routers how they are."""
        self._news_at = self._world.clock.now() + NEWS_SECONDS
        await asyncio.gather(*(self._hear_one(host, router) for host, router in self._routers.items()))

    async def _hear_one(self, host: str, router: Router) -> None:
        missed = self._missed.get(host, 0)
        try:
            news = await router.news()
        except RouterError as error:
            logger.debug("%s: %s", router.way.value, error)
            self._missed[host] = missed + 1
            if missed + 1 >= MOST_MISSED:
                self._search_at = self._world.clock.now()
            return
        self._missed[host] = 0
        self.address.router_says(host, news.external_host)
        if news.has_forgotten or missed:
            # One that was away may have started anew, and that cannot be seen by every way.
            self._leases.lost(host, self._world.clock.now())

    async def _leave(self, seconds: float) -> None:
        """Remove what the routers pass on, and let go of them; what takes longer than `seconds` is left to expire."""
        routers, self._routers = self._routers, {}
        leases = [lease for lease in self._leases if lease.was_asked]
        self._leases.want(0, (), 0.0)
        self._news_at = math.inf
        try:
            async with asyncio.timeout(seconds):
                await asyncio.gather(
                    *(
                        _take_back(router, [lease for lease in leases if lease.router == host])
                        for host, router in routers.items()
                    )
                )
        except TimeoutError:
            logger.debug("a router did not take our port back in time")
        finally:
            for host, router in routers.items():
                await router.close()
                self.address.forget_router(host)


async def _take_back(router: Router, leases: Iterable[Lease]) -> None:
    async def one(lease: Lease) -> None:
        with contextlib.suppress(RouterError):
            await router.unmap(
                is_tcp=lease.is_tcp,
                internal_port=lease.internal_port,
                external_port=lease.external_port or lease.wanted_port,
            )

    await asyncio.gather(*(one(lease) for lease in leases))
