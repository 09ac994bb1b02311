"""Trackers dragged to another place of their list: a line shows where they would land."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, Qt
from PySide6.QtGui import QDrag, QDragMoveEvent, QDropEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.widgets.detail_table import DetailTable

MIME_TYPE = "application/x-shoal-tracker"
LINE = 2


class LandingLine(QWidget):
    """Across the list, above the row before which something would land."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme, self._parent = theme, parent
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_at(self, y: int) -> None:
        height = self._theme.px(LINE)
        self.setGeometry(0, max(0, y - height), self._parent.width(), height)
        self.show()
        self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        QPainter(self).fillRect(self.rect(), self._theme.colour("acc"))


class TrackerDrag(QObject):
    """`movable(position)` names the tracker in a row, "" for what stays; `land(url, before)` is told of a drop:
    before the tracker in that row, or after all of them (None)."""

    def __init__(
        self,
        theme: Theme,
        table: DetailTable,
        movable: Callable[[int], str],
        land: Callable[[str, str | None], None],
    ) -> None:
        super().__init__(table)
        self._table, self._movable, self._land = table, movable, land
        self._pressed: QPoint | None = None
        self.line = LandingLine(theme, table.viewport())
        table.viewport().setAcceptDrops(True)
        table.viewport().installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        match event.type():
            case QEvent.Type.MouseButtonPress if isinstance(event, QMouseEvent):
                self._press(event)
            case QEvent.Type.MouseButtonRelease:
                self._pressed = None
            case QEvent.Type.MouseMove if isinstance(event, QMouseEvent):
                return self._move(event)
            case QEvent.Type.DragEnter | QEvent.Type.DragMove if isinstance(event, QDragMoveEvent):
                return self._hover(event)
            case QEvent.Type.DragLeave:
                self.line.hide()
            case QEvent.Type.Drop if isinstance(event, QDropEvent):
                return self._drop(event)
        return False

    def _press(self, event: QMouseEvent) -> None:
        at = event.position().toPoint()
        is_plain = event.button() is Qt.MouseButton.LeftButton and event.modifiers() == Qt.KeyboardModifier.NoModifier
        self._pressed = at if is_plain and self._movable(self._table.rowAt(at.y())) else None

    def _move(self, event: QMouseEvent) -> bool:
        if self._pressed is None or not event.buttons() & Qt.MouseButton.LeftButton:
            return False
        if (event.position().toPoint() - self._pressed).manhattanLength() >= QApplication.startDragDistance():
            url, self._pressed = self._movable(self._table.rowAt(self._pressed.y())), None
            if url:
                mime = QMimeData()
                mime.setData(MIME_TYPE, url.encode())
                drag = QDrag(self._table)
                drag.setMimeData(mime)
                drag.exec(Qt.DropAction.MoveAction)
                self.line.hide()
        return True

    def _hover(self, event: QDragMoveEvent) -> bool:
        if not self._is_ours(event):
            return False
        self.line.show_at(self._landing(event)[1])
        event.setDropAction(Qt.DropAction.MoveAction)
        event.accept()
        return True

    def _drop(self, event: QDropEvent) -> bool:
        if not self._is_ours(event):
            return False
        self.line.hide()
        url = bytes(event.mimeData().data(MIME_TYPE).data()).decode("utf-8", "replace")
        event.acceptProposedAction()
        self._land(url, self._landing(event)[0])
        return True

    def _is_ours(self, event: QDropEvent) -> bool:
        return event.mimeData().hasFormat(MIME_TYPE) and event.source() is self._table

    def _landing(self, event: QDropEvent) -> tuple[str | None, int]:
        """The tracker before which it would land, and where the line is."""
        y = event.position().toPoint().y()
        position = self._table.rowAt(y)
        if position >= 0 and y > self._table.rowViewportPosition(position) + self._table.rowHeight(position) // 2:
            position += 1
        count = self._table.model().rowCount()
        rows = [at for at in range(count) if self._movable(at)]
        if position >= 0 and position in rows:
            return self._movable(position), self._table.rowViewportPosition(position)
        last = rows[-1] if rows else 0
        return None, self._table.rowViewportPosition(last) + self._table.rowHeight(last)
