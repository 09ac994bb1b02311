"""A line that says what the looks of a picture mean: a swatch and a word each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
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
    """Shows as many whole entries as there is room for."""

    def __init__(self, theme: Theme, entries: Sequence[Entry], parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._entries = tuple(entries)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(", ".join(entry.word for entry in self._entries))
        theme.changed.connect(self.update)

    def sizeHint(self) -> QSize:  # noqa: N802
        gaps = self._theme.px(ENTRY_GAP) * max(0, len(self._entries) - 1)
        return QSize(sum(map(self._width_of, self._entries)) + gaps, self._theme.px(LINE))

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, self._theme.px(LINE))

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        px, mirrored, at = self._theme.px, self.isRightToLeft(), 0
        for entry in self._entries:
            width = self._width_of(entry)
            if at + width > self.width():
                break
            left = self.width() - at - width if mirrored else at
            swatch_left = left + width - px(entry.width) if mirrored else left
            top = (self.height() - px(entry.height)) / 2
            entry.swatch(painter, QRectF(QPointF(swatch_left, top), QSize(px(entry.width), px(entry.height)).toSizeF()))
            painter.setFont(self._theme.fonts[Role.SECONDARY])
            painter.setPen(self._theme.colour("ink2"))
            text_left = left if mirrored else left + px(entry.width) + px(SWATCH_GAP)
            text = QRectF(text_left, 0, width - px(entry.width) - px(SWATCH_GAP), self.height())
            painter.drawText(text, Qt.AlignmentFlag.AlignCenter, entry.word)
            at += width + px(ENTRY_GAP)
        painter.end()

    def _width_of(self, entry: Entry) -> int:
        text = QFontMetrics(self._theme.fonts[Role.SECONDARY]).horizontalAdvance(entry.word)
        return self._theme.px(entry.width) + self._theme.px(SWATCH_GAP) + text + 2
