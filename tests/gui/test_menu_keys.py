"""Keys in open menus: every entry has a letter of its own, and the quit keys quit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu
from tests.gui.conftest import WindowRun, opened, until
from tests.support.fake_client import FakeClient, row
from tests.support.torrent_samples import torrent_bytes

from shoal.gui.application import Application
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.widgets.mnemonics import mnemonic_of, with_mnemonics

A = "a" * 40


@pytest.fixture
def one(run: WindowRun) -> WindowRun:
    run.client = FakeClient({A: row(A, name="Alpha", label="Field & work")})
    run.settings = replace(run.settings, confirm_quit=False)
    return run


def all_below(menu: QMenu) -> list[QMenu]:
    """`menu` and its submenus, each shown once."""
    menu.aboutToShow.emit()
    below = [entry.menu() for entry in menu.actions()]
    return [menu, *(deeper for child in below if isinstance(child, QMenu) for deeper in all_below(child))]


def test_every_entry_has_a_letter_of_its_own(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        bar = window.menuBar()
        assert len({mnemonic_of(action.text()) for action in bar.actions()} - {""}) == len(bar.actions())
        context = window.list.context_menu()
        assert context is not None
        tops = [context, *(menu for action in bar.actions() if isinstance(menu := action.menu(), QMenu))]
        for top in tops:
            for menu in all_below(top):
                menu.aboutToShow.emit()
                texts = [action.text() for action in menu.actions() if not action.isSeparator()]
                letters = [letter for text in texts if (letter := mnemonic_of(text))]
                assert len(set(letters)) == len(letters), texts
                # The long list of columns has more entries than there are letters for them.
                for text in texts:
                    assert mnemonic_of(text) or set(filter(str.isalnum, text.lower())) <= set(letters), texts
                menu.aboutToHide.emit()

    assert one.play(story) == 0


def test_a_letter_chooses_and_the_buttons_keep_their_words(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        menu = window.list.context_menu()
        assert menu is not None
        menu.popup(window.mapToGlobal(window.rect().center()))
        stop = window.actions_of_window.stop
        assert stop.text() == "S&top"
        QTest.keyClick(menu, Qt.Key.Key_T)
        await until(lambda: one.client.commands)
        assert not menu.isVisible()
        assert stop.text() == "Stop"

    assert one.play(story) == 0


def test_letters_are_given_by_their_words_and_never_twice() -> None:
    assert with_mnemonics(["Start", "Stop", "Start now"]) == ["&Start", "S&top", "Start &now"]
    assert with_mnemonics(["R&emove", "Ee", "A && B"]) == ["R&emove", "Ee", "&A && B"]


def quit_keys() -> None:
    QTest.keyClick(QApplication.activePopupWidget(), Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)


def test_quit_keys_quit_while_a_menu_is_open(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        menu = window.list.context_menu()
        assert menu is not None
        menu.popup(window.mapToGlobal(window.rect().center()))
        quit_keys()
        await until(lambda: not window.isVisible())
        assert QApplication.activePopupWidget() is None

    assert one.play(story) == 0


def test_quit_keys_quit_while_a_menu_of_a_dialog_is_open(one: WindowRun, tmp_path: Path) -> None:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000}))

    async def story(application: Application) -> None:
        dialog = await opened(one, AddTorrentDialog)
        dialog.options.label.open_button.click()
        assert QApplication.activePopupWidget() is not None
        quit_keys()
        await until(lambda: not application.window.isVisible())

    assert one.play(story, str(path)) == 0
