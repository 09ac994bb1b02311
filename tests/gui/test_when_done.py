"""When all is done: the countdown, what ends it, and what comes after it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import WindowRun, opened, press, until, words
from tests.support.fake_client import row
from tests.support.fake_desktop import action, texts

from shoal.api.snapshots import Alert, TorrentState
from shoal.gui.application import Application
from shoal.gui.desktop.power import PowerAct, PowerError
from shoal.gui.dialogs.countdown import CountdownDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import phrase_count
from shoal.gui.window.when_done import Ending

A, B = "a" * 40, "b" * 40


@pytest.fixture
def loading(run: WindowRun) -> WindowRun:
    run.client.rows = {A: row(A, name="Debian", sending_peers=3, peers=3)}
    return run


def finish(run: WindowRun, torrent_id: str) -> None:
    done = replace(run.client.rows[torrent_id], wanted_done=1_000_000, state=TorrentState.SEEDING)
    run.client.push(done, alerts=(Alert("finished", torrent_id, {}),))


def test_the_computer_shuts_down_after_the_last_download(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        when_done = application.window.session.when_done
        when_done.choose(Ending.SHUT_DOWN)
        assert application.window.toast.text == "The computer will shut down when all downloads are done"
        finish(loading, A)
        dialog = await opened(loading, CountdownDialog)
        assert "shuts down in 60 seconds" in words(dialog)
        assert not dialog.isModal()
        await press(dialog, "Shut down now")

    assert loading.play_to_its_end(story) == 0
    assert loading.power.done == [PowerAct.SHUT_DOWN]


def test_the_countdown_comes_without_the_window_and_enter_cancels_it(loading: WindowRun) -> None:
    loading.tray.is_there = True

    async def story(application: Application) -> None:
        window, when_done = application.window, application.window.session.when_done
        loading.tray.choose("When all is done", "Send the computer to sleep")
        window.hide()
        finish(loading, A)
        loading.tray.open()
        dialog = await opened(loading, CountdownDialog)
        assert not window.isVisible()
        QTest.keyClick(dialog, Qt.Key.Key_Return)
        await until(lambda: loading.dialog() is None)
        await asyncio.sleep(0)
        assert when_done.choice is Ending.NOTHING
        assert loading.power.done == []

    loading.play(story)


def test_after_sleep_it_goes_on_and_the_choice_is_gone(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, when_done = application.window, application.window.session.when_done
        when_done.choose(Ending.SLEEP)
        finish(loading, A)
        await press(await opened(loading, CountdownDialog), "Sleep now")
        await until(lambda: loading.power.done == [PowerAct.SLEEP])
        assert window.isVisible()
        assert when_done.choice is Ending.NOTHING

    loading.play(story)


def test_more_to_download_puts_it_off(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        when_done = application.window.session.when_done
        when_done.choose(Ending.QUIT)
        finish(loading, A)
        await opened(loading, CountdownDialog)
        loading.client.push(row(B, name="Sintel"))
        await until(lambda: loading.dialog() is None)
        assert when_done.choice is Ending.QUIT
        finish(loading, B)
        await press(await opened(loading, CountdownDialog), "Quit now")

    assert loading.play_to_its_end(story) == 0


def test_what_is_stopped_by_hand_ends_nothing(loading: WindowRun) -> None:
    async def story(application: Application) -> None:
        when_done = application.window.session.when_done
        when_done.choose(Ending.QUIT)
        loading.client.push(replace(loading.client.rows[A], state=TorrentState.STOPPED, is_started=False))
        await until(lambda: "Everything is stopped" in application.window.status.state_text)
        assert loading.dialog() is None
        assert when_done.choice is Ending.QUIT
        when_done.choose(Ending.SLEEP)
        assert "after the next downloads" in application.window.toast.text

    loading.play(story)


def test_a_system_that_refuses_is_quoted(loading: WindowRun) -> None:
    loading.power.refuse = PowerError("Access denied")

    async def story(application: Application) -> None:
        application.window.session.when_done.choose(Ending.SHUT_DOWN)
        finish(loading, A)
        await press(await opened(loading, CountdownDialog), "Shut down now")
        message = await opened(loading, MessageDialog)
        assert "The computer cannot be shut down" in words(message)
        assert "The system says: Access denied." in words(message)
        assert application.window.isVisible()
        message.reject()

    loading.play(story)


def test_the_choice_is_ticked_in_the_menu_and_outlives_the_language(loading: WindowRun) -> None:
    loading.tray.is_there = True
    loading.language = ""
    loading.settings = replace(loading.settings, language="en")

    async def story(application: Application) -> None:
        loading.tray.choose("When all is done", "Quit Shoal")
        menu = loading.tray.submenu("When all is done")
        assert texts(menu) == ["Do nothing", "Quit Shoal", "Send the computer to sleep", "Shut the computer down"]
        assert action(menu, "Quit Shoal").isChecked()
        former = application.window
        application.set_language("de")
        await until(lambda: application.window is not former)
        assert application.window.session.when_done.choice is Ending.QUIT

    loading.play(story)


def test_the_countdown_accepts_itself_and_its_cross_cancels(theme: Theme, qapp: QApplication) -> None:
    words_ = phrase_count("{n} second", "{n} seconds")
    dialog = CountdownDialog(theme, None, "Done", words_, "Now", seconds=3, tick_milliseconds=1)
    dialog.show()
    results: list[int] = []
    dialog.finished.connect(results.append)
    while not results:
        qapp.processEvents()
    assert results == [CountdownDialog.DialogCode.Accepted.value]
    closed = CountdownDialog(theme, None, "Done", words_, "Now")
    closed.finished.connect(results.append)
    closed.show()
    closed.close()
    assert results[1:] == [CountdownDialog.DialogCode.Rejected.value]
    assert closed.seconds_left == 60
