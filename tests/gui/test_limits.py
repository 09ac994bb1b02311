"""Limits and order: two clicks on the status bar or in the menu of a row, and the engine is told."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.commands import SetLimits, SetOrder
from shoal.api.snapshots import SessionTotals
from shoal.gui.application import Application
from shoal.gui.dialogs.limit import LimitDialog
from shoal.gui.window.limits import Direction

A, B = "a" * 40, "b" * 40


@pytest.fixture
def two(run: WindowRun) -> WindowRun:
    rows = (row(A, name="Alpha", up_limit=50_000), row(B, name="Beta", queue_position=2, sequential=True))
    totals = SessionTotals(down_rate=4.8e6, up_limit=1_200_000)
    run.client = FakeClient({entry.torrent_id: entry for entry in rows}, totals)
    return run


async def session_menu(run: WindowRun, application: Application, direction: Direction) -> QMenu:
    chip = application.window.status.rates[direction]
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=QPoint(5, 5))
    await until(lambda: isinstance(run.app.activePopupWidget(), QMenu))
    menu = run.app.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def named(menu: QMenu, text: str) -> QAction:
    return next(action for action in menu.actions() if action.text() == text)


def submenu(menu: QMenu, text: str) -> QMenu:
    found = named(menu, text).menu()
    assert isinstance(found, QMenu)
    found.aboutToShow.emit()
    found.aboutToHide.emit()
    return found


def ticked(menu: QMenu) -> list[str]:
    return [action.text() for action in menu.actions() if action.isChecked()]


def test_a_click_on_a_rate_offers_limits_around_it(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        menu = await session_menu(two, application, Direction.DOWN)
        texts = [action.text() for action in menu.actions() if not action.isSeparator()]
        steps = ["2.0 MB/s", "3.0 MB/s", "5.0 MB/s", "7.5 MB/s", "10.0 MB/s"]
        assert texts == ["No limit", *steps, "Other…"]
        assert ticked(menu) == ["No limit"]
        named(menu, "3.0 MB/s").trigger()
        menu.close()
        await until(lambda: two.client.commands == [SetLimits(None, down=3_000_000)])
        menu = await session_menu(two, application, Direction.UP)
        assert ticked(menu) == ["1.2 MB/s"]
        named(menu, "No limit").trigger()
        menu.close()
        await until(lambda: two.client.commands[1:] == [SetLimits(None, up=0)])

    two.play(story)


def test_the_rate_is_reached_by_keyboard_and_says_its_limit(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        chip = application.window.status.rates[Direction.UP]
        assert chip.accessibleName() == "0 B/s of 1.2 MB/s. Upload limit"
        assert chip.focusPolicy() & Qt.FocusPolicy.TabFocus
        QTest.keyClick(chip, Qt.Key.Key_Space)
        await until(lambda: isinstance(two.app.activePopupWidget(), QMenu))
        two.app.activePopupWidget().close()

    two.play(story)


def test_another_limit_is_typed(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        menu = await session_menu(two, application, Direction.UP)
        named(menu, "Other…").trigger()
        menu.close()
        await until(lambda: isinstance(two.dialog(), LimitDialog))
        dialog = two.dialog()
        assert isinstance(dialog, LimitDialog)
        assert dialog.field.text() == "1.2 MB/s"
        dialog.field.setText("fast")
        assert not dialog.accept_button.isEnabled()
        dialog.field.setText("640 kB/s")
        QTest.mouseClick(dialog.accept_button, Qt.MouseButton.LeftButton)
        await until(lambda: two.client.commands == [SetLimits(None, up=640_000)])

    two.play(story)


def test_the_selected_transfers_have_their_own_limits(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        menu = window.list.context_menu()
        assert menu is not None
        limits = named(menu, "Limits for this transfer").menu()
        assert isinstance(limits, QMenu)
        assert ticked(submenu(limits, "Upload")) == ["50 kB/s"]
        window.list.select_ids([A, B])
        up = submenu(limits, "Upload")
        assert ticked(up) == []
        named(up, "1.0 MB/s").trigger()
        await until(lambda: two.client.commands == [SetLimits(A, up=1_000_000), SetLimits(B, up=1_000_000)])
        assert ticked(submenu(limits, "Download")) == ["No limit"]
        menu.close()

    two.play(story)


def test_limits_and_order_need_a_selection(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        menu = window.list.context_menu()
        assert menu is not None
        menu.aboutToShow.emit()
        menu.aboutToHide.emit()
        assert not named(menu, "Limits for this transfer").isEnabled()
        assert not named(menu, "Load in order").isEnabled()
        window.list.select_ids([A])
        menu.aboutToShow.emit()
        menu.aboutToHide.emit()
        assert named(menu, "Limits for this transfer").isEnabled()
        menu.close()

    two.play(story)


def test_loading_in_order_is_ticked_and_set(two: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, action = application.window, application.window.actions_of_window.in_order
        window.list.select_ids([B])
        assert action.isChecked()
        window.list.select_ids([A, B])
        assert not action.isChecked()
        action.trigger()
        await until(lambda: two.client.commands == [SetOrder(A, sequential=True), SetOrder(B, sequential=True)])
        two.client.push(replace(two.client.rows[A], sequential=True))
        await until(lambda: window.model.row_of(A).sequential)  # type: ignore[union-attr]
        assert action.isChecked()

    two.play(story)
