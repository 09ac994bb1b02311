"""Commands on transfers that ask something first: remove, move, find, rename, label, trackers, save, copy."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from shoal.api.commands import (
    AddTrackers,
    Command,
    Detail,
    MoveFiles,
    RecheckTorrent,
    RemoveTorrent,
    RenamePath,
    RenameTorrent,
    SetLabel,
    UseFolder,
)
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.questions import DELETE, KEEP, download_again_dialog, remove_dialog, website_dialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanations import user_error_text
from shoal.gui.style.shown_path import shown_path
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import (
    CountTemplates,
    clean,
    isolated,
    phrase_count,
    quoted,
    say,
    say_count,
    say_count_phrase,
)
from shoal.gui.widgets.text_entry import TextEntry
from shoal.gui.widgets.tracker_entry import parse_trackers, tracker_entry
from shoal.metainfo.safe_paths import clean_element, is_safe_element

LONGEST_LABEL = 64
MANY_FILES = 100
"""So many take their time to be deleted, and that is said before."""
Tell = Callable[[str], None]


class TransferDialogs:
    """`tell` says a sentence in passing; `removed(ids)` is told what left the list with its files kept."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        turns: Turns,
        background: Background,
        *,
        tell: Tell,
        removed: Callable[[Sequence[TorrentRow]], None],
    ) -> None:
        self._theme = theme
        self._parent = parent
        self._link = link
        self._turns = turns
        self._background = background
        self._tell = tell
        self._removed = removed

    # -- from slots

    def remove(self, rows: Sequence[TorrentRow]) -> None:
        if rows:
            self._link.run(self._remove(rows), self._parent)

    def move_files(self, rows: Sequence[TorrentRow]) -> None:
        """Ask for another folder and move the files of `rows` there."""
        if rows:
            self._link.run(self._with_folder(rows, say("Move files to"), MoveFiles), self._parent)

    def move_to(self, row: TorrentRow, folder: str) -> None:
        """Move the files of `row` to `folder`; a refusal is told."""
        self._link.run(self._move([row], MoveFiles, folder), self._parent)

    def find_files(self, rows: Sequence[TorrentRow]) -> None:
        """Ask where the files of `rows` are now; nothing is moved."""
        if rows:
            self._link.run(self._with_folder(rows, say("Where are the files?"), UseFolder), self._parent)

    def download_again(self, row: TorrentRow) -> None:
        """Ask, and fetch everything anew."""
        self._link.run(self._download_again(row), self._parent)

    def rename(self, row: TorrentRow) -> None:
        """Ask for another name in the list."""
        self._link.run(self._rename(row), self._parent)

    def rename_path(self, torrent_id: str, path: str) -> None:
        """Ask for another name of a file or folder, on the disk too; `path` as in `FileRow.path`."""
        self._link.run(self._rename_path(torrent_id, path), self._parent)

    def new_label(self, rows: Sequence[TorrentRow], then: Callable[[str], None] = lambda label: None) -> None:
        """Ask for a label and put it on `rows`; `then` hears it."""
        self._link.run(self._new_label(rows, then), self._parent)

    def rename_label(self, label: str, then: Callable[[str], None]) -> None:
        """Ask for another name of `label`; `then` hears it."""
        self._link.run(self._rename_label(label, then), self._parent)

    def add_trackers(self, row: TorrentRow) -> None:
        self._link.run(self._add_trackers(row), self._parent)

    def save_torrent(self, row: TorrentRow) -> None:
        """Ask where, and write the .torrent there as it was added."""
        self._link.run(self._save_torrent(row), self._parent)

    def copy_names(self, rows: Sequence[TorrentRow]) -> None:
        self._copy([clean(row.name) for row in rows], phrase_count("{n} name copied", "{n} names copied"))

    def copy_hashes(self, rows: Sequence[TorrentRow]) -> None:
        self._copy([row.torrent_id for row in rows], phrase_count("{n} hash copied", "{n} hashes copied"))

    def copy_magnets(self, rows: Sequence[TorrentRow]) -> None:
        if rows:
            self._link.run(self._copy_magnets(rows), self._parent)

    def open_website(self, host: str) -> None:
        """Open the website of a tracker, shown in full first."""
        if host:
            self._link.run(self._open_website(host), self._parent)

    # -- what they do

    async def _remove(self, rows: Sequence[TorrentRow]) -> None:
        dialog = remove_dialog(self._theme, self._parent, rows)
        answer = await self._turns.ask(dialog, lambda: dialog.chosen)
        if answer not in (KEEP, DELETE):
            return
        gone: list[TorrentRow] = []
        if answer == DELETE and sum(row.file_count for row in rows) >= MANY_FILES:
            self._tell(
                say_count(
                    len(rows), "Deleting the files of {n} transfer\u2026", "Deleting the files of {n} transfers\u2026"
                )
            )
        for row in rows:
            if await self._done(RemoveTorrent(row.torrent_id, delete_data=answer == DELETE), row):
                gone.append(row)
        if gone and answer == KEEP:
            self._removed(gone)
        elif gone:
            self._tell(
                say_count(
                    len(gone),
                    "Removed {n} transfer and deleted its files",
                    "Removed {n} transfers and deleted their files",
                )
            )

    async def _download_again(self, row: TorrentRow) -> None:
        dialog = download_again_dialog(self._theme, self._parent, row)
        if await self._turns.ask(dialog, lambda: dialog.chosen) == KEEP:
            await self._done(RecheckTorrent(row.torrent_id, start_anew=True), row)

    async def _with_folder(
        self, rows: Sequence[TorrentRow], title: str, command: Callable[[str, str], Command]
    ) -> None:
        folder = await self._ask_folder(title, rows[0].folder)
        if folder is not None:
            await self._move(rows, command, folder)

    async def _move(self, rows: Sequence[TorrentRow], command: Callable[[str, str], Command], folder: str) -> None:
        for row in rows:
            await self._done(command(row.torrent_id, folder), row)

    async def _ask_folder(self, title: str, present: str) -> str | None:
        dialog = QFileDialog(self._parent, title)
        dialog.setDirectory(present)
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.setOption(QFileDialog.Option.ShowDirsOnly)
        chosen = await self._turns.ask(dialog, dialog.selectedFiles)
        return chosen[0] if chosen else None

    async def _rename(self, row: TorrentRow) -> None:
        dialog = TextEntry(
            self._theme,
            self._parent,
            say("Rename"),
            accept_name=say("Rename"),
            present=clean(row.name),
            hint=say("The name in the list. Files keep theirs; an empty name brings back the torrent's own."),
            may_be_empty=True,
        )
        name = await self._turns.ask(dialog, dialog.text)
        if name is not None and name != clean(row.name):
            await self._done(RenameTorrent(row.torrent_id, name), row)

    async def _rename_path(self, torrent_id: str, path: str) -> None:
        present = path.rpartition("/")[2]
        stem = Path(present).stem
        dialog = TextEntry(
            self._theme,
            self._parent,
            say("Rename \u201c{name}\u201d", name=isolated(present)),
            accept_name=say("Rename"),
            present=present,
            hint=say("On the disk, too. It is shared on under its old name, so that other people notice nothing."),
            check=_name_problem,
            select=len(stem),
        )
        name = await self._turns.ask(dialog, dialog.text)
        if name and name != present:
            await self._link.execute(RenamePath(torrent_id, path, name))

    async def _new_label(self, rows: Sequence[TorrentRow], then: Callable[[str], None]) -> None:
        dialog = TextEntry(
            self._theme,
            self._parent,
            say("New label"),
            accept_name=say("Use label") if rows else say("Make label"),
            hint=say("A word of yours by which transfers can be found in the sidebar."),
            check=_label_problem,
        )
        label = await self._turns.ask(dialog, dialog.text)
        if label:
            for row in rows:
                await self._done(SetLabel(row.torrent_id, label), row)
            then(label)

    async def _rename_label(self, label: str, then: Callable[[str], None]) -> None:
        dialog = TextEntry(
            self._theme,
            self._parent,
            say("Rename label"),
            accept_name=say("Rename"),
            present=clean(label),
            hint=say("On every transfer that has it."),
            check=_label_problem,
        )
        name = await self._turns.ask(dialog, dialog.text)
        if name and name != label:
            then(name)

    async def _add_trackers(self, row: TorrentRow) -> None:
        dialog = tracker_entry(self._theme, self._parent)
        urls = await self._turns.ask(dialog, lambda: parse_trackers(dialog.text()))
        if urls:
            await self._done(AddTrackers(row.torrent_id, urls), row)

    async def _save_torrent(self, row: TorrentRow) -> None:
        details = await self._link.details(row.torrent_id, frozenset({Detail.METAINFO}))
        if details.metainfo is None:
            self._link.refused.emit(Reason("no-file-list", {"name": row.name}))
            return
        name = clean_element(clean(row.name)) + ".torrent"
        dialog = QFileDialog(self._parent, say("Save .torrent file"))
        dialog.setDirectory(row.folder)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix("torrent")
        dialog.setNameFilters([say("Torrent files (*.torrent)")])
        dialog.selectFile(name)
        chosen = await self._turns.ask(dialog, dialog.selectedFiles)
        if not chosen:
            return
        target, data = Path(chosen[0]), details.metainfo
        try:
            await self._background.run(lambda: target.write_bytes(data))
        except OSError as error:
            why = error.strerror or str(error)
            self._tell(say("{path} could not be written: {why}.", path=shown_path(str(target)), why=quoted(why)))
        else:
            self._tell(say("Saved as {path}.", path=shown_path(str(target))))

    async def _copy_magnets(self, rows: Sequence[TorrentRow]) -> None:
        links: list[str] = []
        for row in rows:
            # The parts are empty on purpose: a magnet link comes with every answer.
            links.append((await self._link.details(row.torrent_id, frozenset())).magnet)
        self._copy([link for link in links if link], phrase_count("{n} magnet link copied", "{n} magnet links copied"))

    def _copy(self, texts: Sequence[str], words: CountTemplates) -> None:
        if texts:
            QGuiApplication.clipboard().setText("\n".join(texts))
            self._tell(say_count_phrase(len(texts), words))

    async def _open_website(self, host: str) -> None:
        address = f"https://{host}/"
        dialog = website_dialog(self._theme, self._parent, address)
        if await self._turns.ask(dialog, lambda: dialog.chosen) == KEEP:
            QDesktopServices.openUrl(QUrl(address))

    async def _done(self, command: Command, row: TorrentRow) -> bool:
        """Do one of several commands; a refusal is said with the transfer's name and does not hold up the others."""
        try:
            await self._link.execute(command)
        except UserError as error:
            self._tell(say("{name}: {text}", name=isolated(row.name), text=user_error_text(error.reason)))
            return False
        return True


def _name_problem(text: str) -> str:
    if not text:
        return say("Type a name.")
    if "/" in text or "\\" in text:
        return say("A name cannot contain / or \\.")
    if not is_safe_element(text) or clean_element(text) != text:
        return say("This name cannot be used on every computer; \u201c{name}\u201d could.", name=clean_element(text))
    return ""


def _label_problem(text: str) -> str:
    if not text:
        return say("Type a label.")
    if len(text) > LONGEST_LABEL:
        return say_count(LONGEST_LABEL, "A label has at most {n} character.", "A label has at most {n} characters.")
    return ""
