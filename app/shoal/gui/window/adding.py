"""From a source to a row in the list: read, show the add window, tell the engine, select what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from shoal.api.commands import Detail
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.add_entry import AddChoice, AddDefaults, AddEntry, AlreadyHere, Notice, entry_here
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.dialogs.questions import simple_message
from shoal.gui.dialogs.tally import Tally
from shoal.gui.dialogs.torrent_preview import PreviewError, TorrentPreview
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, isolated, say
from shoal.gui.window.add_desk import LookAt, WindowDesk
from shoal.gui.window.source_reader import SourceReader, name_of
from shoal.gui.window.sources import SourceKind, classify
from shoal.gui.window.web_source import Fetch

Select = Callable[[str], None]
ShowWork = Callable[[str], None]
"""How far reading or adding several has come; '' when it is over."""
MOST_RECENT = 8
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
        self._desk = WindowDesk(link, background, look_at)
        self._downloads_folder = downloads_folder
        self._row_of = row_of
        self._rows = rows
        self._select = select
        self._show_work = show_work
        self._to_ask: list[str] = []
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
        self._ask_later(named)

    def _ask_later(self, named: Sequence[str]) -> None:
        """In the add window, whatever the settings say; a file browser may hand over one file at a time."""
        self._to_ask.extend(source for source in named if source not in self._to_ask)
        if not self._is_asking:
            self._is_asking = True
            self._link.run(self._ask_about_all(), self._parent)

    def stop(self) -> None:
        """Leave out what is not read or added yet of those that are under way together."""
        self._stopped = True

    def choose_files(self) -> None:
        """Open the file dialog, then add what was chosen."""
        self._link.run(self._choose(), self._parent)

    def folder(self) -> str:
        """Where the last torrent went, else the downloads folder."""
        return self._memory.settings.last_folder or self._downloads_folder

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
                if len(sources) == 1 and entries and entries[0].preview is None:
                    await self._tell_unread(sources[0], entries[0].notice)
                elif entries:
                    await self._ask(entries)
        finally:
            self._is_asking = False

    async def _entries(self, sources: Sequence[str]) -> list[AddEntry]:
        """One per source that was not given up, the same torrent only once."""
        entries: list[AddEntry] = []
        seen: set[str] = set()
        try:
            for number, source in enumerate(sources, start=1):
                if self._stopped:
                    break
                if len(sources) > 1:
                    at, total = whole(number), whole(len(sources))
                    self._show_work(say("Reading {number} of {total} torrents", number=at, total=total))
                entry = await self._entry(source, is_alone=len(sources) == 1)
                if entry is None or (entry.preview is not None and entry.preview.torrent_id in seen):
                    continue
                if entry.preview is not None:
                    seen.add(entry.preview.torrent_id)
                entries.append(entry)
        finally:
            self._work_is_over()
        return entries

    async def _entry(self, source: str, *, is_alone: bool) -> AddEntry | None:
        try:
            preview = await self._reader.read(source)
        except PreviewError as error:
            notice = Notice(error.title, error.text, details=error.details)
            return AddEntry(name_of(source), notice=notice, is_ticked=False)
        if preview is None:
            return None
        name = isolated(preview.name)
        if (here := await self._here(preview)) is not None:
            return entry_here(name, preview, here, is_alone=is_alone)
        if not preview.can_download:
            return AddEntry(name, preview, _version_2_notice(is_alone=is_alone), is_ticked=False)
        return AddEntry(name, preview)

    async def _here(self, preview: TorrentPreview) -> AlreadyHere | None:
        """The transfer that it is already, with the trackers that only the new file names."""
        row = self._row_of(preview.torrent_id)
        if row is None:
            return None
        new: tuple[str, ...] = ()
        if preview.trackers and not preview.is_private and not row.private:
            try:
                details = await self._link.details(row.torrent_id, frozenset({Detail.TRACKERS}))
                known = {tracker.url for tracker in details.trackers or ()}
                new = tuple(url for url in preview.trackers if url not in known)
            except UserError:
                return None  # it was removed meanwhile
        return AlreadyHere(row.torrent_id, clean(row.name), _whole_percent(row), new)

    async def _ask(self, entries: Sequence[AddEntry]) -> None:
        settings = self._memory.settings
        labels = {row.label for row in self._rows() if row.label} | set(settings.labels.splitlines())
        defaults = AddDefaults(
            self.folder(), _lines(settings.recent_folders), settings.last_label, sorted(labels - {""}, key=str.casefold)
        )
        dialog = AddTorrentDialog(self._theme, self._parent, entries, self._desk, defaults)
        answer = await self._turns.ask(
            dialog, lambda: (dialog.choices(), dialog.show_id, dialog.without_asking.isChecked())
        )
        if answer is None:
            return
        choices, show_id, without_asking = answer
        if show_id:
            self._select(show_id)
            return
        if without_asking:
            self._memory.remember(ask_before_adding=False)
        self._remember(choices)
        await self._tell_outcome(await self._send_all(choices, Tally()), is_alone=len(choices) == 1)

    def _remember(self, choices: Sequence[AddChoice]) -> None:
        """The next window begins with what this one ended with."""
        settings = self._memory.settings
        folders = list(dict.fromkeys(choice.folder for choice in reversed(choices)))
        recent = dict.fromkeys([*folders, *_lines(settings.recent_folders)])
        labels = dict.fromkeys([*_lines(settings.labels), *(choice.label for choice in choices if choice.label)])
        self._memory.remember(
            last_folder=choices[-1].folder,
            recent_folders="\n".join(list(recent)[:MOST_RECENT]),
            last_label=choices[-1].label,
            labels="\n".join(labels),
        )

    # -- without it

    async def _add_silently(self, sources: Sequence[str]) -> None:
        """Each with all its files, in line; one message in the end when not all of them are new."""
        await self._link.has_all_rows()
        tally = Tally()
        choices: list[AddChoice] = []
        folder = self.folder()
        facts = await self._desk.look(folder)
        room = None if facts is None else facts.free
        for source in sources:
            try:
                preview = await self._reader.read(source)
            except PreviewError as error:
                if len(sources) == 1:
                    await self._tell_unread(source, Notice(error.title, error.text, details=error.details))
                tally.unread.append((name_of(source), error.text))
                continue
            if preview is None:
                tally.left += 1
            elif not preview.can_download or self._row_of(preview.torrent_id) is not None:
                if len(sources) == 1:
                    self._ask_later(sources)
                elif preview.can_download:
                    tally.already_here += 1
                else:
                    tally.refused.append((name_of(source), say("it is a version 2 torrent")))
            elif room is not None and preview.size > room:
                self._ask_later([source])
            else:
                room = None if room is None else room - preview.size
                choices.append(AddChoice(preview, folder))
        await self._send_all(choices, tally)
        # One that is not read, or not new, has told of itself already.
        if len(sources) > 1 or tally.refused:
            await self._tell_outcome(tally, is_alone=len(sources) == 1)

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
                    at, total = whole(number + 1), whole(len(choices))
                    self._show_work(say("Adding {number} of {total} torrents", number=at, total=total))
                try:
                    answer = await self._link.execute(choice.command())
                except UserError as error:
                    if error.code == "already-here" and len(choices) > 1:
                        tally.already_here += 1
                    else:
                        tally.refused.append((isolated(choice.preview.name), user_error_text(error.reason)))
                    first = first or str(error.reason.params.get("id", ""))
                    continue
                tally.added += 1
                first = first or (answer if isinstance(answer, str) else choice.preview.torrent_id)
        finally:
            self._work_is_over()
        if first:
            self._select(first)
        return tally

    # -- words

    async def _tell_unread(self, source: str, notice: Notice | None) -> None:
        """Message 6 of the error catalogue and its like, for a source that stands alone."""
        if notice is None:
            return
        named = classify(source)
        is_file = named is not None and named.kind is SourceKind.FILE
        another = ((CHOOSE_ANOTHER, say("Choose another file")),) if is_file else ()
        dialog = MessageDialog(
            self._theme,
            self._parent,
            notice.title,
            notice.text,
            buttons=(*another, (CLOSE, say("Close"))),
            details=notice.details,
        )
        if await self._turns.ask(dialog, lambda: dialog.chosen) == CHOOSE_ANOTHER:
            await self._choose()

    async def _tell_outcome(self, tally: Tally, *, is_alone: bool) -> None:
        """Nothing, when rows tell it all."""
        if tally.is_plain():
            return
        if is_alone and tally.refused:
            title, text, details = say("Nothing was added"), tally.refused[0][1], ""
        else:
            title, text, details = say("Not all were added"), tally.sentence(), tally.details()
        dialog = simple_message(self._theme, self._parent, title, text, details)
        await self._turns.ask(dialog, lambda: None)

    def _work_is_over(self) -> None:
        # The end of the program ends this too, when the window is gone already.
        if isValid(self._parent):
            self._show_work("")


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


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line]
