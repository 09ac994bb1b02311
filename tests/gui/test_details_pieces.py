"""The Pieces tab: cells that are painted only when they change, looked at by pointer and by keys, and the list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.support.fake_client import row

from shoal.api.commands import Detail
from shoal.api.details import FileRow, OpenPiece, TorrentDetails
from shoal.gui.details.pieces import PiecesTab
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.piece_cells import MOST_CELLS, PieceKind

ID = "a" * 40
PIECE = 100_000


class Stage:
    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.tab = PiecesTab(theme, None, lambda command: None)
        self.tab.widget.resize(900, 320)
        self.tab.widget.show()
        self.tab.show_row(row(ID, peers=4))

    def show(self, states: bytes, copies: int = 5, **values: object) -> None:
        picture = TorrentDetails(ID, pieces=states, availability=bytes((copies,)) * len(states), piece_length=PIECE)
        self.tab.show_details(replace(picture, **values))  # type: ignore[arg-type]
        QApplication.processEvents()

    def colour(self, piece: int, share_of_height: float) -> str:
        """The colour in the cell of a piece, at that height above its foot."""
        picture = self.tab.map.grab().toImage()
        ratio = picture.devicePixelRatio()
        place = self.tab.map.piece_rect(piece)
        y = place.bottom() - share_of_height * (place.height() - 1)
        return QColor(picture.pixel(round(place.center().x() * ratio), round(y * ratio))).name().upper()


@pytest.fixture
def stage(theme: Theme) -> Iterator[Stage]:
    stage = Stage(theme)
    yield stage
    shiboken6.delete(stage.tab.widget)


def test_heights_tell_the_kinds_apart(stage: Stage) -> None:
    stage.show(bytes((3, 0, 0, 0, 4)), availability=bytes((5, 5, 1, 0, 5)))
    tokens = stage.theme.tokens
    assert stage.colour(0, 0.95) == tokens.have
    assert stage.colour(1, 0.95) == tokens.avail
    assert (stage.colour(2, 0.5), stage.colour(2, 0.75)) == (tokens.rare, tokens.track)
    assert (stage.colour(3, 0.2), stage.colour(3, 0.5)) == (tokens.none, tokens.track)
    assert stage.colour(4, 0.5) == tokens.track


def test_a_piece_in_flight_fills_up(stage: Stage) -> None:
    stage.show(bytes((1, 0)), open_pieces=(OpenPiece(0, PIECE // 2, ("10.0.0.3:6881",)),))
    tokens = stage.theme.tokens
    assert stage.colour(0, 0.3) == tokens.have
    assert stage.colour(0, 0.7) == tokens.avail


def test_only_changed_cells_are_painted(stage: Stage) -> None:
    stage.show(bytes(1000))
    painted = stage.tab.map.painted_cells
    stage.show(bytes(1000))
    assert stage.tab.map.painted_cells == painted
    stage.show(bytes((3,)) + bytes(998) + bytes((3,)))
    assert stage.tab.map.painted_cells == painted + 2


def test_above_four_thousand_a_cell_is_a_range(stage: Stage) -> None:
    count = 10_000
    stage.show(bytes((3,)) * (count // 2) + bytes(count // 2))
    cells = stage.tab.map.cells
    assert stage.tab.map.group == 3
    assert len(cells) == -(-count // 3) <= MOST_CELLS
    assert (cells[0].done, cells[-1].done) == (1.0, 0.0)
    stage.tab.map.look_at_piece(5000)
    assert stage.tab.sentence.startswith("Pieces 4,998 to 5,000 \u00b7 2 of 3 here \u00b7 rarest: 5 copies")


def test_the_pointer_and_the_keys_look_at_pieces(stage: Stage) -> None:
    files = (FileRow(0, "a/one.flac", PIECE * 2, 0, 4, False), FileRow(1, "two.flac", PIECE, 0, 4, False))
    stage.show(bytes((3, 1, 0)), files=files, open_pieces=(OpenPiece(1, 25_000, ("10.0.0.3:6881",)),))
    QTest.mouseMove(stage.tab.map, stage.tab.map.piece_rect(1).center())
    assert stage.tab.sentence == (
        "Piece 1 \u00b7 in flight \u00b7 25 kB of 100 kB \u00b7 5 copies \u00b7 one.flac \u00b7 asked of 10.0.0.3:6881"
    )
    QTest.keyClick(stage.tab.map, Qt.Key.Key_Right)
    assert stage.tab.sentence.startswith("Piece 2 \u00b7 in the swarm \u00b7 100 kB")
    assert stage.tab.map.accessibleDescription() == stage.tab.sentence
    QTest.keyClick(stage.tab.map, Qt.Key.Key_Home)
    assert stage.tab.sentence.startswith("Piece 0 \u00b7 have")
    QTest.keyClick(stage.tab.map, Qt.Key.Key_Down)
    assert stage.tab.sentence.startswith("Piece 2")


def test_the_sentence_follows_the_piece_looked_at(stage: Stage) -> None:
    stage.show(bytes((0,)))
    stage.tab.map.look_at_piece(0)
    stage.show(bytes((3,)))
    assert stage.tab.sentence.startswith("Piece 0 \u00b7 have")
    QTest.mouseMove(stage.tab.map, QPoint(stage.tab.map.width() - 1, stage.tab.map.height() - 1))
    assert stage.tab.sentence.startswith("Point at a piece")


def test_the_legend_counts_pieces(stage: Stage) -> None:
    stage.show(bytes((3, 3, 0, 4)), failed_pieces=(2,))
    name = stage.tab.legend.accessibleName()
    assert name == "have 2, in flight 0, in the swarm 0, rare 0, nobody has it 0, not wanted 1, arrived damaged 1"


def test_nobody_connected_leaves_it_unknown(stage: Stage) -> None:
    stage.tab.show_row(row(ID, peers=0))
    stage.show(bytes((0,)), copies=0)
    assert stage.tab.map.kinds == bytes((PieceKind.UNKNOWN,))
    assert "not known yet 1" in stage.tab.legend.accessibleName()


def test_the_list_says_the_same_in_rows(stage: Stage) -> None:
    pieces = (OpenPiece(7, 25_000, ("10.0.0.3:6881", "10.0.0.4:6881")), OpenPiece(2, 0, ()))
    stage.show(bytes(10), open_pieces=pieces)
    stage.tab.list_button.click()
    model = stage.tab.model
    assert [str(model.index(0, column).data()) for column in range(4)] == [
        "2",
        "0 %",
        "100 kB",
        "nobody has been asked yet",
    ]
    assert model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole) == (
        "Piece 7, 25.0 % of 100 kB, from 2 peers: 10.0.0.3:6881, 10.0.0.4:6881"
    )
    stage.show(bytes(10))
    assert stage.tab.sentence == "No piece is being fetched right now."


def test_it_asks_for_pieces_and_the_files_they_belong_to(stage: Stage) -> None:
    assert stage.tab.parts() == {Detail.PIECES, Detail.FILES}


def test_another_transfer_begins_empty(stage: Stage) -> None:
    stage.show(bytes(10))
    stage.tab.map.look_at_piece(3)
    stage.tab.clear()
    QApplication.processEvents()
    assert (stage.tab.map.kinds, stage.tab.sentence) == (b"", "")
