"""From a source to a row in the list: read, show the dialog, tell the engine, select what came of it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget
from shiboken6 import isValid

from shoal.api.commands import AddTorrent
from shoal.api.errors import UserError
from shoal.gui.dialogs.add_several import AddSeveralDialog, Tally, Way
from shoal.gui.dialogs.add_torrent import AddChoice, AddTorrentDialog
from shoal.gui.dialogs.questions import ADD_STOPPED, SKIP_REST, no_room_dialog, simple_message
from shoal.gui.dialogs.torrent_preview import PreviewError, TorrentPreview, load_preview, preview_of
from shoal.gui.link.awaitable import Turns, ask
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import isolated, say
from shoal.gui.window.memory import Memory
from shoal.gui.window.sources import Source, SourceKind, classify
from shoal.gui.window.web_source import Fetch, fetch_shown, host_of
from shoal.metainfo.priorities import FilePriority

FreeBytes = Callable[[str], int | None]
"""Free bytes on the disk of a folder; blocks, so it is called in a worker."""
Select = Callable[[str], None]
ShowWork = Callable[[str], None]
"""How far the adding of several has come; '' when it is over."""
READ_SECONDS = 15.0
"""How long a file may take: longer, and its network drive is taken for gone."""


class Adder:
    """One at a time, in the order given, so that never more than one dialog is open."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        background: Background,
        *,
        memory: Memory,
        turns: Turns,
        free_bytes: FreeBytes,
        fetch: Fetch,
        downloads_folder: str,
        select: Select,
        show_work: ShowWork,
    ) -> None:
        self._theme = theme
        self._parent = parent
        self._link = link
        self._background = background
        self._memory = memory
        self._turns = turns
        self._free_bytes = free_bytes
        self._fetch = fetch
        self._downloads_folder = downloads_folder
        self._select = select
        self._show_work = show_work
        self._waiting: list[tuple[list[str], bool]] = []
        self._busy = False
        self._stopped = False

    def add(self, sources: Sequence[str], *, ask_first: bool = True) -> None:
        """Queue sources from a slot; each ends in a row, or in a message that says why not.

        Several are asked about in one question. Without `ask_first` all files go to the last folder at once.
        """
        named = list(dict.fromkeys(sources))
        if self._waiting and self._waiting[-1][1] is ask_first:
            # A file browser may hand over one file at a time: those that wait together are asked about together.
            together = self._waiting[-1][0]
            together.extend(source for source in named if source not in together)
        elif named:
            self._waiting.append((named, ask_first))
        if not self._busy and self._waiting:
            self._busy = True
            self._link.run(self._work_off(), self._parent)

    def stop(self) -> None:
        """Leave out what is not added yet of those that are under way together."""
        self._stopped = True

    def choose_files(self) -> None:
        """Open the file dialog, then add what was chosen."""
        self._link.run(self._choose(), self._parent)

    def folder(self) -> str:
        """Where the last torrent went, else the downloads folder."""
        return self._memory.settings.last_folder or self._downloads_folder

    async def _choose(self) -> None:
        dialog = QFileDialog(self._parent, say("Add torrent"), self._memory.settings.last_torrent_folder)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.setNameFilters([say("Torrent files (*.torrent)"), say("All files (*)")])
        chosen = await self._turns.ask(dialog, dialog.selectedFiles)
        if chosen:
            self._memory.remember(last_torrent_folder=str(Path(chosen[0]).parent))
            self.add(chosen)

    async def _work_off(self) -> None:
        try:
            while self._waiting:
                self._stopped = False
                await self._add_named(*self._waiting.pop(0))
        finally:
            self._busy = False

    async def _add_named(self, sources: list[str], ask_first: bool) -> None:
        if len(sources) == 1:
            await self._add_one(sources[0], ask_first, (1, 1))
            return
        folder, way = self.folder(), Way.ALL
        if ask_first:
            dialog = AddSeveralDialog(self._theme, self._parent, len(sources), folder)
            dialog.change_folder_wanted.connect(lambda: self._link.run(self._change_folder(dialog), dialog))
            answer = await self._turns.ask(dialog, lambda: (dialog.folder(), dialog.way))
            if answer is None:
                return
            folder, way = answer
            self._memory.remember(last_folder=folder)
        if way is Way.ALL:
            await self._add_all(sources, folder)
            return
        for number, source in enumerate(sources, start=1):
            if self._stopped:
                return
            await self._add_one(source, True, (number, len(sources)))

    async def _add_all(self, sources: list[str], folder: str) -> None:
        """Each with all its files, started; one message in the end when not all of them are new."""
        tally, first = Tally(), ""
        try:
            for number, source in enumerate(sources):
                if self._stopped:
                    tally.left = len(sources) - number
                    break
                at, total = f"{number + 1:,}", f"{len(sources):,}"
                self._show_work(say("Adding {number} of {total} torrents", number=at, total=total))
                first = await self._count_one(source, folder, tally) or first
        finally:
            # The end of the program ends this too, when the window is gone already.
            if isValid(self._parent):
                self._show_work("")
        if first:
            self._select(first)
        if not tally.is_plain():
            await self._tell(say("Not all were added"), tally.sentence(), tally.details())

    async def _count_one(self, source: str, folder: str, tally: Tally) -> str:
        """Add without a word; the id when it is new, else ''."""
        name = _name_of(source)
        try:
            preview = await self._preview(source)
            if preview is None:
                tally.left += 1
                return ""
            if not preview.can_download:
                tally.refused.append((name, say("it is a version 2 torrent, which Shoal cannot download yet")))
                return ""
            torrent_id = await self._send(preview, _everything(preview, folder))
        except PreviewError as error:
            tally.unread.append((name, error.text))
            return ""
        except UserError as error:
            if error.code == "already-here":
                tally.already_here += 1
            else:
                tally.refused.append((name, user_error_text(error.reason)))
            return ""
        tally.added += 1
        return torrent_id

    async def _add_one(self, text: str, ask_first: bool, place: tuple[int, int]) -> None:
        try:
            preview = await self._preview(text)
        except PreviewError as error:
            await self._tell(error.title, error.text, error.details, place)
            return
        except UserError as error:
            await self._tell(say("Nothing was added"), user_error_text(error.reason), place=place)
            return
        if preview is not None:
            await self._add_preview(preview, ask_first, place)

    async def _preview(self, text: str) -> TorrentPreview | None:
        """What the source holds, None when the user gave up on it. Raises PreviewError, UserError."""
        match classify(text):
            case Source(SourceKind.FILE, path):
                try:
                    return await asyncio.wait_for(self._background.run(lambda: load_preview(path)), READ_SECONDS)
                except TimeoutError as error:
                    name = isolated(Path(path).name)
                    text = say("{name} takes too long to read. Its drive may be gone. Nothing was added.", name=name)
                    raise PreviewError(say("Cannot read the file"), text) from error
            case Source(SourceKind.WEB, address):
                data = await fetch_shown(self._theme, self._parent, self._turns, self._fetch, address)
                if data is None:
                    return None
                name = say("What {host} sent", host=host_of(address))
                return await self._background.run(lambda: preview_of(data, name))
            case Source(SourceKind.MAGNET, _):
                title = say("Magnet links do not work yet")
                raise PreviewError(title, say("Not yet: this version opens .torrent files only. Nothing was added."))
            case _:
                raise PreviewError(say("This cannot be opened"), say("It is no torrent file. Nothing was added."))

    async def _add_preview(self, preview: TorrentPreview, ask_first: bool, place: tuple[int, int]) -> None:
        if not preview.can_download:
            await self._tell(
                say("This torrent comes later"),
                say("It is a version 2 torrent, which Shoal cannot download yet. Nothing was added."),
                place=place,
            )
            return
        choice = await self._ask_choice(preview, place) if ask_first else _everything(preview, self.folder())
        if choice is None:
            return
        self._memory.remember(last_folder=choice.folder)
        try:
            self._select(await self._send(preview, choice))
        except UserError as error:
            if error.code == "already-here":
                self._select(str(error.reason.params.get("id", preview.torrent_id)))
            await self._tell(say("Nothing was added"), user_error_text(error.reason), place=place)

    async def _send(self, preview: TorrentPreview, choice: AddChoice) -> str:
        """Tell the engine; the id of the new transfer. Raises UserError."""
        command = AddTorrent(
            metainfo=preview.data,
            folder=choice.folder,
            file_priorities=choice.priorities,
            start=choice.start,
            sequential=choice.sequential,
        )
        torrent_id = await self._link.execute(command)
        return torrent_id if isinstance(torrent_id, str) else preview.torrent_id

    async def _ask_choice(self, preview: TorrentPreview, place: tuple[int, int]) -> AddChoice | None:
        folder = self.folder()
        while True:
            dialog = AddTorrentDialog(self._theme, self._parent, preview, folder, place)
            dialog.skip_rest_wanted.connect(self.stop)
            dialog.change_folder_wanted.connect(lambda d=dialog: self._link.run(self._change_folder(d), d))
            dialog.folder_changed.connect(lambda _="", d=dialog: self._link.run(self._show_space(d), d))
            self._link.run(self._show_space(dialog), dialog)
            choice = await self._turns.ask(dialog, dialog.choice)
            if choice is None or not choice.start:
                return choice
            short = await self._missing_room(preview, choice)
            if short is None:
                return choice
            answer = await self._ask_about_room(*short)
            if answer is None:
                return None
            if answer == ADD_STOPPED:
                return AddChoice(choice.folder, choice.priorities, start=False, sequential=choice.sequential)
            folder = choice.folder

    async def _ask_about_room(self, needed: int, free: int) -> str | None:
        dialog = no_room_dialog(self._theme, self._parent, needed, free)
        return await self._turns.ask(dialog, lambda: dialog.chosen)

    async def _missing_room(self, preview: TorrentPreview, choice: AddChoice) -> tuple[int, int] | None:
        """(needed, free) when the chosen files do not fit, else None."""
        wanted = wanted_bytes(preview, choice)
        free = await self._free(choice.folder)
        return (wanted, free) if free is not None and wanted > free else None

    async def _change_folder(self, dialog: AddTorrentDialog | AddSeveralDialog) -> None:
        chooser = QFileDialog(dialog, say("Save in"), dialog.folder())
        chooser.setFileMode(QFileDialog.FileMode.Directory)
        chooser.setOption(QFileDialog.Option.ShowDirsOnly)
        chosen = await ask(chooser, chooser.selectedFiles)
        if chosen:
            dialog.set_folder(chosen[0])

    async def _show_space(self, dialog: AddTorrentDialog) -> None:
        folder = dialog.folder()
        if not Path(folder).is_absolute():
            return
        free = await self._free(folder)
        # It may have been closed while the answer was on its way.
        if isValid(dialog) and folder == dialog.folder():
            dialog.show_free_space(free)

    async def _free(self, folder: str) -> int | None:
        try:
            return await asyncio.wait_for(self._background.run(lambda: self._free_bytes(folder)), READ_SECONDS)
        except TimeoutError:
            return None

    async def _tell(self, title: str, text: str, details: str = "", place: tuple[int, int] = (1, 1)) -> None:
        dialog = simple_message(self._theme, self._parent, title, text, details, can_skip=place[0] < place[1])
        if await self._turns.ask(dialog, lambda: dialog.chosen) == SKIP_REST:
            self.stop()


def wanted_bytes(preview: TorrentPreview, choice: AddChoice) -> int:
    """Bytes of the chosen files."""
    tree = preview.tree
    return sum(tree.node(slot).size for slot, number in enumerate(tree.numbers) if choice.priorities[number])


def _everything(preview: TorrentPreview, folder: str) -> AddChoice:
    priorities = (int(FilePriority.NORMAL),) * preview.entry_count
    return AddChoice(folder, priorities, start=True, sequential=False)


def _name_of(source: str) -> str:
    """What a sentence calls it; of an address only the host, for the rest may be a secret."""
    match classify(source):
        case Source(SourceKind.FILE, path):
            return isolated(Path(path).name or path)
        case Source(SourceKind.WEB, address):
            return host_of(address)
        case Source(SourceKind.MAGNET, _):
            return say("a magnet link")
        case _:
            return isolated(source)
