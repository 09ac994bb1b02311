"""The watch folder of the settings: what appears there is added, or asked about, as they say."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject

from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.desktop.watch_folder import TakeError, WatchFolder
from shoal.gui.desktop.watched_files import PutAway, Trash
from shoal.gui.dialogs.add_entry import AddChoice
from shoal.gui.dialogs.torrent_preview import PreviewError, load_preview
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.wording import say
from shoal.gui.window.adding import Adder

_KEYS = frozenset({"watch_folder", "watch_action"})


class Watching(QObject):
    """Follows the settings; what appears before the engine is open waits for it."""

    def __init__(
        self,
        parent: QObject,
        link: ClientLink,
        background: Background,
        memory: Memory,
        adder: Adder,
        *,
        row_of: Callable[[str], TorrentRow | None],
        tell: Callable[[str], None],
        trash: Trash,
    ) -> None:
        super().__init__(parent)
        self._link, self._background, self._memory, self._adder = link, background, memory, adder
        self._row_of = row_of
        self.folder = WatchFolder(
            background,
            take=self._take,
            start=lambda work: link.run(work, self),
            tell=tell,
            trash=trash,
            parent=self,
        )
        memory.remembered.connect(self._on_settings)
        self._follow()

    def _on_settings(self, keys: frozenset[str]) -> None:
        if keys & _KEYS:
            self._follow()

    def _follow(self) -> None:
        settings = self._memory.settings
        self.folder.watch(settings.watch_folder, PutAway(settings.watch_action))

    async def _take(self, path: str) -> bool:
        """True when it is in the list now, or was there already."""
        try:
            preview = await self._background.run(lambda: load_preview(path))
        except PreviewError as error:
            raise TakeError(str(error)) from error
        if not preview.can_download:
            raise TakeError(say("It is a version 2 torrent, which Shoal cannot download yet."))
        await self._link.has_all_rows()
        if self._row_of(preview.torrent_id) is not None:
            return True
        folder = self._adder.folder()
        free = await self._adder.free_bytes(folder)
        settings = self._memory.settings
        is_large = 0 < settings.ask_above_bytes < preview.size
        if settings.watch_asks or is_large or (free is not None and preview.size > free):
            await self._adder.ask_about(path)
            return await self._is_listed(preview.torrent_id)
        try:
            await self._link.execute(AddChoice(preview, folder).command())
        except UserError as error:
            if error.code != "already-here":
                raise TakeError(user_error_text(error.reason)) from error
        return True

    async def _is_listed(self, torrent_id: str) -> bool:
        """Asked of the engine: the row comes with the next update."""
        try:
            await self._link.details(torrent_id, frozenset())
        except UserError:
            return False
        return True
