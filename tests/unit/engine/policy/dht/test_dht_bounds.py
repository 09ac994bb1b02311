"""Tokens, limits per source, proof of addresses, votes on our own, patience, and Bloom filters."""

from __future__ import annotations

import random
from ipaddress import ip_address

import pytest

from shoal.engine.policy.dht.address_filter import address_filter, estimated_count, united
from shoal.engine.policy.dht.address_votes import AGREEING, VOICES, AddressVotes
from shoal.engine.policy.dht.proven_sources import MAX_PROVEN, PROOF_SECONDS, ProvenSources
from shoal.engine.policy.dht.round_trips import FIRST_SECONDS, LEAST_SECONDS, MOST_SECONDS, RoundTrips
from shoal.engine.policy.dht.source_limit import BLOCK_SECONDS, BURST_PACKETS, MAX_SOURCES, SourceLimit
from shoal.engine.policy.dht.tokens import SECRET_SECONDS, Tokens

HASH = bytes(range(20))


def test_a_token_is_good_for_its_address_hash_and_time() -> None:
    tokens = Tokens(random.Random(1), 0.0)
    token = tokens.make("1.2.3.4", HASH, 10.0)
    assert tokens.is_good(token, "1.2.3.4", HASH, 10.0)
    assert not tokens.is_good(token, "1.2.3.5", HASH, 10.0)
    assert not tokens.is_good(token, "1.2.3.4", bytes(20), 10.0)
    assert not tokens.is_good(b"", "1.2.3.4", HASH, 10.0)
    assert tokens.is_good(token, "1.2.3.4", HASH, SECRET_SECONDS + 10)
    assert not tokens.is_good(token, "1.2.3.4", HASH, 2 * SECRET_SECONDS + 10)


def test_an_old_token_is_bad_after_a_long_silence_too() -> None:
    tokens = Tokens(random.Random(1), 0.0)
    token = tokens.make("1.2.3.4", HASH, 10.0)
    assert not tokens.is_good(token, "1.2.3.4", HASH, 50 * SECRET_SECONDS)
    assert not Tokens(random.Random(2), 0.0).is_good(token, "1.2.3.4", HASH, 10.0)


def test_five_packets_a_second_are_heard_for_ever() -> None:
    limit = SourceLimit()
    assert all(limit.takes("1.2.3.4", second / 5) for second in range(5_000))


def test_a_flood_is_not_heard_for_five_minutes() -> None:
    limit = SourceLimit()
    heard = sum(limit.takes("1.2.3.4", 0.0) for _ in range(1_000))
    assert heard == BURST_PACKETS
    assert not limit.takes("1.2.3.4", BLOCK_SECONDS - 1)
    assert limit.takes("1.2.3.5", 1.0)
    assert limit.takes("1.2.3.4", BLOCK_SECONDS)


def test_addresses_of_one_ipv6_network_are_one_source() -> None:
    limit = SourceLimit()
    heard = sum(limit.takes(f"2001:db8:1:2::{number:x}", 0.0) for number in range(1_000))
    assert heard == BURST_PACKETS


def test_sources_are_bounded() -> None:
    limit = SourceLimit()
    for number in range(MAX_SOURCES + 100):
        limit.takes(f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}", 0.0)
    assert len(limit._sources) == MAX_SOURCES


def test_an_unproven_source_gets_little_more_than_it_sent() -> None:
    proven = ProvenSources()
    assert proven.most_bytes(("1.2.3.4", 1), 100, 1_000, 0.0) == 150
    proven.prove(("1.2.3.4", 1), 0.0)
    assert proven.most_bytes(("1.2.3.4", 1), 100, 1_000, 1.0) == 1_000
    assert proven.most_bytes(("1.2.3.4", 2), 100, 1_000, 1.0) == 150
    assert proven.most_bytes(("1.2.3.4", 1), 100, 1_000, PROOF_SECONDS) == 150
    for port in range(MAX_PROVEN):
        proven.prove(("9.9.9.9", port), 1.0)
    assert proven.most_bytes(("1.2.3.4", 1), 100, 1_000, 2.0) == 150


def test_several_neighbourhoods_must_agree_on_our_address() -> None:
    votes = AddressVotes()
    assert not any(votes.vote(f"20.0.0.{number}", "9.9.9.9") for number in range(1, 50))
    changes = [votes.vote(f"3{number}.1.1.1", "8.8.8.8") for number in range(AGREEING)]
    assert changes == [False] * (AGREEING - 1) + [True]
    assert votes.host == "8.8.8.8"
    assert [votes.vote(f"3{number}.1.1.1", "7.7.7.7") for number in range(AGREEING)][-1]
    assert votes.host == "7.7.7.7"


def test_votes_of_no_worth() -> None:
    votes = AddressVotes()
    for number in range(VOICES):
        assert not votes.vote("127.0.0.1", "8.8.8.8")
        assert not votes.vote(f"{40 + number}.1.1.1", "192.168.0.1")
        assert not votes.vote(f"{40 + number}.1.1.1", "2a00::1")
    assert votes.host is None


def test_patience_follows_what_answers_take() -> None:
    trips = RoundTrips()
    assert trips.patience == FIRST_SECONDS
    for _ in range(100):
        trips.took(0.02)
    assert trips.patience == LEAST_SECONDS
    for _ in range(100):
        trips.took(0.5)
    assert 0.5 < trips.patience < 1.0
    for _ in range(100):
        trips.took(60.0)
    assert trips.patience == MOST_SECONDS


def test_the_filter_of_the_standards_example() -> None:
    hosts = [f"192.0.2.{number}" for number in range(256)]
    hosts += [str(ip_address(int(ip_address("2001:db8::")) + number)) for number in range(0x3E8)]
    made = address_filter(hosts)
    assert made.hex().upper().startswith("F6C3F5EAA07FFD91BDE89F777F26FB2BFF37BDB8FB2BBAA2FD3DDDE7BACFFF75")
    assert estimated_count(made) == pytest.approx(1224.9308, abs=0.0001)
    halves = [address_filter(hosts[:600]), address_filter(hosts[600:])]
    assert united(halves) == made
    assert estimated_count(address_filter([])) == 0.0
