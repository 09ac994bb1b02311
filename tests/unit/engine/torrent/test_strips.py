"""Piece strips of ranges."""

from __future__ import annotations

import random

from shoal.engine.torrent.strips import HAVE, IN_SWARM, NOBODY, NOT_WANTED, RARE, PieceSets, PieceWindows, strip
from shoal.metainfo.bitfield import all_pieces


def test_a_window_is_what_a_shift_would_cut() -> None:
    rng = random.Random(7)
    sets = PieceSets(*(rng.getrandbits(1000) for _ in range(4)))
    windows = PieceWindows(sets, 1000)
    for _ in range(100):
        start = rng.randrange(1000)
        pieces = range(start, rng.randrange(start, 1001))
        assert windows.cut(pieces) == tuple(bits >> start & all_pieces(len(pieces)) for bits in sets)


def test_every_kind_of_cell() -> None:
    sets = PieceSets(have=0b00001, wanted=0b01111, present=0b00110, single=0b00100)
    assert list(strip(sets, 5, 64)) == [HAVE, IN_SWARM, RARE, NOBODY, NOT_WANTED]


def test_as_many_cells_as_asked_for_and_none_for_nothing() -> None:
    sets = PieceSets(0, all_pieces(1000), 0, 0)
    assert strip(sets, 1000, 64) == bytes((NOBODY,)) * 64
    assert strip(PieceSets(0, 0, 0, 0), 0, 64) == b""
    assert strip(PieceSets(0b111, 0, 0, 0), 3, 64) == bytes((HAVE,)) * 3


def test_while_nobody_is_connected_as_many_cells_are_had_as_is_true() -> None:
    every_second = sum(1 << piece for piece in range(0, 600, 2))
    cells = strip(PieceSets(every_second, all_pieces(600), 0, 0), 600, 128)
    assert abs(cells.count(HAVE) - 64) <= 1
    assert cells.count(HAVE) + cells.count(NOBODY) == 128
