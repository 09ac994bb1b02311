"""The cells of the table: background, hairline and focus drawn alike, the content by one small class each."""

from __future__ import annotations

from collections.abc import Callable
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
from PySide6.QtGui import QFont, QFontMetrics, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView
from shoal.gui.style.sentences import Action, Tone
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.piece_bar import PieceStrips

Index = QModelIndex | QPersistentModelIndex
ROW_HEIGHT = 47
CELL_PADDING = 10
TILE, TILE_ICON = 32, 20
PILL_HEIGHT, PILL_LEAST_WIDTH = 24, 48
BAR_HEIGHT, STRIP_HEIGHT = 8, 4
PERCENT_WIDTH = 56

TONE_INK: dict[Tone, str] = {
    Tone.DOWN: "ink2",
    Tone.WARN: "warn",
    Tone.ERROR: "err",
    Tone.GOOD: "ok",
    Tone.QUIET: "ink2",
    Tone.BUSY: "ink2",
}
TONE_TILE: dict[Tone, tuple[str, str]] = {
    Tone.DOWN: ("soft", "acc"),
    Tone.WARN: ("warnbg", "warn"),
    Tone.ERROR: ("errbg", "err"),
    Tone.GOOD: ("okbg", "ok"),
    Tone.QUIET: ("track", "ink2"),
    Tone.BUSY: ("track", "ink2"),
}
PILL_NAMES: dict[Action, str] = {Action.WHY: "Why?", Action.FIX: "Fix\u2026"}


class Surroundings(Protocol):
    """What a cell must know of the view around it."""

    def view_at(self, position: int) -> RowView: ...

    def is_hovered(self, position: int) -> bool: ...

    def has_focus_ring(self, position: int) -> bool: ...

    def is_first_column(self, column: int) -> bool: ...


class RowDelegate(QStyledItemDelegate):
    """Paints what all cells share, then `paint_content`."""

    def __init__(self, theme: Theme, around: Surroundings) -> None:
        super().__init__()
        self._theme = theme
        self._around = around

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:  # noqa: N802
        return QSize(self._theme.px(80), self._theme.px(ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect: QRect = option.rect
        selected = bool(option.state & QStyle.StateFlag.State_Selected)
        theme, position = self._theme, index.row()
        painter.save()
        if selected:
            painter.fillRect(rect, theme.colour("sel"))
        elif self._around.is_hovered(position):
            painter.fillRect(rect, theme.colour("hover"))
        painter.fillRect(QRect(rect.left(), rect.bottom(), rect.width(), 1), theme.colour("line"))
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

    def draw_text(
        self, painter: QPainter, rect: QRect, text: str, *, token: str, role: Role, align: Qt.AlignmentFlag
    ) -> None:
        """One line of plain text, elided to `rect`."""
        font: QFont = self._theme.fonts[role]
        painter.setFont(font)
        painter.setPen(self._theme.colour(token))
        shown = QFontMetrics(font).elidedText(text, Qt.TextElideMode.ElideRight, rect.width())
        # Each text reads in its own direction: "4.0 GB" stays so in a mirrored window.
        painter.setLayoutDirection(Qt.LayoutDirection.LayoutDirectionAuto)
        painter.drawText(rect, align | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter, shown)

    def draw_icon(self, painter: QPainter, rect: QRect, icon: str, token: str) -> None:
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        painter.drawPixmap(rect.topLeft(), self._theme.pixmap(icon, token, rect.width(), ratio))


class TextCell(RowDelegate):
    """A cell of one line; `text` and `token` choose from the row."""

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
        align = QStyle.visualAlignment(direction, self._align)
        self.draw_text(painter, rect, self._text(view), token=self._token(view), role=self._role(view), align=align)


class NameCell(RowDelegate):
    """Tile, name, state icon with its sentence, and the pill when there is something to explain or mend."""

    pill_clicked = Signal(str)
    """The torrent id."""

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        px, sentence = self._theme.px, view.sentence
        tile = QRect(rect.left(), rect.center().y() - px(TILE) // 2 + 1, px(TILE), px(TILE))
        text_left = tile.right() + 1 + px(12)
        pill = self._logical_pill(rect, view)
        text_right = (pill.left() - px(8)) if pill is not None else rect.right()
        middle = rect.center().y()
        name = QRect(text_left, middle - px(17), text_right - text_left, px(18))
        icon = QRect(text_left, middle + px(2), px(13), px(13))
        words = QRect(icon.right() + px(4), middle, text_right - icon.right() - px(4), px(17))
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)

        def shown(logical: QRect) -> QRect:
            return QStyle.visualRect(direction, rect, logical)

        back, ink = TONE_TILE[sentence.tone]
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(back))
        painter.drawRoundedRect(shown(tile), px(8), px(8))
        inner = (px(TILE) - px(TILE_ICON)) // 2
        self.draw_icon(painter, shown(tile).adjusted(inner, inner, -inner, -inner), view.kind, ink)
        self.draw_text(painter, shown(name), view.name, token="ink", role=Role.STRONG, align=align)
        tone_ink = TONE_INK[sentence.tone]
        self.draw_icon(painter, shown(icon), sentence.icon, "down" if sentence.tone is Tone.DOWN else tone_ink)
        self.draw_text(painter, shown(words), sentence.text, token=tone_ink, role=Role.SECONDARY, align=align)
        if pill is not None and sentence.action is not None:
            self._paint_pill(painter, shown(pill), say(PILL_NAMES[sentence.action]), ink)

    def pill_rect(self, cell: QRect, view: RowView, direction: Qt.LayoutDirection) -> QRect | None:
        """Where the pill of a cell is, at least 48 x 24; None when the row has none."""
        padding = self._theme.px(CELL_PADDING)
        content = cell.adjusted(padding, 0, -padding, 0)
        pill = self._logical_pill(content, view)
        return None if pill is None else QStyle.visualRect(direction, content, pill)

    def editorEvent(  # noqa: N802
        self, event: QEvent, model: QAbstractItemModel, option: QStyleOptionViewItem, index: Index
    ) -> bool:
        """A click on the pill; everything else selects as usual."""
        kind = event.type()
        if isinstance(event, QMouseEvent) and kind in (QEvent.Type.MouseButtonPress, QEvent.Type.MouseButtonRelease):
            view = self._around.view_at(index.row())
            pill = self.pill_rect(option.rect, view, option.direction)
            hit = pill is not None and pill.contains(event.position().toPoint())
            if hit and event.button() is Qt.MouseButton.LeftButton:
                if kind is QEvent.Type.MouseButtonRelease:
                    self.pill_clicked.emit(view.row.torrent_id)
                return True
        return super().editorEvent(event, model, option, index)

    def _logical_pill(self, content: QRect, view: RowView) -> QRect | None:
        action = view.sentence.action
        if action is None:
            return None
        px = self._theme.px
        metrics = QFontMetrics(self._theme.fonts[Role.SECONDARY_STRONG])
        width = max(px(PILL_LEAST_WIDTH), metrics.horizontalAdvance(say(PILL_NAMES[action])) + px(20))
        height = px(PILL_HEIGHT)
        return QRect(content.right() - width + 1, content.center().y() - height // 2 + 1, width, height)

    def _paint_pill(self, painter: QPainter, rect: QRect, text: str, token: str) -> None:
        painter.setPen(QPen(self._theme.colour(token), 1))
        painter.setBrush(self._theme.colour("surf"))
        edge = QRectF(rect).adjusted(0.5, 0.5, -0.5, -0.5)
        painter.drawRoundedRect(edge, edge.height() / 2, edge.height() / 2)
        self.draw_text(
            painter, rect, text, token=token, role=Role.SECONDARY_STRONG, align=Qt.AlignmentFlag.AlignHCenter
        )


class ProgressCell(RowDelegate):
    """An 8 px bar of what was chosen, a 4 px strip of which pieces, and the percentage."""

    def __init__(self, theme: Theme, around: Surroundings, strips: PieceStrips) -> None:
        super().__init__(theme, around)
        self._strips = strips

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        px, middle = self._theme.px, rect.center().y()
        width = max(px(40), rect.width() - px(PERCENT_WIDTH) - px(4))
        bar = QStyle.visualRect(direction, rect, QRect(rect.left(), middle - px(9), width, px(BAR_HEIGHT)))
        strip = QStyle.visualRect(direction, rect, QRect(rect.left(), middle + px(4), width, px(STRIP_HEIGHT)))
        percent = QStyle.visualRect(
            direction,
            rect,
            QRect(rect.left() + width + px(4), bar.center().y() - px(9), rect.width() - width - px(4), px(18)),
        )
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = px(BAR_HEIGHT) / 2
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(bar, radius, radius)
        filled = round(bar.width() * min(1.0, max(0.0, view.share)))
        if filled > 0:
            filled = max(filled, px(BAR_HEIGHT))
            part = QStyle.visualRect(direction, bar, QRect(bar.left(), bar.top(), filled, bar.height()))
            painter.setBrush(self._theme.colour(view.bar_token))
            painter.drawRoundedRect(part, radius, radius)
        device = painter.device()
        ratio = device.devicePixelRatioF() if device is not None else 1.0
        row = view.row
        painter.drawPixmap(
            strip.topLeft(),
            self._strips.pixmap(
                row.piece_strip,
                strip.width(),
                strip.height(),
                ratio,
                self._theme.tokens,
                done=row.is_complete,
                asked=row.peers > 0,
            ),
        )
        quiet = view.sentence.tone is Tone.QUIET
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignRight)
        role = Role.BODY if quiet else Role.MEDIUM
        self.draw_text(painter, percent, view.percent, token="ink3" if quiet else "ink", role=role, align=align)
