"""The cell of the progress: how much of what was chosen, which pieces, and the percentage."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle

from shoal.gui.style.fonts import Role
from shoal.gui.style.row_view import RowView
from shoal.gui.style.sentences import Tone
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.piece_bar import PieceStrips
from shoal.gui.widgets.row_delegate import RowDelegate, Surroundings, device_ratio

BAR_HEIGHT, STRIP_HEIGHT = 8, 4
COMPACT_BAR_HEIGHT, COMPACT_STRIP_HEIGHT = 6, 2
PERCENT_WIDTH = 46
LEAST_BAR_WIDTH = 40


class ProgressCell(RowDelegate):
    """An 8 px bar of what was chosen, a 4 px strip of which pieces (compact: 6 and 2 px), and the percentage."""

    def __init__(self, theme: Theme, around: Surroundings, strips: PieceStrips) -> None:
        super().__init__(theme, around)
        self._strips = strips

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        px, middle, compact = self._theme.px, rect.center().y(), self._around.is_compact()
        width = max(px(LEAST_BAR_WIDTH), rect.width() - px(PERCENT_WIDTH) - px(4))
        top = middle - px(6 if compact else 9)
        bar_height = px(COMPACT_BAR_HEIGHT if compact else BAR_HEIGHT)
        bar = QStyle.visualRect(direction, rect, QRect(rect.left(), top, width, bar_height))
        strip_height = px(COMPACT_STRIP_HEIGHT if compact else STRIP_HEIGHT)
        strip_top = middle + px(3 if compact else 4)
        strip = QStyle.visualRect(direction, rect, QRect(rect.left(), strip_top, width, strip_height))
        words = QRect(rect.left() + width + px(4), bar.center().y() - px(9), rect.width() - width - px(4), px(18))
        if compact:
            words = QRect(words.left(), rect.top(), words.width(), rect.height() - 1)
        self._paint_bar(painter, bar, view, direction)
        row = view.row
        painter.drawPixmap(
            strip.topLeft(),
            self._strips.pixmap(
                row.piece_strip,
                strip.width(),
                strip.height(),
                device_ratio(painter),
                self._theme.tokens,
                done=row.is_complete,
                asked=row.sees_others,
            ),
        )
        quiet = view.sentence.tone is Tone.QUIET
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignRight)
        role = Role.BODY if quiet else Role.MEDIUM
        percent = QStyle.visualRect(direction, rect, words)
        self.draw_text(painter, percent, view.percent, token="ink3" if quiet else "ink", role=role, align=align)

    def natural_width(self, view: RowView) -> int:
        return 3 * self._theme.px(LEAST_BAR_WIDTH) + self._theme.px(PERCENT_WIDTH) + self._theme.px(4)

    def _paint_bar(self, painter: QPainter, bar: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        radius = bar.height() / 2
        painter.setBrush(self._theme.colour("track"))
        painter.drawRoundedRect(bar, radius, radius)
        filled = round(bar.width() * min(1.0, max(0.0, view.share)))
        if filled > 0:
            filled = max(filled, bar.height())
            part = QStyle.visualRect(direction, bar, QRect(bar.left(), bar.top(), filled, bar.height()))
            painter.setBrush(self._theme.colour(view.bar_token))
            painter.drawRoundedRect(part, radius, radius)
