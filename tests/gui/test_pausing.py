"""Pause everything in the window: the menu, the status bar, the toolbar's hint and the way back."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row
from tests.support.fake_desktop import action, texts

from shoal.api.commands import PauseSession, ResumeSession
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.gui.application import Application
from shoal.gui.window.pausing import Pausing

A = "a" * 40


@pytest.fixture
def one(run: WindowRun) -> WindowRun:
    run.client.rows = {A: row(A, name="Debian", state=TorrentState.STOPPED, is_started=False)}
    return run


def tools_menu(application: Application) -> QMenu:
    """Tools > Pause everything, as it is when it opens."""
    found = action(application.window.menus.tools, "Pause everything").menu()
    assert isinstance(found, QMenu)
    found.aboutToShow.emit()
    found.aboutToHide.emit()
    return found


def test_a_pause_is_chosen_told_and_taken_back(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        client, toast = one.client, application.window.toast
        menu = tools_menu(application)
        assert texts(menu) == ["30 minutes", "1 hour", "Until I resume"]
        action(menu, "30 minutes").trigger()
        await until(lambda: client.commands == [PauseSession(1800.0)])
        assert toast.text.startswith("Everything is paused until ")
        assert toast.button.text() == "Undo"
        QTest.mouseClick(toast.button, Qt.MouseButton.LeftButton)
        await until(lambda: client.commands[-1] == ResumeSession())

    one.play(story)


def test_the_status_bar_says_it_and_resumes(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        client, window = one.client, application.window
        status = window.status
        assert not status.resume_button.isVisible()
        client.push(totals=replace(client.totals, paused_until=-1.0))
        await until(status.resume_button.isVisible)
        assert status.state_text == "Everything is paused"
        assert texts(tools_menu(application)) == ["Resume", "-", "30 minutes", "1 hour", "Until I resume"]
        QTest.mouseClick(status.resume_button, Qt.MouseButton.LeftButton)
        await until(lambda: client.commands == [ResumeSession()])
        assert window.toast.text == "Everything goes on"
        window.undoing.undo()
        await until(lambda: client.commands[-1] == PauseSession(None))

    one.play(story)


def test_start_says_that_it_waits_for_the_end_of_the_pause(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        client, window = one.client, application.window
        window.list.select_ids([A])
        start = window.actions_of_window.start
        await until(start.isEnabled)
        before = start.toolTip()
        client.push(totals=replace(client.totals, paused_until=-1.0))
        await until(lambda: "everything is paused" in start.toolTip())
        client.push(totals=replace(client.totals, paused_until=0.0))
        await until(lambda: start.toolTip() == before)
        assert "paused" not in before

    one.play(story)


def test_a_row_says_that_it_is_paused(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        paused = row(A, name="Debian", state=TorrentState.QUEUED, reason=Reason("paused", {"until": -1}))
        one.client.push(paused)
        await until(lambda: application.window.model.row_of(A).state is TorrentState.QUEUED)
        shown = application.window.model.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
        assert "Everything is paused" in shown
        assert "time left: paused" in shown

    one.play(story)


def test_a_longer_pause_is_taken_back_to_the_one_before(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        client = one.client
        client.totals = replace(client.totals, paused_until=5_000.0)
        pausing = Pausing(application.link, application.window.commands, clock=lambda: 4_000.0)
        pausing.follow(client.totals)
        pausing.pause(3600.0)
        assert application.window.toast.text.startswith("Everything is paused until ")
        application.window.undoing.undo()
        await until(lambda: len(client.commands) == 2)
        assert client.commands == [PauseSession(3600.0), PauseSession(1000.0)]

    one.play(story)
