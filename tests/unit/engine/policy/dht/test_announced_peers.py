from __future__ import annotations

import random

from shoal.engine.policy.dht.address_filter import estimated_count
from shoal.engine.policy.dht.announced_peers import (
    MAX_PEERS,
    MAX_TORRENTS,
    MAX_TORRENTS_PER_HOST,
    PEER_SECONDS,
    AnnouncedPeers,
)

RNG = random.Random(1)
HASH = bytes(20)


def info_hash(number: int) -> bytes:
    return number.to_bytes(20, "big")


def host(number: int) -> str:
    return f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"


def test_peers_are_kept_for_half_an_hour() -> None:
    store = AnnouncedPeers()
    assert store.announce(HASH, host(1), 7000, 0.0)
    assert store.peers(HASH, 10, PEER_SECONDS - 1, RNG) == [(host(1), 7000)]
    assert store.peers(HASH, 10, PEER_SECONDS, RNG) == []
    assert store.torrent_count == store.peer_count == 0


def test_an_address_is_one_peer_with_its_latest_port() -> None:
    store = AnnouncedPeers()
    store.announce(HASH, host(1), 7000, 0.0)
    store.announce(HASH, host(1), 8000, 100.0)
    assert store.peers(HASH, 10, PEER_SECONDS + 50, RNG) == [(host(1), 8000)]


def test_peers_of_a_torrent_are_bounded() -> None:
    store = AnnouncedPeers()
    for number in range(MAX_PEERS + 1):
        assert store.announce(HASH, host(number), 1, float(number) / 1000)
    assert store.peer_count == MAX_PEERS
    assert (host(0), 1) not in store.peers(HASH, MAX_PEERS, 1.0, RNG)
    assert (host(MAX_PEERS), 1) in store.peers(HASH, MAX_PEERS, 1.0, RNG)


def test_torrents_are_bounded_and_the_one_that_was_quiet_longest_goes() -> None:
    store = AnnouncedPeers()
    for number in range(MAX_TORRENTS):
        store.announce(info_hash(number), host(number), 1, 0.0)
    store.announce(info_hash(0), host(99_999), 1, 1.0)
    store.announce(info_hash(MAX_TORRENTS), host(5), 1, 1.0)
    assert store.torrent_count == MAX_TORRENTS
    assert store.peers(info_hash(0), 10, 1.0, RNG)
    assert not store.peers(info_hash(1), 10, 1.0, RNG)


def test_one_address_cannot_fill_the_store() -> None:
    store = AnnouncedPeers()
    store.announce(HASH, host(7), 1, 0.0)
    taken = [store.announce(info_hash(number), host(1), 1, 0.0) for number in range(1, MAX_TORRENTS_PER_HOST + 50)]
    assert sum(taken) == MAX_TORRENTS_PER_HOST
    assert store.peers(HASH, 10, 0.0, RNG)
    assert store.announce(info_hash(1), host(1), 2, 1.0), "what it announced before it may announce again"
    assert store.announce(info_hash(5000), host(1), 1, PEER_SECONDS + 2)


def test_a_sample_of_many_and_seeds_left_out() -> None:
    store = AnnouncedPeers()
    for number in range(100):
        store.announce(HASH, host(number), 1, 0.0, is_seed=number % 2 == 0)
    assert len(set(store.peers(HASH, 20, 0.0, RNG))) == 20
    useful = store.peers(HASH, 100, 0.0, RNG, no_seeds=True)
    assert sorted(useful) == sorted((host(number), 1) for number in range(1, 100, 2))


def test_filters_count_seeds_and_others() -> None:
    store = AnnouncedPeers()
    for number in range(150):
        store.announce(HASH, host(number), 1, 0.0, is_seed=number < 50)
    filters = store.filters(HASH, 0.0)
    assert filters is not None
    seeds, others = map(estimated_count, filters)
    assert 45 < seeds < 55
    assert 90 < others < 110
    assert store.filters(info_hash(9), 0.0) is None


def test_samples_of_what_is_stored() -> None:
    store = AnnouncedPeers()
    for number in range(40):
        store.announce(info_hash(number), host(1), 1, 0.0 if number < 20 else 1_000.0)
    assert len(set(store.sample(20, 0.0, RNG))) == 20
    left = store.sample(50, PEER_SECONDS, RNG)
    assert set(left) == {info_hash(number) for number in range(20, 40)}
