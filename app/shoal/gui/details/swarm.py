"""Swarm: the picture of who sends what, in full; and the small form of it for the overview."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from shoal.api.commands import Detail
from shoal.api.details import TorrentDetails
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.search_steps import search_steps
from shoal.gui.style.source_sentences import sources_line
from shoal.gui.style.theme import Theme
from shoal.gui.style.torrent_facts import piece_length_text
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.fish import FILL_STEPS, paint_fish
from shoal.gui.widgets.legend import Entry, Legend, Swatch
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.shoal_view import ShoalView

FOOT_FROM = 150
"""Height of the panel, in pixels at 96 dpi, from which it has room for its legend."""


class ShoalPanel(QFrame):
    """Title, picture and legend. `peer_chosen` carries host and port."""

    peer_chosen = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget, *, tells_group: bool = False) -> None:
        super().__init__(parent)
        self._theme, self._tells_group = theme, tells_group
        self._row: TorrentRow | None = None
        self.setProperty("card", "true")
        self.headline = QLabel()
        self.headline.setProperty("role", "card-title")
        self.note = QLabel()
        for label in (self.headline, self.note):
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.note.setProperty("role", "secondary")
        self.view = ShoalView(theme, self)
        self.view.peer_chosen.connect(self.peer_chosen)
        self.view.changed.connect(self._tell)
        self.legend = Legend(
            theme,
            (
                Entry(say("sends to you"), self._swatch("down"), 16, 9),
                Entry(say("you send"), self._swatch("up"), 16, 9),
                Entry(say("connected"), self._swatch("ctl"), 16, 9),
            ),
            self,
            wraps=True,
        )
        foot = QHBoxLayout()
        foot.setContentsMargins(0, 0, 0, 0)
        foot.addWidget(self.legend, 1)
        foot.addWidget(self.note)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(15), theme.px(10), theme.px(15), theme.px(8))
        layout.setSpacing(theme.px(2))
        layout.addWidget(self.headline)
        layout.addWidget(self.view, 1)
        layout.addLayout(foot)
        self._tell()

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        self.view.show_state(row.progress, complete=row.is_complete, empty_words=search_steps(row))
        self._tell()

    def show_details(self, details: TorrentDetails) -> None:
        if details.peers is not None:
            self.view.show_peers(details.peers)

    def clear(self) -> None:
        self._row = None
        self.view.clear()
        self._tell()

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.legend.setVisible(self.height() >= self._theme.px(FOOT_FROM))
        self._tell()

    def _tell(self) -> None:
        count, more = self.view.peer_count, self.view.left_out
        if count:
            text = say_count(count, "The shoal: {n} peer, live", "The shoal: {n} peers, live")
        else:
            text = say("The shoal")
        self.headline.setText(text)
        notes = []
        if more:
            notes.append(say_count(more, "and {n} more", "and {n} more"))
        if self._tells_group and count:
            notes.append(say("a dot is {size} of blocks", size=piece_length_text(self.view.group_bytes)))
        self.note.setText(" \u00b7 ".join(notes))
        self.note.setVisible(bool(notes) and not self.legend.isHidden())

    def _swatch(self, token: str) -> Swatch:
        def draw(painter: QPainter, rect: QRectF) -> None:
            painter.save()
            painter.translate(rect.center())
            paint_fish(painter, rect.width(), self._theme.colour(token), self._theme.colour("surf"), FILL_STEPS)
            painter.restore()

        return draw


class SwarmTab(QWidget):
    """The whole tab."""

    peer_chosen = Signal(str, int)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.panel = ShoalPanel(theme, self, tells_group=True)
        self.panel.peer_chosen.connect(self.peer_chosen)
        self.sources = plain_label("", "secondary", wraps=True)
        self.sources.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.sources.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(theme.px(16), theme.px(10), theme.px(16), theme.px(12))
        layout.setSpacing(theme.px(6))
        layout.addWidget(self.panel, 1)
        layout.addWidget(self.sources)

    @property
    def widget(self) -> QWidget:
        return self

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.PEERS})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_row(self, row: TorrentRow) -> None:
        self.panel.show_row(row)

    def show_details(self, details: TorrentDetails) -> None:
        self.panel.show_details(details)
        self._show_sources(sources_line(details.sources or ()))

    def clear(self) -> None:
        self.panel.clear()
        self._show_sources("")

    def _show_sources(self, line: str) -> None:
        self.sources.setText(line)
        self.sources.setVisible(bool(line))
