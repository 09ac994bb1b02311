"""Shift+F10 opens the context menu of whatever has the focus."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QWidget
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.gui.application import Application
from shoal.gui.details.files import FilesTab

A = "a" * 40


@pytest.fixture
def one(run: WindowRun) -> WindowRun:
    run.client = FakeClient({A: row(A, name="Alpha")})
    return run


async def menu_of(widget: QWidget) -> list[str]:
    """What the menu that Shift+F10 opens on `widget` offers; it is closed again."""
    widget.window().activateWindow()
    widget.setFocus()
    print(
        widget,
        widget.isVisible(),
        widget.window(),
        QApplication.activeWindow(),
        QApplication.focusWidget(),
        widget.focusProxy(),
        widget.isEnabled(),
        widget.focusPolicy(),
    )
    await until(lambda: QApplication.focusWidget() is widget)
    QTest.keyClick(widget, Qt.Key.Key_F10, Qt.KeyboardModifier.ShiftModifier)
    await until(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    names = [action.text().replace("&", "") for action in menu.actions()]
    menu.close()
    await until(lambda: QApplication.activePopupWidget() is None)
    return names


def test_on_the_transfers_and_on_their_files(one: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.list.select_ids([A])
        assert "Start" in await menu_of(window.list)
        window.details.open_tab("files")
        files = window.details.tab("files")
        assert isinstance(files, FilesTab)
        await until(lambda: files.tree is not None and files.tree.isVisible())
        assert files.tree is not None
        files.tree.setCurrentIndex(files.tree.model().index(0, 0))
        assert "Open" in await menu_of(files.tree)

    one.play(story)
