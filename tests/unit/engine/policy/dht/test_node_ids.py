from __future__ import annotations

import random

import pytest

from shoal.engine.policy.dht.node_ids import (
    crc32c,
    distance,
    id_in_bucket,
    is_proper_id,
    make_node_id,
    network_of,
    shared_bits,
)

EXAMPLES = [
    ("124.31.75.21", "5fbfbff10c5d6a4ec8a88e4c6ab4c28b95eee401"),
    ("21.75.31.124", "5a3ce9c14e7a08645677bbd1cfe7d8f956d53256"),
    ("65.23.51.170", "a5d43220bc8f112a3d426c84764f8c2a1150e616"),
    ("84.124.73.14", "1b0321dd1bb1fe518101ceef99462b947a01ff41"),
    ("43.213.53.83", "e56f6cbf5b7c4be0237986d5243b87aa6d51305a"),
]


def test_the_crc_is_castagnolis() -> None:
    assert crc32c(b"123456789") == 0xE3069283


@pytest.mark.parametrize(("host", "node_id"), EXAMPLES)
def test_the_examples_of_the_standard_are_proper(host: str, node_id: str) -> None:
    assert is_proper_id(bytes.fromhex(node_id), host)


@pytest.mark.parametrize("host", ["124.31.75.21", "8.8.8.8", "2a00:1450:4001:81c::200e"])
def test_our_own_ids_are_proper_for_our_address_alone(host: str) -> None:
    ids = [make_node_id(host, random.Random(seed)) for seed in range(50)]
    assert all(is_proper_id(node_id, host) for node_id in ids)
    assert len(set(ids)) == 50
    assert sum(is_proper_id(node_id, "9.9.9.9") for node_id in ids) == 0


def test_one_bit_of_the_prefix_makes_an_id_improper() -> None:
    node_id = bytearray(bytes.fromhex(EXAMPLES[0][1]))
    node_id[2] ^= 0x08
    assert not is_proper_id(bytes(node_id), EXAMPLES[0][0])
    node_id[2] ^= 0x08 | 0x07
    assert is_proper_id(bytes(node_id), EXAMPLES[0][0])


@pytest.mark.parametrize("host", ["127.0.0.1", "192.168.1.9", "10.0.0.1", "fe80::1", "::1"])
def test_on_local_networks_any_id_will_do(host: str) -> None:
    assert is_proper_id(bytes(20), host)


def test_distance_is_symmetric_and_zero_only_to_itself() -> None:
    one, other = make_node_id(None, random.Random(1)), make_node_id(None, random.Random(2))
    assert distance(one, other) == distance(other, one) > 0
    assert distance(one, one) == 0
    assert shared_bits(one, one) == 160
    assert shared_bits(bytes(20), b"\x80" + bytes(19)) == 0


@pytest.mark.parametrize("bits", [0, 1, 7, 8, 100, 159, 160])
def test_an_id_of_a_bucket_shares_so_many_bits(bits: int) -> None:
    own = make_node_id(None, random.Random(3))
    assert shared_bits(own, id_in_bucket(own, bits, random.Random(4))) == bits


def test_neighbourhoods() -> None:
    assert network_of("1.2.3.4") == network_of("1.2.3.200") != network_of("1.2.4.4")
    assert network_of("2001:db8:1:2::1") == network_of("2001:db8:1:2:ffff::9") != network_of("2001:db8:1:3::1")
    assert network_of("127.0.0.1") is None
