"""The cell of the name: what kind of thing it is, what it does in a sentence, and the pill that explains or mends."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyleOptionViewItem

from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView
from shoal.gui.style.sentences import Action, Tone
from shoal.gui.style.tones import TONE_INK, tone_ground
from shoal.gui.style.wording import Template, phrase, say_phrase
from shoal.gui.widgets.row_delegate import CELL_PADDING, Index, RowDelegate

TILE, TILE_ICON = 32, 20
COMPACT_TILE, COMPACT_TILE_ICON = 20, 14
STATE_ICON = 13
PILL_HEIGHT, PILL_LEAST_WIDTH = 24, 48
TILE_GAP, PILL_GAP = 8, 4
NAME_SHARE = 0.6
"""Of the room of one line, what the name may take before its sentence is cut."""
PILL_NAMES: dict[Action, Template] = {Action.WHY: phrase("Why?"), Action.FIX: phrase("Fix\u2026")}


@dataclass(frozen=True, slots=True)
class _Places:
    """Where the parts of one cell are, before mirroring."""

    tile: QRect
    name: QRect
    icon: QRect
    words: QRect


class NameCell(RowDelegate):
    """Tile, name, state icon with its sentence, and the pill when there is something to explain or mend."""

    pill_clicked = Signal(str)
    """The torrent id."""

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        px, sentence = self._theme.px, view.sentence
        pill = self._logical_pill(rect, view)
        right = (pill.left() - px(PILL_GAP)) if pill is not None else rect.right()
        places = self._one_line(rect, right, view) if self._around.is_compact() else self._two_lines(rect, right)
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)

        def shown(logical: QRect) -> QRect:
            return QStyle.visualRect(direction, rect, logical)

        back, ink = tone_ground(sentence.tone)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(back))
        radius = px(8) * places.tile.width() / px(TILE)
        painter.drawRoundedRect(shown(places.tile), radius, radius)
        inner = (places.tile.width() - px(COMPACT_TILE_ICON if self._around.is_compact() else TILE_ICON)) // 2
        self.draw_icon(painter, shown(places.tile).adjusted(inner, inner, -inner, -inner), view.kind, ink)
        self.draw_text(painter, shown(places.name), view.name, token="ink", role=Role.STRONG, align=align)
        tone_ink = TONE_INK[sentence.tone]
        icon_ink = "down" if sentence.tone is Tone.DOWN else tone_ink
        self.draw_icon(painter, shown(places.icon), sentence.icon, icon_ink)
        words = shown(places.words)
        self.draw_text(painter, words, sentence.text, token=tone_ink, role=Role.SECONDARY, align=align, at_words=True)
        if pill is not None and sentence.action is not None:
            self._paint_pill(painter, shown(pill), say_phrase(PILL_NAMES[sentence.action]), ink)

    def natural_width(self, view: RowView) -> int:
        px = self._theme.px
        name = self.text_width(view.name, Role.STRONG)
        words = px(STATE_ICON) + px(4) + self.text_width(view.sentence.text, Role.SECONDARY)
        pill = self._logical_pill(QRect(0, 0, px(400), px(40)), view)
        extra = 0 if pill is None else pill.width() + px(PILL_GAP)
        if self._around.is_compact():
            # The name gets its share of the line at most, so the line is as long as that asks for.
            line = max(name + px(12) + words, int(name / NAME_SHARE))
            return px(COMPACT_TILE) + px(8) + line + extra
        return px(TILE) + px(TILE_GAP) + max(name, words) + extra

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

    def _two_lines(self, rect: QRect, right: int) -> _Places:
        px, middle = self._theme.px, rect.center().y()
        tile = QRect(rect.left(), middle - px(TILE) // 2 + 1, px(TILE), px(TILE))
        left = tile.right() + 1 + px(TILE_GAP)
        icon = QRect(left, middle + px(2), px(STATE_ICON), px(STATE_ICON))
        words_left = icon.right() + px(4)
        return _Places(
            tile,
            QRect(left, middle - px(17), right - left, px(18)),
            icon,
            QRect(words_left, middle, right - words_left, px(17)),
        )

    def _one_line(self, rect: QRect, right: int, view: RowView) -> _Places:
        px, middle = self._theme.px, rect.center().y()
        tile = QRect(rect.left(), middle - px(COMPACT_TILE) // 2, px(COMPACT_TILE), px(COMPACT_TILE))
        left = tile.right() + 1 + px(8)
        most = int(max(0, right - left) * NAME_SHARE)
        width = min(self.text_width(view.name, Role.STRONG) + 1, most)
        icon = QRect(left + width + px(12), middle - px(STATE_ICON) // 2, px(STATE_ICON), px(STATE_ICON))
        words_left = icon.right() + px(4)
        return _Places(
            tile,
            QRect(left, rect.top(), width, rect.height() - 1),
            icon,
            QRect(words_left, rect.top(), max(0, right - words_left), rect.height() - 1),
        )

    def _logical_pill(self, content: QRect, view: RowView) -> QRect | None:
        action = view.sentence.action
        if action is None:
            return None
        px = self._theme.px
        width = max(
            px(PILL_LEAST_WIDTH), self.text_width(say_phrase(PILL_NAMES[action]), Role.SECONDARY_STRONG) + px(16)
        )
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
