"""Columns: what is kept between starts, what a narrow window leaves out, and who gets the room."""

from __future__ import annotations

import base64
import json

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QTableView
from tests.support.fake_client import row, update

from shoal.gui.link.memory import Memory
from shoal.gui.models.torrent_columns import COLUMNS, DEFAULT_SHOWN, Column
from shoal.gui.models.torrent_order import SortDirection
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.row_delegate import CELL_PADDING
from shoal.gui.window.column_layout import (
    LEAST_WIDTH,
    MOST_PROGRESS,
    NARROWEST_NAME,
    PLENTY_FOR_NAME,
    SavedColumns,
    columns_to_drop,
)
from shoal.gui.window.torrent_list import TorrentList
from shoal.settings.interface_settings import InterfaceSettings, validate_interface


class Desk:
    """A table whose settings are kept here."""

    def __init__(self, theme: Theme, qtbot: object, state: str = "") -> None:
        self.memory = Memory(InterfaceSettings(column_state=state), lambda settings: None)
        self.model = TorrentTableModel(lambda: 0.0)
        self.model.apply(update(*(row(f"{at:040x}", name=f"Transfer {at}", queue_position=at) for at in range(1, 9))))
        self.view = TorrentList(theme, self.model, self.memory)
        qtbot.addWidget(self.view)  # type: ignore[attr-defined]
        self.view.resize(1230, 400)
        self.view.restore()
        self.view.show()

    def shown(self) -> list[str]:
        header = self.view.horizontalHeader()
        order = [Column(header.logicalIndex(at)) for at in range(header.count())]
        return [column.name for column in order if not header.isSectionHidden(column)]

    def width(self, column: Column) -> int:
        return self.view.horizontalHeader().sectionSize(column)

    def kept(self) -> str:
        self.view.remember()
        validate_interface(self.memory.settings)
        return self.memory.settings.column_state

    def choose(self, title: str) -> QAction:
        menu = self.view.columns_menu()
        found = next(action for action in menu.actions() if action.text() == title)
        found.trigger()
        return found


@pytest.fixture
def desk(theme: Theme, qtbot: object) -> Desk:
    return Desk(theme, qtbot)


DEFAULT = ["QUEUE", "NAME", "PROGRESS", "DOWN", "UP", "TIME_LEFT", "HEALTH", "SIZE", "RATIO"]


def test_the_default_columns_are_those_of_the_picture(desk: Desk) -> None:
    assert desk.shown() == DEFAULT
    assert {column.name for column in DEFAULT_SHOWN} == set(DEFAULT)


def test_columns_order_widths_and_sort_come_back(desk: Desk, theme: Theme, qtbot: object) -> None:
    header = desk.view.horizontalHeader()
    desk.choose("Ratio")
    desk.choose("Label")
    header.moveSection(header.visualIndex(Column.HEALTH), 0)
    header.resizeSection(Column.DOWN, 111)
    desk.model.set_sort(Column.ADDED, SortDirection.REVERSED)
    again = Desk(theme, qtbot, desk.kept())
    assert again.shown() == desk.shown()
    assert again.shown()[0] == "HEALTH"
    assert "RATIO" not in again.shown()
    assert again.width(Column.DOWN) == 111
    assert (again.model.sort_column, again.model.direction) == (Column.ADDED, SortDirection.REVERSED)
    assert again.view.horizontalHeader().isSortIndicatorShown()


def test_what_a_narrow_window_left_out_is_no_wish_of_the_user(desk: Desk, theme: Theme, qtbot: object) -> None:
    desk.view.resize(700, 400)
    assert "RATIO" not in desk.shown()
    again = Desk(theme, qtbot, desk.kept())
    assert again.shown() == DEFAULT
    assert again.width(Column.RATIO) == theme.px(COLUMNS[Column.RATIO].width)


def old_qt_state() -> str:
    table = QTableView()
    state = table.horizontalHeader().saveState()
    table.deleteLater()
    return bytes(state.toBase64().data()).decode()


def as_state(value: object) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()


@pytest.mark.parametrize(
    "state",
    [
        "old",
        "AAAA",
        as_state(7),
        as_state({"order": "name", "widths": {}, "shown": []}),
        as_state({"order": [], "widths": [], "shown": []}),
        base64.b64encode(b"[" * 100_000).decode(),
    ],
)
def test_a_state_that_is_not_ours_gives_the_default(
    state: str, qapp: QApplication, theme: Theme, qtbot: object
) -> None:
    desk = Desk(theme, qtbot, old_qt_state() if state == "old" else state)
    assert desk.shown() == DEFAULT


def test_columns_of_other_versions_do_no_harm(theme: Theme, qtbot: object) -> None:
    state = {
        "order": ["ratio", "mood", "name", 7, "queue"],
        "widths": {"mood": 50, "size": 99_999, "down": 1, "up": "wide"},
        "shown": ["ratio", "mood", "hash"],
        "sort": "mood",
        "reversed": "yes",
    }
    desk = Desk(theme, qtbot, as_state(state))
    assert desk.shown() == ["RATIO", "NAME", "HASH"]
    assert (desk.model.sort_column, desk.model.direction) == (Column.QUEUE, SortDirection.BEST_FIRST)
    saved = SavedColumns.decode(as_state(state))
    assert dict(saved.widths) == {Column.SIZE: 2000, Column.DOWN: LEAST_WIDTH}
    assert sorted(saved.order) == list(Column)


def test_the_menu_shows_hides_fits_and_goes_back(desk: Desk, theme: Theme) -> None:
    titles = [action.text() for action in desk.view.columns_menu().actions()]
    assert "Name" not in titles
    assert titles[0] == "Place in the queue (#)"
    assert titles[-2:] == ["Fit columns", "Back to default"]
    desk.choose("Hash")
    assert desk.shown()[-1] == "HASH"
    desk.choose("Swarm health")
    assert "HEALTH" not in desk.shown()
    desk.choose("Fit columns")
    assert desk.width(Column.DOWN) < COLUMNS[Column.DOWN].width
    desk.choose("Back to default")
    assert desk.shown() == DEFAULT
    assert desk.width(Column.DOWN) == theme.px(COLUMNS[Column.DOWN].width)


def test_the_header_opens_the_same_menu(desk: Desk) -> None:
    header = desk.view.horizontalHeader()
    header.customContextMenuRequested.emit(QPoint(5, 5))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert menu.actions()[-1].text() == "Back to default"
    menu.close()


def test_a_double_click_on_the_divider_fits_what_is_seen(desk: Desk) -> None:
    header = desk.view.horizontalHeader()
    header.resizeSection(Column.TIME_LEFT, 300)
    edge = QPoint(header.sectionViewportPosition(Column.TIME_LEFT) + 299, header.height() // 2)
    QTest.mouseMove(header.viewport(), edge)
    QTest.mouseDClick(header.viewport(), Qt.MouseButton.LeftButton, pos=edge)
    assert desk.width(Column.TIME_LEFT) < 300
    assert sum(desk.width(Column[name]) for name in desk.shown()) == desk.view.viewport().width()


def test_the_name_takes_the_room_and_shares_it_with_its_neighbour(desk: Desk) -> None:
    room = desk.view.viewport().width()

    def taken() -> int:
        return sum(desk.width(Column[name]) for name in desk.shown())

    assert taken() == room
    name, progress = desk.width(Column.NAME), desk.width(Column.PROGRESS)
    desk.view.horizontalHeader().resizeSection(Column.NAME, name - 40)
    assert (desk.width(Column.NAME), desk.width(Column.PROGRESS)) == (name - 40, progress + 40)
    desk.view.resize(1400, 400)
    assert taken() == desk.view.viewport().width()


def test_many_columns_scroll_sideways_instead_of_crushing_the_name(
    desk: Desk, theme: Theme, qapp: QApplication
) -> None:
    for column in Column:
        if column not in DEFAULT_SHOWN:
            desk.choose(COLUMNS[column].menu_title)
    assert desk.width(Column.NAME) == theme.px(NARROWEST_NAME)
    qapp.processEvents()
    assert desk.view.horizontalScrollBar().maximum() > 0


def test_a_large_place_in_the_queue_is_seen_whole(desk: Desk) -> None:
    before = desk.width(Column.QUEUE)
    desk.model.apply(update(*(row(f"{at:040x}", queue_position=at) for at in range(100, 1_200))))
    desk.view.fit_numbers()
    assert desk.width(Column.QUEUE) > before


def test_a_large_place_that_came_while_its_column_was_left_out_is_seen_whole(desk: Desk) -> None:
    desk.view.resize(600, 400)
    QApplication.processEvents()
    assert "QUEUE" not in desk.shown()
    desk.model.apply(update(*(row(f"{at:040x}", queue_position=at) for at in range(1, 1202))))
    desk.view.fit_numbers()
    desk.view.resize(1230, 400)
    QApplication.processEvents()
    needed = desk.view.fontMetrics().horizontalAdvance("1,201") + 2 * CELL_PADDING
    assert "QUEUE" in desk.shown()
    assert desk.width(Column.QUEUE) > needed
    desk.choose("Back to default")
    assert desk.width(Column.QUEUE) > needed


def test_a_narrow_window_leaves_columns_out_in_order() -> None:
    widths = {Column.QUEUE: 40, Column.PROGRESS: 200, Column.UP: 80, Column.SIZE: 80, Column.RATIO: 70}
    left_out = [columns_to_drop(width, widths, 200) for width in (700, 669, 599, 519, 439, 100)]
    assert left_out == [
        set(),
        {Column.RATIO},
        {Column.RATIO, Column.SIZE},
        {Column.RATIO, Column.SIZE, Column.UP},
        {Column.RATIO, Column.SIZE, Column.UP, Column.QUEUE},
        {Column.RATIO, Column.SIZE, Column.UP, Column.QUEUE},
    ]


def test_the_bar_grows_where_the_name_has_plenty_unless_its_width_was_set(desk: Desk) -> None:
    own = COLUMNS[Column.PROGRESS].width
    assert own < desk.width(Column.PROGRESS) <= MOST_PROGRESS
    assert desk.width(Column.NAME) >= PLENTY_FOR_NAME
    desk.view.resize(860, 400)
    assert desk.width(Column.PROGRESS) == own, "a narrow window keeps its room for the name"
    desk.view.resize(2000, 400)
    assert desk.width(Column.PROGRESS) == MOST_PROGRESS
    kept = SavedColumns.decode(desk.kept())
    assert dict(kept.widths)[Column.PROGRESS] == own, "only what was set is kept"
    desk.view.horizontalHeader().resizeSection(Column.PROGRESS, 150)
    desk.view.resize(1900, 400)
    assert desk.width(Column.PROGRESS) == 150
    assert dict(SavedColumns.decode(desk.kept()).widths)[Column.PROGRESS] == 150
