"""The cells of the tables in the detail pane: a bar, an icon and a text, painted from what the model tells."""

from __future__ import annotations

from math import ceil
from typing import Protocol

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shoal.gui.style.cell_roles import CellRole
from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
LINE_HEIGHT = 30
PADDING = 10
BAR_WIDTH, BAR_HEIGHT = 44, 8
ICON = 14
WRAP_PADDING = 7


class Around(Protocol):
    """What a cell must know of the table around it."""

    def is_hovered(self, position: int) -> bool: ...

    def has_focus_ring(self, position: int) -> bool: ...

    def is_wrapped(self, column: int) -> bool: ...

    def is_first_shown(self, column: int) -> bool: ...


class DetailCell(QStyledItemDelegate):
    """One delegate for all columns of one table."""

    def __init__(self, theme: Theme, around: Around) -> None:
        super().__init__()
        self._theme = theme
        self._around = around

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        """What the whole text needs: a double click on a divider fits the column."""
        theme, px = self._theme, self._theme.px
        metrics = QFontMetrics(theme.fonts[self._role(index)])
        width = metrics.horizontalAdvance(str(index.data())) + 2 * px(PADDING) + px(2)
        if index.data(CellRole.SHARE) is not None:
            width += px(BAR_WIDTH + 8)
        if index.data(CellRole.ICON):
            width += px(ICON + 6)
        return QSize(width, px(LINE_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if selected:
            painter.fillRect(rect, theme.colour("sel"))
        elif self._around.is_hovered(index.row()):
            painter.fillRect(rect, theme.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
        if selected and self._around.is_first_shown(index.column()):
            mark = QRect(rect.left(), rect.top(), px(3), rect.height())
            painter.fillRect(QStyle.visualRect(direction, rect, mark), theme.colour("acc"))
        if self._around.has_focus_ring(index.row()):
            painter.fillRect(QRect(rect.left(), rect.top(), rect.width(), 2), theme.colour("acc"))
            painter.fillRect(QRect(rect.left(), rect.bottom() - 1, rect.width(), 2), theme.colour("acc"))
        content = rect.adjusted(px(PADDING), 0, -px(PADDING), 0)
        left = self._paint_bar(painter, content, index, direction)
        left = self._paint_icon(painter, content, left, index, direction)
        words = QStyle.visualRect(direction, content, content.adjusted(left, 0, 0, 0))
        self._paint_text(painter, words, index, direction)
        painter.restore()

    def height_for(self, index: Index, width: int) -> int:
        """How tall a cell of a wrapped column must be."""
        px = self._theme.px
        inside = width - 2 * px(PADDING) - (px(ICON + 6) if index.data(CellRole.ICON) else 0)
        layout = wrapped(str(index.data()), self._theme.fonts[self._role(index)], inside)
        return max(px(LINE_HEIGHT), round(layout.boundingRect().height()) + 2 * px(WRAP_PADDING))

    def _role(self, index: Index) -> Role:
        return Role.STRONG if index.data(CellRole.STRONG) else Role.BODY

    def _paint_bar(self, painter: QPainter, rect: QRect, index: Index, direction: Qt.LayoutDirection) -> int:
        """Answers how far from the near edge the next thing begins."""
        share = index.data(CellRole.SHARE)
        if not isinstance(share, float | int):
            return 0
        px = self._theme.px
        radius = px(BAR_HEIGHT) / 2
        bar = QRect(rect.left(), rect.center().y() - px(BAR_HEIGHT) // 2 + 1, px(BAR_WIDTH), px(BAR_HEIGHT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(QRectF(QStyle.visualRect(direction, rect, bar)), radius, radius)
        filled = ceil(bar.width() * min(1.0, max(0.0, share)))
        if filled:
            part = QRect(bar.left(), bar.top(), max(filled, px(BAR_HEIGHT)), bar.height())
            painter.setBrush(self._theme.colour("seed" if share >= 1.0 else "have"))
            painter.drawRoundedRect(QRectF(QStyle.visualRect(direction, rect, part)), radius, radius)
        return px(BAR_WIDTH + 8)

    def _paint_icon(
        self, painter: QPainter, rect: QRect, left: int, index: Index, direction: Qt.LayoutDirection
    ) -> int:
        name = index.data(CellRole.ICON)
        if not isinstance(name, str) or not name:
            return left
        px = self._theme.px
        line = QRect(rect.left() + left, rect.top(), px(ICON), min(rect.height(), px(LINE_HEIGHT)))
        line.setTop(line.center().y() - px(ICON) // 2 + 1)
        at = QStyle.visualRect(direction, rect, line)
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(at.topLeft(), self._theme.pixmap(name, str(index.data(CellRole.TOKEN)), px(ICON), ratio))
        return left + px(ICON + 6)

    def _paint_text(self, painter: QPainter, rect: QRect, index: Index, direction: Qt.LayoutDirection) -> None:
        theme = self._theme
        font = theme.fonts[self._role(index)]
        painter.setFont(font)
        painter.setPen(theme.colour(str(index.data(CellRole.TOKEN))))
        if self._around.is_wrapped(index.column()):
            layout = wrapped(str(index.data()), font, rect.width(), direction)
            layout.draw(painter, QPointF(rect.left(), rect.top() + theme.px(WRAP_PADDING)))
            return
        stored = index.data(Qt.ItemDataRole.TextAlignmentRole)
        align = stored if isinstance(stored, Qt.AlignmentFlag) else Qt.AlignmentFlag.AlignLeft
        side = QStyle.visualAlignment(direction, align & Qt.AlignmentFlag.AlignHorizontal_Mask)
        shown = QFontMetrics(font).elidedText(str(index.data()), Qt.TextElideMode.ElideRight, rect.width())
        # In a row that others made taller it stands in the first line.
        rect.setHeight(min(rect.height(), theme.px(LINE_HEIGHT)))
        # Each text reads in its own direction: "4.0 MB/s" stays so in a mirrored window.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)


def wrapped(
    text: str, font: QFont, width: int, direction: Qt.LayoutDirection = Qt.LayoutDirection.LeftToRight
) -> QTextLayout:
    """`text` broken into lines of `width` pixels, between words where it can be, else anywhere."""
    layout = QTextLayout(text, font)
    near = Qt.AlignmentFlag.AlignRight if direction is Qt.LayoutDirection.RightToLeft else Qt.AlignmentFlag.AlignLeft
    option = QTextOption(near | Qt.AlignmentFlag.AlignAbsolute)
    # An address or a path reads as it does everywhere, whatever the language of the window.
    option.setTextDirection(Qt.LayoutDirection.LayoutDirectionAuto)
    option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
    layout.setTextOption(option)
    layout.beginLayout()
    top = 0.0
    while (line := layout.createLine()).isValid():
        line.setLineWidth(max(1, width))
        line.setPosition(QPointF(0, top))
        top += line.height()
    layout.endLayout()
    return layout
