"""A line that says what the looks of a picture mean: a swatch and a word each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.fonts import Role
from shoal.gui.style.theme import Theme

Swatch = Callable[[QPainter, QRectF], None]
"""Draws into the rectangle it is given."""
SWATCH_GAP, ENTRY_GAP, LINE = 7, 18, 18


@dataclass(frozen=True, slots=True)
class Entry:
    """`width` and `height` of the swatch in pixels at 96 dpi."""

    word: str
    swatch: Swatch
    width: int = 10
    height: int = 10


class Legend(QWidget):
    """In one line as many whole entries as there is room for; with `wraps` all of them, in as many lines as needed."""

    def __init__(self, theme: Theme, entries: Sequence[Entry], parent: QWidget, *, wraps: bool = False) -> None:
        super().__init__(parent)
        self._theme, self._wraps = theme, wraps
        self._entries = tuple(entries)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(entry.word for entry in self._entries))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        gaps = self._theme.px(ENTRY_GAP) * max(0, len(self._entries) - 1)
        return QSize(sum(map(self._width_of, self._entries)) + gaps, self._height())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self._height())

    def lines(self) -> list[list[tuple[int, Entry]]]:
        """The entries that are shown, each with its distance from the edge where reading begins, line by line."""
        lines: list[list[tuple[int, Entry]]] = [[]]
        at = 0
        for entry in self._entries:
            width = self._width_of(entry)
            if at + width > self.width():
                if not self._wraps:
                    break
                if lines[-1]:
                    lines.append([])
                at = 0
            lines[-1].append((at, entry))
            at += width + self._theme.px(ENTRY_GAP)
        return lines

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        if self._wraps and self.height() != self._height():
            self.updateGeometry()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._theme.fonts[Role.SECONDARY])
        painter.setPen(self._theme.colour("ink2"))
        px, mirrored, tall = self._theme.px, self.isRightToLeft(), self._theme.px(LINE)
        lines = self.lines()
        top = (self.height() - tall * len(lines)) / 2
        for number, line in enumerate(lines):
            for at, entry in line:
                width = self._width_of(entry)
                left = self.width() - at - width if mirrored else at
                swatch_left = left + width - px(entry.width) if mirrored else left
                line_top = top + number * tall
                swatch_top = line_top + (tall - px(entry.height)) / 2
                size = QSize(px(entry.width), px(entry.height)).toSizeF()
                painter.save()
                entry.swatch(painter, QRectF(QPointF(swatch_left, swatch_top), size))
                painter.restore()
                text_left = left if mirrored else left + px(entry.width) + px(SWATCH_GAP)
                text = QRectF(text_left, line_top, width - px(entry.width) - px(SWATCH_GAP), tall)
                painter.drawText(text, Qt.AlignmentFlag.AlignCenter, entry.word)
        painter.end()

    def _height(self) -> int:
        return self._theme.px(LINE) * (len(self.lines()) if self._wraps else 1)

    def _width_of(self, entry: Entry) -> int:
        text = QFontMetrics(self._theme.fonts[Role.SECONDARY]).horizontalAdvance(entry.word)
        return self._theme.px(entry.width) + self._theme.px(SWATCH_GAP) + text + 2
