"""Opening what was downloaded: finished files with the program that the system has for them, folders, never a program.

What is dangerous to open is told by its name alone: the disk is not asked on the window's thread.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import PurePath

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QWidget

from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.questions import OPEN_FOLDER, program_dialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.runnable import is_runnable
from shoal.gui.style.theme import Theme


def is_program(row: TorrentRow) -> bool:
    """True when opening its content could start a program."""
    name = PurePath(row.content_path.replace("\\", "/")).name
    is_file = PurePath(row.largest_file_name.replace("\\", "/")).name == name and row.file_count == 1
    return is_runnable(name, is_folder=not is_file)


class Opener:
    """`expand` shows a transfer that is not finished on a full page."""

    def __init__(
        self, theme: Theme, parent: QWidget, link: ClientLink, turns: Turns, *, expand: Callable[[str], None]
    ) -> None:
        self._theme, self._parent, self._link, self._turns = theme, parent, link, turns
        self._expand = expand

    def open(self, row: TorrentRow) -> None:
        """Its content when it is finished, else its details."""
        if not row.is_complete or not row.content_path:
            self._expand(row.torrent_id)
        elif is_program(row):
            self._link.run(self._ask(row), self._parent)
        else:
            open_path(row.content_path)

    def open_folders(self, rows: Iterable[TorrentRow]) -> None:
        """The folder of each, once."""
        for folder in dict.fromkeys(row.folder for row in rows):
            open_path(folder)

    async def _ask(self, row: TorrentRow) -> None:
        dialog = program_dialog(self._theme, self._parent, PurePath(row.content_path).name)
        if await self._turns.ask(dialog, lambda: dialog.chosen) == OPEN_FOLDER:
            open_path(row.folder)


def open_path(path: str) -> None:
    """Hand `path` to the system."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))
