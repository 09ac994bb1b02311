"""The large strip of pieces: what is here, what the swarm has, what is rare and what nobody has.

Told apart by height, not by colour alone: here and in the swarm full, rare 62 %, nobody 34 %.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.piece_bar import HAVE, IN_SWARM, NOBODY, NOBODY_HEIGHT, NOT_WANTED, RARE, RARE_HEIGHT

HEIGHT, RADIUS = 14, 3
LOOKS: dict[int, tuple[str, float]] = {
    HAVE: ("have", 1.0),
    IN_SWARM: ("avail", 1.0),
    RARE: ("rare", RARE_HEIGHT),
    NOBODY: ("none", NOBODY_HEIGHT),
}
"""Token and height of each kind of cell; the others stay empty."""


def runs(cells: bytes) -> Iterator[tuple[int, int, int]]:
    """(kind, first, end) of each run of equal neighbours."""
    start = 0
    while start < len(cells):
        end = start + 1
        while end < len(cells) and cells[end] == cells[start]:
            end += 1
        yield cells[start], start, end
        start = end


def shares(cells: bytes) -> dict[int, int]:
    """Whole percent of each kind of cell."""
    total = len(cells) or 1
    return {kind: round(100 * cells.count(kind) / total) for kind in (HAVE, IN_SWARM, RARE, NOBODY, NOT_WANTED)}


class PieceStripBar(QWidget):
    """`show_cells` takes cells as in `TorrentRow.piece_strip`; drawn again only when they change."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._cells = b""
        self._is_asked = False
        self._pixmap: QPixmap | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(say("Pieces"))
        theme.changed.connect(self._forget)

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(200), self._theme.px(HEIGHT))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(60), self._theme.px(HEIGHT))

    def show_cells(self, cells: bytes, *, asked: bool) -> None:
        """`asked` False: no peer was asked yet, so that what nobody has is unknown and not missing."""
        if (cells, asked) == (self._cells, self._is_asked):
            return
        self._cells, self._is_asked = cells, asked
        self._forget()
        self.setAccessibleDescription(self.spoken())

    def spoken(self) -> str:
        """The strip in numbers."""
        if not self._cells:
            return say("not known yet")
        part = shares(self._cells)
        if not self._is_asked:
            return say("have {have} percent; nobody was asked for the rest yet", have=part[HAVE])
        return say(
            "have {have} percent, in the swarm {swarm} percent, rare {rare} percent, nobody has {nobody} percent",
            have=part[HAVE],
            swarm=part[IN_SWARM],
            rare=part[RARE],
            nobody=part[NOBODY],
        )

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        ratio = self.devicePixelRatioF()
        drawn = self._pixmap
        if drawn is None or drawn.deviceIndependentSize().toSize() != self.size() or drawn.devicePixelRatio() != ratio:
            drawn = self._pixmap = self._draw(ratio)
        painter = QPainter(self)
        painter.drawPixmap(0, 0, drawn)
        painter.end()

    def _forget(self) -> None:
        self._pixmap = None
        self.update()

    def _draw(self, ratio: float) -> QPixmap:
        width, height = self.width(), self.height()
        pixmap = QPixmap(round(width * ratio), round(height * ratio))
        pixmap.setDevicePixelRatio(ratio)
        pixmap.fill(Qt.GlobalColor.transparent)
        painter = QPainter(pixmap)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        outline = QPainterPath()
        radius = self._theme.px(RADIUS)
        outline.addRoundedRect(QRectF(0, 0, width, height), radius, radius)
        painter.setClipPath(outline)
        painter.fillRect(QRectF(0, 0, width, height), self._theme.colour("track"))
        count = len(self._cells)
        for kind, first, end in runs(self._cells):
            look = LOOKS.get(kind)
            if look is None or (kind == NOBODY and not self._is_asked):
                continue
            left, right = width * first / count, width * end / count
            tall = round(height * look[1])
            painter.fillRect(QRectF(left, height - tall, right - left, tall), self._theme.colour(look[0]))
        painter.end()
        return pixmap
