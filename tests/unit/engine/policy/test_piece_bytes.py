"""One byte per piece from sets of pieces, against counting by hand."""

from __future__ import annotations

import random

from shoal.engine.policy.availability import Availability
from shoal.engine.policy.piece_bytes import DONE, IN_FLIGHT, MISSING, NOT_WANTED, counts, states
from shoal.metainfo.bitfield import all_pieces


def test_counts_are_those_of_the_availability() -> None:
    rng = random.Random(4)
    availability = Availability(77)
    for _ in range(40):
        availability.add(rng.getrandbits(77))
    for _ in range(3):
        availability.add(all_pieces(77))
    expected = bytes(availability.count(index) for index in range(77))
    assert counts(availability.planes, availability.seeds, 77) == expected


def test_counts_stop_at_255() -> None:
    availability = Availability(3)
    for number in range(300):
        availability.add(0b001 if number >= 254 else 0b011)
    assert counts(availability.planes, 0, 3) == bytes((255, 254, 0))
    assert counts(availability.planes, 2, 3) == bytes((255, 255, 2))
    for _ in range(300):
        availability.add(0b001)
    assert counts(availability.planes, 300, 3) == bytes((255, 255, 255))


def test_states_of_pieces() -> None:
    assert states(0b000011, 0b001111, (1, 2), 6) == bytes((DONE, DONE, IN_FLIGHT, MISSING, NOT_WANTED, NOT_WANTED))


def test_largest_torrents_are_in_order() -> None:
    count = 1 << 21
    bits = 1 << (count - 1) | 0b101
    result = counts((bits, bits), 0, count)
    assert (result[:4], result[-2:]) == (bytes((3, 0, 3, 0)), bytes((0, 3)))
    assert states(bits, all_pieces(count), (), count).count(DONE) == 3
