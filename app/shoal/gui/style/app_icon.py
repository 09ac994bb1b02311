"""Shoal's own icon, painted from its one drawing in every size.

Small sizes leave out the drawing's group `fine` and enlarge the fish, so that it stays a fish at 16 pixels.
"""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QImage, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

SIMPLE_UP_TO = 24
"""Pixels; larger pictures show the whole drawing."""

WINDOW_SIZES = (16, 24, 32, 48, 64, 128, 256)
SMALL_FISH = "translate(20 60) scale(2.3 2.43)"
_FINE = re.compile(r'<g id="fine">.*(?=<g id="fish")', re.DOTALL)
_FISH = re.compile(r'(?<=<g id="fish" transform=")[^"]*')


def drawing_in(resources: Path) -> Path:
    """Where the drawing lies."""
    return resources / "icons" / "shoal.svg"


def paint(drawing: str, size: int) -> QImage:
    """The icon, `size` x `size` pixels, of the text of the drawing."""
    text = _FISH.sub(SMALL_FISH, _FINE.sub("", drawing)) if size <= SIMPLE_UP_TO else drawing
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    QSvgRenderer(QByteArray(text.encode())).render(painter, QRectF(0, 0, size, size))
    painter.end()
    return image


def window_icon(resources: Path) -> QIcon:
    """For title bars and task bars, which choose the size that fits."""
    drawing = drawing_in(resources).read_text(encoding="utf-8")
    icon = QIcon()
    for size in WINDOW_SIZES:
        icon.addPixmap(QPixmap.fromImage(paint(drawing, size)))
    return icon
