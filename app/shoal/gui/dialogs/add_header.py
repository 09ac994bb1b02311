"""The head of the add window: kind, name, facts, and how well its swarm is known to be."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from shoal.gui.dialogs.add_entry import AddEntry
from shoal.gui.dialogs.torrent_preview import header_facts
from shoal.gui.style.kinds import kind_of
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say
from shoal.gui.widgets.elided_label import ElidedLabel
from shoal.gui.widgets.kind_tile import KindTile
from shoal.gui.widgets.swarm_badge import SwarmBadge


class AddHeader(QWidget):
    def __init__(self, theme: Theme) -> None:
        super().__init__()
        px = theme.px
        self.setProperty("surface", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._tile = KindTile(theme, "file")
        self.heading = ElidedLabel("", "dialog-title")
        self.facts = ElidedLabel("", "secondary")
        self._badge = SwarmBadge(theme, say("Unknown until asked"), say("Trackers are asked at the start"))
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
        row.addWidget(self._badge)

    def show_entry(self, entry: AddEntry) -> None:
        """What is known of it; nothing is made up for one that could not be read."""
        preview = entry.preview
        if preview is None:
            self._tile.set_icon("file")
            self.heading.set_whole(entry.name)
            self.facts.set_whole("")
        else:
            self._tile.set_icon(kind_of(preview.largest_file_name))
            self.heading.set_whole(clean(preview.name))
            self.facts.set_whole(header_facts(preview))
        self._badge.setVisible(entry.can_add)
