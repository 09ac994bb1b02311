"""The cell of the swarm's health: four bars, a cross or hollow bars, the word, and the numbers under it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtGui import QPainter, QPen, QPixmap
from PySide6.QtWidgets import QStyle

from shoal.gui.style.fonts import Role
from shoal.gui.style.icons import colour_of
from shoal.gui.style.row_view import RowView
from shoal.gui.style.swarm_health import Health
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import Tokens
from shoal.gui.widgets.row_delegate import RowDelegate, Surroundings, device_ratio

BARS = 4
BAR_WIDTH, BAR_STEP = 3.6, 5.5
SHORTEST_BAR, TALLEST_BAR = 4.0, 13.0
PICTURE_WIDTH, PICTURE_HEIGHT = 21, 14
GAP = 7
_LIT: dict[Health, str] = {
    Health.EXCELLENT: "seed",
    Health.GOOD: "seed",
    Health.FAIR: "amber",
    Health.VERY_THIN: "amber",
}


class HealthCell(RowDelegate):
    """Never by colour alone: the number of bars and the word say the same."""

    def __init__(self, theme: Theme, around: Surroundings) -> None:
        super().__init__(theme, around)
        self._pictures: dict[tuple[Health, Tokens, float], QPixmap] = {}

    def paint_content(self, painter: QPainter, rect: QRect, view: RowView, direction: Qt.LayoutDirection) -> None:
        px, middle, health = self._theme.px, rect.center().y(), view.health
        compact = self._around.is_compact()
        line_top = rect.top() if compact else middle - px(17)
        line_height = rect.height() - 1 if compact else px(18)
        picture_top = middle - px(PICTURE_HEIGHT) // 2 if compact else middle - px(PICTURE_HEIGHT) - px(1)
        picture = QRect(rect.left(), picture_top, px(PICTURE_WIDTH), px(PICTURE_HEIGHT))
        left = picture.right() + 1 + px(GAP)
        word = QRect(left, line_top, rect.right() - left, line_height)
        align = QStyle.visualAlignment(direction, Qt.AlignmentFlag.AlignLeft)
        # Rising bars are a picture of "more": they rise to the right in every script.
        at = QStyle.visualRect(direction, rect, picture).topLeft()
        painter.drawPixmap(at, self._picture(health.level, device_ratio(painter)))
        word_at = QStyle.visualRect(direction, rect, word)
        is_known = health.level is not Health.UNKNOWN
        self.draw_text(
            painter, word_at, health.word, token="ink" if is_known else "ink2", role=Role.MEDIUM, align=align
        )
        if not compact:
            line = QStyle.visualRect(direction, rect, QRect(rect.left(), middle, rect.width(), px(17)))
            self.draw_text(painter, line, health.line, token="ink2", role=Role.SECONDARY, align=align)

    def natural_width(self, view: RowView) -> int:
        px = self._theme.px
        word = px(PICTURE_WIDTH) + px(GAP) + self.text_width(view.health.word, Role.MEDIUM) + 1
        return word if self._around.is_compact() else max(word, self.text_width(view.health.line, Role.SECONDARY))

    def _picture(self, level: Health, ratio: float) -> QPixmap:
        key = (level, self._theme.tokens, ratio)
        found = self._pictures.get(key)
        if found is None:
            found = self._pictures[key] = draw_health(level, self._theme.tokens, self._theme.fonts.scale, ratio)
        return found


def draw_health(level: Health, tokens: Tokens, scale: float, ratio: float) -> QPixmap:
    """The picture of `level`, `PICTURE_WIDTH` x `PICTURE_HEIGHT` times `scale` logical pixels."""
    width, height = round(PICTURE_WIDTH * scale), round(PICTURE_HEIGHT * scale)
    pixmap = QPixmap(round(width * ratio), round(height * ratio))
    pixmap.setDevicePixelRatio(ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.scale(width / PICTURE_WIDTH, height / PICTURE_HEIGHT)
    if level is Health.NO_ANSWER:
        pen = QPen(colour_of(tokens.err), 1.7, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLine(3, 2, 13, 12)
        painter.drawLine(13, 2, 3, 12)
    else:
        _draw_bars(painter, level, tokens)
    painter.end()
    return pixmap


def _draw_bars(painter: QPainter, level: Health, tokens: Tokens) -> None:
    lit = getattr(tokens, _LIT.get(level, "ctl"))
    for number in range(BARS):
        tall = SHORTEST_BAR + (TALLEST_BAR - SHORTEST_BAR) * number / (BARS - 1)
        bar = QRectF(number * BAR_STEP, PICTURE_HEIGHT - tall, BAR_WIDTH, tall)
        if level is Health.UNKNOWN:
            painter.setPen(QPen(colour_of(tokens.ctl), 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            bar = bar.adjusted(0.5, 0.5, -0.5, -0.5)
        else:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour_of(lit if number < level.value else tokens.track))
        painter.drawRoundedRect(bar, 1.2, 1.2)
