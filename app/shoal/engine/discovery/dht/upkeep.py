"""Keeps a node connected: finds the way in, asks nodes that fell silent, and refreshes quiet buckets.

The ways in, together: nodes of the last run, nodes that torrents and peers name, and the configured hosts. Those hosts
serve everybody, so they are asked only when nobody else answered within HEAD_START_SECONDS; none is waited for.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable, Sequence
from typing import Any

from shoal.engine.discovery.dht.node import DhtNode
from shoal.engine.discovery.dht.search import Search
from shoal.engine.policy.dht.node_ids import id_in_bucket
from shoal.engine.transport.udp_port import family_of
from shoal.protocol.dht_nodes import Contact
from shoal.runtime.world import Address, Network

logger = logging.getLogger(__name__)

ENOUGH_NODES = 8
"""With fewer good nodes the way in is looked for again."""
HEAD_START_SECONDS = 1.5
RETRY_SECONDS = (5.0, 10.0, 20.0, 40.0, 80.0, 160.0, 300.0)
"""Between attempts to get in."""
SAVED_TRIED = 40
MOST_HOSTS = 50
"""Hosts named by torrents that are remembered."""
ADDRESSES_PER_HOST = 4
LOOKUP_SECONDS = 10.0
CHECK_SECONDS = 5.0
"""Between pings of nodes that fell silent."""
REFRESH_SECONDS = 10.0
"""Between refreshes of buckets."""
FILLED_FIRST = 4
"""The farthest buckets are filled right after the start: searches begin in them."""
EXPIRE_SECONDS = 60.0
PINGS_PER_SECOND = 10

Host = tuple[str, int]
Start = Callable[[Coroutine[Any, Any, None], str], object]


class Upkeep:
    """Of one node. `second` once a second; `start` runs a task."""

    def __init__(
        self,
        node: DhtNode,
        network: Network,
        start: Start,
        *,
        saved: Sequence[Contact] = (),
        hosts: Callable[[], Sequence[Host]] = tuple,
        is_local: Callable[[], bool] = lambda: False,
        on_joined: Callable[[], None] = lambda: None,
    ) -> None:
        """`hosts()`: the configured ones; `on_joined()`: there are nodes at last; `is_local` as for the node."""
        now = node.clock.now()
        self.node = node
        self.started_at = now
        self.has_tried = False
        """An attempt to get in has come to its end."""
        self._network = network
        self._start = start
        self._saved = list(saved)
        self._hosts = hosts
        self._named_hosts: dict[Host, None] = {}
        self._is_local = is_local
        self._on_joined = on_joined
        self._is_busy = False
        self._attempt = 0
        self._join_at = now
        self._check_at = now
        self._refresh_at = now
        self._expire_at = now + EXPIRE_SECONDS
        self._to_fill: list[int] = []
        self._pings_left = PINGS_PER_SECOND

    def add_node(self, address: Address) -> None:
        """Somebody is said to answer there: see whether it does."""
        if self._pings_left > 0 and not self.node.questions.awaits(address.host):
            self._pings_left -= 1
            self.node.ping(address, lambda reply: self._came_in() if reply is not None else None)

    def add_hosts(self, hosts: Iterable[Host]) -> None:
        """Hosts that may know nodes; asked when nodes are short."""
        for host in hosts:
            if len(self._named_hosts) < MOST_HOSTS and host not in self._named_hosts:
                self._named_hosts[host] = None
                self._join_at = min(self._join_at, self.node.clock.now())

    def remember(self, contacts: Sequence[Contact]) -> None:
        """Nodes to come back to when all others fall silent."""
        self._saved = list(contacts)

    def restart(self) -> None:
        """The network has changed: look for the way in again at once."""
        self._attempt = 0
        self._join_at = self.node.clock.now()

    def second(self, now: float) -> None:
        """Do what is due."""
        self._pings_left = PINGS_PER_SECOND
        self.node.second()
        if now >= self._expire_at:
            self._expire_at = now + EXPIRE_SECONDS
            self.node.store.expire(now)
        if self._is_busy:
            return
        good = self.node.table.good_count(now) if now >= min(self._join_at, self._check_at, self._refresh_at) else 0
        if now >= self._join_at:
            self._join_at = now + RETRY_SECONDS[0]
            if good < ENOUGH_NODES:
                self._begin(self._join(), "getting in")
                return
        if now >= self._check_at:
            self._check_at = now + CHECK_SECONDS
            silent = self.node.table.questionable(now)
            if silent is not None:
                self.node.check(silent.contact)
        if now >= self._refresh_at:
            self._refresh_at = now + REFRESH_SECONDS
            bits = self._to_fill.pop(0) if self._to_fill else self.node.table.stale_bucket(now)
            if bits is not None and len(self.node.table):
                self.node.table.refreshing(bits, now)
                target = id_in_bucket(self.node.own_id, bits, self.node.rng)
                self._begin(Search(self.node, target).run(), "refresh")

    def _begin(self, work: Coroutine[Any, Any, None], name: str) -> None:
        self._is_busy = True
        self._start(self._do(work), name)

    async def _do(self, work: Coroutine[Any, Any, None]) -> None:
        try:
            await work
        finally:
            self._is_busy = False

    async def _join(self) -> None:
        """One attempt to get in."""
        table = self.node.table
        before = len(table)
        picked = self.node.rng.sample(self._saved, min(SAVED_TRIED, len(self._saved)))
        search = Search(self.node, self.node.own_id, first=picked)
        search.hold()
        run = asyncio.ensure_future(search.run())
        try:
            if picked or before:
                await asyncio.wait([run], timeout=HEAD_START_SECONDS)
            if table.good_count(self.node.clock.now()) < ENOUGH_NODES:
                await self._knock(search)
            search.release()
            await run
        finally:
            run.cancel()
        self.has_tried = True
        now = self.node.clock.now()
        if self.node.table.good_count(now):
            self._attempt = 0
            self._came_in()
            if not before:
                self._to_fill = list(range(FILLED_FIRST))
                self._refresh_at = now
        # A network of fewer nodes than enough is asked as seldom as one that does not answer.
        self._join_at = now + RETRY_SECONDS[min(self._attempt, len(RETRY_SECONDS) - 1)]
        self._attempt += 1

    def _came_in(self) -> None:
        if len(self.node.table):
            self._on_joined()

    async def _knock(self, search: Search) -> None:
        """Ask every host at the same time, each as soon as its address is known."""

        async def knock(host: Host) -> None:
            for address in await self._addresses(host):
                search.knock(address)

        hosts = dict.fromkeys((*self._named_hosts, *self._hosts()))
        await asyncio.gather(*(knock(host) for host in hosts if self._may_look_up(host[0])))

    def _may_look_up(self, host: str) -> bool:
        """A node of this computer alone asks no name server either."""
        return not self._is_local() or host == "localhost" or host.startswith("127.") or host == "::1"

    async def _addresses(self, host: Host) -> list[Address]:
        try:
            async with asyncio.timeout(LOOKUP_SECONDS):
                found = await self._network.resolve(*host)
        except (OSError, TimeoutError) as error:
            logger.debug("DHT: a host that has no address: %s", type(error).__name__)
            return []
        ours = [address for address in found if family_of(address.host) == self.node.family]
        return ours[:ADDRESSES_PER_HOST]
