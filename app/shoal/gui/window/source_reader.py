"""From what was dropped, typed or forwarded to what it holds: files and web addresses, bounded in time and size."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QWidget

from shoal.api.errors import UserError
from shoal.gui.dialogs.link_preview import LinkPreview, read_link
from shoal.gui.dialogs.torrent_preview import PreviewError, TorrentPreview, fetched_preview, load_preview
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.style.fetch_failures import fetch_failure
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import isolated, say
from shoal.gui.window.sources import Source, SourceKind, classify
from shoal.gui.window.web_source import Fetch, fetch_shown, host_of, short_address, whole_address
from shoal.metainfo.torrent_file import MAX_METAINFO_BYTES

READ_SECONDS = 15.0
"""How long a file may take: longer, and its network drive is taken for gone."""


class SourceReader:
    """Reads one source at a time; a slow web address shows a dialog that gives up on it."""

    def __init__(self, theme: Theme, parent: QWidget, background: Background, turns: Turns, fetch: Fetch) -> None:
        self._theme = theme
        self._parent = parent
        self._background = background
        self._turns = turns
        self._fetch = fetch

    async def read(self, text: str) -> TorrentPreview | None:
        """What the source holds, None when the user gave up on it. Raises PreviewError."""
        match classify(text):
            case Source(SourceKind.FILE, path):
                try:
                    return await asyncio.wait_for(self._background.run(lambda: load_preview(path)), READ_SECONDS)
                except TimeoutError as error:
                    name = isolated(Path(path).name)
                    text = say("{name} takes too long to read. Its drive may be gone. Nothing was added.", name=name)
                    raise PreviewError(say("Cannot read the file"), text) from error
            case Source(SourceKind.WEB, address):
                asked = self._from_web(address)
                return await fetch_shown(self._theme, self._parent, self._turns, asked, address)
            case _:
                raise PreviewError(say("This cannot be opened"), say("It is no torrent file. Nothing was added."))

    async def read_link(self, text: str) -> LinkPreview:
        """What a magnet link says of itself. Raises PreviewError."""
        return await self._background.run(lambda: read_link(text))

    async def read_quietly(self, text: str) -> TorrentPreview:
        """As `read`, without a dialog. Raises PreviewError."""
        source = classify(text)
        if source is not None and source.kind is SourceKind.WEB:
            return await self._from_web(source.text)
        preview = await self.read(text)
        assert preview is not None
        return preview

    async def _from_web(self, address: str) -> TorrentPreview:
        host, shown = host_of(address), whole_address(address)
        try:
            data = await self._fetch(address, MAX_METAINFO_BYTES)
        except UserError as error:
            why = fetch_failure(error.reason, host)
            raise PreviewError(why.title, why.text, address=shown, may_pass=why.may_pass) from error
        return await self._background.run(lambda: fetched_preview(data, host, shown))


def is_magnet(source: str) -> bool:
    """True for a magnet link."""
    found = classify(source)
    return found is not None and found.kind is SourceKind.MAGNET


def is_web(source: str) -> bool:
    """True for an http or https address."""
    found = classify(source)
    return found is not None and found.kind is SourceKind.WEB


def name_of(source: str) -> str:
    """What a sentence calls it; of an address the last part of its path, else its host."""
    match classify(source):
        case Source(SourceKind.FILE, path):
            return isolated(Path(path).name or path)
        case Source(SourceKind.WEB, address):
            return short_address(address)
        case Source(SourceKind.MAGNET, _):
            return say("a magnet link")
        case _:
            return isolated(source)
