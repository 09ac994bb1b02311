"""How well a swarm is, on a tinted plate: four bars, a word and the numbers; hollow bars while nobody has told."""

from __future__ import annotations

import html

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.swarm_health import Health
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.health_cell import PICTURE_HEIGHT, PICTURE_WIDTH, draw_health

HEIGHT, LINE, LEAST_WIDTH = 40, 16, 196
BARS_AT, WORDS_AT, END = 14, 46, 16
_PLATES: dict[Health, str] = {
    Health.EXCELLENT: "okbg",
    Health.GOOD: "okbg",
    Health.FAIR: "warnbg",
    Health.VERY_THIN: "warnbg",
    Health.NO_ANSWER: "errbg",
    Health.UNKNOWN: "hover",
}


class SwarmBadge(QWidget):
    """Two lines of plain text beside the bars."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.level, self.word, self.note = Health.UNKNOWN, "", ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_swarm(self, level: Health, word: str, note: str, hint: str = "") -> None:
        """`hint` is for who wants to know more."""
        self.level, self.word, self.note = level, word, note
        self.setAccessibleName(f"{word}: {note}")
        self.setAccessibleDescription(hint)
        # Escaped: tooltips guess at rich text.
        self.setToolTip(f"<qt>{html.escape(hint).replace(chr(10), '<br>')}</qt>" if hint else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        fonts, px = self._theme.fonts, self._theme.px
        strong = QFontMetrics(fonts[Role.SECONDARY_STRONG]).horizontalAdvance(self.word)
        plain = QFontMetrics(fonts[Role.SECONDARY]).horizontalAdvance(self.note)
        return QSize(max(px(LEAST_WIDTH), px(WORDS_AT) + max(strong, plain) + px(END)), px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour(_PLATES[self.level]))
        painter.drawRoundedRect(self.rect(), px(8), px(8))
        mirrored = self.isRightToLeft()
        bars = QRect(px(BARS_AT), px(HEIGHT - PICTURE_HEIGHT) // 2 + px(1), px(PICTURE_WIDTH), px(PICTURE_HEIGHT))
        words = QRect(px(WORDS_AT), px(HEIGHT) // 2 - px(LINE), self.width() - px(WORDS_AT), px(LINE))
        side = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        if mirrored:
            bars.moveRight(self.width() - px(BARS_AT))
            words.moveLeft(0)
            side = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        ratio = self.devicePixelRatioF()
        painter.drawPixmap(bars.topLeft(), draw_health(self.level, theme.tokens, theme.fonts.scale, ratio))
        painter.setFont(theme.fonts[Role.SECONDARY_STRONG])
        painter.setPen(theme.colour("ink"))
        painter.drawText(words, side, self.word)
        painter.setFont(theme.fonts[Role.SECONDARY])
        painter.setPen(theme.colour("ink2"))
        painter.drawText(words.translated(0, px(LINE)), side, self.note)
        painter.end()
