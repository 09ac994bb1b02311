"""Overview: which pieces, how it is doing, how fast it has been, and who sends what."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from shoal.api.commands import Detail, Span
from shoal.api.details import SpeedHistory, TorrentDetails
from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.details.piece_line import PieceLine
from shoal.gui.details.speed import SpeedCard
from shoal.gui.details.swarm import ShoalPanel
from shoal.gui.details.verdict_card import VerdictCard
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import say

VERDICT_WIDTH, PICTURE_WIDTH = 300, 240
"""Least widths of the cards, pixels at 96 dpi. Where they do not fit, the shoal goes first; it has a tab of its own."""
LEAST_CARD, LEAST_HEIGHT = 132, 110
"""Heights of a card, and of all of it, below which it scrolls."""
MARGIN, GAP = 16, 12


class OverviewTab(QWidget):
    """`explain_wanted` is the verdict's button; `peer_chosen` carries the host and port of a fish."""

    explain_wanted = Signal()
    peer_chosen = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._totals = SessionTotals()
        self._piece_length = 0
        self._row: TorrentRow | None = None
        self.pieces = PieceLine(theme, self)
        self.verdict = VerdictCard(theme, self)
        self.verdict.explain_wanted.connect(self.explain_wanted)
        self.speed = SpeedCard(theme, self)
        self.shoal = ShoalPanel(theme, self)
        self.shoal.peer_chosen.connect(self.peer_chosen)
        for card, width in ((self.verdict, VERDICT_WIDTH), (self.speed, PICTURE_WIDTH), (self.shoal, PICTURE_WIDTH)):
            card.setMinimumSize(theme.px(width), theme.px(LEAST_CARD))
        cards = QHBoxLayout()
        cards.setSpacing(theme.px(GAP))
        cards.addWidget(self.verdict, 318)
        cards.addWidget(self.speed, 443)
        cards.addWidget(self.shoal, 370)
        inside = QWidget()
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(theme.px(MARGIN), theme.px(8), theme.px(MARGIN), theme.px(12))
        layout.setSpacing(theme.px(10))
        layout.addWidget(self.pieces)
        layout.addLayout(cards, 1)
        # In a low pane the whole scrolls: of cards that are cut to a strip nothing can be read.
        self.scroller = QScrollArea()
        self.scroller.setFrameShape(QFrame.Shape.NoFrame)
        self.scroller.setWidgetResizable(True)
        self.scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.scroller.setAccessibleName(say("Overview"))
        self.scroller.setWidget(inside)
        self.scroller.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        around = QVBoxLayout(self)
        around.setContentsMargins(0, 0, 0, 0)
        around.addWidget(self.scroller)

    @property
    def widget(self) -> QWidget:
        return self

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.PEERS})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_totals(self, totals: SessionTotals) -> None:
        self._totals = totals

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        self.pieces.show_row(row)
        self.verdict.show_row(row, self._totals, self._piece_length)
        self.speed.show_row(row)
        self.shoal.show_row(row)

    def show_details(self, details: TorrentDetails) -> None:
        is_new = self._piece_length != details.piece_length
        self._piece_length = details.piece_length
        self.shoal.show_details(details)
        if is_new and self._row is not None:
            self.show_row(self._row)

    def span(self) -> Span:
        return Span.TEN_MINUTES

    def show_history(self, history: SpeedHistory) -> None:
        self.speed.graph.show_history(history)

    def clear(self) -> None:
        self._piece_length, self._row = 0, None
        self.speed.graph.clear()
        self.shoal.clear()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        """The cards that do not fit are hidden, and so ask for no room."""
        px = self._theme.px
        return QSize(px(VERDICT_WIDTH) + 2 * px(MARGIN), px(LEAST_HEIGHT))

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        px = self._theme.px
        room = self.width() - 2 * px(MARGIN) - px(VERDICT_WIDTH)
        fit = room // (px(PICTURE_WIDTH) + px(GAP))
        self.speed.setVisible(fit >= 1)
        self.shoal.setVisible(fit >= 2)
