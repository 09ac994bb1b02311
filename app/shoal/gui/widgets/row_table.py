"""A table of whole rows: it knows which are seen, under the pointer, and led to by keyboard, and holds still there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QAbstractItemModel, QEvent, QItemSelectionModel, Qt
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.table_header import TableHeader


class Held(Protocol):
    """What the table tells its model of itself."""

    visible_positions: Callable[[], tuple[int, int]]

    def set_held(self, held: bool) -> None:
        """Keep the order as it is."""
        ...


class RowTable(QTableView):
    """The model is set by the one who calls, who may be its `held`, too."""

    def __init__(self, theme: Theme, model: QAbstractItemModel, held: Held) -> None:
        super().__init__()
        self._theme = theme
        self._held = held
        self._hovered = -1
        self._keyboard_led = False
        self.setHorizontalHeader(TableHeader(theme, self))
        self.setModel(model)
        held.visible_positions = self.visible_positions
        self.setMouseTracking(True)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setCornerButtonEnabled(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTabKeyNavigation(False)
        rows = self.verticalHeader()
        rows.hide()
        rows.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        theme.changed.connect(self.viewport().update)

    def is_hovered(self, position: int) -> bool:
        return position == self._hovered

    def has_focus_ring(self, position: int) -> bool:
        return self._keyboard_led and self.hasFocus() and self.currentIndex().row() == position

    def visible_positions(self) -> tuple[int, int]:
        """First and last row that can be seen now."""
        first = self.rowAt(0)
        if first < 0 or not self.isVisible() or self.window().isMinimized():
            return (0, -1)
        last = self.rowAt(self.viewport().height() - 1)
        return (first, last if last >= 0 else self.model().rowCount() - 1)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        self._keyboard_led = True
        super().keyPressEvent(event)
        self.viewport().update()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._keyboard_led = False
        super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self._set_hovered(self.rowAt(event.position().toPoint().y()))
        super().mouseMoveEvent(event)

    def viewportEvent(self, event: QEvent) -> bool:  # noqa: N802
        """Rows hold still while the pointer is over them."""
        if event.type() is QEvent.Type.Enter:
            self._held.set_held(True)
        elif event.type() is QEvent.Type.Leave:
            self._held.set_held(False)
            self._set_hovered(-1)
        return super().viewportEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:  # noqa: N802
        self._keyboard_led = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
        if not self.currentIndex().isValid() and self.model().rowCount():
            first = self.model().index(0, 0)
            self.selectionModel().setCurrentIndex(first, QItemSelectionModel.SelectionFlag.NoUpdate)
        super().focusInEvent(event)

    def _set_hovered(self, position: int) -> None:
        if position == self._hovered:
            return
        old, self._hovered = self._hovered, position
        for row in (old, position):
            if row >= 0:
                self.viewport().update(0, self.rowViewportPosition(row), self.viewport().width(), self.rowHeight(row))
