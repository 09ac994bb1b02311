"""Sources that are added without asking: each with all its files into the last folder, or asked about after all."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from shoal.gui.dialogs.add_entry import AddChoice, Notice
from shoal.gui.dialogs.tally import Tally
from shoal.gui.dialogs.torrent_preview import PreviewError
from shoal.gui.link.memory import Memory
from shoal.gui.style.wording import say
from shoal.gui.window.entry_reader import EntryReader, unread_notice
from shoal.gui.window.source_reader import SourceReader, is_magnet, name_of


class UnaskedDesk(Protocol):
    """What is done where not asking does not do."""

    def folder(self) -> str: ...

    async def free_bytes(self, folder: str) -> int | None: ...

    def ask_later(self, named: Sequence[str]) -> None:
        """Ask about them in the add window."""
        ...

    async def tell_unread(self, source: str, notice: Notice | None) -> None: ...


class Unasked:
    """Makes the choice for one source at a time."""

    def __init__(self, reader: SourceReader, entry_reader: EntryReader, memory: Memory, adder: UnaskedDesk) -> None:
        self._reader, self._entry_reader, self._memory, self._adder = reader, entry_reader, memory, adder

    async def take(
        self, source: str, before: Sequence[AddChoice], tally: Tally, *, is_alone: bool
    ) -> Sequence[AddChoice]:
        """The choice of one source beside those `before` it; none when it is told of in `tally`, or asked about."""
        if is_magnet(source):
            return await self._take_link(source, tally, is_alone=is_alone)
        try:
            preview = await (self._reader.read(source) if is_alone else self._reader.read_quietly(source))
        except PreviewError as error:
            if is_alone:
                await self._adder.tell_unread(source, unread_notice(error))
            tally.unread.append((name_of(source), error.text))
            return ()
        if preview is None:
            tally.left += 1
            return ()
        is_here = await self._entry_reader.here(preview) is not None
        if is_here or not preview.can_download:
            if is_alone:
                self._adder.ask_later([source])
            elif preview.can_download:
                tally.already_here += 1
            else:
                tally.refused.append((name_of(source), say("it is a version 2 torrent")))
            return ()
        folder = self._adder.folder()
        free = await self._adder.free_bytes(folder)
        most = self._memory.settings.ask_above_bytes
        if most and preview.size > most:
            self._adder.ask_later([source])
            return ()
        # What was added a moment ago has not taken its room yet.
        if free is not None and preview.size + sum(choice.size for choice in before) > free:
            self._adder.ask_later([source])
            return ()
        return (AddChoice(preview, folder),)

    async def _take_link(self, source: str, tally: Tally, *, is_alone: bool) -> Sequence[AddChoice]:
        entry = await self._entry_reader.entry(source, is_alone=is_alone)
        assert entry is not None
        if entry.is_asking:
            # What it holds is not known: a large one stops for the choice when its list is here.
            most = self._memory.settings.ask_above_bytes
            return (AddChoice(None, self._adder.folder(), link=entry.link, choose_above=most or None),)
        if is_alone:
            self._adder.ask_later([source])
        elif entry.here is not None:
            tally.already_here += 1
        else:
            tally.unread.append((entry.name, "" if entry.notice is None else entry.notice.text))
        return ()
