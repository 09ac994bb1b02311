"""The cells of the file tree: tick, icon and name; size; priority as four bars and a word."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import (
    QAbstractItemModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
TREE_ROW_HEIGHT = 33
TICK = 18
BARS = 4


class TreeCells(Protocol):
    """What a cell shows of its file or folder."""

    def name(self, index: Index) -> str: ...

    def icon(self, index: Index) -> str: ...

    def is_folder(self, index: Index) -> bool: ...

    def tick(self, index: Index) -> Qt.CheckState: ...

    def level(self, index: Index) -> int | None:
        """0 (skip) to 4 (highest); None when a folder's files differ."""
        ...


class FileTreeCell(QStyledItemDelegate):
    """One delegate for all three columns: 0 name, 1 size, 2 priority."""

    tick_clicked = Signal(QModelIndex)
    priority_clicked = Signal(QModelIndex, QRect)

    def __init__(self, theme: Theme, cells: TreeCells) -> None:
        super().__init__()
        self._theme = theme
        self._cells = cells

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(self._theme.px(60), self._theme.px(TREE_ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, theme.colour("sel"))
        match index.column():
            case 0:
                self._paint_name(painter, option, index)
            case 1:
                inside = QStyle.visualRect(direction, rect, rect.adjusted(0, 0, -px(8), 0))
                self._draw(painter, inside, str(index.data()), token="ink2", role=Role.BODY, side=_far(direction))
            case _:
                self._paint_priority(painter, option, index)
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(2, 2, -2, -2), px(6), px(6))
        painter.restore()

    def tick_rect(self, cell: QRect, direction: Qt.LayoutDirection) -> QRect:
        """The box of the tick inside a name cell."""
        return QStyle.visualRect(direction, cell, self._logical_tick(cell))

    def _logical_tick(self, cell: QRect) -> QRect:
        px = self._theme.px
        return QRect(cell.left() + px(2), cell.center().y() - px(TICK) // 2 + 1, px(TICK), px(TICK))

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the tick (with 3 px around it) or on the priority."""
        if not isinstance(event, QMouseEvent) or event.button() is not Qt.MouseButton.LeftButton:
            return False
        at, px = event.position().toPoint(), self._theme.px
        kinds = (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonDblClick, QEvent.Type.MouseButtonRelease)
        if event.type() not in kinds:
            return False
        released = event.type() is QEvent.Type.MouseButtonRelease
        reach = self.tick_rect(option.rect, option.direction).adjusted(-px(3), -px(3), px(3), px(3))
        if index.column() == 0 and reach.contains(at):
            if released:
                self.tick_clicked.emit(index)
            return True
        if index.column() == 2:
            if released:
                self.priority_clicked.emit(index, option.rect)
            return True
        return False

    def _paint_name(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        logical = self._logical_tick(rect)
        box = QStyle.visualRect(direction, rect, logical)
        tick = self._cells.tick(index)
        chosen = tick is not Qt.CheckState.Unchecked
        painter.setPen(QPen(theme.colour("acc" if chosen else "ctl"), 1.4))
        painter.setBrush(theme.colour("acc" if chosen else "surf"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.7, 0.7, -0.7, -0.7), px(4), px(4))
        if chosen:
            name = "check" if tick is Qt.CheckState.Checked else "minus"
            self._icon(painter, box.adjusted(px(2), px(2), -px(2), -px(2)), name, "onacc")
        icon = QRect(logical.right() + px(8), rect.center().y() - px(8), px(17), px(17))
        text = QRect(icon.right() + px(8), rect.top(), rect.right() - icon.right() - px(12), rect.height())
        self._icon(painter, QStyle.visualRect(direction, rect, icon), self._cells.icon(index), "ink2")
        self._draw(
            painter,
            QStyle.visualRect(direction, rect, text),
            self._cells.name(index),
            token="ink" if chosen else "ink3",
            role=Role.STRONG if self._cells.is_folder(index) else Role.BODY,
            side=_near(direction),
        )

    def _paint_priority(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        level = self._cells.level(index)
        left, foot = rect.left() + px(8), rect.center().y() + px(6)
        if level is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            for bar in range(BARS):
                height = px(4 + 2.6 * bar)
                painter.setBrush(theme.colour("acc" if bar < level else "track"))
                column = QRect(left + bar * px(6), foot - height, px(4), height)
                painter.drawRoundedRect(QRectF(QStyle.visualRect(direction, rect, column)), 1, 1)
        text = QRect(left + px(32), rect.top(), rect.width() - px(64), rect.height())
        self._draw(
            painter,
            QStyle.visualRect(direction, rect, text),
            str(index.data()),
            token="ink3" if level in (0, None) else "ink",
            role=Role.STRONG if level in (3, 4) else Role.BODY,
            side=_near(direction),
        )
        arrow = QRect(rect.right() - px(24), rect.center().y() - px(6), px(13), px(13))
        self._icon(painter, QStyle.visualRect(direction, rect, arrow), "chevron-down", "ink2")

    def _draw(
        self, painter: QPainter, rect: QRect, text: str, *, token: str, role: Role, side: Qt.AlignmentFlag
    ) -> None:
        font = self._theme.fonts[role]
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)

    def _icon(self, painter: QPainter, rect: QRect, name: str, token: str) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(rect.topLeft(), self._theme.pixmap(name, token, rect.width(), ratio))


def _near(direction: Qt.LayoutDirection) -> Qt.AlignmentFlag:
    """The side where reading begins."""
    mirrored = direction is Qt.LayoutDirection.RightToLeft
    return Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft


def _far(direction: Qt.LayoutDirection) -> Qt.AlignmentFlag:
    mirrored = direction is Qt.LayoutDirection.RightToLeft
    return Qt.AlignmentFlag.AlignLeft if mirrored else Qt.AlignmentFlag.AlignRight
