"""Keys given to actions on the Keyboard page: in force at once, told where keys are told, taken back as easily."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from tests.gui.conftest import WindowRun, until, words
from tests.support.fake_client import FakeClient, row

from shoal.gui.application import Application
from shoal.gui.dialogs.keyboard_map import KeyboardMap
from shoal.gui.preferences.configuration import Configuration
from shoal.gui.preferences.keyboard import KeyboardPart, KeyRow
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import Page

A = "a" * 40
CTRL, ALT, PLAIN = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.NoModifier
Key = Qt.Key
Story = Callable[[Application, KeyboardPart], Coroutine[Any, Any, None]]


@pytest.fixture
def play(run: WindowRun) -> Callable[[Story], WindowRun]:
    def go(story: Story) -> WindowRun:
        run.client = FakeClient({A: row(A, name="Alpha")}, settings=asdict(EngineSettings()))

        async def live(application: Application) -> None:
            await until(lambda: application.settings.is_known)
            await story(application, part_of(application.window.configuring.open(Page.KEYBOARD)))

        assert run.play(live) == 0
        return run

    return go


def part_of(window: Configuration) -> KeyboardPart:
    return next(part for part in window.pages[Page.KEYBOARD].parts if isinstance(part, KeyboardPart))


def type_keys(key_row: KeyRow, key: Key, held: Qt.KeyboardModifier = PLAIN) -> None:
    key_row.setFocus()
    QTest.keyClick(key_row.field, key, held)


def action(application: Application, name: str) -> QAction:
    return application.window.actions_of_window.named[name]


def test_every_action_is_on_the_page(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        do = application.window.actions_of_window
        assert set(part.rows) == set(do.named)
        assert {"start", "undo", "tabs_8", "themes_dark", "toolbars_hidden", "copy_hash"} <= set(part.rows)
        for name, found in part.rows.items():
            assert found.field.keySequence() == do.named[name].shortcut()
            assert found.entry.title
            assert found.field.accessibleName() == f"Keys of {found.entry.title}"
        assert part.rows["start"].entry.group == "Transfer"

    play(story)


def test_new_keys_work_at_once_and_are_told_everywhere(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        window = application.window
        type_keys(part.rows["find"], Key.Key_F3)
        await until(lambda: action(application, "find").shortcut().toString() == "F3")
        assert window.find_field.placeholderText().endswith("F3")
        type_keys(part.rows["add"], Key.Key_N, CTRL)
        await until(lambda: "Ctrl+N" in window.toolbar.add_button.main.toolTip())
        window.list.select_ids([A])
        type_keys(part.rows["stop"], Key.Key_J, CTRL)
        await until(lambda: action(application, "stop").toolTip() == "Stop (Ctrl+J)")
        part.window().close()
        window.activateWindow()
        await until(window.isActiveWindow)
        QTest.keyClick(window, Key.Key_J, CTRL)
        await until(lambda: application.link._client.result().commands)  # type: ignore[attr-defined]
        action(application, "keyboard_map").trigger()
        told = words(await opened_map(application))
        assert "Ctrl+N" in told
        assert "Ctrl+O" not in told

    run = play(story)
    assert run.saved[-1].shortcuts == '{"add":"Ctrl+N","find":"F3","stop":"Ctrl+J"}'


async def opened_map(application: Application) -> KeyboardMap:
    await until(lambda: application.window.findChildren(KeyboardMap))
    return application.window.findChildren(KeyboardMap)[0]


def test_keys_of_another_action_are_taken_only_when_asked_for(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        rename = part.rows["rename"]
        type_keys(rename, Key.Key_S, CTRL)
        assert rename.problem == "Ctrl+S is \u201cStart\u201d already."
        assert rename.take.isVisible()
        assert action(application, "rename").shortcut().toString() == "F2"
        rename.take.click()
        await until(lambda: action(application, "rename").shortcut().toString() == "Ctrl+S")
        assert action(application, "start").shortcut().isEmpty()
        assert rename.problem == ""
        # The other way back is asked for, too, and one undo takes both back.
        part.rows["start"].back.click()
        assert "Rename" in part.rows["start"].problem
        QTest.keyClick(part.window(), Key.Key_Z, CTRL)
        await until(lambda: action(application, "start").shortcut().toString() == "Ctrl+S")
        assert action(application, "rename").shortcut().toString() == "F2"

    play(story)


@pytest.mark.parametrize(
    ("key", "held", "said"),
    [(Key.Key_Escape, PLAIN, "Esc"), (Key.Key_F6, PLAIN, "F6"), (Key.Key_A, PLAIN, "A "), (Key.Key_T, ALT, "Alt+T")],
)
def test_keys_that_are_needed_elsewhere_are_refused(
    play: Callable[[Story], WindowRun], key: Key, held: Qt.KeyboardModifier, said: str
) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        start = part.rows["start"]
        type_keys(start, key, held)
        assert start.problem.startswith(said)
        assert start.field.accessibleDescription() == start.problem
        assert start.field.keySequence().toString() == "Ctrl+S"
        assert part.window().isVisible()
        assert application.memory.settings.shortcuts == ""

    play(story)


def test_no_keys_at_all_and_back_to_default(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        start, stop = part.rows["start"], part.rows["stop"]
        assert not start.back.isVisible()
        type_keys(start, Key.Key_Backspace)
        await until(lambda: action(application, "start").shortcut().isEmpty())
        stop.none.click()
        await until(lambda: action(application, "stop").shortcut().isEmpty())
        assert start.back.isVisible()
        start.back.click()
        await until(lambda: action(application, "start").shortcut().toString() == "Ctrl+S")
        part.all_back.click()
        await until(lambda: action(application, "stop").shortcut().toString() == "Ctrl+P")
        assert application.memory.settings.shortcuts == ""
        assert not part.all_back.isEnabled()

    play(story)


def test_the_search_finds_actions_by_name_and_by_keys(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        window = part.window()
        assert isinstance(window, Configuration)
        window.search.setText("re-check")
        assert window.page is Page.KEYBOARD
        assert [name for name, found in part.rows.items() if found.isVisible()] == ["recheck"]
        QTest.keyClick(window.search, Key.Key_Return)
        assert window.focusWidget() is part.rows["recheck"].field
        window.search.setText("ctrl+shift+up")
        assert [name for name, found in part.rows.items() if found.isVisible()] == ["move_top"]
        window.search.clear()
        assert all(found.isVisible() for found in part.rows.values())
        QTest.keyClick(part.rows["add"].field, Key.Key_Down)
        assert window.focusWidget() is part.rows["add_address"].field

    play(story)


def test_keys_hold_in_the_window_that_another_language_makes(play: Callable[[Story], WindowRun]) -> None:
    async def story(application: Application, part: KeyboardPart) -> None:
        type_keys(part.rows["start"], Key.Key_F7)
        await until(lambda: action(application, "start").shortcut().toString() == "F7")
        before = application.window
        await application.settings.change({"units": "binary"})
        await until(lambda: application.window is not before)
        assert action(application, "start").shortcut().toString() == "F7"
        again = part_of(application.window.configuring.open())
        assert again.rows["start"].field.keySequence().toString() == "F7"

    play(story)


def test_keys_from_the_file_are_in_force_from_the_start(run: WindowRun) -> None:
    run.settings = InterfaceSettings(shortcuts='{"start":"F7","stop":9,"remove":"Esc","quit":"Ctrl+E"}')

    async def story(application: Application) -> None:
        assert action(application, "start").shortcut().toString() == "F7"
        assert action(application, "stop").shortcut().toString() == "Ctrl+P"
        assert action(application, "remove").shortcut().toString() == "Del"
        action(application, "about").trigger()
        await until(lambda: run.dialog() is not None)
        # The keys that quit do so from a dialog as well.
        QTest.keyClick(run.dialog(), Key.Key_E, CTRL)
        await until(lambda: not application.window.isVisible())

    assert run.play(story) == 0
