"""Our node of one address family (BEP 5, 32, 42, 43): who is known, what is asked, and what is answered to whom."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from shoal.engine.discovery.dht.questions import Done, Questions
from shoal.engine.discovery.dht.replies import MOST_REPLY_BYTES, VERSION, NearestNodes, Replies, fitted
from shoal.engine.policy.address_scope import is_believable
from shoal.engine.policy.dht.address_votes import AddressVotes
from shoal.engine.policy.dht.announced_peers import AnnouncedPeers
from shoal.engine.policy.dht.node_ids import is_proper_id, make_node_id
from shoal.engine.policy.dht.proven_sources import ProvenSources
from shoal.engine.policy.dht.reach import Reach
from shoal.engine.policy.dht.routing_table import BUCKET_NODES, RoutingTable
from shoal.engine.policy.dht.source_limit import SourceLimit
from shoal.engine.policy.dht.tokens import Tokens
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.errors import ProtocolError
from shoal.protocol.ip_scope import Scope, scope_of
from shoal.protocol.krpc import Failure, Method, Query, Reply, decode_message, encode_query
from shoal.runtime.world import Address, Clock

if TYPE_CHECKING:
    import random

logger = logging.getLogger(__name__)

MAX_HELD = 100
"""Answers that wait for the proof of an address."""
PROBES_PER_SECOND = 5
"""Askers whom we do not know and ask in turn, to take them in."""
ONLINE_SECONDS = 30.0
"""When nobody at all was heard for so long, silence is nobody's fault."""

Send = Callable[[bytes, Address], None]


class DhtNode:
    """Loop thread only. `second` is to be called once a second; nothing is sent before somebody is asked."""

    def __init__(
        self,
        family: int,
        clock: Clock,
        rng: random.Random,
        send: Send,
        nearest: NearestNodes,
        *,
        own_id: bytes | None = None,
        is_local: Callable[[], bool] = lambda: False,
    ) -> None:
        """`nearest(family, target)` names nodes of either family; `is_local()`: only this computer is to be reached.

        `own_id`: the one of the last run, if it is known.
        """
        now = clock.now()
        self.family = family
        self.clock = clock
        self.rng = rng
        self.table = RoutingTable(own_id or make_node_id(None, rng), now)
        self.store = AnnouncedPeers()
        self.votes = AddressVotes()
        self.reach = Reach(now)
        self.questions = Questions(clock, rng)
        self.wants_read_only = False
        """As the settings say."""
        self.heard_at: float | None = None
        """When anybody answered last."""
        self.queries_answered = 0
        self._send = send
        self._is_local = is_local
        self._limit = SourceLimit()
        self._proven = ProvenSources()
        self._replies = Replies(lambda: self.own_id, nearest, Tokens(rng, now), self.store, rng)
        self._held: set[Address] = set()
        self._probes_left = PROBES_PER_SECOND

    @property
    def own_id(self) -> bytes:
        return self.table.own_id

    @property
    def is_read_only(self) -> bool:
        """It asks and does not answer."""
        return self.wants_read_only or (not self._is_local() and self.reach.is_hidden(self.clock.now()))

    def nearest(self, target: bytes, count: int = BUCKET_NODES) -> tuple[Contact, ...]:
        """The nearest known nodes that are not bad."""
        return tuple(node.contact for node in self.table.closest(target, count))

    def may_write_to(self, address: Address) -> bool:
        """A unicast address with a port that our socket reaches."""
        scope = scope_of(address.host)
        if scope is None or not 0 < address.port <= 65_535:
            return False
        return scope is Scope.LOOPBACK or not self._is_local()

    # --- asking -------------------------------------------------------------------------------------------------

    def ask(
        self,
        address: Address,
        make: Callable[[bytes, bytes, bool], Query],
        done: Done,
        slow: Callable[[], None] | None = None,
    ) -> bool:
        """Send `make(transaction, own id, read-only)`; `done` hears the answer or None. False: nothing was sent."""
        if self.questions.is_full or not self.may_write_to(address):
            return False
        now = self.clock.now()
        transaction = self.questions.ask(address, done, slow)
        self.reach.wrote(address.host, now)
        self._send(encode_query(make(transaction, self.own_id, self.is_read_only), VERSION), address)
        return True

    def ping(self, address: Address, done: Done = lambda reply: None) -> bool:
        """Ask whether it is there; when it is, and there is room, it is taken in."""
        return self.ask(address, _ping, done)

    def check(self, contact: Contact) -> None:
        """Ping a node of the table, and note when it is silent."""

        def done(reply: Reply | None) -> None:
            if reply is None or reply.sender != contact.node_id:
                self.no_answer(contact)

        self.ping(Address(contact.host, contact.port), done)

    def no_answer(self, contact: Contact) -> None:
        """A node that was asked stayed silent."""
        if self.heard_at is not None and self.clock.now() - self.heard_at < ONLINE_SECONDS:
            self.table.failed(contact)

    def named(self, reply: Reply, source: Address) -> list[Contact]:
        """The nodes of our family in a reply that may be believed."""
        contacts: Iterable[Contact] = reply.nodes4 if self.family == 4 else reply.nodes6
        return [
            contact
            for contact in contacts
            if contact.node_id != self.own_id and is_believable(Address(contact.host, contact.port), source.host)
        ]

    # --- what comes ---------------------------------------------------------------------------------------------

    def receive(self, datagram: memoryview, source: Address) -> None:
        """A datagram of the DHT; anything may be in it."""
        now = self.clock.now()
        if not self.questions.awaits(source.host) and not self._limit.takes(source.host, now):
            return
        try:
            message = decode_message(datagram)
        except ProtocolError as error:
            logger.debug("DHT: a packet that is no message: %s", error)
            return
        match message:
            case Query():
                # Awaiting its answer is no licence to flood us with questions.
                if not self.questions.awaits(source.host) or self._limit.takes(source.host, now):
                    self._asked(message, len(datagram), source, now)
            case Reply():
                self._answered(message, source, now)
            case Failure():
                answered = self.questions.answered(message.transaction, source)
                if answered is not None:
                    self.heard_at = now
                    answered[0].done(None)

    def _answered(self, reply: Reply, source: Address, now: float) -> None:
        answered = self.questions.answered(reply.transaction, source)
        if answered is None:
            return
        question, took = answered
        self.heard_at = now
        self._proven.prove(source, now)
        if reply.sender != self.own_id:
            self.table.replied(Contact(reply.sender, *source), took, now)
        if reply.your_address is not None and self.votes.vote(source.host, reply.your_address[0]):
            self._take_id_of(self.votes.host, now)
        question.done(reply)

    def _take_id_of(self, host: str | None, now: float) -> None:
        """Our address is known now, or has changed: take an id that fits it."""
        if host is not None and not is_proper_id(self.own_id, host):
            self.table = self.table.moved_to(make_node_id(host, self.rng), now)

    def _asked(self, query: Query, size: int, source: Address, now: float) -> None:
        if query.sender == self.own_id or not self.may_write_to(source):
            return
        self.reach.was_asked(source.host, now)
        if self.is_read_only:
            return
        contact = Contact(query.sender, *source)
        self.table.asked_us(contact, now)
        self.queries_answered += 1
        reply = self._replies.to(query, source, now)
        most = self._proven.most_bytes(source, size, MOST_REPLY_BYTES, now)
        whole = fitted(reply, MOST_REPLY_BYTES)
        if whole is None:
            return
        if len(whole) <= most:
            self._answer(whole, source, now)
        elif query.is_read_only or source in self._held or len(self._held) >= MAX_HELD:
            part = fitted(reply, most)
            if part is not None:
                self._answer(part, source, now)
            return
        elif not self._hold(whole, source):
            return
        if not query.is_read_only and source not in self._held:
            self._probe(contact, source)

    def _hold(self, whole: bytes, source: Address) -> bool:
        """Send a long answer only when a short question of ours was answered from there: so it is no forged address."""

        def done(reply: Reply | None) -> None:
            self._held.discard(source)
            if reply is not None:
                self._answer(whole, source, self.clock.now())

        self._held.add(source)
        if not self.ping(source, done):
            self._held.discard(source)
            return False
        return True

    def _answer(self, packet: bytes, source: Address, now: float) -> None:
        self.reach.wrote(source.host, now)
        self._send(packet, source)

    def _probe(self, contact: Contact, source: Address) -> None:
        """It asked us: when there is room for it, see whether it answers as well."""
        if self._probes_left > 0 and not self.questions.awaits(source.host) and self.table.has_room_for(contact):
            self._probes_left -= 1
            self.ping(source)

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self) -> None:
        """Once a second."""
        self._probes_left = PROBES_PER_SECOND

    def close(self) -> None:
        """Nothing is awaited any more."""
        self.questions.close()


def _ping(transaction: bytes, own_id: bytes, is_read_only: bool) -> Query:
    return Query(transaction, own_id, Method.PING, is_read_only=is_read_only)
