"""The memory for pieces: bounded, shared by sizes, and given back when it is not needed."""

from __future__ import annotations

import random

from shoal.engine.storage.piece_buffer import MIN_PIECES, PieceBuffers


def test_the_budget_holds() -> None:
    buffers = PieceBuffers(10 << 20)
    taken = [buffers.take(1 << 20) for _ in range(12)]
    assert [entry is not None for entry in taken] == [True] * 10 + [False] * 2
    assert (buffers.in_use, buffers.in_use_bytes) == (10, 10 << 20)


def test_a_few_pieces_of_any_size_always_fit() -> None:
    buffers = PieceBuffers(1 << 20)
    taken = [buffers.take(1 << 22) for _ in range(MIN_PIECES + 1)]
    assert [entry is not None for entry in taken] == [True] * MIN_PIECES + [False]


def test_a_buffer_that_comes_back_is_used_again() -> None:
    buffers = PieceBuffers(1 << 20)
    first = buffers.take(1000)
    assert first is not None
    buffers.give_back(first)
    assert buffers.take(1000) is first
    assert buffers.free_bytes == 0


def test_unused_memory_goes_back_and_never_exceeds_the_budget_with_what_is_out() -> None:
    buffers = PieceBuffers(1 << 20)
    rng = random.Random(3)
    out: list[bytearray] = []
    for _ in range(3_000):
        if out and rng.random() < 0.5:
            buffers.give_back(out.pop(rng.randrange(len(out))))
        else:
            taken = buffers.take(rng.choice((16_384, 50_000, 65_536, 200_001)))
            if taken is not None:
                out.append(taken)
        assert buffers.in_use_bytes == sum(map(len, out))
        assert buffers.in_use_bytes + buffers.free_bytes <= max(1 << 20, buffers.in_use_bytes)
    for entry in out:
        buffers.give_back(entry)
    assert buffers.in_use_bytes == 0
    assert buffers.free_bytes <= 1 << 19
