"""The list, or what stands in its place while there is nothing to see in it; search and filter lead here."""

from __future__ import annotations

from PySide6.QtCore import QRect, Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

from shoal.api.snapshots import TorrentRow
from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_filter import TransferFilter
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say, say_count
from shoal.gui.widgets.empty_state import EmptyState
from shoal.gui.widgets.find_field import FindField
from shoal.gui.window.torrent_list import TorrentList


class ListPages(QStackedWidget):
    """`show_count` whenever rows come or go; `is_loading` until the engine has told of its first ones."""

    add_wanted = Signal()
    everything_wanted = Signal()
    """Take the filter away: nothing matches it."""

    def __init__(self, theme: Theme, model: TorrentTableModel, table: TorrentList, find_field: FindField) -> None:
        super().__init__()
        self._model, self._table, self._find_field = model, table, find_field
        self.is_loading = True
        self._find_keys = ""
        self.empty = EmptyState(theme, say("Drop a .torrent file here"), say("Add torrent"), primary=True)
        self.no_match = EmptyState(theme, "", say("Clear search"))
        for page in (self.empty, table, self.no_match):
            self.addWidget(page)
        self.empty.pressed.connect(self.add_wanted)
        self.no_match.pressed.connect(self._clear)
        find_field.textChanged.connect(self._search)
        find_field.returnPressed.connect(table.setFocus)
        table.clear_search = self.clear_search
        model.count_changed.connect(self.show_count)
        model.count_changed.connect(table.fit_numbers)
        self.show_count()

    def show_count(self) -> None:
        """Put the page forward that fits, and say in the find field how many there are."""
        total, shown = self._model.total, self._model.rowCount()
        hint = say_count(total, "Find in {n} transfer", "Find in {n} transfers")
        keys = self._find_keys
        with_keys = (say("{hint}      {keys}", hint=hint, keys=keys),) if keys else ()
        self._find_field.set_hint(*with_keys, hint)
        page: QWidget = self._table
        # Not known to be empty before the engine has told.
        if total == 0 and not self.is_loading:
            page = self.empty
        elif total and shown == 0:
            page = self.no_match
            text = clean(self._find_field.text())
            if text:
                self.no_match.set_sentence(say("Nothing matches \u2018{text}\u2019", text=text))
                self.no_match.set_button(say("Clear search"))
            else:
                self.no_match.set_sentence(say("No transfer is in this part of the list now"))
                self.no_match.set_button(say("Show all transfers"))
        self.setCurrentWidget(page)

    def show_find_keys(self, keys: str) -> None:
        """The keys that lead into the find field, as people read them; "" for none."""
        self._find_keys = keys
        self.show_count()

    def set_filter(self, chosen: TransferFilter) -> None:
        """Show only these; what is selected stays so as far as it is shown."""
        kept = self._table.selected_ids()
        self._model.set_filter(chosen)
        self._table.select_ids(kept, reveal=False)
        self.show_count()

    def selected_rows(self) -> list[TorrentRow]:
        """In the order shown."""
        rows = (self._model.row_of(key) for key in self._table.selected_ids())
        return [row for row in rows if row is not None]

    def place_of(self, torrent_id: str) -> QRect:
        """Where the row of a transfer is on the screen; the list itself when it cannot be seen."""
        position, viewport = self._model.position_of(torrent_id), self._table.viewport()
        if position is None:
            area = viewport.rect()
        else:
            area = self._table.visualRect(self._model.index(position, Column.NAME)).intersected(viewport.rect())
        return QRect(viewport.mapToGlobal(area.topLeft()), area.size())

    def clear_search(self) -> bool:
        """True when there was something to clear."""
        had_text = bool(self._find_field.text())
        self._find_field.clear()
        return had_text

    def _search(self, text: str) -> None:
        kept = self._table.selected_ids()
        self._model.set_needle(text)
        self._table.select_ids(kept, reveal=False)
        self.show_count()

    def _clear(self) -> None:
        if not self.clear_search():
            self.everything_wanted.emit()
