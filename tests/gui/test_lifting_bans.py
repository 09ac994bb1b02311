"""The way back from "Ban always": a list of the lasting bans, and those that are chosen end."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from tests.gui.conftest import WindowRun, until

from shoal.gui.application import Application
from shoal.gui.dialogs.banned_addresses import BannedAddresses

BANNED = "192.0.2.1 192.0.2.2 2001:db8::7"


async def bans(run: WindowRun, application: Application) -> BannedAddresses:
    application.window.details.bans_wanted.emit()
    await until(lambda: isinstance(run.dialog(), BannedAddresses))
    found = run.dialog()
    assert isinstance(found, BannedAddresses)
    return found


def test_chosen_bans_are_lifted_and_it_is_said(run: WindowRun) -> None:
    run.client.settings["banned_hosts"] = BANNED

    async def story(application: Application) -> None:
        dialog = await bans(run, application)
        assert [dialog.list.item(at).text() for at in range(3)] == ["2001:db8::7", "192.0.2.2", "192.0.2.1"]
        assert not dialog.accept_button.isEnabled()
        dialog.list.item(0).setSelected(True)
        dialog.list.item(2).setSelected(True)
        assert dialog.accept_button.text() == "Lift 2 bans"
        # Another one is banned while the dialog is open.
        run.client.settings["banned_hosts"] = f"{BANNED} 192.0.2.9"
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
        await until(lambda: run.client.settings["banned_hosts"] == "192.0.2.2 192.0.2.9")
        await until(application.window.toast.isVisible)
        assert application.window.toast.text == "2 addresses may connect again"

    assert run.play(story) == 0


def test_cancel_changes_nothing(run: WindowRun) -> None:
    run.client.settings["banned_hosts"] = BANNED

    async def story(application: Application) -> None:
        dialog = await bans(run, application)
        dialog.list.selectAll()
        dialog.reject()
        await until(lambda: run.dialog() is None)
        assert run.client.commands == []
        assert run.client.settings["banned_hosts"] == BANNED

    assert run.play(story) == 0


def test_without_bans_there_is_nothing_to_choose(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.details.bans_wanted.emit()
        await until(application.window.toast.isVisible)
        assert application.window.toast.text == "No address is banned for good"
        assert run.dialog() is None

    assert run.play(story) == 0
