"""A table of the detail pane: sorted by its header, its columns arranged, left out when narrow, and remembered."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QItemSelectionModel, QModelIndex, QPoint, Qt, QTimer
from PySide6.QtGui import (
    QAction,
    QContextMenuEvent,
    QGuiApplication,
    QHideEvent,
    QKeyEvent,
    QKeySequence,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_cells import LINE_HEIGHT, DetailCell
from shoal.gui.widgets.row_table import Held, RowTable
from shoal.gui.widgets.table_header import LEAST_WIDTH

WIDEST = 2000
REMEMBER_MILLISECONDS = 400


class Sorting(Held, Protocol):
    """What the table asks of its model beside rows and cells."""

    @property
    def sort_key(self) -> str: ...

    @property
    def is_reversed(self) -> bool: ...

    def set_sort(self, key: str, *, is_reversed: bool = False) -> None: ...

    def cycle_sort(self, section: int) -> None: ...


@dataclass(frozen=True, slots=True)
class Arrangement:
    """Widths at 96 dpi by column key. `stretched` takes what is left, at least `least`; `dropped` go when narrow."""

    widths: Mapping[str, int]
    stretched: str
    least: int
    dropped: Sequence[str] = ()
    """First to last."""
    wrapped: frozenset[str] = field(default_factory=frozenset)
    """Columns whose text is never cut; rows grow with them."""


class DetailTable(RowTable):
    """`keep` gets the columns as text whenever they were arranged; `kept` is that text from the last time."""

    def __init__(
        self,
        theme: Theme,
        model: QAbstractItemModel,
        sorting: Sorting,
        keys: Sequence[str],
        arrangement: Arrangement,
        name: str,
        *,
        kept: str = "",
        keep: Callable[[str], None] = lambda text: None,
    ) -> None:
        super().__init__(theme, model, sorting)
        self._sorting = sorting
        self._keys = tuple(keys)
        self._arrangement = arrangement
        self._keep = keep
        self._hidden_by_user: set[str] = set()
        self._is_fitting = False
        self.context_menu: Callable[[], QMenu | None] = lambda: None
        """Made anew for each opening."""
        self._cell = DetailCell(theme, self)
        # Owned by the view, so that it goes in this thread and not where Python's collector happens to run.
        self._cell.setParent(self)
        self.setItemDelegate(self._cell)
        self._later = QTimer(self, singleShot=True, interval=REMEMBER_MILLISECONDS)
        self._later.timeout.connect(self._remember)
        self._set_up(name)
        self._restore(kept)
        if arrangement.wrapped:
            for signal in (model.dataChanged, model.rowsInserted, model.rowsRemoved, model.layoutChanged):
                signal.connect(self._fit_rows)

    # -- what the cells ask

    def is_wrapped(self, column: int) -> bool:
        return self._keys[column] in self._arrangement.wrapped

    def is_first_shown(self, column: int) -> bool:
        header = self.horizontalHeader()
        shown = (header.logicalIndex(at) for at in range(header.count()))
        return next((at for at in shown if not header.isSectionHidden(at)), -1) == column

    # -- selection

    def selected_positions(self) -> list[int]:
        """In the order shown."""
        return sorted(index.row() for index in self.selectionModel().selectedRows())

    def choose(self, position: int) -> None:
        """Select one row and bring it into view."""
        self._select(position)
        self.scrollTo(self.model().index(position, 0), QAbstractItemView.ScrollHint.PositionAtCenter)

    def _select(self, position: int) -> None:
        # Not `selectRow`: that adds to the selection while Ctrl is held.
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect | QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.model().index(position, 0), flags)

    # -- events

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._keyboard_led = True
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self._selected_text())
            return
        if event.key() == Qt.Key.Key_Escape and self.selectionModel().hasSelection():
            self.clearSelection()
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """For the row under the pointer, or by keyboard for the current one."""
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid() and not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            self._select(index.row())
        menu = self.context_menu()
        if menu is not None:
            below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            menu.popup(below if by_keyboard else event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_columns()
        self._fit_rows()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        if self._later.isActive():
            self._later.stop()
            self._remember()
        super().hideEvent(event)

    # -- columns

    def columns_menu(self) -> QMenu:
        """Which columns are shown; the first and the one that stretches always are."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for column, key in enumerate(self._keys):
            if key in (self._keys[0], self._arrangement.stretched):
                continue
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            action = QAction(title, menu, checkable=True, checked=key not in self._hidden_by_user)
            action.toggled.connect(lambda shown, chosen=key: self.show_column(chosen, shown))
            menu.addAction(action)
        return menu

    def show_column(self, key: str, shown: bool) -> None:
        if shown:
            self._hidden_by_user.discard(key)
        else:
            self._hidden_by_user.add(key)
        self._fit_columns()
        self._later.start()

    def _set_up(self, name: str) -> None:
        px = self._theme.px
        self.setProperty("card", "true")
        self.setAccessibleName(name)
        rows = self.verticalHeader()
        rows.setMinimumSectionSize(px(LINE_HEIGHT))
        rows.setDefaultSectionSize(px(LINE_HEIGHT))
        header = self.horizontalHeader()
        for key, width in self._arrangement.widths.items():
            header.resizeSection(self._keys.index(key), px(width))
        header.setSectionResizeMode(self._keys.index(self._arrangement.stretched), QHeaderView.ResizeMode.Stretch)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns_menu)
        header.sectionClicked.connect(self._on_header_clicked)
        header.sectionMoved.connect(self._later.start)
        header.sectionResized.connect(self._on_resized)

    def _open_columns_menu(self, at: QPoint) -> None:
        self.columns_menu().popup(self.horizontalHeader().mapToGlobal(at))

    def _on_header_clicked(self, section: int) -> None:
        self._sorting.cycle_sort(section)
        self._show_sort()
        self._later.start()

    def _show_sort(self) -> None:
        header, key = self.horizontalHeader(), self._sorting.sort_key
        header.setSortIndicatorShown(bool(key))
        if key:
            order = Qt.SortOrder.DescendingOrder if self._sorting.is_reversed else Qt.SortOrder.AscendingOrder
            header.setSortIndicator(self._keys.index(key), order)

    def _on_resized(self, section: int, old: int, new: int) -> None:
        self._fit_rows()
        # Nobody but a person changes the width of a column that does not stretch and was and is shown.
        if old and new and not self._is_fitting and self._keys[section] != self._arrangement.stretched:
            self._later.start()

    def _fit_columns(self) -> None:
        """Leave out what a narrow table has no room for."""
        header, px, plan = self.horizontalHeader(), self._theme.px, self._arrangement
        widths = {
            key: header.sectionSize(at) or px(plan.widths[key])
            for at, key in enumerate(self._keys)
            if key != plan.stretched and key not in self._hidden_by_user
        }
        left_out: set[str] = set()
        for key in plan.dropped:
            taken = sum(width for other, width in widths.items() if other not in left_out)
            if self.viewport().width() - taken >= px(plan.least):
                break
            left_out.add(key)
        self._is_fitting = True
        for at, key in enumerate(self._keys):
            if key != plan.stretched:
                hidden = key in self._hidden_by_user or key in left_out
                if hidden is not header.isSectionHidden(at):
                    header.setSectionHidden(at, hidden)
        self._is_fitting = False

    def _fit_rows(self) -> None:
        """Rows grow with the columns whose text is never cut."""
        if not self._arrangement.wrapped:
            return
        model, header, least = self.model(), self.horizontalHeader(), self._theme.px(LINE_HEIGHT)
        columns = [self._keys.index(key) for key in self._arrangement.wrapped]
        for row in range(model.rowCount()):
            heights = [
                self._cell.height_for(model.index(row, column), header.sectionSize(column))
                for column in columns
                if not header.isSectionHidden(column)
            ]
            wanted = max([least, *heights])
            if self.rowHeight(row) != wanted:
                self.setRowHeight(row, wanted)

    # -- what is remembered

    def _remember(self) -> None:
        header, scale = self.horizontalHeader(), self._theme.fonts.scale
        self._keep(
            json.dumps(
                {
                    "order": [self._keys[header.logicalIndex(at)] for at in range(header.count())],
                    "widths": {
                        key: round((header.sectionSize(at) or self._theme.px(self._arrangement.widths[key])) / scale)
                        for at, key in enumerate(self._keys)
                        if key != self._arrangement.stretched
                    },
                    "hidden": sorted(self._hidden_by_user),
                    "sort": self._sorting.sort_key,
                    "reversed": self._sorting.is_reversed,
                },
                separators=(",", ":"),
            )
        )

    def _restore(self, kept: str) -> None:
        """Whatever of it still makes sense."""
        try:
            state = json.loads(kept) if kept else {}
        except ValueError:
            state = {}
        if not isinstance(state, dict):
            state = {}
        header, px = self.horizontalHeader(), self._theme.px
        widths, order, hidden = state.get("widths"), state.get("order"), state.get("hidden")
        for at, key in enumerate(self._keys):
            width = widths.get(key) if isinstance(widths, dict) else None
            if isinstance(width, int) and LEAST_WIDTH <= width <= WIDEST and key != self._arrangement.stretched:
                header.resizeSection(at, px(width))
        if isinstance(order, list):
            for to, key in enumerate(key for key in order if key in self._keys):
                header.moveSection(header.visualIndex(self._keys.index(key)), to)
        if isinstance(hidden, list):
            always = (self._keys[0], self._arrangement.stretched)
            self._hidden_by_user = {key for key in hidden if key in self._keys and key not in always}
        if isinstance(sort := state.get("sort"), str):
            self._sorting.set_sort(sort, is_reversed=state.get("reversed") is True)
        self._show_sort()
        self._later.stop()

    # -- inside

    def _selected_text(self) -> str:
        """The selected rows, a line each, their shown columns apart by tabs."""
        header, model = self.horizontalHeader(), self.model()
        columns = [header.logicalIndex(at) for at in range(header.count())]
        return "\n".join(
            "\t".join(str(model.index(row, at).data()) for at in columns if not header.isSectionHidden(at))
            for row in self.selected_positions()
        )
