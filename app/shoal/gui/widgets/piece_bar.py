"""The strip of pieces under a progress bar, drawn once per content, width and theme and kept as a pixmap.

Told apart by height, not by colour alone: have and in the swarm full, rare 62 %, nobody 34 %.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from functools import lru_cache
from math import ceil
from operator import itemgetter

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter, QPixmap

from shoal.gui.style.icons import colour_of
from shoal.gui.style.tokens import Tokens

NOBODY, IN_SWARM, RARE, HAVE, NOT_WANTED = range(5)
RARE_HEIGHT, NOBODY_HEIGHT = 0.62, 0.34
MOST_KEPT = 600
_KINDS = bytes((NOBODY, RARE, IN_SWARM, HAVE, NOT_WANTED, *range(5, 256)))
"""Cells from the hardest to get to the easiest."""
_RANKS = bytes(_KINDS.index(kind) for kind in range(256))
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
    """One pixmap, `width` x `height` logical pixels."""
    pixmap = QPixmap(round(width * device_ratio), round(height * device_ratio))
    pixmap.setDevicePixelRatio(device_ratio)
    pixmap.fill(Qt.GlobalColor.transparent)
    painter = QPainter(pixmap)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour_of(tokens.track))
    painter.drawRoundedRect(QRectF(0, 0, width, height), height / 2, height / 2)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing, on=False)
    if cells and width > 0:
        painter.drawImage(
            QRectF(0, 0, width, height),
            _cells_image(cells, pixmap.width(), pixmap.height(), tokens, done=done, asked=asked),
        )
    painter.end()
    return pixmap


def _cells_image(cells: bytes, width: int, height: int, tokens: Tokens, *, done: bool, asked: bool) -> QImage:
    """`cells` stretched over `width` x `height` device pixels: three different lines of palette colours at most."""
    line = _stretched(cells, width)
    rare, nobody = ceil(height * RARE_HEIGHT), ceil(height * NOBODY_HEIGHT)
    without_nobody = line.replace(bytes((NOBODY,)), bytes((NOT_WANTED,)))
    without_rare = without_nobody.replace(bytes((RARE,)), bytes((NOT_WANTED,)))
    # Whole pixels: a part of one would be too faint to see.
    lines = without_rare * (height - rare) + without_nobody * (rare - nobody)
    lines += (line if asked else without_nobody) * nobody
    image = QImage(lines, width, height, width, QImage.Format.Format_Indexed8)
    palette = (tokens.none, tokens.avail, tokens.rare, tokens.seed if done else tokens.have)
    image.setColorTable([*(colour_of(colour).rgba() for colour in palette), 0])
    return image.copy()


def _stretched(cells: bytes, width: int) -> bytes:
    """One cell for each of `width` pixels; where several share one, what is hardest to get is seen."""
    ranked = cells.translate(_RANKS)
    picks = [bytes(pick(ranked)) for pick in _picks(len(cells), width)]
    return (bytes(map(min, *picks)) if len(picks) > 1 else picks[0])[:width].translate(_KINDS)


@lru_cache(maxsize=64)
def _picks(count: int, width: int) -> tuple[Callable[[bytes], tuple[int, ...]], ...]:
    """Together they pick every one of `count` cells, each a cell for each of `width` pixels."""
    starts = [at * count // width for at in range(width)]
    most = -(-count // width)
    ends = [max(start, (at + 1) * count // width - 1) for at, start in enumerate(starts)]
    steps = ([min(start + step, end) for start, end in zip(starts, ends, strict=True)] for step in range(most))
    # A getter of one place would give a number and not a row of them.
    return tuple(itemgetter(*step, step[-1]) for step in steps)
