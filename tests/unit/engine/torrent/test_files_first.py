"""The files that are fetched before the others: how many are still to come."""

import random

from tests.unit.engine.storage.storage_scene import make_layout

from shoal.engine.torrent.files_first import FilesFirst

PIECE = 16_384
LAYOUT = make_layout([2 * PIECE, 100, 3 * PIECE, 0], PIECE)
COUNT = 6
FILE_0, FILE_1, FILE_2 = 0b000011, 0b000100, 0b111100


def test_unfinished_files_of_the_highest_priority_count_until_all_their_pieces_are_here() -> None:
    first, priorities = FilesFirst(LAYOUT), (7, 4, 7, 7)
    assert first.count(priorities, 0) == 2
    assert first.count(priorities, 0b000001) == 2
    assert first.count(priorities, FILE_0) == 1
    assert first.count(priorities, FILE_0 | FILE_2) == 0
    # A piece that turns out lost is to come again.
    assert first.count(priorities, FILE_0 | FILE_2 & ~0b100000) == 1


def test_when_all_that_is_wanted_is_first_nothing_is() -> None:
    first = FilesFirst(LAYOUT)
    assert first.count((7, 0, 7, 0), 0) == 0
    assert first.count((4, 4, 6, 4), 0) == 0
    assert first.count((7, 1, 0, 0), 0) == 1


def test_counting_piece_by_piece_agrees_with_counting_afresh() -> None:
    rng = random.Random(3)
    layout = make_layout([rng.randrange(4) * rng.randrange(3 * PIECE) for _ in range(40)], PIECE)
    count = layout.geometry.piece_count
    for _ in range(20):
        priorities = tuple(rng.choice((0, 4, 7)) for _ in layout.files)
        kept, have = FilesFirst(layout), 0
        for piece in rng.sample(range(count), count):
            have |= 1 << piece
            assert kept.count(priorities, have) == FilesFirst(layout).count(priorities, have)
