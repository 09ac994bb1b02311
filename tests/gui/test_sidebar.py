"""The filters at the left: counts, choosing by mouse and keyboard, labels, trackers and the disk."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication, QImage, QPainter, QStandardItemModel
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QStyleOptionViewItem
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.commands import AnnounceNow, SetLabel
from shoal.api.errors import Reason
from shoal.api.snapshots import DiskSpace, SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.models.torrent_filter import Section, TransferFilter
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.disk_card import DiskCard
from shoal.gui.widgets.filter_cell import RAIL_ENTRY_HEIGHT, FilterCell, FilterEntry, FilterRole
from shoal.gui.widgets.filter_list import FilterList
from shoal.gui.widgets.text_entry import TextEntry
from shoal.gui.window.row_drag import MIME_TYPE
from shoal.gui.window.sidebar import LABELS, RAIL_WIDTH, TRACKERS, TRANSFERS

A, B, C = "a" * 40, "b" * 40, "c" * 40
CTRL = Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def three(run: WindowRun) -> WindowRun:
    working = ("one.example", "working")
    refused = Reason("tracker-refused", {"text": "no", "host": "two.example"})
    rows = (
        row(A, name="Alpha", down_rate=5e3, sending_peers=1, label="Linux", trackers=(working,)),
        row(B, name="Beta", state=TorrentState.STOPPED, queue_position=2, label="Linux", trackers=(working,)),
        row(C, name="Gamma", queue_position=3, reason=refused, trackers=(("two.example", "refused"),)),
    )
    disk = DiskSpace(("/downloads",), 2_000_000_000_000, 612_000_000_000, 163_000_000_000)
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, SessionTotals(disks=(disk,)))
    return run


def index_of(filters: FilterList, group: str, key: str) -> QModelIndex:
    for item in filters._entry_items():
        entry = item.data(Qt.ItemDataRole.UserRole)
        if (entry.group, entry.key) == (group, key):
            return item.index()
    raise AssertionError(f"{group} {key} is not shown")


def click(
    filters: FilterList, group: str, key: str, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier
) -> None:
    index = index_of(filters, group, key)
    filters.scrollTo(index)
    QTest.mouseClick(filters.viewport(), Qt.MouseButton.LeftButton, keys, filters.visualRect(index).center())


def shown(application: Application) -> set[str]:
    model = application.window.model
    return {model.id_at(at) for at in range(model.rowCount())}


def spoken(filters: FilterList) -> list[str]:
    return [item.data(Qt.ItemDataRole.AccessibleTextRole) for item in filters._entry_items()]


def test_every_filter_says_its_exact_count(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        assert spoken(filters) == [
            "All, 3 transfers",
            "Needs you, 1 transfer",
            "Downloading, 1 transfer",
            "Sharing, 0 transfers",
            "Waiting, 0 transfers",
            "Complete, 0 transfers",
            "Stopped, 1 transfer",
            "Linux, 2 transfers",
            "No label, 1 transfer",
            "one.example (answers), 2 transfers",
            "two.example (turned you away), 1 transfer",
        ]
        three.client.push(replace(three.client.rows[B], state=TorrentState.SEEDING, label="Reading"))
        await until(lambda: "Sharing, 1 transfer" in spoken(filters))
        assert {"Stopped, 0 transfers", "Linux, 1 transfer", "Reading, 1 transfer"} < set(spoken(filters))

    three.play(story)


def test_without_labels_and_trackers_their_groups_are_not_there(run: WindowRun) -> None:
    run.client = FakeClient({A: row(A, name="Alpha")})

    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        root = QModelIndex()
        assert [filters.isRowHidden(at, root) for at in range(3)] == [False, True, True]

    run.play(story)


def test_a_click_shows_one_filter_alone(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        click(filters, TRANSFERS, Section.STOPPED.value)
        assert shown(application) == {B}
        click(filters, TRACKERS, "two.example")
        assert shown(application) == {C}
        assert application.window.sidebar.filter == TransferFilter(trackers=frozenset({"two.example"}))
        click(filters, TRANSFERS, Section.ALL.value)
        assert shown(application) == {A, B, C}

    three.play(story)


def test_ctrl_click_combines(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        click(filters, TRANSFERS, Section.STOPPED.value)
        click(filters, TRANSFERS, Section.NEEDS_YOU.value, CTRL)
        assert shown(application) == {B, C}
        click(filters, LABELS, "Linux", CTRL)
        assert shown(application) == {B}
        click(filters, LABELS, "", CTRL)
        assert shown(application) == {B, C}
        click(filters, TRANSFERS, Section.ALL.value, CTRL)
        assert application.window.sidebar.filter.sections == frozenset()
        click(filters, LABELS, "", CTRL)
        click(filters, LABELS, "Linux", CTRL)
        assert shown(application) == {A, B, C}

    three.play(story)


def test_the_keyboard_chooses_and_folds(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        filters.setFocus()
        QTest.keyClick(filters, Qt.Key.Key_Down)
        assert shown(application) == {C}
        QTest.keyClick(filters, Qt.Key.Key_Down, CTRL)
        QTest.keyClick(filters, Qt.Key.Key_Space, CTRL)
        assert shown(application) == {A, C}
        # On the title of a group nothing is chosen; Space folds it.
        filters.setCurrentIndex(filters.model().index(0, 0))
        assert shown(application) == {A, C}
        QTest.keyClick(filters, Qt.Key.Key_Space)
        assert filters.folded == frozenset({TRANSFERS})

    three.play(story)
    assert three.saved[-1].sidebar_groups_folded == TRANSFERS
    three.settings = three.saved[-1]

    async def again(application: Application) -> None:
        application.window.resize(1_300, 700)
        await until(lambda: not application.window.sidebar.is_rail)
        filters = application.window.sidebar.list
        assert not filters.isExpanded(filters.model().index(0, 0))

    three.play(again)


def test_a_filter_that_matches_nothing_offers_the_way_back(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        click(window.sidebar.list, TRANSFERS, Section.SHARING.value)
        assert window.pages.currentWidget() is window.pages.no_match
        window.pages.no_match.pressed.emit()
        assert shown(application) == {A, B, C}

    three.play(story)


def test_a_revealed_transfer_is_seen_whatever_the_filter(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        click(window.sidebar.list, TRANSFERS, Section.STOPPED.value)
        window.reveal(A)
        assert window.list.selected_ids() == [A]

    three.play(story)


def test_a_chosen_tracker_that_goes_ends_its_filter(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        click(application.window.sidebar.list, TRACKERS, "two.example")
        three.client.push(replace(three.client.rows[C], trackers=()))
        await until(lambda: shown(application) == {A, B, C})
        assert application.window.sidebar.filter.is_open

    three.play(story)


def test_rows_dropped_on_a_label_take_it(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        filters = window.sidebar.list
        data = QMimeData()
        data.setData(MIME_TYPE, f"{A}\n{C}".encode())

        def drop_on(group: str, key: str) -> bool:
            at = QPointF(filters.visualRect(index_of(filters, group, key)).center())
            event = QDropEvent(
                at, Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
            )
            event.ignore()
            filters.dropEvent(event)
            return event.isAccepted()

        assert drop_on(LABELS, "Linux")
        await until(lambda: three.client.commands == [SetLabel(C, "Linux")])
        assert "put on 1 transfer" in window.toast.text
        window.toast.button.click()
        await until(lambda: three.client.commands[1:] == [SetLabel(C, "")])
        assert not drop_on(TRANSFERS, Section.STOPPED.value)
        assert drop_on(LABELS, "")
        await until(lambda: three.client.commands[2:] == [SetLabel(A, "")])

    three.play(story)


def test_labels_are_made_renamed_and_removed(three: WindowRun) -> None:
    async def answer(text: str) -> None:
        await until(lambda: isinstance(three.dialog(), TextEntry))
        dialog = three.dialog()
        assert isinstance(dialog, TextEntry)
        dialog.field.setFocus()
        dialog.field.selectAll()
        QTest.keyClicks(dialog.field, text)
        dialog.accept()
        await until(lambda: three.dialog() is None)

    async def story(application: Application) -> None:
        sidebar = application.window.sidebar
        menu = {action.text(): action for action in sidebar.menu_for(LABELS, "Linux").actions()}
        assert list(menu) == ["New label\u2026", "Rename\u2026", "Remove label"]
        menu["New label\u2026"].trigger()
        await answer("Empty")
        await until(lambda: "Empty, 0 transfers" in spoken(sidebar.list))
        menu["Rename\u2026"].trigger()
        await answer("Systems")
        await until(lambda: three.client.commands == [SetLabel(A, "Systems"), SetLabel(B, "Systems")])
        menu["Remove label"].trigger()
        await until(lambda: three.client.commands[2:] == [SetLabel(A, ""), SetLabel(B, "")])

    three.play(story)
    assert "Empty" in three.saved[-1].labels.split("\n")


def test_a_tracker_is_asked_again_for_all_of_it(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        sidebar = application.window.sidebar
        menu = {action.text(): action for action in sidebar.menu_for(TRACKERS, "one.example").actions()}
        menu["Ask again for all of it"].trigger()
        await until(lambda: three.client.commands == [AnnounceNow(A), AnnounceNow(B)])
        menu["Copy address"].trigger()
        assert QGuiApplication.clipboard().text() == "one.example"

    three.play(story)


def test_a_narrow_window_has_icons_with_counts(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.resize(1_300, 700)
        await until(lambda: not window.sidebar.is_rail)
        wide = window.sidebar.width()
        window.resize(1_000, 700)
        await until(lambda: window.sidebar.is_rail)
        assert window.sidebar.width() < wide / 2
        filters = window.sidebar.list
        assert "Linux, 2 transfers" in index_of(filters, LABELS, "Linux").data(Qt.ItemDataRole.ToolTipRole)
        click(filters, LABELS, "Linux")
        assert shown(application) == {A, B}

    three.play(story)


def test_groups_can_be_hidden(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.views._show_group(LABELS, False)
        assert application.window.sidebar.list.isRowHidden(1, QModelIndex())

    three.play(story)
    assert three.saved[-1].sidebar_groups_hidden == LABELS


def test_the_disk_is_said_in_words(three: WindowRun, theme: Theme) -> None:
    async def story(application: Application) -> None:
        card = application.window.sidebar.disk
        assert card.accessibleName().startswith("Downloads disk: 612 GB free \u00b7 163 GB due")

    three.play(story)
    card = DiskCard(theme)
    assert card.accessibleName() == "Downloads disk: Free space not known"
    card.show_disk(None, 5_000_000_000)
    assert card.accessibleName() == "Downloads disk: 5.0 GB free"
    card.show_disk(DiskSpace(("/d",), 10_000_000_000, 1_000_000_000, 3_000_000_000), None)
    assert "need 2.0 GB more" in card.accessibleName()
    card.deleteLater()


def test_right_click_changes_no_filter(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        filters = application.window.sidebar.list
        at = filters.visualRect(index_of(filters, LABELS, "Linux")).center()
        QTest.mouseClick(filters.viewport(), Qt.MouseButton.RightButton, pos=QPoint(at))
        assert application.window.sidebar.filter.is_open

    three.play(story)


def test_before_the_first_transfer_the_system_tells_of_the_disk(run: WindowRun) -> None:
    run.free = 78_000_000_000

    async def story(application: Application) -> None:
        card = application.window.sidebar.disk
        await until(lambda: card.accessibleName() != "Downloads disk: Free space not known")
        assert card.accessibleName() == "Downloads disk: 78.0 GB free"

    run.play(story)


def test_the_engine_knows_the_disk_better(run: WindowRun) -> None:
    run.client = FakeClient(totals=SessionTotals(free_bytes={"/downloads": 5_000_000_000}))

    async def story(application: Application) -> None:
        card = application.window.sidebar.disk
        await until(lambda: card.accessibleName() != "Downloads disk: Free space not known")
        assert card.accessibleName() == "Downloads disk: 5.0 GB free"

    run.play(story)


@pytest.mark.parametrize("count", ["1", "57", "999+"])
def test_in_the_rail_a_count_covers_no_icon_and_stays_in_its_entry(theme: Theme, count: str) -> None:
    owner = QObject()
    cell = FilterCell(theme, owner)
    entry = QRect(0, 100, theme.px(RAIL_WIDTH), theme.px(RAIL_ENTRY_HEIGHT))
    icon, badge = QRectF(cell.rail_icon(entry)), cell.rail_count(entry, count)
    assert not icon.intersects(badge)
    assert QRectF(entry).contains(icon)
    assert QRectF(entry).contains(badge)


@pytest.mark.parametrize("count", [0, 3])
def test_who_needs_you_is_counted_also_when_nobody_does(theme: Theme, count: int) -> None:
    """The red badge goes with the last one; then it is a plain 0 as everywhere."""
    entry = FilterEntry("transfers", "needs-you", "Needs you", "triangle", "ink2", count, "Needs you", is_alert=True)
    picture = QImage(200, 30, QImage.Format.Format_RGB32)
    picture.fill(theme.colour("side"))
    model = QStandardItemModel(1, 1)
    model.setData(model.index(0, 0), entry, FilterRole.ENTRY)
    option = QStyleOptionViewItem()
    option.rect = QRect(0, 0, 200, 30)
    owner, painter = QObject(), QPainter(picture)
    FilterCell(theme, owner).paint(painter, option, model.index(0, 0))
    painter.end()
    end = [picture.pixelColor(x, y) for x in range(160, 200) for y in range(30)]
    assert any(colour != theme.colour("side") for colour in end), "a number is there"
    assert any(colour == theme.colour("err") for colour in end) is (count > 0)
