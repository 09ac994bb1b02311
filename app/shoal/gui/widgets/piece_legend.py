"""The legend of the piece map: a sample of each kind with its name and how many pieces there are of it."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.numbers import whole
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.widgets.piece_cells import Cell, PieceKind
from shoal.gui.widgets.piece_map import paint_cells

SAMPLE = 12
LINE = 22
SPACE_AFTER_SAMPLE, SPACE_AFTER_TEXT = 6, 16
KIND_NAMES: dict[PieceKind, Template] = {
    PieceKind.HAVE: phrase("have"),
    PieceKind.IN_FLIGHT: phrase("in flight"),
    PieceKind.IN_SWARM: phrase("in the swarm"),
    PieceKind.RARE: phrase("rare"),
    PieceKind.NOBODY: phrase("nobody has it"),
    PieceKind.UNKNOWN: phrase("not known yet"),
    PieceKind.NOT_WANTED: phrase("not wanted"),
    PieceKind.FAILED: phrase("arrived damaged"),
}
_ALWAYS = (PieceKind.HAVE, PieceKind.IN_FLIGHT, PieceKind.IN_SWARM, PieceKind.RARE, PieceKind.NOBODY)
_SAMPLES: dict[PieceKind, Cell] = {
    kind: Cell(kind, 1.0 if kind is PieceKind.HAVE else 0.5 if kind is PieceKind.IN_FLIGHT else 0.0)
    for kind in PieceKind
} | {
    PieceKind.IN_FLIGHT: Cell(PieceKind.IN_FLIGHT, 0.5, is_in_flight=True),
    PieceKind.FAILED: Cell(PieceKind.FAILED, 0.0, has_failed=True),
}


class PieceLegend(QWidget):
    """Wraps into as many lines as it needs; its words are its accessible name too."""

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._counts: dict[PieceKind, int] = {}
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)
        self.show_counts({})

    def show_counts(self, counts: Mapping[PieceKind, int]) -> None:
        shown = {kind: counts.get(kind, 0) for kind in PieceKind if kind in _ALWAYS or counts.get(kind, 0)}
        if shown != self._counts:
            self._counts = shown
            self.setAccessibleName(", ".join(self._words(kind) for kind in shown))
            self._fit()
            self.update()

    def sizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(300), self.minimumHeight())

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, px = self._theme, self._theme.px
        painter = QPainter(self)
        painter.setFont(theme.fonts[Role.SECONDARY])
        mirrored = self.layoutDirection() is Qt.LayoutDirection.RightToLeft
        for kind, place in self._places():
            sample = QRect(place.left(), place.top() + (px(LINE) - px(SAMPLE)) // 2, px(SAMPLE), px(SAMPLE))
            words = place.adjusted(px(SAMPLE + SPACE_AFTER_SAMPLE), 0, 0, 0)
            if mirrored:
                sample.moveLeft(self.width() - sample.right() - 1)
                words.moveLeft(self.width() - words.right() - 1)
            painter.setPen(Qt.PenStyle.NoPen)
            paint_cells(painter, [(sample.left(), sample.top())], px(SAMPLE), _SAMPLES[kind], theme.tokens)
            painter.setPen(theme.colour("ink2"))
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, self._words(kind))
        painter.end()

    def _words(self, kind: PieceKind) -> str:
        return say("{kind} {count}", kind=say_phrase(KIND_NAMES[kind]), count=whole(self._counts[kind]))

    def _places(self) -> list[tuple[PieceKind, QRect]]:
        px, metrics = self._theme.px, QFontMetrics(self._theme.fonts[Role.SECONDARY])
        places: list[tuple[PieceKind, QRect]] = []
        at = QPoint(0, 0)
        for kind in self._counts:
            width = px(SAMPLE + SPACE_AFTER_SAMPLE) + metrics.horizontalAdvance(self._words(kind)) + 2
            if at.x() and at.x() + width > self.width():
                at = QPoint(0, at.y() + px(LINE))
            places.append((kind, QRect(at.x(), at.y(), width, px(LINE))))
            at.setX(at.x() + width + px(SPACE_AFTER_TEXT))
        return places

    def _fit(self) -> None:
        places = self._places()
        height = places[-1][1].bottom() + 1 if places else self._theme.px(LINE)
        if height != self.minimumHeight():
            self.setFixedHeight(height)
