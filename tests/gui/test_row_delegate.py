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
from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView, view_of
from shoal.gui.style.swarm_health import Health
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import LIGHT
from shoal.gui.widgets.health_cell import HealthCell, draw_health
from shoal.gui.widgets.name_cell import NameCell
from shoal.gui.widgets.piece_bar import PieceStrips, draw_strip
from shoal.gui.widgets.progress_cell import ProgressCell
from shoal.gui.widgets.row_delegate import RowDelegate
from shoal.gui.widgets.text_measures import TextMeasures

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


def test_the_hardest_piece_to_get_is_seen_where_several_share_a_pixel() -> None:
    cells = bytearray([3] * 128)
    cells[77] = 0
    image = draw_strip(bytes(cells), 40, 10, 1.0, LIGHT, done=False, asked=True).toImage()
    assert [x for x in range(40) if image.pixelColor(x, 9) == QColor(LIGHT.none)] == [77 * 40 // 128]


@pytest.mark.parametrize("width", [1, 39, 127, 128, 129, 300])
def test_a_strip_has_any_width(width: int) -> None:
    image = draw_strip(bytes([3, 1, 0, 2] * 32), width, 4, 2.0, LIGHT, done=True, asked=True).toImage()
    assert image.width() == 2 * width


def test_every_health_has_a_picture_of_its_own() -> None:
    pictures = {level: draw_health(level, LIGHT, 1.0, 1.0).toImage() for level in Health}
    known = list(pictures.values())
    assert all(first != second for at, first in enumerate(known) for second in known[at + 1 :])
    large = draw_health(Health.GOOD, LIGHT, 4.0, 1.0).toImage()
    bars = [large.pixelColor(round(4 * (5.5 * number + 1.8)), 48) for number in range(4)]
    assert bars == [QColor(LIGHT.seed)] * 3 + [QColor(LIGHT.track)]


@pytest.mark.parametrize("direction", [Qt.LayoutDirection.LeftToRight, Qt.LayoutDirection.RightToLeft])
def test_a_compact_row_keeps_the_whole_target_of_its_pill(theme: Theme, direction: Qt.LayoutDirection) -> None:
    view = view_of(REFUSED, None)
    cell = QRect(40, 94, 400, 28)
    pill = NameCell(theme, Around(view, compact=True)).pill_rect(cell, view, direction)
    assert pill is not None
    assert cell.contains(pill)
    assert (pill.width() >= 48, pill.height() >= 24) == (True, True)


@pytest.mark.parametrize("compact", [False, True])
@pytest.mark.parametrize("made", [NameCell, HealthCell])
def test_a_cell_of_its_natural_width_cuts_nothing(theme: Theme, made: type[RowDelegate], compact: bool) -> None:
    view = view_of(row(ID, name="A name of middling length", peers=3, availability=3.0), None)
    cell = made(theme, Around(view, compact=compact))
    room: list[tuple[int, int]] = []

    def note(painter: QPainter, rect: QRect, text: str, *, role: Role, **others: object) -> None:
        room.append((cell.text_width(text, role), rect.width()))

    cell.draw_text = note  # type: ignore[method-assign]
    image = QImage(QSize(900, 47), QImage.Format.Format_ARGB32)
    painter = QPainter(image)
    cell.paint_content(painter, QRect(0, 0, cell.natural_width(view) + 1, 47), view, Qt.LayoutDirection.LeftToRight)
    painter.end()
    assert room
    assert all(needed <= given for needed, given in room)


def test_words_that_fit_stay_whole_and_others_are_cut(theme: Theme) -> None:
    measures = TextMeasures(theme.fonts[Role.BODY])
    for text in ("about 12 minutes", "\u0645\u0631\u062d\u0628\u0627 \u0628\u0643", "\u6f22\u5b57 and more", ""):
        width = measures.width(text)
        assert measures.elided(text, width + 4) == text
        if text:
            assert measures.elided(text, width - 2) != text
            assert measures.elided(text, width - 2).endswith("\u2026")


def test_a_long_sentence_is_never_taken_to_fit_where_it_does_not(theme: Theme) -> None:
    """Rounded widths of letters sum up to less than the text takes, and its end was cut without a sign."""
    for role in Role:
        measures = TextMeasures(theme.fonts[role])
        for text in (
            "Complete, nobody is asking right now",
            "Illinois will fill till lilliput",
            "Queued: first in line",
        ):
            narrow = measures.width(text) - 2
            assert measures.elided(text, narrow).endswith("\u2026")
