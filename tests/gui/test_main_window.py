"""The window over a fake client: what a person does, and what the engine is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QFontMetrics
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QMenu, QPushButton
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row
from tests.support.log_watch import LogWatch
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import RemoveTorrent, StartTorrent, StopTorrent
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import Alert, SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.models.torrent_columns import Column
from shoal.gui.style.fonts import Role
from shoal.gui.style.tokens import DARK
from shoal.gui.widgets.row_delegate import CELL_PADDING
from shoal.gui.window.column_layout import columns_to_drop
from shoal.gui.window.main_window import MainWindow

A, B, C = "a" * 40, "b" * 40, "c" * 40


@pytest.fixture
def three(run: WindowRun) -> WindowRun:
    rows = (
        row(A, name="Alpha", queue_position=1, peers=2, sending_peers=1),
        row(B, name="Beta", queue_position=2, state=TorrentState.STOPPED),
        row(
            C, name="Gamma", queue_position=3, reason=Reason("tracker-failed", {"text": "refused", "host": "t.example"})
        ),
    )
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, SessionTotals(listen_port=51413))
    return run


@pytest.fixture
def torrent(tmp_path: Path) -> Path:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000, "two.txt": 5_000}))
    return path


async def message(run: WindowRun) -> MessageDialog:
    await until(lambda: isinstance(run.dialog(), MessageDialog))
    found = run.dialog()
    assert isinstance(found, MessageDialog)
    return found


def words(dialog: MessageDialog) -> str:
    return " ".join(label.text() for label in dialog.findChildren(QLabel))


async def press(dialog: MessageDialog, name: str) -> None:
    button = next(button for button in dialog.findChildren(QPushButton) if button.text() == name)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    await until(lambda: not dialog.isVisible())


def test_an_empty_list_invites(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        await until(lambda: window.pages.currentWidget() is window.pages.empty)

    assert run.play(story) == 0
    assert run.client.closed == 1


def test_actions_act_on_the_selection(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, actions = application.window, application.window.actions_of_window
        assert not actions.start.isEnabled()
        assert "Select a transfer first" in actions.start.toolTip()
        window.list.select_ids([A, B])
        actions.stop.trigger()
        await until(lambda: len(three.client.commands) == 2)
        assert three.client.commands == [StopTorrent(A), StopTorrent(B)]
        await until(lambda: not actions.stop.isEnabled())
        actions.start.trigger()
        await until(lambda: three.client.commands[2:] == [StartTorrent(A), StartTorrent(B)])

    three.play(story)


def test_space_starts_and_stops(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.reveal(B)
        QTest.keyClick(application.window.list, Qt.Key.Key_Space)
        await until(lambda: three.client.commands)
        assert three.client.commands == [StartTorrent(B)]
        await until(lambda: three.client.rows[B].state is TorrentState.DOWNLOADING)
        QTest.keyClick(application.window.list, Qt.Key.Key_Space)
        await until(lambda: len(three.client.commands) == 2)
        assert three.client.commands[1] == StopTorrent(B)

    three.play(story)


@pytest.mark.parametrize(
    ("button", "delete"), [("Remove from list, keep files", False), ("Remove and delete 0 B", True)]
)
def test_removing_asks_with_named_buttons(three: WindowRun, button: str, delete: bool) -> None:
    async def story(application: Application) -> None:
        application.window.list.select_ids([B])
        application.window.actions_of_window.remove.trigger()
        await press(await message(three), button)
        await until(lambda: application.window.model.total == 2)
        assert three.client.commands == [RemoveTorrent(B, delete_data=delete)]
        assert application.window.model.row_of(B) is None
        told = "Removed 1 transfer and deleted its files" if delete else "Removed 1 transfer from the list"
        await until(lambda: application.window.toast.text == told)

    three.play(story)


def test_many_files_are_said_to_be_on_their_way_out(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        three.client.push(replace(three.client.rows[B], file_count=60_000))
        window = application.window
        await until(lambda: (shown := window.model.row_of(B)) is not None and shown.file_count == 60_000)
        told: list[str] = []
        window.dialogs._tell = told.append
        window.list.select_ids([B])
        window.actions_of_window.remove.trigger()
        await press(await message(three), "Remove and delete 0 B")
        await until(lambda: len(told) == 2)
        assert told == ["Deleting the files of 1 transfer\u2026", "Removed 1 transfer and deleted its files"]

    three.play(story)


def test_removing_can_be_thought_over(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.list.select_ids([B])
        application.window.actions_of_window.remove.trigger()
        dialog = await message(three)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: three.dialog() is None)
        assert three.client.commands == []

    three.play(story)


def test_search_finds_and_clears(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([B])
        QTest.keyClicks(window.find_field, "bet")
        assert window.model.rowCount() == 1
        assert window.list.selected_ids() == [B]
        QTest.keyClicks(window.find_field, "zzz")
        assert window.pages.currentWidget() is window.pages.no_match
        QTest.keyClick(window.find_field, Qt.Key.Key_Escape)
        assert window.pages.currentWidget() is window.list
        assert window.model.rowCount() == 3

    three.play(story)


def test_theme_geometry_and_columns_are_remembered(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        dark = next(action for action in window.actions_of_window.themes.actions() if action.text() == "Dark")
        dark.trigger()
        window.resize(window.minimumWidth(), 610)
        menu = window.list.columns_menu()
        next(action for action in menu.actions() if action.text() == "Size").setChecked(False)
        window.list.horizontalHeader().sectionClicked.emit(int(Column.NAME))

    three.play(story)
    three.settings = three.saved[-1]
    assert three.settings.theme == "dark"

    async def again(application: Application) -> None:
        window = application.window
        assert application.theme.tokens is DARK
        assert (window.width(), window.height()) == (window.minimumWidth(), 610)
        assert window.list.horizontalHeader().isSectionHidden(Column.SIZE)
        assert window.model.sort_column is Column.NAME

    three.play(again)


def test_the_first_window_is_on_the_screen_whole(run: WindowRun) -> None:
    run.size = None

    async def story(application: Application) -> None:
        window = application.window
        room = window.screen().availableGeometry()
        assert window.height() < room.height()
        assert window.width() <= max(room.width(), window.minimumWidth())

    run.play(story)


def test_damaged_window_state_is_ignored(run: WindowRun) -> None:
    run.settings = replace(run.settings, window_geometry="AAAA", column_state="AAAA")

    async def story(application: Application) -> None:
        assert application.window.width() >= application.window.minimumWidth() >= 600
        assert not application.window.list.horizontalHeader().isSectionHidden(Column.NAME)

    run.play(story)


@pytest.mark.parametrize(
    ("width", "dropped"),
    [
        (1200, set()),
        (900, {Column.SIZE}),
        (800, {Column.SIZE, Column.UP}),
        (700, {Column.SIZE, Column.UP, Column.QUEUE}),
    ],
)
def test_a_narrow_window_drops_columns_in_order(width: int, dropped: set[Column]) -> None:
    widths = {
        Column.QUEUE: 40,
        Column.PROGRESS: 200,
        Column.DOWN: 90,
        Column.UP: 90,
        Column.TIME_LEFT: 150,
        Column.SIZE: 90,
    }
    assert columns_to_drop(width, widths, 300) == dropped


def test_totals_and_counts_are_shown(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        labels = [label.text() for label in application.window.status.findChildren(QLabel)]
        assert "port 51413" in labels
        assert "3 transfers · 1 downloading · 1 waiting" in labels

    three.play(story)


def test_the_dht_has_its_place_at_the_foot(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.resize(1600, 800)
        window.status.show_totals(SessionTotals(listen_port=51413, dht_state="working", dht_nodes=312))
        shown = [label.text() for label in window.status.findChildren(QLabel) if label.isVisible()]
        assert "DHT" in shown
        assert "312 nodes" in shown
        (place,) = [label.parentWidget() for label in window.status.findChildren(QLabel) if label.text() == "312 nodes"]
        assert place is not None
        assert place.accessibleName() == "DHT 312 nodes"
        assert place.toolTip().startswith("DHT: 312 nodes")
        window.status.show_totals(SessionTotals(listen_port=51413, dht_state="no-answer"))
        assert place.accessibleName() == "DHT no answer"
        window.resize(700, 600)
        await until(lambda: not place.isVisible())

    three.play(story)


def test_an_unexpected_error_is_said_once_and_the_window_lives(three: WindowRun, expect_log: LogWatch) -> None:
    expect_log("unexpected error")
    three.client.break_with = ZeroDivisionError("boom")

    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A, C])
        window.actions_of_window.stop.trigger()
        dialog = await message(three)
        assert "Unexpected error" in words(dialog)
        await press(dialog, "Close")
        three.client.break_with = None
        window.actions_of_window.stop.trigger()
        await until(lambda: len(three.client.commands) == 4)
        assert three.dialog() is None

    three.play(story)


def test_a_refused_command_is_worded(three: WindowRun) -> None:
    three.client.refuse = UserError("no-such-torrent", id=A)

    async def story(application: Application) -> None:
        application.window.list.select_ids([A])
        application.window.actions_of_window.stop.trigger()
        dialog = await message(three)
        assert "no longer in the list" in words(dialog)
        await press(dialog, "Close")

    three.play(story)


def test_closing_hides_at_once_and_then_closes_the_engine(three: WindowRun) -> None:
    seen: list[bool] = []

    class Watching(FakeClient):
        async def close(self) -> None:
            assert three.application is not None
            seen.append(three.application.window.isVisible())
            await super().close()

    three.client = Watching(three.client.rows)

    async def story(application: Application) -> None:
        application.window.actions_of_window.quit.trigger()

    assert three.play(story) == 0
    assert seen == [False]


def test_labels_never_format_what_strangers_write(three: WindowRun) -> None:
    three.client.rows[A] = replace(three.client.rows[A], name="<b>x</b>\u202e")

    async def story(application: Application) -> None:
        application.window.list.select_ids([A])
        application.window.actions_of_window.remove.trigger()
        dialog = await message(three)
        assert "<b>x</b>" in words(dialog)
        assert all(
            label.textFormat() is Qt.TextFormat.PlainText for label in dialog.findChildren(QLabel) if label.text()
        )
        dialog.reject()

    three.play(story)


def test_hovering_holds_the_order(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window: MainWindow = application.window
        window.list.horizontalHeader().sectionClicked.emit(int(Column.DOWN))
        window.model.set_held(True)
        three.client.push(replace(three.client.rows[C], down_rate=9e6))
        await until(window.status.order_button.isVisible)
        assert window.model.id_at(0) != C
        QTest.mouseClick(window.status.order_button, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        assert window.model.id_at(0) == C

    three.play(story)


def test_notices_are_counted_and_closed(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        notices = application.window.notices
        assert not notices.isVisible()
        alert = Alert("port-taken", None, {"wanted": 6881, "port": 6882}, "warning")
        three.client.push(alerts=(alert, alert))
        await until(notices.isVisible)
        assert any("(2 times)" in label.text() for label in notices.findChildren(QLabel))
        QTest.mouseClick(notices.findChild(QPushButton), Qt.MouseButton.LeftButton)
        assert not notices.isVisible()

    three.play(story)


def test_the_menu_key_opens_the_menu_of_the_current_row(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.reveal(B)
        window.list.clearSelection()
        centre = window.list.viewport().rect().center()
        reason = QContextMenuEvent.Reason.Keyboard
        window.list.contextMenuEvent(QContextMenuEvent(reason, centre, window.list.mapToGlobal(centre)))
        await until(lambda: three.app.activePopupWidget() is not None)
        assert window.list.selected_ids() == [B]
        menu = three.app.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert next(action.text().replace("&", "") for action in menu.actions() if action.isEnabled()) == "Start"
        menu.close()

    three.play(story)


def test_home_and_end_are_the_first_and_last_row(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        rows = application.window.list
        application.window.reveal(B)
        QTest.keyClick(rows, Qt.Key.Key_End)
        assert rows.selected_ids() == [C]
        QTest.keyClick(rows, Qt.Key.Key_Home)
        assert rows.selected_ids() == [A]
        QTest.keyClick(rows, Qt.Key.Key_End, Qt.KeyboardModifier.ShiftModifier)
        assert rows.selected_ids() == [A, B, C]

    three.play(story)


def test_large_numbers_are_seen_whole(run: WindowRun) -> None:
    rows = [row(f"{at:040x}", queue_position=at) for at in range(1, 1_202)]
    run.client = FakeClient({entry.torrent_id: entry for entry in rows})

    async def story(application: Application) -> None:
        rows, px = application.window.list, application.theme.px
        room = rows.columnWidth(Column.QUEUE) - 2 * px(CELL_PADDING)
        metrics = QFontMetrics(application.theme.fonts[Role.BODY])
        assert metrics.elidedText("1201", Qt.TextElideMode.ElideRight, room) == "1201"

    run.play(story)


def test_the_title_names_the_program_once(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        # Qt adds the name to a title that does not end with it.
        assert application.window.windowTitle() == "\u2193 0 B/s \u2191 0 B/s \u2014 Shoal"

    three.play(story)


def test_menus_have_letters(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        titles = [action.text() for action in application.window.menuBar().actions()]
        assert titles == ["&File", "&Edit", "&Transfer", "&View", "T&ools", "&Help"]

    run.play(story)
