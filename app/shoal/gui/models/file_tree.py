"""The files of a torrent as a tree with ticks and five priorities; padding files are never in it.

The nodes are plain objects, made in a worker: a torrent may have 100,000 files. Unticking is Skip; ticking again
brings the earlier priority back. A folder shows what its files have in common.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from shoal.gui.style.kinds import kind_of
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import isolated, say
from shoal.metainfo.priorities import FilePriority

Index = QModelIndex | QPersistentModelIndex

FIRST_CHILDREN = 500
"""A view asks about every listed child of an open folder, so a huge folder lists its children by and by."""

PRIORITY_NAMES: dict[FilePriority, str] = {
    FilePriority.SKIP: "Skip",
    FilePriority.LOW: "Low",
    FilePriority.NORMAL: "Normal",
    FilePriority.HIGH: "High",
    FilePriority.HIGHEST: "Highest",
}
MIXED = "Mixed"
KIND_GROUPS: dict[str, frozenset[str]] = {
    "Video": frozenset({"video"}),
    "Audio": frozenset({"audio"}),
    "Documents": frozenset({"book"}),
}
COLUMNS = ("Name", "Size", "Priority")
NAME, SIZE, PRIORITY = range(3)


class ListedFile(NamedTuple):
    """One file as the metainfo lists it; `number` counts padding files too."""

    number: int
    path: tuple[str, ...]
    size: int


class Node:
    """A file or a folder. Counts are of the files below, so that a folder's state costs nothing to show."""

    __slots__ = (
        "children",
        "file_count",
        "index",
        "listed",
        "name",
        "parent",
        "priority",
        "restored",
        "row",
        "size",
        "states",
    )

    def __init__(self, name: str, parent: Node | None, index: int = -1, size: int = 0) -> None:
        self.name = name
        self.parent = parent
        self.index = index
        """Of the file in the metainfo, -1 for a folder."""
        self.size = size
        self.children: list[Node] = []
        self.row = 0
        self.priority = FilePriority.NORMAL
        self.restored = FilePriority.NORMAL
        """What a new tick brings back."""
        self.states: dict[FilePriority, int] = {}
        """Of a folder: how many files below have each priority."""
        self.file_count = 0
        self.listed = FIRST_CHILDREN
        """At most so many children are listed yet."""

    @property
    def is_folder(self) -> bool:
        return self.index < 0

    def common_priority(self) -> FilePriority | None:
        """What all files here have; None when they differ."""
        if not self.is_folder:
            return self.priority
        return next(iter(self.states)) if len(self.states) == 1 else None

    def tick(self) -> Qt.CheckState:
        if not self.is_folder:
            return Qt.CheckState.Unchecked if self.priority is FilePriority.SKIP else Qt.CheckState.Checked
        skipped = self.states.get(FilePriority.SKIP, 0)
        if skipped == 0:
            return Qt.CheckState.Checked
        return Qt.CheckState.Unchecked if skipped == self.file_count else Qt.CheckState.PartiallyChecked

    def files(self) -> Iterator[Node]:
        """The files here and below."""
        waiting = [self]
        while waiting:
            node = waiting.pop()
            if node.is_folder:
                waiting.extend(reversed(node.children))
            else:
                yield node


def build_tree(name: str, files: Sequence[ListedFile]) -> Node:
    """The root (never shown) over one folder `name`, or over the file itself when there is one with a bare path."""
    root = Node("", None)
    if len(files) == 1 and len(files[0].path) == 1:
        _add(root, Node(files[0].path[0], root, files[0].number, files[0].size))
        _count(root)
        return root
    top = Node(name, root)
    _add(root, top)
    folders: dict[tuple[str, ...], Node] = {(): top}
    for entry in files:
        parent = _folder(folders, entry.path[:-1])
        _add(parent, Node(entry.path[-1], parent, entry.number, entry.size))
    _count(root)
    return root


def _folder(folders: dict[tuple[str, ...], Node], path: tuple[str, ...]) -> Node:
    depth = len(path)
    while path[:depth] not in folders:
        depth -= 1
    node = folders[path[:depth]]
    for at in range(depth, len(path)):
        child = Node(path[at], node)
        _add(node, child)
        folders[path[: at + 1]] = node = child
    return node


def _add(parent: Node, child: Node) -> None:
    child.row = len(parent.children)
    parent.children.append(child)


def _count(root: Node) -> None:
    order: list[Node] = [root]
    for node in order:
        order.extend(child for child in node.children if child.is_folder)
    for node in reversed(order):
        for child in node.children:
            node.size += child.size
            node.file_count += child.file_count if child.is_folder else 1
        node.states = {FilePriority.NORMAL: node.file_count} if node.file_count else {}


class FileTreeModel(QAbstractItemModel):
    """Three columns: name with tick, size, priority. `selection_changed` when the wanted bytes may differ."""

    selection_changed = Signal()

    def __init__(self, root: Node, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._root = root
        self._wanted = root.size

    @property
    def wanted_bytes(self) -> int:
        return self._wanted

    def priorities(self, count: int) -> tuple[int, ...]:
        """One value for each of the metainfo's `count` files; padding files keep Normal."""
        values = [int(FilePriority.NORMAL)] * count
        for node in self._root.files():
            values[node.index] = int(node.priority)
        return tuple(values)

    def node(self, index: Index) -> Node:
        """The node of a valid index, the root of an invalid one."""
        if not index.isValid():
            return self._root
        node: Node = index.internalPointer()
        return node

    def set_priority(self, indexes: Iterable[Index], priority: FilePriority) -> None:
        """Give files, and all files below folders, this priority."""
        for index in indexes:
            for file in self.node(index).files():
                self._assign(file, priority)
        self._tell()

    def set_ticked(self, indexes: Iterable[Index], ticked: bool) -> None:
        """Untick = Skip; tick = the priority from before, for files that were skipped."""
        for index in indexes:
            for file in self.node(index).files():
                if not ticked:
                    self._assign(file, FilePriority.SKIP)
                elif file.priority is FilePriority.SKIP:
                    self._assign(file, file.restored)
        self._tell()

    def choose_kinds(self, kinds: frozenset[str] | None) -> None:
        """Tick only files of these kinds; None ticks all, the empty set none."""
        for file in self._root.files():
            if kinds is not None and kind_of(file.name) not in kinds:
                self._assign(file, FilePriority.SKIP)
            elif file.priority is FilePriority.SKIP:
                self._assign(file, file.restored)
        self._tell()

    def _assign(self, file: Node, priority: FilePriority) -> None:
        old = file.priority
        if old is priority:
            return
        if old is not FilePriority.SKIP:
            file.restored = old
        file.priority = priority
        if priority is FilePriority.SKIP:
            self._wanted -= file.size
        elif old is FilePriority.SKIP:
            self._wanted += file.size
        folder = file.parent
        while folder is not None:
            left = folder.states[old] - 1
            if left:
                folder.states[old] = left
            else:
                del folder.states[old]
            folder.states[priority] = folder.states.get(priority, 0) + 1
            folder = folder.parent

    def _tell(self) -> None:
        # One signal for all: the view repaints what is seen, and asks for nothing else.
        self.dataChanged.emit(self.index(0, 0), self.index(self.rowCount() - 1, len(COLUMNS) - 1))
        self.selection_changed.emit()

    # -- what Qt asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        node = self.node(parent)
        if not (0 <= row < min(node.listed, len(node.children)) and 0 <= column < len(COLUMNS)):
            return QModelIndex()
        return self.createIndex(row, column, node.children[row])

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        above = self.node(index).parent if index.isValid() else None
        if above is None or above is self._root:
            return QModelIndex()
        return self.index_of(above)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        if parent.isValid() and parent.column() > 0:
            return 0
        node = self.node(parent)
        return min(node.listed, len(node.children))

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        node = self.node(parent)
        return node.listed < len(node.children)

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        node = self.node(parent)
        if not self.canFetchMore(parent):
            return
        first, last = node.listed, min(node.listed + FIRST_CHILDREN, len(node.children)) - 1
        self.beginInsertRows(self.index_of(node), first, last)
        node.listed = last + 1
        self.endInsertRows()

    def index_of(self, node: Node) -> QModelIndex:
        """The first column of `node`; invalid for the root."""
        return QModelIndex() if node is self._root else self.createIndex(node.row, 0, node)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(COLUMNS)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == NAME else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return say(COLUMNS[section])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if section == SIZE else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == NAME:
            return node.tick()
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return say(
                "{name}, {size}, priority {priority}",
                name=isolated(node.name),
                size=size_text(node.size),
                priority=priority_name(node),
            )
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        match index.column():
            case 0:
                return node.name
            case 1:
                return size_text(node.size)
            case _:
                return priority_name(node)

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != NAME:
            return False
        self.set_ticked([index], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True


def priority_name(node: Node) -> str:
    """The word of the priority column."""
    common = node.common_priority()
    return say(MIXED) if common is None else say(PRIORITY_NAMES[common])
