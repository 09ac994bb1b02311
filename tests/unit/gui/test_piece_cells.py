"""Bytes per piece become cells: kinds by copies, ranges above 4,000 pieces, and what is told of each."""

from __future__ import annotations

from shoal.api.details import FileRow
from shoal.gui.style.piece_sentences import FilePlaces, copies_text, files_text, piece_line, piece_size, range_line
from shoal.gui.widgets.piece_cells import MOST_CELLS, Cell, PieceKind, cell_of, counts_of, group_size, kinds_of

K = PieceKind


def test_missing_pieces_are_told_apart_by_copies() -> None:
    assert list(kinds_of(bytes((0, 0, 0, 0)), bytes((0, 1, 2, 255)))) == [K.NOBODY, K.RARE, K.IN_SWARM, K.IN_SWARM]


def test_the_state_counts_before_the_copies() -> None:
    assert list(kinds_of(bytes((3, 1, 4)), bytes((0, 0, 9)))) == [K.HAVE, K.IN_FLIGHT, K.NOT_WANTED]


def test_nobody_to_ask_is_not_known_and_not_missing() -> None:
    assert list(kinds_of(bytes((0, 3)), bytes((0, 0)), is_anybody_here=False)) == [K.UNKNOWN, K.HAVE]
    assert list(kinds_of(bytes((0, 3)), None)) == [K.UNKNOWN, K.HAVE]


def test_damaged_pieces_are_marked_until_they_are_here() -> None:
    assert list(kinds_of(bytes((0, 1, 3)), bytes((5, 5, 5)), (0, 1, 2, 9))) == [K.FAILED, K.FAILED, K.HAVE]


def test_states_that_are_not_known_yet_do_no_harm() -> None:
    assert list(kinds_of(bytes((2, 200)), bytes((2, 2)))) == [K.UNKNOWN, K.UNKNOWN]
    assert kinds_of(b"", b"") == b""


def test_many_pieces_share_cells() -> None:
    assert group_size(MOST_CELLS) == 1
    assert group_size(MOST_CELLS + 1) == 2
    assert group_size(50_000) == 13


def test_a_cell_of_one_piece() -> None:
    kinds = bytes((K.HAVE, K.IN_FLIGHT, K.FAILED, K.RARE))
    assert cell_of(kinds, {}, 0, 1) == Cell(K.HAVE, 1.0)
    assert cell_of(kinds, {1: 0.25}, 1, 1) == Cell(K.IN_FLIGHT, 0.25, is_in_flight=True)
    assert cell_of(kinds, {2: 0.5}, 2, 1) == Cell(K.FAILED, 0.5, has_failed=True, is_in_flight=True)
    assert cell_of(kinds, {}, 3, 1) == Cell(K.RARE, 0.0)


def test_a_cell_of_a_range_is_as_full_as_its_pieces_and_shows_the_worst() -> None:
    kinds = bytes((K.HAVE, K.HAVE, K.RARE, K.IN_SWARM))
    assert cell_of(kinds, {}, 0, 4) == Cell(K.RARE, 0.5)
    assert cell_of(kinds, {}, 0, 2) == Cell(K.HAVE, 1.0)
    flying = bytes((K.HAVE, K.IN_FLIGHT, K.IN_SWARM))
    assert cell_of(flying, {1: 0.5}, 0, 4) == Cell(K.IN_FLIGHT, 0.5, is_in_flight=True)


def test_counts_are_of_pieces() -> None:
    counts = counts_of(bytes((K.HAVE, K.HAVE, K.RARE)))
    assert (counts[K.HAVE], counts[K.RARE], counts[K.NOBODY]) == (2, 1, 0)


FILES = (
    FileRow(0, "a/one.flac", 10, 0, 4, False),
    FileRow(1, ".pad/6", 6, 0, 4, True),
    FileRow(2, "a/empty.txt", 0, 0, 4, False),
    FileRow(3, "a/two.flac", 20, 0, 4, False),
    FileRow(4, "three.flac", 4, 0, 4, False),
)


def test_files_of_a_piece_are_found_without_padding() -> None:
    places = FilePlaces(FILES)
    assert places.total == 40
    assert [entry.index for entry in places.between(0, 16)] == [0]
    assert [entry.index for entry in places.between(8, 17)] == [0, 3]
    assert [entry.index for entry in places.between(16, 40)] == [3, 4]
    assert [entry.index for entry in places.between(36, 40)] == [4]
    assert list(FilePlaces(()).between(0, 16)) == []


def test_the_last_piece_may_be_short() -> None:
    assert [piece_size(index, 16, 40) for index in range(3)] == [16, 16, 8]
    assert piece_size(7, 16, 0) == 16


def test_what_is_told_of_a_piece() -> None:
    line = piece_line(311, 4_000_000, "in flight", 5, FILES[:1], ("10.0.0.3:6881",), 1_000_000)
    assert line.split(" \u00b7 ") == [
        "Piece 311",
        "in flight",
        "1.0 MB of 4.0 MB",
        "5 copies",
        "one.flac",
        "asked of 10.0.0.3:6881",
    ]
    assert piece_line(0, 16_000, "have", None, (), (), 0) == "Piece 0 \u00b7 have \u00b7 16 kB"


def test_what_is_told_of_a_range() -> None:
    assert range_line(26_000, 13, 4, 1, FILES[:1], 2) == (
        "Pieces 26,000 to 26,012 \u00b7 4 of 13 here \u00b7 2 in flight \u00b7 rarest: 1 copy \u00b7 one.flac"
    )


def test_many_names_are_counted() -> None:
    many = [FileRow(at, f"{at}.bin", 1, 0, 4, False) for at in range(5)]
    assert files_text(many) == "0.bin, 1.bin, 2.bin and 2 more"
    assert copies_text(255) == "255 copies or more"
