"""Which transfers are selected when some go and others come: never nothing for want of a neighbour."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from itertools import chain

from PySide6.QtCore import QObject

from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.window.torrent_list import TorrentList

MOST_KEPT = 100
"""Of more selected transfers the rest is not selected at the next start."""


class Succession(QObject):
    """Around every update of the rows `before` and `after` are called; `clear_filters(whole)` makes rows visible.

    `whole` False clears only what was searched, True also what was chosen in the sidebar.
    """

    def __init__(
        self, model: TorrentTableModel, view: TorrentList, clear_filters: Callable[[bool], None], parent: QObject
    ) -> None:
        super().__init__(parent)
        self._model, self._list, self._clear_filters = model, view, clear_filters
        self._wanted: tuple[str, ...] = ()
        self._heir: str | None = None

    def reveal(self, ids: Sequence[str]) -> None:
        """Select these and scroll to the first, now or as their rows arrive, whatever is filtered out."""
        self._clear_filters(False)
        if any(self._model.position_of(key) is None for key in ids):
            self._clear_filters(True)
        shown = [key for key in ids if self._model.position_of(key) is not None]
        self._wanted = () if len(shown) == len(ids) else tuple(ids)
        if shown:
            self._list.select_ids(shown)
            self._list.setFocus()

    def as_text(self) -> str:
        """What is selected, for the next start."""
        return "\n".join(self._list.selected_ids()[:MOST_KEPT])

    def recall(self, text: str) -> None:
        """At a start, once all rows are there: select what `as_text` told, else the first; never over a selection."""
        if self._list.selected_ids() or not self._model.rowCount():
            return
        known = [key for key in text.split() if self._model.position_of(key) is not None]
        self._list.select_ids(known or [self._model.id_at(0)])

    def before(self, removed: Collection[str]) -> None:
        """These rows go now: the next one takes over when they are all that is selected, or the one before them."""
        self._heir = None
        if not removed:
            return
        gone, selected = frozenset(removed), self._list.selected_ids()
        if not selected or any(key not in gone for key in selected):
            return
        last = self._model.position_of(selected[-1])
        if last is None:
            return
        around = chain(range(last + 1, self._model.rowCount()), range(last - 1, -1, -1))
        self._heir = next((key for key in map(self._model.id_at, around) if key not in gone), None)

    def after(self) -> None:
        if self._heir is not None:
            self._list.select_ids([self._heir])
            self._heir = None
        if any(self._model.row_of(key) is not None for key in self._wanted):
            self.reveal(self._wanted)
