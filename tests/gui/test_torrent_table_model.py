"""The table's model: order, filter and selection by id, and no more repainting than needed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from tests.support.fake_client import row, update

from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_filter import Section, TrackerCount, TransferFilter
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


def seeding(number: int, **values: object) -> TorrentRow:
    return row(IDS[number], queue_position=number + 1, state=TorrentState.SEEDING, wanted_done=1_000_000, **values)


def sharing_only() -> TransferFilter:
    return TransferFilter(frozenset({Section.SHARING}))


def test_filter_and_search_both_must_agree(model: TorrentTableModel) -> None:
    model.apply(update(seeding(1, name="name 4"), seeding(2, name="other")))
    model.set_filter(sharing_only())
    assert shown(model) == [1, 2]
    model.set_needle("name")
    assert shown(model) == [1]
    model.set_filter(TransferFilter())
    assert 2 not in shown(model)
    assert model.filter == TransferFilter()


def test_rows_come_and_go_in_the_tick_in_which_the_numbers_change(model: TorrentTableModel) -> None:
    model.set_filter(sharing_only())
    told: list[tuple[int, int]] = []
    model.counts_changed.connect(lambda: told.append((model.counts.sections[Section.SHARING], model.rowCount())))
    model.apply(update(seeding(3)))
    model.apply(update(seeding(3, up_rate=9.0)))
    model.apply(update(row(IDS[3], queue_position=4)))
    assert told == [(1, 1), (0, 0)]


def test_counts_follow_every_kind_of_change(model: TorrentTableModel) -> None:
    model.apply(update(seeding(0, label="Linux", trackers=(("t.example", "working"),)), removed=(IDS[5],)))
    counts = model.counts
    assert counts.sections[Section.ALL] == 5
    assert counts.sections[Section.DOWNLOADING] == 4
    assert counts.sections[Section.COMPLETE] == 1
    assert counts.labels == {"": 4, "Linux": 1}
    assert counts.trackers == {"t.example": TrackerCount(1, "working")}


def test_what_stays_keeps_its_selection_through_a_filter(model: TorrentTableModel) -> None:
    model.apply(update(seeding(1), seeding(3), seeding(5)))
    selection = QItemSelectionModel(model)
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for position in (1, 2, 3):
        selection.select(model.index(position, 0), flags)
    model.set_filter(sharing_only())
    assert sorted(model.id_at(index.row()) for index in selection.selectedRows(0)) == [IDS[1], IDS[3]]


def test_many_that_leave_at_once_leave_the_rest_in_order(model: TorrentTableModel) -> None:
    model.apply(update(*(row(f"{at:040d}", name=f"row {at}", queue_position=at) for at in range(100, 140))))
    removed: list[int] = []
    model.rowsRemoved.connect(lambda parent, first, last: removed.append(last - first + 1))
    model.apply(update(removed=tuple(f"{at:040d}" for at in range(100, 140, 2))))
    assert removed == [20]
    assert [model.id_at(at) for at in range(6, 26)] == [f"{at:040d}" for at in range(101, 140, 2)]
    assert [model.position_of(model.id_at(at)) for at in range(26)] == list(range(26))


def test_while_rows_are_dragged_none_moves_or_goes(model: TorrentTableModel) -> None:
    model.apply(update(seeding(1), seeding(3)))
    model.set_filter(sharing_only())
    model.set_dragging(True)
    model.apply(update(row(IDS[1], queue_position=9), seeding(2)))
    assert shown(model) == [1, 3]
    model.set_dragging(False)
    assert shown(model) == [2, 3]


def test_a_new_row_does_not_shift_a_held_order(model: TorrentTableModel) -> None:
    model.set_sort(Column.DOWN, SortDirection.BEST_FIRST)
    model.set_held(True)
    model.apply(update(row("f" * 40, name="fast", queue_position=7, down_rate=99.0)))
    assert model.id_at(6) == "f" * 40
    model.set_held(False)
    assert model.id_at(0) == "f" * 40


def test_placed_rows_are_shown_at_once_and_taken_back_when_refused(model: TorrentTableModel) -> None:
    model.place([IDS[4], IDS[5]], IDS[1])
    assert shown(model) == [0, 4, 5, 1, 2, 3]
    assert [model.view_at(at).row.queue_position for at in range(6)] == [1, 2, 3, 4, 5, 6]
    model.take_back_places()
    assert shown(model) == [0, 1, 2, 3, 4, 5]


def test_what_the_engine_tells_counts_for_more_than_what_was_placed(model: TorrentTableModel) -> None:
    model.place([IDS[5]], IDS[0])
    rows = [model.row_of(key) for key in IDS]
    model.apply(update(*(entry for entry in rows if entry is not None)))
    model.take_back_places()
    assert shown(model) == [5, 0, 1, 2, 3, 4]


@pytest.mark.parametrize(
    ("moved", "before", "expected"),
    [
        ([4], 0, [4, 0, 1, 2, 3, 5]),
        ([0, 2], None, [1, 3, 4, 5, 0, 2]),
        ([1, 2], 2, [0, 1, 2, 3, 4, 5]),
        ([1, 3], 3, [0, 2, 1, 3, 4, 5]),
        ([2, 3, 4, 5], 4, [0, 1, 2, 3, 4, 5]),
    ],
)
def test_rows_go_in_front_of_the_one_named(
    model: TorrentTableModel, moved: list[int], before: int | None, expected: list[int]
) -> None:
    model.place([IDS[at] for at in moved], None if before is None else IDS[before])
    assert shown(model) == expected


def test_where_a_drop_lands_depends_on_the_direction(model: TorrentTableModel) -> None:
    assert model.queue_before(2) == IDS[2]
    assert model.queue_before(6) is None
    model.set_sort(Column.QUEUE, SortDirection.REVERSED)
    assert model.queue_before(2) == IDS[4]
    assert model.queue_before(0) is None


def test_below_the_last_shown_is_not_always_the_end_of_the_queue(model: TorrentTableModel) -> None:
    model.set_needle("name 4")
    assert model.queue_before(1) == IDS[2]


def test_a_name_is_found_by_its_beginning_from_a_place_on(model: TorrentTableModel) -> None:
    model.apply(update(row("e" * 40, name="Zebra", queue_position=7), row("f" * 40, name="zoo", queue_position=8)))
    assert model.find_name("z", 0) == 6
    assert model.find_name("Z", 7) == 7
    assert model.find_name("zeb", 7) == 6
    assert model.find_name("q", 0) is None
    model.set_needle("nothing like it")
    assert model.find_name("z", 0) is None


FULL = row(
    "d" * 40,
    name="Full",
    queue_position=1_234,
    size=4_000_000_000,
    wanted=4_000_000_000,
    wanted_done=1_000_000_000,
    downloaded=1_000_000_000,
    uploaded=419_900_000,
    label="Field work",
    added_at=1_790_000_000.0,
    folder="/srv/media",
    peers=9,
    seeds=4,
    swarm_seeds=11,
    swarm_leeches=30,
    availability=5.27,
    active_seconds=12_000.0,
    private=True,
)


def test_every_column_has_its_words(model: TorrentTableModel) -> None:
    model.apply(update(FULL))
    position = model.position_of(FULL.torrent_id)
    assert position is not None
    words = {column: model.index(position, column).data() for column in Column}
    assert words[Column.QUEUE] == "1,234"
    assert words[Column.HEALTH] == "Excellent"
    assert words[Column.RATIO] == "0.41"
    assert words[Column.LABEL] == "Field work"
    assert words[Column.FINISHED] == "\u2013"
    assert "2026" in words[Column.ADDED]
    assert words[Column.FOLDER] == "/srv/media"
    assert words[Column.REMAINING] == "3.0 GB"
    assert words[Column.SEEDS] == "4 of 11"
    assert words[Column.PEERS] == "5 of 30"
    assert words[Column.AVAILABILITY] == "5.2"
    assert words[Column.ACTIVE_TIME] == "3 h 20 min"
    assert words[Column.HASH] == FULL.torrent_id
    assert words[Column.PRIVATE] == "yes"
    assert all(isinstance(text, str) and text for text in words.values())


@pytest.mark.parametrize(
    ("column", "values"),
    [
        (Column.HEALTH, {"peers": 3, "availability": 2.0}),
        (Column.LABEL, {"label": "Linux"}),
        (Column.FINISHED, {"completed_at": 5.0}),
        (Column.AVAILABILITY, {"peers": 1, "availability": 0.1}),
        (Column.LAST_ACTIVITY, {"last_activity": 9.0}),
        (Column.RATIO, {"uploaded": 0, "downloaded": 5}),
    ],
)
def test_the_only_known_value_is_first_either_way(
    model: TorrentTableModel, column: Column, values: dict[str, object]
) -> None:
    unknown = {"uploaded": 5} if column is Column.RATIO else {}
    model.apply(update(*(row(key, queue_position=at, **unknown) for at, key in enumerate(IDS))))
    model.apply(update(row(IDS[4], queue_position=4, **values)))
    for direction in SortDirection:
        model.set_sort(column, direction)
        assert shown(model)[0] == 4


def test_tooltips_and_descriptions_say_what_the_cell_cannot(model: TorrentTableModel) -> None:
    model.explain_keys = "Alt+W"
    model.apply(update(replace(FULL, reason=Reason("no-seed", {"percent": 3}))))
    position = model.position_of(FULL.torrent_id)
    assert position is not None
    health = model.index(position, Column.HEALTH).data(Qt.ItemDataRole.ToolTipRole)
    assert "Its trackers know of 11 seeds and 30 other peers." in health
    assert "Together they hold 5.2 copies." in health
    name = model.index(position, Column.NAME)
    assert name.data(Qt.ItemDataRole.AccessibleTextRole).startswith("Full, Waiting for a seed")
    assert "Alt+W" in name.data(Qt.ItemDataRole.AccessibleDescriptionRole)
    folder = model.index(position, Column.FOLDER)
    assert folder.data(Qt.ItemDataRole.AccessibleDescriptionRole) == "Folder: /srv/media"
    assert model.headerData(Column.UP, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole) == "Upload rate"
