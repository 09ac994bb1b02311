"""The DHT of a session: a node per address family, and the searches for the peers of torrents.

Whoever wants peers needs only an info-hash: `want` searches now and then and announces us, `find_peers` only asks. A
private torrent must never be named here (BEP 27); its torrent sees to that.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import Enum

from shoal.engine.discovery.dht.node import DhtNode
from shoal.engine.discovery.dht.saved_nodes import SavedNodes, decode_saved, encode_saved
from shoal.engine.discovery.dht.search import OnPeers, Search
from shoal.engine.discovery.dht.upkeep import ENOUGH_NODES, MOST_HOSTS, Host, Upkeep
from shoal.engine.discovery.dht.wanted import Wanted
from shoal.engine.policy.dht.search_schedule import SearchSchedule
from shoal.engine.transport.udp_port import PacketKind, SharedUdp, family_of
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.krpc import Method
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address, World

STARTING_SECONDS = 20.0
"""For so long nobody's answer is missed."""


class DhtState(Enum):
    """How it goes."""

    OFF = "off"
    STARTING = "starting"
    NO_ANSWER = "no-answer"
    WORKING = "working"


@dataclass(frozen=True, slots=True)
class DhtStatus:
    """What front ends are shown."""

    state: DhtState
    nodes: int = 0
    """Good ones of both families."""
    is_read_only: bool = False
    """We ask, and answer nobody."""


class Dht:
    """Loop thread only. It is off until `start`; wishes are kept while it is off."""

    def __init__(self, world: World, udp: SharedUdp, hosts: Callable[[], Sequence[Host]] = tuple) -> None:
        """`hosts()`: whom to ask for the way in when nobody else is known."""
        self._world = world
        self._udp = udp
        self._hosts = hosts
        self._schedule = SearchSchedule(world.random, world.clock.now())
        self._wanted: dict[bytes, list[Wanted]] = {}
        self._upkeep: dict[int, Upkeep] = {}
        self._tasks: TaskScope | None = None
        self._saved = SavedNodes()
        self._named_hosts: dict[Host, None] = {}
        self._is_read_only = False
        udp.receive(PacketKind.DHT, self._received)

    # --- on and off ---------------------------------------------------------------------------------------------

    def load(self, data: bytes | None) -> None:
        """What `saved` gave in the last run; before `start`."""
        self._saved = decode_saved(data)

    def saved(self) -> bytes | None:
        """What the next run should know; None when there is nothing new worth keeping."""
        now = self._world.clock.now()
        self._keep_nodes(now)
        return encode_saved(self._saved) if any(self._saved.nodes.values()) else None

    def start(self, *, is_read_only: bool = False) -> None:
        """Take part, over every socket that is open; `is_read_only`: without answering (BEP 43)."""
        self._is_read_only = is_read_only
        for upkeep in self._upkeep.values():
            upkeep.node.wants_read_only = is_read_only
        if self._tasks is not None:
            return
        self._tasks = TaskScope("dht")
        self.sockets_changed()

    def sockets_changed(self) -> None:
        """The sockets were opened anew: nodes of families that came, and the way in for all."""
        if self._tasks is None:
            return
        for family in self._udp.families:
            if family not in self._upkeep:
                self._upkeep[family] = self._make(family, self._tasks)
            else:
                self._upkeep[family].restart()
        for family in [family for family in self._upkeep if family not in self._udp.families]:
            self._upkeep.pop(family).node.close()
        # What others keep of us bears the old port or address.
        self._schedule.all_soon(self._world.clock.now())

    async def stop(self) -> None:
        """Take part no more; wishes stay."""
        tasks, self._tasks = self._tasks, None
        if tasks is None:
            return
        self._keep_nodes(self._world.clock.now())
        await tasks.close()
        for upkeep in self._upkeep.values():
            upkeep.node.close()
        self._upkeep.clear()

    @property
    def is_on(self) -> bool:
        return self._tasks is not None

    @property
    def is_of_use(self) -> bool:
        """Peers may be found by it: it is on, and somebody answers or it is too soon to say."""
        if self._tasks is None:
            return False
        now = self._world.clock.now()
        return any(
            len(upkeep.node.table) or now - upkeep.started_at < STARTING_SECONDS for upkeep in self._upkeep.values()
        )

    @property
    def external_hosts(self) -> tuple[str, ...]:
        """Our addresses as most of those who answer see them (BEP 42), as far as they are known."""
        hosts = (upkeep.node.votes.host for upkeep in self._upkeep.values())
        return tuple(host for host in hosts if host is not None)

    def port(self, host: str) -> int:
        """Our DHT port for the peer at `host`, to be told to it; 0 when we answer nobody there."""
        upkeep = self._upkeep.get(family_of(host))
        address = self._udp.address(family_of(host))
        return 0 if upkeep is None or address is None or upkeep.node.is_read_only else address.port

    def status(self) -> DhtStatus:
        if self._tasks is None:
            return DhtStatus(DhtState.OFF)
        now = self._world.clock.now()
        nodes = sum(upkeep.node.table.good_count(now) for upkeep in self._upkeep.values())
        is_read_only = bool(self._upkeep) and all(upkeep.node.is_read_only for upkeep in self._upkeep.values())
        if nodes:
            return DhtStatus(DhtState.WORKING, nodes, is_read_only)
        is_new = any(now - upkeep.started_at < STARTING_SECONDS for upkeep in self._upkeep.values())
        return DhtStatus(DhtState.STARTING if is_new else DhtState.NO_ANSWER, 0, is_read_only)

    # --- wishes -------------------------------------------------------------------------------------------------

    def want(
        self,
        info_hash: bytes,
        port: Callable[[], int] | None,
        on_peers: OnPeers,
        *,
        is_lonely: Callable[[], bool] = lambda: True,
        is_seed: Callable[[], bool] = lambda: False,
    ) -> Wanted:
        """Look for peers of `info_hash` now and then, and announce that we are one at TCP `port()`; until `stop`.

        `on_peers(peers, host that named them)` hears believable peers as they are found. `is_lonely()`: peers are
        short, so search more often. Only a search without a `port` tells nobody of us.
        """
        wanted = Wanted(self, info_hash, on_peers, port, is_lonely, is_seed)
        self._wanted.setdefault(info_hash, []).append(wanted)
        now = self._world.clock.now()
        self._schedule.want(info_hash, now)
        self._schedule.soon(info_hash, now)
        self._begin_due(now)
        return wanted

    def find_peers(self, info_hash: bytes, on_peers: OnPeers) -> Wanted:
        """As `want`, for somebody who has nothing to give yet: nothing is announced."""
        return self.want(info_hash, None, on_peers)

    def drop(self, wanted: Wanted) -> None:
        """See `Wanted.stop`."""
        wishes = self._wanted.get(wanted.info_hash, [])
        if wanted in wishes:
            wishes.remove(wanted)
            if not wishes:
                del self._wanted[wanted.info_hash]
                self._schedule.forget(wanted.info_hash)

    def soon(self, wanted: Wanted) -> None:
        """See `Wanted.soon`."""
        now = self._world.clock.now()
        self._schedule.soon(wanted.info_hash, now)
        self._begin_due(now)

    def next_in(self, wanted: Wanted) -> float | None:
        """See `Wanted.next_in`."""
        return self._schedule.next_in(wanted.info_hash, self._world.clock.now()) if self.is_on else None

    # --- ways in ------------------------------------------------------------------------------------------------

    def add_node(self, address: Address) -> None:
        """A peer says that its DHT node is there."""
        upkeep = self._upkeep.get(family_of(address.host))
        if upkeep is not None:
            upkeep.add_node(address)

    def add_hosts(self, hosts: Iterable[Host]) -> None:
        """Nodes that a torrent names (BEP 5); they may be names."""
        for host in hosts:
            if len(self._named_hosts) < MOST_HOSTS:
                self._named_hosts[host] = None
        for upkeep in self._upkeep.values():
            upkeep.add_hosts(self._named_hosts)

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self, now: float) -> None:
        """Once a second."""
        for upkeep in list(self._upkeep.values()):
            upkeep.second(now)
        self._begin_due(now)

    def _begin_due(self, now: float) -> None:
        # Without a node to ask, a turn would be wasted.
        if self._tasks is None or not any(len(upkeep.node.table) for upkeep in self._upkeep.values()):
            return
        while (info_hash := self._schedule.due(now)) is not None:
            for wanted in self._wanted[info_hash]:
                wanted.is_asking = True
            self._tasks.start(self._search(info_hash), "search")

    async def _search(self, info_hash: bytes) -> None:
        def found(peers: Sequence[Address], source: str) -> None:
            for wanted in list(self._wanted.get(info_hash, ())):
                wanted.on_peers(peers, source)

        wishes = list(self._wanted.get(info_hash, ()))
        no_seeds = bool(wishes) and all(wanted.is_seed() for wanted in wishes)
        searches = [
            Search(upkeep.node, info_hash, Method.GET_PEERS, on_peers=found, no_seeds=no_seeds)
            for upkeep in self._upkeep.values()
            if len(upkeep.node.table)
        ]
        try:
            await asyncio.gather(*(search.run() for search in searches))
        finally:
            self._ended(info_hash, searches)

    def _ended(self, info_hash: bytes, searches: Sequence[Search]) -> None:
        now = self._world.clock.now()
        wishes = self._wanted.get(info_hash, [])
        giver = next((wanted for wanted in wishes if wanted.port is not None), None)
        told = 0
        if giver is not None and giver.port is not None and self.is_on and giver.port():
            is_seed = giver.is_seed()
            told = sum(search.announce(giver.port(), is_seed=is_seed) for search in searches)
        replied = sum(search.nodes_replied for search in searches)
        for wanted in wishes:
            wanted.is_asking = False
            wanted.asked_at = now
            wanted.nodes_asked = replied
            wanted.peers_found = sum(search.peers_found for search in searches)
            wanted.announced_to = told if wanted.port is not None else 0
        is_lonely = any(wanted.is_lonely() for wanted in wishes)
        self._schedule.ended(info_hash, now, was_heard=replied > 0, is_lonely=is_lonely)

    # --- inside -------------------------------------------------------------------------------------------------

    def _make(self, family: int, tasks: TaskScope) -> Upkeep:
        def is_local() -> bool:
            return self._udp.is_local(family)

        node = DhtNode(
            family,
            self._world.clock,
            self._world.random,
            self._udp.send,
            self._nearest,
            own_id=self._saved.own_ids.get(family),
            is_local=is_local,
        )
        node.wants_read_only = self._is_read_only
        upkeep = Upkeep(
            node,
            self._world.network,
            tasks.start,
            saved=self._saved.nodes.get(family, ()),
            hosts=self._hosts,
            is_local=is_local,
            on_joined=self._joined,
        )
        upkeep.add_hosts(self._named_hosts)
        return upkeep

    def _nearest(self, family: int, target: bytes) -> tuple[Contact, ...]:
        upkeep = self._upkeep.get(family)
        return upkeep.node.nearest(target) if upkeep is not None else ()

    def _joined(self) -> None:
        self._begin_due(self._world.clock.now())

    def _received(self, datagram: memoryview, source: Address) -> None:
        upkeep = self._upkeep.get(family_of(source.host))
        if upkeep is not None:
            upkeep.node.receive(datagram, source)

    def _keep_nodes(self, now: float) -> None:
        """Note the good nodes of now; when few are left, those that were known before are worth more."""
        own_ids, nodes = dict(self._saved.own_ids), dict(self._saved.nodes)
        for family, upkeep in self._upkeep.items():
            own_ids[family] = upkeep.node.own_id
            good = [node for node in upkeep.node.table if node.is_good(now)]
            if len(good) >= min(ENOUGH_NODES, max(1, len(nodes.get(family, ())))):
                # The ones that answered last first, should not all of them be kept.
                good.sort(key=lambda node: -node.replied_at)
                nodes[family] = tuple(node.contact for node in good)
                upkeep.remember(nodes[family])
        self._saved = SavedNodes(own_ids, nodes)
