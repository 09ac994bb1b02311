from __future__ import annotations

import random

from shoal.engine.policy.dht.lookup import MAX_ASKED, MAX_IMPROPER, MAX_UNDER_WAY, PARALLEL, PER_NETWORK, Lookup
from shoal.engine.policy.dht.node_ids import distance, make_node_id, shared_bits
from shoal.protocol.dht_nodes import Contact

TARGET = make_node_id(None, random.Random(1))


def contacts(count: int, seed: int = 5) -> list[Contact]:
    rng = random.Random(seed)
    return [Contact(rng.randbytes(20), f"10.{n // 250}.{n % 250}.1", 6881) for n in range(count)]


def told_by(contact: Contact, network: list[Contact]) -> list[Contact]:
    """What a node names that knows 8 others of each distance: those nearest to the target."""
    buckets: dict[int, list[Contact]] = {}
    for other in network:
        buckets.setdefault(shared_bits(contact.node_id, other.node_id), []).append(other)
    known = [other for bits, bucket in buckets.items() if bits < 160 for other in bucket[:8]]
    return sorted(known, key=lambda other: distance(other.node_id, TARGET))[:8]


def run(lookup: Lookup, network: list[Contact], silent: frozenset[Contact] = frozenset()) -> None:
    for _ in range(10_000):
        asked = lookup.to_ask()
        if not asked:
            break
        for contact in asked:
            if contact in silent:
                lookup.slow(contact)
                lookup.failed(contact)
            else:
                lookup.answered(contact, contact.node_id, told_by(contact, network), b"t" + contact.host.encode())


def nearest(network: list[Contact], count: int = 8) -> list[Contact]:
    return sorted(network, key=lambda contact: distance(contact.node_id, TARGET))[:count]


def test_the_nearest_are_found_from_any_start() -> None:
    network = contacts(300)
    for start in network[:20]:
        lookup = Lookup(TARGET, [start])
        run(lookup, network)
        assert lookup.is_done
        found = lookup.closest()
        assert [contact for contact, _ in found][:4] == nearest(network)[:4]
        assert all(token == b"t" + contact.host.encode() for contact, token in found)


def test_silent_nodes_are_passed_over() -> None:
    network = contacts(300)
    silent = frozenset(nearest(network, 4))
    lookup = Lookup(TARGET, network[:8])
    run(lookup, network, silent)
    assert lookup.is_done
    assert not silent & {contact for contact, _ in lookup.closest()}
    assert len(lookup.closest()) == 8


def test_few_are_asked_at_a_time_and_slow_ones_make_room() -> None:
    lookup = Lookup(TARGET, contacts(40))
    first = lookup.to_ask()
    assert len(first) == PARALLEL
    assert lookup.to_ask() == []
    lookup.slow(first[0])
    assert len(lookup.to_ask()) == 1
    for _ in range(20):
        for contact in [candidate.contact for candidate in lookup._candidates]:
            lookup.slow(contact)
        lookup.to_ask()
    assert lookup.asked == MAX_UNDER_WAY


def test_an_answer_that_comes_late_still_counts() -> None:
    network = contacts(10)
    lookup = Lookup(TARGET, network[:1])
    (asked,) = lookup.to_ask()
    lookup.slow(asked)
    assert lookup.is_done
    assert lookup.has_slow
    lookup.answered(asked, asked.node_id, network[1:], None)
    assert not lookup.is_done
    assert lookup.to_ask()


def test_an_answer_under_another_id_is_of_no_use() -> None:
    network = contacts(10)
    lookup = Lookup(TARGET, network[:1])
    (asked,) = lookup.to_ask()
    lookup.answered(asked, bytes(20), network[1:], b"token")
    assert lookup.closest() == []
    assert lookup.is_done


def test_nodes_that_invent_ever_nearer_nodes_come_to_an_end() -> None:
    rng = random.Random(3)
    lookup = Lookup(TARGET, contacts(4))
    asked = 0
    while batch := lookup.to_ask():
        for contact in batch:
            asked += 1
            near = bytearray(TARGET)
            near[-3:] = rng.randbytes(3)
            invented = [
                Contact(bytes(near[:19]) + rng.randbytes(1), f"10.{rng.randrange(256)}.{rng.randrange(256)}.2", 1)
                for _ in range(100)
            ]
            lookup.answered(contact, contact.node_id, invented, None)
    assert asked <= MAX_ASKED
    assert lookup.is_done


def test_nodes_that_name_each_other_are_asked_once() -> None:
    network = contacts(6)
    lookup = Lookup(TARGET, network[:1])
    seen: list[Contact] = []
    while batch := lookup.to_ask():
        seen += batch
        for contact in batch:
            lookup.answered(contact, contact.node_id, network, None)
    assert sorted(seen) == sorted(network)


def test_one_neighbourhood_cannot_push_out_all_others() -> None:
    honest = contacts(8)
    near = [Contact(TARGET[:19] + bytes([n]), f"10.99.99.{n}", 1) for n in range(1, 100)]
    lookup = Lookup(TARGET, [*near, *honest])
    seen: list[Contact] = []
    while batch := lookup.to_ask():
        seen += batch
        for contact in batch:
            lookup.answered(contact, contact.node_id, near, None)
    assert len(set(seen) & set(near)) == PER_NETWORK
    assert set(honest) <= set(seen) | set(nearest(honest, 8))


def test_forged_ids_are_asked_but_end_nothing() -> None:
    """Forty machines all over the world that all claim to be right beside the target (BEP 42 forbids it)."""
    rng = random.Random(9)
    forged = [Contact(TARGET[:19] + bytes([n]), f"{20 + n}.{n}.1.1", 1) for n in range(40)]
    honest = []
    for n in range(12):
        host = f"{100 + n}.7.{n}.1"
        honest.append(Contact(make_node_id(host, rng), host, 1))
    lookup = Lookup(TARGET, [*forged, *honest])
    seen: list[Contact] = []
    while batch := lookup.to_ask():
        seen += batch
        for contact in batch:
            lookup.answered(contact, contact.node_id, [], b"t")
    assert len(set(seen) & set(forged)) == MAX_IMPROPER
    assert [contact for contact, _ in lookup.closest()] == nearest(honest)


def test_we_do_not_ask_ourselves() -> None:
    network = contacts(3)
    lookup = Lookup(TARGET, network, own_endpoints=[network[0].endpoint])
    assert set(lookup.to_ask()) == set(network[1:])


def test_without_anybody_it_is_over_at_once() -> None:
    lookup = Lookup(TARGET, [])
    assert lookup.is_done
    assert lookup.to_ask() == []
