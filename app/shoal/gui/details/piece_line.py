"""The strip of pieces across the overview, with what its looks mean and how many copies there are."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from shoal.api.snapshots import TorrentRow
from shoal.gui.style.swarm_health import copies_text
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say
from shoal.gui.widgets.legend import Entry, Legend, Swatch
from shoal.gui.widgets.piece_bar import HAVE, IN_SWARM, NOBODY, RARE
from shoal.gui.widgets.piece_strip_bar import LOOKS, PieceStripBar

LEAST_STRIP = 220
"""Pixels at 96 dpi that the strip keeps before the legend goes."""


def copies_words(row: TorrentRow) -> str:
    """Copies of the whole that the connected peers hold, ours not counted: `5.2 copies`."""
    if not row.sees_others:
        return say("copies not known")
    return say("{copies} copies", copies=copies_text(row.availability))


class PieceLine(QWidget):
    """One line; the legend goes where there is no room for it."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        title = QLabel(say("Pieces"))
        title.setProperty("role", "card-title")
        self.strip = PieceStripBar(theme, self)
        self.legend = Legend(
            theme,
            (
                Entry(say("have"), self._swatch(HAVE)),
                Entry(say("in the swarm"), self._swatch(IN_SWARM)),
                Entry(say("rare"), self._swatch(RARE)),
                Entry(say("nobody has it"), self._swatch(NOBODY)),
            ),
            self,
        )
        self.copies = QLabel()
        self.copies.setProperty("role", "card-title")
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(18))
        layout.addWidget(title)
        layout.addWidget(self.strip, 1)
        layout.addWidget(self.legend)
        layout.addWidget(self.copies)
        self._fixed = (title, self.copies)

    def show_row(self, row: TorrentRow) -> None:
        self.strip.show_cells(row.piece_strip, asked=row.sees_others)
        self.copies.setText(copies_words(row))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        spacing = 3 * self._theme.px(18)
        others = sum(label.sizeHint().width() for label in self._fixed) + spacing
        room = self.width() - others - self._theme.px(LEAST_STRIP)
        self.legend.setVisible(self.legend.sizeHint().width() <= room)

    def _swatch(self, kind: int) -> Swatch:
        token, share = LOOKS[kind]

        def draw(painter: QPainter, rect: QRectF) -> None:
            tall = max(4.0, rect.height() * share)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._theme.colour(token))
            painter.drawRoundedRect(QRectF(rect.left(), rect.bottom() - tall, rect.width(), tall), 2, 2)

        return draw
