"""Why a transfer waits: the panel on its row, and being told when it moves again."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.gui.dialogs.why_panel import WhyPanel
from shoal.gui.style.catalogue import explain_row
from shoal.gui.style.diagnosis import Severity, diagnose
from shoal.gui.style.explanation import Remedy
from shoal.gui.style.line_speed import LineSpeed
from shoal.gui.style.theme import Theme
from shoal.gui.style.verdict import verdict_of
from shoal.gui.style.wording import isolated, say

CarryOut = Callable[[str, Remedy], None]


MOST_EXPLAINED = 50
"""Of more selected transfers the rest is not looked at for something that holds them up."""


class Explainer(QObject):
    """One panel at a time. `carry_out(torrent id, remedy)` does what its buttons say, but for `TELL_ME`."""

    told = Signal(str)
    """A sentence for the window: a transfer that was watched moves again."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        *,
        row_of: Callable[[str], TorrentRow | None],
        place_of: Callable[[str], QRect],
        carry_out: CarryOut,
        line: Callable[[], LineSpeed],
    ) -> None:
        """`place_of` a transfer is where its row is on the screen (global), or where the panel should be instead.

        `line` tells how fast the line is.
        """
        super().__init__(parent)
        self._theme = theme
        self._row_of = row_of
        self._place_of = place_of
        self._carry_out = carry_out
        self._line = line
        self._totals = SessionTotals()
        self._torrent_id = ""
        self._watched: set[str] = set()
        self.panel: WhyPanel | None = None

    def explain(self, torrent_id: str) -> None:
        """Open the panel of a transfer; of one that is gone nothing."""
        row = self._row_of(torrent_id)
        if row is None:
            return
        self.close()
        parent = self.parent()
        panel = self.panel = WhyPanel(self._theme, parent if isinstance(parent, QWidget) else None)
        self._torrent_id = torrent_id
        panel.remedy_chosen.connect(self._on_remedy)
        panel.show_verdict(row.name, verdict_of(row, self._totals, self._line()))
        panel.open_at(self._place_of(torrent_id))

    def explain_first(self, rows: Sequence[TorrentRow]) -> None:
        """The first that something holds up, else the first: how fast it is has its reasons, too."""
        held_up = (row for row in rows[:MOST_EXPLAINED] if explain_row(row) is not None)
        row = next(held_up, rows[0] if rows else None)
        if row is not None:
            self.explain(row.torrent_id)

    def close(self) -> None:
        if self.panel is not None and isValid(self.panel):
            self.panel.close()
        self.panel = None

    def follow(self, totals: SessionTotals, changed: Iterable[TorrentRow], removed: Iterable[str]) -> None:
        """One update of the engine: the open panel shows what is true now."""
        self._totals = totals
        self._watched.difference_update(removed)
        for row in changed:
            if row.torrent_id in self._watched and diagnose(row)[0].severity is Severity.WELL:
                self._watched.discard(row.torrent_id)
                self.told.emit(say("{name} moves again.", name=isolated(row.name)))
        if self.panel is None or not isValid(self.panel) or not self.panel.isVisible():
            return
        shown = self._row_of(self._torrent_id)
        if shown is None:
            self.close()
        else:
            self.panel.show_verdict(shown.name, verdict_of(shown, totals, self._line()))

    def _on_remedy(self, remedy: Remedy) -> None:
        if remedy is Remedy.TELL_ME:
            self._watched.add(self._torrent_id)
            row = self._row_of(self._torrent_id)
            name = isolated(row.name) if row is not None else ""
            self.told.emit(say("You will be told here when {name} moves.", name=name))
        else:
            self._carry_out(self._torrent_id, remedy)
