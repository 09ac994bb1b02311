"""The detail tabs inside the real window: what they send arrives, and what they tell is told."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QPlainTextEdit
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row

from shoal.api.commands import AddPeers, RemoveTrackers, SetFilePriorities, SetTrackers
from shoal.api.details import FileRow, PeerRow, TorrentDetails, TrackerRow
from shoal.gui.application import Application
from shoal.gui.details.files import FilesTab
from shoal.gui.details.peers import PeersTab
from shoal.gui.details.trackers import TrackersTab
from shoal.gui.widgets.text_entry import TextEntry

ID = "a" * 40
TRACKER = TrackerRow("http://one.example/announce", 0, "working", 9, 31, 40, 1260.0, "")
FILES = (FileRow(0, "a.flac", 10, 10, 4, False), FileRow(1, "b.flac", 10, 0, 4, False))


@pytest.fixture
def shown(run: WindowRun) -> WindowRun:
    run.client.rows[ID] = row(ID, name="Album", file_count=2, trackers=(("one.example", "working"),))
    run.client.pictures[ID] = TorrentDetails(
        ID,
        files=FILES,
        peers=(),
        trackers=(TRACKER,),
        file_done=array("Q", (10, 0)).tobytes(),
        file_priorities=bytes((4, 4)),
    )
    return run


def test_a_priority_reaches_the_engine(shown: WindowRun) -> None:
    async def story(app: Application) -> None:
        app.window.show_tab(ID, "files")
        tab = app.window.details.tab("files")
        assert isinstance(tab, FilesTab)
        await until(lambda: tab.model is not None)
        assert tab.model is not None
        assert tab.tree is not None
        tab.tree.setCurrentIndex(tab.model.index(1, 0, tab.model.index(0, 0)))
        QTest.keyClick(tab.tree, Qt.Key.Key_0)
        await until(lambda: shown.client.commands)
        assert shown.client.commands == [SetFilePriorities(ID, ((1, 0),))]

    assert shown.play(story) == 0


def test_priorities_are_taken_back_one_change_after_the_other(shown: WindowRun) -> None:
    async def story(app: Application) -> None:
        window = app.window
        window.show_tab(ID, "files")
        tab = window.details.tab("files")
        assert isinstance(tab, FilesTab)
        await until(lambda: tab.model is not None)
        assert tab.model is not None
        assert tab.tree is not None
        tab.tree.setCurrentIndex(tab.model.index(1, 0, tab.model.index(0, 0)))
        QTest.keyClick(tab.tree, Qt.Key.Key_0)
        QTest.keyClick(tab.tree, Qt.Key.Key_4)
        undo = window.actions_of_window.undo
        assert undo.text() == "Undo priority of 1 file"
        assert not window.toast.isVisible()
        before = len(tab.model.listing.numbers)
        tab.tree.setCurrentIndex(tab.model.index(0, 0))
        QTest.keyClick(tab.tree, Qt.Key.Key_1)
        assert undo.text() == f"Undo priorities of {before} files"
        assert window.toast.text == f"Priorities of {before} files changed"
        for _ in range(3):
            QTest.keyClick(window, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        assert not undo.isEnabled()
        await until(lambda: len(shown.client.commands) == 6)
        sent = [command.priorities for command in shown.client.commands if isinstance(command, SetFilePriorities)]
        assert sent[:2] == [((1, 0),), ((1, 7),)]
        assert (1, 7) in sent[3]
        assert sent[4:] == [((1, 0),), ((1, 4),)]

    assert shown.play(story) == 0


def test_a_removed_tracker_comes_back_by_undo(shown: WindowRun) -> None:
    async def story(app: Application) -> None:
        app.window.show_tab(ID, "trackers")
        tab = app.window.details.tab("trackers")
        assert isinstance(tab, TrackersTab)
        await until(lambda: tab.model.rowCount() == 1)
        tab.table.selectAll()
        tab.remove_button.click()
        await until(app.window.toast.isVisible)
        app.window.toast.button.click()
        await until(lambda: len(shown.client.commands) == 2)
        assert shown.client.commands == [RemoveTrackers(ID, (TRACKER.url,)), SetTrackers(ID, ((TRACKER.url,),))]

    assert shown.play(story) == 0


def test_a_dialog_of_a_tab_takes_its_turn(shown: WindowRun) -> None:
    async def story(app: Application) -> None:
        app.window.show_tab(ID, "peers")
        tab = app.window.details.tab("peers")
        assert isinstance(tab, PeersTab)
        await until(tab.empty.isVisible)
        tab.ask_for_peer()
        tab.ask_for_peer()
        await until(lambda: shown.dialog() is not None)
        assert len([widget for widget in shown.app.topLevelWidgets() if is_open(widget)]) == 1
        dialog = shown.dialog()
        assert isinstance(dialog, TextEntry)
        assert isinstance(dialog.field, QPlainTextEdit)
        dialog.field.setPlainText("10.0.0.9:6881")
        dialog.accept_button.click()
        await until(lambda: shown.client.commands)
        assert shown.client.commands == [AddPeers(ID, (("10.0.0.9", 6881),))]
        await until(lambda: shown.dialog() is not None and shown.dialog() is not dialog)
        second = shown.dialog()
        assert second is not None
        second.reject()

    assert shown.play(story) == 0


def is_open(widget: object) -> bool:
    return isinstance(widget, QDialog) and widget.isVisible()


PEER = PeerRow(
    "10.0.0.9", 6881, "Client 1.0", 0.5, 9e5, 0.0, 10**8, 0, True, True, True, False, False, False, "tracker"
)


@pytest.mark.parametrize("width", [1280, 1366])
def test_how_a_peer_is_connected_is_seen_at_the_width_of_a_common_screen(shown: WindowRun, width: int) -> None:
    shown.client.pictures[ID] = replace(shown.client.pictures[ID], peers=(PEER,))
    shown.client.rows[ID] = replace(shown.client.rows[ID], peers=1)

    async def story(app: Application) -> None:
        app.window.resize(width, 800)
        app.window.show_tab(ID, "peers")
        tab = app.window.details.tab("peers")
        assert isinstance(tab, PeersTab)
        await until(tab.table.isVisible)
        header, columns = tab.table.horizontalHeader(), [column.key for column in tab.model.columns]
        assert app.window.width() == width
        seen = {key for at, key in enumerate(columns) if not header.isSectionHidden(at)}
        assert {"address", "client", "has", "down", "up", "fairness", "connection", "activity"} <= seen
        least = tab.table.fontMetrics().horizontalAdvance("out \u00b7 TCP \u00b7 encrypted") + 20
        assert header.sectionSize(columns.index("connection")) > least

    assert shown.play(story) == 0
