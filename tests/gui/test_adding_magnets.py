"""Magnet links in the add window: it opens at once, says what happens, and what was chosen meanwhile holds."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from tests.gui.conftest import WindowRun, opened, press, until, words
from tests.support.fake_client import row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import AddMagnet, AddTorrent, AddTrackers, RemoveTorrent
from shoal.api.details import MagnetProgress, TorrentDetails
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentState
from shoal.gui.application import Application
from shoal.gui.dialogs.add_asking import AddAsking, doing_text
from shoal.gui.dialogs.add_entry import When
from shoal.gui.dialogs.add_files import AddFiles
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.widgets.wrapped_text import WrappedText
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.settings.interface_settings import InterfaceSettings

DATA = torrent_bytes("Sample", {"one.mkv": 30_000, "two.mkv": 20_000, "three.txt": 1_000})
ID = parse_metainfo(DATA).torrent_id
TRACKER = "udp://tracker.example:80/announce"
LINK = f"magnet:?xt=urn:btih:{ID}&dn=A+link&tr=udp%3A%2F%2Ftracker.example%3A80%2Fannounce"
ASKED = MagnetProgress(known=20, asked=14)


async def asking(run: WindowRun) -> tuple[AddTorrentDialog, AddAsking]:
    """The window with a link whose list has not come, once the engine is asked for it."""
    dialog = await opened(run, AddTorrentDialog)
    await until(lambda: run.client.told)
    page = dialog.findChild(AddAsking)
    assert isinstance(page, AddAsking)
    return dialog, page


def test_the_window_opens_at_once_and_says_what_is_happening(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog, page = await asking(run)
        assert dialog.header.heading.toolTip() or dialog.header.heading.text()
        assert "A link" in dialog.windowTitle() + words(dialog)
        assert "looking for peers" in page.doing.text()
        run.client.told[LINK](ASKED)
        await until(lambda: "asked 14 peers, none has it yet" in page.doing.text())
        assert "20 peers are known" in page.note.text()
        run.client.told[LINK](replace(ASKED, offering=3))
        await until(lambda: page.doing.text() == "Getting the file list from 3 peers")
        run.client.told[LINK](replace(ASKED, offering=3, received=50, size=100))
        await until(lambda: "50 % is here" in page.doing.text())
        assert dialog.add_button.text() == "Download"
        assert dialog.add_button.isEnabled()
        assert "how much it needs is known when the file list is here" in dialog.options.space.text()
        dialog.reject()
        await until(lambda: not run.client.told)

    run.play(story, LINK)
    assert run.client.commands == []


def test_the_tree_fills_in_and_what_was_chosen_meanwhile_stays(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog, _ = await asking(run)
        dialog.options.field.set_folder("/elsewhere")
        dialog.options.label.edit.setText("Films")
        dialog.options.starts[When.QUEUE].setChecked(True)
        run.client.lists[LINK].set_result(DATA)
        await until(lambda: isinstance(dialog._stack.currentWidget(), AddFiles))
        assert "Sample" in words(dialog)
        assert dialog.options.field.folder() == "/elsewhere"
        assert dialog.options.label.label() == "Films"
        assert dialog.add_button.text().startswith("Download 51")
        dialog.add_button.click()
        await until(lambda: run.client.commands)

    run.play(story, LINK)
    (command,) = run.client.commands
    assert isinstance(command, AddTorrent)
    assert (command.metainfo, command.folder, command.label, command.skip_queue) == (DATA, "/elsewhere", "Films", False)


def test_added_before_its_list_is_here(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog, page = await asking(run)
        QTest.mouseClick(page.choose_first, Qt.MouseButton.LeftButton)
        assert dialog.add_button.text() == "Add, and choose files later"
        page.choose_first.setChecked(False)
        dialog.options.label.edit.setText("Films")
        dialog.add_button.click()
        await until(lambda: run.client.commands)
        await until(lambda: not run.client.told)

    run.play(story, LINK)
    (command,) = run.client.commands
    assert command == AddMagnet(LINK, "/downloads", label="Films", skip_queue=True)


def test_it_stops_for_the_choice_when_that_was_ticked(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog, page = await asking(run)
        page.choose_first.setChecked(True)
        dialog.add_button.click()
        await until(lambda: run.client.commands)

    run.play(story, LINK)
    (command,) = run.client.commands
    assert isinstance(command, AddMagnet)
    assert command.choose_above == 0


def test_the_link_chooses_files(run: WindowRun) -> None:
    chosen = LINK + "&so=0,7"

    async def story(application: Application) -> None:
        dialog, _ = await asking(run)
        run.client.lists[chosen].set_result(DATA)
        await until(lambda: isinstance(dialog._stack.currentWidget(), AddFiles))
        dialog.add_button.click()
        await until(lambda: run.client.commands)

    run.play(story, chosen)
    (command,) = run.client.commands
    assert isinstance(command, AddTorrent)
    assert command.file_priorities == (4, 0, 0)


def test_several_links_and_files_are_asked_about_together(run: WindowRun, tmp_path: Path) -> None:
    file = tmp_path / "other.torrent"
    file.write_bytes(torrent_bytes("Other", {"a.bin": 5_000}))
    second = "magnet:?xt=urn:btih:" + "ab" * 20

    async def story(application: Application) -> None:
        dialog, _ = await asking(run)
        await until(lambda: len(run.client.told) == 2)
        assert len(dialog.entries) == 3
        run.client.told[second](ASKED)
        run.client.lists[LINK].set_result(DATA)
        await until(lambda: dialog.entries[0].preview is not None)
        assert dialog.add_button.text() == "Add 3 torrents"
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 3)

    run.play(story, LINK, str(file), second)
    assert [type(command) for command in run.client.commands] == [AddTorrent, AddTorrent, AddMagnet]


def test_without_asking_it_is_added_at_once_and_large_ones_stop(run: WindowRun) -> None:
    run.settings = InterfaceSettings(theme="light", ask_before_adding=False, ask_above_bytes=10**9)

    async def story(application: Application) -> None:
        await until(lambda: run.client.commands)

    run.play(story, LINK)
    assert run.client.commands == [AddMagnet(LINK, "/downloads", choose_above=10**9)]


def test_a_link_that_is_in_the_list_offers_its_new_trackers(run: WindowRun) -> None:
    run.client.rows[ID] = row(ID, name="Here", has_metainfo=False, wanted=0, size=0)
    run.client.pictures[ID] = TorrentDetails(ID, trackers=())

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert "You already have this" in words(dialog)
        await press(dialog, "Add its new tracker")

    run.play(story, LINK)
    assert run.client.commands == [AddTrackers(ID, (TRACKER,))]
    assert not run.client.told


def test_its_torrent_file_is_no_duplicate_of_a_link_that_waits(run: WindowRun, tmp_path: Path) -> None:
    file = tmp_path / "sample.torrent"
    file.write_bytes(DATA)
    run.client.rows[ID] = row(ID, name="Here", has_metainfo=False, wanted=0, size=0)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        assert isinstance(dialog._stack.currentWidget(), AddFiles)
        dialog.reject()

    run.play(story, str(file))


def test_links_that_cannot_be_followed_say_why(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, MessageDialog)
        assert "names no torrent" in words(dialog)
        dialog.reject()

    run.play(story, "magnet:?dn=nothing")


def test_a_list_that_cannot_be_used_is_told_in_the_window(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        dialog, _ = await asking(run)
        run.client.lists[LINK].set_exception(UserError("bad-metainfo", problem="x"))
        await until(lambda: "Its file list cannot be used" in words(dialog))
        assert not dialog.add_button.isEnabled()
        dialog.reject()

    run.play(story, LINK)


def test_the_row_says_what_it_waits_for_and_can_be_removed(run: WindowRun) -> None:
    reason = Reason("asking-metadata", {"asked": 14, "offering": 0, "seconds": 0})
    run.client.rows[ID] = row(
        ID, name="A link", has_metainfo=False, wanted=0, size=0, reason=reason, state=TorrentState.DOWNLOADING, peers=3
    )

    async def story(application: Application) -> None:
        window = application.window
        view = window.model.view_at(0)
        assert view.sentence.text == "Asking for the file list: asked 14 peers, none has it yet"
        assert view.spoken == "A link, Asking for the file list: asked 14 peers, none has it yet"
        assert view.share == 0.0
        application.link.send(RemoveTorrent(ID))
        await until(lambda: not run.client.rows)

    run.play(story)


def test_what_is_said_of_each_step() -> None:
    assert doing_text(MagnetProgress(is_paused=True)) == "Everything is paused"
    assert "looking for peers" in doing_text(MagnetProgress(known=3))
    assert doing_text(MagnetProgress(asked=1)) == "Asking for the file list: asked 1 peer, it does not have it yet"


def test_every_tab_stands_a_transfer_without_files(run: WindowRun) -> None:
    reason = Reason("asking-metadata", {"asked": 1, "offering": 1, "seconds": 0})
    values = {"has_metainfo": False, "wanted": 0, "size": 0, "pieces_total": 0, "piece_strip": b"", "file_count": 0}
    run.client.rows[ID] = row(ID, name="A link", reason=reason, peers=1, **values)
    run.client.pictures[ID] = TorrentDetails(
        ID, files=(), peers=(), trackers=(), pieces=b"", availability=b"", open_pieces=(), file_done=b"",
        file_priorities=b"", events=(), magnet=LINK,
    )  # fmt: skip

    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([ID])
        for turn, name in enumerate(("overview", "files", "peers", "swarm", "pieces", "trackers", "speed", "info"), 1):
            window.show_tab(ID, name)
            run.client.push(replace(run.client.rows[ID], events_revision=turn))
            await until(lambda turn=turn: window.model.row_of(ID).events_revision == turn)
        await until(lambda: "Not known before its file list is here" in shown(window))
        assert window.list.selected_ids() == [ID]

    run.play(story)


def shown(window: QWidget) -> str:
    return " ".join(label.text for label in window.findChildren(WrappedText))
