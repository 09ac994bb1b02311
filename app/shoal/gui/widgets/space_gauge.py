"""How full a disk is, and how much of it this would take: used, this download, free."""

from __future__ import annotations

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from shoal.gui.style.theme import Theme

HEIGHT = 8
THINNEST = 3
"""So many pixels at least show that there is something at all."""


class SpaceGauge(QWidget):
    """Empty until `show_space`; what does not fit is drawn in the colour of errors up to the end."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._used = self._needed = 0.0
        self.setFixedHeight(theme.px(HEIGHT))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def show_space(self, needed: int, free: int | None, total: int | None) -> None:
        """Bytes; None where the system will not say."""
        if free is None or not total:
            self._used = self._needed = 0.0
        else:
            self._used, self._needed = max(0.0, 1 - free / total), needed / total
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        theme, whole = self._theme, self.rect().toRectF()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        shape = QPainterPath()
        shape.addRoundedRect(whole, theme.px(4), theme.px(4))
        painter.setClipPath(shape)
        painter.fillRect(whole, theme.colour("track"))
        width = whole.width()
        used = min(width - theme.px(THINNEST), self._used * width) if self._used else 0.0
        painter.fillRect(self._part(0, used), theme.colour("ctl"))
        if self._needed:
            fits = self._used + self._needed <= 1.0
            size = max(theme.px(THINNEST), self._needed * width) if fits else width - used
            painter.fillRect(self._part(used, size), theme.colour("acc" if fits else "err"))
        painter.end()

    def _part(self, start: float, size: float) -> QRectF:
        mirrored = self.isRightToLeft()
        left = self.width() - start - size if mirrored else start
        return QRectF(left, 0, size, self.height())
