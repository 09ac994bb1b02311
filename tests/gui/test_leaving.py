"""Closing and quitting: hidden in the tray, minimised, asked about, or ended."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import WindowRun, opened, press, until, words
from tests.support.fake_client import row

from shoal.api.client import Client
from shoal.gui.application import Application
from shoal.gui.dialogs.add_address import AddAddressDialog
from shoal.gui.dialogs.quitting import QuitDialog
from shoal.gui.widgets.tick_box import TickBox

A = "a" * 40


@pytest.fixture
def loading(run: WindowRun) -> WindowRun:
    """One download runs."""
    run.client.rows = {A: row(A, name="Debian", down_rate=8e6, sending_peers=3, peers=3, eta=700.0)}
    return run


def has_ended(application: Application) -> Callable[[], bool]:
    """Whether the window has said that it is over."""
    ended: list[bool] = []
    application.window.closed.connect(lambda: ended.append(True))
    return lambda: bool(ended)


def test_closing_hides_in_the_tray_and_says_so_once(loading: WindowRun) -> None:
    loading.tray.is_there = True
    loading.settings = replace(loading.settings, close_to_tray=True)

    async def story(application: Application) -> None:
        window, ended = application.window, has_ended(application)
        window.close()
        assert not window.isVisible()
        assert [title for title, _ in loading.tray.said] == ["Shoal keeps running"]
        loading.tray.click_message()
        assert window.isVisible()
        window.close()
        assert not window.isVisible()
        assert len(loading.tray.said) == 1
        assert not ended()

    loading.play(story)
    assert loading.saved[-1].tray_told


def test_without_a_tray_closing_minimises_and_says_so_once(loading: WindowRun) -> None:
    loading.settings = replace(loading.settings, close_to_tray=True)

    async def story(application: Application) -> None:
        window = application.window
        window.close()
        assert window.isVisible()
        assert window.isMinimized()
        window.showNormal()
        await until(window.notices.isVisible)
        window.close()
        assert loading.tray.said == []
        assert loading.dialog() is None

    loading.play(story)


def test_quitting_asks_while_something_is_downloading(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, ended = application.window, has_ended(application)
        window.close()
        dialog = await opened(loading, QuitDialog)
        assert window.isVisible()
        assert "1 download is running, about 12 minutes left." in words(dialog)
        await press(dialog, "Keep running")
        assert not ended()
        window.actions_of_window.quit.trigger()
        dialog = await opened(loading, QuitDialog)
        dialog.findChild(TickBox).setChecked(True)
        await press(dialog, "Quit")

    assert loading.play_to_its_end(story) == 0
    assert not loading.saved[-1].confirm_quit


@pytest.mark.parametrize("change", [{"confirm_quit": False}, {}])
def test_quitting_does_not_ask_otherwise(loading: WindowRun, change: dict[str, Any]) -> None:
    loading.settings = replace(loading.settings, **change)
    if not change:
        loading.client.rows[A] = replace(loading.client.rows[A], wanted_done=1_000_000)

    async def story(application: Application) -> None:
        application.window.leave()
        assert loading.dialog() is None

    assert loading.play_to_its_end(story) == 0


def test_quitting_in_the_tray_ends_also_where_closing_would_hide(loading: WindowRun) -> None:
    loading.tray.is_there = True
    loading.settings = replace(loading.settings, close_to_tray=True)

    async def story(application: Application) -> None:
        application.window.hide()
        loading.tray.choose("Quit Shoal")
        dialog = await opened(loading, QuitDialog)
        loading.tray.choose("Quit Shoal")  # asked already
        assert loading.dialog() is dialog
        await press(dialog, "Quit")

    assert loading.play_to_its_end(story) == 0


def test_the_keys_for_quitting_work_in_a_dialog(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.addresses.ask()
        dialog = await opened(loading, AddAddressDialog)
        await until(dialog.isActiveWindow)  # keys go to the window in use
        QTest.keyClick(dialog, Qt.Key.Key_Q, Qt.KeyboardModifier.ControlModifier)
        await until(lambda: dialog.findChild(QuitDialog) is not None)
        question = dialog.findChild(QuitDialog)
        await until(question.isVisible)
        await press(question, "Quit")

    assert loading.play_to_its_end(story) == 0


@pytest.mark.skipif(sys.platform == "darwin", reason="there it is asked about")
def test_the_end_of_the_session_is_not_held_up(loading: WindowRun) -> None:
    loading.tray.is_there = True
    loading.settings = replace(loading.settings, close_to_tray=True)

    async def story(application: Application) -> None:
        await until(lambda: application.tray.facts.downloading)
        # As Qt tells it, for every session manager and for the end of a Windows session.
        QApplication.sendEvent(loading.app, QEvent(QEvent.Type.Quit))
        assert loading.dialog() is None

    assert loading.play_to_its_end(story) == 0


def test_a_log_out_that_is_cancelled_leaves_the_question(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        await until(lambda: application.tray.facts.downloading)
        loading.app.commitDataRequest.emit(None)
        application.window.close()
        await until(lambda: isinstance(loading.dialog(), QuitDialog))
        question = loading.dialog()
        assert question is not None
        question.reject()
        await until(lambda: loading.dialog() is None)
        assert application.window.isVisible()

    loading.play(story)
    assert loading.client.closed == 1, "only the end of the test closed it"


def test_it_starts_in_the_tray(loading: WindowRun) -> None:
    loading.tray.is_there = True
    loading.is_hidden = True

    async def story(application: Application) -> None:
        assert not application.window.isVisible()
        loading.tray.click()
        assert application.window.isVisible()

    loading.play(story)


def test_a_hidden_start_waits_for_a_tray_and_does_without(loading: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    loading.is_hidden = True
    monkeypatch.setattr("shoal.gui.application.TRAY_SECONDS", 0.05)

    async def story(application: Application) -> None:
        await until(application.window.isVisible)
        assert not application.window.isMinimized()

    loading.play(story)


def test_a_panel_that_comes_late_keeps_a_hidden_start_hidden(loading: WindowRun) -> None:
    loading.is_hidden = True

    async def story(application: Application) -> None:
        loading.tray.come()
        await asyncio.sleep(0)
        assert not application.window.isVisible()
        loading.tray.go()
        assert application.window.isVisible()

    loading.play(story)


def test_an_engine_that_cannot_start_is_told_of_after_a_hidden_start(
    loading: WindowRun, on_qt: Callable[[Coroutine[Any, Any, int]], int], qapp: QApplication, expect_log: Any
) -> None:
    expect_log("could not start")
    loading.tray.is_there = True

    async def live() -> int:
        application = Application(qapp, loading.desk())

        async def refused() -> Client:
            raise OSError("no room")

        program = asyncio.ensure_future(application.run(refused, stop=asyncio.Event(), is_hidden=True))
        await until(loading.dialog)
        assert application.window.isVisible()
        dialog = loading.dialog()
        assert dialog is not None
        dialog.reject()
        return await program

    assert on_qt(live()) == 1
