"""Speed: how fast a transfer, or the whole session, has been; and the small form of it for the overview."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from shoal.api.commands import Detail, Span
from shoal.api.details import SpeedHistory, TorrentDetails
from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.style.event_sentences import event_sentence
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import Template, phrase, say, say_phrase
from shoal.gui.widgets.speed_graph import SpeedGraph

FOOT_FROM = 130
"""Height of a card, in pixels at 96 dpi, from which it has room for its last line."""
SPAN_NAMES: dict[Span, Template] = {
    Span.TEN_MINUTES: phrase("10 min"),
    Span.HOUR: phrase("1 h"),
    Span.DAY: phrase("24 h"),
    Span.ALL: phrase("All"),
}
_SPAN_SENTENCES: dict[Span, Template] = {
    Span.TEN_MINUTES: phrase("The last 10 minutes"),
    Span.HOUR: phrase("The last hour"),
    Span.DAY: phrase("The last 24 hours"),
    Span.ALL: phrase("From the beginning"),
}


class RateLine(QWidget):
    """Both rates with their arrows, and the limits."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self._rates = ("", "")
        self.down, self.up, self.limit = QLabel(), QLabel(), QLabel()
        self._arrows = ((QLabel(), "down"), (QLabel(), "up"))
        for label, role in ((self.down, "rate-down"), (self.up, "rate-up"), (self.limit, "secondary")):
            label.setProperty("role", role)
            label.setTextFormat(Qt.TextFormat.PlainText)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(theme.px(4))
        layout.addWidget(self._arrows[0][0])
        layout.addWidget(self.down)
        layout.addSpacing(theme.px(16))
        layout.addWidget(self._arrows[1][0])
        layout.addWidget(self.up)
        layout.addStretch(1)
        layout.addWidget(self.limit)
        theme.changed.connect(self._paint_arrows)
        self._paint_arrows()

    def show_rates(self, down: float, up: float, down_limit: int, up_limit: int) -> None:
        """Bytes/s; limits 0 = none."""
        self._rates = rate_text(down), rate_text(up)
        self.limit.setText(limits_text(down_limit, up_limit))
        self._make_room()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._make_room()

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(0, super().minimumSizeHint().height())

    def _make_room(self) -> None:
        """The limit goes first, it is said in the graph too; then the words, for the arrows say the same."""
        room = self.width() - self._theme.px(2 * 14 + 16 + 7 * 4)
        down, up = self._rates
        words = say("Down {rate}", rate=down), say("Up {rate}", rate=up)
        metrics = self.down.fontMetrics()
        needed = sum(metrics.horizontalAdvance(text) for text in words)
        fits = needed <= room
        self.down.setText(words[0] if fits else down)
        self.up.setText(words[1] if fits else up)
        self.down.setAccessibleName(words[0])
        self.up.setAccessibleName(words[1])
        self.limit.setVisible(needed + self.limit.sizeHint().width() + self._theme.px(12) <= room)

    def _paint_arrows(self) -> None:
        size, ratio = self._theme.px(14), self.devicePixelRatioF()
        for label, name in self._arrows:
            label.setPixmap(self._theme.pixmap(name, name, size, ratio))


def limits_text(down: int, up: int) -> str:
    """`limit 500 kB/s`, or both; empty without any."""
    if down and up:
        return say("limits \u2193 {down} \u2191 {up}", down=rate_text(down), up=rate_text(up))
    return say("limit {rate}", rate=rate_text(down or up)) if down or up else ""


class SpeedCard(QFrame):
    """The last ten minutes, for the overview."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.setProperty("card", "true")
        title = QLabel(say("Speed, last 10 minutes"))
        title.setProperty("role", "card-title")
        self.graph = SpeedGraph(theme, self, event_sentence)
        self.rates = RateLine(theme, self)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(15), theme.px(10), theme.px(11), theme.px(8))
        layout.setSpacing(theme.px(4))
        layout.addWidget(title)
        layout.addWidget(self.graph, 1)
        layout.addWidget(self.rates)

    def show_row(self, row: TorrentRow) -> None:
        self.graph.show_limits(row.down_limit, row.up_limit)
        self.rates.show_rates(row.down_rate, row.up_rate, row.down_limit, row.up_limit)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.rates.setVisible(self.height() >= self._theme.px(FOOT_FROM))


class SpeedTab(QWidget):
    """The graph in full, over a span that is remembered. Without a transfer it shows the whole session."""

    def __init__(self, theme: Theme, parent: QWidget, span: Span, span_chosen: Callable[[Span], None]) -> None:
        super().__init__(parent)
        self._span, self._span_chosen = span, span_chosen
        self._has_row = False
        self.caption = QLabel()
        self.caption.setProperty("role", "card-title")
        self.caption.setTextFormat(Qt.TextFormat.PlainText)
        self._choices = QButtonGroup(self)
        choices = QHBoxLayout()
        choices.setSpacing(theme.px(4))
        for number, (each, name) in enumerate(SPAN_NAMES.items()):
            button = QPushButton(say_phrase(name))
            button.setCheckable(True)
            button.setChecked(each is span)
            button.setProperty("chip", "true")
            button.setAccessibleName(say_phrase(_SPAN_SENTENCES[each]))
            self._choices.addButton(button, number)
            choices.addWidget(button)
        self._choices.idClicked.connect(self._choose)
        card = QFrame()
        card.setProperty("card", "true")
        self.graph = SpeedGraph(theme, card, event_sentence, times=True)
        self.rates = RateLine(theme, card)
        inside = QVBoxLayout(card)
        inside.setContentsMargins(theme.px(15), theme.px(8), theme.px(11), theme.px(8))
        inside.setSpacing(theme.px(4))
        inside.addWidget(self.graph, 1)
        inside.addWidget(self.rates)
        head = QHBoxLayout()
        head.addWidget(self.caption, 1)
        head.addLayout(choices)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(8), theme.px(16), theme.px(12))
        layout.setSpacing(theme.px(8))
        layout.addLayout(head)
        layout.addWidget(card, 1)
        self._name_span()

    @property
    def widget(self) -> QWidget:
        return self

    def parts(self) -> frozenset[Detail]:
        return frozenset()

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def span(self) -> Span:
        return self._span

    def show_totals(self, totals: SessionTotals) -> None:
        """The session's own rates, while no transfer is shown."""
        if not self._has_row:
            self.graph.show_limits(totals.down_limit, totals.up_limit)
            self.rates.show_rates(totals.down_rate, totals.up_rate, totals.down_limit, totals.up_limit)

    def show_row(self, row: TorrentRow) -> None:
        self._has_row = True
        self._name_span()
        self.graph.show_limits(row.down_limit, row.up_limit)
        self.rates.show_rates(row.down_rate, row.up_rate, row.down_limit, row.up_limit)

    def show_details(self, details: TorrentDetails) -> None:
        """Nothing of it is needed here."""

    def show_history(self, history: SpeedHistory) -> None:
        self.graph.show_history(history)

    def clear(self) -> None:
        self._has_row = False
        self.graph.clear()
        self._name_span()

    def _choose(self, number: int) -> None:
        self._span = list(SPAN_NAMES)[number]
        self.graph.clear()
        self._name_span()
        self._span_chosen(self._span)

    def _name_span(self) -> None:
        span = say_phrase(_SPAN_SENTENCES[self._span])
        self.caption.setText(span if self._has_row else say("All transfers together: {span}", span=span))
