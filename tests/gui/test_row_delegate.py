"""The cells: hit areas, mirrored layout, and that they draw what the tokens say."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPainter
from PySide6.QtWidgets import QStyleOptionViewItem
from tests.support.fake_client import row, update

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.row_view import RowView, view_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import LIGHT
from shoal.gui.widgets.name_cell import NameCell
from shoal.gui.widgets.piece_bar import PieceStrips, draw_strip
from shoal.gui.widgets.progress_cell import ProgressCell

ID = "a" * 40
CELL = QRect(40, 94, 400, 47)
REFUSED = row(ID, state=TorrentState.ERROR, reason=Reason("tracker-refused", {"text": "no", "host": "t"}))


@dataclass
class Around:
    view: RowView
    compact: bool = False

    def view_at(self, position: int) -> RowView:
        return self.view

    def is_hovered(self, position: int) -> bool:
        return False

    def has_focus_ring(self, position: int) -> bool:
        return False

    def is_first_column(self, column: int) -> bool:
        return column == 0

    def is_compact(self) -> bool:
        return self.compact


def option(direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight) -> QStyleOptionViewItem:
    made = QStyleOptionViewItem()
    made.rect = CELL
    made.direction = direction
    return made


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_pill_is_a_real_target_inside_its_cell(theme: Theme, direction: Qt.LayoutDirection) -> None:
    view = view_of(REFUSED, None)
    pill = NameCell(theme, Around(view)).pill_rect(CELL, view, direction)
    assert pill is not None
    assert pill.width() >= 48
    assert pill.height() >= 24
    assert CELL.contains(pill)
    assert (pill.center().x() > CELL.center().x()) is (direction is Qt.LayoutDirection.LeftToRight)


def test_a_row_without_a_problem_has_no_pill(theme: Theme) -> None:
    view = view_of(row(ID), None)
    assert NameCell(theme, Around(view)).pill_rect(CELL, view, Qt.LayoutDirection.LeftToRight) is None


def click(cell: NameCell, model: TorrentTableModel, at: QPoint) -> list[bool]:
    index = model.index(0, Column.NAME)
    taken = []
    for kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
        event = QMouseEvent(
            kind,
            QPointF(at),
            QPointF(at),
            Qt.MouseButton.LeftButton,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        taken.append(cell.editorEvent(event, model, option(), index))
    return taken


def test_a_click_on_the_pill_asks_for_the_explanation_and_nothing_else_does(theme: Theme) -> None:
    model = TorrentTableModel(lambda: 0.0)
    model.apply(update(REFUSED))
    view = model.view_at(0)
    cell = NameCell(theme, Around(view))
    asked: list[str] = []
    cell.pill_clicked.connect(asked.append)
    pill = cell.pill_rect(CELL, view, Qt.LayoutDirection.LeftToRight)
    assert pill is not None
    assert click(cell, model, pill.center()) == [True, True]
    assert asked == [ID]
    click(cell, model, CELL.topLeft() + QPoint(60, 20))
    assert asked == [ID]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_the_bar_fills_from_the_side_where_reading_begins(theme: Theme, direction: Qt.LayoutDirection) -> None:
    half = row(ID, wanted=100, wanted_done=50, peers=1, sending_peers=1)
    model = TorrentTableModel(lambda: 0.0)
    model.apply(update(half))
    cell = ProgressCell(theme, Around(model.view_at(0)), PieceStrips())
    image = QImage(QSize(240, 47), QImage.Format.Format_ARGB32)
    image.fill(QColor(LIGHT.surf))
    painter = QPainter(image)
    at = option(direction)
    at.rect = QRect(0, 0, 240, 47)
    cell.paint(painter, at, model.index(0, Column.PROGRESS))
    painter.end()
    height = 23 - 9 + 4
    left, right = image.pixelColor(20, height), image.pixelColor(150, height)
    if direction is Qt.LayoutDirection.RightToLeft:
        left, right = image.pixelColor(220, height), image.pixelColor(90, height)
    assert left == QColor(LIGHT.have)
    assert right == QColor(LIGHT.track)


def strip(cells: bytes, *, asked: bool = True) -> QImage:
    return draw_strip(cells, 100, 10, 1.0, LIGHT, done=False, asked=asked).toImage()


def test_pieces_differ_by_height_too() -> None:
    image = strip(bytes([3] * 25 + [2] * 25 + [0] * 25 + [1] * 25))
    tall = {"have": 12, "rare": 37, "nobody": 62, "swarm": 87}
    colours = {"have": LIGHT.have, "rare": LIGHT.rare, "nobody": LIGHT.none, "swarm": LIGHT.avail}
    heights = {
        name: sum(image.pixelColor(x, y) == QColor(colours[name]) for y in range(10)) for name, x in tall.items()
    }
    assert heights == {"have": 10, "rare": 7, "nobody": 4, "swarm": 10}


def test_unknown_is_drawn_as_unknown(theme: Theme) -> None:
    assert strip(bytes(4), asked=False).pixelColor(50, 9) == QColor(LIGHT.track)


def test_a_strip_is_drawn_once_per_content(theme: Theme) -> None:
    strips = PieceStrips()

    def key(cells: bytes, width: int = 100) -> int:
        return strips.pixmap(cells, width, 4, 1.0, LIGHT, done=False, asked=True).cacheKey()

    assert key(bytes([3, 1])) == key(bytes([3, 1]))
    assert key(bytes([3, 1])) != key(bytes([3, 3]))
    assert key(bytes([3, 1])) != key(bytes([3, 1]), 90)
