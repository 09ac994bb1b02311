"""The whole window in a language that nobody speaks: plain letters are words that no translation reaches."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QPushButton, QWidget
from tests.gui.conftest import WindowRun, opened, until
from tests.support.fake_client import FakeClient, row
from tests.support.shown_words import menu_words, plain_words, shown_words
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import Span
from shoal.api.details import FileRow, TorrentDetails, TrackerRow
from shoal.api.errors import Reason
from shoal.api.snapshots import DiskSpace, SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.details.tab_maker import NAMES
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.style.pseudo_translation import pseudo
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.settings.schema import Page

A, B, C, D = "a" * 40, "b" * 40, "c" * 40, "d" * 40
DATA = """
    Alpha Beta Gamma Delta films downloads one two tracker example http https udp announce flac txt mkv iso Sample
    refused Jan Nov Scroll listen port
"""
"""Names, addresses, what others said, a key of the settings file, months, and Qt's own words for the arrows of tabs."""
KEYS = (
    "Ctrl Alt Shift Meta Esc Del Delete Return Enter Space Up Down Left Right Home End Menu Tab Backspace PgUp PgDown"
)

KNOWN = frozenset((DATA + KEYS + " English Deutsch Espa Fran ais ol").split()) | {A, B, C, D}


@pytest.fixture
def full(run: WindowRun) -> WindowRun:
    """Transfers in many states, one with everything that the details can show."""
    rows = (
        row(
            A,
            name="Alpha",
            peers=2,
            seeds=1,
            sending_peers=1,
            down_rate=2_500_000.0,
            up_rate=12_000.0,
            wanted_done=400_000,
            eta=4_000.0,
            availability=3.4,
            file_count=2,
            label="films",
            trackers=(("one.example", "working"), ("two.example", "refused")),
            piece_strip=bytes((3, 3, 1, 2, 0, 4, 3, 1, 1, 0)),
            pieces_done=4,
            added_at=1_700_000_000.0,
            active_seconds=90_000.0,
            last_activity=1_700_000_100.0,
            down_limit=1_000_000,
            known_peers=12,
            swarm_seeds=31,
            swarm_leeches=4,
            next_announce_in=900.0,
        ),
        row(B, name="Beta", state=TorrentState.STOPPED, is_started=False),
        row(C, name="Gamma", reason=Reason("tracker-failed", {"text": "refused", "host": "one.example"})),
        row(
            D, name="Delta", state=TorrentState.ERROR, reason=Reason("disk-full", {"path": "/downloads", "missing": 9})
        ),
    )
    totals = SessionTotals(
        2_500_000.0,
        12_000.0,
        listen_port=51413,
        down_limit=5_000_000,
        free_bytes={"/downloads": 10**10},
        disks=(DiskSpace(("/downloads",), 10**12, 10**10, 10**9),),
    )
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, totals)
    run.client.pictures[A] = TorrentDetails(
        A,
        files=(FileRow(0, "Alpha/one.flac", 600_000, 0, 4, False), FileRow(1, "Alpha/two.txt", 400_000, 5, 9, False)),
        trackers=(
            TrackerRow("http://one.example/announce", 0, "working", 9, 31, 40, 1260.0, "", last_answer_at=1.0),
            TrackerRow("udp://two.example/announce", 1, "refused", None, None, 0, None, "refused"),
        ),
        file_done=array("Q", (400_000, 0)).tobytes(),
        file_priorities=bytes((4, 0)),
    )
    run.language = "pseudo"
    return run


def leaks(found: Iterable[tuple[str, str]]) -> dict[str, str]:
    """What is said in plain letters, and where."""
    return {words: where for where, words in found if plain_words(words, KNOWN)}


def test_no_word_of_the_main_window_escapes_translation(full: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        await until(window.details.isVisible)
        assert leaks(shown_words(window)) == {}
        assert leaks(menu_words(window.menuBar())) == {}
        assert leaks(menu_words(window.menus.context_menu(window))) == {}
        assert leaks(menu_words(window.list.columns_menu())) == {}

    full.play(story)


@pytest.mark.parametrize("tab", NAMES)
def test_no_word_of_the_details_escapes_translation(full: WindowRun, tab: str) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.show_tab(A, tab)
        if tab != "speed":
            await until(lambda: any(asked[0] == A for asked in full.client.asked))
        # What was answered is shown by then.
        await application.link.speed_history(None, Span.HOUR)
        assert leaks(shown_words(window.details)) == {}

    full.play(story)


def test_no_word_of_the_add_window_escapes_translation(full: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "one.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000, "two.txt": 5_000}))

    async def story(application: Application) -> None:
        dialog = await opened(full, AddTorrentDialog)
        found = [entry for entry in shown_words(dialog) if str(tmp_path) not in entry[1]]
        assert leaks(found) == {}
        dialog.reject()
        await until(lambda: full.dialog() is None)

    full.play(story, str(path))


def clipped(window: QWidget) -> dict[str, str]:
    """Labels of one line and buttons that are narrower than their words need; those that leave words out know it."""
    found = {}
    for widget in window.findChildren(QWidget):
        if not isinstance(widget, QLabel | QPushButton) or not widget.isVisibleTo(window) or not widget.text():
            continue
        if isinstance(widget, QLabel) and (widget.wordWrap() or isinstance(widget, ElidedLabel)):
            continue
        if widget.width() + 1 < widget.minimumSizeHint().width():
            found[widget.text()] = f"{type(widget).__name__}: {widget.width()} of {widget.minimumSizeHint().width()}"
    return found


@pytest.mark.parametrize("language", ["pseudo", "pseudo-rtl"])
def test_longer_words_have_room_in_either_direction(full: WindowRun, tmp_path: Path, language: str) -> None:
    full.language = language
    path = tmp_path / "one.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000, "two.txt": 5_000}))

    async def story(application: Application) -> None:
        window = application.window
        from_right = language == "pseudo-rtl"
        assert window.isRightToLeft() is from_right
        window.list.select_ids([A])
        for tab in NAMES:
            window.show_tab(A, tab)
        assert clipped(window) == {}
        window.open_sources([str(path)])
        dialog = await opened(full, AddTorrentDialog)
        assert dialog.isRightToLeft() is from_right
        assert clipped(dialog) == {}
        dialog.reject()
        await until(lambda: full.dialog() is None)

    full.play(story)


def test_the_language_of_tests_keeps_places_keys_and_dots() -> None:
    assert pseudo("&File") == "\u27e6&\u0191\u00ee\u013c\u00e9\u27e7"
    assert "{name}" in pseudo("Remove {name} from the list\u2026")
    assert pseudo("Remove {name}\u2026").endswith("\u27e7\u2026")
    assert pseudo("d MMM yyyy") == "d MMM yyyy"
    assert pseudo("{done}: {text}") == "{done}: {text}"
    plain = "Everything that was chosen is here"
    assert len(pseudo(plain)) >= 1.4 * len(plain)


def dialog_actions(application: Application) -> dict[str, QAction]:
    do = application.window.actions_of_window
    return {
        "keyboard": do.keyboard_map,
        "messages": do.messages,
        "about": do.about,
        "address": do.add_address,
        "remove": do.remove,
        "rename": do.rename,
        "why": do.explain,
    }


@pytest.mark.parametrize("name", ["keyboard", "messages", "address", "remove", "rename"])
def test_no_word_of_a_dialog_escapes_translation(full: WindowRun, name: str) -> None:
    async def story(application: Application) -> None:
        application.window.list.select_ids([A])
        action = dialog_actions(application)[name]
        await until(action.isEnabled)
        action.trigger()
        await until(full.dialog)
        dialog = full.dialog()
        assert dialog is not None
        assert leaks(shown_words(dialog)) == {}
        dialog.reject()
        await until(lambda: full.dialog() is None)

    full.play(story)


def test_no_word_of_the_configuration_escapes_translation(full: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window.configuring.open()
        found = {}
        for page in Page:
            window.open_page(page)
            found |= leaks(shown_words(window))
        assert found == {}
        window.close()

    full.play(story)


def test_no_word_of_an_explanation_escapes_translation(full: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        for key in (A, C, D):
            window.explainer.explain(key)
            panel = window.explainer.panel
            assert panel is not None
            assert leaks(shown_words(panel)) == {}

    full.play(story)
