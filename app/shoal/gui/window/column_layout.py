"""How the columns of the transfer table share its width, which are shown, and what of that is remembered.

The name takes what the others leave. In a narrow window some go by themselves; beyond that the table scrolls.
"""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass

from PySide6.QtCore import QItemSelectionModel, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QFontMetrics
from PySide6.QtWidgets import QMenu, QTableView

from shoal.gui.link.memory import Memory
from shoal.gui.models.torrent_columns import COLUMNS, DEFAULT_SHOWN, Column
from shoal.gui.models.torrent_order import SortDirection
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.fonts import Role
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.row_delegate import CELL_PADDING

HEADER_HEIGHT = 36
LEAST_WIDTH, MOST_WIDTH = 32, 2000
LEAST_NAME_WIDTH, NARROWEST_NAME = 280, 220
"""Below the first columns are left out; below the second the table scrolls sideways."""
PLENTY_FOR_NAME, MOST_PROGRESS = 380, 200
"""What the name has to spare beyond the first goes to the bar, until that has the second; if nobody set its width."""
DROP_ORDER = (Column.RATIO, Column.SIZE, Column.UP, Column.QUEUE)
"""Which columns a narrow window leaves out, first to last."""
_BY_NAME = {column.name.lower(): column for column in Column}


def columns_to_drop(width: int, widths: dict[Column, int], least_name_width: int) -> set[Column]:
    """The columns that must go so that the name keeps `least_name_width` of `width` pixels."""
    dropped: set[Column] = set()
    for column in DROP_ORDER:
        if width - sum(value for key, value in widths.items() if key not in dropped) >= least_name_width:
            break
        if column in widths:
            dropped.add(column)
    return dropped


@dataclass(frozen=True, slots=True)
class SavedColumns:
    """Columns as they were left: all of them in their order, widths at 96 dpi, and the sort."""

    order: tuple[Column, ...] = tuple(Column)
    widths: tuple[tuple[Column, int], ...] = ()
    shown: frozenset[Column] = DEFAULT_SHOWN
    sort: Column = Column.QUEUE
    is_reversed: bool = False

    def encode(self) -> str:
        """Base64, as the settings keep it."""
        state = {
            "order": [column.name.lower() for column in self.order],
            "widths": {column.name.lower(): width for column, width in self.widths},
            "shown": sorted(column.name.lower() for column in self.shown),
            "sort": self.sort.name.lower(),
            "reversed": self.is_reversed,
        }
        return base64.b64encode(json.dumps(state).encode()).decode()

    @classmethod
    def decode(cls, text: str) -> SavedColumns:
        """What `encode` made, also by another version: unknown columns are left out, new ones stand at the end.

        Anything else, such as the state that earlier versions kept, gives the default.
        """
        try:
            state = json.loads(base64.b64decode(text, validate=True)) if text else None
        except (ValueError, RecursionError, binascii.Error):
            return cls()
        if not isinstance(state, dict):
            return cls()
        order, widths, shown = state.get("order"), state.get("widths"), state.get("shown")
        if not (isinstance(order, list) and isinstance(widths, dict) and isinstance(shown, list)):
            return cls()
        known = list(dict.fromkeys(_BY_NAME[name] for name in order if isinstance(name, str) and name in _BY_NAME))
        sort = state.get("sort")
        return cls(
            (*known, *(column for column in Column if column not in known)),
            tuple(
                (_BY_NAME[name], max(LEAST_WIDTH, min(width, MOST_WIDTH)))
                for name, width in widths.items()
                if name in _BY_NAME and isinstance(width, int)
            ),
            frozenset(_BY_NAME[name] for name in shown if isinstance(name, str) and name in _BY_NAME) | {Column.NAME},
            _BY_NAME.get(sort, Column.QUEUE) if isinstance(sort, str) else Column.QUEUE,
            state.get("reversed") is True,
        )


class ColumnLayout(QObject):
    """Owns the header of `view`."""

    def __init__(self, theme: Theme, view: QTableView, model: TorrentTableModel, memory: Memory) -> None:
        super().__init__(view)
        self._theme, self._view, self._model, self._memory = theme, view, model, memory
        self._shown = set(DEFAULT_SHOWN)
        self._is_fitting = False
        self._grown = 0
        """Pixels that the bar of the progress has beyond its own width."""
        header = self._header = view.horizontalHeader()
        header.setFixedHeight(theme.px(HEADER_HEIGHT))
        header.setHighlightSections(False)
        # With the view's own, painting it asks every selected row whether whole columns are: 0.8 s of 10,000 rows.
        header.setSelectionModel(QItemSelectionModel(model, header))
        header.setSectionsMovable(True)
        header.setFirstSectionMovable(True)
        header.setMinimumSectionSize(theme.px(LEAST_WIDTH))
        header.setSectionsClickable(True)
        # Only rows that can be seen are measured.
        header.setResizeContentsPrecision(0)
        header.setTextElideMode(Qt.TextElideMode.ElideRight)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self._use(SavedColumns())
        header.sectionClicked.connect(self._on_clicked)
        header.sectionResized.connect(self._on_resized)
        header.customContextMenuRequested.connect(self._open_menu)

    def is_first(self, column: int) -> bool:
        """True for the leftmost column that is shown (the rightmost in a mirrored window)."""
        header = self._header
        order = (header.logicalIndex(at) for at in range(header.count()))
        return next((at for at in order if not header.isSectionHidden(at)), -1) == column

    # -- what is remembered

    def restore(self) -> None:
        saved = SavedColumns.decode(self._memory.settings.column_state)
        self._use(saved)
        self._model.set_sort(saved.sort, SortDirection.REVERSED if saved.is_reversed else SortDirection.BEST_FIRST)
        self.show_sort()

    def remember(self) -> None:
        header, scale = self._header, self._theme.fonts.scale
        saved = SavedColumns(
            tuple(Column(header.logicalIndex(at)) for at in range(header.count())),
            tuple((column, round(self._width(column) / scale)) for column in Column if column is not Column.NAME),
            frozenset(self._shown),
            self._model.sort_column,
            self._model.direction is SortDirection.REVERSED,
        )
        self._memory.remember(column_state=saved.encode())

    def back_to_default(self) -> None:
        self._use(SavedColumns())

    def _use(self, saved: SavedColumns) -> None:
        header, widths = self._header, dict(saved.widths)
        self._shown = set(saved.shown)
        self._is_fitting = True
        for column, spec in COLUMNS.items():
            header.setSectionHidden(column, False)
            header.resizeSection(column, self._theme.px(widths.get(column, spec.width)))
        for place, column in enumerate(saved.order):
            header.moveSection(header.visualIndex(column), place)
        self._is_fitting = False
        self._grown = 0
        self._fitted = {column: header.sectionSize(column) for column in Column}
        self.fit_numbers()
        self.fit()

    # -- widths

    def fit(self) -> None:
        """Hide what does not fit, and give the name the room that is left."""
        if self._is_fitting:
            return
        self._is_fitting = True
        header, px = self._header, self._theme.px
        room, least = self._view.viewport().width(), px(LEAST_NAME_WIDTH)
        widths = {column: self._width(column) for column in Column if column in self._shown}
        del widths[Column.NAME]
        dropped = columns_to_drop(room, widths, least)
        for column in Column:
            hidden = column in dropped or column not in self._shown
            if header.isSectionHidden(column) is not hidden:
                if hidden:
                    self._fitted[column] = self._width(column)
                header.setSectionHidden(column, hidden)
        taken = sum(width for column, width in widths.items() if column not in dropped)
        if Column.PROGRESS in widths:
            taken += self._grow_progress(widths[Column.PROGRESS], room - taken)
        header.resizeSection(Column.NAME, max(px(NARROWEST_NAME), room - taken))
        self._is_fitting = False

    def _grow_progress(self, own: int, spare: int) -> int:
        """Give the bar what the name does not need of `spare` pixels; how much that is."""
        px = self._theme.px
        most = px(MOST_PROGRESS) - own if own == px(COLUMNS[Column.PROGRESS].width) else 0
        self._grown = max(0, min(most, spare - px(PLENTY_FOR_NAME)))
        self._header.resizeSection(Column.PROGRESS, own + self._grown)
        return self._grown

    def fit_to_contents(self) -> None:
        """Every column as wide as the rows that can be seen need; the name takes the rest."""
        for column in Column:
            if column is not Column.NAME and not self._header.isSectionHidden(column):
                self._view.resizeColumnToContents(column)
        self.fit()

    def fit_numbers(self) -> None:
        """Widen the column of places so that the largest is seen whole."""
        metrics = QFontMetrics(self._theme.fonts[Role.BODY])
        largest = whole(max(self._model.total, 1))
        needed = metrics.horizontalAdvance("8" * len(largest)) + 2 * self._theme.px(CELL_PADDING) + 1
        if self._width(Column.QUEUE) < needed:
            # Of a hidden section too: it may come back when the window grows.
            self._fitted[Column.QUEUE] = needed
            self._header.resizeSection(Column.QUEUE, needed)

    def _width(self, column: Column) -> int:
        """As it was set; a hidden section has no size of its own."""
        if self._header.isSectionHidden(column):
            return self._fitted[column]
        return self._header.sectionSize(column) - (self._grown if column is Column.PROGRESS else 0)

    def _on_resized(self, section: int, old: int, new: int) -> None:
        if self._is_fitting or not old or not new:
            return
        if section == Column.NAME:
            # The divider beside the name moves between it and its neighbour.
            neighbour = self._neighbour()
            if neighbour is not None:
                self._is_fitting = True
                beside = self._header.sectionSize(neighbour) + old - new
                self._header.resizeSection(neighbour, max(self._theme.px(LEAST_WIDTH), beside))
                self._is_fitting = False
                section = neighbour
        if section == Column.PROGRESS:
            # What it has now was set by hand.
            self._grown = 0
        self.fit()

    def _neighbour(self) -> Column | None:
        header = self._header
        after = (header.logicalIndex(at) for at in range(header.visualIndex(Column.NAME) + 1, header.count()))
        found = next((at for at in after if not header.isSectionHidden(at)), None)
        return None if found is None else Column(found)

    # -- sort and menu

    def show_sort(self) -> None:
        """The arrow over the column sorted by; queue order needs none."""
        header, column = self._header, self._model.sort_column
        is_reversed = self._model.direction is SortDirection.REVERSED
        header.setSortIndicatorShown(column is not Column.QUEUE or is_reversed)
        header.setSortIndicator(column, Qt.SortOrder.DescendingOrder if is_reversed else Qt.SortOrder.AscendingOrder)

    def menu(self) -> QMenu:
        """Which columns are shown; the name always is."""
        menu = QMenu(say("Columns"), self._view)
        for column, spec in COLUMNS.items():
            if column is Column.NAME:
                continue
            title = say("Place in the queue (#)") if column is Column.QUEUE else spec.menu_title
            action = QAction(title, menu, checkable=True, checked=column in self._shown)
            action.toggled.connect(lambda shown, chosen=column: self._show(chosen, shown))
            menu.addAction(action)
        menu.addSeparator()
        menu.addAction(say("Fit columns")).triggered.connect(self.fit_to_contents)
        menu.addAction(say("Back to default")).triggered.connect(self.back_to_default)
        return menu

    def _show(self, column: Column, shown: bool) -> None:
        (self._shown.add if shown else self._shown.discard)(column)
        self.fit()

    def _on_clicked(self, section: int) -> None:
        self._model.cycle_sort(Column(section))
        self.show_sort()

    def _open_menu(self, at: QPoint) -> None:
        menu = self.menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._header.mapToGlobal(at))
