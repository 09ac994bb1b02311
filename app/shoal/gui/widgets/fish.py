"""The fish: its outline, and pixmaps of it by size, colour, direction and how far it is filled."""

from __future__ import annotations

from math import pi

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from shoal.gui.style.icons import colour_of

FILL_STEPS = 8
BODY_START, NOSE = -0.27, 0.5
"""Along the fish, in its lengths from its middle."""
EMPTY_SHARE = 0.28
"""How strong the part that is not filled is."""
DIRECTIONS = 72
MOST_KEPT = 4000
"""Of the pixmaps, each of about 2 kB."""
Key = tuple[str, str, int, int, int, float]


def fill_step(has: float) -> int:
    """0..`FILL_STEPS`; full only for a peer that has everything, empty only for one that has nothing."""
    if has >= 1:
        return FILL_STEPS
    return 0 if has <= 0 else max(1, min(FILL_STEPS - 1, round(has * FILL_STEPS)))


def body_path(length: float) -> QPainterPath:
    """The body, nose to the right, around the origin."""
    path = QPainterPath(QPointF(NOSE, 0) * length)
    start = QPointF(BODY_START, 0) * length
    path.cubicTo(QPointF(0.34, -0.24) * length, QPointF(-0.02, -0.26) * length, start)
    path.cubicTo(QPointF(-0.02, 0.26) * length, QPointF(0.34, 0.24) * length, QPointF(NOSE, 0) * length)
    return path


def tail_path(length: float) -> QPainterPath:
    path = QPainterPath(QPointF(-0.24, 0) * length)
    path.lineTo(QPointF(-0.5, -0.21) * length)
    path.quadTo(QPointF(-0.40, 0) * length, QPointF(-0.5, 0.21) * length)
    path.closeSubpath()
    return path


def paint_fish(painter: QPainter, length: float, colour: QColor, eye: QColor, step: int) -> None:
    """Draw it around the painter's origin; the tail is always whole, the body filled from there to the nose."""
    painter.setPen(Qt.PenStyle.NoPen)
    body = body_path(length)
    painter.setBrush(colour)
    painter.drawPath(tail_path(length))
    if step < FILL_STEPS:
        faint = QColor(colour)
        faint.setAlphaF(EMPTY_SHARE)
        painter.setBrush(faint)
        painter.drawPath(body)
    if step > 0:
        painter.save()
        if step < FILL_STEPS:
            filled = (BODY_START + (NOSE - BODY_START) * step / FILL_STEPS) * length
            painter.setClipRect(QRectF(-length, -length, length + filled, 2 * length))
        painter.setBrush(colour)
        painter.drawPath(body)
        painter.restore()
    painter.setBrush(eye)
    painter.drawEllipse(QPointF(0.29 * length, -0.045 * length), 0.05 * length, 0.05 * length)


def side_of(length: int) -> int:
    """Logical pixels of the square in which a fish of `length` can be turned."""
    return length + 2


class FishPixmaps:
    """`pixmap` draws each kind of fish once in each direction: turning a picture for every frame costs far more."""

    def __init__(self) -> None:
        self._kept: dict[Key, QPixmap] = {}

    def pixmap(self, colour: str, eye: str, length: int, step: int, angle: float, ratio: float) -> QPixmap:
        """A square of `side_of(length)`. `colour` and `eye` as `#RRGGBB`, `length` in logical pixels.

        `angle` in radians, clockwise, 0 = nose to the right.
        """
        turn = round(angle / (2 * pi) * DIRECTIONS) % DIRECTIONS
        key = (colour, eye, length, step, turn, ratio)
        found = self._kept.get(key)
        if found is None:
            if len(self._kept) >= MOST_KEPT:
                self._kept.clear()
            found = self._kept[key] = self._draw(colour, eye, length, step, turn, ratio)
        return found

    def _draw(self, colour: str, eye: str, length: int, step: int, turn: int, ratio: float) -> QPixmap:
        side = side_of(length)
        pixmap = QPixmap(round(side * ratio), round(side * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(side / 2, side / 2)
        painter.rotate(360 * turn / DIRECTIONS)
        if DIRECTIONS < 4 * turn < 3 * DIRECTIONS:
            # Belly down, whichever way it swims.
            painter.scale(1, -1)
        paint_fish(painter, length, colour_of(colour), colour_of(eye), step)
        painter.end()
        return pixmap
