"""The priority of BEP 40: its test vectors, the masks, and the same answer on both sides."""

from __future__ import annotations

import pytest

from shoal.engine.policy.dht.node_ids import crc32c
from shoal.engine.policy.peer_priority import UNKNOWN, peer_priority
from shoal.runtime.world import Address


def priority(one: str, other: str, ports: tuple[int, int] = (1, 2)) -> int:
    result = peer_priority(Address(one, ports[0]), Address(other, ports[1]))
    assert peer_priority(Address(other, ports[1]), Address(one, ports[0])) == result
    return result


def test_the_vectors_of_the_bep() -> None:
    assert priority("123.213.32.10", "98.76.54.32") == 0xEC2D7224
    assert priority("123.213.32.10", "123.213.32.234") == 0x99568189


@pytest.mark.parametrize(
    ("one", "other", "hashed"),
    [
        ("230.12.123.3", "230.12.123.1", "e60c7b01 e60c7b03"),
        ("230.12.123.3", "230.12.23.1", "e60c1701 e60c7b01"),
        ("230.12.123.3", "230.120.23.1", "e60c5101 e6781501"),
        ("2001:db8::1", "2001:db9::1", "20010db8 00000000 00000000 00000001 20010db9 00000000 00000000 00000001"),
        (
            "2001:db8:ffff:ffff::1",
            "2001:db8:1:ffff::1",
            "20010db8 00015555 00000000 00000001 20010db8 ffff5555 00000000 00000001",
        ),
        (
            "2001:db8:1:ffff::1",
            "2001:db8:1:fffe::1",
            "20010db8 0001fffe 00000000 00000001 20010db8 0001ffff 00000000 00000001",
        ),
        ("2001:db8::1", "2001:db8::2", "20010db8" + "0" * 23 + "1 20010db8" + "0" * 23 + "2"),
    ],
)
def test_how_much_of_an_address_counts_depends_on_how_near_they_are(one: str, other: str, hashed: str) -> None:
    assert priority(one, other) == crc32c(bytes.fromhex(hashed))


def test_at_one_address_the_ports_count() -> None:
    assert priority("230.12.123.3", "230.12.123.3", (0x4D2, 0x12C)) == crc32c(bytes.fromhex("012c04d2"))


def test_two_families_cannot_be_compared() -> None:
    assert priority("192.0.2.1", "2001:db8::1") == UNKNOWN
