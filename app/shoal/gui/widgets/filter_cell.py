"""How an entry of the sidebar is painted: icon, name and count, as a badge where it asks for attention."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme

Index = QModelIndex | QPersistentModelIndex
_Placed = Callable[[int, int], QRect]
ENTRY_HEIGHT, HEADER_HEIGHT, RAIL_HEADER_HEIGHT = 33, 38, 13
RAIL_ENTRY_HEIGHT = 44
SIDE, ICON_LEFT, TEXT_LEFT, ICON = 10, 22, 48, 16
BADGE_HEIGHT, BADGE_LEAST_WIDTH = 18, 26
SMALL_BADGE_HEIGHT = 15
RAIL_ICON_TOP, RAIL_GAP = 6, 1
"""In the rail the count stands below its icon: neither covers the other."""
MOST_SHOWN_IN_RAIL = 999


class FilterRole(IntEnum):
    """What an item of the list carries beside its name."""

    ENTRY = Qt.ItemDataRole.UserRole
    """A `FilterEntry`; None for the title of a group."""
    GROUP = Qt.ItemDataRole.UserRole + 1


@dataclass(frozen=True, slots=True)
class FilterEntry:
    """One line: `key` is unique in its `group`, `spoken` is the whole of it for a screen reader."""

    group: str
    key: str
    name: str
    icon: str
    token: str
    count: int
    spoken: str
    is_alert: bool = False
    """Its count is a badge, but for 0."""
    takes_drops: bool = False


class FilterCell(QStyledItemDelegate):
    """`is_rail` paints icons with small counts only; `target` is the entry that something is dragged over."""

    def __init__(self, theme: Theme, parent: QObject) -> None:
        super().__init__(parent)
        self._theme = theme
        self.is_rail = False
        self.target: tuple[str, str] | None = None
        self.folded: frozenset[str] = frozenset()
        self.shows_focus = False

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        px = self._theme.px
        if index.data(FilterRole.ENTRY) is None:
            return QSize(px(40), px(RAIL_HEADER_HEIGHT if self.is_rail else HEADER_HEIGHT))
        return QSize(px(40), px(RAIL_ENTRY_HEIGHT if self.is_rail else ENTRY_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        entry = index.data(FilterRole.ENTRY)
        rect: QRect = option.rect
        has_focus = self.shows_focus and bool(option.state & QStyle.StateFlag.State_HasFocus)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if isinstance(entry, FilterEntry):
            chosen = bool(option.state & QStyle.StateFlag.State_Selected)
            hovered = bool(option.state & QStyle.StateFlag.State_MouseOver)
            self._paint_ground(painter, rect, entry, chosen, hovered)
            if self.is_rail:
                self._paint_small(painter, rect, entry, chosen)
            else:
                self._paint_line(painter, option, rect, entry, chosen)
        else:
            self._paint_title(painter, option, rect, index)
        if has_focus:
            self._paint_ring(painter, rect)
        painter.restore()

    # -- an entry

    def _ground(self, rect: QRect) -> QRectF:
        px = self._theme.px
        side = px(6) if self.is_rail else px(SIDE)
        return QRectF(rect.adjusted(side, 0, -side, -1))

    def _paint_ground(self, painter: QPainter, rect: QRect, entry: FilterEntry, chosen: bool, hovered: bool) -> None:
        theme = self._theme
        is_target = self.target == (entry.group, entry.key)
        if chosen or hovered or is_target:
            painter.setPen(QPen(theme.colour("acc"), 2) if is_target else Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("soft" if chosen or is_target else "hover"))
            painter.drawRoundedRect(self._ground(rect), theme.px(8), theme.px(8))
        if chosen and self.is_rail:
            # A mark beside the tint, as the bold name is in the wide list.
            mark = QRectF(self._ground(rect))
            mark.setWidth(theme.px(3))
            mark.adjust(0, theme.px(8), 0, -theme.px(8))
            if painter.layoutDirection() is Qt.LayoutDirection.RightToLeft:
                mark.moveRight(self._ground(rect).right())
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("acc"))
            painter.drawRoundedRect(mark, theme.px(1.5), theme.px(1.5))

    def _paint_line(
        self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, entry: FilterEntry, chosen: bool
    ) -> None:
        theme, px = self._theme, self._theme.px
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft

        def placed(left: int, width: int) -> QRect:
            at = rect.left() + left if not mirrored else rect.right() + 1 - left - width
            return QRect(at, rect.top(), width, rect.height() - 1)

        icon = placed(px(ICON_LEFT), px(ICON))
        self._paint_icon(painter, icon, entry, chosen)
        end = px(SIDE) + px(10)
        count = whole(entry.count)
        count_font = theme.fonts[Role.BODY]
        count_width = QFontMetrics(count_font).horizontalAdvance(count)
        if entry.is_alert and entry.count:
            count_width = self._paint_badge(painter, placed, rect.width() - end, entry.count)
        else:
            painter.setFont(count_font)
            painter.setPen(theme.colour("ink3"))
            painter.drawText(
                placed(rect.width() - end - count_width, count_width), Qt.AlignmentFlag.AlignVCenter, count
            )
        name_width = rect.width() - px(TEXT_LEFT) - end - count_width - px(8)
        font = theme.fonts[Role.STRONG if chosen else Role.MEDIUM]
        painter.setFont(font)
        painter.setPen(theme.colour("ink"))
        text = QFontMetrics(font).elidedText(entry.name, Qt.TextElideMode.ElideMiddle, name_width)
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            placed(px(TEXT_LEFT), name_width),
            side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter,
            text,
        )

    def _paint_badge(self, painter: QPainter, placed: _Placed, end: int, count: int) -> int:
        """A count that asks for attention, its end at `end`; how wide it is."""
        theme, px = self._theme, self._theme.px
        font, text = theme.fonts[Role.SECONDARY_STRONG], whole(count)
        width = max(px(BADGE_LEAST_WIDTH), QFontMetrics(font).horizontalAdvance(text) + px(12))
        badge = QRectF(placed(end - width, width))
        badge = QRectF(badge.left(), badge.center().y() - px(BADGE_HEIGHT) / 2, width, px(BADGE_HEIGHT))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("err"))
        painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setFont(font)
        painter.setPen(theme.colour("surf"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, text)
        return width

    def _paint_icon(self, painter: QPainter, room: QRect, entry: FilterEntry, chosen: bool) -> None:
        theme, size = self._theme, self._theme.px(ICON)
        ratio = painter.device().devicePixelRatio()
        token = "acc" if chosen and entry.token == "ink2" else entry.token
        pixmap = theme.pixmap(entry.icon, token, size, ratio)
        painter.drawPixmap(room.left(), room.top() + (room.height() - size) // 2, pixmap)

    def _paint_small(self, painter: QPainter, rect: QRect, entry: FilterEntry, chosen: bool) -> None:
        theme = self._theme
        icon = self.rail_icon(rect)
        if not entry.count:
            icon.moveTop(rect.center().y() - icon.height() // 2)
        self._paint_icon(painter, icon, entry, chosen)
        if not entry.count:
            return
        shown = whole(entry.count) if entry.count <= MOST_SHOWN_IN_RAIL else f"{MOST_SHOWN_IN_RAIL}+"
        badge = self.rail_count(rect, shown)
        if entry.is_alert:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("err"))
            painter.drawRoundedRect(badge, badge.height() / 2, badge.height() / 2)
        painter.setFont(theme.fonts[Role.MICRO])
        painter.setPen(theme.colour("surf" if entry.is_alert else "ink" if chosen else "ink2"))
        painter.drawText(badge, Qt.AlignmentFlag.AlignCenter, shown)

    def rail_icon(self, rect: QRect) -> QRect:
        """Where the icon of the entry at `rect` is in the rail."""
        size = self._theme.px(ICON)
        return QRect(rect.center().x() - size // 2, rect.top() + self._theme.px(RAIL_ICON_TOP), size, size)

    def rail_count(self, rect: QRect, shown: str) -> QRectF:
        """Where its count is."""
        theme, px = self._theme, self._theme.px
        height = px(SMALL_BADGE_HEIGHT)
        width = max(height, QFontMetrics(theme.fonts[Role.MICRO]).horizontalAdvance(shown) + px(8))
        icon = self.rail_icon(rect)
        return QRectF(icon.center().x() + 0.5 - width / 2, icon.bottom() + 1 + px(RAIL_GAP), width, height)

    # -- the title of a group

    def _paint_title(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect, index: Index) -> None:
        theme, px = self._theme, self._theme.px
        if self.is_rail:
            if index.row() > 0:
                painter.setPen(QPen(theme.colour("line"), 1))
                middle = rect.center().y()
                painter.drawLine(rect.left() + px(12), middle, rect.right() - px(12), middle)
            return
        folded = index.data(FilterRole.GROUP) in self.folded
        words = rect.adjusted(px(20), px(9), -px(20), 0)
        painter.setFont(theme.fonts[Role.MICRO])
        painter.setPen(theme.colour("ink3"))
        mirrored = option.direction is Qt.LayoutDirection.RightToLeft
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        painter.drawText(
            words, side | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, str(index.data())
        )
        state = option.state
        if folded or state & (QStyle.StateFlag.State_MouseOver | QStyle.StateFlag.State_HasFocus):
            size = px(12)
            left = words.right() - size if not mirrored else words.left()
            pixmap = theme.pixmap(
                "chevron-right" if folded else "chevron-down", "ink3", size, painter.device().devicePixelRatio()
            )
            painter.drawPixmap(left, words.center().y() - size // 2 + 1, pixmap)

    def _paint_ring(self, painter: QPainter, rect: QRect) -> None:
        ring = self._ground(rect).adjusted(1, 1, -1, -1)
        painter.setPen(QPen(self._theme.colour("acc"), 2))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRoundedRect(ring, self._theme.px(8), self._theme.px(8))
