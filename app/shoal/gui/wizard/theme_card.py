"""A small picture of the window in one theme, to choose by looking."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from shoal.gui.style.fonts import Role
from shoal.gui.style.icons import colour_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.tokens import Tokens

WIDTH, PICTURE_HEIGHT, NAME_HEIGHT, MARK = 148, 84, 24, 20
ROWS = ((0.86, 0.62), (0.7, 1.0), (0.78, 0.3))
"""Length of each name, and how far each transfer has come."""


class ThemeCard(QAbstractButton):
    """`tokens` are those of the theme that it shows."""

    def __init__(self, theme: Theme, tokens: Tokens, name: str) -> None:
        super().__init__()
        self._theme, self._tokens = theme, tokens
        self.setText(name)
        self.setCheckable(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(WIDTH), self._theme.px(PICTURE_HEIGHT + NAME_HEIGHT))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        frame = QRectF(0, 0, self.width(), px(PICTURE_HEIGHT))
        inside = frame.adjusted(4, 4, -4, -4)
        painter.save()
        if self.isRightToLeft():
            painter.translate(self.width(), 0)
            painter.scale(-1, 1)
        self._paint_window(painter, inside)
        painter.restore()
        on = self.isChecked()
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(colour_of(self._tokens.line), 1))
        painter.drawRoundedRect(inside.adjusted(0.5, 0.5, -0.5, -0.5), px(7) - 0.5, px(7) - 0.5)
        if on or self.hasFocus():
            painter.setPen(QPen(theme.colour("acc"), 2, Qt.PenStyle.SolidLine if on else Qt.PenStyle.DotLine))
            painter.drawRoundedRect(frame.adjusted(1, 1, -1, -1), px(10), px(10))
        painter.setFont(theme.fonts[Role.STRONG if on else Role.BODY])
        painter.setPen(theme.colour("ink"))
        words = QRectF(0, px(PICTURE_HEIGHT), self.width(), px(NAME_HEIGHT))
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self.text())
        if self.hasFocus():
            wide = painter.fontMetrics().horizontalAdvance(self.text())
            line = words.center() + QPointF(-wide / 2, px(9))
            painter.setPen(QPen(theme.colour("acc"), 2))
            painter.drawLine(line, line + QPointF(wide, 0))
        if on:
            self._paint_mark(painter, frame)
        painter.end()

    # -- inside

    def _paint_window(self, painter: QPainter, room: QRectF) -> None:
        """Bar, sidebar, three transfers."""
        px, tokens = self._theme.px, self._tokens
        bar, side = px(13), px(34)
        # Parts of a rounded path: a clip would leave its corners ragged.
        shape = QPainterPath()
        shape.addRoundedRect(room, px(7), px(7))
        for part, token in (
            (QRectF(room.left() + side, room.top() + bar, room.width() - side, room.height() - bar), tokens.surf),
            (QRectF(room.left(), room.top(), room.width(), bar), tokens.win),
            (QRectF(room.left(), room.top() + bar, side, room.height() - bar), tokens.side),
        ):
            path = QPainterPath()
            path.addRect(part)
            painter.fillPath(shape.intersected(path), colour_of(token))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour_of(tokens.acc))
        painter.drawRoundedRect(QRectF(room.left() + px(5), room.top() + px(4), px(20), px(5)), 2, 2)
        for number, width in enumerate((20, 16, 18, 13)):
            painter.setBrush(colour_of(tokens.soft if number == 0 else tokens.track))
            top = room.top() + bar + px(7) + number * px(11)
            painter.drawRoundedRect(QRectF(room.left() + px(6), top, px(width), px(4)), 2, 2)
        left, wide = room.left() + side + px(9), room.width() - side - px(18)
        for number, (name, done) in enumerate(ROWS):
            top = room.top() + bar + px(8) + number * px(19)
            painter.setBrush(colour_of(tokens.ink2))
            painter.drawRoundedRect(QRectF(left, top, wide * name, px(4)), 2, 2)
            painter.setBrush(colour_of(tokens.track))
            painter.drawRoundedRect(QRectF(left, top + px(8), wide, px(3)), 1.5, 1.5)
            painter.setBrush(colour_of(tokens.seed if done == 1.0 else tokens.have))
            painter.drawRoundedRect(QRectF(left, top + px(8), wide * done, px(3)), 1.5, 1.5)

    def _paint_mark(self, painter: QPainter, frame: QRectF) -> None:
        theme, px = self._theme, self._theme.px
        mark = QRectF(frame.right() - px(MARK) - px(8), frame.top() + px(8), px(MARK), px(MARK))
        if self.isRightToLeft():
            mark.moveLeft(px(8))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.colour("acc"))
        painter.drawEllipse(mark)
        tick = px(14)
        picture = theme.pixmap("check", "onacc", tick, self.devicePixelRatioF())
        painter.drawPixmap(mark.center() - QPointF(tick, tick) / 2, picture)
