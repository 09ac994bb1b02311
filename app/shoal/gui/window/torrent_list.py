"""The list of transfers: a table view that knows which rows are seen, hovered and focused by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QByteArray, QEvent, QItemSelection, QItemSelectionModel, QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QAction, QContextMenuEvent, QFocusEvent, QFontMetrics, QKeyEvent, QMouseEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QMenu, QTableView

from shoal.gui.models.torrent_table import TITLES, Column, SortDirection, TorrentTableModel
from shoal.gui.style.diagnosis import needs_user
from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView
from shoal.gui.style.sentences import Tone
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import DASH
from shoal.gui.style.wording import say
from shoal.gui.widgets.piece_bar import PieceStrips
from shoal.gui.widgets.row_delegate import (
    CELL_PADDING,
    ROW_HEIGHT,
    TONE_INK,
    NameCell,
    ProgressCell,
    RowDelegate,
    TextCell,
)
from shoal.gui.window.memory import Memory

HEADER_HEIGHT = 36
WIDTHS: dict[Column, int] = {
    Column.QUEUE: 44,
    Column.PROGRESS: 212,
    Column.DOWN: 96,
    Column.UP: 92,
    Column.TIME_LEFT: 148,
    Column.SIZE: 92,
}
LEAST_NAME_WIDTH = 360
DROP_ORDER = (Column.SIZE, Column.UP, Column.QUEUE)
"""Which columns a narrow window leaves out, first to last."""


def columns_to_drop(width: int, widths: dict[Column, int], least_name_width: int) -> set[Column]:
    """The columns that must go so that the name keeps `least_name_width` of `width` pixels."""
    dropped: set[Column] = set()
    for column in DROP_ORDER:
        if width - sum(value for key, value in widths.items() if key not in dropped) >= least_name_width:
            break
        if column in widths:
            dropped.add(column)
    return dropped


class TorrentList(QTableView):
    """Selection and current row belong to torrent ids: they follow their rows through every sort and filter."""

    explain_wanted = Signal(str)
    """The pill of this torrent was clicked."""
    toggle_wanted = Signal()
    """Space: start or stop the selection."""
    selection_moved = Signal()

    def __init__(self, theme: Theme, model: TorrentTableModel, memory: Memory) -> None:
        super().__init__()
        self._theme = theme
        self._model = model
        self._memory = memory
        self._hovered = -1
        self._keyboard_led = False
        self._hidden_by_user: set[Column] = set()
        self.context_menu: Callable[[], QMenu | None] = lambda: None
        self.setModel(model)
        model.visible_positions = self.visible_positions
        self._delegates = self._make_delegates()
        for column, delegate in self._delegates.items():
            # Owned by the view, so that it goes in this thread and not where Python's collector happens to run.
            delegate.setParent(self)
            self.setItemDelegateForColumn(column, delegate)
        self._set_up_view()
        self._set_up_header()
        theme.changed.connect(self.viewport().update)
        self.selectionModel().selectionChanged.connect(self.selection_moved)

    # -- selection by id

    def selected_ids(self) -> list[str]:
        """In the order shown."""
        # By ranges: an index for each of 10,000 selected rows would take a quarter of a second.
        ranges = [(part.top(), part.bottom()) for part in self.selectionModel().selection().toList()]
        positions = sorted({position for top, bottom in ranges for position in range(top, bottom + 1)})
        return [self._model.id_at(position) for position in positions]

    def select_ids(self, ids: Iterable[str], *, reveal: bool = True) -> None:
        """Select exactly these (those that are shown), and scroll to the first."""
        positions = [at for at in (self._model.position_of(key) for key in ids) if at is not None]
        selection = QItemSelection()
        for position in positions:
            selection.select(self._model.index(position, 0), self._model.index(position, len(Column) - 1))
        flags = QItemSelectionModel.SelectionFlag.ClearAndSelect
        self.selectionModel().select(selection, flags)
        if positions:
            index = self._model.index(positions[0], Column.NAME)
            self.selectionModel().setCurrentIndex(index, QItemSelectionModel.SelectionFlag.NoUpdate)
            if reveal:
                self.scrollTo(index)

    # -- what the delegates ask

    def view_at(self, position: int) -> RowView:
        return self._model.view_at(position)

    def is_hovered(self, position: int) -> bool:
        return position == self._hovered

    def has_focus_ring(self, position: int) -> bool:
        return self._keyboard_led and self.hasFocus() and self.currentIndex().row() == position

    def is_first_column(self, column: int) -> bool:
        header = self.horizontalHeader()
        shown = (header.logicalIndex(at) for at in range(header.count()))
        return next((at for at in shown if not header.isSectionHidden(at)), -1) == column

    def visible_positions(self) -> tuple[int, int]:
        """First and last row that can be seen now."""
        if not self.isVisible() or self.window().isMinimized():
            return (0, -1)
        first = self.rowAt(0)
        if first < 0:
            return (0, -1)
        last = self.rowAt(self.viewport().height() - 1)
        return (first, last if last >= 0 else self._model.rowCount() - 1)

    def fit_numbers(self) -> None:
        """Widen the column of places so that the largest is seen whole."""
        header, metrics = self.horizontalHeader(), QFontMetrics(self._theme.fonts[Role.BODY])
        digits = len(str(max(self._model.total, 1)))
        needed = metrics.horizontalAdvance("8" * digits) + 2 * self._theme.px(CELL_PADDING) + 1
        if 0 < header.sectionSize(Column.QUEUE) < needed:
            header.resizeSection(Column.QUEUE, needed)
            self._fit_columns()

    # -- what is remembered

    def restore(self) -> None:
        """Column order, widths, hidden columns and sort of the last time."""
        header = self.horizontalHeader()
        state = self._memory.settings.column_state
        if state and header.restoreState(QByteArray.fromBase64(state.encode())) and header.count() == len(Column):
            header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
            header.setSectionHidden(Column.NAME, False)
            self._hidden_by_user = {column for column in WIDTHS if header.isSectionHidden(column)}
            section = header.sortIndicatorSection()
            if header.isSortIndicatorShown() and 0 <= section < len(Column):
                reverse = header.sortIndicatorOrder() is Qt.SortOrder.DescendingOrder
                direction = SortDirection.REVERSED if reverse else SortDirection.BEST_FIRST
                self._model.set_sort(Column(section), direction)
        self._fit_columns()
        self._show_sort()

    def remember(self) -> None:
        header = self.horizontalHeader()
        # What a narrow window left out is no wish of the user's.
        for column in WIDTHS:
            header.setSectionHidden(column, column in self._hidden_by_user)
        self._memory.remember(column_state=bytes(header.saveState().toBase64().data()).decode())
        self._fit_columns()

    def columns_menu(self) -> QMenu:
        """Which columns are shown; the name always is."""
        menu = QMenu(say("Columns"), self)
        for column in Column:
            if column is Column.NAME:
                continue
            title = say("Place in the queue (#)") if column is Column.QUEUE else say(TITLES[column])
            action = QAction(title, menu, checkable=True, checked=column not in self._hidden_by_user)
            action.toggled.connect(lambda shown, chosen=column: self._show_column(chosen, shown))
            menu.addAction(action)
        return menu

    # -- events

    def moveCursor(  # noqa: N802
        self, action: QAbstractItemView.CursorAction, modifiers: Qt.KeyboardModifier
    ) -> QModelIndex:
        """Home and End are the first and last row; Qt's tables know them as the ends of a row."""
        last = self._model.rowCount() - 1
        if last >= 0 and action is QAbstractItemView.CursorAction.MoveHome:
            return self._model.index(0, Column.NAME)
        if last >= 0 and action is QAbstractItemView.CursorAction.MoveEnd:
            return self._model.index(last, Column.NAME)
        return super().moveCursor(action, modifiers)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._set_hovered(self.rowAt(int(event.position().y())))
        super().mouseMoveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._keyboard_led = False
        super().mousePressEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """The order holds still while the pointer is over the rows."""
        if event.type() is QEvent.Type.Enter:
            self._model.set_held(True)
        elif event.type() is QEvent.Type.Leave:
            self._model.set_held(False)
            self._set_hovered(-1)
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._keyboard_led = True
        if event.key() == Qt.Key.Key_Space and not event.modifiers():
            self.toggle_wanted.emit()
            return
        if event.key() == Qt.Key.Key_Escape:
            self.clearSelection()
        super().keyPressEvent(event)
        self.viewport().update()

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._keyboard_led = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if not self.currentIndex().isValid() and self._model.rowCount():
            first = self._model.index(0, Column.NAME)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit_columns()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """For the row under the pointer, or by keyboard for the current one."""
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid() and not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            self.select_ids([self._model.id_at(index.row())], reveal=False)
        menu = self.context_menu()
        if menu is not None and index.isValid():
            below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            menu.popup(below if by_keyboard else event.globalPos())

    # -- inside

    def _make_delegates(self) -> dict[Column, RowDelegate]:
        theme = self._theme
        name = NameCell(theme, self)
        name.pill_clicked.connect(self.explain_wanted)
        return {
            Column.QUEUE: TextCell(theme, self, lambda view: str(view.row.queue_position), lambda view: "ink2"),
            Column.NAME: name,
            Column.PROGRESS: ProgressCell(theme, self, PieceStrips()),
            Column.DOWN: TextCell(
                theme,
                self,
                lambda view: view.down,
                lambda view: "ink3" if view.down == DASH else "down",
                role=lambda view: Role.BODY if view.down == DASH else Role.STRONG,
                right=True,
            ),
            Column.UP: TextCell(
                theme,
                self,
                lambda view: view.up,
                lambda view: "ink3" if view.up == DASH else "up",
                role=lambda view: Role.BODY if view.up == DASH else Role.STRONG,
                right=True,
            ),
            Column.TIME_LEFT: TextCell(theme, self, lambda view: view.time_left, _time_token),
            Column.SIZE: TextCell(theme, self, lambda view: view.size, lambda view: "ink2", right=True),
        }

    def _set_up_view(self) -> None:
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setTabKeyNavigation(False)
        self.setAccessibleName(say("Transfers"))
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        rows.setMinimumSectionSize(self._theme.px(ROW_HEIGHT))
        rows.setDefaultSectionSize(self._theme.px(ROW_HEIGHT))

    def _set_up_header(self) -> None:
        header = self.horizontalHeader()
        header.setFixedHeight(self._theme.px(HEADER_HEIGHT))
        header.setHighlightSections(False)
        header.setSectionsMovable(True)
        header.setMinimumSectionSize(self._theme.px(36))
        header.setSectionsClickable(True)
        for column, width in WIDTHS.items():
            header.resizeSection(column, self._theme.px(width))
        header.setSectionResizeMode(Column.NAME, QHeaderView.ResizeMode.Stretch)
        header.sectionClicked.connect(self._on_header_clicked)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._open_columns_menu)

    def _on_header_clicked(self, section: int) -> None:
        self._model.cycle_sort(Column(section))
        self._show_sort()

    def _show_sort(self) -> None:
        header, column = self.horizontalHeader(), self._model.sort_column
        header.setSortIndicatorShown(column is not Column.QUEUE)
        reverse = self._model.direction is SortDirection.REVERSED
        order = Qt.SortOrder.DescendingOrder if reverse else Qt.SortOrder.AscendingOrder
        header.setSortIndicator(column, order)

    def _show_column(self, column: Column, shown: bool) -> None:
        if shown:
            self._hidden_by_user.discard(column)
        else:
            self._hidden_by_user.add(column)
        self._fit_columns()

    def _fit_columns(self) -> None:
        header = self.horizontalHeader()
        px = self._theme.px
        widths = {
            column: header.sectionSize(column) or px(WIDTHS[column])
            for column in WIDTHS
            if column not in self._hidden_by_user
        }
        dropped = columns_to_drop(self.viewport().width(), widths, px(LEAST_NAME_WIDTH))
        for column in WIDTHS:
            hidden = column in dropped or column in self._hidden_by_user
            if header.isSectionHidden(column) is not hidden:
                header.setSectionHidden(column, hidden)

    def _set_hovered(self, position: int) -> None:
        if position == self._hovered:
            return
        old, self._hovered = self._hovered, position
        for row in (old, position):
            if row >= 0:
                self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))

    def _open_columns_menu(self, at: QPoint) -> None:
        menu = self.columns_menu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.horizontalHeader().mapToGlobal(at))


def _time_token(view: RowView) -> str:
    if needs_user(view.row):
        return TONE_INK[Tone.ERROR]
    if view.sentence.tone is Tone.WARN and view.row.eta is None:
        return TONE_INK[Tone.WARN]
    return "ink" if view.sentence.tone in (Tone.DOWN, Tone.WARN) else "ink2"
