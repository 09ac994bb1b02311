"""The profile switch of the status bar, its menus and keys, and what is said and taken back."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.window.limits import Direction
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.profiles import SpeedProfile, write_profiles

LINE = {"line_up": 40_000, "line_down": 100_000}
Shown = Callable[[], object]


@pytest.fixture
def dsl(run: WindowRun) -> WindowRun:
    """A line of 40 and 100 Mbit/s, and a profile that is in force as it is."""
    run.client = FakeClient({"a" * 40: row("a" * 40, name="Alpha")}, SessionTotals(up_limit=4_000_000))
    run.client.settings = {"up_limit": 4_000_000}
    run.settings = InterfaceSettings(theme="light", **LINE)  # type: ignore[arg-type]
    return run


async def known(application: Application) -> None:
    await until(lambda: application.settings.is_known)


async def given(run: WindowRun, **figures: object) -> None:
    await until(lambda: figures.items() <= run.client.settings.items())


async def popup(run: WindowRun) -> QMenu:
    await until(lambda: isinstance(run.app.activePopupWidget(), QMenu))
    menu = run.app.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def named(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text().replace("&", "") == text)


def entries(menu: QMenu) -> list[str]:
    return [action.text().replace("&", "") for action in menu.actions() if not action.isSeparator()]


def marked(application: Application) -> list[str]:
    return [key for key, button in application.window.profiles.bar.buttons.items() if button.isChecked()]


def test_a_click_puts_a_profile_in_force_says_so_and_is_taken_back(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        assert marked(application) == ["balanced"]
        QTest.mouseClick(window.profiles.bar.buttons["quiet"], Qt.MouseButton.LeftButton)
        await given(dsl, up_limit=1_250_000, upload_slots=2)
        assert marked(application) == ["quiet"]
        assert window.toast.text == "Quiet: upload 1.3 MB/s, download 6.3 MB/s"
        assert window.actions_of_window.undo.text() == "Undo choosing profile Quiet"
        QTest.mouseClick(window.toast.button, Qt.MouseButton.LeftButton)
        await given(dsl, up_limit=4_000_000, upload_slots=4)
        await until(lambda: marked(application) == ["balanced"])
        assert application.memory.settings.profile == "balanced"

    dsl.play(story)


def test_keys_choose_profiles_and_take_them_back(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        QTest.keyClick(window.list, Qt.Key.Key_3, Qt.KeyboardModifier.ControlModifier)
        await given(dsl, up_limit=4_750_000, upload_slots=8)
        assert [action.isChecked() for action in window.actions_of_window.profiles] == [False, False, True, False]
        QTest.keyClick(window.list, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await given(dsl, up_limit=4_000_000)
        await until(lambda: marked(application) == ["balanced"])

    dsl.play(story)


def test_what_was_changed_by_hand_is_said_and_the_menu_of_a_limit_leads_back(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        button = window.profiles.bar.buttons["balanced"]
        assert button.text() == "Balanced"
        await application.settings.change({"up_limit": 77_000})
        assert button.text() == "Balanced, changed by hand"
        assert button.accessibleName() == "Profile Balanced, changed by hand"
        menu = QMenu()
        window.limits.fill_for_session(menu, Direction.UP)
        named(menu, "Use profile Balanced").trigger()
        await given(dsl, up_limit=4_000_000)
        await until(lambda: button.text() == "Balanced")
        menu.clear()
        window.limits.fill_for_session(menu, Direction.UP)
        assert "Use profile Balanced" not in entries(menu)

    dsl.play(story)


def test_tools_has_the_profiles_as_radio_buttons(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        menu = QMenu()
        application.window.profiles.fill_menu(menu)
        assert entries(menu)[:4] == ["Quiet", "Balanced", "Full speed", "Mine"]
        assert [action.text() for action in menu.actions() if action.isChecked()] == ["Balanced"]
        named(menu, "Full speed").trigger()
        await given(dsl, up_limit=4_750_000)
        assert [action.text() for action in menu.actions() if action.isChecked()] == ["Full speed"]

    dsl.play(story)


def test_a_screen_reader_hears_what_a_profile_does(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        quiet = application.window.profiles.bar.buttons["quiet"]
        assert quiet.accessibleName() == "Profile Quiet"
        assert quiet.accessibleDescription() == (
            "For calls and games. Upload: 1.3 MB/s. Download: 6.3 MB/s. 2 parallel uploads per transfer. "
            "1 download at the same time. 200 connections."
        )

    dsl.play(story)


def test_arrows_go_from_one_profile_to_the_next_and_space_chooses(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        bar = application.window.profiles.bar
        bar.buttons["balanced"].setFocus()
        QTest.keyClick(bar.buttons["balanced"], Qt.Key.Key_Right)
        assert bar.buttons["full"].hasFocus()
        assert marked(application) == ["balanced"]
        QTest.keyClick(bar.buttons["full"], Qt.Key.Key_Space)
        await given(dsl, up_limit=4_750_000)

    dsl.play(story)


def test_a_narrow_window_has_one_button_with_a_menu(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        bar = application.window.profiles.bar
        await until(lambda: bar.is_one)
        assert bar.one.isVisible()
        assert not any(button.isVisible() for button in bar.buttons.values())
        assert bar.one.accessibleName() == "Profile Balanced, choose another"
        QTest.mouseClick(bar.one, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
        menu = await popup(dsl)
        named(menu, "Quiet").trigger()
        menu.close()
        await given(dsl, up_limit=1_250_000)
        await until(lambda: bar.one.text() == "Quiet")
        application.window.resize(1500, 800)
        await until(lambda: not bar.is_one and bar.buttons["quiet"].isVisible())

    dsl.size = QSize(900, 700)
    dsl.play(story)


def test_more_than_four_profiles_are_one_button_with_a_menu(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        bar = application.window.profiles.bar
        assert bar.is_one
        menu = QMenu()
        application.window.profiles.fill_menu(menu)
        assert entries(menu)[4] == "At night"
        named(menu, "At night").trigger()
        await given(dsl, up_limit=50_000)
        await until(lambda: bar.one.text() == "At night")

    own = SpeedProfile("own1", "At night", up_rate=50_000)
    dsl.size = QSize(1500, 800)
    dsl.settings = InterfaceSettings(theme="light", profiles=write_profiles((own,)), **LINE)  # type: ignore[arg-type]
    dsl.play(story)


def test_a_new_window_takes_over_what_can_be_taken_back(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        application.window.profiles.choose("quiet")
        await given(dsl, up_limit=1_250_000)
        former = application.window
        application.set_language("de")
        await until(lambda: application.window is not former)
        application.window.undoing.undo()
        await given(dsl, up_limit=4_000_000)
        await until(lambda: marked(application) == ["balanced"])

    dsl.play(story)
