"""A list of filters in groups that fold: plain click chooses one alone, Ctrl-click combines, rows can be dropped on it.

It knows nothing of what it filters: entries come in, chosen keys by group go out.
"""

from __future__ import annotations

import html
from collections.abc import Iterable, Iterator, Mapping, Sequence

from PySide6.QtCore import QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QStandardItem,
    QStandardItemModel,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QTreeView

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.filter_cell import FilterCell, FilterEntry, FilterRole

_BY_KEYBOARD = frozenset(
    {Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason, Qt.FocusReason.ShortcutFocusReason}
)
_Select = QItemSelectionModel.SelectionFlag


class FilterList(QTreeView):
    """`groups` are (key, title) in their order; `everything` is the entry that stands for no filter at all."""

    chosen_changed = Signal()
    dropped = Signal(str, str, object)
    """Group and key of the entry, and the ids (list of str) that were dropped on it."""
    menu_wanted = Signal(str, str, QPoint)
    """Group and key ("" for the title of the group), and where, in screen coordinates."""
    folded_changed = Signal()

    def __init__(
        self, theme: Theme, groups: Sequence[tuple[str, str]], everything: tuple[str, str], drop_type: str
    ) -> None:
        """`drop_type` is the mime type whose data are ids, one a line."""
        super().__init__()
        self._theme = theme
        self._everything = everything
        self._drop_type = drop_type
        self._hidden: frozenset[str] = frozenset()
        self._is_settling = False
        self._items = QStandardItemModel(self)
        self._groups: dict[str, QStandardItem] = {}
        self._shown: dict[str, list[FilterEntry]] = {key: [] for key, _ in groups}
        for key, title in groups:
            item = QStandardItem(title)
            item.setData(key, FilterRole.GROUP)
            item.setFlags(Qt.ItemFlag.ItemIsEnabled)
            self._items.appendRow(item)
            self._groups[key] = item
        self.setModel(self._items)
        self._cell = FilterCell(theme, self)
        self.setItemDelegate(self._cell)
        self._set_up()
        for key in self._groups:
            self._place(key)
        self.selectionModel().selectionChanged.connect(self._on_selection)
        self.expanded.connect(self._on_folding)
        self.collapsed.connect(self._on_folding)
        theme.changed.connect(self.viewport().update)

    # -- for the sidebar

    def show_entries(self, entries: Iterable[FilterEntry]) -> None:
        """Show exactly these, each in its group and in the order given; what stays chosen stays chosen."""
        wanted: dict[str, list[FilterEntry]] = {key: [] for key in self._groups}
        for entry in entries:
            wanted[entry.group].append(entry)
        for group, new in wanted.items():
            if new != self._shown[group]:
                self._show_group(group, new)
        if not self.selectionModel().hasSelection():
            self.choose({self._everything[0]: frozenset({self._everything[1]})})

    def chosen(self) -> dict[str, frozenset[str]]:
        """The chosen keys of each group; the one that stands for everything is left out."""
        keys: dict[str, set[str]] = {group: set() for group in self._groups}
        for index in self.selectionModel().selectedIndexes():
            entry = index.data(FilterRole.ENTRY)
            if isinstance(entry, FilterEntry) and (entry.group, entry.key) != self._everything:
                keys[entry.group].add(entry.key)
        return {group: frozenset(found) for group, found in keys.items()}

    def chosen_of(self, group: str) -> frozenset[str]:
        """The chosen keys of one group, everything among them."""
        entries = (index.data(FilterRole.ENTRY) for index in self.selectionModel().selectedIndexes())
        return frozenset(entry.key for entry in entries if isinstance(entry, FilterEntry) and entry.group == group)

    def choose(self, keys: Mapping[str, frozenset[str]]) -> None:
        """Choose exactly these of those that are shown."""
        selection = QItemSelection()
        for item in self._entry_items():
            entry = item.data(FilterRole.ENTRY)
            if entry.key in keys.get(entry.group, frozenset()):
                selection.select(item.index(), item.index())
        self.selectionModel().select(selection, _Select.ClearAndSelect)

    def choose_everything(self) -> None:
        self.choose({self._everything[0]: frozenset({self._everything[1]})})

    def set_rail(self, is_rail: bool) -> None:
        """Icons and small counts only."""
        if self._cell.is_rail is is_rail:
            return
        self._cell.is_rail = is_rail
        for key in self._groups:
            self._place(key)
        self.scheduleDelayedItemsLayout()

    def hide_groups(self, keys: frozenset[str]) -> None:
        """These groups are not shown at all."""
        self._hidden = keys
        for key in self._groups:
            self._place(key)

    def fold(self, keys: frozenset[str]) -> None:
        """Exactly these groups are folded."""
        self._cell.folded = keys
        for key in self._groups:
            self._place(key)

    @property
    def folded(self) -> frozenset[str]:
        return self._cell.folded

    # -- inside

    def _set_up(self) -> None:
        self.setProperty("filters", "true")
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHeaderHidden(True)
        self.header().setMinimumSectionSize(1)
        self.header().setStretchLastSection(False)
        self.setRootIsDecorated(False)
        self.setIndentation(0)
        self.setItemsExpandable(True)
        self.setExpandsOnDoubleClick(False)
        self.setMouseTracking(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DropOnly)
        self.setAccessibleName(say("Filters"))

    def _entry_items(self) -> Iterator[QStandardItem]:
        for group in self._groups.values():
            for row in range(group.rowCount()):
                yield group.child(row)

    def _place(self, key: str) -> None:
        """Show, hide, fold or unfold a group. In the rail nothing is folded: nothing there could unfold it."""
        row = self._groups[key].row()
        index = self._groups[key].index()
        self.setRowHidden(row, QModelIndex(), key in self._hidden or not self._shown[key])
        self.setExpanded(index, self._cell.is_rail or key not in self._cell.folded)

    def _show_group(self, group: str, new: list[FilterEntry]) -> None:
        parent = self._groups[group]
        model = self.selectionModel()
        self._is_settling = True
        if [entry.key for entry in new] != [entry.key for entry in self._shown[group]]:
            chosen = self.chosen_of(group)
            current = self.currentIndex().data(FilterRole.ENTRY)
            parent.removeRows(0, parent.rowCount())
            parent.appendRows([self._make_item() for _ in new])
            for row, entry in enumerate(new):
                index = parent.child(row).index()
                if entry.key in chosen:
                    model.select(index, _Select.Select)
                if isinstance(current, FilterEntry) and (current.group, current.key) == (group, entry.key):
                    model.setCurrentIndex(index, _Select.NoUpdate)
        for row, entry in enumerate(new):
            self._fill(parent.child(row), entry)
        self._shown[group] = new
        self._is_settling = False
        self._place(group)
        self._settle()

    def _make_item(self) -> QStandardItem:
        item = QStandardItem()
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDropEnabled)
        return item

    def _fill(self, item: QStandardItem, entry: FilterEntry) -> None:
        if item.data(FilterRole.ENTRY) == entry:
            return
        item.setText(entry.name)
        item.setData(entry, FilterRole.ENTRY)
        item.setData(entry.group, FilterRole.GROUP)
        item.setData(entry.spoken, Qt.ItemDataRole.AccessibleTextRole)
        # Tooltips guess at rich text; escaped, a stranger's name stays plain.
        item.setData(f"<qt>{html.escape(entry.spoken)}</qt>", Qt.ItemDataRole.ToolTipRole)

    def _on_selection(self, selected: QItemSelection, _deselected: QItemSelection) -> None:
        if self._is_settling:
            return
        new = [index.data(FilterRole.ENTRY) for index in selected.indexes()]
        if any((entry.group, entry.key) == self._everything for entry in new if isinstance(entry, FilterEntry)):
            self._settle(prefer_everything=True)
        else:
            self._settle()

    def _settle(self, *, prefer_everything: bool = False) -> None:
        """Everything and something of the same group exclude each other; nothing chosen is everything."""
        model = self.selectionModel()
        chosen = [item for item in self._entry_items() if model.isSelected(item.index())]
        group, key = self._everything
        rest = [
            item for item in chosen if item.data(FilterRole.GROUP) == group and item.data(FilterRole.ENTRY).key != key
        ]
        whole = next((item for item in self._entry_items() if item.data(FilterRole.ENTRY).key == key), None)
        self._is_settling = True
        if prefer_everything:
            for item in rest:
                model.select(item.index(), _Select.Deselect)
        elif rest and whole is not None:
            model.select(whole.index(), _Select.Deselect)
        if whole is not None and not model.hasSelection():
            model.select(whole.index(), _Select.Select)
        self._is_settling = False
        self.viewport().update()
        self.chosen_changed.emit()

    def _on_folding(self, _index: QModelIndex) -> None:
        if self._cell.is_rail:
            return
        folded = frozenset(key for key, item in self._groups.items() if not self.isExpanded(item.index()))
        # A group that is not shown keeps what it was.
        folded = frozenset(key for key in folded if self._shown[key]) | {
            key for key in self._cell.folded if not self._shown[key]
        }
        if folded != self._cell.folded:
            self._cell.folded = folded
            self.folded_changed.emit()

    def _entry_at(self, at: QPoint) -> FilterEntry | None:
        entry = self.indexAt(at).data(FilterRole.ENTRY)
        return entry if isinstance(entry, FilterEntry) else None

    # -- events

    def selectionCommand(self, index: QModelIndex, event: QEvent | None = None) -> _Select:  # type: ignore[override]  # noqa: N802
        """The title of a group chooses nothing, nor does the room below the last entry."""
        if not isinstance(index.data(FilterRole.ENTRY), FilterEntry):
            return _Select.NoUpdate
        return super().selectionCommand(index, event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._cell.shows_focus = False
        index = self.indexAt(event.position().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton or not index.isValid():
            # A menu asked for by the other button must not change what is shown.
            return
        if not isinstance(index.data(FilterRole.ENTRY), FilterEntry):
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        """Moving with the button down chooses no range."""
        if not event.buttons():
            super().mouseMoveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._cell.shows_focus = True
        index = self.currentIndex()
        is_title = index.isValid() and not isinstance(index.data(FilterRole.ENTRY), FilterEntry)
        if is_title and event.key() in (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.setExpanded(index, not self.isExpanded(index))
            return
        super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._cell.shows_focus = event.reason() in _BY_KEYBOARD
        if not self.currentIndex().isValid():
            chosen = self.selectionModel().selectedIndexes()
            if chosen:
                self.selectionModel().setCurrentIndex(chosen[0], _Select.NoUpdate)
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        # A hidden header does not follow by itself.
        self.setColumnWidth(0, self.viewport().width())
        super().resizeEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if not index.isValid():
            return
        entry = index.data(FilterRole.ENTRY)
        below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
        key = entry.key if isinstance(entry, FilterEntry) else ""
        self.menu_wanted.emit(index.data(FilterRole.GROUP), key, below if by_keyboard else event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasFormat(self._drop_type):
            event.acceptProposedAction()
        else:
            event.ignore()

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        entry = self._entry_at(event.position().toPoint())
        takes = entry is not None and entry.takes_drops and event.mimeData().hasFormat(self._drop_type)
        self._aim_at((entry.group, entry.key) if takes and entry is not None else None)
        if takes:
            event.setDropAction(Qt.DropAction.CopyAction)
            event.accept()
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self._aim_at(None)
        event.accept()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self._aim_at(None)
        entry = self._entry_at(event.position().toPoint())
        if entry is None or not entry.takes_drops or not event.mimeData().hasFormat(self._drop_type):
            event.ignore()
            return
        ids = bytes(event.mimeData().data(self._drop_type).data()).decode().split("\n")
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        self.dropped.emit(entry.group, entry.key, [key for key in ids if key])

    def _aim_at(self, target: tuple[str, str] | None) -> None:
        if target != self._cell.target:
            self._cell.target = target
            self.viewport().update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(200))


def _place_of(item: QStandardItem) -> tuple[str, str]:
    entry = item.data(FilterRole.ENTRY)
    return (entry.group, entry.key) if isinstance(entry, FilterEntry) else ("", "")
