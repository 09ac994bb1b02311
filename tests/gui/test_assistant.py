"""The Configuration Assistant: first start, re-run, by keyboard alone; nothing changes before its end."""

from __future__ import annotations

from dataclasses import asdict, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton
from shiboken6 import isValid
from tests.gui.conftest import FIRST_PORT, WindowRun, opened, until
from tests.support.assistant_story import (
    closed,
    focused,
    play,
    press_key,
    settings_changes,
    shown,
    type_keys,
)
from tests.support.fake_client import row
from tests.support.fake_desktop import FakeRegistrar
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import AddTorrent
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.desktop.associations import Who
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.widgets.choice_box import ChoiceBox
from shoal.gui.widgets.mnemonics import mnemonic_of
from shoal.gui.wizard.assistant import LAST, Assistant
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings


@pytest.fixture
def has_tray(first: WindowRun) -> None:
    first.tray.is_there = True


def test_it_comes_at_the_first_start_and_leaves_the_window_free(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assert not assistant.isModal()
        assert application.window.isEnabled()
        assert assistant.step == 0
        assert focused() is assistant.welcome.sensible, focused().text()  # type: ignore[attr-defined]
        assert assistant.welcome.sensible.text().replace("&", "") == "Use sensible settings"

    play(first, story)


@pytest.mark.parametrize("case", ["used", "done", "transfers"])
def test_who_has_used_shoal_before_is_not_bothered(first: WindowRun, case: str) -> None:
    first.is_first_start = case != "used"
    first.settings = InterfaceSettings(theme="light", assistant_done=case == "done")
    if case == "transfers":
        first.client.rows = {"a" * 40: row("a" * 40)}

    async def story(application: Application) -> None:
        await until(lambda: application.window.model.total == len(first.client.rows))
        await application.link.rest(application.assisting)
        assert application.assisting.assistant is None

    first.play(story)


@pytest.mark.usefixtures("has_tray")
def test_sensible_settings_are_one_click(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        QTest.mouseClick(assistant.welcome.sensible, Qt.MouseButton.LeftButton)
        await closed(assistant)
        await until(lambda: application.memory.settings.assistant_done)
        assert application.memory.settings.close_to_tray

    play(first, story)
    assert "listen_port" not in settings_changes(first)
    engine = first.client.settings
    assert (engine["up_limit"], engine["upload_slots"], engine["active_downloads"]) == (0, 4, 3)
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.ANOTHER
    assert first.saved[-1].assistant_done


def test_two_clicks_from_the_first_start_to_downloading(first: WindowRun, tmp_path: Path) -> None:
    torrent = tmp_path / "Debian netinst.torrent"
    torrent.write_bytes(torrent_bytes("Debian", {"a.iso": 1_000}))

    async def story(application: Application, assistant: Assistant) -> None:
        button = assistant.welcome.sensible
        assert button.text().replace("&", "") == "Use sensible settings and open Debian netinst"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        await until(lambda: isinstance(first.dialog(), AddTorrentDialog))
        dialog = await opened(first, AddTorrentDialog)
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        await until(lambda: application.window.list.selected_ids() == [first.client.next_id])

    play(first, story, str(torrent))
    assert [command for command in first.client.commands if isinstance(command, AddTorrent)]


def test_what_comes_while_it_is_open_waits_too(first: WindowRun, tmp_path: Path) -> None:
    paths = [tmp_path / f"{name}.torrent" for name in ("One & two", "Three")]
    for path in paths:
        path.write_bytes(torrent_bytes(path.stem, {"a.iso": 1_000}))

    async def story(application: Application, assistant: Assistant) -> None:
        application._take([str(paths[0])])
        assert assistant.welcome.sensible.accessibleName() == "Use sensible settings and open One & two"
        application._take([str(paths[1])])
        assert assistant.welcome.sensible.text().replace("&", "") == "Use sensible settings and open 2 torrents"
        assistant.reject()
        await opened(first, AddTorrentDialog)

    play(first, story)


@pytest.mark.parametrize("way", ["escape", "close"])
def test_leaving_it_changes_nothing(first: WindowRun, way: str) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        before = application.memory.settings
        assistant.go_to(1)
        assistant.line.cards["mobile"].click()
        assistant.go_to(4)
        assistant.behaviour.cards["dark"].click()
        assistant.behaviour.awake.click()
        assistant.go_to(LAST)
        if way == "escape":
            press_key(Qt.Key.Key_Escape)
        else:
            assistant.close()
        await closed(assistant)
        assert application.memory.settings == before
        assert not application.theme.tokens.is_dark

    play(first, story)
    assert settings_changes(first) == {}
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.ANOTHER


def test_skipping_is_remembered_and_changes_nothing_else(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        before = application.memory.settings
        assistant.go_to(1)
        assistant.skip.click()
        await closed(assistant)
        assert application.memory.settings == replace(before, assistant_done=True)

    play(first, story)
    assert settings_changes(first) == {}


@pytest.mark.usefixtures("has_tray")
def test_from_start_to_finish_by_keyboard_alone(first: WindowRun, tmp_path: Path) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        press_key(Qt.Key.Key_Tab)
        assert focused() is assistant.welcome.guided
        press_key(Qt.Key.Key_Space)
        assert assistant.step == 1
        assert focused() is assistant.line.cards["fibre"]
        press_key(Qt.Key.Key_Right)
        assert focused() is assistant.line.cards["dsl"]
        assert assistant.draft.line_kind == "dsl"
        press_key(Qt.Key.Key_Tab)
        assert focused() is assistant.line.down.edit
        press_key(Qt.Key.Key_Tab)
        focused().selectAll()  # type: ignore[attr-defined]
        type_keys("16")
        assert assistant.draft.line_up == 16_000
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 2
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 3
        focused().selectAll()  # type: ignore[attr-defined]
        type_keys(str(tmp_path))
        press_key(Qt.Key.Key_Return)
        assert assistant.step == 4
        assert focused() is assistant.behaviour.opens
        press_key(Qt.Key.Key_Tab)
        press_key(Qt.Key.Key_Space)
        press_key(Qt.Key.Key_Return)
        assert assistant.step == LAST
        assert assistant.next.text().replace("&", "") == "Start using Shoal"
        press_key(Qt.Key.Key_Return)
        await closed(assistant)
        await until(lambda: application.memory.settings.assistant_done)
        settings = application.memory.settings
        assert (settings.line_kind, settings.line_up, settings.downloads_folder) == ("dsl", 16_000, str(tmp_path))
        assert settings.start_at_login
        assert application.window.adder.folder() == str(tmp_path)
        await until(lambda: first.client.settings["up_limit"] == 1_600_000)

    play(first, story)
    assert isinstance(first.registrar, FakeRegistrar)
    assert first.registrar.who is Who.SHOAL


def test_digits_choose_visited_steps_but_not_in_a_field(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        press_key(Qt.Key.Key_3)
        assert assistant.step == 0
        assistant.go_to(1)
        assistant.go_to(2)
        assistant.connection.port.edit.selectAll()
        press_key(Qt.Key.Key_1)
        assert assistant.step == 2
        assert assistant.connection.port.edit.text() == "1"
        assistant.next.setFocus()
        press_key(Qt.Key.Key_1)
        assert assistant.step == 0
        press_key(Qt.Key.Key_3)
        assert assistant.step == 2
        assert [step.isEnabled() for step in assistant.rail.steps] == [True, True, True, False, False, False]
        QTest.mouseClick(assistant.rail.steps[1], Qt.MouseButton.LeftButton)
        assert assistant.step == 1

    play(first, story)


def test_a_refusal_is_told_on_the_last_page_and_nothing_is_lost(first: WindowRun) -> None:
    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(2)
        assistant.connection.port.edit.selectAll()
        type_keys("50000")
        first.client.refuse = UserError("engine-gone")
        assistant.go_to(LAST)
        assistant.next.click()
        await until(assistant.ready.problem.isVisible)
        assert not application.memory.settings.assistant_done
        first.client.refuse = None
        assistant.next.click()
        await closed(assistant)
        assert application.memory.settings.assistant_done

    play(first, story)
    assert settings_changes(first)["listen_port"] == 50_000


def test_a_system_that_refuses_the_association_is_told(first: WindowRun) -> None:
    assert isinstance(first.registrar, FakeRegistrar)
    first.registrar.refuse = PermissionError(13, "Permission denied")

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(LAST)
        assistant.next.click()
        await closed(assistant)
        assert application.memory.settings.assistant_done
        await until(application.window.toast.isVisible)

    play(first, story)


def test_a_later_run_shows_what_is_set(run: WindowRun) -> None:
    run.client.settings = asdict(
        EngineSettings(listen_port=FIRST_PORT, share_ratio=1.5, finished_folder="/done", up_limit=123_000)
    )
    run.settings = InterfaceSettings(
        theme="dark",
        assistant_done=True,
        line_kind="shared",
        line_down=90_000,
        line_up=9_500,
        keep_awake=False,
        downloads_folder="/mine",
    )
    run.registrar = FakeRegistrar()
    run.registrar.who = Who.SHOAL

    async def story(application: Application) -> None:
        application.window.actions_of_window.assistant.trigger()
        assistant = await shown(application)
        application.window.actions_of_window.assistant.trigger()
        assert application.assisting.assistant is assistant
        assert assistant.welcome.sensible.isHidden()
        assert assistant.line.cards["shared"].isChecked()
        assert (assistant.line.down.edit.text(), assistant.line.up.edit.text()) == ("90", "9.5")
        assert assistant.connection.port.edit.text() == str(FIRST_PORT)
        assert assistant.saving.downloads.field.folder() == "/mine"
        assert assistant.saving.finished.tick.isChecked()
        behaviour = assistant.behaviour
        assert (behaviour.opens.isChecked(), behaviour.awake.isChecked()) == (True, False)
        assert behaviour.ratios[1.5].isChecked()
        assert behaviour.cards["dark"].isChecked()
        assert all(step.isEnabled() for step in assistant.rail.steps)
        assistant.go_to(LAST)
        assert assistant.next.text().replace("&", "") == "Apply"
        assistant.next.click()
        await closed(assistant)

    run.play(story)
    assert settings_changes(run) == {}
    assert isinstance(run.registrar, FakeRegistrar)
    assert run.registrar.who is Who.SHOAL


def test_another_language_goes_on_where_it_is_and_is_taken_back_when_it_is_left(
    first: WindowRun, tmp_path: Path
) -> None:
    torrent = tmp_path / "a.torrent"
    torrent.write_bytes(torrent_bytes("a", {"a.iso": 1_000}))
    first.language = ""
    first.settings = replace(first.settings, language="en")

    async def story(application: Application, assistant: Assistant) -> None:
        assistant.go_to(1)
        assistant.line.cards["mobile"].click()
        assistant.go_to(0)
        assert isinstance(assistant.welcome.language, ChoiceBox), "a list without the arrow that says so"
        assistant.welcome.language_wanted.emit("pseudo")
        await until(lambda: not isValid(assistant))
        again = await shown(application)
        assert again.welcome.guided.text() != "Set it up with me"
        assert (again.step, again.visited, again.draft.line_kind) == (0, 1, "mobile")
        again.reject()
        await until(lambda: application.memory.settings.language == "en")
        await opened(first, AddTorrentDialog)
        assert not application.memory.settings.assistant_done

    play(first, story, str(torrent))


def test_its_buttons_have_letters_of_their_own(first: WindowRun) -> None:
    async def story(application: Application) -> None:
        assistant = await shown(application)
        for step in range(LAST + 1):
            assistant.go_to(step)
            page = assistant.pages[step]
            buttons = [assistant.next, assistant.back, assistant.skip, *page.findChildren(QPushButton)]
            letters = [mnemonic_of(button.text()) for button in buttons if button.isVisible() and button.text()]
            given = [letter for letter in letters if letter]
            assert len(set(given)) == len(given)
            assert all(mnemonic_of(button.text()) for button in (assistant.next, assistant.back, assistant.skip))
        assistant.go_to(1)
        QTest.keyClick(
            assistant, Qt.Key(ord(mnemonic_of(assistant.next.text()).upper())), Qt.KeyboardModifier.AltModifier
        )
        await until(lambda: assistant.step == 2)
        assistant.skip.click()
        await until(lambda: not isValid(assistant) or not assistant.isVisible())

    first.play(story)
