"""The add window with one torrent: what a person chooses, and what the engine is told."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QMenu, QPushButton
from tests.gui.conftest import WindowRun, opened, press, until, words
from tests.support.fake_client import row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import AddTorrent, AddTrackers
from shoal.api.details import TorrentDetails, TrackerRow
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.dialogs.add_entry import ADD_TRACKERS, SHOW_IT, When
from shoal.gui.dialogs.add_notice import AddNotice
from shoal.gui.dialogs.add_room import ADD_STOPPED, CHOOSE_FILES
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.widgets.raw_text import RawText
from shoal.metainfo.torrent_file import parse_metainfo

FILES = {"one.mkv": 30_000, "two.txt": 5_000}


@pytest.fixture
def torrent(tmp_path: Path) -> Path:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", FILES))
    return path


def notice_of(dialog: AddTorrentDialog) -> AddNotice | None:
    """The page that stands in the place of the choices."""
    return next((page for page in dialog.findChildren(AddNotice) if page.isVisible()), None)


async def noticed(dialog: AddTorrentDialog) -> AddNotice:
    await until(lambda: notice_of(dialog))
    page = notice_of(dialog)
    assert page is not None
    return page


def the_command(run: WindowRun) -> AddTorrent:
    (command,) = run.client.commands
    assert isinstance(command, AddTorrent)
    return command


def test_a_torrent_from_the_command_line_becomes_a_selected_row(run: WindowRun, torrent: Path) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert dialog.add_button.text() == "Download 35 kB"
        assert dialog.header.facts.accessibleName() == "35 kB in 2 files \u00b7 tracker 127.0.0.1"
        await until(lambda: dialog.options.space.text() == "Fits: 35 kB needed, 1.0 TB free")
        model = dialog.shown_files().model
        model.set_ticked([model.index(1, 0, model.index(0, 0))], ticked=False)
        assert dialog.add_button.text() == "Download 30 kB"
        dialog.options.field.set_folder("/data")
        dialog.options.label.edit.setText("Films")
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        await until(lambda: application.window.list.selected_ids() == [run.client.next_id])

    run.play(story, str(torrent))
    command = the_command(run)
    assert (command.folder, command.file_priorities, command.label) == ("/data", (4, 0), "Films")
    assert (command.start, command.skip_queue, command.sequential) == (True, True, False)
    assert command.metainfo == torrent.read_bytes()
    kept = run.saved[-1]
    assert (kept.last_folder, kept.recent_folders, kept.last_label, kept.labels) == ("/data", "/data", "Films", "Films")
    assert kept.ask_before_adding


def test_the_next_window_begins_with_what_was_chosen_last(run: WindowRun, torrent: Path) -> None:
    run.settings = replace(
        run.settings, last_folder="/data", recent_folders="/data\n/other", last_label="Films", labels="Films\nMusic"
    )

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert (dialog.options.field.folder(), dialog.options.label.label()) == ("/data", "Films")
        QTest.mouseClick(dialog.options.field.change, Qt.MouseButton.LeftButton)
        menu = QApplication.activePopupWidget()
        assert isinstance(menu, QMenu)
        assert [action.text() for action in menu.actions()] == ["/data", "/other", "", "Choose a folder\u2026"]
        menu.actions()[1].trigger()
        menu.close()
        assert dialog.shown_entry().folder == "/other"
        QTest.mouseClick(dialog.options.label.open_button, Qt.MouseButton.LeftButton)
        labels = QApplication.activePopupWidget()
        assert isinstance(labels, QMenu)
        assert [action.text() for action in labels.actions()] == ["No label", "", "Films", "Music"]
        labels.actions()[3].trigger()
        labels.close()
        dialog.accept()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert (the_command(run).folder, the_command(run).label) == ("/other", "Music")
    assert run.saved[-1].recent_folders == "/other\n/data"


@pytest.mark.parametrize(
    ("when", "name", "expected"),
    [
        (When.NOW, "Download 35 kB", (True, True)),
        (When.QUEUE, "Download 35 kB", (True, False)),
        (When.LATER, "Add for later", (False, False)),
    ],
)
def test_it_starts_when_it_was_told_to(
    run: WindowRun, torrent: Path, when: When, name: str, expected: tuple[bool, bool]
) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.options.starts[when].click()
        dialog.options.in_order.click()
        dialog.options.ends_first.click()
        assert dialog.add_button.text() == name
        dialog.accept()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    command = the_command(run)
    assert (command.start, command.skip_queue) == expected
    assert (command.sequential, command.first_last_first) == (True, True)


def test_what_cannot_be_added_keeps_the_button_from_working(run: WindowRun, torrent: Path) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        model = dialog.shown_files().model
        model.choose_kinds(frozenset())
        assert not dialog.add_button.isEnabled()
        assert dialog.note.text() == "Choose at least one file."
        model.choose_kinds(None)
        dialog.options.field.edit.setText("relative")
        assert not dialog.add_button.isEnabled()
        dialog.options.field.edit.setText("/data")
        assert dialog.add_button.isEnabled()
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story, str(torrent))
    assert run.client.commands == []


def test_further_trackers_are_added_and_nonsense_is_named(run: WindowRun, torrent: Path) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.options.more_button.click()
        more = dialog.options.more()
        assert more is not None
        await until(lambda: dialog.options.verticalScrollBar().value() > 0)
        assert parse_metainfo(torrent.read_bytes()).torrent_id in [label.accessibleName() for label in more.hashes]
        more.trackers.setPlainText("udp://t.example:80/a\nnonsense")
        assert dialog.note.text() == "nonsense is no tracker address."
        more.trackers.setPlainText("udp://t.example:80/a\n\nudp://t.example:80/a")
        dialog.add_button.click()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert the_command(run).extra_trackers == ("udp://t.example:80/a",)


def test_a_full_disk_is_said_before_anything_is_written(run: WindowRun, torrent: Path) -> None:
    run.free = 10_000

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: dialog.options.space.text() == "25 kB short on this disk")
        assert dialog.options.choose_another.isVisible()
        dialog.add_button.click()
        page = await noticed(dialog)
        assert "Needs 35 kB, 10 kB free." in words(dialog)
        page.buttons[CHOOSE_FILES].click()
        assert notice_of(dialog) is None
        dialog.add_button.click()
        await noticed(dialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert dialog.isVisible()
        dialog.add_button.click()
        (await noticed(dialog)).buttons[ADD_STOPPED].click()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert not the_command(run).start


def test_a_folder_that_is_not_there_will_be_created(run: WindowRun, torrent: Path) -> None:
    run.folder_is_there = False

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: "free. The folder will be created." in dialog.options.space.text())
        assert dialog.add_button.isEnabled()

    run.play(story, str(torrent))


def test_the_window_fits_a_small_screen_whatever_its_sentences(run: WindowRun, torrent: Path, tmp_path: Path) -> None:
    run.folder_is_there = False
    other = tmp_path / "other.torrent"
    other.write_bytes(torrent_bytes("Other", FILES))

    async def story(application: Application) -> None:
        for sources in ([str(torrent)], [str(torrent), str(other)]):
            application.window.open_sources(sources)
            dialog = await opened(run, AddTorrentDialog)
            room = dialog.screen().availableGeometry()
            assert dialog.height() < room.height()
            await until(lambda shown=dialog: "will be created" in shown.options.space.text())
            dialog.resize(1024, 660)
            await until(lambda shown=dialog: shown.size() == QSize(1024, 660))
            for button in (dialog.add_button, dialog.cancel_button):
                corner = button.mapTo(dialog, button.rect().bottomRight())
                assert dialog.rect().contains(corner)
            options = dialog.options
            options.ensureWidgetVisible(options.more_button)
            assert not options.more_button.visibleRegion().isEmpty()
            dialog.reject()
            await until(lambda: run.dialog() is None)

    assert run.play(story) == 0


def test_data_that_is_there_already_is_shared(run: WindowRun, torrent: Path, tmp_path: Path) -> None:
    run.free = 10
    (tmp_path / "Sample").mkdir()
    for name, size in FILES.items():
        (tmp_path / "Sample" / name).write_bytes(bytes(size))

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.options.field.set_folder(str(tmp_path))
        await until(lambda: dialog.add_button.text() == "Share (files found)")
        dialog.add_button.click()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert the_command(run).check_existing


def test_it_need_not_be_asked_again(run: WindowRun, torrent: Path) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        dialog.without_asking.click()
        dialog.accept()
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert not run.saved[-1].ask_before_adding


def test_the_keyboard_is_enough(run: WindowRun, torrent: Path) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        tree = dialog.shown_files().tree
        tree.setFocus()
        QTest.keyClick(tree, Qt.Key.Key_Down)
        QTest.keyClick(tree, Qt.Key.Key_Return)
        await until(lambda: run.client.commands)
        application.window.open_sources([str(torrent)])
        dialog = await opened(run, AddTorrentDialog)
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: run.dialog() is None)

    run.play(story, str(torrent))
    assert len(run.client.commands) == 1


def test_return_in_the_filter_downloads_nothing(run: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "many.torrent"
    path.write_bytes(torrent_bytes("Many", {f"part {at}.bin": 100 for at in range(20)}))

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        files = dialog.shown_files()
        assert files.filter.isVisible()
        QTest.keyClicks(files.filter, "part 1")
        QTest.keyClick(files.filter, Qt.Key.Key_Return)
        assert dialog.isVisible()
        assert files.model.shown_count == 11
        files.chips["None"].click()
        assert dialog.add_button.text() == "Download 900 B"
        QTest.keyClick(files.filter, Qt.Key.Key_Escape)
        await until(lambda: files.model.shown_count == 20)
        assert dialog.isVisible()
        assert not files.chips["Video"].isEnabled()

    run.play(story, str(path))
    assert run.client.commands == []


@pytest.fixture
def here(run: WindowRun, torrent: Path) -> str:
    """A transfer in the list that is the same torrent; its tracker is another."""
    torrent_id = str(parse_metainfo(torrent.read_bytes()).torrent_id)
    run.client.rows[torrent_id] = row(torrent_id, name="Sample", wanted=100, wanted_done=62)
    tracker = TrackerRow("http://other.example/announce", 0, "working", None, None, 0, None, "")
    run.client.pictures[torrent_id] = TorrentDetails(torrent_id, trackers=(tracker,))
    return torrent_id


def test_what_is_here_already_is_shown(run: WindowRun, torrent: Path, here: str) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        page = await noticed(dialog)
        assert "You already have this (62 %)" in words(dialog)
        page.buttons[SHOW_IT].click()
        await until(lambda: application.window.list.selected_ids() == [here])

    run.play(story, str(torrent))
    assert run.client.commands == []


def test_its_new_trackers_are_added(run: WindowRun, torrent: Path, here: str) -> None:
    async def story(application: Application) -> None:
        page = await noticed(await opened(run, AddTorrentDialog))
        assert page.buttons[ADD_TRACKERS].text() == "Add its new tracker"
        page.buttons[ADD_TRACKERS].click()
        await until(lambda: application.window.list.selected_ids() == [here])

    run.play(story, str(torrent))
    assert run.client.commands == [AddTrackers(here, ("http://127.0.0.1:9/announce",))]


def test_a_private_torrent_is_offered_no_trackers(run: WindowRun, torrent: Path, here: str) -> None:
    run.client.rows[here] = replace(run.client.rows[here], private=True)

    async def story(application: Application) -> None:
        page = await noticed(await opened(run, AddTorrentDialog))
        assert ADD_TRACKERS not in page.buttons

    run.play(story, str(torrent))


def test_a_refusal_is_told_and_the_transfer_selected(run: WindowRun, torrent: Path) -> None:
    run.client.rows["b" * 40] = row("b" * 40)
    run.client.refuse = UserError("already-here", id="b" * 40)

    async def story(application: Application) -> None:
        (await opened(run, AddTorrentDialog)).accept()
        dialog = await opened(run, MessageDialog)
        assert "You already have this transfer" in words(dialog)
        assert application.window.list.selected_ids() == ["b" * 40]
        await press(dialog, "Close")

    run.play(story, str(torrent))


BAD_FILES = {
    "cut": (b"d8:announce", "The file is cut short", "it is cut short", "Cut short at byte 11"),
    "page": (b"<!DOCTYPE html><html>", "This is a web page", "it is a web page", "<!DOCTYPE html><html>"),
    "empty": (b"", "The file is empty", "there is nothing in it", "0 bytes in all"),
    "other": (b"i1e", "Not a torrent file", "is not a torrent file", "i1e"),
    "wrong": (b"d4:infod4:name1:aee", "Bad file info", "contradict themselves", "name: \u201ca\u201d"),
}


@pytest.mark.parametrize(("data", "title", "said", "inside"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_a_bad_file_is_explained_and_can_be_looked_into(
    run: WindowRun, tmp_path: Path, data: bytes, title: str, said: str, inside: str
) -> None:
    path = tmp_path / "bad.torrent"
    path.write_bytes(data)

    async def story(application: Application) -> None:
        dialog = await opened(run, MessageDialog)
        assert dialog.windowTitle() == "Bad file info", "by which it can be searched for"
        assert title in words(dialog)
        assert said in words(dialog)
        assert "Nothing was added" in words(dialog)
        box = next(box for box in dialog.findChildren(RawText) if box.accessibleName() == "What is in it")
        assert not box.isVisible()
        next(found for found in dialog.findChildren(QPushButton) if found.text() == "Show what is in it").click()
        assert box.isVisible()
        assert inside in box.toPlainText()
        await press(dialog, "Close")

    run.play(story, str(path))
    assert run.client.commands == []


def test_another_file_can_be_chosen(run: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "bad.torrent"
    path.write_bytes(b"")

    async def story(application: Application) -> None:
        await press(await opened(run, MessageDialog), "Choose another file")
        chooser = await opened(run, QFileDialog)
        assert chooser.acceptMode() is QFileDialog.AcceptMode.AcceptOpen
        chooser.reject()
        await until(lambda: run.dialog() is None)

    run.play(story, str(path))
    assert run.client.commands == []


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("magnet:?xt=urn:btih:" + "z" * 40, "names no torrent"),
        ("/nowhere/missing.torrent", "is not there any more"),
        ("file://elsewhere/a.torrent", "Nothing was added"),
    ],
)
def test_what_cannot_be_added_says_so(run: WindowRun, source: str, said: str) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, MessageDialog)
        assert said in words(dialog)
        await press(dialog, "Close")

    run.play(story, source)


def test_a_long_name_is_elided_and_told_as_plain_text(run: WindowRun, tmp_path: Path) -> None:
    name = "this & that, " + "very long " * 20 + "end"
    path = tmp_path / "long.torrent"
    path.write_bytes(torrent_bytes(name, {"one.mkv": 30_000}))

    async def story(application: Application) -> None:
        heading = (await opened(run, AddTorrentDialog)).header.heading
        assert "\u2026" in heading.text()
        assert heading.text().endswith("end")
        assert "this &amp; that, very long" in heading.toolTip()

    run.play(story, str(path))


def test_sources_are_added_without_asking_even_while_a_window_is_open(
    run: WindowRun, torrent: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.torrent"
    other.write_bytes(torrent_bytes("Other", FILES))

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        application.window.open_sources([str(other)], ask_first=False)
        await until(lambda: run.client.commands)
        assert dialog.isVisible()
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story, str(torrent))
    command = the_command(run)
    assert (command.folder, command.file_priorities, command.skip_queue) == ("/downloads", None, False)


def test_what_does_not_fit_is_asked_about_in_any_case(run: WindowRun, torrent: Path) -> None:
    run.free = 10_000

    async def story(application: Application) -> None:
        application.window.open_sources([str(torrent)], ask_first=False)
        dialog = await opened(run, AddTorrentDialog)
        await until(dialog.options.choose_another.isVisible)

    run.play(story)
    assert run.client.commands == []
