"""The Info tab: what a transfer is and was, every word of it to be copied, and its history in sentences."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from shoal.api.commands import Command, Detail
from shoal.api.details import TorrentDetails
from shoal.api.snapshots import TorrentRow
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import remembered_table
from shoal.gui.models.history_table import HistoryTable
from shoal.gui.style.theme import Theme
from shoal.gui.style.torrent_facts import Fact, Origin, facts_of_torrent
from shoal.gui.style.wording import say
from shoal.gui.widgets.detail_table import Arrangement
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.wrapped_text import INSET, WrappedText

TABLE = "history"
ARRANGEMENT = Arrangement(widths={"when": 130}, stretched="what", least=160, wrapped=frozenset({"when", "what"}))
NAME_WIDTH = 104
HISTORY_LEAST_WIDTH = 200


class InfoTab:
    """`clock` gives wall-clock seconds."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._theme = theme
        self._clock = clock
        self._row: TorrentRow | None = None
        self._origin: Origin | None = None
        self._keys: tuple[str, ...] = ()
        self.values: dict[str, WrappedText] = {}
        """By the key of the fact."""
        self.copies: dict[str, QPushButton] = {}
        self.widget = QWidget(parent)
        self.history = HistoryTable(clock, self.widget)
        self.table = remembered_table(theme, self.history, ARRANGEMENT, say("History"), columns, TABLE)
        self._lay_out()

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.EVENTS})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        self._refresh()

    def show_details(self, details: TorrentDetails) -> None:
        self._origin = Origin.of(details)
        if details.events is not None:
            self.history.show_events(details.events)
            self._nothing_yet.setVisible(not details.events)
        self._refresh()

    def clear(self) -> None:
        self._row = self._origin = None
        self.history.clear()
        self._nothing_yet.hide()
        self._show([])

    # -- inside

    def _refresh(self) -> None:
        if self._row is not None:
            self._show(facts_of_torrent(self._row, self._origin or Origin(), self._clock()))

    def _show(self, facts: list[Fact]) -> None:
        keys = tuple(fact.key for fact in facts)
        if keys != self._keys:
            self._keys = keys
            self._build(facts)
        for fact in facts:
            self.values[fact.key].set_text(fact.value, fact.copied or fact.value)

    def _build(self, facts: list[Fact]) -> None:
        """A line for each fact; which there are changes seldom."""
        px = self._theme.px
        self.values.clear()
        self.copies.clear()
        sheet = QWidget()
        grid = QGridLayout(sheet)
        grid.setContentsMargins(px(14), px(12), px(10), px(12))
        grid.setHorizontalSpacing(px(12))
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, px(NAME_WIDTH))
        grid.setColumnStretch(1, 1)
        for at, fact in enumerate(facts):
            name = plain_label(fact.name, "secondary")
            name.setContentsMargins(0, px(INSET), 0, px(INSET))
            value = WrappedText(self._theme, is_mono=fact.is_code)
            name.setBuddy(value)
            value.setAccessibleDescription(fact.name)
            self.values[fact.key] = value
            grid.addWidget(name, at, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(value, at, 1, Qt.AlignmentFlag.AlignTop)
            if fact.copied:
                button = QPushButton(say("Copy"))
                button.setProperty("link", "true")
                button.setAccessibleName(say("Copy: {what}", what=fact.name))
                button.clicked.connect(value.copy)
                self.copies[fact.key] = button
                grid.addWidget(button, at, 2, Qt.AlignmentFlag.AlignTop)
        grid.setRowStretch(len(facts), 1)
        # The card behind them is the ground.
        self._area.setWidget(sheet)
        sheet.setAutoFillBackground(False)
        self._area.viewport().setAutoFillBackground(False)

    def _lay_out(self) -> None:
        px = self._theme.px
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setAccessibleName(say("About this transfer"))
        card = QFrame()
        card.setProperty("card", "true")
        inside = QVBoxLayout(card)
        inside.setContentsMargins(1, 1, 1, 1)
        inside.addWidget(self._area)
        self._nothing_yet = plain_label(say("Nothing has happened yet"), "secondary")
        self._nothing_yet.setParent(self.table)
        self._nothing_yet.move(px(13), px(44))
        self._nothing_yet.hide()
        self.table.setMinimumWidth(px(HISTORY_LEAST_WIDTH))
        layout = QHBoxLayout(self.widget)
        layout.setContentsMargins(px(16), px(8), px(16), px(10))
        layout.setSpacing(px(12))
        layout.addWidget(card, 3)
        layout.addWidget(self.table, 2)
