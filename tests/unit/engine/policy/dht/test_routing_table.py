from __future__ import annotations

import random

from shoal.engine.policy.dht.node_ids import id_in_bucket, is_proper_id, make_node_id, shared_bits
from shoal.engine.policy.dht.routing_table import (
    BUCKET_NODES,
    FAR_BUCKET_NODES,
    GOOD_SECONDS,
    PER_NETWORK,
    REFRESH_SECONDS,
    REPLACEMENTS,
    RoutingTable,
)
from shoal.protocol.dht_nodes import Contact

OWN = make_node_id(None, random.Random(0))
BITS = 10
"""A bucket of the usual size."""


def contact(number: int, bits: int = BITS, host: str | None = None, port: int = 6881) -> Contact:
    return Contact(id_in_bucket(OWN, bits, random.Random(number)), host or f"10.{number // 250}.{number % 250}.1", port)


def proper(number: int) -> Contact:
    """A node of the farthest bucket with a global address whose id fits it."""
    rng = random.Random(number)
    while True:
        host = f"{rng.randrange(11, 100)}.{rng.randrange(256)}.{rng.randrange(256)}.7"
        node_id = make_node_id(host, rng)
        if shared_bits(OWN, node_id) == 0 and is_proper_id(node_id, host):
            return Contact(node_id, host, 6881)


def full_bucket(size: int = BUCKET_NODES, bits: int = BITS, now: float = 0.0) -> tuple[RoutingTable, list[Contact]]:
    table = RoutingTable(OWN, now)
    nodes = [contact(number, bits) for number in range(size)]
    assert all(table.replied(node, 0.1, now) for node in nodes)
    return table, nodes


def test_far_buckets_hold_more() -> None:
    for bits, size in enumerate((*FAR_BUCKET_NODES, BUCKET_NODES)):
        table, _ = full_bucket(size, bits)
        assert not table.replied(contact(999, bits), 0.1, 0.0)
        assert len(table) == size


def test_old_good_nodes_keep_their_place_and_newcomers_wait() -> None:
    table, nodes = full_bucket()
    newcomer = contact(100)
    assert table.has_room_for(newcomer)
    assert not table.replied(newcomer, 0.1, 1.0)
    assert table.find(newcomer) is None
    table.failed(nodes[3])
    assert table.find(nodes[3]) is not None
    table.failed(nodes[3])
    assert table.find(nodes[3]) is None
    assert table.find(newcomer) is not None


def test_enough_newcomers_wait_and_no_more_are_asked() -> None:
    table, _ = full_bucket()
    for number in range(100, 100 + REPLACEMENTS):
        table.replied(contact(number), 0.1, 1.0)
    assert not table.has_room_for(contact(300))
    assert table.has_room_for(contact(300, bits=11))


def test_a_bad_node_without_a_replacement_goes_at_its_third_failure() -> None:
    table, nodes = full_bucket(3)
    table.failed(nodes[0])
    table.failed(nodes[0])
    assert table.find(nodes[0]) is not None
    assert nodes[0] not in [node.contact for node in table.closest(nodes[0].node_id)]
    table.failed(nodes[0])
    assert table.find(nodes[0]) is None
    assert len(table) == 2


def test_an_answer_makes_a_failing_node_good_again() -> None:
    table, nodes = full_bucket(1)
    table.failed(nodes[0])
    assert table.good_count(1.0) == 0
    assert table.replied(nodes[0], 0.1, 1.0)
    assert table.good_count(1.0) == 1
    assert table.good_count(1.0 + GOOD_SECONDS) == 0
    table.asked_us(nodes[0], GOOD_SECONDS)
    assert table.good_count(1.0 + GOOD_SECONDS) == 1


def test_one_id_per_address() -> None:
    table, nodes = full_bucket(1)
    twin = contact(50, host=nodes[0].host, port=7000)
    assert not table.has_room_for(twin)
    assert not table.replied(twin, 0.1, 1.0)
    for _ in range(2):
        table.failed(nodes[0])
    assert table.replied(twin, 0.1, 1.0)
    assert [node.contact for node in table] == [twin]


def test_a_node_that_was_started_anew_replaces_itself() -> None:
    table, nodes = full_bucket(1)
    again = Contact(contact(50, bits=3).node_id, nodes[0].host, nodes[0].port)
    assert table.replied(again, 0.1, 1.0)
    assert [node.contact for node in table] == [again]


def test_nobody_takes_the_id_of_a_node_that_answers() -> None:
    table, nodes = full_bucket(1)
    thief = Contact(nodes[0].node_id, "10.99.99.99", 1)
    assert not table.replied(thief, 0.1, 1.0)
    assert [node.contact for node in table] == [nodes[0]]
    for _ in range(2):
        table.failed(nodes[0])
    assert table.replied(thief, 0.1, 1.0), "it may have moved"
    assert [node.contact for node in table] == [thief]
    assert table.replied(Contact(contact(3).node_id, *nodes[0].endpoint), 0.1, 2.0)
    assert len(table) == 2


def test_our_own_id_is_nobody() -> None:
    table = RoutingTable(OWN, 0.0)
    assert not table.has_room_for(Contact(OWN, "10.1.1.1", 1))
    assert not table.replied(Contact(OWN, "10.1.1.1", 1), 0.1, 0.0)
    assert len(table) == 0


def test_few_of_one_neighbourhood_in_a_bucket() -> None:
    table = RoutingTable(OWN, 0.0)
    taken = [table.replied(contact(number, host=f"10.7.7.{number}"), 0.1, 0.0) for number in range(6)]
    assert taken == [True] * PER_NETWORK + [False] * (6 - PER_NETWORK)
    assert not table.has_room_for(contact(9, host="10.7.7.99"))
    assert table.has_room_for(contact(9, host="10.7.8.99"))
    wide = RoutingTable(OWN, 0.0)
    six = [wide.replied(contact(number, host=f"2001:db8:1:2::{number}"), 0.1, 0.0) for number in range(6)]
    assert sum(six) == PER_NETWORK


def test_on_this_computer_ports_tell_nodes_apart() -> None:
    table = RoutingTable(OWN, 0.0)
    assert all(table.replied(contact(number, host="127.0.0.1", port=7000 + number), 0.1, 0.0) for number in range(8))


def test_improper_ids_give_way_to_proper_ones() -> None:
    size = FAR_BUCKET_NODES[0]
    table = RoutingTable(OWN, 0.0)
    for number in range(size):
        host = f"{20 + number // 200}.{number % 200}.5.6"
        assert table.replied(Contact(id_in_bucket(OWN, 0, random.Random(number)), host, 1), 0.1, 0.0)
    for number in range(10):
        assert table.replied(proper(number), 0.1, 1.0)
    assert len(table) == size
    assert sum(node.is_proper for node in table) >= 10
    assert not table.replied(Contact(id_in_bucket(OWN, 0, random.Random(7777)), "99.9.9.9", 1), 0.1, 2.0)


def test_the_closest_come_in_their_order() -> None:
    table, nodes = full_bucket(BUCKET_NODES)
    for number in range(200, 240):
        table.replied(contact(number, bits=number % 4), 0.1, 0.0)
    target = nodes[2].node_id
    found = [node.contact for node in table.closest(target)]
    assert found[0] == nodes[2]
    assert set(found) == set(nodes)


def test_who_was_silent_longest_is_questionable_first() -> None:
    table, nodes = full_bucket(3)
    table.replied(nodes[0], 0.1, 100.0)
    table.replied(nodes[1], 0.1, 50.0)
    assert table.questionable(GOOD_SECONDS - 1) is None
    oldest = table.questionable(GOOD_SECONDS + 60)
    assert oldest is not None
    assert oldest.contact == nodes[2]


def test_quiet_buckets_are_refreshed_one_after_another() -> None:
    table, _ = full_bucket(3, bits=2)
    assert table.stale_bucket(REFRESH_SECONDS - 1) is None
    now = REFRESH_SECONDS
    seen: list[int] = []
    while (bits := table.stale_bucket(now)) is not None:
        seen.append(bits)
        table.refreshing(bits, now)
    assert seen == [0, 1, 2]


def test_the_same_nodes_around_another_id() -> None:
    table, nodes = full_bucket()
    other = make_node_id(None, random.Random(77))
    moved = table.moved_to(other, 5.0)
    assert moved.own_id == other
    assert {node.contact for node in moved} == set(nodes)
