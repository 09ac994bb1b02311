"""The nodes that we know, most of them near our own id (BEP 5, 42). Pure: time is an argument.

Only nodes that answered us are taken in. A bucket holds the nodes that share so many bits with our id; the farther ones
are larger, so that a lookup's first steps have more to choose from. One id per address and few per neighbourhood
(`node_ids.network_of`) in a bucket, so that one machine or one network cannot fill it. Full buckets keep their old,
good nodes; newcomers wait in a small replacement cache for a node that fails.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass, field

from shoal.engine.policy.dht.node_ids import distance, is_proper_id, network_of, shared_bits
from shoal.protocol.dht_nodes import Contact

BUCKET_NODES = 8
"""k of BEP 5: the size of a bucket, and how many closest nodes are told."""
FAR_BUCKET_NODES = (128, 64, 32, 16)
"""Sizes of the buckets farthest from us."""
REPLACEMENTS = 8
PER_NETWORK = 2
"""Nodes of one neighbourhood in a bucket."""
GOOD_SECONDS = 900.0
"""A node that was heard of within this time is good (BEP 5)."""
FAILURES_UNTIL_BAD = 2
REFRESH_SECONDS = 900.0
"""A bucket in which nothing happened for so long is refreshed (BEP 5)."""
MOST_BUCKETS = 160


@dataclass(slots=True)
class KnownNode:
    """A node that has answered us."""

    contact: Contact
    is_proper: bool
    """Its id fits its address (BEP 42)."""
    replied_at: float
    heard_at: float
    """When it last answered or asked."""
    round_trip: float
    failures: int = 0
    number: int = field(init=False)
    """Its id as a number, for distances."""

    def __post_init__(self) -> None:
        self.number = int.from_bytes(self.contact.node_id, "big")

    def is_good(self, now: float) -> bool:
        return not self.failures and now - self.heard_at < GOOD_SECONDS

    @property
    def is_bad(self) -> bool:
        return self.failures >= FAILURES_UNTIL_BAD


@dataclass(slots=True)
class _Bucket:
    nodes: dict[bytes, KnownNode] = field(default_factory=dict)
    waiting: dict[bytes, KnownNode] = field(default_factory=dict)
    """Replacement cache, the newest last."""
    changed_at: float = 0.0


class RoutingTable:
    """Nodes of one address family around `own_id`."""

    def __init__(self, own_id: bytes, now: float) -> None:
        self.own_id = own_id
        self._buckets: dict[int, _Bucket] = {}
        self._started_at = now
        self._ids: dict[str | tuple[str, int], bytes] = {}
        """Which id an address has, of nodes in buckets; on this computer ports tell nodes apart."""

    def __len__(self) -> int:
        return len(self._ids)

    def __iter__(self) -> Iterator[KnownNode]:
        for bits in sorted(self._buckets):
            yield from self._buckets[bits].nodes.values()

    def good_count(self, now: float) -> int:
        """Nodes that were heard of lately."""
        return sum(node.is_good(now) for node in self)

    def find(self, contact: Contact) -> KnownNode | None:
        """The node with that id at that endpoint."""
        bucket = self._buckets.get(shared_bits(self.own_id, contact.node_id))
        node = bucket.nodes.get(contact.node_id) if bucket is not None else None
        return node if node is not None and node.contact == contact else None

    def replied(self, contact: Contact, round_trip: float, now: float) -> bool:
        """It answered a question that we sent to exactly that endpoint; True when it is, or now is, in a bucket."""
        bits = shared_bits(self.own_id, contact.node_id)
        if bits >= MOST_BUCKETS:
            return False
        bucket = self._buckets.setdefault(bits, _Bucket())
        known = bucket.nodes.get(contact.node_id)
        if known is not None and known.contact == contact:
            known.replied_at = known.heard_at = bucket.changed_at = now
            known.failures = 0
            known.round_trip += (round_trip - known.round_trip) / 4
            return True
        if known is not None and not known.is_bad:
            # Somebody else has this id, and answers.
            return False
        if not self._leave_for(contact):
            return False
        if known is not None:
            self._drop(bucket, known)
        node = KnownNode(contact, is_proper_id(contact.node_id, contact.host), now, now, round_trip)
        return self._take(bucket, bits, node, now)

    def asked_us(self, contact: Contact, now: float) -> None:
        """It sent us a question: a node that answered before is good again."""
        node = self.find(contact)
        if node is not None:
            node.heard_at = now

    def has_room_for(self, contact: Contact) -> bool:
        """Whether it is worth asking this node, to take it in when it answers."""
        bits = shared_bits(self.own_id, contact.node_id)
        if bits >= MOST_BUCKETS or _key(contact) in self._ids:
            return False
        bucket = self._buckets.get(bits)
        if bucket is None:
            return True
        if len(bucket.waiting) >= REPLACEMENTS and len(bucket.nodes) >= _size(bits):
            return False
        return contact.node_id not in bucket.nodes and not self._is_crowded(bucket, contact)

    def failed(self, contact: Contact) -> None:
        """It did not answer. A bad node goes when another waits for its place, or at the third failure."""
        bits = shared_bits(self.own_id, contact.node_id)
        bucket = self._buckets.get(bits)
        if bucket is None:
            return
        bucket.waiting.pop(contact.node_id, None)
        node = bucket.nodes.get(contact.node_id)
        if node is None or node.contact != contact:
            return
        node.failures += 1
        if node.is_bad and (bucket.waiting or node.failures > FAILURES_UNTIL_BAD):
            self._drop(bucket, node)
            self._fill(bucket, bits)

    def closest(self, target: bytes, count: int = BUCKET_NODES) -> list[KnownNode]:
        """Up to `count` nodes that are not bad, the nearest to `target` first."""
        near = int.from_bytes(target, "big")
        usable = [node for node in self if not node.is_bad]
        return heapq.nsmallest(count, usable, key=lambda node: node.number ^ near)

    def questionable(self, now: float) -> KnownNode | None:
        """The node that was not heard of for longest, when that is too long: ask it whether it is still there."""
        oldest = min(self, key=lambda node: node.heard_at, default=None)
        return oldest if oldest is not None and now - oldest.heard_at >= GOOD_SECONDS else None

    def stale_bucket(self, now: float) -> int | None:
        """The bucket (bits shared with our id) that is to be refreshed next by a lookup of an id in it, if any."""
        deepest = max((bits for bits, bucket in self._buckets.items() if bucket.nodes), default=0)
        stale: list[tuple[float, int]] = []
        for bits in range(deepest + 1):
            bucket = self._buckets.get(bits)
            changed_at = bucket.changed_at if bucket is not None else self._started_at
            if now - changed_at >= REFRESH_SECONDS:
                stale.append((changed_at, bits))
        return min(stale)[1] if stale else None

    def refreshing(self, bits: int, now: float) -> None:
        """A refresh of that bucket begins: no other for a while."""
        self._buckets.setdefault(bits, _Bucket()).changed_at = now

    def moved_to(self, own_id: bytes, now: float) -> RoutingTable:
        """The same nodes around another id of ours."""
        table = RoutingTable(own_id, now)
        for node in sorted(self, key=lambda node: distance(node.contact.node_id, own_id)):
            bits = shared_bits(own_id, node.contact.node_id)
            if bits < MOST_BUCKETS:
                table._take(table._buckets.setdefault(bits, _Bucket()), bits, node, now)
        return table

    def _leave_for(self, contact: Contact) -> bool:
        """Make its address free of another id; False when that one is good and this one must not come."""
        other_id = self._ids.get(_key(contact))
        if other_id is None or other_id == contact.node_id:
            return True
        bucket = self._buckets[shared_bits(self.own_id, other_id)]
        other = bucket.nodes[other_id]
        if other.contact.endpoint != contact.endpoint and not other.is_bad:
            return False
        # The very same endpoint answers under another id: it was started anew, or it lies. Either way the old is gone.
        self._drop(bucket, other)
        return True

    def _take(self, bucket: _Bucket, bits: int, node: KnownNode, now: float) -> bool:
        if self._is_crowded(bucket, node.contact):
            return False
        bucket.waiting.pop(node.contact.node_id, None)
        if len(bucket.nodes) >= _size(bits):
            worst = max(bucket.nodes.values(), key=lambda known: (known.is_bad, not known.is_proper, known.failures))
            if not worst.is_bad and (worst.is_proper or not node.is_proper):
                bucket.waiting[node.contact.node_id] = node
                if len(bucket.waiting) > REPLACEMENTS:
                    del bucket.waiting[next(iter(bucket.waiting))]
                return False
            self._drop(bucket, worst)
        bucket.nodes[node.contact.node_id] = node
        bucket.changed_at = now
        self._ids[_key(node.contact)] = node.contact.node_id
        return True

    def _fill(self, bucket: _Bucket, bits: int) -> None:
        while bucket.waiting and len(bucket.nodes) < _size(bits):
            node = bucket.waiting.pop(next(reversed(bucket.waiting)))
            if _key(node.contact) not in self._ids and not self._is_crowded(bucket, node.contact):
                bucket.nodes[node.contact.node_id] = node
                self._ids[_key(node.contact)] = node.contact.node_id

    def _drop(self, bucket: _Bucket, node: KnownNode) -> None:
        del bucket.nodes[node.contact.node_id]
        self._ids.pop(_key(node.contact), None)

    @staticmethod
    def _is_crowded(bucket: _Bucket, contact: Contact) -> bool:
        network = network_of(contact.host)
        if network is None:
            return False
        return sum(network_of(node.contact.host) == network for node in bucket.nodes.values()) >= PER_NETWORK


def _size(bits: int) -> int:
    return FAR_BUCKET_NODES[bits] if bits < len(FAR_BUCKET_NODES) else BUCKET_NODES


def _key(contact: Contact) -> str | tuple[str, int]:
    return contact.host if network_of(contact.host) is not None else contact.endpoint
