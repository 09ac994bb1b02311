"""The Files tab: what of each file is wanted and here; a change of mind takes effect at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, QObject, QPoint, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from shoal.api.commands import Command, Detail, SetFilePriorities
from shoal.api.details import FileRow, TorrentDetails
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import passing_menu
from shoal.gui.details.opening import Opener, open_and_forget
from shoal.gui.link.undoable import Undoable
from shoal.gui.models.file_listing import Node
from shoal.gui.models.file_tree import KIND_CHOICES, KIND_GROUPS
from shoal.gui.models.torrent_files import ListedFiles, Priorities, TorrentFiles, list_files
from shoal.gui.style.numbers import whole
from shoal.gui.style.runnable import is_runnable
from shoal.gui.style.sentences import state_sentence
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import clean, isolated, say, say_count, say_phrase
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.torrent_file_view import TorrentFileView

TABLE = "files"
LISTED_AT_ONCE = 2000
"""More files than these are listed in a worker."""
FILTER_ABOVE = 12
LEAST_FILTER_WIDTH = 110
InWorker = Callable[[Callable[[], ListedFiles], Callable[[ListedFiles], None]], None]
"""Does the first in a worker and calls the second with its result in this thread."""


def at_once(job: Callable[[], ListedFiles], done: Callable[[ListedFiles], None]) -> None:
    done(job())


def open_on_desktop(path: str) -> None:
    """With the program that the system has for it; returns at once."""
    QDesktopServices.openUrl(QUrl.fromLocalFile(path))


class FilesTab(QObject):
    """`send` does a command; `in_worker` lists many files; `open_path` opens a finished file or a folder."""

    rename_wanted = Signal(str)
    """Path of a file or folder inside the torrent, as in `FileRow.path`."""
    told = Signal(str, object)
    """Something to know: a sentence, and no commands, since there is nothing to take back."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
        opener: Opener = open_and_forget,
        in_worker: InWorker = at_once,
        open_path: Callable[[str], None] = open_on_desktop,
    ) -> None:
        widget = QWidget(parent)
        super().__init__(widget)
        self.widget = widget
        self._theme = theme
        self._send = send
        self._columns = columns or ColumnMemory()
        self._opener = opener
        self._in_worker = in_worker
        self._open_path = open_path
        self._row: TorrentRow | None = None
        self._piece_length = 0
        self._file_count = 0
        """Of the last answer with files, padding too."""
        self._asked = 0
        """Grows with every listing, so that one that comes too late is known."""
        self.model: TorrentFiles | None = None
        self.tree: TorrentFileView | None = None
        self.chips: dict[str, QPushButton] = {}
        self.filter = FindField(theme, say("Filter files"))
        self.filter.set_hint(say("Filter files"))
        self.filter.setMinimumWidth(theme.px(LEAST_FILTER_WIDTH))
        self.filter.textChanged.connect(self._on_filter)
        self._facts = ElidedLabel("", "secondary")
        self._waiting = plain_label(say("Reading the list of files"), "secondary")
        self._waiting.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._lay_out()

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.FILES, Detail.FILE_PROGRESS})

    def strips_of(self) -> tuple[int, ...]:
        if self.model is None or self.tree is None:
            return ()
        nodes = map(self.model.node, self.tree.seen_rows())
        return tuple(node.number for node in nodes if not node.is_folder)

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        text = say("Reading the list of files") if row.has_metainfo else asking_text(row)
        if self._waiting.text() != text:
            self._waiting.setText(text)
        self._follow_row()

    def show_details(self, details: TorrentDetails) -> None:
        self._piece_length = details.piece_length or self._piece_length
        if details.files is not None:
            self._list(details.files)
        done, levels = details.file_done, details.file_priorities
        # An answer from before a new list of files does not fit it.
        if self.model is not None and len(levels or b"") in (0, self._file_count):
            self.model.show_progress(done, levels, details.file_strips)

    def clear(self) -> None:
        self._asked += 1
        self._row, self._piece_length, self._file_count = None, 0, 0
        self._drop_tree()
        self.filter.clear()

    # -- the list

    def _list(self, files: tuple[FileRow, ...]) -> None:
        self._asked += 1
        self._file_count = len(files)
        if not files:
            # Of a magnet link, whose list is still to come.
            self._drop_tree()
            return
        asked, name, piece_length = self._asked, self._name(), self._piece_length

        def job() -> ListedFiles:
            return list_files(name, files, piece_length)

        def done(listed: ListedFiles) -> None:
            if asked == self._asked:
                self._show(listed)

        if len(files) <= LISTED_AT_ONCE:
            done(job())
        else:
            self._in_worker(job, done)

    def _show(self, files: ListedFiles) -> None:
        """A tree over the files; after a new name the folders that were open are open again."""
        old = self.tree
        is_same_tree = old is not None and self.model is not None and self.model.listing.count == files.listing.count
        folders = old.open_folders if old is not None and is_same_tree else None
        scrolled = old.verticalScrollBar().value() if old is not None and is_same_tree else 0
        self._drop_tree()
        model = TorrentFiles(files, self._send_priorities)
        tree = TorrentFileView(
            self._theme,
            model,
            model,
            kept=self._columns.of(TABLE),
            keep=lambda state: self._columns.keep(TABLE, state),
        )
        # Owned by the view: both go in this thread, and together.
        model.setParent(tree)
        tree.setAccessibleName(say("Files"))
        tree.opened.connect(self.open_file)
        tree.menu_wanted.connect(self._open_menu)
        model.seen = tree.seen_rows
        model.selection_changed.connect(self._refresh)
        # Of what changed by its folder, Qt repaints the folder's row alone.
        model.selection_changed.connect(tree.viewport().update)
        model.modelReset.connect(self._refresh)
        self.model, self.tree = model, tree
        self._follow_row()
        self._shown_layout.addWidget(tree, 1)
        if folders is not None:
            tree.open_these(folders)
        model.set_needle(self.filter.text())
        for group, kinds in KIND_GROUPS.items():
            self.chips[group].setVisible(model.has_kinds(kinds))
        self._pages.setCurrentIndex(1)
        self._refresh()
        tree.verticalScrollBar().setValue(scrolled)

    def _drop_tree(self) -> None:
        self._pages.setCurrentIndex(0)
        if self.tree is not None:
            self.tree.hide()
            self._shown_layout.removeWidget(self.tree)
            self.tree.deleteLater()
        self.tree = self.model = None

    def _name(self) -> str:
        """Of the torrent's own folder."""
        if self._row is None:
            return ""
        below = self._row.content_path.replace("\\", "/").rstrip("/").rpartition("/")[2]
        return below or self._row.name

    def _follow_row(self) -> None:
        if self.model is not None and self._row is not None:
            row = self._row
            self.model.content_path = row.content_path or f"{row.folder}/{row.name}"
            self.model.is_anybody_here = row.sees_others

    # -- what a person does

    def _send_priorities(self, changes: Priorities, former: Priorities) -> None:
        """One file's is seen in its row; of more it is told, with a way back beside it."""
        if self._row is None:
            return
        torrent_id, count = self._row.torrent_id, len(changes)
        self._send(SetFilePriorities(torrent_id, changes))
        if former:
            undo = say_count(len(former), "Undo priority of {n} file", "Undo priorities of {n} files")
            text = (
                say_count(count, "Priority of {n} file changed", "Priorities of {n} files changed") if count > 1 else ""
            )
            self.told.emit(text, Undoable(undo, (SetFilePriorities(torrent_id, former),)))

    def open_file(self, index: QModelIndex) -> None:
        """Open a finished file with its program; what would run is never opened, its folder is offered instead."""
        node = self._node(index)
        if node is None or self.model is None:
            return
        name = isolated(node.name)
        if not self.model.is_finished(node):
            self.told.emit(say("\u201c{name}\u201d is not finished yet", name=name), None)
        elif is_runnable(node.name, is_folder=node.is_folder):
            dialog = AskingDialog(
                self._theme,
                self.widget.window(),
                say("This file is a program"),
                say("Open folder"),
                text=say(
                    "Shoal does not run what came from strangers: \u201c{name}\u201d could do anything with your "
                    "files. You can look at it in its folder.",
                    name=name,
                ),
            )
            dialog.accepted.connect(lambda: self.open_folder(node))
            self._opener(dialog)
        else:
            self._open_path(self.model.place(node))

    def open_folder(self, node: Node) -> None:
        """The folder itself, or the one that a file lies in."""
        if self.model is None:
            return
        path = self.model.place(node)
        self._open_path(path if node.is_folder else path.rpartition("/")[0] or path)

    def _open_menu(self, index: QModelIndex, at: QPoint) -> None:
        menu = self.menu(index)
        if menu is not None:
            menu.popup(at)

    def menu(self, index: QModelIndex) -> QMenu | None:
        """The context menu of a row, or of the selection that it is part of."""
        node, tree, model = self._node(index), self.tree, self.model
        if node is None or tree is None or model is None:
            return None
        nodes = [model.node(chosen) for chosen in tree.chosen(index)]
        menu = passing_menu(tree)
        menu.setToolTipsVisible(True)
        can_open = len(nodes) == 1 and model.is_finished(node)
        opening = menu.addAction(say("Open"), lambda: self.open_file(index))
        opening.setEnabled(can_open)
        if not can_open and len(nodes) == 1:
            opening.setToolTip(say("It is not finished yet."))
        menu.addAction(say("Open folder"), lambda: self.open_folder(node))
        path = model.listing.path(node)
        rename = menu.addAction(say("Rename\u2026"), lambda: self.rename_wanted.emit(path))
        rename.setEnabled(len(nodes) == 1 and bool(path))
        menu.addSeparator()
        tree.priority_actions(menu, index)
        menu.addSeparator()
        menu.addAction(say("Copy name"), lambda: _copy([clean(chosen.name) for chosen in nodes]))
        menu.addAction(say("Copy path"), lambda: _copy([model.place(chosen) for chosen in nodes]))
        return menu

    def _node(self, index: QModelIndex) -> Node | None:
        return self.model.node(index) if self.model is not None and index.isValid() else None

    def _choose(self, kinds: frozenset[str] | None) -> None:
        if self.model is not None:
            self.model.choose_kinds(kinds)

    def _on_filter(self, text: str) -> None:
        if self.model is not None:
            self.model.set_needle(text)

    # -- inside

    def _refresh(self) -> None:
        model = self.model
        if model is None:
            return
        count = model.listing.count
        self._head.setVisible(count > 1)
        self.filter.setVisible(count > FILTER_ABOVE)
        if model.is_filtered:
            text = say_count(
                count, "{shown} of {n} file shown", "{shown} of {n} files shown", shown=whole(model.shown_count)
            )
        else:
            text = say(
                "{chosen} of {size} chosen", chosen=size_text(model.wanted_bytes), size=size_text(model.listing.size)
            )
        self._facts.set_whole(text)

    def _lay_out(self) -> None:
        px = self._theme.px
        self._head = QWidget()
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(px(6))
        for name, kinds in KIND_CHOICES.items():
            chip = QPushButton(say_phrase(name))
            chip.setProperty("chip", "true")
            chip.clicked.connect(lambda _=False, only=kinds: self._choose(only))
            self.chips[name] = chip
            head.addWidget(chip)
        head.addSpacing(px(6))
        head.addWidget(self._facts, 1)
        head.addWidget(self.filter)
        shown = QWidget()
        self._shown_layout = QVBoxLayout(shown)
        self._shown_layout.setContentsMargins(px(16), px(8), px(16), px(10))
        self._shown_layout.setSpacing(px(8))
        self._shown_layout.addWidget(self._head)
        self._pages = QStackedLayout(self.widget)
        self._pages.addWidget(self._waiting)
        self._pages.addWidget(shown)


def asking_text(row: TorrentRow) -> str:
    """In the place of the files of a magnet link."""
    return say("{sentence}. Its files appear here as soon as the list comes.", sentence=state_sentence(row).text)


def _copy(lines: list[str]) -> None:
    QGuiApplication.clipboard().setText("\n".join(lines))
