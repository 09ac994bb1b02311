"""Start and end of the program: an engine that cannot open, saving that fails, errors from nowhere."""

from __future__ import annotations

import asyncio
import errno
import gc
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication, QLabel
from tests.gui.conftest import GIVE_UP_SECONDS, WindowRun, until
from tests.support.fake_client import FakeClient
from tests.support.log_watch import LogWatch

from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.store import StoreNote


def test_an_engine_that_cannot_open_is_explained_and_ends_the_program(
    run: WindowRun, on_qt: Callable[[Any], Any], qapp: QApplication, expect_log: LogWatch
) -> None:
    expect_log("could not start")

    async def live() -> int:
        application = Application(qapp, run.desk())

        async def refused() -> Client:
            raise UserError("profile-in-use", path="/x")

        program = asyncio.ensure_future(application.run(refused, stop=asyncio.Event()))
        await until(run.dialog)
        dialog = run.dialog()
        assert dialog is not None
        assert "Another Shoal is running with this profile" in " ".join(
            label.text() for label in dialog.findChildren(QLabel)
        )
        dialog.reject()
        return await program

    assert on_qt(live()) == 1


def test_settings_that_cannot_be_saved_are_told_once_until_they_can(run: WindowRun, expect_log: LogWatch) -> None:
    expect_log("could not be saved")
    tries: list[InterfaceSettings] = []

    def refuse(settings: InterfaceSettings) -> None:
        tries.append(settings)
        if len(tries) != 3:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    run.save = refuse

    async def story(application: Application) -> None:
        told: list[str] = []
        application.window.notices.say = told.append  # type: ignore[method-assign]
        for number, count in enumerate((1, 1, 1, 2), start=1):
            application.memory.remember(last_folder=f"/elsewhere/{number}")
            await until(lambda tried=number: len(tries) == tried and not application.keeper.is_busy)  # type: ignore[misc]
            assert len(told) == count
        assert told[0] == f"Settings cannot be saved ({os.strerror(errno.ENOSPC)}). They hold until you quit Shoal."

    assert run.play(story) == 0


def test_an_error_in_a_slot_is_logged_and_shown(run: WindowRun, expect_log: LogWatch) -> None:
    expect_log("unexpected error")
    former = sys.excepthook

    async def story(application: Application) -> None:
        error = RuntimeError("in a slot")
        sys.excepthook(RuntimeError, error, None)
        await until(run.dialog)
        dialog = run.dialog()
        assert dialog is not None
        dialog.reject()
        await until(lambda: run.dialog() is None)

    run.play(story)
    assert sys.excepthook is former


def test_closing_the_window_while_the_engine_opens_ends_the_program(
    run: WindowRun, on_qt: Callable[[Any], Any], qapp: QApplication
) -> None:
    async def live() -> int:
        application = Application(qapp, run.desk())

        async def never() -> Client:
            application.window.close()
            await asyncio.Event().wait()
            raise AssertionError

        return await application.run(never, stop=asyncio.Event())

    assert on_qt(live()) == 0


def test_a_signal_ends_the_program_that_tells_why_it_cannot_start(
    run: WindowRun, on_qt: Callable[[Any], Any], qapp: QApplication, expect_log: LogWatch
) -> None:
    expect_log("could not start")

    async def live() -> int:
        application, stop = Application(qapp, run.desk()), asyncio.Event()

        async def broken() -> Client:
            raise LookupError("nobody thought of it")

        program = asyncio.ensure_future(application.run(broken, stop=stop))
        await until(run.dialog)
        stop.set()
        return await program

    assert on_qt(live()) == 1
    assert run.dialog() is None


def test_an_engine_that_fails_to_close_leaves_no_trace(
    run: WindowRun, expect_log: LogWatch, recwarn: pytest.WarningsRecorder
) -> None:
    expect_log("did not close cleanly")

    class Failing(FakeClient):
        async def close(self) -> None:
            sys.excepthook(RuntimeError, RuntimeError("too late to be shown"), None)
            raise OSError("no space left")

    expect_log("unexpected error")
    run.client = Failing()

    async def story(application: Application) -> None:
        application.window.close()

    assert run.play(story) == 0
    gc.collect()
    assert [str(warning.message) for warning in recwarn if "never awaited" in str(warning.message)] == []


def test_notices_of_the_start_are_in_the_window(run: WindowRun) -> None:
    run.notices = (StoreNote("damaged", "The file is damaged.", "/p/engine.json"),)

    async def story(application: Application) -> None:
        notices = application.window.notices
        assert notices.isVisible()
        assert any("Settings were damaged" in label.text() for label in notices.findChildren(QLabel))

    run.play(story)


def test_a_disk_that_does_not_take_the_settings_does_not_hold_the_end(
    run: WindowRun, expect_log: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_log("could not be saved within")
    monkeypatch.setattr("shoal.gui.link.memory_keeper.END_SECONDS", 0.05)
    hung = threading.Event()
    run.save = lambda settings: hung.wait(GIVE_UP_SECONDS) and None

    async def story(application: Application) -> None:
        application.memory.remember(last_folder="/elsewhere")

    assert run.play(story) == 0
    hung.set()
