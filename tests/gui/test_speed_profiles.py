"""The profile switch of the status bar, its menus and keys, and what is said and taken back."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest
from PySide6.QtCore import QPoint, QSize, Qt
from PySide6.QtGui import QAction, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLineEdit, QMenu
from shiboken6 import isValid
from tests.gui.conftest import WindowRun, opened, press, until, words
from tests.support.fake_client import FakeClient, row

from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.dialogs.edit_profile import EditProfile
from shoal.gui.dialogs.metered_profile import MeteredProfile
from shoal.gui.dialogs.profile_schedule import ProfileSchedule
from shoal.gui.widgets.mine_panel import MinePanel
from shoal.gui.window.limits import Direction
from shoal.gui.window.profiles_part import ProfilesPart
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.profiles import ProfileTime, SpeedProfile, write_profiles, write_times
from shoal.settings.schema import Page

LINE = {"line_up": 40_000, "line_down": 100_000}


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
        assert not (isValid(former) and former.isVisible())
        assert application.window.profiles.bar.isVisible()

    dsl.play(story)
    assert dsl.saved[-1].profile == "balanced"


def choose(box: QComboBox, value: str) -> None:
    box.setCurrentIndex(box.findData(value))


def type_into(field: QLineEdit, text: str) -> None:
    field.selectAll()
    QTest.keyClicks(field, text)


def context_entries(application: Application, key: str) -> list[str]:
    menu = QMenu()
    application.window.profile_editing.fill(menu, key)
    return [text for text in entries(menu) if named(menu, text).isEnabled()]


def test_a_right_click_offers_what_can_be_done_with_a_profile(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        quiet = application.window.profiles.bar.buttons["quiet"]
        at = QPoint(5, 5)
        event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, quiet.mapToGlobal(at))
        QApplication.sendEvent(quiet, event)
        menu = await popup(dsl)
        assert entries(menu) == [
            "Use profile Quiet",
            "Edit…",
            "Duplicate",
            "New profile…",
            "Back to as delivered",
            "Schedule…",
            "On metered network use…",
        ]
        assert not named(menu, "Back to as delivered").isEnabled()
        menu.close()

    dsl.play(story)


def test_a_profile_is_edited_and_the_dialog_says_what_it_comes_to(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        window.profile_editing.edit("balanced")
        dialog = await opened(dsl, EditProfile)
        assert dialog.outcome.text() == (
            "On your line: Upload: 4.0 MB/s. Download: no limit. 4 parallel uploads per transfer. "
            "3 downloads at the same time. 500 connections."
        )
        type_into(dialog.up.field, "50")
        choose(dialog.down.kind, "rate")
        type_into(dialog.down.field, "2 MB/s")
        type_into(dialog.slots, "6")
        type_into(dialog.ratio, "1.5")
        assert "Upload: 2.5 MB/s. Download: 2.0 MB/s. 6 parallel" in dialog.outcome.text()
        assert "Shared until ratio 1.5." in dialog.outcome.text()
        await press(dialog, "Save")
        await given(dsl, up_limit=2_500_000, down_limit=2_000_000, upload_slots=6, share_ratio=1.5)
        assert window.toast.text == "Profile Balanced changed"
        assert "Back to as delivered" in context_entries(application, "balanced")
        window.undoing.undo()
        await given(dsl, up_limit=4_000_000, down_limit=0, upload_slots=4, share_ratio=0.0)
        assert "Back to as delivered" not in context_entries(application, "balanced")

    dsl.play(story)


@pytest.mark.parametrize(
    ("field", "text", "problem"),
    [
        ("slots", "0", "Parallel uploads per transfer: from 1 to 200."),
        ("peers", "x", "Connections in all: from 2 to 20000."),
        ("ratio", "-1", "Share until this ratio: from 0 to 10000."),
    ],
)
def test_figures_that_cannot_be_are_said(dsl: WindowRun, field: str, text: str, problem: str) -> None:
    async def story(application: Application) -> None:
        await known(application)
        application.window.profile_editing.edit("quiet")
        dialog = await opened(dsl, EditProfile)
        type_into(getattr(dialog, field), text)
        assert dialog.outcome.text() == problem
        assert not dialog.accept_button.isEnabled()
        dialog.reject()

    dsl.play(story)


def test_a_line_that_is_not_known_can_be_entered_with_the_profile(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        application.window.profile_editing.edit("balanced")
        dialog = await opened(run, EditProfile)
        assert "The speed of your line is not known." in words(dialog)
        assert dialog.outcome.text().startswith("Until the speed of your line is known: Upload: no limit.")
        type_into(dialog.line_up, "40")
        assert dialog.outcome.text().startswith("On your line: Upload: 4.0 MB/s.")
        await press(dialog, "Save")
        await given(run, up_limit=4_000_000)
        assert application.memory.settings.line_up == 40_000
        application.window.undoing.undo()
        await given(run, up_limit=0)
        assert application.memory.settings.line_up == 0

    run.play(story)


def test_a_profile_of_ones_own_is_made_duplicated_and_deleted(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        window.profile_editing.make()
        dialog = await opened(dsl, EditProfile)
        assert not dialog.accept_button.isEnabled()
        type_into(dialog.name, "quiet")
        assert dialog.outcome.text() == "Another profile has this name."
        type_into(dialog.name, "At night")
        await press(dialog, "Save")
        await until(lambda: window.profiles.bar.is_one)
        assert "Delete" in context_entries(application, "own1")
        window.profiles.choose("own1")
        await until(lambda: window.profiles.bar.one.text() == "At night")
        window.profile_editing.duplicate("own1")
        assert [profile.name for profile in application.speed.profiles][4:] == ["At night", "At night 2"]
        window.undoing.undo()
        window.profile_editing.delete("own1")
        assert window.toast.text == "Profile At night deleted"
        await until(lambda: marked(application) == ["balanced"] and not window.profiles.bar.is_one)
        window.undoing.undo()
        await until(lambda: window.profiles.bar.one.text() == "At night")
        assert "Delete" not in context_entries(application, "quiet")

    dsl.play(story)


def test_the_schedule_is_made_and_taken_back(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        window.actions_of_window.schedule.trigger()
        dialog = await opened(dsl, ProfileSchedule)
        assert "No times yet." in words(dialog)
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        assert dialog.list.item(0).text() == "Quiet on Mon\u2013Fri 09:00\u201317:00"
        QTest.mouseClick(dialog.days[5], Qt.MouseButton.LeftButton)
        type_into(dialog.start, "8:30")
        choose(dialog.profile, "full")
        assert dialog.list.item(0).text() == "Full speed on Mon\u2013Sat 08:30\u201317:00"
        type_into(dialog.end, "25:00")
        assert "Type times such as 9:00 and 17:30." in words(dialog)
        assert not dialog.accept_button.isEnabled()
        type_into(dialog.end, "1715")
        assert dialog.accept_button.isEnabled()
        QTest.mouseClick(dialog.add_button, Qt.MouseButton.LeftButton)
        QTest.mouseClick(dialog.delete_button, Qt.MouseButton.LeftButton)
        await press(dialog, "Save")
        entry = ProfileTime("full", (0, 1, 2, 3, 4, 5), 8 * 60 + 30, 17 * 60 + 15)
        await until(lambda: list(application.speed.times) == [entry])
        assert window.toast.text == "Schedule saved, 1 time"
        window.undoing.undo()
        assert list(application.speed.times) == []

    dsl.play(story)


def test_a_metered_network_gets_a_profile(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        window.profile_editing.ask_metered()
        dialog = await opened(dsl, MeteredProfile)
        assert dialog.key() == ""
        choose(dialog.choice, "quiet")
        await press(dialog, "Save")
        await until(lambda: application.memory.settings.metered_profile == "quiet")
        assert window.toast.text == "On a metered network: Quiet"
        window.undoing.undo()
        assert application.memory.settings.metered_profile == ""

    dsl.play(story)


def test_mine_opens_sliders_that_apply_as_they_move(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window = application.window
        QTest.mouseClick(window.profiles.bar.buttons["mine"], Qt.MouseButton.LeftButton)
        await until(lambda: isinstance(dsl.app.activePopupWidget(), MinePanel))
        panel = dsl.app.activePopupWidget()
        assert isinstance(panel, MinePanel)
        assert panel.rate_field.text() == "4.0 MB/s"
        QTest.keyClick(panel.rate_slider, Qt.Key.Key_Left)
        assert panel.rate_slider.accessibleDescription() == "3.8 MB/s"
        await given(dsl, up_limit=3_800_000)
        type_into(panel.slots_field, "60")
        QTest.keyClick(panel.slots_field, Qt.Key.Key_Return)
        await given(dsl, upload_slots=60)
        type_into(panel.rate_field, "700")
        QTest.keyClick(panel.rate_field, Qt.Key.Key_Return)
        await given(dsl, up_limit=700_000)
        type_into(panel.rate_field, "fast")
        QTest.keyClick(panel.rate_field, Qt.Key.Key_Return)
        assert panel.problem.startswith("Type a rate")
        panel.close()
        mine = application.speed.profile("mine")
        assert (mine.up_rate, mine.upload_slots) == (700_000, 60)
        assert marked(application) == ["mine"]
        window.undoing.undo()
        await given(dsl, up_limit=4_000_000, upload_slots=4)
        window.undoing.undo()
        await until(lambda: marked(application) == ["balanced"])

    dsl.play(story)


def test_the_configuration_has_all_profiles(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        configuration = application.window.configuring.open(Page.SPEED)
        part = configuration.findChild(ProfilesPart)
        assert isinstance(part, ProfilesPart)
        assert [part.list.item(at).text() for at in range(4)] == ["Quiet", "Balanced (in force)", "Full speed", "Mine"]
        assert not part.buttons["use"].isEnabled()
        part.list.setCurrentRow(0)
        part.buttons["use"].click()
        await given(dsl, up_limit=1_250_000)
        await until(lambda: part.list.item(0).text() == "Quiet (in force)")
        part.buttons["edit"].click()
        dialog = await opened_over(dsl, EditProfile)
        assert dialog.parent() is configuration
        type_into(dialog.slots, "3")
        dialog.accept_button.click()
        await given(dsl, upload_slots=3)
        await until(part.buttons["reset"].isEnabled)
        part.buttons["reset"].click()
        await given(dsl, upload_slots=2)
        configuration.close()

    dsl.play(story)


def test_what_the_configuration_does_to_profiles_is_taken_back_there(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        window, configuration = application.window, application.window.configuring.open(Page.SPEED)
        part = configuration.findChild(ProfilesPart)
        assert isinstance(part, ProfilesPart)
        part.list.setCurrentRow(1)
        part.buttons["duplicate"].click()
        assert (window.toast.text, configuration.toast.text) == ("", "Profile Balanced 2 added")
        assert configuration.undo.text() == "Undo: Profile Balanced 2 added"
        part.list.setCurrentRow(0)
        part.buttons["use"].click()
        await given(dsl, up_limit=1_250_000)
        configuration.undo.click()
        await given(dsl, up_limit=4_000_000)
        assert configuration.toast.text == ""
        assert part.list.count() == 5
        # Taken back in the main window it is no longer offered here, and the other way round.
        window.undoing.undo()
        assert part.list.count() == 4
        assert not configuration.undo.isEnabled()
        part.buttons["duplicate"].click()
        configuration.toast.button.click()
        assert part.list.count() == 4
        assert window.undoing.newest is None
        assert not configuration.undo.isEnabled()
        # What is still to be taken back stays so when the Configuration is closed.
        part.buttons["duplicate"].click()
        configuration.close()
        window.undoing.undo()
        assert len(application.speed.profiles) == 4

    dsl.play(story)


async def opened_over(run: WindowRun, kind: type[EditProfile]) -> EditProfile:
    """The dialog of that kind, whatever else is open."""

    def found() -> list[EditProfile]:
        return [widget for widget in run.app.topLevelWidgets() if isinstance(widget, kind) and widget.isVisible()]

    await until(found)
    return found()[0]


def test_the_schedule_is_told_in_the_status_bar(dsl: WindowRun) -> None:
    async def story(application: Application) -> None:
        await known(application)
        bar = application.window.profiles.bar
        text = bar.buttons["quiet"].text()
        assert text.startswith("Quiet until ")
        assert text.endswith("(schedule)")
        application.window.profiles.choose("full")
        await until(lambda: bar.buttons["full"].text().endswith("chosen by hand"))

    now = datetime.now()
    time = ProfileTime("quiet", (now.weekday(),), 0, 0)
    dsl.settings = replace(dsl.settings, profile_times=write_times((time,)))
    dsl.play(story)
