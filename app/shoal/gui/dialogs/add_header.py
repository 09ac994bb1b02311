"""The head of the add window: kind, name, facts, and how well its swarm is, which is asked while it is looked at."""

from __future__ import annotations

import asyncio

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from shoal.gui.dialogs.add_entry import AddDesk, AddEntry
from shoal.gui.dialogs.add_swarm import swarm_words
from shoal.gui.dialogs.torrent_preview import header_facts
from shoal.gui.style.kinds import kind_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.kind_tile import KindTile
from shoal.gui.widgets.swarm_badge import SwarmBadge

CALM_MILLISECONDS = 250
"""The trackers of one of several torrents are asked when it has been looked at for so long."""


class AddHeader(QWidget):
    """Asks the trackers of the entry that is shown, and of no other, until they have answered once."""

    def __init__(self, theme: Theme, desk: AddDesk) -> None:
        super().__init__()
        px = theme.px
        self._desk = desk
        self._entry: AddEntry | None = None
        self._asking: asyncio.Task[None] | None = None
        self.setProperty("surface", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tile = KindTile(theme, "file")
        self.heading = ElidedLabel("", "dialog-title")
        self.facts = ElidedLabel("", "secondary")
        self.badge = SwarmBadge(theme)
        words = QVBoxLayout()
        words.setSpacing(px(3))
        words.addStretch()
        words.addWidget(self.heading)
        words.addWidget(self.facts)
        words.addStretch()
        row = QHBoxLayout(self)
        row.setContentsMargins(px(24), px(22), px(24), px(22))
        row.setSpacing(px(16))
        row.addWidget(self._tile)
        row.addLayout(words, 1)
        row.addWidget(self.badge)
        self._calm = QTimer(self)
        self._calm.setSingleShot(True)
        self._calm.setInterval(CALM_MILLISECONDS)
        self._calm.timeout.connect(self._ask)

    def show_entry(self, entry: AddEntry) -> None:
        """What is known of it; nothing is made up for one that could not be read."""
        if entry is not self._entry:
            self._stop_asking()
        self._entry = entry
        self._tell(entry)
        if self.isVisible():
            self._calm.start()

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._ask()

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._stop_asking()

    def _ask(self) -> None:
        entry = self._entry
        if entry is None or not entry.can_add or self._asking is not None:
            return
        if entry.trackers and entry.lookup is None and self._desk.may_ask_trackers:
            self._asking = self._desk.start(self._look_up(entry), self)

    def _stop_asking(self) -> None:
        self._calm.stop()
        if self._asking is not None:
            self._asking.cancel()
            self._asking = None

    async def _look_up(self, entry: AddEntry) -> None:
        lookup = await self._desk.look_up_swarm(entry.trackers, entry.hash_v1)
        entry.lookup = lookup
        if isValid(self) and entry is self._entry:
            self._asking = None
            self._tell(entry)

    def _tell(self, entry: AddEntry) -> None:
        preview = entry.preview
        self.badge.setVisible(entry.can_add)
        if preview is None:
            self._tile.set_icon("file")
            self.heading.set_whole(entry.name)
            self.facts.setVisible(entry.link is not None)
            self.facts.set_whole("" if entry.link is None else entry.link.facts)
            self._show_swarm(entry)
            return
        self._tile.set_icon(kind_of(preview.largest_file_name))
        self.heading.set_whole(clean(preview.name))
        self.facts.show()
        self.facts.set_whole(header_facts(preview, entry.lookup))
        self._show_swarm(entry)

    def _show_swarm(self, entry: AddEntry) -> None:
        swarm = swarm_words(entry.trackers, entry.lookup, may_ask=self._desk.may_ask_trackers)
        self.badge.show_swarm(swarm.level, swarm.word, swarm.note, swarm.hint)
