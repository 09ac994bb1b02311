"""From a source to a row in the list: read, show the add window, tell the engine, select what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.add_entry import (
    GIVE_UP,
    GIVE_UP_ALL,
    TRY_AGAIN,
    AddChoice,
    AddDefaults,
    AddEntry,
    Notice,
)
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.dialogs.questions import outcome_message
from shoal.gui.dialogs.tally import Tally
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say, say_count
from shoal.gui.window.add_desk import LookAt, WindowDesk
from shoal.gui.window.add_memory import lines_of, remember_choices
from shoal.gui.window.entry_reader import EntryReader, each_once
from shoal.gui.window.magnet_entries import MagnetEntries
from shoal.gui.window.source_reader import SourceReader, is_web
from shoal.gui.window.sources import SourceKind, classify
from shoal.gui.window.unasked import Unasked
from shoal.gui.window.web_entries import MOST_AT_ONCE, WebEntries, web_entry
from shoal.gui.window.web_source import PATIENCE_SECONDS, Fetch, whole_address

Select = Callable[[str], None]
ShowWork = Callable[[str], None]
"""How far reading or adding several has come; '' when it is over."""
CHOOSE_ANOTHER, CLOSE = "another", "close"


class Adder:
    """Sources that are asked about wait for each other, so that never more than one window is open; the rest do not."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        background: Background,
        *,
        memory: Memory,
        turns: Turns,
        look_at: LookAt,
        fetch: Fetch,
        downloads_folder: str,
        row_of: Callable[[str], TorrentRow | None],
        rows: Callable[[], Iterable[TorrentRow]],
        select: Select,
        show_work: ShowWork,
    ) -> None:
        self._theme = theme
        self._parent = parent
        self._link = link
        self._memory = memory
        self._turns = turns
        self._reader = SourceReader(theme, parent, background, turns, fetch)
        self._entry_reader = EntryReader(self._reader, link, row_of)
        self._desk = WindowDesk(link, background, look_at, lambda: memory.settings.ask_swarm_size)
        self._downloads_folder = downloads_folder
        self._row_of = row_of
        self._rows = rows
        self._select = select
        self._show_work = show_work
        self._web = WebEntries(self._entry_of_several, lambda work: link.run(work, parent))
        self._magnets = MagnetEntries(link, background, lambda work: link.run(work, parent))
        self._unasked = Unasked(self._reader, self._entry_reader, memory, self)
        self._asked_about: list[AddEntry] = []
        """Those of the window that is open, or that is about to be."""
        self._to_ask: list[str] = []
        self._answers: dict[str, asyncio.Future[None]] = {}
        self._is_asking = False
        self._stopped = False

    def add(self, sources: Sequence[str], *, ask_first: bool = True) -> None:
        """Take sources from a slot; each ends in a row, in the add window, or in a message that says why not.

        Those that come while a window is open are asked about together in the next one. Without `ask_first` all files
        go to the last folder at once, also while a window is open; what does not fit there is asked about.
        """
        named = list(dict.fromkeys(source for source in sources if source.strip()))
        if not named:
            return
        if not (ask_first and self._memory.settings.ask_before_adding):
            self._link.run(self._add_silently(named), self._parent)
            return
        self.ask_later(named)

    def ask_later(self, named: Sequence[str]) -> None:
        """In the add window, whatever the settings say; a file browser may hand over one file at a time."""
        self._to_ask.extend(source for source in named if source not in self._to_ask)
        if not self._is_asking:
            self._is_asking = True
            self._link.run(self._ask_about_all(), self._parent)

    async def ask_about(self, source: str) -> None:
        """Show the add window for `source`, whatever the settings say; returns when that was answered."""
        answer = self._answers.setdefault(source, asyncio.get_running_loop().create_future())
        self.ask_later([source])
        await asyncio.shield(answer)

    def stop(self) -> None:
        """Leave out what is not read or added yet of those that are under way together."""
        self._stopped = True
        self._web.give_up_all()

    def choose_files(self) -> None:
        """Open the file dialog, then add what was chosen."""
        self._link.run(self._choose(), self._parent)

    def folder(self) -> str:
        """The folder of the settings, else where the last torrent went, else the system's folder for downloads."""
        settings = self._memory.settings
        return settings.downloads_folder or settings.last_folder or self._downloads_folder

    async def free_bytes(self, folder: str) -> int | None:
        """Free bytes where `folder` is or would be; None = not known."""
        facts = await self._desk.look(folder)
        return None if facts is None else facts.free

    async def _choose(self) -> None:
        dialog = QFileDialog(self._parent, say("Add torrent"), self._memory.settings.last_torrent_folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([say("Torrent files (*.torrent)"), say("All files (*)")])
        chosen = await self._turns.ask(dialog, dialog.selectedFiles)
        if chosen:
            self._memory.remember(last_torrent_folder=str(Path(chosen[0]).parent))
            self.add(chosen)

    # -- with the add window

    async def _ask_about_all(self) -> None:
        try:
            # What is in the list already is only known when the list is.
            await self._link.has_all_rows()
            while self._to_ask:
                sources, self._to_ask = self._to_ask, []
                self._stopped = False
                entries = await self._entries(sources)
                while entries:
                    if len(entries) == 1 and not (entries[0].torrent_id or entries[0].is_waiting):
                        await self.tell_unread(entries[0].source, entries[0].notice)
                        break
                    # What had not come when the rest was added is asked about next.
                    entries = await self._ask(entries)
                for source in self._answers.keys() & set(sources):
                    self._answers.pop(source).set_result(None)
        finally:
            self._is_asking = False
            for answer in self._answers.values():
                answer.cancel()
            self._answers.clear()

    async def _entries(self, sources: Sequence[str]) -> list[AddEntry]:
        """One per source that was not given up, the same torrent only once; some may still be on their way."""
        is_alone = len(sources) == 1
        entries = self._asked_about = []
        for source in [] if is_alone else filter(is_web, sources):
            entries.append(web_entry(source))
            self._web.ask(entries[-1])
        try:
            for number, source in enumerate(sources, start=1):
                if self._stopped:
                    break
                if not is_alone:
                    self._show_work(
                        say_count(
                            len(sources),
                            "Reading {number} of {n} torrent",
                            "Reading {number} of {n} torrents",
                            number=whole(number),
                        )
                    )
                if is_alone or not is_web(source):
                    entry = await self._entry_reader.entry(source, is_alone=is_alone)
                    if entry is not None:
                        entries.append(entry)
            await self._web.settle(PATIENCE_SECONDS)
        finally:
            self._work_is_over()
        order = {source: place for place, source in enumerate(sources)}
        self._asked_about = sorted(each_once(entries), key=lambda entry: order[entry.source])
        return self._asked_about

    async def _entry_of_several(self, source: str) -> AddEntry:
        """What a web address holds, for the window that is open already."""
        entry = await self._entry_reader.entry(source, is_alone=False)
        assert entry is not None
        if entry.torrent_id and entry.torrent_id in {other.torrent_id for other in self._asked_about}:
            entry.notice = Notice(
                say("It is in this window already"),
                say("Another source gave the same torrent. Nothing is added twice."),
                address=whole_address(source),
            )
            entry.is_ticked = False
        return entry

    async def _ask(self, entries: Sequence[AddEntry]) -> list[AddEntry]:
        """Show the window; those that were still on their way when the rest was added."""
        settings = self._memory.settings
        labels = {row.label for row in self._rows() if row.label} | set(settings.labels.splitlines())
        defaults = AddDefaults(
            self.folder(),
            lines_of(settings.recent_folders),
            settings.last_label,
            sorted(labels - {""}, key=str.casefold),
        )
        from shoal.gui.dialogs.add_torrent import AddTorrentDialog  # noqa: PLC0415 (see `late_modules`)

        dialog = AddTorrentDialog(self._theme, self._parent, entries, self._desk, defaults)
        dialog.wanted.connect(self._on_wanted)
        self._web.changed = self._magnets.changed = dialog.show_change
        self._magnets.told = dialog.show_progress
        for entry in entries:
            self._magnets.ask(entry)
        try:
            answer = await self._turns.ask(
                dialog, lambda: (dialog.choices(), dialog.show_id, dialog.without_asking.isChecked())
            )
        finally:
            self._web.changed = self._magnets.changed = self._magnets.told = lambda _entry: None
        if answer is None:
            self._magnets.stop_all()
            self._web.give_up_all()
            return []
        choices, show_id, without_asking = answer
        if show_id:
            self._magnets.stop_all()
            self._select(show_id)
            return []
        self._asked_about = [entry for entry in entries if entry.is_waiting]
        if without_asking:
            self._memory.remember(ask_before_adding=False)
        remember_choices(self._memory, choices)
        tally = await self._send_all(choices, Tally())
        # Those that were added go on in the list with what was found for them.
        self._magnets.stop_all()
        await self._tell_outcome(tally, is_alone=len(choices) == 1)
        return self._asked_about

    def _on_wanted(self, key: str, entry: AddEntry) -> None:
        """What was pressed beside a source that is on its way, or did not come."""
        if key == TRY_AGAIN:
            self._web.ask(entry)
            self._web.changed(entry)
        elif key == GIVE_UP:
            self._web.give_up(entry)
        elif key == GIVE_UP_ALL:
            self._web.give_up_all()

    # -- without it

    async def _add_silently(self, sources: Sequence[str]) -> None:
        """Each with all its files: files in line, then web addresses as they come; one message in the end."""
        await self._link.has_all_rows()
        tally = Tally()
        is_alone = len(sources) == 1
        from_web = [] if is_alone else [source for source in sources if is_web(source)]
        choices: list[AddChoice] = []
        for source in sources:
            if source not in from_web:
                choices += await self._unasked.take(source, choices, tally, is_alone=is_alone)
        await self._send_all(choices, tally)
        places = asyncio.Semaphore(MOST_AT_ONCE)

        async def take(source: str) -> None:
            async with places:
                found = await self._unasked.take(source, choices, tally, is_alone=False)
            choices.extend(found)
            await self._send_all(found, tally)

        async with asyncio.TaskGroup() as group:
            for source in from_web:
                group.create_task(take(source))
        # One that is not read, or not new, has told of itself already.
        if not is_alone or tally.refused:
            await self._tell_outcome(tally, is_alone=is_alone)

    async def _send_all(self, choices: Sequence[AddChoice], tally: Tally) -> Tally:
        """Tell the engine of every choice, select the first one; `tally` with what became of them."""
        first = ""
        self._stopped = False
        try:
            for number, choice in enumerate(choices):
                if self._stopped:
                    tally.left += len(choices) - number
                    break
                if len(choices) > 1:
                    self._show_work(
                        say_count(
                            len(choices),
                            "Adding {number} of {n} torrent",
                            "Adding {number} of {n} torrents",
                            number=whole(number + 1),
                        )
                    )
                try:
                    answer = await self._link.execute(choice.command())
                except UserError as error:
                    if error.code == "already-here" and len(choices) > 1:
                        tally.already_here += 1
                    else:
                        tally.refused.append((choice.name, user_error_text(error.reason)))
                    first = first or str(error.reason.params.get("id", ""))
                    continue
                tally.added += 1
                first = first or (answer if isinstance(answer, str) else choice.torrent_id)
        finally:
            self._work_is_over()
        if first:
            self._select(first)
        return tally

    # -- words

    async def tell_unread(self, source: str, notice: Notice | None) -> None:
        """Message 6 of the error catalogue and its like, for a source that stands alone."""
        if notice is None:
            return
        named = classify(source)
        is_file = named is not None and named.kind is SourceKind.FILE
        another = ((CHOOSE_ANOTHER, say("Choose another file")),) if is_file else notice.buttons
        dialog = MessageDialog(
            self._theme,
            self._parent,
            notice.title,
            notice.text,
            buttons=(*another, (CLOSE, say("Close"))),
            details=notice.details,
            address=notice.address,
            contents=notice.contents,
            window_title=notice.classic_title,
        )
        chosen = await self._turns.ask(dialog, lambda: dialog.chosen)
        if chosen == CHOOSE_ANOTHER:
            await self._choose()
        elif chosen == TRY_AGAIN:
            self.ask_later([source])

    async def _tell_outcome(self, tally: Tally, *, is_alone: bool) -> None:
        """Nothing, when rows tell it all."""
        if not tally.is_plain():
            dialog = outcome_message(self._theme, self._parent, tally, is_alone=is_alone)
            await self._turns.ask(dialog, lambda: None)

    def _work_is_over(self) -> None:
        # The end of the program ends this too, when the window is gone already.
        if isValid(self._parent):
            self._show_work("")
