import random

from shoal.engine.policy.known_peers import (
    FAILURES_BEFORE_REST,
    MAX_BANS,
    MAX_KNOWN_PEERS,
    REST_SECONDS,
    RETRY_SECONDS,
    USEFUL_RETRY_SECONDS,
    KnownPeers,
)
from shoal.runtime.world import Address

RNG = random.Random(3)


def address(number: int, port: int = 6881) -> Address:
    return Address(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", port)


def pool(count: int = 0, limit: int = MAX_KNOWN_PEERS) -> KnownPeers:
    peers = KnownPeers(limit)
    for number in range(count):
        assert peers.add(address(number), "tracker", 0.0)
    return peers


def dialable(peers: KnownPeers, now: float, count: int = 100) -> list[Address]:
    return peers.next_to_dial(now, count, RNG)


def test_an_address_is_taken_once_and_keeps_its_first_source() -> None:
    peers = pool(1)
    assert not peers.add(address(0), "pex", 5.0)
    assert peers.source(address(0)) == "tracker"
    assert peers.count == 1
    assert not peers.add(Address("10.0.0.1", 0), "tracker", 0.0)


def test_next_to_dial_is_bounded_and_leaves_out_those_in_use() -> None:
    peers = pool(5)
    peers.dialing(address(0))
    peers.dialing(address(1))
    peers.connected(address(1), 0.0)
    assert set(dialable(peers, 0.0)) == {address(2), address(3), address(4)}
    assert len(dialable(peers, 0.0, 2)) == 2
    assert dialable(peers, 0.0, 0) == []


def test_failures_rest_a_minute_then_two_then_an_hour() -> None:
    peers = pool(1)
    now = 0.0
    for rest in (RETRY_SECONDS, 2 * RETRY_SECONDS, REST_SECONDS):
        peers.dialing(address(0))
        assert dialable(peers, now) == []
        peers.failed(address(0), now)
        assert dialable(peers, now + rest - 0.1) == []
        assert dialable(peers, now + rest) == [address(0)]
        now += rest
    assert FAILURES_BEFORE_REST == 3


def test_good_peers_come_first_then_those_that_failed_least() -> None:
    peers = pool(3)
    peers.failed(address(0), 0.0)
    peers.connected(address(2), 0.0)
    peers.closed(address(2), 0.0, True)
    assert dialable(peers, 100.0) == [address(2), address(1), address(0)]


def test_useful_peer_may_be_dialled_again_soon_and_its_failures_are_forgotten() -> None:
    peers = pool(1)
    peers.failed(address(0), 0.0)
    peers.connected(address(0), 60.0)
    peers.closed(address(0), 100.0, True)
    assert dialable(peers, 100.0 + USEFUL_RETRY_SECONDS - 0.1) == []
    assert dialable(peers, 100.0 + USEFUL_RETRY_SECONDS) == [address(0)]
    peers.failed(address(0), 200.0)
    assert dialable(peers, 200.0 + RETRY_SECONDS) == [address(0)]


def test_useless_connection_counts_as_a_failure() -> None:
    peers = pool(1)
    peers.connected(address(0), 0.0)
    peers.closed(address(0), 1.0, False)
    assert dialable(peers, 60.0) == []
    assert dialable(peers, 61.0) == [address(0)]


def test_full_pool_gives_room_by_dropping_the_oldest_failure_and_refuses_without_one() -> None:
    peers = pool(MAX_KNOWN_PEERS)
    assert not peers.add(address(MAX_KNOWN_PEERS), "pex", 0.0)
    peers.failed(address(7), 1.0)
    peers.failed(address(8), 1.0)
    assert peers.add(address(MAX_KNOWN_PEERS), "pex", 2.0)
    assert peers.count == MAX_KNOWN_PEERS
    assert address(7) not in peers
    assert address(8) in peers


def test_connected_and_useful_addresses_never_make_room() -> None:
    peers = pool(2, limit=2)
    peers.failed(address(0), 0.0)
    peers.dialing(address(0))
    peers.connected(address(1), 0.0)
    peers.closed(address(1), 0.0, True)
    assert not peers.add(address(9), "pex", 0.0)


def test_banned_address_is_never_dialled_or_learnt_again() -> None:
    peers = pool(1)
    peers.ban(address(0))
    assert peers.is_banned(address(0))
    assert dialable(peers, 1e6) == []
    assert not peers.add(address(0), "tracker", 1e6)


def test_banning_a_peer_spares_an_honest_one_behind_the_same_host() -> None:
    peers = pool()
    peers.ban(address(1, 5_000), b"M" * 20)
    assert peers.is_banned(address(1, 6_000), b"M" * 20)
    assert not peers.is_banned(address(1, 6_000), b"A" * 20)
    assert not peers.is_banned(address(1, 6_000))
    assert peers.add(address(1, 6_000), "tracker", 0.0)


def test_bans_are_bounded() -> None:
    peers = pool()
    for number in range(MAX_BANS + 1):
        peers.ban(address(number))
    assert not peers.is_banned(address(0))
    assert peers.is_banned(address(1))
    assert peers.is_banned(address(MAX_BANS))


def test_a_seed_forgets_idle_seeds_only() -> None:
    peers = pool(3)
    peers.add(address(10), "pex", 0.0, is_seed=True)
    peers.mark_seed(address(0))
    peers.mark_seed(address(1))
    peers.connected(address(1), 0.0)
    peers.forget_seeds()
    assert {number for number in (0, 1, 2, 10) if address(number) in peers} == {1, 2}


def test_wake_ends_every_rest() -> None:
    peers = pool(1)
    for _ in range(FAILURES_BEFORE_REST):
        peers.failed(address(0), 0.0)
    peers.wake(5.0)
    assert dialable(peers, 5.0) == [address(0)]


def test_a_peer_that_we_parted_from_may_be_dialled_at_once() -> None:
    peers = pool(1)
    peers.connected(address(0), 0.0)
    peers.parted(address(0), 5.0, was_useful=False)
    assert dialable(peers, 5.0) == [address(0)]


def test_seeds_that_never_failed_are_recalled_from_their_rest() -> None:
    peers = pool(3)
    for number in range(3):
        peers.connected(address(number), 0.0)
        peers.closed(address(number), 0.0, was_useful=True)
    peers.failed(address(1), 0.0)
    assert dialable(peers, 0.0) == []
    peers.recall_seeds(0.0)
    assert sorted(dialable(peers, 0.0)) == [address(0), address(2)]


def test_a_host_that_is_forgiven_is_dialled_at_once() -> None:
    peers = pool(2)
    for _ in range(FAILURES_BEFORE_REST):
        peers.failed(address(0), 0.0)
        peers.failed(address(1), 0.0)
    assert dialable(peers, 5.0) == []
    peers.forgive({address(0).host}, 5.0)
    assert dialable(peers, 5.0) == [address(0)]
    peers.failed(address(0), 5.0)
    assert dialable(peers, 5.0 + RETRY_SECONDS) == [address(0)], "what failed during the ban does not count"


def test_news_of_an_unknown_address_is_ignored() -> None:
    peers = pool()
    peers.dialing(address(0))
    peers.connected(address(0), 0.0)
    peers.failed(address(0), 0.0)
    peers.closed(address(0), 0.0, True)
    peers.mark_seed(address(0))
    assert peers.count == 0
    assert peers.source(address(0)) == ""


def test_address_added_while_all_others_rest_is_found_at_once() -> None:
    peers = pool(1)
    peers.failed(address(0), 0.0)
    assert dialable(peers, 1.0) == []
    peers.add(address(1), "pex", 2.0)
    assert dialable(peers, 2.0) == [address(1)]


def test_a_seed_leaves_other_seeds_alone_until_it_lacks_something_again() -> None:
    peers = pool(2)
    peers.mark_seed(address(0))
    assert peers.next_to_dial(0.0, 100, RNG, skip_seeds=True) == [address(1)]
    assert set(dialable(peers, 0.0)) == {address(0), address(1)}


def test_useful_ones_are_those_that_traded_and_did_not_fail_thrice_since() -> None:
    peers = pool(3)
    peers.closed(address(0), 0.0, was_useful=True)
    peers.closed(address(1), 0.0, was_useful=False)
    assert peers.useful() == [address(0)]
    for _ in range(FAILURES_BEFORE_REST):
        assert peers.useful() == [address(0)]
        peers.failed(address(0), 0.0)
    assert peers.useful() == []


def test_a_seed_counts_and_waits_only_for_those_that_may_lack_something() -> None:
    peers = pool(3)
    peers.mark_seed(address(0))
    peers.mark_seed(address(0))
    assert (peers.count, peers.unfinished) == (3, 2)
    assert not peers.add(address(1), "pex", 0.0, is_seed=True)
    peers.add(address(3), "pex", 0.0, is_seed=True)
    assert (peers.count, peers.unfinished) == (4, 1)
    peers.dialing(address(2))
    peers.failed(address(2), 0.0)
    assert peers.next_to_dial(1.0, 10, RNG, skip_seeds=True) == []
    assert peers.idle_until == RETRY_SECONDS, "seeds keep nobody awake"
    # It lacks something again: they are of use, and at once.
    assert set(dialable(peers, 1.0)) == {address(0), address(1), address(3)}
    peers.forget_seeds()
    assert (peers.count, peers.unfinished) == (1, 1)


def test_among_equals_the_higher_rank_is_dialled_first() -> None:
    peers = KnownPeers(rank=lambda peer: peer.port)
    for number in range(1, 9):
        peers.add(Address("192.0.2.1", number), "tracker", 0.0)
    failing, useful = Address("192.0.2.1", 8), Address("192.0.2.1", 1)
    peers.failed(failing, 0.0)
    peers.closed(useful, 0.0, was_useful=True)
    due = peers.next_to_dial(100.0, 8, RNG)
    assert [peer.port for peer in due] == [1, 7, 6, 5, 4, 3, 2, 8]


def test_each_source_is_counted_by_whom_it_named_first() -> None:
    peers = KnownPeers()
    for number, source in enumerate(("tracker", "dht", "tracker", "pex"), 1):
        peers.add(Address("192.0.2.1", number), source, 0.0)
    peers.add(Address("192.0.2.1", 2), "pex", 0.0)
    peers.ban(Address("192.0.2.1", 4))
    assert +peers.sources == {"tracker": 2, "dht": 1}
