"""The tree of files with its keys: Space ticks, 0 to 4 set a priority, a click on the priority opens its menu."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup, QContextMenuEvent, QKeyEvent, QPainter
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QStyle, QStyleOptionViewItem, QTreeView

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.file_tree_cells import FileTreeCell, TreeCells
from shoal.gui.widgets.menu_key import open_menu_by_key
from shoal.gui.widgets.tree_header import TreeHeader

Index = QModelIndex | QPersistentModelIndex
WIDTHS: Mapping[str, int] = {"size": 84, "priority": 152}
OTHER_WIDTH = 84
NEAR_THE_END = 100
ALT = Qt.KeyboardModifier.AltModifier
FIRST_ROWS, FOUND_ROWS = 40, 200
"""So many rows are opened at first, and while a filter shows what it has found."""


class TreeEdits(TreeCells, Protocol):
    """What the view asks of whoever owns the files, beside what its cells show."""

    @property
    def is_filtered(self) -> bool: ...

    def set_level(self, indexes: list[QModelIndex], level: int) -> None:
        """0 (skip) to 4 (highest)."""
        ...

    def toggle(self, indexes: list[QModelIndex], pressed: QModelIndex) -> None: ...

    def level_names(self) -> list[str]:
        """Names of the levels 0 to 4."""
        ...

    def folder_number(self, index: Index) -> int:
        """What names a folder for good, -1 for a file."""
        ...

    def index_of_folder(self, number: int) -> QModelIndex: ...

    def sort_by(self, key: str) -> None: ...

    def sorted_by(self) -> str: ...


class FileTreeView(QTreeView):
    """`cell` paints; one of a subclass is for further columns. The model may be its own `edits`."""

    menu_opened = Signal(object)
    """The `QMenu` of priorities."""
    current_moved = Signal()

    def __init__(
        self,
        theme: Theme,
        model: QAbstractItemModel,
        edits: TreeEdits,
        *,
        cell: FileTreeCell | None = None,
        widths: Mapping[str, int] = WIDTHS,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._edits = edits
        self._open: set[int] = set()
        self._reopening = False
        header = TreeHeader(theme, self, self._sorted_column)
        self.setHeader(header)
        self.setModel(model)
        self.setProperty("card", "true")
        # The row paints its own selection, round and under the branches as well.
        self.setProperty("files", "true")
        self.setUniformRowHeights(True)
        self.setIndentation(theme.px(22))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setExpandsOnDoubleClick(True)
        self._cell = cell or FileTreeCell(theme, edits)
        # Owned by the view, so that it goes in this thread and not where Python's collector happens to run.
        self._cell.setParent(self)
        self._cell.tick_clicked.connect(self._on_tick)
        self._cell.priority_clicked.connect(self._open_menu)
        self.setItemDelegate(self._cell)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self._keys = edits.column_keys()
        for column, key in list(enumerate(self._keys))[1:]:
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, theme.px(widths.get(key, OTHER_WIDTH)))
        header.sectionClicked.connect(self._on_header)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._list_more)
        self.expanded.connect(lambda index: self._remember(index, is_open=True))
        self.collapsed.connect(lambda index: self._remember(index, is_open=False))
        model.modelReset.connect(self._reopen)
        self.selectionModel().currentRowChanged.connect(lambda *_: self.current_moved.emit())
        self.open_first(FIRST_ROWS)

    # -- folders

    def open_first(self, rows: int) -> None:
        """Open folders from the top down until about so many rows are shown; the first one in any case."""
        model = self.model()
        waiting = [model.index(row, 0) for row in range(model.rowCount())]
        shown = len(waiting)
        while waiting:
            index = waiting.pop(0)
            below = model.rowCount(index)
            if not below or (shown + below > rows and self.isExpanded(model.index(0, 0))):
                continue
            self.expand(index)
            shown += below
            if below <= rows:
                waiting.extend(model.index(row, 0, index) for row in range(below))

    def _remember(self, index: QModelIndex, *, is_open: bool) -> None:
        if self._edits.is_filtered or self._reopening:
            return
        number = self._edits.folder_number(index)
        if is_open:
            self._open.add(number)
        else:
            self._open.discard(number)

    def _reopen(self) -> None:
        """After a filter or an order has changed: what it has found, or the folders that were open before."""
        self._reopening = True
        try:
            if self._edits.is_filtered:
                self.open_first(FOUND_ROWS)
            for number in sorted(self._open):
                index = self._edits.index_of_folder(number)
                if index.isValid() and not self._edits.is_filtered:
                    self.expand(index)
        finally:
            self._reopening = False

    # -- painting

    def drawRow(self, painter: QPainter, options: QStyleOptionViewItem, index: Index) -> None:  # noqa: N802
        if self.selectionModel().isSelected(index):
            painter.save()
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour("sel"))
            across = QRectF(0, options.rect.top(), self.viewport().width(), options.rect.height())
            painter.drawRoundedRect(across, self._theme.px(4), self._theme.px(4))
            painter.restore()
        super().drawRow(painter, options, index)

    def drawBranches(self, painter: QPainter, rect: QRect, index: Index) -> None:  # noqa: N802
        if not self.model().hasChildren(index):
            return
        px, direction = self._theme.px, self.layoutDirection()
        if self.isExpanded(index):
            name = "chevron-down"
        else:
            name = "chevron-left" if direction is Qt.LayoutDirection.RightToLeft else "chevron-right"
        size = px(13)
        arrow = QRect(rect.right() + 1 - px(11) + px(3) - size // 2, rect.center().y() - size // 2 + 1, size, size)
        pixmap = self._theme.pixmap(name, "ink2", size, self.devicePixelRatioF())
        painter.drawPixmap(QStyle.visualRect(direction, rect, arrow).topLeft(), pixmap)

    def initViewItemOption(self, option: QStyleOptionViewItem) -> None:  # noqa: N802
        super().initViewItemOption(option)
        option.showDecorationSelected = True

    # -- keys and clicks

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        current = self.currentIndex()
        chosen = self._chosen(current)
        key, plain = event.key(), not (event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier)
        if key == Qt.Key.Key_Space and chosen:
            self._edits.toggle(chosen, current.siblingAtColumn(0))
        elif Qt.Key.Key_0 <= key <= Qt.Key.Key_4 and chosen and plain:
            self._edits.set_level(chosen, key - Qt.Key.Key_0)
        elif chosen and (key == Qt.Key.Key_F4 or (key == Qt.Key.Key_Down and event.modifiers() & ALT)):
            self._open_menu(current, self._priority_cell(current))
        elif not open_menu_by_key(event):
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        by_mouse = event.reason() is QContextMenuEvent.Reason.Mouse
        index = self.indexAt(event.pos()) if by_mouse else self.currentIndex()
        if index.isValid():
            self._open_menu(index, self._priority_cell(index), event.globalPos() if by_mouse else None)

    def _on_tick(self, index: QModelIndex) -> None:
        self._edits.toggle(self._chosen(index), index)

    def _open_menu(self, index: QModelIndex, cell: QRect, at: QPoint | None = None) -> None:
        chosen = self._chosen(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        group = QActionGroup(menu)
        present = self._edits.level(index)
        for level, name in reversed(list(enumerate(self._edits.level_names()))):
            action = QAction(name, group)
            action.setCheckable(True)
            action.setChecked(level == present)
            action.setShortcut(str(level))
            action.triggered.connect(lambda _=False, to=level: self._edits.set_level(chosen, to))
            menu.addAction(action)
        self.menu_opened.emit(menu)
        menu.popup(at or self.viewport().mapToGlobal(cell.bottomLeft()))

    def _priority_cell(self, index: QModelIndex) -> QRect:
        column = self._keys.index("priority") if "priority" in self._keys else 0
        return self.visualRect(index.siblingAtColumn(column))

    def _on_header(self, column: int) -> None:
        self._edits.sort_by(self._keys[column])
        self.header().viewport().update()

    def _sorted_column(self) -> int:
        key = self._edits.sorted_by()
        return self._keys.index(key) if key in self._keys else -1

    def _list_more(self) -> None:
        """Have the next children listed before the end of those listed so far is scrolled into view."""
        model = self.model()
        index = self.indexAt(self.viewport().rect().bottomLeft())
        while index.isValid():
            parent = index.parent()
            if index.row() >= model.rowCount(parent) - NEAR_THE_END and model.canFetchMore(parent):
                model.fetchMore(parent)
            index = parent

    def _chosen(self, index: QModelIndex) -> list[QModelIndex]:
        """The selection when `index` is part of it, else its row alone."""
        rows = self.selectionModel().selectedRows(0)
        if any(row.row() == index.row() and row.parent() == index.parent() for row in rows):
            return rows
        return [index.siblingAtColumn(0)] if index.isValid() else []
