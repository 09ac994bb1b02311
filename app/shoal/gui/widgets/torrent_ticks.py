"""A list of torrents to tick: name, a line under it, and a mark on those that cannot be added."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPen, QPixmap
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT, TICK = 48, 18
NOTE_ROLE, PROBLEM_ROLE, WAITING_ROLE = (Qt.ItemDataRole.UserRole + at for at in range(3))


@dataclass(frozen=True, slots=True)
class TickedTorrent:
    """`name` and `note` are safe to show; one with a `problem` cannot be ticked."""

    name: str
    note: str
    is_ticked: bool
    has_problem: bool
    is_waiting: bool = False
    """It is still to come: it cannot be ticked yet."""


class TorrentTicks(QListWidget):
    """`itemChanged` and `currentRowChanged` tell of what a person does."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("card", "true")
        self.setAccessibleName(say("Torrents"))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.setUniformItemSizes(True)
        self.setItemDelegate(_TickCell(theme, self))
        theme.changed.connect(self.viewport().update)

    def add(self, torrent: TickedTorrent) -> None:
        QListWidgetItem(self)
        self.change(self.count() - 1, torrent)

    def change(self, row: int, torrent: TickedTorrent) -> None:
        """Show what has become of one; does not tell of it."""
        item = self.item(row)
        was_blocked = self.blockSignals(True)
        flags, cannot = (
            Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable,
            torrent.has_problem or torrent.is_waiting,
        )
        item.setFlags(flags if cannot else flags | Qt.ItemFlag.ItemIsUserCheckable)
        item.setText(torrent.name)
        item.setData(NOTE_ROLE, torrent.note)
        item.setData(PROBLEM_ROLE, torrent.has_problem)
        item.setData(WAITING_ROLE, torrent.is_waiting)
        item.setCheckState(Qt.CheckState.Checked if torrent.is_ticked else Qt.CheckState.Unchecked)
        item.setData(Qt.ItemDataRole.AccessibleTextRole, say("{name}, {note}", name=torrent.name, note=torrent.note))
        self.blockSignals(was_blocked)
        self.viewport().update()

    def is_ticked(self, row: int) -> bool:
        return self.item(row).checkState() is Qt.CheckState.Checked


class _TickCell(QStyledItemDelegate):
    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(self._theme.px(120), self._theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        theme, px, rect, direction = self._theme, self._theme.px, option.rect, option.direction
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("sel"))
            painter.drawRoundedRect(rect, px(4), px(4))
        if option.state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(1, 1, -1, -1), px(4), px(4))
        problem = bool(index.data(PROBLEM_ROLE))
        box = QStyle.visualRect(direction, rect, self._tick(rect))
        if problem:
            painter.drawPixmap(box.topLeft(), self._pixmap(painter, "triangle", "warn", box.width()))
        elif index.data(WAITING_ROLE):
            painter.drawPixmap(box.topLeft(), self._pixmap(painter, "clock", "ink2", box.width()))
        else:
            self._paint_tick(painter, box, Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)))
        words = QRect(rect.left() + px(38), rect.top() + px(6), rect.width() - px(46), rect.height() - px(12))
        visible = QStyle.visualRect(direction, rect, words)
        near = (
            Qt.AlignmentFlag.AlignRight if direction is Qt.LayoutDirection.RightToLeft else Qt.AlignmentFlag.AlignLeft
        )
        for role, token, text, side in (
            (Role.MEDIUM, "ink", str(index.data()), Qt.AlignmentFlag.AlignTop),
            (Role.SECONDARY, "warn" if problem else "ink2", str(index.data(NOTE_ROLE)), Qt.AlignmentFlag.AlignBottom),
        ):
            font = theme.fonts[role]
            painter.setFont(font)
            painter.setPen(theme.colour(token))
            shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideMiddle, visible.width())
            painter.drawText(visible, near | Qt.AlignmentFlag.AlignAbsolute | side, shown)
        painter.restore()

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the tick turns it; so does Space, as everywhere."""
        if isinstance(event, QMouseEvent):
            px = self._theme.px
            box = QStyle.visualRect(option.direction, option.rect, self._tick(option.rect))
            if not box.adjusted(-px(4), -px(4), px(4), px(4)).contains(event.position().toPoint()):
                return False
            if event.type() is QEvent.Type.MouseButtonRelease and index.flags() & Qt.ItemFlag.ItemIsUserCheckable:
                ticked = Qt.CheckState(index.data(Qt.ItemDataRole.CheckStateRole)) is Qt.CheckState.Checked
                state = Qt.CheckState.Unchecked if ticked else Qt.CheckState.Checked
                model.setData(index, state.value, Qt.ItemDataRole.CheckStateRole)
            return True
        return super().editorEvent(event, model, option, index)

    def _tick(self, cell: QRect) -> QRect:
        px = self._theme.px
        return QRect(cell.left() + px(10), cell.center().y() - px(TICK) // 2 + 1, px(TICK), px(TICK))

    def _paint_tick(self, painter: QPainter, box: QRect, state: Qt.CheckState) -> None:
        theme, px = self._theme, self._theme.px
        on = state is Qt.CheckState.Checked
        painter.setPen(QPen(theme.colour("acc" if on else "ctl"), 1.4))
        painter.setBrush(theme.colour("acc" if on else "surf"))
        painter.drawRoundedRect(QRectF(box).adjusted(0.7, 0.7, -0.7, -0.7), px(4), px(4))
        if on:
            inner = box.adjusted(px(2), px(2), -px(2), -px(2))
            painter.drawPixmap(inner.topLeft(), self._pixmap(painter, "check", "onacc", inner.width()))

    def _pixmap(self, painter: QPainter, name: str, token: str, size: int) -> QPixmap:
        device = painter.device()
        return self._theme.pixmap(name, token, size, device.devicePixelRatioF() if device is not None else 1.0)
