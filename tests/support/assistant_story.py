"""The assistant as a person meets it: waited for, driven by keys, and what came of it."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid
from tests.gui.conftest import WindowRun, until

from shoal.api.commands import ChangeSettings
from shoal.gui.application import Application
from shoal.gui.wizard.assistant import Assistant

Story = Callable[[Application, Assistant], Coroutine[Any, Any, None]]


async def shown(application: Application) -> Assistant:
    """The assistant, once it is open."""

    def is_shown() -> bool:
        assistant = application.assisting.assistant
        return assistant is not None and assistant.isVisible() and assistant.isActiveWindow()

    await until(is_shown)
    found = application.assisting.assistant
    assert found is not None
    return found


def play(run: WindowRun, story: Story, *sources: str) -> None:
    async def live(application: Application) -> None:
        await story(application, await shown(application))

    assert run.play(live, *sources) == 0


async def closed(assistant: Assistant) -> None:
    await until(lambda: not (isValid(assistant) and assistant.isVisible()))


def focused() -> QWidget:
    widget = QApplication.focusWidget()
    assert widget is not None
    return widget


def type_keys(text: str) -> None:
    QTest.keyClicks(focused(), text)


def press_key(key: Qt.Key) -> None:
    QTest.keyClick(focused(), key)


def settings_changes(run: WindowRun) -> dict[str, object]:
    """What the engine was told to change."""
    return {key: value for one in run.client.commands if isinstance(one, ChangeSettings) for key, value in one.changes}
