"""The cells of the file tree: tick, icon and name; numbers; priority as four bars and a word."""

from __future__ import annotations

import html
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
from PySide6.QtGui import QFontMetrics, QHelpEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QAbstractItemView, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QToolTip

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
TREE_ROW_HEIGHT = 33
TICK = 18
BARS = 4
NUMBER_INSET = 10
"""Between a number and the far edge of its cell."""


class TreeCells(Protocol):
    """What a cell shows of its file or folder."""

    def column_keys(self) -> tuple[str, ...]:
        """Of every column `name`, `priority`, or any other key for plain text."""
        ...

    def name(self, index: Index) -> str: ...

    def icon(self, index: Index) -> str: ...

    def is_folder(self, index: Index) -> bool: ...

    def tick(self, index: Index) -> Qt.CheckState: ...

    def level(self, index: Index) -> int | None:
        """0 (skip) to 4 (highest); None when a folder's files differ."""
        ...

    def tip(self, index: Index) -> str:
        """Plain text that the row has no room for."""
        ...


class FileTreeCell(QStyledItemDelegate):
    """One delegate for all columns. `paint_other` is for the columns of whoever shows more than name and priority."""

    tick_clicked = Signal(QModelIndex)
    priority_clicked = Signal(QModelIndex, QRect)

    def __init__(self, theme: Theme, cells: TreeCells) -> None:
        super().__init__()
        self._theme = theme
        self._cells = cells
        self._keys = cells.column_keys()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(self._theme.px(60), self._theme.px(TREE_ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        match self._keys[index.column()]:
            case "name":
                self._paint_name(painter, option, index)
            case "priority":
                self._paint_priority(painter, option, index)
            case key:
                self.paint_other(painter, option, index, key)
        painter.restore()

    def paint_other(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, key: str) -> None:
        """A number at the far side."""
        rect, direction = option.rect, option.direction
        inside = QStyle.visualRect(direction, rect, rect.adjusted(0, 0, -self._theme.px(NUMBER_INSET), 0))
        self.draw_text(painter, inside, str(index.data()), token="ink2", role=Role.BODY, side=_far(direction))

    def draw_text(
        self, painter: QPainter, rect: QRect, text: str, *, token: str, role: Role, side: Qt.AlignmentFlag
    ) -> None:
        """One line, its middle left out when it is too long."""
        font = self._theme.fonts[role]
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, rect.width())
        painter.drawText(rect, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)

    def tick_rect(self, cell: QRect, direction: Qt.LayoutDirection) -> QRect:
        """The box of the tick inside a name cell."""
        return QStyle.visualRect(direction, cell, self._logical_tick(cell))

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
        key = self._keys[index.column()]
        reach = self.tick_rect(option.rect, option.direction).adjusted(-px(3), -px(3), px(3), px(3))
        if key == "name" and reach.contains(at):
            if released:
                self.tick_clicked.emit(index)
            return True
        if key == "priority":
            if released:
                self.priority_clicked.emit(index, option.rect)
            return True
        return False

    def helpEvent(  # noqa: N802
        self, event: QHelpEvent, view: QAbstractItemView, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """The whole name where it is cut, and what else there is to say of the row."""
        if event.type() is not QEvent.Type.ToolTip or not index.isValid():
            return False
        lines = [self._cells.tip(index)]
        if self._keys[index.column()] == "name":
            name = self._cells.name(index)
            width = QFontMetrics(self._theme.fonts[self._name_role(index)]).horizontalAdvance(name)
            if width > self._name_text(option.rect).width():
                lines.insert(0, name)
        # Tooltips guess at rich text; escaped, a stranger's name stays plain.
        text = "<br>".join(html.escape(line).replace("\n", "<br>") for line in lines if line)
        QToolTip.showText(event.globalPos(), f"<qt>{text}</qt>" if text else "", view)
        return True

    def _logical_tick(self, cell: QRect) -> QRect:
        px = self._theme.px
        return QRect(cell.left() + px(3), cell.center().y() - px(TICK) // 2 + 1, px(TICK), px(TICK))

    def _name_text(self, cell: QRect) -> QRect:
        left = self._logical_tick(cell).right() + self._theme.px(9 + 17 + 6)
        return QRect(left, cell.top(), cell.right() - left - self._theme.px(8), cell.height())

    def _name_role(self, index: Index) -> Role:
        return Role.STRONG if self._cells.is_folder(index) else Role.BODY

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
        icon = QRect(logical.right() + px(9), rect.center().y() - px(8), px(17), px(17))
        self._icon(painter, QStyle.visualRect(direction, rect, icon), self._cells.icon(index), "ink2")
        self.draw_text(
            painter,
            QStyle.visualRect(direction, rect, self._name_text(rect)),
            self._cells.name(index),
            token="ink" if chosen else "ink3",
            role=self._name_role(index),
            side=_near(direction),
        )

    def _paint_priority(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        level = self._cells.level(index)
        frame = QRect(rect.left() + px(7), rect.top() + px(3), rect.width() - px(18), rect.height() - px(6))
        view = option.widget
        is_current = (
            isinstance(view, QAbstractItemView) and view.currentIndex().siblingAtColumn(index.column()) == index
        )
        if is_current and view.hasFocus():
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.setBrush(theme.colour("surf"))
            ring = QRectF(QStyle.visualRect(direction, rect, frame)).adjusted(1, 1, -1, -1)
            painter.drawRoundedRect(ring, px(8), px(8))
        left, foot = frame.left() + px(9), rect.center().y() + px(6)
        if level is not None:
            painter.setPen(Qt.PenStyle.NoPen)
            for bar in range(BARS):
                height = px(4 + 2.6 * bar)
                painter.setBrush(theme.colour("acc" if bar < level else "track"))
                column = QRect(left + bar * px(6), foot - height, px(4), height)
                painter.drawRoundedRect(QRectF(QStyle.visualRect(direction, rect, column)), 1, 1)
        arrow = QRect(frame.right() - px(16), rect.center().y() - px(6), px(13), px(13))
        text = QRect(left + px(32), rect.top(), arrow.left() - left - px(36), rect.height())
        if level in (0, None):
            role, token = Role.BODY, "ink3" if level == 0 else "ink2"
        else:
            role, token = (Role.STRONG if level in (3, 4) else Role.MEDIUM), "ink"
        visible = QStyle.visualRect(direction, rect, text)
        self.draw_text(painter, visible, str(index.data()), token=token, role=role, side=_near(direction))
        self._icon(painter, QStyle.visualRect(direction, rect, arrow), "chevron-down", "ink2")

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
