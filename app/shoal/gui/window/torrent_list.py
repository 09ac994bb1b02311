"""The list of transfers: a table view that knows which rows are seen, hovered, dragged and focused by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import (
    QItemSelection,
    QItemSelectionModel,
    QModelIndex,
    QPoint,
    QRect,
    Qt,
    Signal,
)
from PySide6.QtGui import (
    QContextMenuEvent,
    QDrag,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDragMoveEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QMenu, QToolTip

from shoal.gui.link.memory import Memory
from shoal.gui.models.torrent_columns import COLUMNS, Column
from shoal.gui.models.torrent_order import runs_downwards
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.row_view import RowView
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.health_cell import HealthCell
from shoal.gui.widgets.name_cell import NameCell
from shoal.gui.widgets.piece_bar import PieceStrips
from shoal.gui.widgets.progress_cell import ProgressCell
from shoal.gui.widgets.row_delegate import COMPACT_ROW_HEIGHT, ROW_HEIGHT, RowDelegate, TextCell
from shoal.gui.widgets.row_table import RowTable
from shoal.gui.window.column_layout import ColumnLayout
from shoal.gui.window.row_drag import MIME_TYPE, card, draw_landing, ids_of, mime_of
from shoal.gui.window.type_ahead import TypeAhead


class TorrentList(RowTable):
    """Selection and current row belong to torrent ids: they follow their rows through every sort and filter."""

    explain_wanted = Signal(str)
    """The pill of this torrent was clicked."""
    toggle_wanted = Signal()
    """Space: start or stop the selection."""
    opened = Signal(str)
    """Double-click or Return on this torrent."""
    placed = Signal(object, object)
    """Rows were dragged: a list of ids in their queue order, and the id that they go in front of (None = the end)."""
    selection_moved = Signal()

    def __init__(self, theme: Theme, model: TorrentTableModel, memory: Memory) -> None:
        super().__init__(theme, model, model)
        self._model = model
        self._memory = memory
        self._compact = False
        self._landing: int | None = None
        self._type_ahead = TypeAhead()
        self.context_menu: Callable[[], QMenu | None] = lambda: None
        self.clear_search: Callable[[], bool] = lambda: False
        """Esc asks this first; True when there was a search to clear."""
        self._delegates = self._make_delegates()
        for column, delegate in self._delegates.items():
            # Owned by the view, so that it goes in this thread and not where Python's collector happens to run.
            delegate.setParent(self)
            self.setItemDelegateForColumn(column, delegate)
        self._set_up_view()
        self.columns = ColumnLayout(theme, self, model, memory)
        self.set_compact(memory.settings.compact_rows)
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
        for first, last in runs_downwards(sorted(set(positions), reverse=True)):
            selection.select(self._model.index(first, 0), self._model.index(last, len(Column) - 1))
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

    def is_first_column(self, column: int) -> bool:
        return self.columns.is_first(column)

    def is_compact(self) -> bool:
        return self._compact

    # -- what the window asks

    def set_compact(self, compact: bool) -> None:
        """Rows of one line."""
        self._compact = compact
        rows, height = self.verticalHeader(), self._theme.px(COMPACT_ROW_HEIGHT if compact else ROW_HEIGHT)
        top = self.rowAt(0)
        rows.setMinimumSectionSize(height)
        rows.setDefaultSectionSize(height)
        if top >= 0:
            self.scrollTo(self._model.index(top, Column.NAME), QAbstractItemView.ScrollHint.PositionAtTop)
        self.viewport().update()

    def fit_numbers(self) -> None:
        self.columns.fit_numbers()

    def restore(self) -> None:
        """Columns and sort of the last time."""
        self.columns.restore()

    def remember(self) -> None:
        self.columns.remember()

    def columns_menu(self) -> QMenu:
        return self.columns.menu()

    # -- keys

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

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._keyboard_led = True
        plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        if plain and event.key() == Qt.Key.Key_Space and not self._type_ahead.is_going_on:
            self.toggle_wanted.emit()
            return
        if plain and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            if self.currentIndex().isValid():
                self.opened.emit(self._model.id_at(self.currentIndex().row()))
            return
        if plain and event.key() == Qt.Key.Key_Escape:
            if not self.clear_search():
                self.clearSelection()
            return
        super().keyPressEvent(event)

    def keyboardSearch(self, search: str) -> None:  # noqa: N802
        """Type-ahead by name; one letter again and again goes from one to the next."""
        found = self._type_ahead.find(search, self.currentIndex().row(), self._model.find_name)
        if found is not None:
            self.select_ids([self._model.id_at(found)])

    # -- mouse

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        point = event.position().toPoint()
        on_pill = self._is_on_pill(point)
        self.viewport().setCursor(Qt.CursorShape.PointingHandCursor if on_pill else Qt.CursorShape.ArrowCursor)
        super().mouseMoveEvent(event)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        super().mouseDoubleClickEvent(event)
        point = event.position().toPoint()
        index = self.indexAt(point)
        if index.isValid() and event.button() is Qt.MouseButton.LeftButton and not self._is_on_pill(point):
            self.opened.emit(self._model.id_at(index.row()))

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """For the row under the pointer, or by keyboard for the current one."""
        by_keyboard = event.reason() is QContextMenuEvent.Reason.Keyboard
        index = self.currentIndex() if by_keyboard else self.indexAt(event.pos())
        if index.isValid() and not self.selectionModel().isRowSelected(index.row(), QModelIndex()):
            self.select_ids([self._model.id_at(index.row())], reveal=False)
        menu = self.context_menu()
        if menu is not None and index.isValid():
            if by_keyboard:
                self.scrollTo(index)
            below = self.viewport().mapToGlobal(self.visualRect(index).bottomLeft())
            menu.popup(below if by_keyboard else event.globalPos())

    # -- dragging rows

    def startDrag(self, supported: Qt.DropAction) -> None:  # noqa: N802
        """To another place in the queue, onto a label, or out to the file manager, which may only copy."""
        found = (self._model.row_of(key) for key in self.selected_ids())
        rows = [row for row in found if row is not None]
        if not rows:
            return
        drag = QDrag(self)
        drag.setMimeData(mime_of(rows))
        drag.setPixmap(card(self._theme, rows, self.devicePixelRatioF()))
        drag.setHotSpot(QPoint(-self._theme.px(12), -self._theme.px(8)))
        self._model.set_dragging(True)
        try:
            drag.exec(Qt.DropAction.CopyAction)
        finally:
            self._show_landing(None)
            self._model.set_dragging(False)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        """Only rows; anything else is the window's."""
        if not event.mimeData().hasFormat(MIME_TYPE):
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        if self._model.sort_column is not Column.QUEUE:
            QToolTip.showText(
                self.viewport().mapToGlobal(event.position().toPoint()),
                say("Sort by # to put transfers in another order"),
                self,
            )

    def dragMoveEvent(self, event: QDragMoveEvent) -> None:  # noqa: N802
        # Qt's own part scrolls near the edges.
        super().dragMoveEvent(event)
        if not event.mimeData().hasFormat(MIME_TYPE) or self._model.sort_column is not Column.QUEUE:
            event.ignore()
            return
        self._show_landing(self._landing_at(event.position().toPoint().y()))
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self._show_landing(None)
        super().dragLeaveEvent(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self._show_landing(None)
        self.stopAutoScroll()
        ids = [key for key in ids_of(event.mimeData()) if self._model.row_of(key) is not None]
        if not ids or self._model.sort_column is not Column.QUEUE:
            event.ignore()
            return
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
        before = self._model.queue_before(self._landing_at(event.position().toPoint().y()))
        in_queue = sorted(ids, key=self._queue_position)
        self.placed.emit(in_queue, before)

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        super().paintEvent(event)
        if self._landing is not None:
            painter = QPainter(self.viewport())
            draw_landing(painter, self._theme, self._landing_y(self._landing), self.viewport().width())
            painter.end()

    def _queue_position(self, torrent_id: str) -> int:
        row = self._model.row_of(torrent_id)
        return 0 if row is None else row.queue_position

    def _landing_at(self, y: int) -> int:
        """The position above which a drop at `y` lands."""
        position = self.rowAt(y)
        if position < 0:
            return self._model.rowCount()
        return position + (y - self.rowViewportPosition(position) > self.rowHeight(position) // 2)

    def _landing_y(self, position: int) -> int:
        if position > 0:
            return self.rowViewportPosition(position - 1) + self.rowHeight(position - 1)
        return self.rowViewportPosition(0)

    def _show_landing(self, position: int | None) -> None:
        if position != self._landing:
            self._landing = position
            self.viewport().update()

    # -- inside

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.columns.fit()
        # The details that open for a row, and notices, take their room from below: it must not hide that row.
        current = self.currentIndex()
        bottom = self.visualRect(current).bottom() if current.isValid() else -1
        if self.viewport().height() <= bottom < event.oldSize().height():
            self.scrollTo(self._model.index(current.row(), Column.NAME))

    def _make_delegates(self) -> dict[Column, RowDelegate]:
        theme = self._theme
        name = NameCell(theme, self)
        name.pill_clicked.connect(self.explain_wanted)
        made: dict[Column, RowDelegate] = {
            column: TextCell(theme, self, spec.text, spec.token, role=spec.role, right=spec.is_right)
            for column, spec in COLUMNS.items()
        }
        made[Column.NAME] = name
        made[Column.PROGRESS] = ProgressCell(theme, self, PieceStrips())
        made[Column.HEALTH] = HealthCell(theme, self)
        return made

    def _set_up_view(self) -> None:
        self.setDragEnabled(True)
        self.setAcceptDrops(True)
        self.setDropIndicatorShown(False)
        self.setAccessibleName(say("Transfers"))

    def _is_on_pill(self, point: QPoint) -> bool:
        index = self.indexAt(point)
        name = self._delegates[Column.NAME]
        if not index.isValid() or index.column() != Column.NAME or not isinstance(name, NameCell):
            return False
        cell: QRect = self.visualRect(index)
        pill = name.pill_rect(cell, self.view_at(index.row()), self.layoutDirection())
        return pill is not None and pill.contains(point)
