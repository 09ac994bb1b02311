"""A card to choose: a picture, a name and what it means; the chosen one wears a frame and a mark."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

HEIGHT, TILE, ICON, MARK = 68, 40, 22, 20


class ChoiceCard(QAbstractButton):
    """Exclusive among its siblings: the arrow keys go from one to the next."""

    def __init__(self, theme: Theme, icon: str, name: str, about: str) -> None:
        super().__init__()
        self._theme, self._icon, self._about = theme, icon, about
        self.setText(name)
        self.setAccessibleDescription(about)
        self.setCheckable(True)
        self.setAutoExclusive(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(220), self._theme.px(HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        on, mirrored = self.isChecked(), self.isRightToLeft()
        whole, radius = self.rect().toRectF(), px(12)
        ground = "sel" if on else "hover" if self.underMouse() else "surf"
        painter.setBrush(theme.colour(ground))
        painter.setPen(QPen(theme.colour("acc"), 2) if on else QPen(theme.colour("line"), 1))
        inset = 1.0 if on else 0.5
        painter.drawRoundedRect(whole.adjusted(inset, inset, -inset, -inset), radius, radius)
        if self.hasFocus():
            # Inside the frame, so that it differs from the frame of what is chosen.
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.drawRoundedRect(whole.adjusted(4, 4, -4, -4), radius - 3, radius - 3)
        tile = QRectF(px(14), (self.height() - px(TILE)) / 2, px(TILE), px(TILE))
        if mirrored:
            tile.moveLeft(self.width() - tile.right())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("acc" if on else "track"))
        painter.drawRoundedRect(tile, px(8), px(8))
        ratio = self.devicePixelRatioF()
        picture = theme.pixmap(self._icon, "onacc" if on else "ink2", px(ICON), ratio)
        painter.drawPixmap(tile.center() - QPointF(px(ICON), px(ICON)) / 2, picture)
        self._paint_words(painter, room_at_end=px(MARK + 18) if on else px(12))
        if on:
            mark = QRectF(self.width() - px(MARK + 10), px(10), px(MARK), px(MARK))
            if mirrored:
                mark.moveLeft(px(10))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.colour("acc"))
            painter.drawEllipse(mark)
            tick = px(14)
            painter.drawPixmap(mark.center() - QPointF(tick, tick) / 2, theme.pixmap("check", "onacc", tick, ratio))
        painter.end()

    def _paint_words(self, painter: QPainter, room_at_end: int) -> None:
        theme, px = self._theme, self._theme.px
        start = px(14 + TILE + 14)
        mirrored = self.isRightToLeft()
        side = Qt.AlignmentFlag.AlignRight if mirrored else Qt.AlignmentFlag.AlignLeft
        side |= Qt.AlignmentFlag.AlignAbsolute | Qt.AlignmentFlag.AlignVCenter
        # What it means goes below the mark, and on to a second line where one is too short.
        widths = self.width() - start - room_at_end, self.width() - start - px(12)
        about = lines_of(self._about, theme.fonts[Role.SECONDARY], widths[1])
        top = self.height() / 2 - px(21 + 18 * (len(about) - 1) / 2)
        lines = [(self.text(), Role.CARD, "ink", widths[0], px(21))]
        lines += [(line, Role.SECONDARY, "ink2", widths[1], px(21 if len(about) == 1 else 18)) for line in about]
        for text, role, token, width, height in lines:
            room = QRectF(start, top, width, height)
            top += height
            if mirrored:
                room.moveLeft(self.width() - start - width)
            painter.setFont(theme.fonts[role])
            painter.setPen(theme.colour(token))
            painter.drawText(room, side, painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width))


def lines_of(text: str, font: QFont, width: int) -> tuple[str, ...]:
    """`text` on one line where that fits in `width` pixels, else on two; the second may still be too long."""
    metrics = QFontMetrics(font)
    if metrics.horizontalAdvance(text) <= width:
        return (text,)
    words = text.split(" ")
    for count in range(len(words) - 1, 0, -1):
        first = " ".join(words[:count])
        if metrics.horizontalAdvance(first) <= width:
            return first, " ".join(words[count:])
    return (text,)
