"""When a router is asked, and for which of its ports."""

from __future__ import annotations

import random

import pytest

from shoal.engine.policy.port_leases import (
    FIRST_RETRY,
    LONGEST_LEASE,
    LONGEST_RETRY,
    MAX_ROUTERS,
    MOST_CONFLICTS,
    PortLeases,
    Refusal,
    has_lost_state,
    retry_after,
    routes_to_ask,
)
from shoal.runtime.world import Route

PORT = 51413
EVERYWHERE = "0.0.0.0 ::"


def leases(*routers: str) -> PortLeases:
    made = PortLeases(random.Random(1))
    made.want(PORT, routers, 0.0)
    return made


def test_tcp_and_udp_are_due_at_every_router_at_once() -> None:
    due = leases("a", "b").due(0.0)
    assert [(lease.router, lease.is_tcp) for lease in due] == [("a", True), ("a", False), ("b", True), ("b", False)]


def test_a_lease_is_renewed_at_its_half_and_ends_when_nobody_renews_it() -> None:
    made = leases("a")
    tcp, _ = made.due(0.0)
    made.granted(tcp, 50_000, 600.0, 0.0)
    assert made.public_port == 50_000
    assert tcp not in made.due(299.0)
    assert tcp in made.due(300.0)
    made.failed(tcp, Refusal.SILENT, 300.0)
    made.due(599.0)
    assert made.public_port == 50_000
    made.due(600.0)
    assert made.public_port == 0


def test_udp_follows_the_port_that_tcp_got() -> None:
    made = leases("a")
    tcp, udp = made.due(0.0)
    assert made.wish(tcp) == PORT
    made.granted(tcp, 50_000, 600.0, 0.0)
    assert made.wish(udp) == 50_000


def test_a_taken_port_is_replaced_at_once_and_not_for_ever() -> None:
    made = leases("a")
    tcp, _ = made.due(0.0)
    wishes = [made.wish(tcp)]
    for _ in range(MOST_CONFLICTS):
        made.failed(tcp, Refusal.CONFLICT, 0.0)
        assert tcp in made.due(0.0)
        wishes.append(made.wish(tcp))
    assert len(set(wishes)) == len(wishes)
    made.failed(tcp, Refusal.CONFLICT, 0.0)
    assert tcp not in made.due(0.0)
    assert tcp.refusal is Refusal.REFUSED


def test_pauses_grow_and_end_growing() -> None:
    pauses = [retry_after(failures) for failures in range(100)]
    assert pauses[:3] == [FIRST_RETRY, 2 * FIRST_RETRY, 4 * FIRST_RETRY]
    assert pauses == sorted(pauses)
    assert pauses[-1] == LONGEST_RETRY


@pytest.mark.parametrize("seconds", [0.0, -5.0, 1e12])
def test_nonsense_of_a_lifetime_stays_in_bounds(seconds: float) -> None:
    made = leases("a")
    tcp, _ = made.due(0.0)
    made.granted(tcp, PORT, seconds, 0.0)
    assert 10.0 <= tcp.next_at <= LONGEST_LEASE / 2


def test_another_port_and_other_routers_begin_anew_and_the_same_go_on() -> None:
    made = leases("a")
    for lease in made.due(0.0):
        made.granted(lease, PORT, 600.0, 0.0)
    made.want(PORT, ("a", "b"), 1.0)
    assert [lease.router for lease in made.due(1.0)] == ["b", "b"]
    made.lost("a", 2.0)
    assert len(made.due(2.0)) == 4
    assert made.public_port == PORT
    made.want(PORT + 1, ("a",), 3.0)
    assert made.public_port == 0
    assert [made.wish(lease) for lease in made.due(3.0)] == [PORT + 1, PORT + 1]
    made.want(0, ("a",), 4.0)
    assert list(made) == []


@pytest.mark.parametrize(
    ("epoch", "before", "elapsed", "lost"),
    [(160, 100, 60.0, False), (153, 100, 60.0, False), (140, 100, 60.0, True), (3, 100, 60.0, True)],
)
def test_a_clock_that_fell_back_is_a_router_that_started_anew(
    epoch: int, before: int, elapsed: float, lost: bool
) -> None:
    assert has_lost_state(epoch, before, elapsed) is lost


@pytest.mark.parametrize(
    ("listening", "outgoing", "routers"),
    [
        (EVERYWHERE, "", ["192.168.1.1", "fe80::1%eth0"]),
        ("0.0.0.0", "", ["192.168.1.1"]),
        ("192.168.1.9", "", ["192.168.1.1"]),
        ("127.0.0.1", "", []),
        (EVERYWHERE, "10.8.0.2", []),
        (EVERYWHERE, "192.168.1.9", ["192.168.1.1"]),
    ],
)
def test_only_private_routers_of_addresses_in_use_are_asked(listening: str, outgoing: str, routers: list[str]) -> None:
    routes = [
        Route("192.168.1.1", "192.168.1.9"),
        Route("192.168.1.1", "192.168.1.9"),
        Route("45.0.0.1", "45.0.0.9"),
        Route("fe80::1%eth0", "2a00::9"),
        Route("nonsense", "192.168.1.9"),
    ]
    assert [route.router for route in routes_to_ask(routes, listening, outgoing)] == routers


def test_not_more_routers_are_asked_than_anybody_has() -> None:
    many = [Route(f"192.168.{number}.1", "192.168.1.9") for number in range(50)]
    assert len(routes_to_ask(many, EVERYWHERE, "")) == MAX_ROUTERS
