"""The tree of files with its keys: Space ticks, 0 to 4 set a priority, a click on the priority opens its menu."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QRect, Qt, Signal
from PySide6.QtGui import QAction, QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTreeView

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.file_tree_cells import FileTreeCell, TreeCells

SIZE_WIDTH, PRIORITY_WIDTH = 84, 136
NEAR_THE_END = 100


class TreeEdits(TreeCells, Protocol):
    """What the view asks of whoever owns the files, beside what its cells show."""

    def set_level(self, indexes: list[QModelIndex], level: int) -> None:
        """0 (skip) to 4 (highest)."""
        ...

    def toggle(self, indexes: list[QModelIndex], pressed: QModelIndex) -> None: ...

    def level_names(self) -> list[str]:
        """Names of the levels 0 to 4."""
        ...


class FileTreeView(QTreeView):
    menu_opened = Signal(object)
    """The `QMenu` of priorities."""

    def __init__(self, theme: Theme, model: QAbstractItemModel, edits: TreeEdits) -> None:
        super().__init__()
        self._edits = edits
        self.setModel(model)
        self.setProperty("card", "true")
        self.setUniformRowHeights(True)
        self.setIndentation(theme.px(22))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setExpandsOnDoubleClick(True)
        self._cell = FileTreeCell(theme, edits)
        # Owned by the view, so that it goes in this thread and not where Python's collector happens to run.
        self._cell.setParent(self)
        self._cell.tick_clicked.connect(self._on_tick)
        self._cell.priority_clicked.connect(self._open_menu)
        self.setItemDelegate(self._cell)
        header = self.header()
        header.setStretchLastSection(False)
        header.setFixedHeight(theme.px(32))
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.resizeSection(1, theme.px(SIZE_WIDTH))
        header.resizeSection(2, theme.px(PRIORITY_WIDTH))
        header.setSectionsMovable(False)
        theme.changed.connect(self.viewport().update)
        self.verticalScrollBar().valueChanged.connect(self._list_more)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        chosen = self._chosen(self.currentIndex())
        if event.key() == Qt.Key.Key_Space and chosen:
            self._edits.toggle(chosen, self.currentIndex())
        elif Qt.Key.Key_0 <= event.key() <= Qt.Key.Key_4 and chosen and not event.modifiers():
            self._edits.set_level(chosen, event.key() - Qt.Key.Key_0)
        else:
            super().keyPressEvent(event)

    def _on_tick(self, index: QModelIndex) -> None:
        self._edits.toggle(self._chosen(index), index)

    def _open_menu(self, index: QModelIndex, cell: QRect) -> None:
        chosen = self._chosen(index)
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for level, name in reversed(list(enumerate(self._edits.level_names()))):
            action = QAction(name, menu)
            action.triggered.connect(lambda _=False, to=level: self._edits.set_level(chosen, to))
            menu.addAction(action)
        self.menu_opened.emit(menu)
        menu.popup(self.viewport().mapToGlobal(cell.bottomLeft()))

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
