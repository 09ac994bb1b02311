"""Menus, toolbar, keys, toast, dropping and what the window remembers."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import (
    QAction,
    QDesktopServices,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QTextCursor,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QMenu, QMenuBar
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import (
    CancelMove,
    ChangeSettings,
    MoveFiles,
    MoveInQueue,
    QueueStep,
    RestoreTorrent,
    SetOrder,
    StartTorrent,
)
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, RouterRow, RouterState, SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.dialogs.add_address import AddAddressDialog
from shoal.gui.dialogs.keyboard_map import KeyboardMap
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.dialogs.message_guide import MessageGuide
from shoal.gui.link.memory import Memory
from shoal.gui.preferences.reach_part import ReachPart
from shoal.gui.window.dropping import sort_sources
from shoal.gui.window.limits import Direction
from shoal.gui.window.opening import is_program
from shoal.gui.window.status_bar import Summary, summary
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Page

A, B, C = "a" * 40, "b" * 40, "c" * 40
MAGNET = "magnet:?xt=urn:btih:" + A


@pytest.fixture
def three(run: WindowRun) -> WindowRun:
    rows = (
        row(A, name="Alpha", peers=2, sending_peers=1, largest_file_name="a.mkv"),
        row(B, name="Beta", queue_position=2, state=TorrentState.STOPPED),
        row(C, name="Gamma", queue_position=3, wanted_done=1_000_000, state=TorrentState.SEEDING, folder="/d",
            content_path="/d/c.mkv", largest_file_name="c.mkv"),
    )  # fmt: skip
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, SessionTotals(active_downloads=3))
    return run


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    paths: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: paths.append(url.toLocalFile()))
    return paths


def entries(menu: QMenu) -> list[str]:
    return ["-" if action.isSeparator() else action.text() for action in menu.actions()]


def menu_named(bar: QMenuBar, title: str) -> QMenu:
    menu = next(action for action in bar.actions() if action.text().replace("&", "") == title).menu()
    assert isinstance(menu, QMenu)
    return menu


def sub(menu: QMenu, title: str) -> QMenu:
    found = next(action for action in menu.actions() if action.text() == title).menu()
    assert isinstance(found, QMenu)
    found.aboutToShow.emit()
    found.aboutToHide.emit()
    return found


def named(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


MENUS = {
    "File": [
        "Add torrent…", "Add magnet link or URL…", "-", "Open downloads folder", "-", "Close window", "Quit Shoal",
    ],
    "Edit": ["Undo", "-", "Copy magnet link", "Paste", "Select all", "Select none", "-", "Find"],
    "Transfer": [
        "Start", "Stop", "Start now", "Open", "Open folder", "-",
        "Move up", "Move down", "To top", "To bottom", "-",
        "Label", "Limits", "Load in order", "First and last pieces first", "-",
        "Why is it slow?", "Ask trackers again", "Re-check files", "Move files…", "Rename…", "Save .torrent file…", "-",
        "Remove…",
    ],
    "View": [
        "Sidebar", "Detail pane", "Status bar", "Toolbar", "Columns", "Compact rows", "-",
        "Theme", "Language", "Reduce motion", "-", "Show", "Full screen",
    ],
    "Tools": [
        "Configuration\u2026", "Configuration Assistant\u2026", "-",
        "Profile", "Limits", "Schedule\u2026", "Pause everything", "When all is done", "-", "Ask before adding",
    ],
    "Help": ["What the messages mean", "Keyboard map", "-", "About Shoal"],
}  # fmt: skip


def test_the_menus_are_those_of_the_specification(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        bar = application.window.menuBar()
        assert {title: entries(menu_named(bar, title)) for title in MENUS} == MENUS
        assert entries(sub(menu_named(bar, "Tools"), "Limits")) == ["Download", "Upload", "Downloads at the same time"]
        assert entries(sub(menu_named(bar, "View"), "Show")) == ["Transfers", "Labels", "Trackers"]

    three.play(story)


def test_what_cannot_be_done_says_why(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        assert not do.rename.isEnabled()
        assert "Select a transfer first" in do.rename.toolTip()
        window.list.select_ids([A, B])
        assert "Select one transfer only" in do.rename.toolTip()
        assert "Nothing to take back" in do.undo.toolTip()
        window.list.select_ids([A])
        assert "Already started" in do.start.toolTip()
        assert do.rename.isEnabled()

    three.play(story)


def test_f2_asks_for_another_name(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        window.list.setFocus()
        QTest.keyClick(window.list, Qt.Key.Key_F2)
        await until(lambda: three.dialog() is not None)
        dialog = three.dialog()
        assert dialog is not None
        assert dialog.windowTitle().startswith("Rename")
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        await until(lambda: three.dialog() is None)

    three.play(story)


def test_commands_of_the_transfer_menu_reach_the_engine(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        window.list.select_ids([C, B])
        do.start_now.trigger()
        do.move_top.trigger()
        do.first_last_first.trigger()
        await until(lambda: len(three.client.commands) == 5)

    three.play(story)
    assert three.client.commands == [
        StartTorrent(B, skip_queue=True),
        StartTorrent(C, skip_queue=True),
        MoveInQueue((B, C), QueueStep.TOP),
        SetOrder(B, first_last_first=True),
        SetOrder(C, first_last_first=True),
    ]


def test_a_move_under_way_can_be_cancelled_in_the_menu(three: WindowRun) -> None:
    three.client.rows[A] = replace(three.client.rows[A], state=TorrentState.MOVING)

    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        window.list.select_ids([A, B])
        assert do.move_files.text().replace("&", "") == "Move files\u2026"
        window.list.select_ids([A])
        assert do.move_files.text().replace("&", "") == "Cancel the move"
        do.move_files.trigger()
        await until(lambda: three.client.commands)

    three.play(story)
    assert three.client.commands == [CancelMove(A)]


def test_downloads_at_the_same_time_are_a_menu(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        limits = sub(menu_named(application.window.menuBar(), "Tools"), "Limits")
        counts = sub(limits, "Downloads at the same time")
        assert [action.text() for action in counts.actions() if action.isChecked()] == ["3"]
        named(counts, "5").trigger()
        await until(lambda: three.client.commands == [ChangeSettings((("active_downloads", 5),))])

    three.play(story)


def test_a_removal_can_be_taken_back(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        window.list.select_ids([A, B])
        do.remove.trigger()
        await until(lambda: isinstance(three.dialog(), MessageDialog))
        dialog = three.dialog()
        assert isinstance(dialog, MessageDialog)
        dialog._choose("keep")
        await until(lambda: window.toast.text == "Removed 2 transfers from the list")
        assert do.undo.text() == "Undo removing 2 transfers"
        assert window.toast.button.focusPolicy() & Qt.FocusPolicy.TabFocus
        do.undo.trigger()
        await until(lambda: three.client.commands[2:] == [RestoreTorrent(A), RestoreTorrent(B)])
        assert not do.undo.isEnabled()

    three.play(story)


def test_in_the_smallest_window_the_rates_are_whole_and_the_summary_gives_way(three: WindowRun) -> None:
    three.client.totals = replace(
        three.client.totals, down_rate=8.3e6, up_rate=1.1e6, up_limit=1_200_000, listen_port=51413, has_incoming=True
    )

    async def story(application: Application) -> None:
        window = application.window
        window.resize(window.minimumSize())
        window.status.show_summary(Summary(("11,000 transfers", "3,000 downloading", "2,000 sharing", "3,000 waiting")))
        last = window.status.rates[Direction.UP]
        await until(lambda: last.geometry().right() <= window.status.width())
        assert last.width() >= last.sizeHint().width()

    three.play(story)


def test_the_status_bar_and_the_configuration_tell_what_the_router_answered(three: WindowRun) -> None:
    opened = RouterRow(RouterState.OPEN, 50_000, "UPnP", "192.168.1.1")
    three.client.totals = replace(three.client.totals, listen_port=50_000, router=opened, has_incoming=False)

    async def story(application: Application) -> None:
        window = application.window
        chip = window.status._port
        await until(lambda: chip.accessibleName() == "Router opened port 50000")
        assert "192.168.1.1" in chip.toolTip()
        assert chip.accessibleDescription() == chip.toolTip()
        configuration = window.configuring.open(Page.CONNECTION)
        part = next(iter(configuration.findChildren(ReachPart)))
        assert part.words.text() == "Router opened port 50000"
        three.client.totals = replace(three.client.totals, router=RouterRow(RouterState.SILENT))
        three.client.push()
        await until(lambda: part.words.text() == "Router does not answer")
        assert part.accessibleName().startswith("Router does not answer. Your router does not answer to UPnP")
        assert chip.accessibleName() == "Router does not answer port 50000"
        three.client.totals = replace(three.client.totals, has_incoming=True)
        three.client.push()
        await until(lambda: part.words.text() == "Reachable")
        configuration.close()

    three.play(story)


@pytest.mark.parametrize("width", [1180, 1234, 1300, 1400])
def test_a_long_summary_does_not_cut_the_names_of_the_profiles(three: WindowRun, width: int) -> None:
    three.client.totals = replace(
        three.client.totals, down_rate=708_000, up_limit=5_000_000, listen_port=53785, has_incoming=False
    )

    async def story(application: Application) -> None:
        window = application.window
        window.resize(width, 800)
        window.status.show_summary(Summary(("54 transfers", "1 downloading", "1 waiting"), "1 needs you"))
        bar = window.profiles.bar
        await until(lambda: window.status.rates[Direction.UP].accessibleName().startswith("0 B/s of 5.0 MB/s"))
        await until(lambda: bar.width() >= bar.sizeHint().width())
        shown = [button for button in (bar.one, *bar.buttons.values()) if button.isVisible()]
        assert shown
        assert [button.text() for button in shown if button.width() < button.sizeHint().width()] == []

    three.play(story)


@pytest.mark.parametrize("language", ["en", "de", "es", "fr"])
def test_in_the_smallest_window_who_is_needed_is_said_last_and_the_profile_is_whole(
    three: WindowRun, language: str
) -> None:
    three.client.totals = replace(
        three.client.totals, down_rate=8.3e6, up_rate=1.1e6, up_limit=5_000_000, listen_port=53785
    )
    stuck = {key: replace(row, reason=Reason("disk-full")) for key, row in list(three.client.rows.items())[:1]}
    three.client.rows |= stuck
    three.language = language

    async def story(application: Application) -> None:
        window = application.window
        window.resize(900, 560)
        await until(lambda: window.width() == 900)
        words = summary(window.model.counts)
        assert words.urgent
        await until(lambda: window.status._summary.text().endswith(words.urgent))
        one = window.profiles.bar.one
        assert one.isVisible()
        await until(lambda: one.width() >= one.sizeHint().width())
        last = window.status.rates[Direction.UP]
        assert last.geometry().right() <= window.status.width()

    three.play(story)


def test_a_summary_loses_its_last_parts_first_and_what_is_urgent_never() -> None:
    assert list(Summary(("3 transfers", "1 sharing"), "1 needs you").shorter()) == [
        "3 transfers \u00b7 1 sharing \u00b7 1 needs you",
        "3 transfers \u00b7 1 needs you",
        "1 needs you",
    ]
    assert list(Summary(("3 transfers", "1 sharing")).shorter())[-1] == "3 transfers"


def test_the_button_of_an_old_toast_takes_nothing_back_twice(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.commands.removed([three.client.rows[A]])
        button = window.toast.button
        assert window.toast.text
        window.undoing.undo()
        assert window.toast.text == ""
        button.click()
        await until(lambda: three.client.commands)
        assert three.client.commands == [RestoreTorrent(A)]

    three.play(story)


def test_a_move_can_be_taken_back(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, moving = application.window, replace(three.client.rows[A], state=TorrentState.MOVING)
        three.client.push(moving)
        ended = Alert("moved", A, {"folder": "/new"})
        three.client.push(replace(moving, state=TorrentState.DOWNLOADING, folder="/new"), alerts=(ended,))
        await until(lambda: "/new" in window.toast.text)
        assert window.actions_of_window.undo.text() == "Undo moving files"
        window.toast.button.click()
        await until(lambda: three.client.commands == [MoveFiles(A, "/downloads")])

    three.play(story)


def mime(*urls: str) -> QMimeData:
    data = QMimeData()
    data.setUrls([QUrl(url) for url in urls])
    return data


DRAGS = [
    (("file:///x/a.torrent", "file:///x/b.TORRENT", MAGNET), "Drop to add 3 torrents", ""),
    (("file:///x/a.txt",), "Not a torrent file", "“a.txt” is not a torrent file; it was not added."),
    (
        ("https://x.example/a", "file:///x/folder", "file:///x/b.iso"),
        "Drop to add 1 torrent; 2 others are left out",
        "2 of these are not torrent files; they were not added.",
    ),
]


@pytest.mark.parametrize(("urls", "words", "refusal"), DRAGS)
def test_a_drag_says_what_a_drop_would_do(three: WindowRun, urls: tuple[str, ...], words: str, refusal: str) -> None:
    async def story(application: Application) -> None:
        window = application.window
        added: list[str] = []
        window.drops._add = added.extend
        action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        data = mime(*urls)
        window.dragEnterEvent(QDragEnterEvent(QPoint(9, 9), action, data, button, keys))
        assert window.overlay.words == words
        window.dragLeaveEvent(QDragLeaveEvent())
        assert window.overlay.words == ""
        window.dropEvent(QDropEvent(QPointF(9, 9), action, data, button, keys))
        assert window.toast.text == refusal
        expected = len(sort_sources([QUrl(url).toString() for url in urls]).sources)
        await until(lambda: len(added) == expected)

    three.play(story)


def test_what_is_dropped_is_never_moved(three: WindowRun) -> None:
    """A file manager deletes what it was told to move."""

    async def story(application: Application) -> None:
        window = application.window
        window.drops._add = lambda sources: None
        both = Qt.DropAction.CopyAction | Qt.DropAction.MoveAction
        data = mime("file:///x/a.torrent")
        button, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        event = QDropEvent(QPointF(9, 9), both, data, button, keys)
        event.setDropAction(Qt.DropAction.MoveAction)
        window.dropEvent(event)
        assert event.isAccepted()
        assert event.dropAction() is Qt.DropAction.CopyAction

    three.play(story)


def test_addresses_are_added_from_one_dialog(run: WindowRun) -> None:
    async def fetch(address: str, most_bytes: int) -> bytes:
        assert address == "https://x.example/a.torrent"
        return torrent_bytes("Sample", {"one.mkv": 30_000})

    run.fetch = fetch
    run.settings = replace(run.settings, ask_before_adding=False)

    async def story(application: Application) -> None:
        QGuiApplication.clipboard().setText(f"some words\n{MAGNET}\n")
        application.window.actions_of_window.add_address.trigger()
        await until(lambda: isinstance(run.dialog(), AddAddressDialog))
        dialog = run.dialog()
        assert isinstance(dialog, AddAddressDialog)
        assert dialog.sources() == [MAGNET]
        dialog.field.setPlainText("https://x.example/a.torrent\nnothing")
        assert "1 line is neither" in dialog.hint.text()
        dialog.accept_button.click()
        await until(lambda: run.client.commands)

    run.play(story)
    assert len(run.client.commands) == 1


def test_return_adds_and_shift_return_begins_a_line(run: WindowRun) -> None:
    added: list[str] = []

    async def fetch(address: str, most_bytes: int) -> bytes:
        added.append(address)
        return torrent_bytes(address, {"one.mkv": 30_000})

    run.fetch = fetch
    run.settings = replace(run.settings, ask_before_adding=False)

    async def story(application: Application) -> None:
        for keys in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier):
            QGuiApplication.clipboard().setText("see https://x.example/a.torrent https://x.example/b.torrent, or so")
            application.window.actions_of_window.add_address.trigger()
            await until(lambda: isinstance(run.dialog(), AddAddressDialog))
            dialog = run.dialog()
            assert isinstance(dialog, AddAddressDialog)
            assert dialog.field.toPlainText() == "https://x.example/a.torrent\nhttps://x.example/b.torrent"
            assert "Return adds them, Shift+Return begins a new line." in dialog.hint.text()
            dialog.field.moveCursor(QTextCursor.MoveOperation.End)
            QTest.keyClick(dialog.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
            QTest.keyClicks(dialog.field, "https://x.example/c.torrent")
            assert dialog.accept_button.text() == "Add 3"
            QTest.keyClick(dialog.field, Qt.Key.Key_Return, keys)
            await until(lambda: run.dialog() is None)
            await until(lambda: len(added) == 3)
            assert sorted(added) == [f"https://x.example/{letter}.torrent" for letter in "abc"]
            added.clear()

    assert run.play(story) == 0


def test_paste_adds_what_can_be_added(run: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000}))
    run.settings = replace(run.settings, ask_before_adding=False)

    async def story(application: Application) -> None:
        window = application.window
        QGuiApplication.clipboard().setText("just words")
        window.actions_of_window.paste.trigger()
        assert "no torrent file, magnet link or web address" in window.toast.text
        # As text: data of the test's own would outlive the interpreter in the clipboard.
        QGuiApplication.clipboard().setText(QUrl.fromLocalFile(str(path)).toString())
        window.actions_of_window.paste.trigger()
        await until(lambda: run.client.commands)

    run.play(story)


def test_f6_goes_round_the_window(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.setFocus()
        seen = []
        for _ in range(5):
            window.regions.move(1)
            focus = QApplication.focusWidget()
            parts = (window.toolbar, window.sidebar, window.pages, window.details, window.status)
            seen.append(next(at for at, part in enumerate(parts) if focus is part or part.isAncestorOf(focus)))
        assert seen == [3, 4, 0, 1, 2]
        window.regions.move(-1)
        assert window.sidebar.isAncestorOf(QApplication.focusWidget())

    three.play(story)


def test_esc_clears_the_search_and_then_the_selection(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([B])
        window.find_field.setText("bet")
        window.find_field.setFocus()
        QTest.keyClick(window.find_field, Qt.Key.Key_Return)
        await until(window.list.hasFocus)
        QTest.keyClick(window.list, Qt.Key.Key_Escape)
        assert window.find_field.text() == ""
        assert window.list.selected_ids() == [B]
        QTest.keyClick(window.list, Qt.Key.Key_Escape)
        assert window.list.selected_ids() == []

    three.play(story)


def test_an_unfinished_transfer_opens_as_a_full_page(three: WindowRun, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.opened.emit(A)
        assert window.frame.is_full_page
        assert not window.pages.isVisible()
        QTest.keyClick(QApplication.focusWidget(), Qt.Key.Key_Escape)
        assert not window.frame.is_full_page
        assert window.pages.isVisible()
        assert window.list.selected_ids() == [A]

    three.play(story)
    assert opened == []


def test_a_finished_transfer_is_handed_to_the_system(three: WindowRun, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        application.window.list.select_ids([C])
        application.window.actions_of_window.open.trigger()

    three.play(story)
    assert opened == ["/d/c.mkv"]


def test_a_program_is_never_started(three: WindowRun, opened: list[str]) -> None:
    three.client.rows[C] = replace(three.client.rows[C], content_path="/d/setup.EXE", largest_file_name="setup.EXE")

    async def story(application: Application) -> None:
        application.window.list.opened.emit(C)
        await until(lambda: isinstance(three.dialog(), MessageDialog))
        assert opened == []
        dialog = three.dialog()
        assert isinstance(dialog, MessageDialog)
        dialog._choose("open-folder")
        await until(lambda: opened)

    three.play(story)
    assert opened == ["/d"]


@pytest.mark.parametrize(
    ("path", "largest", "files", "program"),
    [
        ("/d/a.mkv", "a.mkv", 1, False),
        ("/d/Tool.app", "Contents/MacOS/tool", 9, True),
        ("/d/run.sh", "run.sh", 1, True),
        ("/d/README", "README", 1, True),
        ("/d/Album", "01.flac", 12, False),
        ("/d/x.desktop", "x.desktop", 1, True),
    ],
)
def test_programs_are_told_by_their_names(path: str, largest: str, files: int, program: bool) -> None:
    assert is_program(row(A, content_path=path, largest_file_name=largest, file_count=files)) is program


def test_parts_of_the_window_come_and_go_and_are_remembered(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        do.sidebar.trigger()
        do.details.trigger()
        do.status_bar.trigger()
        do.compact_rows.trigger()
        next(action for action in do.toolbars.actions() if action.text() == "Hidden").trigger()
        assert not any(part.isVisible() for part in (window.sidebar, window.details, window.status, window.toolbar))
        do.find.trigger()
        assert window.find_field.isVisible()

    three.play(story)
    saved = three.saved[-1]
    assert (saved.sidebar_shown, saved.details_shown, saved.status_shown, saved.compact_rows) == (
        False,
        False,
        False,
        True,
    )
    assert saved.toolbar == "hidden"


def test_alt_and_a_number_opens_a_tab(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        do.details.setChecked(False)
        do.tabs[1].trigger()
        assert window.details.isVisible()
        assert window.details.bar.currentIndex() == 1

    three.play(story)


def test_help_lists_every_key_and_message(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        do = application.window.actions_of_window
        do.keyboard_map.trigger()
        await until(lambda: isinstance(three.dialog(), KeyboardMap))
        dialog = three.dialog()
        assert dialog is not None
        names = [label.accessibleName() for label in dialog.findChildren(QLabel)]
        assert {"Undo: Ctrl+Z", "Remove: Del", "Next part of the window: F6"} <= set(names)
        dialog.reject()
        await until(lambda: three.dialog() is None)
        do.messages.trigger()
        await until(lambda: isinstance(three.dialog(), MessageGuide))
        guide = three.dialog()
        assert isinstance(guide, MessageGuide)
        guide.field.setText("disk full")
        assert 0 < sum(card.isVisible() for _, card in guide.cards) < len(guide.cards)
        guide.reject()

    three.play(story)


def test_a_hidden_window_takes_its_updates_rarely(three: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    quiet: list[bool] = []

    async def story(application: Application) -> None:
        monkeypatch.setattr(application.link, "set_quiet", quiet.append)
        application.window.hide()
        application.window.show()

    three.play(story)
    assert quiet[:2] == [True, False]


def test_the_status_bar_says_what_holds_for_all(run: WindowRun) -> None:
    run.client = FakeClient({A: row(A, name="Alpha", state=TorrentState.STOPPED)})

    async def story(application: Application) -> None:
        state = application.window.status._state
        assert state.accessibleName() == "Everything is stopped"
        run.client.push(replace(run.client.rows[A], state=TorrentState.DOWNLOADING))
        await until(lambda: not state.isVisible())

    run.play(story)


def test_each_set_of_screens_has_its_own_layout() -> None:
    saved: list[InterfaceSettings] = []
    memory = Memory(InterfaceSettings(), saved.append)
    assert not memory.use_screens("1920x1080")
    memory.remember(detail_tab="peers", column_state="AAAA")
    assert not memory.use_screens("2560x1440")
    memory.remember(detail_tab="files")
    again = Memory(saved[-1], saved.append)
    assert again.use_screens("1920x1080")
    assert (again.settings.detail_tab, again.settings.column_state) == ("peers", "AAAA")
    assert again.use_screens("2560x1440")
    assert again.settings.detail_tab == "files"


@pytest.mark.parametrize("text", ["{", "[]", '{"1x1": 3}', json.dumps({"1x1": {"detail_tab": "nowhere"}})])
def test_a_damaged_layout_is_ignored(text: str) -> None:
    memory = Memory(InterfaceSettings(screen_sets=text), lambda settings: None)
    assert not memory.use_screens("1x1")
    assert memory.settings.detail_tab == "overview"


def test_the_way_to_add_is_split(three: WindowRun) -> None:
    async def story(application: Application) -> None:
        button = application.window.toolbar.add_button
        assert entries(button.menu) == ["From file…", "Magnet link or URL…"]
        application.window.resize(1_300, 700)
        await until(lambda: button.main.text() == "Add torrent")
        application.window.resize(1_000, 700)
        await until(lambda: button.main.text() == "")
        assert button.main.accessibleName() == "Add torrent"

    three.play(story)


def test_why_can_be_asked_of_every_transfer_and_answers_first_for_what_is_held_up(three: WindowRun) -> None:
    full = Reason("disk-full", {"path": "/d", "missing": 5})
    three.client.rows[B] = replace(three.client.rows[B], state=TorrentState.ERROR, reason=full)

    async def story(application: Application) -> None:
        window, do = application.window, application.window.actions_of_window
        window.list.clearSelection()
        assert not do.explain.isEnabled()
        window.list.select_ids([A])
        assert do.explain.isEnabled()
        window.list.select_ids([A, B])
        do.explain.trigger()
        panel = window.explainer.panel
        assert panel is not None
        assert panel.accessibleName() == "Why: Disk full"

    three.play(story)
