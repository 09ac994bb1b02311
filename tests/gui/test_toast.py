"""What is said in passing stays long enough to be read, reached and taken back."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.gui.application import Application
from shoal.gui.style.theme import Theme
from shoal.gui.widgets import toast as toast_module
from shoal.gui.widgets.toast import SHOWN_MILLISECONDS, Toast

ID = "a" * 40


@pytest.fixture
def toast(theme: Theme) -> Iterator[Toast]:
    over = QWidget()
    over.resize(800, 600)
    over.show()
    yield Toast(theme, over)
    over.deleteLater()


def enter(toast: Toast) -> None:
    QApplication.sendEvent(toast, QEnterEvent(QPointF(5, 5), QPointF(5, 5), QPointF(5, 5)))


def leave(toast: Toast) -> None:
    QApplication.sendEvent(toast, QEvent(QEvent.Type.Leave))


def test_what_can_be_taken_back_stays_ten_seconds(toast: Toast) -> None:
    toast.say("Removed", "Undo", lambda: None)
    assert SHOWN_MILLISECONDS >= 10_000
    assert toast._timer.isActive()
    assert toast._timer.interval() == SHOWN_MILLISECONDS
    toast._timer.timeout.emit()
    assert toast.text == ""


def test_its_time_stands_still_below_the_pointer_and_runs_anew_after_it(toast: Toast) -> None:
    toast.say("Removed", "Undo", lambda: None)
    enter(toast)
    assert not toast._timer.isActive()
    leave(toast)
    assert toast._timer.isActive()
    assert toast._timer.interval() == SHOWN_MILLISECONDS


def test_a_sentence_without_a_button_waits_for_one_that_has_it(toast: Toast, qapp: QApplication) -> None:
    toast.say("Removed", "Undo", lambda: None)
    toast.say("3 names copied")
    assert (toast.text, toast.button.text()) == ("Removed", "Undo")
    toast.say("Label taken", "Undo", lambda: None)
    assert toast.text == "Label taken"
    toast.say("2 names copied")
    toast.say("1 name copied")
    toast._timer.timeout.emit()
    qapp.processEvents()
    assert (toast.text, toast.button.isVisible()) == ("1 name copied", False)


def test_it_is_announced(toast: Toast, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(toast_module, "announce", lambda widget, text: told.append(text))
    toast.say("Removed", "Undo", lambda: None)
    toast.say("Copied")
    assert told == ["Removed", "Copied"]
    face = QAccessible.queryAccessibleInterface(toast)
    assert face is not None
    assert face.text(QAccessible.Text.Name) == "Removed"


def test_it_is_reached_and_used_by_keyboard_alone(run: WindowRun) -> None:
    run.client.rows[ID] = row(ID, name="Album")
    pressed: list[bool] = []

    async def story(application: Application) -> None:
        window = application.window
        window.activateWindow()
        await until(window.isActiveWindow)
        window.toast.say("Removed", "Undo", lambda: pressed.append(True))
        for _ in range(8):
            QTest.keyClick(QApplication.focusWidget() or window, Qt.Key.Key_F6)
            if window.toast.button.hasFocus():
                break
        assert window.toast.button.hasFocus()
        await until(lambda: not window.toast._timer.isActive())
        assert window.toast.text == "Removed"
        QTest.keyClick(window.toast.button, Qt.Key.Key_Space)
        assert window.toast.text == ""

    run.play(story)
    assert pressed == [True]


def test_it_lies_at_the_foot_of_the_list_and_above_a_full_page(run: WindowRun) -> None:
    """The last lines of the details stay in sight."""
    run.client = FakeClient({ID: row(ID, peers=3, sending_peers=2)})

    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([ID])
        await until(window.details.isVisible)
        window.toast.say("Stopped 3 transfers.", "Undo", lambda: None)
        top = window.details.mapTo(window.frame, QPoint(0, 0)).y()
        await until(lambda: 0 < window.toast.geometry().bottom() < top)
        window.set_full_page(True)
        await until(lambda: not window.frame.upper.isVisible())
        await until(lambda: window.toast.geometry().bottom() > top)
        window.toast.say("Stopped 4 transfers.", "Undo", lambda: None)
        pages = window.details.pages
        await until(lambda: pages.mapTo(window.frame, QPoint(0, pages.height())).y() <= window.toast.geometry().top())
        window.toast.hide()
        await until(lambda: window.details.contentsMargins().bottom() == 0)
        assert not window.toast.isVisible()

    run.play(story)
