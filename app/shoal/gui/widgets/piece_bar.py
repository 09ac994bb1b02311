"""The strip of pieces under a progress bar, drawn once per content, width and theme and kept as a pixmap.

Told apart by height, not by colour alone: have and in the swarm full, rare 62 %, nobody 34 %.
"""

from __future__ import annotations

from collections import OrderedDict
from math import ceil

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPixmap

from shoal.gui.style.icons import colour_of
from shoal.gui.style.tokens import Tokens

NOBODY, IN_SWARM, RARE, HAVE, NOT_WANTED = range(5)
RARE_HEIGHT, NOBODY_HEIGHT = 0.62, 0.34
MOST_KEPT = 600
Key = tuple[bytes, int, int, float, str, bool, bool]


class PieceStrips:
    """`pixmap` answers a drawn strip; the least recently used fall out."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Key, QPixmap] = OrderedDict()

    def pixmap(
        self, cells: bytes, width: int, height: int, device_ratio: float, tokens: Tokens, *, done: bool, asked: bool
    ) -> QPixmap:
        """`cells` as in `TorrentRow.piece_strip`; `done` paints what we have as shared.

        `asked` False means that no peer was asked yet: pieces of nobody stay unknown instead of missing.
        """
        key = (cells, width, height, device_ratio, tokens.surf, done, asked)
        found = self._kept.get(key)
        if found is None:
            found = self._kept[key] = draw_strip(cells, width, height, device_ratio, tokens, done=done, asked=asked)
            if len(self._kept) > MOST_KEPT:
                self._kept.popitem(last=False)
        else:
            self._kept.move_to_end(key)
        return found


def draw_strip(
    cells: bytes, width: int, height: int, device_ratio: float, tokens: Tokens, *, done: bool, asked: bool
) -> QPixmap:
    """One pixmap, `width` x `height` logical pixels; neighbouring cells of one kind are one rectangle."""
    pixmap = QPixmap(round(width * device_ratio), round(height * device_ratio))
    pixmap.setDevicePixelRatio(device_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(tokens.track))
    painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    looks = {
        HAVE: (tokens.seed if done else tokens.have, 1.0),
        IN_SWARM: (tokens.avail, 1.0),
        RARE: (tokens.rare, RARE_HEIGHT),
    }
    if asked:
        looks[NOBODY] = (tokens.none, NOBODY_HEIGHT)
    start = 0
    count = len(cells)
    while start < count:
        end = start + 1
        while end < count and cells[end] == cells[start]:
            end += 1
        look = looks.get(cells[start])
        if look is not None:
            colour, share = look
            left, right = width * start / count, width * end / count
            # Whole pixels: a part of one would be too faint to see.
            tall = ceil(height * share)
            painter.fillRect(QRectF(left, height - tall, right - left, tall), colour_of(colour))
        start = end
    painter.end()
    return pixmap
