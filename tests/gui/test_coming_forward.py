"""What asks the window to come forward, and what it does then."""

from __future__ import annotations

import os

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WindowRun, until

from shoal.gui.application import Application, Listening, Take
from shoal.gui.window import coming_forward
from shoal.gui.window.coming_forward import come_forward


def test_a_hidden_or_minimised_window_is_shown_and_active(qtbot: QtBot) -> None:
    window = QWidget()
    qtbot.addWidget(window)
    come_forward(window)
    qtbot.waitUntil(window.isActiveWindow)
    window.setWindowState(Qt.WindowState.WindowMinimized | Qt.WindowState.WindowMaximized)
    come_forward(window)
    assert window.isMaximized()
    assert not window.isMinimized()


def test_the_desktops_token_is_there_for_qt_and_only_then(qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str | None] = []
    window = QWidget()
    qtbot.addWidget(window)
    monkeypatch.setattr(window, "activateWindow", lambda: seen.append(os.environ.get("XDG_ACTIVATION_TOKEN")))
    come_forward(window, "token-5")
    assert seen == ["token-5"]
    assert coming_forward._TOKEN not in os.environ


def test_later_starts_are_heard_while_the_window_lives(run: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    takes: list[Take] = []
    closed: list[bool] = []

    class Ear:
        def close(self) -> None:
            closed.append(run.application is not None and run.application.window.isVisible())

    def listen(take: Take) -> Listening:
        takes.append(take)
        return Ear()

    async def story(application: Application) -> None:
        monkeypatch.setattr(application.window, "open_sources", opened.extend)
        application.window.hide()
        takes[0]([], "")
        await until(application.window.isVisible)
        takes[0](["/a.torrent", "magnet:?xt=urn:btih:00"], "")

    assert run.play(story, listen=listen) == 0
    assert opened == ["/a.torrent", "magnet:?xt=urn:btih:00"]
    assert closed == [True]
