"""The files of a transfer: the tree of the add dialog with how much of each is here, and where it lies."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from PySide6.QtCore import QMimeData, QModelIndex, QObject, QPersistentModelIndex, Qt, QUrl

from shoal.api.details import FileRow
from shoal.gui.models.file_listing import FileListing, ListedFile, Node, build_tree
from shoal.gui.models.file_rows import FileOrder
from shoal.gui.models.file_tree import KIND_GROUPS, FileTreeModel
from shoal.gui.models.pending_priorities import PendingPriorities
from shoal.gui.models.tree_columns import NAME_COLUMN, PRIORITY_COLUMN, SIZE_COLUMN, TreeColumn
from shoal.gui.style.units import percent_text
from shoal.gui.style.wording import phrase, say
from shoal.metainfo.file_layout import FileLayout, TorrentFile

Index = QModelIndex | QPersistentModelIndex
COLUMNS = (
    NAME_COLUMN,
    SIZE_COLUMN,
    TreeColumn("done", phrase("Done"), is_number=True),
    TreeColumn("pieces", phrase("Pieces")),
    PRIORITY_COLUMN,
)
MOST_STRIPS = 2000


class ListedFiles(NamedTuple):
    """The tree of a transfer's files, and what was true of them then: `file_done`, `file_priorities`."""

    listing: FileListing
    done: bytes
    levels: bytes


def list_files(name: str, files: Sequence[FileRow], piece_length: int) -> ListedFiles:
    """The tree of a transfer's files. For a worker: there may be 100,000 of them."""
    listed = [ListedFile(entry.index, tuple(entry.path.split("/")), entry.size) for entry in files if not entry.is_pad]
    listing = build_tree(name, listed, layout=_layout(files, piece_length))
    if listed:
        listing.prepare(*KIND_GROUPS.values())
    done = array("Q", [entry.done for entry in files]).tobytes()
    return ListedFiles(listing, done, bytes([entry.priority for entry in files]))


def _layout(files: Sequence[FileRow], piece_length: int) -> FileLayout | None:
    if piece_length <= 0 or not any(entry.size for entry in files):
        return None
    entries: list[TorrentFile] = []
    offset = 0
    for entry in files:
        entries.append(TorrentFile((entry.path,), entry.size, offset, is_pad=entry.is_pad))
        offset += entry.size
    return FileLayout(tuple(entries), piece_length)


Priorities = tuple[tuple[int, int], ...]
"""(file's index, priority) of each."""


class TorrentFiles(FileTreeModel):
    """`show_progress` takes each answer; only rows that are seen and have changed are repainted.

    `changed` gets what a person has set, to be sent to the engine, and how those files were before.
    """

    def __init__(
        self,
        files: ListedFiles,
        changed: Callable[[Priorities, Priorities], None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(files.listing, parent, columns=COLUMNS)
        self._done = array("Q", bytes(8 * files.listing.count))
        self._sums: dict[int, int] = {}
        """Of folders that were looked at, by number."""
        self._raw_done = b""
        self._raw_levels = b""
        self._strips: dict[int, bytes] = {}
        self._pending = PendingPriorities(len(files.levels))
        self._changed = changed
        self.chosen = self._on_chosen
        self.content_path = ""
        """Absolute path of the transfer's file or top folder."""
        self.is_anybody_here = False
        self.seen: Callable[[], Iterable[QModelIndex]] = tuple
        """The rows that can be seen; the view puts its own in."""
        self.show_progress(files.done, files.levels, {})

    # -- what the engine tells

    def show_progress(self, done: bytes | None, levels: bytes | None, strips: dict[int, bytes]) -> None:
        """The parts of `TorrentDetails` of the same names, None for those that it has not."""
        if levels is not None:
            shown = self._pending.settle(levels)
            if shown != self._raw_levels:
                self._raw_levels = shown
                self.take_priorities(shown)
        fresh = self._done
        if done is not None and done != self._raw_done:
            values = array("Q")
            values.frombytes(done)
            self._raw_done = done
            fresh = array("Q", map(values.__getitem__, self.listing.numbers))
        is_changed = {number for number, cells in strips.items() if self._strips.get(number) != cells}
        if len(self._strips) > MOST_STRIPS:
            self._strips.clear()
        self._strips.update(strips)
        if fresh is self._done and not is_changed:
            return
        before, self._done = self._done, fresh
        self._sums.clear()
        for index in self.seen():
            node = self.node(index)
            if node.number in is_changed or before[node.first : node.last] != fresh[node.first : node.last]:
                self.dataChanged.emit(index, index.siblingAtColumn(len(COLUMNS) - 1))

    def _on_chosen(self, changes: list[tuple[int, int]]) -> None:
        # The answer that brings these, or none, may come much later than the next change.
        shown = bytearray(self._raw_levels)
        former = tuple((index, shown[index]) for index, level in changes if shown[index] != level)
        for index, level in changes:
            shown[index] = level
        self._raw_levels = bytes(shown)
        self._pending.ask(changes)
        self._changed(tuple(changes), former)

    # -- what is asked of it

    def done(self, node: Node) -> int:
        """Verified bytes."""
        if node.folder is None:
            return self._done[node.first]
        known = self._sums.get(node.folder.number)
        if known is None:
            known = self._sums[node.folder.number] = sum(self._done[node.first : node.last])
        return known

    def is_finished(self, node: Node) -> bool:
        return self.done(node) >= node.size

    def place(self, node: Node) -> str:
        """Absolute path on the disk; empty while that is not known."""
        below = self.listing.path(node)
        if not self.content_path or not below or self._is_alone(node):
            return self.content_path
        return f"{self.content_path}/{below}"

    def _is_alone(self, node: Node) -> bool:
        """The torrent is this one file, without a folder of its own."""
        return node.folder is None and self.listing.parents[node.first] == 0

    def strip(self, index: Index) -> bytes | None:
        """Its pieces; None for folders, and for files that were not seen yet."""
        node = self.node(index)
        return None if node.is_folder else self._strips.get(node.number)

    def share(self, index: Index) -> float:
        """0..1 of its bytes."""
        return self._share(self.node(index))

    def weight(self, node: Node, order: FileOrder) -> float:
        return self._share(node) if order is FileOrder.DONE else super().weight(node, order)

    def _share(self, node: Node) -> float:
        return 1.0 if node.size == 0 else min(1.0, self.done(node) / node.size)

    def text(self, node: Node, key: str) -> str:
        if key == "done":
            return percent_text(self.done(node), node.size)
        return super().text(node, key)

    def spoken(self, node: Node) -> str:
        return say("{row}, {percent} here", row=super().spoken(node), percent=percent_text(self.done(node), node.size))

    # -- dragging out

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        if index.isValid() and self.content_path and self.is_finished(self.node(index)):
            flags |= Qt.ItemFlag.ItemIsDragEnabled
        return flags

    def supportedDragActions(self) -> Qt.DropAction:  # noqa: N802
        """Out of Shoal a file is copied, never moved: it is still shared."""
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:  # noqa: N802
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:  # noqa: N802
        nodes = [self.node(index) for index in indexes if index.column() == 0]
        data = QMimeData()
        data.setUrls([QUrl.fromLocalFile(self.place(node)) for node in nodes if self.is_finished(node)])
        return data
