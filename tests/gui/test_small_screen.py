"""At 200 % text a screen of 1366 x 768 has room for 683 x 384: all of the window and of its dialogs can be reached."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import QLabel, QScrollArea, QStackedWidget
from pytestqt.qtbot import QtBot
from tests.gui.conftest import WindowRun

from shoal.gui.application import Application
from shoal.gui.style import screen_room
from shoal.gui.widgets import in_room
from shoal.gui.window import layout_memory

SMALL = QSize(683, 384)


@pytest.fixture
def small_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (screen_room, in_room, layout_memory):
        monkeypatch.setattr(module, "screen_room", lambda: SMALL)


@pytest.mark.usefixtures("small_screen")
def test_the_window_is_no_larger_than_a_small_screen(run: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        least = window.minimumSize().expandedTo(window.minimumSizeHint())
        assert least.boundedTo(SMALL) == least
        window.resize(SMALL)
        assert window.size() == SMALL

    run.play(story)


@pytest.mark.usefixtures("small_screen")
def test_what_is_too_wide_is_scrolled_sideways(qtbot: QtBot) -> None:
    body = QLabel("wide")
    body.setMinimumSize(900, 100)
    stack = QStackedWidget()
    qtbot.addWidget(stack)
    in_room.put_in_room(stack, body)
    stack.resize(683, 120)
    stack.show()
    area = stack.widget(0)
    assert isinstance(area, QScrollArea)
    assert area.minimumSizeHint().boundedTo(SMALL) == area.minimumSizeHint()
    assert area.horizontalScrollBar().maximum() > 0
