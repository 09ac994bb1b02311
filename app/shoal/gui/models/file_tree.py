"""The files of a torrent as a tree with ticks and five priorities; padding files are never in it.

Unticking is Skip; ticking again brings the earlier priority back. A folder shows what its files have in common. While
names are filtered, every change keeps to the files that are shown.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from shoal.gui.models.file_choice import FileChoice
from shoal.gui.models.file_listing import SHOWN, FileListing, Folder, Node
from shoal.gui.models.file_rows import FileOrder, FileRows
from shoal.gui.models.tree_columns import COLUMNS, TreeColumn
from shoal.gui.style.kinds import kind_of
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import Template, clean, isolated, phrase, say, say_count, say_phrase
from shoal.metainfo.priorities import FilePriority, shared_bytes

Index = QModelIndex | QPersistentModelIndex

PRIORITY_NAMES: dict[FilePriority, Template] = {
    FilePriority.SKIP: phrase("Skip"),
    FilePriority.LOW: phrase("Low"),
    FilePriority.NORMAL: phrase("Normal"),
    FilePriority.HIGH: phrase("High"),
    FilePriority.HIGHEST: phrase("Highest"),
}
LEVELS = tuple(FilePriority)
"""Skip to Highest, in the order of their keys 0 to 4."""
MIXED = phrase("Mixed")
KIND_GROUPS: dict[Template, frozenset[str]] = {
    phrase("Video"): frozenset({"video"}),
    phrase("Audio"): frozenset({"audio"}),
    phrase("Documents"): frozenset({"book"}),
}
KIND_CHOICES: dict[Template, frozenset[str] | None] = {
    **KIND_GROUPS,
    phrase("All"): None,
    phrase("None"): frozenset(),
}
"""What the chips above a tree choose; None is every kind."""


class FileTreeModel(QAbstractItemModel):
    """`columns` must begin with the name. `selection_changed` when the wanted bytes may differ.

    Subclasses show more by further columns and their `text`; `chosen` tells them of what a person changed.
    """

    selection_changed = Signal()

    def __init__(
        self, listing: FileListing, parent: QObject | None = None, *, columns: Sequence[TreeColumn] = COLUMNS
    ) -> None:
        super().__init__(parent)
        self.listing = listing
        self.columns = tuple(columns)
        self.chosen: Callable[[list[tuple[int, int]]], None] | None = None
        """Called with (file's index, priority) of all that a person just changed."""
        self._choice = FileChoice(listing.count)
        self._sizes = [after - before for before, after in zip(listing.totals, listing.totals[1:], strict=False)]
        self._wanted = listing.size
        self._rows = FileRows(listing, self.weight)
        self._states: dict[int, frozenset[int]] = {}

    # -- what is chosen

    @property
    def wanted_bytes(self) -> int:
        return self._wanted

    def priorities(self, count: int) -> tuple[int, ...]:
        """One value for each of the metainfo's `count` files; padding files keep Normal."""
        values = [int(FilePriority.NORMAL)] * count
        for number, level in zip(self.listing.numbers, self._choice.levels, strict=True):
            values[number] = level
        return tuple(values)

    def take_priorities(self, values: Sequence[int]) -> None:
        """Show what the engine has in force: one value for each of the metainfo's files. `chosen` is not called."""
        levels = bytes([values[number] for number in self.listing.numbers])
        if levels != self._choice.levels:
            self._choice.replace(levels)
            self._tell()

    def set_priority(self, indexes: Iterable[Index], priority: FilePriority) -> None:
        """Give files, and all shown files below folders, this priority."""
        before = self._choice.levels
        for node in map(self.node, indexes):
            self._choice.set_level(node.first, node.last, priority, self._rows.shown)
        self._settle(before)

    def set_ticked(self, indexes: Iterable[Index], ticked: bool) -> None:
        """Untick = Skip; tick = the priority from before, for files that were skipped."""
        before = self._choice.levels
        for node in map(self.node, indexes):
            self._choice.set_ticked(node.first, node.last, ticked, self._rows.shown)
        self._settle(before)

    def choose_kinds(self, kinds: frozenset[str] | None) -> None:
        """Of the shown files tick only those of these kinds; None ticks all, the empty set none."""
        before = self._choice.levels
        count = self.listing.count
        kept = bytes((SHOWN,)) * count if kinds is None else self.listing.of_kinds(kinds)
        self._choice.keep_only(kept, self._rows.shown)
        self._settle(before)

    def has_kinds(self, kinds: frozenset[str]) -> bool:
        """Whether there is any file of these kinds."""
        return SHOWN in self.listing.of_kinds(kinds)

    def _settle(self, before: bytes) -> None:
        after = self._choice.levels
        if after == before:
            return
        self._tell()
        if self.chosen is not None:
            pairs = zip(self.listing.numbers, before, after, strict=True)
            self.chosen([(number, new) for number, old, new in pairs if old != new])

    def _tell(self) -> None:
        self._states.clear()
        self._wanted = self._choice.wanted(self._sizes)
        # One signal for all. Qt repaints only these rows by it; whoever shows more repaints by `selection_changed`.
        if rows := self.rowCount():
            self.dataChanged.emit(self.index(0, 0), self.index(rows - 1, len(self.columns) - 1))
        self.selection_changed.emit()

    # -- what is shown

    @property
    def is_filtered(self) -> bool:
        return self._rows.shown is not None

    @property
    def shown_count(self) -> int:
        """Files that the filter lets through."""
        return self.listing.count if self._rows.shown is None else self._rows.shown.count(SHOWN)

    def set_needle(self, needle: str) -> None:
        """Show only files whose name matches, in their folders; empty shows all."""
        shown = self.listing.matching(needle)
        if shown != self._rows.shown:
            self.beginResetModel()
            self._rows.shown = shown
            self._rows.forget()
            self._states.clear()
            self.endResetModel()

    @property
    def order(self) -> FileOrder:
        return self._rows.order

    def set_order(self, order: FileOrder) -> None:
        if order is not self._rows.order:
            self.beginResetModel()
            self._rows.order = order
            self._rows.forget()
            self._states.clear()
            self.endResetModel()

    def sort_by(self, key: str) -> None:
        """By the column `key`; the same again goes back to the torrent's order."""
        known = {order.value for order in FileOrder}
        wanted = FileOrder(key) if key in known else FileOrder.TORRENT
        self.set_order(FileOrder.TORRENT if wanted is self.order else wanted)

    def sorted_by(self) -> str:
        """The key of the column it is ordered by; empty for the torrent's order."""
        return "" if self.order is FileOrder.TORRENT else self.order.value

    def weight(self, node: Node, order: FileOrder) -> float:
        """How far up `order` puts a node; subclasses know more orders. As it was when the rows were ordered."""
        return max(self._found(node)) if order is FileOrder.PRIORITY else 0.0

    # -- nodes

    def node(self, index: Index) -> Node:
        """The node of a valid index, the root of an invalid one."""
        if not index.isValid():
            return self.listing.folder_node(self.listing.folders[0])
        return self.listing.node(self._rows.children(self.listing.folders[index.internalId()])[index.row()])

    def path(self, index: Index) -> str:
        """Path below the torrent's own folder, with `/`."""
        return self.listing.path(self.node(index))

    def common_priority(self, node: Node) -> FilePriority | None:
        """What all shown files of a node have; None when they differ."""
        found = self._found(node)
        return FilePriority(next(iter(found))) if len(found) == 1 else None

    def tick_of(self, node: Node) -> Qt.CheckState:
        found = self._found(node)
        if FilePriority.SKIP not in found:
            return Qt.CheckState.Checked
        return Qt.CheckState.Unchecked if len(found) == 1 else Qt.CheckState.PartiallyChecked

    def priority_name(self, node: Node) -> str:
        """The word of the priority column."""
        common = self.common_priority(node)
        return say_phrase(MIXED) if common is None else say_phrase(PRIORITY_NAMES[common])

    def index_of_folder(self, number: int) -> QModelIndex:
        """The first column of a folder by its number; invalid for the root and for one that is not shown."""
        folder = self.listing.folders[number]
        row = self._rows.row_of(folder)
        if row is None or folder.parent is None:
            return QModelIndex()
        return self.createIndex(row, 0, folder.parent.number)

    def _found(self, node: Node) -> frozenset[int]:
        if node.folder is None:
            return frozenset((self._choice.levels[node.first],))
        found = self._states.get(node.folder.number)
        if found is None:
            found = self._choice.found(node.first, node.last, self._rows.shown)
            self._states[node.folder.number] = found
        return found

    # -- what the view's cells ask

    def column_keys(self) -> tuple[str, ...]:
        return tuple(column.key for column in self.columns)

    def name(self, index: Index) -> str:
        return clean(self.node(index).name)

    def icon(self, index: Index) -> str:
        node = self.node(index)
        return "folder" if node.is_folder else kind_of(node.name)

    def is_folder(self, index: Index) -> bool:
        return self.node(index).is_folder

    def tick(self, index: Index) -> Qt.CheckState:
        return self.tick_of(self.node(index))

    def level(self, index: Index) -> int | None:
        common = self.common_priority(self.node(index))
        return None if common is None else LEVELS.index(common)

    def level_names(self) -> list[str]:
        return [say_phrase(PRIORITY_NAMES[priority]) for priority in LEVELS]

    def set_level(self, indexes: list[QModelIndex], level: int) -> None:
        self.set_priority(indexes, LEVELS[level])

    def toggle(self, indexes: list[QModelIndex], pressed: QModelIndex) -> None:
        """All become what a press on `pressed` makes of it."""
        self.set_ticked(indexes, self.tick(pressed) is not Qt.CheckState.Checked)

    def folder_number(self, index: Index) -> int:
        """What names a folder whatever is filtered, -1 for a file."""
        folder = self.node(index).folder
        return -1 if folder is None else folder.number

    # -- what Qt asks

    def index(self, row: int, column: int, parent: Index = QModelIndex()) -> QModelIndex:  # noqa: B008
        folder = self._folder(parent)
        if folder is None or not (0 <= column < len(self.columns)):
            return QModelIndex()
        if not 0 <= row < self._rows.listed(folder):
            return QModelIndex()
        return self.createIndex(row, column, folder.number)

    def parent(self, index: Index = QModelIndex()) -> QModelIndex:  # type: ignore[override]  # noqa: B008
        return self.index_of_folder(index.internalId()) if index.isValid() else QModelIndex()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        folder = None if parent.isValid() and parent.column() > 0 else self._folder(parent)
        return 0 if folder is None else self._rows.listed(folder)

    def hasChildren(self, parent: Index = QModelIndex()) -> bool:  # noqa: B008, N802
        # A shown folder always holds a shown file.
        if not parent.isValid():
            return self.rowCount() > 0
        return parent.column() == 0 and self._folder(parent) is not None

    def canFetchMore(self, parent: Index) -> bool:  # noqa: N802
        folder = self._folder(parent)
        return folder is not None and self._rows.listed(folder) < len(self._rows.children(folder))

    def fetchMore(self, parent: Index) -> None:  # noqa: N802
        folder = self._folder(parent)
        if folder is None or not self.canFetchMore(parent):
            return
        first, after = self._rows.listed(folder), self._rows.next_listed(folder)
        self.beginInsertRows(self.index_of_folder(folder.number), first, after - 1)
        self._rows.list_more(folder)
        self.endInsertRows()

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return len(self.columns)

    def flags(self, index: Index) -> Qt.ItemFlag:
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsUserCheckable if index.column() == 0 else flags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal:
            return None
        column = self.columns[section]
        if role == Qt.ItemDataRole.DisplayRole:
            return say_phrase(column.title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignRight if column.is_number else Qt.AlignmentFlag.AlignLeft
            return side | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(node, self.columns[index.column()].key)
        if role == Qt.ItemDataRole.CheckStateRole and index.column() == 0:
            return self.tick_of(node)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self.spoken(node)
        if role == Qt.ItemDataRole.AccessibleDescriptionRole:
            return " ".join(self.notes(node))
        return None

    def setData(self, index: Index, value: object, role: int = Qt.ItemDataRole.EditRole) -> bool:  # noqa: N802
        if role != Qt.ItemDataRole.CheckStateRole or index.column() != 0:
            return False
        self.set_ticked([index], Qt.CheckState(value) is Qt.CheckState.Checked)
        return True

    # -- words, which subclasses add to

    def text(self, node: Node, key: str) -> str:
        """What the column `key` shows of a node."""
        match key:
            case "name":
                return clean(node.name)
            case "size":
                return size_text(node.size)
            case "priority":
                return self.priority_name(node)
            case _:
                return ""

    def spoken(self, node: Node) -> str:
        """The whole row in one sentence, for whoever hears it."""
        places = {
            "name": isolated(node.name),
            "size": size_text(node.size),
            "priority": self.priority_name(node),
        }
        if not node.is_folder:
            return say("{name}, {size}, priority {priority}", **places)
        return say_count(
            node.file_count,
            "folder {name}, {n} file, {size}, priority {priority}",
            "folder {name}, {n} files, {size}, priority {priority}",
            **places,
        )

    def notes(self, node: Node) -> list[str]:
        """Sentences that its row has no room for: its name before it was cleaned, and what a skipped file leaves."""
        notes: list[str] = []
        original = self.listing.originals.get(node.number)
        if original is not None:
            notes.append(say("The torrent calls it \u201c{name}\u201d.", name=isolated(original)))
        if shared := self._shared(node):
            notes.append(
                say(
                    "{name} shares pieces with a chosen file: up to {size} of it may appear on disk, in a hidden file.",
                    name=isolated(node.name),
                    size=size_text(shared),
                )
            )
        return notes

    def tip(self, index: Index) -> str:
        """Plain text for a tooltip; empty when the row tells all."""
        return "\n".join(self.notes(self.node(index)))

    def _shared(self, node: Node) -> int:
        listing, levels = self.listing, self._choice.levels
        if listing.layout is None or node.is_folder or levels[node.first] != FilePriority.SKIP:
            return 0
        return shared_bytes(listing.layout, node.number, lambda index: levels[listing.slot_of(index)] != 0)

    def _folder(self, index: Index) -> Folder | None:
        if not index.isValid():
            return self.listing.folders[0]
        child = self._rows.children(self.listing.folders[index.internalId()])[index.row()]
        return self.listing.folders[~child] if child < 0 else None
