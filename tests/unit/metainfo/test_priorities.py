"""Priorities of files as disjoint masks of pieces, wanted bytes, and done bytes per file."""

from __future__ import annotations

import pytest

from shoal.metainfo.bitfield import all_pieces, span
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.priorities import (
    FilePriority,
    done_bytes_per_file,
    piece_levels,
    piece_masks,
    shared_bytes,
    wanted_bytes,
)

SKIP, LOW, NORMAL, HIGH, HIGHEST = FilePriority


def layout() -> FileLayout:
    """Pieces of 10: a 0-2 (25 bytes), empty, b 2 (5), c 3-5 (30), padding 6 (4), d 6-7 (10)."""
    sizes = [25, 0, 5, 30, 4, 10]
    files = [TorrentFile((str(i),), size, sum(sizes[:i]), is_pad=size == 4) for i, size in enumerate(sizes)]
    return FileLayout(tuple(files), 10)


def test_a_piece_has_the_highest_priority_of_its_files() -> None:
    masks = piece_masks(layout(), [LOW, HIGHEST, HIGH, NORMAL, HIGHEST, SKIP])
    assert masks == {HIGH: span(2, 3), NORMAL: span(3, 6), LOW: span(0, 2)}
    assert list(masks) == [HIGH, NORMAL, LOW]


def test_padding_and_empty_files_do_not_count() -> None:
    assert piece_masks(layout(), [SKIP, HIGHEST, SKIP, SKIP, HIGHEST, SKIP]) == {}


def test_masks_are_disjoint_and_make_the_wanted_set() -> None:
    chosen = [LOW, NORMAL, SKIP, HIGH, NORMAL, HIGHEST]
    masks = piece_masks(layout(), chosen)
    assert sum(mask.bit_count() for mask in masks.values()) == 8
    assert sum(masks.values()) == all_pieces(8)


def test_plain_numbers_are_taken_and_odd_ones_refused() -> None:
    assert piece_levels(layout(), [4] * 6) == bytearray([4] * 8)
    with pytest.raises(ValueError, match="5"):
        piece_levels(layout(), [5] * 6)
    with pytest.raises(ValueError, match="for 6 files"):
        piece_levels(layout(), [4] * 5)


def test_wanted_bytes_leave_padding_and_skipped_out() -> None:
    assert wanted_bytes(layout(), [4] * 6) == 70
    assert wanted_bytes(layout(), [0, 4, 1, 0, 7, 6]) == 15


def test_done_bytes_per_file() -> None:
    assert done_bytes_per_file(layout(), all_pieces(8)) == [25, 0, 5, 30, 4, 10]
    assert done_bytes_per_file(layout(), 0) == [0] * 6
    assert done_bytes_per_file(layout(), 1 << 2 | 1 << 4 | 1 << 6) == [5, 0, 5, 10, 4, 6]


def test_done_bytes_of_a_long_file_count_its_inner_pieces() -> None:
    long = FileLayout((TorrentFile(("a",), 3, 0), TorrentFile(("b",), 1000, 3)), 10)
    have = 0b1 | 1 << 1 | 1 << 9 | 1 << 50 | 1 << 99 | 1 << 100
    assert done_bytes_per_file(long, have) == [3, 7 + 4 * 10 + 3]


@pytest.mark.parametrize(
    ("wanted", "shared"),
    [({0}, 2), ({3}, 4), ({0, 3}, 6), ({2}, 0), (set(), 0)],
    ids=["before", "behind", "both", "padding", "nothing"],
)
def test_a_skipped_file_shares_the_pieces_at_its_ends(wanted: set[int], shared: int) -> None:
    files = (
        TorrentFile(("a",), 14, 0),
        TorrentFile(("skipped",), 22, 14),
        TorrentFile(("pad",), 4, 36, is_pad=True),
        TorrentFile(("b",), 20, 40),
    )
    assert shared_bytes(FileLayout(files, 16), 1, wanted.__contains__) == shared


def test_a_file_within_one_piece_is_shared_once() -> None:
    files = (TorrentFile(("a",), 3, 0), TorrentFile(("skipped",), 4, 3), TorrentFile(("b",), 3, 7))
    layout = FileLayout(files, 16)
    assert shared_bytes(layout, 1, lambda index: True) == 4
    assert shared_bytes(FileLayout((*files[:1], TorrentFile(("b",), 0, 3)), 16), 1, lambda index: True) == 0
