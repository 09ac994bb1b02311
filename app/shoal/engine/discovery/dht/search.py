"""A lookup carried out by a node: asks, waits, hands on what is found, and announces at its end."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from shoal.engine.discovery.dht.node import DhtNode
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.dht.lookup import Lookup
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.krpc import Method, Query, Reply
from shoal.runtime.world import Address

SEARCH_SECONDS = 40.0
"""The longest that a search may take."""
GRACE_SECONDS = 1.0
"""How much longer slow answers are waited for when nobody else is left to ask."""
FIRST_NODES = 16
"""Known nodes that a search begins with."""
MOST_PEERS = 1_000
"""Peers taken from one search."""

OnPeers = Callable[[Sequence[Address], str], None]


class Search:
    """One search for nodes (FIND_NODE) or peers (GET_PEERS) near `target`; `run` it once."""

    def __init__(
        self,
        node: DhtNode,
        target: bytes,
        method: Method = Method.FIND_NODE,
        *,
        on_peers: OnPeers = lambda peers, source: None,
        first: Iterable[Contact] = (),
        no_seeds: bool = False,
    ) -> None:
        """`first`: nodes to begin with beside the known ones.

        `on_peers(peers, who named them)` hears each peer once.
        """
        self._node = node
        self._method = method
        self._on_peers = on_peers
        self._no_seeds = no_seeds
        known = (*node.nearest(target, FIRST_NODES), *first)
        self.lookup = Lookup(target, (contact for contact in known if contact.node_id != node.own_id))
        self._doors: set[Address] = set()
        self._awaited = 0
        """Doors that were knocked at, and those who may still name some."""
        self._over = asyncio.Event()
        self._grace: asyncio.TimerHandle | None = None
        self._seen: set[Address] = set()

    @property
    def peers_found(self) -> int:
        return len(self._seen)

    @property
    def nodes_replied(self) -> int:
        return self.lookup.replied

    async def run(self) -> None:
        """Ends when there is nobody left to ask, at the latest after SEARCH_SECONDS."""
        try:
            async with asyncio.timeout(SEARCH_SECONDS):
                self._go_on()
                await self._over.wait()
        except TimeoutError:
            pass
        finally:
            self._over.set()
            if self._grace is not None:
                self._grace.cancel()

    def knock(self, door: Address) -> None:
        """Ask a node of which only the address is known, such as one that everybody begins with."""
        if door not in self._doors and not self._over.is_set():
            self._doors.add(door)
            self._awaited += self._node.ask(door, self._query, partial(self._door_answered, door))

    def hold(self) -> None:
        """Do not end before `release`: more doors may come."""
        self._awaited += 1

    def release(self) -> None:
        """See `hold`."""
        self._awaited -= 1
        self._go_on()

    def announce(self, port: int, *, is_seed: bool = False) -> int:
        """Tell the nearest nodes that answered that we are at `port`; how many are told."""
        told = 0
        for contact, token in self.lookup.closest():
            if token is not None:
                make = partial(_announce, target=self.lookup.target, port=port, token=token, is_seed=is_seed)
                told += self._node.ask(Address(contact.host, contact.port), make, lambda reply: None)
        return told

    def _query(self, transaction: bytes, own_id: bytes, is_read_only: bool) -> Query:
        no_seeds = self._no_seeds and self._method is Method.GET_PEERS
        target = self.lookup.target
        return Query(transaction, own_id, self._method, target, no_seeds=no_seeds, is_read_only=is_read_only)

    def _go_on(self) -> None:
        if self._over.is_set():
            return
        while contacts := self.lookup.to_ask():
            for contact in contacts:
                address = Address(contact.host, contact.port)
                done = partial(self._answered, contact)
                if not self._node.ask(address, self._query, done, partial(self._slow, contact)):
                    self.lookup.failed(contact)
        if not self.lookup.is_done or self._awaited:
            return
        if not self.lookup.has_slow:
            self._over.set()
        elif self._grace is None:
            self._grace = asyncio.get_running_loop().call_later(GRACE_SECONDS, self._over.set)

    def _answered(self, contact: Contact, reply: Reply | None) -> None:
        if reply is None:
            self._node.no_answer(contact)
            self.lookup.failed(contact)
        else:
            source = Address(contact.host, contact.port)
            self.lookup.answered(contact, reply.sender, self._node.named(reply, source), reply.token)
            self._take_peers(reply, source)
        self._go_on()

    def _slow(self, contact: Contact) -> None:
        self.lookup.slow(contact)
        self._go_on()

    def _door_answered(self, door: Address, reply: Reply | None) -> None:
        self._awaited -= 1
        if reply is not None:
            self.lookup.learn(self._node.named(reply, door))
            self.lookup.learn_answered(Contact(reply.sender, *door), reply.token)
            self._take_peers(reply, door)
        self._go_on()

    def _take_peers(self, reply: Reply, source: Address) -> None:
        if self._over.is_set() or not reply.peers:
            return
        is_ipv6 = self._node.family == 6
        found = [
            address
            for host, port in reply.peers
            if (":" in host) == is_ipv6
            and (address := Address(host, port)) not in self._seen
            and is_believable(address, source.host)
        ][: MOST_PEERS - len(self._seen)]
        self._seen.update(found)
        if found:
            self._on_peers(found, source.host)


def _announce(
    transaction: bytes, own_id: bytes, is_read_only: bool, *, target: bytes, port: int, token: bytes, is_seed: bool
) -> Query:
    return Query(
        transaction,
        own_id,
        Method.ANNOUNCE_PEER,
        target,
        port=port,
        token=token,
        is_seed=is_seed,
        is_read_only=is_read_only,
    )
