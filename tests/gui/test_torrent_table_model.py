"""The table's model: order, filter and selection by id, and no more repainting than needed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.support.fake_client import row, update

from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_order import SortDirection
from shoal.gui.models.torrent_table import TorrentTableModel

IDS = [f"{number:040x}" for number in range(6)]


class Time:
    now = 0.0


@pytest.fixture
def time() -> Time:
    return Time()


@pytest.fixture
def model(qapp: object, time: Time) -> TorrentTableModel:
    model = TorrentTableModel(lambda: time.now)
    QAbstractItemModelTester(model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    rates = [30.0, 10.0, 50.0, 0.0, 40.0, 20.0]
    rows = [
        row(key, name=f"name {5 - at}", queue_position=at + 1, down_rate=rates[at], eta=None if at == 3 else 60.0 * at)
        for at, key in enumerate(IDS)
    ]
    model.apply(update(*rows))
    return model


def shown(model: TorrentTableModel) -> list[int]:
    return [IDS.index(model.id_at(at)) for at in range(model.rowCount())]


def test_header_clicks_go_best_first_reversed_queue_order(model: TorrentTableModel) -> None:
    model.cycle_sort(Column.DOWN)
    assert shown(model) == [2, 4, 0, 5, 1, 3]
    model.cycle_sort(Column.DOWN)
    assert shown(model) == [3, 1, 5, 0, 4, 2]
    model.cycle_sort(Column.DOWN)
    assert shown(model) == [0, 1, 2, 3, 4, 5]


@pytest.mark.parametrize("direction", list(SortDirection))
def test_unknown_is_last_either_way(model: TorrentTableModel, direction: SortDirection) -> None:
    model.set_sort(Column.TIME_LEFT, direction)
    assert shown(model)[-1] == 3


@pytest.mark.parametrize("column", list(Column))
def test_every_column_sorts_both_ways(model: TorrentTableModel, column: Column) -> None:
    for direction in SortDirection:
        model.set_sort(column, direction)
        assert sorted(shown(model)) == [0, 1, 2, 3, 4, 5]


def test_selection_follows_its_transfer_through_a_sort(model: TorrentTableModel) -> None:
    selection = QItemSelectionModel(model)
    selection.select(
        model.index(0, 0), QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    )
    model.set_sort(Column.DOWN, SortDirection.BEST_FIRST)
    assert [model.id_at(index.row()) for index in selection.selectedRows(0)] == [IDS[0]]


def test_a_row_that_gets_faster_moves_up(model: TorrentTableModel) -> None:
    model.set_sort(Column.DOWN, SortDirection.BEST_FIRST)
    old = model.row_of(IDS[1])
    assert old is not None
    model.apply(update(replace(old, down_rate=99.0)))
    assert shown(model)[0] == 1


def test_a_held_order_stays_and_says_that_it_is_stale(model: TorrentTableModel) -> None:
    told: list[bool] = []
    model.order_stale.connect(told.append)
    model.set_sort(Column.DOWN, SortDirection.BEST_FIRST)
    model.set_held(True)
    old = model.row_of(IDS[1])
    assert old is not None
    model.apply(update(replace(old, down_rate=99.0)))
    assert shown(model)[0] == 2
    assert told == [True]
    model.set_held(False)
    assert shown(model)[0] == 1
    assert told == [True, False]


def test_search_keeps_matching_rows_only(model: TorrentTableModel) -> None:
    model.set_needle("NAME 4")
    assert shown(model) == [1]
    assert model.total == 6
    model.set_needle("")
    assert shown(model) == [0, 1, 2, 3, 4, 5]


def test_a_new_row_that_does_not_match_stays_out_of_sight(model: TorrentTableModel) -> None:
    model.set_needle("name 4")
    model.apply(update(row("b" * 40, name="other"), row("c" * 40, name="name 44", queue_position=9)))
    assert [model.id_at(at) for at in range(model.rowCount())] == [IDS[1], "c" * 40]


def test_only_changed_rows_that_are_seen_are_announced(model: TorrentTableModel) -> None:
    model.visible_positions = lambda: (0, 2)
    announced: list[tuple[int, int]] = []
    model.dataChanged.connect(lambda first, last: announced.append((first.row(), last.row())))
    rows = [model.row_of(IDS[at]) for at in (0, 1, 4)]
    model.apply(update(*(replace(old, up_rate=5.0) for old in rows if old is not None)))
    assert announced == [(0, 1)]


def test_removed_rows_go_and_the_rest_keeps_its_place(model: TorrentTableModel) -> None:
    kept = QPersistentModelIndex(model.index(4, 0))
    removed: list[tuple[int, int]] = []
    model.rowsRemoved.connect(lambda parent, first, last: removed.append((first, last)))
    model.apply(update(removed=(IDS[1], IDS[2], IDS[5], "9" * 40)))
    assert removed == [(5, 5), (1, 2)]
    assert shown(model) == [0, 3, 4]
    assert kept.row() == 2


def test_nothing_is_ever_reset(model: TorrentTableModel) -> None:
    resets: list[None] = []
    model.modelAboutToBeReset.connect(lambda: resets.append(None))
    model.apply(update(*(row(f"{at:040d}", queue_position=at) for at in range(50)), removed=(IDS[0],)))
    model.set_needle("transfer")
    model.cycle_sort(Column.NAME)
    model.set_needle("")
    assert resets == []
    assert model.rowCount() == 50


def test_cells_have_text_and_rows_a_spoken_sentence(model: TorrentTableModel) -> None:
    index = model.index(0, Column.DOWN)
    assert index.data() == "30 B/s"
    assert index.data(Qt.ItemDataRole.UserRole) == IDS[0]
    assert index.data(Qt.ItemDataRole.AccessibleTextRole).startswith("name 5, Asking the tracker")
    assert model.data(QModelIndex()) is None


def test_a_name_cannot_format_its_tooltip(model: TorrentTableModel) -> None:
    model.apply(update(row(IDS[0], name="<img src=x>\u202e")))
    tip = model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert "&lt;img src=x&gt;" in tip
    assert "\u202e" not in tip


def test_shown_time_left_does_not_twitch(model: TorrentTableModel, time: Time) -> None:
    model.apply(update(row("d" * 40, eta=60.0 * 30)))
    time.now = 1.0
    model.apply(update(row("d" * 40, eta=60.0 * 50)))
    position = model.position_of("d" * 40)
    assert position is not None
    assert model.view_at(position).time_left == "about 30 minutes"
    time.now = 4.0
    model.apply(update(row("d" * 40, eta=60.0 * 50)))
    assert model.view_at(position).time_left == "about 50 minutes"
