"""Files in the torrent's bytes: spans over boundaries, empty files, alignment, pieces of files and back."""

from __future__ import annotations

from itertools import accumulate

import pytest

from shoal.metainfo.file_layout import FileLayout, FileSpan, TorrentFile


def layout_of(*sizes: int, piece_length: int = 10) -> FileLayout:
    files = [
        TorrentFile((str(index),), size, offset)
        for index, (size, offset) in enumerate(zip(sizes, accumulate(sizes, initial=0), strict=False))
    ]
    return FileLayout(tuple(files), piece_length)


def test_spans_cross_files_and_skip_empty_ones() -> None:
    layout = layout_of(5, 0, 7, 0, 0, 13)
    assert layout.total_length == 25
    assert layout.spans(3, 12) == [FileSpan(0, 3, 2), FileSpan(2, 0, 7), FileSpan(5, 0, 3)]
    assert layout.spans(5, 1) == [FileSpan(2, 0, 1)]
    assert layout.spans(24, 1) == [FileSpan(5, 12, 1)]
    assert layout.spans(7, 0) == []
    assert layout.piece_spans(2) == [FileSpan(5, 8, 5)]


@pytest.mark.parametrize(("offset", "length"), [(-1, 1), (0, 26), (25, 1), (0, -1)])
def test_spans_outside_the_torrent(offset: int, length: int) -> None:
    with pytest.raises(ValueError, match="not inside"):
        layout_of(25).spans(offset, length)


def test_pieces_of_files() -> None:
    layout = layout_of(5, 0, 5, 20, 3)
    assert [layout.pieces_of_file(index) for index in range(5)] == [
        range(0, 1),
        range(0, 0),
        range(0, 1),
        range(1, 3),
        range(3, 4),
    ]


def test_aligned_files_share_no_piece() -> None:
    layout = layout_of(3, 7, 12, 8, 1)
    assert layout.pieces_of_file(2) == range(1, 3)
    assert layout.geometry.piece_count == 4


def test_wrong_offsets_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="does not begin"):
        FileLayout((TorrentFile(("a",), 5, 0), TorrentFile(("b",), 5, 6)), 10)
