"""What the add window asks for: folders looked at in a worker, a folder dialog, trackers handed to the engine."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QDialog, QFileDialog

from shoal.api.commands import AddTrackers
from shoal.api.details import SwarmLookup
from shoal.api.errors import UserError
from shoal.gui.dialogs.torrent_preview import TorrentPreview
from shoal.gui.link.awaitable import ask
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.wording import say
from shoal.runtime.folder_facts import FolderFacts, holds_all

LookAt = Callable[[str], FolderFacts]
"""The facts of a folder; blocks, so it is called in a worker."""
LOOK_SECONDS = 15.0
"""How long a folder may take: longer, and its drive is taken for gone."""


class WindowDesk:
    """The `AddDesk` of the main window."""

    def __init__(
        self, link: ClientLink, background: Background, look_at: LookAt, may_ask_trackers: Callable[[], bool]
    ) -> None:
        self._link = link
        self._may_ask_trackers = may_ask_trackers
        self._background = background
        self._look_at = look_at

    @property
    def may_ask_trackers(self) -> bool:
        return self._may_ask_trackers()

    def start(self, work: Coroutine[Any, Any, None], owner: QObject) -> asyncio.Task[None] | None:
        return self._link.run(work, owner)

    async def look(self, folder: str) -> FolderFacts | None:
        try:
            # Not wait_for, which lets a cancelled task go on where the answer has just come (Python 3.11).
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._background.run(lambda: self._look_at(folder))
        except TimeoutError:
            return None

    async def holds(self, preview: TorrentPreview, folder: str) -> bool:
        try:
            async with asyncio.timeout(LOOK_SECONDS):
                return await self._background.run(lambda: holds_all(folder, preview.content()))
        except TimeoutError:
            return False

    async def choose_folder(self, parent: QDialog, folder: str) -> str | None:
        chooser = QFileDialog(parent, say("Save in"), folder)
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chosen = await ask(chooser, chooser.selectedFiles)
        return chosen[0] if chosen else None

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        try:
            return await self._link.look_up_swarm(trackers, info_hash_hex)
        except UserError:
            return SwarmLookup()  # the engine has ended

    async def add_trackers(self, torrent_id: str, urls: tuple[str, ...]) -> bool:
        try:
            await self._link.execute(AddTrackers(torrent_id, urls))
        except UserError as error:
            self._link.refused.emit(error.reason)
            return False
        return True
