"""On the page of connections: whether others reach us now, and what to do where they do not."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QVBoxLayout

from shoal.api.snapshots import SessionTotals, Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.reach_text import reach_text
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.plain_label import plain_label


class ReachPart(QFrame):
    """Follows every beat while it is there."""

    def __init__(self, theme: Theme, link: ClientLink, totals: SessionTotals) -> None:
        """`totals` are those of the last beat."""
        super().__init__()
        px = theme.px
        self.setProperty("note", "true")
        self.words = plain_label("", "section", wraps=True)
        self.hint = plain_label("", "secondary", wraps=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(18), px(13), px(18), px(13))
        layout.setSpacing(px(4))
        layout.addWidget(self.words)
        layout.addWidget(self.hint)
        self._show(totals)
        link.updated.connect(self._follow)

    def _follow(self, update: Update) -> None:
        self._show(update.totals)

    def _show(self, totals: SessionTotals) -> None:
        told = reach_text(totals)
        if (told.words, told.hint) != (self.words.text(), self.hint.text()):
            self.words.setText(told.words)
            self.hint.setText(told.hint)
            self.setAccessibleName(f"{told.words}. {told.hint}")
