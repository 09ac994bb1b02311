"""Several sources named at once: one window, progress, one sentence in the end, and a way out at every step."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from tests.gui.conftest import WindowRun, opened, until, words
from tests.support.fake_client import FakeClient, row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.client import CommandResult
from shoal.api.commands import AddTorrent, Command
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.dialogs.add_entry import When
from shoal.gui.dialogs.add_notice import AddNotice
from shoal.gui.dialogs.add_room import ADD_STOPPED
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.metainfo.torrent_file import parse_metainfo


@pytest.fixture
def torrents(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.torrent" for name in ("first", "second", "third")]
    for path in paths:
        path.write_bytes(torrent_bytes(path.stem, {"one.mkv": 30_000, "two.txt": 5_000}))
    return [str(path) for path in paths]


def added(run: WindowRun) -> list[AddTorrent]:
    return [command for command in run.client.commands if isinstance(command, AddTorrent)]


def test_all_are_added_with_one_answer(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert dialog.windowTitle() == "Add 3 torrents"
        assert dialog.add_button.text() == "Add 3 torrents, 105 kB"
        await until(lambda: dialog.options.space.text() == "Fits: 105 kB needed for 3 torrents, 1.0 TB free")
        dialog.options.field.set_folder("relative")
        assert not dialog.add_button.isEnabled()
        assert dialog.note.text() == "first: The folder must be a full path."
        dialog.options.field.set_folder("/data")
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 3)
        await until(lambda: application.window.list.selected_ids() == [run.client.next_id])
        assert run.dialog() is None
        assert not application.window.notices.isVisible()

    # The same file twice is one.
    run.play(story, *torrents, torrents[0])
    assert [(command.folder, command.start, command.skip_queue) for command in added(run)] == [
        ("/data", True, False)
    ] * 3
    assert run.saved[-1].last_folder == "/data"


def test_each_keeps_its_own_choices(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.options.same_folder.click()
        dialog.options.label.edit.setText("Films")
        dialog.ticks.setCurrentRow(1)
        assert dialog.options.label.label() == ""
        dialog.options.field.set_folder("/second")
        dialog.options.starts[When.LATER].click()
        dialog.shown_files().chips["Video"].click()
        dialog.ticks.setCurrentRow(0)
        assert (dialog.options.label.label(), dialog.options.field.folder()) == ("Films", "/downloads")
        QTest.keyClick(dialog.ticks, Qt.Key.Key_Down)
        QTest.keyClick(dialog.ticks, Qt.Key.Key_Down)
        QTest.keyClick(dialog.ticks, Qt.Key.Key_Space)
        assert dialog.add_button.text() == "Add 2 torrents, 65 kB"
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 2)

    run.play(story, *torrents)
    first, second = added(run)
    assert (first.folder, first.label, first.start) == ("/downloads", "Films", True)
    assert (second.folder, second.label, second.start) == ("/second", "", False)
    assert second.file_priorities == (4, 0)


def test_choices_of_one_can_be_those_of_all(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.options.label.edit.setText("Films")
        dialog.options.starts[When.LATER].click()
        dialog.options.for_all.click()
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 3)

    run.play(story, *torrents)
    assert [(command.label, command.start) for command in added(run)] == [("Films", False)] * 3


def test_sizes_on_one_disk_are_added_up(run: WindowRun, torrents: list[str]) -> None:
    run.free = 80_000

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: dialog.options.space.text() == "25 kB short on this disk")
        dialog.add_button.click()
        await until(lambda: any(page.isVisible() for page in dialog.findChildren(AddNotice)))
        assert "Needs 105 kB, 80 kB free." in words(dialog)
        page = next(page for page in dialog.findChildren(AddNotice) if page.isVisible())
        page.buttons[ADD_STOPPED].click()
        await until(lambda: len(run.client.commands) == 3)

    run.play(story, *torrents)
    assert not any(command.start for command in added(run))


def test_problems_are_marked_and_the_rest_is_added(run: WindowRun, torrents: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.torrent"
    bad.write_bytes(b"d8:announce")
    here = str(parse_metainfo(Path(torrents[1]).read_bytes()).torrent_id)
    run.client.rows[here] = row(here, wanted=100, wanted_done=50)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        spoken = [dialog.ticks.item(at).data(Qt.ItemDataRole.AccessibleTextRole) for at in range(4)]
        assert spoken == [
            "first, 35 kB",
            "third, 35 kB",
            "bad.torrent, The file is cut short",
            "second, Already in the list (50 %)",
        ]
        dialog.ticks.setCurrentRow(2)
        assert "it is cut short" in words(dialog)
        dialog.ticks.setCurrentRow(3)
        assert "You already have this (50 %)" in words(dialog)
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 2)

    run.play(story, str(bad), *torrents)


def test_what_was_refused_is_summed_up_once(run: WindowRun, torrents: list[str]) -> None:
    class HasSecond(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            if isinstance(command, AddTorrent) and b"second" in command.metainfo:
                raise UserError("already-here", id="0" * 40)
            return await super().execute(command)

    run.client = HasSecond()

    async def story(application: Application) -> None:
        (await opened(run, AddTorrentDialog)).accept()
        dialog = await opened(run, MessageDialog)
        assert "2 added, 1 was here already." in words(dialog)
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story, *torrents)
    assert len(run.client.commands) == 2


def test_several_without_asking_end_in_one_sentence(run: WindowRun, torrents: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.torrent"
    bad.write_bytes(b"d8:announce")

    async def story(application: Application) -> None:
        application.window.open_sources([str(bad), *torrents], ask_first=False)
        dialog = await opened(run, MessageDialog)
        assert "3 added, 1 cannot be read: bad.torrent." in words(dialog)
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story)
    assert len(run.client.commands) == 3


def test_adding_shows_how_far_it_is_and_can_be_stopped(run: WindowRun, torrents: list[str]) -> None:
    goes_on = asyncio.Event()

    class Slow(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            await goes_on.wait()
            return await super().execute(command)

    run.client = Slow()

    async def story(application: Application) -> None:
        (await opened(run, AddTorrentDialog)).accept()
        notices = application.window.notices
        await until(notices.isVisible)
        assert "Adding 1 of 3 torrents" in [label.text() for label in notices.findChildren(QLabel)]
        QTest.mouseClick(notices.findChild(QPushButton), Qt.MouseButton.LeftButton)
        goes_on.set()
        await until(lambda: not notices.isVisible())

    run.play(story, *torrents)
    assert len(run.client.commands) == 1


def test_cancelling_adds_nothing(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        QTest.keyClick(await opened(run, AddTorrentDialog), Qt.Key.Key_Escape)
        await until(lambda: run.dialog() is None)

    run.play(story, *torrents)
    assert run.client.commands == []


@pytest.mark.parametrize("count", [1, 3])
def test_quit_keys_work_while_a_dialog_is_open(run: WindowRun, torrents: list[str], count: int) -> None:
    async def story(application: Application) -> None:
        dialog, window = await opened(run, AddTorrentDialog), application.window
        dialog.activateWindow()
        await until(dialog.isActiveWindow)
        QTest.keyClick(dialog, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not window.isVisible())

    assert run.play(story, *torrents[:count]) == 0
    assert run.client.commands == []
    assert run.dialog() is None


def test_files_that_come_one_at_a_time_are_asked_about_together(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        application.window.open_sources([torrents[0]])
        dialog = await opened(run, AddTorrentDialog)
        for path in torrents[1:]:
            application.window.open_sources([path])
        dialog.reject()
        await until(lambda: run.dialog() is not dialog and run.dialog() is not None)
        assert (await opened(run, AddTorrentDialog)).windowTitle() == "Add 2 torrents"

    run.play(story)


def test_dropped_sources_are_asked_about_in_one_window(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(torrents[0]), QUrl("magnet:?xt=urn:btih:" + "a" * 40)])
        event = QDropEvent(
            QPointF(5, 5),
            Qt.DropAction.CopyAction,
            data,
            Qt.MouseButton.LeftButton,
            Qt.KeyboardModifier.NoModifier,
        )
        application.window.dropEvent(event)
        dialog = await opened(run, AddTorrentDialog)
        dialog.ticks.setCurrentRow(1)
        assert "Getting the file list" in words(dialog)
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 2)

    run.play(story)


def test_quitting_while_all_are_added_leaves_out_the_rest(run: WindowRun, torrents: list[str]) -> None:
    class Stuck(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            await asyncio.Event().wait()
            return None

    run.client = Stuck()

    async def story(application: Application) -> None:
        (await opened(run, AddTorrentDialog)).accept()
        await until(application.window.notices.isVisible)
        application.window.actions_of_window.quit.trigger()

    assert run.play(story, *torrents) == 0
    assert run.client.closed == 1


def test_what_can_be_added_is_counted_and_comes_first(run: WindowRun, torrents: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.torrent"
    bad.write_bytes(b"nothing of use")

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert dialog.windowTitle() == "Add 2 torrents"
        assert [entry.name for entry in dialog.entries] == ["first", "second", "bad.torrent"]
        assert dialog.shown_entry().name == "first"
        assert dialog.add_button.text() == "Add 2 torrents, 70 kB"
        dialog.reject()

    run.play(story, str(bad), *torrents[:2])


def test_a_disk_that_is_busy_is_said_to_be_looked_at(run: WindowRun, torrents: list[str]) -> None:
    answers = threading.Event()

    async def story(application: Application) -> None:
        application.window.open_sources(torrents[:1])
        dialog = await opened(run, AddTorrentDialog)
        assert dialog.options.space.text() == "Looking at the disk\u2026"
        answers.set()
        await until(lambda: dialog.options.space.text().startswith("Fits"))
        dialog.reject()

    run.look_first = answers.wait
    run.play(story)
