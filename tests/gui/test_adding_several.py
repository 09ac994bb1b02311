"""Several sources named at once: one question, progress, one sentence in the end, and a way out at every step."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from tests.gui.conftest import WindowRun, one_by_one, until
from tests.support.fake_client import FakeClient
from tests.support.torrent_samples import torrent_bytes

from shoal.api.client import CommandResult
from shoal.api.commands import AddTorrent, Command
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.dialogs.add_several import AddSeveralDialog
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog


@pytest.fixture
def torrents(tmp_path: Path) -> list[str]:
    paths = [tmp_path / f"{name}.torrent" for name in ("first", "second", "third")]
    for path in paths:
        path.write_bytes(torrent_bytes(path.stem, {"one.mkv": 30_000}))
    return [str(path) for path in paths]


async def question(run: WindowRun) -> AddSeveralDialog:
    await until(lambda: isinstance(run.dialog(), AddSeveralDialog))
    found = run.dialog()
    assert isinstance(found, AddSeveralDialog)
    return found


async def add_dialog(run: WindowRun, number: str) -> AddTorrentDialog:
    def is_open() -> bool:
        dialog = run.dialog()
        return isinstance(dialog, AddTorrentDialog) and number in [
            label.text() for label in dialog.findChildren(QLabel)
        ]

    await until(is_open)
    found = run.dialog()
    assert isinstance(found, AddTorrentDialog)
    return found


def test_all_are_added_with_one_answer(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        dialog = await question(run)
        assert dialog.windowTitle() == "Add 3 torrents"
        assert dialog.folder() == "/downloads"
        dialog.set_folder("relative")
        assert not dialog.all_button.isEnabled()
        dialog.set_folder("/data")
        dialog.all_button.click()
        await until(lambda: len(run.client.commands) == 3)
        await until(lambda: application.window.list.selected_ids() == [run.client.next_id])
        assert run.dialog() is None
        assert not application.window.notices.isVisible()

    # The same file twice is one.
    run.play(story, *torrents, torrents[0])
    for command in run.client.commands:
        assert isinstance(command, AddTorrent)
        assert (command.folder, command.start) == ("/data", True)
    assert run.saved[-1].last_folder == "/data"


def test_what_was_not_added_is_summed_up_once(run: WindowRun, torrents: list[str], tmp_path: Path) -> None:
    bad = tmp_path / "bad.torrent"
    bad.write_bytes(b"d8:announce")

    class HasSecond(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            if isinstance(command, AddTorrent) and b"second" in command.metainfo:
                raise UserError("already-here", id="0" * 40)
            return await super().execute(command)

    run.client = HasSecond()

    async def story(application: Application) -> None:
        (await question(run)).all_button.click()
        await until(lambda: isinstance(run.dialog(), MessageDialog))
        dialog = run.dialog()
        assert dialog is not None
        said = [label.text() for label in dialog.findChildren(QLabel)]
        assert "2 added, 1 was here already, 1 cannot be read: bad.torrent." in said
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story, str(bad), *torrents)
    assert len(run.client.commands) == 2


def test_adding_all_shows_how_far_it_is_and_can_be_stopped(run: WindowRun, torrents: list[str]) -> None:
    goes_on = asyncio.Event()

    class Slow(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            await goes_on.wait()
            return await super().execute(command)

    run.client = Slow()

    async def story(application: Application) -> None:
        (await question(run)).all_button.click()
        notices = application.window.notices
        await until(notices.isVisible)
        assert "Adding 1 of 3 torrents" in [label.text() for label in notices.findChildren(QLabel)]
        QTest.mouseClick(notices.findChild(QPushButton), Qt.MouseButton.LeftButton)
        goes_on.set()
        await until(lambda: not notices.isVisible())

    run.play(story, *torrents)
    assert len(run.client.commands) == 1


def test_one_by_one_counts_and_the_rest_can_be_skipped(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        await one_by_one(run)
        (await add_dialog(run, "1 of 3")).accept()
        dialog = await add_dialog(run, "2 of 3")
        QTest.mouseClick(dialog.skip_button, Qt.MouseButton.LeftButton)
        await until(lambda: run.dialog() is None)
        application.window.open_sources([torrents[2]])
        await until(lambda: isinstance(run.dialog(), AddTorrentDialog))

    run.play(story, *torrents)
    assert len(run.client.commands) == 1


def test_messages_of_several_can_be_skipped_too(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        await one_by_one(run)
        await until(lambda: isinstance(run.dialog(), MessageDialog))
        dialog = run.dialog()
        assert dialog is not None
        next(button for button in dialog.findChildren(QPushButton) if button.text() == "Skip the rest").click()
        await until(lambda: run.dialog() is None)

    run.play(story, "/nowhere/a.torrent", *torrents)
    assert run.client.commands == []


def test_cancelling_adds_nothing(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        QTest.keyClick(await question(run), Qt.Key.Key_Escape)
        await until(lambda: run.dialog() is None)

    run.play(story, *torrents)
    assert run.client.commands == []


@pytest.mark.parametrize("count", [1, 3])
def test_quit_keys_work_while_a_dialog_is_open(run: WindowRun, torrents: list[str], count: int) -> None:
    async def story(application: Application) -> None:
        await until(run.dialog)
        dialog, window = run.dialog(), application.window
        assert dialog is not None
        dialog.activateWindow()
        QTest.keyClick(dialog, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: not window.isVisible())

    assert run.play(story, *torrents[:count]) == 0
    assert run.client.commands == []
    assert run.dialog() is None


def test_files_that_come_one_at_a_time_are_asked_about_together(run: WindowRun, torrents: list[str]) -> None:
    async def story(application: Application) -> None:
        for path in torrents:
            application.window.open_sources([path])
        dialog = await question(run)
        assert dialog.windowTitle() == "Add 3 torrents"
        for path in torrents:
            application.window.open_sources([path + ".copy"])
        dialog.reject()
        await until(lambda: not dialog.isVisible())
        assert (await question(run)).windowTitle() == "Add 3 torrents"

    run.play(story)


def test_quitting_while_all_are_added_leaves_out_the_rest(run: WindowRun, torrents: list[str]) -> None:
    class Stuck(FakeClient):
        async def execute(self, command: Command) -> CommandResult:
            await asyncio.Event().wait()
            return None

    run.client = Stuck()

    async def story(application: Application) -> None:
        (await question(run)).all_button.click()
        await until(application.window.notices.isVisible)
        application.window.actions_of_window.quit.trigger()

    assert run.play(story, *torrents) == 0
    assert run.client.closed == 1
