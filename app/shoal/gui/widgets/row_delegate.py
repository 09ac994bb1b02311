"""What all cells of the table share: background, hairline, focus, plain text; and the cell of one line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt
from PySide6.QtGui import QFont, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.text_measures import TextMeasures

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, COMPACT_ROW_HEIGHT = 47, 28
CELL_PADDING = 10
_LEFT_TO_RIGHT = Qt.LayoutDirection.LeftToRight
_ABSOLUTE = Qt.AlignmentFlag.AlignAbsolute
_TEXT_FLAGS: dict[Qt.AlignmentFlag, int] = {
    key: (key | _ABSOLUTE | Qt.AlignmentFlag.AlignVCenter).value
    for side in (Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignHCenter)
    for key in (side, side | _ABSOLUTE)
}
"""Made once: joining flags costs more than drawing a short word."""


class Surroundings(Protocol):
    """What a cell must know of the view around it."""

    def view_at(self, position: int) -> RowView: ...

    def is_hovered(self, position: int) -> bool: ...

    def has_focus_ring(self, position: int) -> bool: ...

    def is_first_column(self, column: int) -> bool: ...

    def is_compact(self) -> bool:
        """One line per row."""
        ...


class RowDelegate(QStyledItemDelegate):
    """Paints what all cells share, then `paint_content`."""

    def __init__(self, theme: Theme, around: Surroundings) -> None:
        super().__init__()
        self._theme = theme
        self._around = around
        self._measures: dict[Role, TextMeasures] = {}

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """As wide as the content of the row needs to be seen whole."""
        px = self._theme.px
        width = self.natural_width(self._around.view_at(index.row())) + 2 * px(CELL_PADDING) + 1
        return QSize(width, px(COMPACT_ROW_HEIGHT if self._around.is_compact() else ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        theme, position = self._theme, index.row()
        painter.save()
        if selected:
            painter.fillRect(rect, theme.colour("sel"))
        elif self._around.is_hovered(position):
            painter.fillRect(rect, theme.colour("hover"))
        painter.fillRect(rect.left(), rect.bottom(), rect.width(), 1, theme.colour("line"))
        if self._around.has_focus_ring(position):
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), theme.colour("acc"))
            painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), theme.colour("acc"))
        direction: Qt.LayoutDirection = option.direction
        if selected and self._around.is_first_column(index.column()):
            mark = QRect(rect.left(), rect.top(), theme.px(3), rect.height())
            painter.fillRect(QStyle.visualRect(direction, rect, mark), theme.colour("acc"))
        padding = theme.px(CELL_PADDING)
        content = rect.adjusted(padding, 0, -padding, 0)
        self.paint_content(painter, content, self._around.view_at(position), direction)
        painter.restore()

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        raise NotImplementedError

    def natural_width(self, view: RowView) -> int:
        """Pixels that the content of `view` takes when nothing is cut."""
        raise NotImplementedError

    def text_width(self, text: str, role: Role) -> int:
        return self._measures_of(role).width(text)

    def draw_text(
        self,
        painter: QPainter,
        rect: QRect,
        text: str,
        *,
        token: str,
        role: Role,
        align: Qt.AlignmentFlag,
        at_words: bool = False,
    ) -> None:
        """One line of plain text, elided to `rect`; a sentence `at_words`."""
        font: QFont = self._theme.fonts[role]
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        # Each text reads in its own direction: "4.0 GB" stays so in a mirrored window.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        shown = self._measures_of(role).elided(text, rect.width(), at_words=at_words)
        painter.drawText(rect, _TEXT_FLAGS[align], shown)

    def draw_icon(self, painter: QPainter, rect: QRect, icon: str, token: str) -> None:
        painter.drawPixmap(rect.topLeft(), self._theme.pixmap(icon, token, rect.width(), device_ratio(painter)))

    def _measures_of(self, role: Role) -> TextMeasures:
        found = self._measures.get(role)
        if found is None:
            found = self._measures[role] = TextMeasures(self._theme.fonts[role])
        return found


def device_ratio(painter: QPainter) -> float:
    """Device pixels for one logical pixel where `painter` paints."""
    device = painter.device()
    return device.devicePixelRatioF() if device is not None else 1.0


class TextCell(RowDelegate):
    """A cell of one line; `text`, `token` and `role` choose from the row."""

    def __init__(
        self,
        theme: Theme,
        around: Surroundings,
        text: Callable[[RowView], str],
        token: Callable[[RowView], str],
        *,
        role: Callable[[RowView], Role] = lambda view: Role.BODY,
        right: bool = False,
    ) -> None:
        super().__init__(theme, around)
        self._text = text
        self._token = token
        self._role = role
        self._align = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        align = self._align if direction is _LEFT_TO_RIGHT else QStyle.visualAlignment(direction, self._align)
        self.draw_text(painter, rect, self._text(view), token=self._token(view), role=self._role(view), align=align)

    def natural_width(self, view: RowView) -> int:
        return self.text_width(self._text(view), self._role(view))
