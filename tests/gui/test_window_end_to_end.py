"""The whole window over the real engine and a real libtorrent seed: the life of a transfer, as a person leads it."""

from __future__ import annotations

import contextlib
import random
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLineEdit
from tests.support.live_trackers import live_tracker
from tests.support.real_clients import LibtorrentClient, require_libtorrent
from tests.support.swarm_content import Content, single_file
from tests.support.window_story import WindowStory, choose, press, row_of_file, run_story, until

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.details.files import FilesTab
from shoal.gui.details.info import InfoTab
from shoal.gui.details.overview import OverviewTab
from shoal.gui.details.peers import PeersTab
from shoal.gui.details.pieces import PiecesTab
from shoal.gui.details.speed import SpeedTab
from shoal.gui.details.swarm import SwarmTab
from shoal.gui.details.trackers import TrackersTab
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.widgets.piece_cells import PieceKind
from shoal.gui.widgets.text_entry import TextEntry
from shoal.launch import desktop

FILM, NOTES, EXTRA = "Film.mkv", "Notes.txt", "Extra.mkv"
SIZES = {EXTRA: 196_608, FILM: 4_194_304, NOTES: 65_536}
PIECE = 16_384
SLOWLY = 120_000
"""Bytes/s of the seed while there is something to look at."""
BESIDE = single_file(50_000, seed=5, name="Beside.bin")
"""Another transfer in the list, that nobody has."""


@dataclass(frozen=True)
class Place:
    """What is shared, and where things lie."""

    folder: Path
    content: Content

    @property
    def torrent_id(self) -> str:
        return self.content.info_hash.hex()

    @property
    def downloads(self) -> Path:
        return self.folder / "downloads"

    @property
    def torrent(self) -> Path:
        """The torrent file as a person gets it."""
        return self.folder / "voyage.torrent"

    @contextlib.asynccontextmanager
    async def seeded(self, upload_limit: int = 0) -> AsyncIterator[tuple[LibtorrentClient, str]]:
        """While entered a libtorrent seed has told a tracker of itself; answers both."""
        async with live_tracker("ours", self.folder / "tracker", self.content.info_hash) as tracker:
            self.torrent.write_bytes(self.content.torrent(tracker.http_url))
            seed = LibtorrentClient(self.torrent.read_bytes(), self.folder / "theirs", upload_limit=upload_limit)
            try:
                await tracker.until(self.content.info_hash, seeds=1)
                yield seed, tracker.http_url
            except BaseException as error:
                error.add_note(seed.story())
                raise
            finally:
                seed.stop()


@pytest.fixture
def place(qapp: QApplication, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Place:
    require_libtorrent()
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    # Where its wastebasket lies is decided when it is loaded.
    for name in [name for name in sys.modules if name.partition(".")[0] == "send2trash"]:
        monkeypatch.delitem(sys.modules, name)
    rng = random.Random(11)
    content = Content("Voyage", tuple(((name,), rng.randbytes(size)) for name, size in SIZES.items()), PIECE)
    content.write_to(tmp_path / "theirs")
    return Place(tmp_path, content)


def is_finished(row: TorrentRow) -> bool:
    return row.is_complete and row.state is TorrentState.SEEDING


async def add_with_choices(shown: WindowStory, torrent: Path) -> None:
    """Leave `Extra` out and fetch `Notes` before the rest, all in the dialog."""
    shown.window.open_sources([str(torrent)])
    dialog = await shown.dialog(AddTorrentDialog)
    files = dialog.shown_files()
    files.tree.setCurrentIndex(row_of_file(files.model, EXTRA))
    QTest.keyClick(files.tree, Qt.Key.Key_Space)
    files.tree.setCurrentIndex(row_of_file(files.model, NOTES))
    QTest.keyClick(files.tree, Qt.Key.Key_4)
    await until(lambda: dialog.add_button.isEnabled() and "4.3 MB" in dialog.add_button.text(), "the choice is counted")
    dialog.options.label.edit.setText("Sea")
    press(dialog, "Download")
    await shown.closed(dialog)


async def look_at_every_tab(shown: WindowStory, place: Place, port: int, tracker_url: str) -> None:
    """Each tab, while the download runs, holds what is true of it."""
    overview = await shown.open_tab("overview", OverviewTab)
    await until(lambda: overview.shoal.view.fish, "a fish swims in the overview")
    swarm = await shown.open_tab("swarm", SwarmTab)
    await until(lambda: swarm.panel.view.fish, "a fish swims in the swarm")
    peers = await shown.open_tab("peers", PeersTab)
    await until(lambda: any(row.port == port for row in peers.model.rows), "the seed is among the peers")
    seed = next(row for row in peers.model.rows if row.port == port)
    assert (seed.host, seed.has) == ("127.0.0.1", 1.0)
    assert "libtorrent" in seed.client
    pieces = await shown.open_tab("pieces", PiecesTab)
    kinds = {int(PieceKind.HAVE), int(PieceKind.NOT_WANTED)}
    await until(lambda: kinds <= set(pieces.map.kinds), "the map shows pieces that are here and some not wanted")
    assert len(pieces.map.kinds) == place.content.piece_count
    trackers = await shown.open_tab("trackers", TrackersTab)
    await until(lambda: any(row.url == tracker_url for row in trackers.model.rows), "the tracker is listed")
    await until(
        lambda: next(row for row in trackers.model.rows if row.url == tracker_url).state == "working", "it answers"
    )
    speed = await shown.open_tab("speed", SpeedTab)
    await until(lambda: "at most" in speed.graph.spoken() and "kB/s" in speed.graph.spoken(), "the graph has rates")
    info = await shown.open_tab("info", InfoTab)
    await until(lambda: info.history.rowCount() > 0, "its history is told")
    assert any(place.torrent_id in value.text for value in info.values.values())


async def want_the_extra_first(shown: WindowStory, place: Place) -> None:
    """A file that was left out, put before all the rest in the middle of the download, is here before the film."""
    tab = await shown.open_tab("files", FilesTab)
    await shown.file(tab, EXTRA)
    assert tab.tree is not None
    before = shown.row(place.torrent_id).wanted
    assert before == SIZES[FILM] + SIZES[NOTES]
    QTest.keyClick(tab.tree, Qt.Key.Key_4)
    await shown.until_row(place.torrent_id, lambda row: row.wanted == before + SIZES[EXTRA], "the extra is wanted")

    model = tab.model
    assert model is not None
    await until(lambda: model.share(row_of_file(model, EXTRA)) == 1.0, "the extra is complete")
    assert model.level(row_of_file(model, EXTRA)) == 4
    assert model.share(row_of_file(model, FILM)) < 1.0


async def stop_start_and_check(shown: WindowStory, place: Place, seed: LibtorrentClient) -> None:
    do, key = shown.window.actions_of_window, place.torrent_id
    shown.window.list.select_ids([key])
    do.stop.trigger()
    stopped = await shown.until_row(key, lambda row: row.state is TorrentState.STOPPED, "it stops")
    assert not stopped.is_complete
    do.start.trigger()
    await shown.until_row(key, lambda row: row.state is TorrentState.DOWNLOADING and row.peers, "it runs again")
    seed.limit_upload(0)
    await shown.until_row(key, is_finished, "it is complete")
    assert not place.content.differing(place.downloads)
    # A byte that was changed behind its back is found, fetched again, and put right.
    with place.content.path_in(place.downloads, (FILM,)).open("r+b") as film:
        film.write(bytes(PIECE))
    seen: set[TorrentState] = set()
    do.recheck.trigger()
    await shown.until_row(
        key, lambda row: seen.add(row.state) or row.wasted or not row.is_complete, "a piece is missing"
    )
    await shown.until_row(key, is_finished, "it is complete again")
    assert not place.content.differing(place.downloads)


async def rename_move_and_label(shown: WindowStory, place: Place) -> None:
    do, key = shown.window.actions_of_window, place.torrent_id
    tab = await shown.open_tab("files", FilesTab)
    choose(tab.menu(await shown.file(tab, NOTES)), "Rename\u2026")
    entry = await shown.dialog(TextEntry)
    assert isinstance(entry.field, QLineEdit)
    entry.field.setText("Diary.txt")
    press(entry, "Rename")
    await shown.closed(entry)
    await shown.file(tab, "Diary.txt")
    assert (place.downloads / "Voyage" / "Diary.txt").read_bytes() == dict(place.content.files)[(NOTES,)]
    assert not (place.downloads / "Voyage" / NOTES).exists()

    shelf = place.folder / "shelf"
    shelf.mkdir()
    do.move_files.trigger()
    chooser = await shown.dialog(QFileDialog)
    name = chooser.findChild(QLineEdit)
    assert isinstance(name, QLineEdit)
    name.setText(str(shelf))
    QTest.keyClick(name, Qt.Key.Key_Return)
    await shown.closed(chooser)
    await shown.until_row(key, lambda row: row.folder == str(shelf) and is_finished(row), "the files are moved")
    assert sorted(path.name for path in (shelf / "Voyage").iterdir()) == ["Diary.txt", EXTRA, FILM]
    assert not (place.downloads / "Voyage").exists()

    do.rename.trigger()
    entry = await shown.dialog(TextEntry)
    assert isinstance(entry.field, QLineEdit)
    entry.field.setText("The voyage")
    press(entry, "Rename")
    await shown.until_row(key, lambda row: row.name == "The voyage", "it has another name in the list")
    shown.window.commands.set_label("Blue")
    await shown.until_row(key, lambda row: row.label == "Blue", "it has another label")


async def queue_and_removal(shown: WindowStory, place: Place) -> None:
    do, key, other = shown.window.actions_of_window, place.torrent_id, BESIDE.info_hash.hex()
    beside = place.folder / "beside.torrent"
    beside.write_bytes(BESIDE.torrent())
    shown.window.open_sources([str(beside)], ask_first=False)
    await shown.until_row(other, lambda row: row.queue_position == 2, "the other is added")
    shown.window.list.select_ids([other])
    do.move_top.trigger()
    await shown.until_row(other, lambda row: row.queue_position == 1, "it is first in the queue")
    await shown.until_row(key, lambda row: row.queue_position == 2, "and the first one is second")

    shown.window.list.select_ids([key])
    do.remove.trigger()
    question = await shown.dialog(MessageDialog)
    press(question, "Remove from list")
    await until(lambda: shown.window.model.row_of(key) is None, "it leaves the list")
    await until(lambda: shown.window.toast.text, "that is said")
    assert shown.window.toast.button.text() == "Undo"
    shown.window.toast.button.click()
    await shown.until_row(key, is_finished, "it is back")


@pytest.mark.timeout(240)
def test_the_life_of_a_transfer(qapp: QApplication, place: Place) -> None:
    key, other, shelf = place.torrent_id, BESIDE.info_hash.hex(), place.folder / "shelf"

    async def live(shown: WindowStory) -> None:
        async with place.seeded(SLOWLY) as (seed, tracker_url):
            await add_with_choices(shown, place.torrent)
            row = await shown.until_row(key, lambda row: row.down_rate and row.wanted_done, "bytes arrive")
            assert (row.label, row.wanted) == ("Sea", SIZES[FILM] + SIZES[NOTES])
            await look_at_every_tab(shown, place, seed.port, tracker_url)
            await want_the_extra_first(shown, place)
            await stop_start_and_check(shown, place, seed)
            await rename_move_and_label(shown, place)
            await queue_and_removal(shown, place)

    async def come_back(shown: WindowStory) -> None:
        row = await shown.until_row(key, is_finished, "it is complete after the restart")
        assert (row.name, row.label, row.folder, row.queue_position) == ("The voyage", "Blue", str(shelf), 2)
        assert shown.row(other).queue_position == 1
        shown.window.list.select_ids([key])
        tab = await shown.open_tab("files", FilesTab)
        await shown.file(tab, "Diary.txt")
        info = await shown.open_tab("info", InfoTab)
        await until(lambda: info.history.rowCount() > 3, "its history is still told")

        shown.window.actions_of_window.remove.trigger()
        press(await shown.dialog(MessageDialog), "Remove and delete")
        await until(lambda: shown.window.model.row_of(key) is None, "it leaves the list")
        await until(lambda: not (shelf / "Voyage").exists(), "its files are gone")
        thrown = place.folder / "data" / "Trash" / "files" / "Voyage"
        assert (thrown / FILM).read_bytes() == dict(place.content.files)[(FILM,)]
        assert (thrown / "Diary.txt").exists()

    async def look_once_more(shown: WindowStory) -> None:
        await shown.until_row(other, lambda row: row.queue_position == 1, "the other is alone")
        assert shown.window.model.row_of(key) is None

    for story in (live, come_back, look_once_more):
        run_story(qapp, place.folder, story)


def test_by_keys_alone(qapp: QApplication, place: Place) -> None:
    """From the empty window to the finished download and out, without a pointer."""
    place_of_focus = qapp.focusWidget
    key = place.torrent_id

    def strike(code: Qt.Key, modifier: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        widget = place_of_focus()
        assert widget is not None
        QTest.keyClick(widget, code, modifier)

    async def walk(shown: WindowStory) -> None:
        control, alt = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier
        async with place.seeded(SLOWLY) as (seed, _):
            await until(place_of_focus, "something has the focus")
            strike(Qt.Key.Key_O, control)
            chooser = await shown.dialog(QFileDialog)
            await until(lambda: isinstance(place_of_focus(), QLineEdit), "the name of the file can be typed")
            QTest.keyClicks(place_of_focus(), str(place.torrent))
            strike(Qt.Key.Key_Return)
            await shown.closed(chooser)
            dialog = await shown.dialog(AddTorrentDialog)
            files = dialog.shown_files()
            await until(lambda: place_of_focus() is dialog.add_button, "Return would download")
            for _ in range(40):
                if place_of_focus() is files.tree:
                    break
                strike(Qt.Key.Key_Tab)
            assert place_of_focus() is files.tree
            for _ in range(len(SIZES)):
                if files.model.name(files.tree.currentIndex()) != EXTRA:
                    strike(Qt.Key.Key_Down)
            assert files.model.name(files.tree.currentIndex()) == EXTRA
            strike(Qt.Key.Key_Space)
            await until(lambda: "4.3 MB" in dialog.add_button.text(), "the extra is left out")
            strike(Qt.Key.Key_Return)
            await shown.closed(dialog)
            await shown.until_row(key, lambda row: row.wanted_done, "bytes arrive")

            # Here is no window manager, which would do this.
            shown.window.activateWindow()
            await until(lambda: place_of_focus() is shown.window.list, "the list has the focus")
            assert shown.window.list.selected_ids() == [key]
            names = ("overview", "files", "peers", "swarm", "pieces", "trackers", "speed", "info")
            for number, name in enumerate(names):
                strike(Qt.Key(Qt.Key.Key_1 + number), alt)
                assert shown.window.details.current_tab == name
            strike(Qt.Key.Key_P, control)
            await shown.until_row(key, lambda row: row.state is TorrentState.STOPPED, "it stops")
            strike(Qt.Key.Key_S, control)
            await shown.until_row(key, lambda row: row.state is TorrentState.DOWNLOADING, "it starts")
            seed.limit_upload(0)
            await shown.until_row(key, is_finished, "it is complete")
            strike(Qt.Key.Key_Q, control)
            await until(lambda: not shown.window.isVisible(), "the window closes")

    run_story(qapp, place.folder, walk)
    assert not place.content.differing(place.downloads, [(FILM,), (NOTES,)])
