"""The fish: its outline, and pixmaps of it by size, colour and how far it is filled."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPixmap

from shoal.gui.style.icons import colour_of

FILL_STEPS = 8
BODY_START, NOSE = -0.27, 0.5
"""Along the fish, in its lengths from its middle."""
EMPTY_SHARE = 0.28
"""How strong the part that is not filled is."""
Key = tuple[str, str, int, int, float]


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


class FishPixmaps:
    """`pixmap` draws each kind of fish once, nose to the right."""

    def __init__(self) -> None:
        self._kept: dict[Key, QPixmap] = {}

    def pixmap(self, colour: str, eye: str, length: int, step: int, ratio: float) -> QPixmap:
        """`colour` and `eye` as `#RRGGBB`, `length` in logical pixels; as wide as long, so that it can be turned."""
        key = (colour, eye, length, step, ratio)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = self._draw(colour, eye, length, step, ratio)
        return found

    def _draw(self, colour: str, eye: str, length: int, step: int, ratio: float) -> QPixmap:
        side, height = length + 2, round(length * 0.56) + 2
        pixmap = QPixmap(round(side * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.translate(side / 2, height / 2)
        paint_fish(painter, length, colour_of(colour), colour_of(eye), step)
        painter.end()
        return pixmap
