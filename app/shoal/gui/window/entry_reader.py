"""What a source is to the list: a torrent to ask about, one that is there already, or why it can be neither."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shoal.api.commands import Detail
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.add_entry import CLOSE, TRY_AGAIN, AddEntry, AlreadyHere, Notice, entry_here
from shoal.gui.dialogs.link_preview import LinkPreview
from shoal.gui.dialogs.torrent_preview import PreviewError, TorrentPreview
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.wording import clean, isolated, say
from shoal.gui.window.source_reader import SourceReader, is_magnet, name_of


class EntryReader:
    """`row_of` answers the row of a torrent that is in the list."""

    def __init__(self, reader: SourceReader, link: ClientLink, row_of: Callable[[str], TorrentRow | None]) -> None:
        self._reader, self._link, self._row_of = reader, link, row_of

    async def entry(self, source: str, *, is_alone: bool) -> AddEntry | None:
        """None when the user gave up on it. A magnet link comes without its file list, which is to be asked for."""
        try:
            if is_magnet(source):
                return await self._link_entry(source, is_alone=is_alone)
            preview = await (self._reader.read(source) if is_alone else self._reader.read_quietly(source))
        except PreviewError as error:
            return AddEntry(name_of(source), notice=unread_notice(error), is_ticked=False, source=source)
        if preview is None:
            return None
        name = isolated(preview.name)
        if (here := await self.here(preview)) is not None:
            entry = entry_here(name, preview, here, is_alone=is_alone)
        elif not preview.can_download:
            entry = AddEntry(name, preview, _version_2_notice(is_alone=is_alone), is_ticked=False)
        else:
            entry = AddEntry(name, preview)
        entry.source = source
        return entry

    async def _link_entry(self, source: str, *, is_alone: bool) -> AddEntry:
        link = await self._reader.read_link(source)
        if (here := await self.here(link)) is not None:
            entry = entry_here(link.name, None, here, is_alone=is_alone)
        elif not link.can_download:
            entry = AddEntry(link.name, None, _version_2_notice(is_alone=is_alone), is_ticked=False)
        else:
            entry = AddEntry(link.name)
        entry.source, entry.link = source, link
        return entry

    async def here(self, preview: TorrentPreview | LinkPreview) -> AlreadyHere | None:
        """The transfer that it is already, with the trackers that only the new source names."""
        row = self._row_of(preview.torrent_id)
        file = preview if isinstance(preview, TorrentPreview) else None
        if row is None or (file is not None and not row.has_metainfo):
            # The file has what the link in the list waits for.
            return None
        new: tuple[str, ...] = ()
        if preview.trackers and not (file is not None and file.is_private) and not row.private:
            try:
                details = await self._link.details(row.torrent_id, frozenset({Detail.TRACKERS}))
                known = {tracker.url for tracker in details.trackers or ()}
                new = tuple(url for url in preview.trackers if url not in known)
            except UserError:
                return None  # it was removed meanwhile
        return AlreadyHere(row.torrent_id, clean(row.name), _whole_percent(row), new)


def each_once(entries: Sequence[AddEntry]) -> list[AddEntry]:
    """Without those whose torrent another one before them has."""
    seen: set[str] = set()
    kept: list[AddEntry] = []
    for entry in entries:
        torrent_id = entry.torrent_id
        if torrent_id not in seen:
            kept.append(entry)
        if torrent_id:
            seen.add(torrent_id)
    return kept


def unread_notice(error: PreviewError) -> Notice:
    again = ((TRY_AGAIN, say("Try again")),) if error.may_pass else ()
    return Notice(
        error.title,
        error.text,
        again,
        details=error.details,
        address=error.address,
        contents=error.contents,
        classic_title=error.classic_title,
    )


def _version_2_notice(*, is_alone: bool) -> Notice:
    return Notice(
        say("This torrent comes later"),
        say("It is a version 2 torrent, which Shoal cannot download yet. Nothing was added."),
        ((CLOSE, say("Close")),) if is_alone else (),
        summary=say("Version 2, which comes later"),
    )


def _whole_percent(row: TorrentRow) -> str:
    """Never 100 before it is complete."""
    return say("{percent} %", percent=100 if row.is_complete else min(99, int(row.progress * 100)))
