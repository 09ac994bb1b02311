"""Sets of pieces: the wire's bit order, spare bits, walks over sparse and dense sets, random choice."""

from __future__ import annotations

import random
from collections import Counter

import pytest

from shoal.metainfo import bitfield
from shoal.protocol.errors import ProtocolError


def test_first_piece_is_the_high_bit_of_the_first_byte() -> None:
    assert bitfield.from_wire(b"\x80\x00", 10) == 1
    assert bitfield.from_wire(b"\x00\x40", 10) == 1 << 9
    assert bitfield.to_wire(1 | 1 << 9, 10) == b"\x80\x40"


def test_any_buffer_is_taken() -> None:
    assert bitfield.from_wire(memoryview(b"\xff"), 8) == 255
    assert bitfield.from_wire(bytearray(b"\xe0"), 3) == 7


@pytest.mark.parametrize(("data", "count"), [(b"", 1), (b"\x80\x00", 8), (b"\x80", 9), (b"x", 0)])
def test_wrong_length_is_refused(data: bytes, count: int) -> None:
    with pytest.raises(ProtocolError, match="bytes for"):
        bitfield.from_wire(data, count)


def test_spare_bits_are_refused() -> None:
    assert bitfield.from_wire(b"\xfe", 7) == 127
    with pytest.raises(ProtocolError, match="spare"):
        bitfield.from_wire(b"\xff", 7)


def test_whole_and_part_sets() -> None:
    assert bitfield.all_pieces(3) == 0b111
    assert bitfield.all_pieces(0) == 0
    assert bitfield.span(2, 5) == 0b11100
    assert bitfield.span(5, 5) == 0
    assert bitfield.span(6, 5) == 0


@pytest.mark.parametrize("pieces", [[], [0], [16], [3, 16, 3, 8, 7]])
def test_set_of_single_pieces(pieces: list[int]) -> None:
    assert bitfield.of_pieces(pieces, 17) == sum(1 << piece for piece in set(pieces))


def test_lowest_piece() -> None:
    assert bitfield.lowest(0b1011000) == 3
    with pytest.raises(ValueError, match="empty"):
        bitfield.lowest(0)


def test_walk_gives_every_piece_in_order() -> None:
    for pieces in ([], [0], [63, 64], [0, 1, 2, 200, 2**21 - 1], list(range(300))):
        assert list(bitfield.iterate(sum(1 << piece for piece in pieces))) == pieces


def test_random_choice_is_always_a_member_and_reaches_all() -> None:
    rng = random.Random(5)
    pieces = {3, 64, 65, 700}
    bits = sum(1 << piece for piece in pieces)
    chosen = Counter(bitfield.pick_random(bits, rng) for _ in range(5000))
    assert chosen.keys() == pieces
    dense = Counter(bitfield.pick_random(bitfield.all_pieces(8), rng) for _ in range(8000))
    assert min(dense.values()) > 800
    with pytest.raises(ValueError, match="empty"):
        bitfield.pick_random(0, rng)
