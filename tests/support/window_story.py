"""Stories of the whole desktop program in this process: its real window offscreen over the real engine on loopback."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QModelIndex, QObject
from PySide6.QtWidgets import QApplication, QDialog, QMenu, QPushButton
from shiboken6 import isValid

from shoal.api.client import Client
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.files import FilesTab
from shoal.gui.models.file_tree import FileTreeModel
from shoal.gui.window.main_window import MainWindow
from shoal.launch import desktop
from shoal.settings.engine_settings import EngineSettings

D = TypeVar("D", bound=QDialog)
T = TypeVar("T", bound=QObject)
LOOPBACK = EngineSettings(listen_hosts="127.0.0.1")
PATIENCE_SECONDS = 30.0
STORY_SECONDS = 100.0


async def until(condition: Callable[[], object], what: str, seconds: float = PATIENCE_SECONDS) -> None:
    """Let the window and the engine work until `condition` holds; TimeoutError says `what` did not happen."""
    clock = asyncio.get_running_loop().time
    end = clock() + seconds
    while not condition():
        if clock() > end:
            raise TimeoutError(f"within {seconds:g} s: {what}")
        await asyncio.sleep(0.01)


class WindowStory:
    """One run of the program, as `on_ready` hands it over."""

    def __init__(self, app: QApplication, window: MainWindow, client: Client) -> None:
        self.app, self.window, self.client = app, window, client

    def row(self, torrent_id: str) -> TorrentRow:
        """As the table shows it; it must be in the list."""
        row = self.window.model.row_of(torrent_id)
        assert row is not None
        return row

    async def until_row(self, torrent_id: str, holds: Callable[[TorrentRow], object], what: str) -> TorrentRow:
        """Wait until the table has the row and `holds` is true of it."""

        def is_so() -> object:
            row = self.window.model.row_of(torrent_id)
            return row is not None and holds(row)

        try:
            await until(is_so, what)
        except TimeoutError as error:
            error.add_note(f"the row: {self.window.model.row_of(torrent_id)}")
            raise
        return self.row(torrent_id)

    async def dialog(self, kind: type[D]) -> D:
        """The dialog of that kind, once it is open."""

        def shown() -> D | None:
            dialogs = (widget for widget in self.app.topLevelWidgets() if isinstance(widget, kind))
            return next((dialog for dialog in dialogs if dialog.isVisible()), None)

        await until(shown, f"{kind.__name__} opens")
        found = shown()
        assert found is not None
        return found

    async def closed(self, dialog: QDialog) -> None:
        """Wait until `dialog` is gone."""
        await until(lambda: not isValid(dialog) or not dialog.isVisible(), "the dialog closes")

    async def open_tab(self, name: str, kind: type[T]) -> T:
        """Show a tab of the details."""
        self.window.actions_of_window.details.setChecked(True)
        self.window.details.open_tab(name)
        tab = self.window.details.tab(name)
        assert isinstance(tab, kind)
        return tab

    async def file(self, tab: FilesTab, name: str) -> QModelIndex:
        """The row of a file in the tab of files, once it is listed, and current."""
        await until(lambda: tab.model is not None and row_of_file(tab.model, name).isValid(), f"{name} is listed")
        assert tab.model is not None
        assert tab.tree is not None
        index = row_of_file(tab.model, name)
        tab.tree.setCurrentIndex(index)
        return index


def row_of_file(model: FileTreeModel, name: str, below: QModelIndex | None = None) -> QModelIndex:
    """Where a tree has the file or folder `name`; an invalid index when it has none."""
    parent = below or QModelIndex()
    for at in range(model.rowCount(parent)):
        index = model.index(at, 0, parent)
        if model.name(index) == name:
            return index
        found = row_of_file(model, name, index) if model.is_folder(index) else QModelIndex()
        if found.isValid():
            return found
    return QModelIndex()


def press(dialog: QDialog, begins: str) -> None:
    """Click the button whose words begin so."""
    next(button for button in dialog.findChildren(QPushButton) if button.text().startswith(begins)).click()


def choose(menu: QMenu | None, name: str) -> None:
    """Trigger the entry of a context menu that is called so."""
    assert menu is not None
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.close()


def run_story(app: QApplication, place: Path, story: Callable[[WindowStory], Awaitable[None]], *sources: str) -> None:
    """Start the program on the profile below `place`, play `story`, close its window as a person does."""

    async def play(window: MainWindow, client: Client) -> None:
        async with asyncio.timeout(STORY_SECONDS):
            # Room for all that is looked at, whatever screen the tests run on.
            window.resize(1280, 800)
            await story(WindowStory(app, window, client))

    code = desktop.run_desktop(
        list(sources),
        str(place / "profile"),
        on_ready=play,
        stay=False,
        downloads=str(place / "downloads"),
        settings=LOOPBACK,
    )
    assert code == 0
