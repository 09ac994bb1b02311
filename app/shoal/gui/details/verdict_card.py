"""How a transfer is doing, in a headline and a sentence, and the facts below it."""

from __future__ import annotations

import html

from PySide6.QtCore import QDir, QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.details.facts import facts_of
from shoal.gui.style.sentences import Tone
from shoal.gui.style.theme import Theme
from shoal.gui.style.tones import tone_ground
from shoal.gui.style.verdict import Verdict, verdict_of
from shoal.gui.style.wording import say
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.few_lines import FewLines
from shoal.gui.widgets.plain_label import plain_label

ICON = 18
QUIET_GROUND = "win"
"""A shade of the window itself: the card is raised from it already."""


class VerdictPlate(QWidget):
    """The tinted part; `explain_wanted` is its button."""

    explain_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._verdict: Verdict | None = None
        self._icon = QLabel()
        self._icon.setAlignment(Qt.AlignmentFlag.AlignTop)
        self.headline = plain_label("", "verdict", wraps=True)
        self.text = FewLines(theme)
        self.button = QPushButton(say("Why?"))
        self.button.setProperty("chip", "true")
        self.button.clicked.connect(self.explain_wanted)
        # Beside the headline: below the words it would take the room of the facts.
        head = QHBoxLayout()
        head.setSpacing(theme.px(8))
        head.addWidget(self.headline, 1)
        head.addWidget(self.button, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.setSpacing(theme.px(3))
        words.addLayout(head)
        words.addWidget(self.text)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(theme.px(13), theme.px(10), theme.px(10), theme.px(10))
        layout.setSpacing(theme.px(9))
        layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(words, 1)
        theme.changed.connect(self._paint_icon)

    def show_verdict(self, verdict: Verdict) -> None:
        if verdict == self._verdict:
            return
        self._verdict = verdict
        self.headline.setText(verdict.headline)
        self.text.set_whole(verdict.text)
        self.text.setVisible(bool(verdict.text))
        self.button.setVisible(verdict.tone is not Tone.GOOD)
        self.button.setAccessibleName(say("Why? {headline}", headline=verdict.headline))
        self.setAccessibleName(verdict.headline)
        self.setAccessibleDescription(verdict.text)
        self._paint_icon()

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        if self._verdict is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(tone_ground(self._verdict.tone, QUIET_GROUND)[0]))
        radius = self._theme.px(8)
        painter.drawRoundedRect(QRectF(self.rect()), radius, radius)
        painter.end()

    def _paint_icon(self) -> None:
        if self._verdict is not None:
            token = tone_ground(self._verdict.tone, QUIET_GROUND)[1]
            size = self._theme.px(ICON)
            self._icon.setPixmap(self._theme.pixmap(self._verdict.icon, token, size, self.devicePixelRatioF()))
            self.update()


class VerdictCard(QFrame):
    """Verdict and facts."""

    explain_wanted = Signal()

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._home = QDir.homePath()
        self.setProperty("card", "true")
        self.plate = VerdictPlate(theme, self)
        self.plate.explain_wanted.connect(self.explain_wanted)
        inside = QWidget()
        # In a low pane it scrolls: nothing is cut.
        self._scroller = QScrollArea()
        self._scroller.setWidget(inside)
        self._scroller.setWidgetResizable(True)
        self._scroller.setFrameShape(QFrame.Shape.NoFrame)
        self._scroller.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroller.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroller.viewport().setAutoFillBackground(False)
        inside.setAutoFillBackground(False)
        around = QVBoxLayout(self)
        around.setContentsMargins(1, 1, 1, 1)
        around.addWidget(self._scroller)
        layout = QVBoxLayout(inside)
        layout.setContentsMargins(theme.px(10), theme.px(10), theme.px(10), theme.px(8))
        layout.setSpacing(theme.px(8))
        layout.addWidget(self.plate)
        self._grid = QGridLayout()
        self._grid.setContentsMargins(theme.px(4), 0, theme.px(4), 0)
        self._grid.setHorizontalSpacing(theme.px(16))
        self._grid.setVerticalSpacing(theme.px(6))
        self._grid.setColumnStretch(1, 1)
        self.downloaded = self._add_fact(say("Downloaded"))
        self.uploaded = self._add_fact(say("Uploaded"))
        self.pieces = self._add_fact(say("Pieces"))
        self.saved_in = self._add_fact(say("Saved in"))
        self.tracker = self._add_fact(say("Tracker"))
        layout.addLayout(self._grid)
        layout.addStretch(1)

    def show_row(self, row: TorrentRow, totals: SessionTotals, piece_length: int) -> None:
        """`piece_length` in bytes, 0 while it is not known."""
        self.plate.show_verdict(verdict_of(row, totals))
        facts = facts_of(row, piece_length, self._home)
        self.downloaded.set_whole(facts.downloaded)
        self.uploaded.set_whole(facts.uploaded)
        self.pieces.set_whole(facts.pieces)
        self.saved_in.set_whole(facts.saved_in)
        self.saved_in.setToolTip(f"<qt>{html.escape(facts.folder)}</qt>")
        self.tracker.set_whole(facts.tracker)
        self._spread()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._spread()

    def _spread(self) -> None:
        """The facts use the height that there is, within reason."""
        lines = 5
        room = self.width() - 2 * self._theme.px(11)
        used = self.plate.heightForWidth(room) + self._theme.px(11 + 8 + 8)
        pitch = (self.height() - used) / lines - self.downloaded.sizeHint().height()
        self._grid.setVerticalSpacing(round(min(self._theme.px(9), max(0.0, pitch))))

    def _add_fact(self, name: str) -> ElidedLabel:
        line = self._grid.rowCount()
        label = plain_label(name, "secondary")
        value = ElidedLabel("", "fact")
        label.setBuddy(value)
        self._grid.addWidget(label, line, 0)
        self._grid.addWidget(value, line, 1)
        return value
