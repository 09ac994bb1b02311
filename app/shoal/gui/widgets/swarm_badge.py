"""How well a swarm is, as four bars and words, before anyone was asked: hollow bars, and words that say so."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

HEIGHT, BARS = 40, 4


class SwarmBadge(QWidget):
    """Two lines of plain text beside hollow bars."""

    def __init__(self, theme: Theme, word: str, note: str) -> None:
        super().__init__()
        self._theme, self._word, self._note = theme, word, note
        self.setAccessibleName(f"{word}: {note}")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        fonts, px = self._theme.fonts, self._theme.px
        strong = QFontMetrics(fonts[Role.SECONDARY_STRONG]).horizontalAdvance(self._word)
        plain = QFontMetrics(fonts[Role.SECONDARY]).horizontalAdvance(self._note)
        return QSize(px(46) + max(strong, plain) + px(16), px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("hover"))
        painter.drawRoundedRect(self.rect(), px(8), px(8))
        mirrored = self.isRightToLeft()
        painter.setPen(QPen(theme.colour("ctl"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for bar in range(BARS):
            height = px(4 + 3 * bar)
            left = px(14) + bar * px(5)
            bar_left = self.width() - left - px(3.5) if mirrored else left
            painter.drawRect(QRectF(bar_left + 0.5, px(27) - height + 0.5, px(3) - 1, height - 1))
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        words = (
            self.rect().adjusted(0, px(3), -px(46), -px(3))
            if mirrored
            else self.rect().adjusted(px(46), px(3), 0, -px(3))
        )
        painter.setFont(theme.fonts[Role.SECONDARY_STRONG])
        painter.setPen(theme.colour("ink"))
        painter.drawText(words, side | Qt.AlignmentFlag.AlignTop, self._word)
        painter.setFont(theme.fonts[Role.SECONDARY])
        painter.setPen(theme.colour("ink2"))
        painter.drawText(words, side | Qt.AlignmentFlag.AlignBottom, self._note)
        painter.end()
