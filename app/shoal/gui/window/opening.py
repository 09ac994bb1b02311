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
from shoal.gui.style.theme import Theme

_PROGRAM_ENDINGS = """
action air apk app appimage application appref-ms bash bat bundle cmd com command cpl csh deb desktop elf exe flatpak
flatpakref fish gadget hta inf ins ipa jar js jse ksh lnk msc msi msix msp mst osx out pif pkg pl ps1 ps1xml ps2 psc1 py
pyc pyw rb reg rpm run scf scpt scr sct sh shb shs snap sys tcl terminal url vb vbe vbs webloc wine workflow ws wsc wsf
wsh xbe zsh
"""
PROGRAMS = frozenset(_PROGRAM_ENDINGS.split())
"""Endings of what a double-click could run."""


def is_program(row: TorrentRow) -> bool:
    """True when opening its content could start a program."""
    name = PurePath(row.content_path.replace("\\", "/")).name
    suffix = name.rpartition(".")[2].lower() if "." in name else ""
    if suffix in PROGRAMS:
        return True
    # A single file without an ending may be anything; a folder may be called as it likes.
    return not suffix and PurePath(row.largest_file_name.replace("\\", "/")).name == name and row.file_count == 1


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
