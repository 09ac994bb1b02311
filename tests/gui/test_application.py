"""Start and end of the program: an engine that cannot open, saving that fails, errors from nowhere."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable
from typing import Any

from PySide6.QtWidgets import QApplication, QLabel
from tests.gui.conftest import WindowRun, until
from tests.support.log_watch import LogWatch

from shoal.api.client import Client
from shoal.api.errors import UserError
from shoal.gui.application import Application, Desk
from shoal.gui.style.resources import resources_folder
from shoal.settings.interface_settings import InterfaceSettings


def test_an_engine_that_cannot_open_is_explained_and_ends_the_program(
    run: WindowRun, on_qt: Callable[[Any], Any], qapp: QApplication, expect_log: LogWatch
) -> None:
    expect_log("could not start")

    async def live() -> int:
        desk = Desk(resources_folder(), InterfaceSettings(), run.saved.append, lambda folder: None, "/downloads")
        application = Application(qapp, desk)

        async def refused() -> Client:
            raise UserError("state-refused", path="/x")

        program = asyncio.ensure_future(application.run(refused, stop=asyncio.Event()))
        await until(run.dialog)
        dialog = run.dialog()
        assert dialog is not None
        assert "Another Shoal may be using it" in " ".join(label.text() for label in dialog.findChildren(QLabel))
        dialog.reject()
        return await program

    assert on_qt(live()) == 1


def test_settings_that_cannot_be_saved_are_logged_and_nothing_else(run: WindowRun, expect_log: LogWatch) -> None:
    expect_log("could not be saved")

    def refuse(settings: InterfaceSettings) -> None:
        raise OSError("disk full")

    run.save = refuse

    async def story(application: Application) -> None:
        application.memory.remember(last_folder="/elsewhere")

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
