"""The table's model: rows by id, the shown order as an index list; never a proxy, never a reset.

An update costs work only for what changed, and a repaint only for changed rows that can be seen.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from shoal.api.snapshots import TorrentRow, Update
from shoal.gui.models.torrent_columns import COLUMNS, Column
from shoal.gui.models.torrent_filter import FilterCounts, Groups, Tally, TransferFilter
from shoal.gui.models.torrent_order import Entry, SortDirection, in_order, placed, runs_downwards
from shoal.gui.style.row_view import RowView
from shoal.gui.style.swarm_health import explanation
from shoal.gui.style.wording import clean, say, say_phrase

Index = QModelIndex | QPersistentModelIndex
_SPOKEN = frozenset({Column.QUEUE, Column.NAME, Column.PROGRESS, Column.DOWN, Column.UP, Column.TIME_LEFT, Column.SIZE})
"""Columns whose words are in the sentence of the row."""
_MOST_RUNS = 4
_ROW_FLAGS = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsDragEnabled


class TorrentTableModel(QAbstractTableModel):
    """Positions are what the view counts, ids are what everybody else keeps."""

    order_stale = Signal(bool)
    """True when the shown order no longer is the sorted one because it is held still."""
    count_changed = Signal()
    """How many transfers there are, or how many are shown."""
    counts_changed = Signal()
    """The numbers of `counts`."""

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        """`clock` gives monotonic seconds."""
        super().__init__(parent)
        self._clock = clock
        self._entries: dict[str, Entry] = {}
        self._order: list[Entry] = []
        self._tally = Tally()
        self.explain_keys = ""
        """Which keys explain what holds a transfer up, as people read them; "" for none."""
        self._needle = ""
        self._filter = TransferFilter()
        self._sort_column = Column.QUEUE
        self._direction = SortDirection.BEST_FIRST
        self._held = False
        self._dragging = False
        self._stale = False
        self._placed: dict[str, int] = {}
        self.visible_positions: Callable[[], tuple[int, int]] = lambda: (0, len(self._order) - 1)
        """First and last position that can be seen; the view puts its own in."""

    # -- what the window asks

    @property
    def total(self) -> int:
        """Transfers in all, filtered ones too."""
        return len(self._entries)

    @property
    def sort_column(self) -> Column:
        return self._sort_column

    @property
    def direction(self) -> SortDirection:
        return self._direction

    @property
    def needle(self) -> str:
        return self._needle

    @property
    def filter(self) -> TransferFilter:
        return self._filter

    @property
    def counts(self) -> FilterCounts:
        """How many transfers there are of each kind, shown or not."""
        return self._tally.counts

    def rows(self) -> Iterable[TorrentRow]:
        """Every row, in no order."""
        return (entry.row for entry in self._entries.values())

    def row_of(self, torrent_id: str) -> TorrentRow | None:
        entry = self._entries.get(torrent_id)
        return entry.row if entry else None

    def id_at(self, position: int) -> str:
        return self._order[position].key

    def position_of(self, torrent_id: str) -> int | None:
        """Where it is shown; None when it is filtered out or unknown."""
        entry = self._entries.get(torrent_id)
        return entry.position if entry is not None and entry.position >= 0 else None

    def view_at(self, position: int) -> RowView:
        """The words of the row at `position`, kept until the row changes."""
        return self._order[position].view

    def find_name(self, beginning: str, start: int) -> int | None:
        """The first position from `start` on, and then from the top, whose name begins so, whatever its case."""
        folded, count = beginning.casefold(), len(self._order)
        around = ((start + step) % count for step in range(count))
        return next((at for at in around if self._order[at].folded_name.startswith(folded)), None)

    # -- what the engine tells

    def apply(self, update: Update) -> None:
        """Take one update: rows go, change and come; order follows unless it is held."""
        now, column, shows_all = self._clock(), self._sort_column, not self._needle and self._filter.is_open
        is_recounted = self._forget(update.removed)
        touched: list[int] = []
        coming: list[Entry] = []
        leaving: list[Entry] = []
        is_moved = False
        total = len(self._entries)
        for row in update.changed:
            entry = self._entries.get(row.torrent_id)
            if entry is None:
                entry = self._entries[row.torrent_id] = Entry(row, now, column)
                is_recounted = self._tally.replace(None, entry.groups) or is_recounted
                if self._matches(entry):
                    coming.append(entry)
                continue
            is_moved = entry.replace(row, now, column) or is_moved
            groups = Groups.of(row)
            if self._tally.replace(entry.groups, groups):
                entry.groups, is_recounted = groups, True
            if not shows_all and not self._dragging and self._matches(entry) is (entry.position < 0):
                (coming if entry.position < 0 else leaving).append(entry)
            elif entry.position >= 0:
                touched.append(entry.position)
        for row_changed in update.changed if self._placed else ():
            self._placed.pop(row_changed.torrent_id, None)
        self._announce(touched)
        self._take_out(leaving)
        self._append(coming)
        if coming or leaving or update.removed or len(self._entries) != total:
            self.count_changed.emit()
        if is_recounted:
            self.counts_changed.emit()
        if coming or is_moved:
            self._follow_order()

    # -- order and filter

    def cycle_sort(self, column: Column) -> None:
        """A header click: natural best first, then reversed, then queue order."""
        if column is not self._sort_column:
            self.set_sort(column, SortDirection.BEST_FIRST)
        elif self._direction is SortDirection.BEST_FIRST:
            self.set_sort(column, SortDirection.REVERSED)
        else:
            self.set_sort(Column.QUEUE, SortDirection.BEST_FIRST)

    def set_sort(self, column: Column, direction: SortDirection) -> None:
        if column is not self._sort_column:
            for entry in self._entries.values():
                entry.measure(column)
        self._sort_column, self._direction = column, direction
        self.sort_again()

    def sort_again(self) -> None:
        """Sort now, held or not."""
        self._show_order(self._sorted(self._order))
        self._set_stale(False)

    def set_held(self, held: bool) -> None:
        """While held (the pointer is over the table) rows do not change places under it."""
        self._held = held
        if not (held or self._dragging) and self._stale:
            self.sort_again()

    def set_dragging(self, dragging: bool) -> None:
        """While rows are dragged none changes its place, comes in or goes out because of what it does now."""
        self._dragging = dragging
        if not dragging:
            self._filter_again()
            self.set_held(self._held)

    def set_needle(self, text: str) -> None:
        """Show only names that contain `text`, whatever its case; empty shows all."""
        needle = text.strip().casefold()
        if needle != self._needle:
            self._needle = needle
            self._filter_again()

    def set_filter(self, chosen: TransferFilter) -> None:
        """Show only what `chosen` lets through, and the needle too."""
        if chosen != self._filter:
            self._filter = chosen
            self._filter_again()

    def place(self, torrent_ids: Sequence[str], before: str | None) -> None:
        """Show the queue as it will be once the engine has put these in front of `before` (None = at the end)."""
        queue = in_order(self._entries.values(), Column.QUEUE, SortDirection.BEST_FIRST)
        numbers = [entry.place for entry in queue]
        for number, entry in zip(numbers, placed(queue, torrent_ids, before), strict=True):
            if entry.place != number:
                self._placed.setdefault(entry.key, entry.row.queue_position)
                self._renumber_in_queue(entry, number)
        self.sort_again()

    def take_back_places(self) -> None:
        """The engine refused: rows that it has not told of since go back to where they were in the queue."""
        if not self._placed:
            return
        for key, number in self._placed.items():
            if key in self._entries:
                self._renumber_in_queue(self._entries[key], number)
        self._placed.clear()
        self.sort_again()

    def queue_before(self, position: int) -> str | None:
        """The id that dropped rows go in front of when they land above `position`; None is the end of the queue."""
        if self._direction is SortDirection.REVERSED:
            return self._order[position - 1].key if position > 0 else None
        if position < len(self._order):
            return self._order[position].key
        if not self._order:
            return None
        # Behind the last one shown, which with a filter need not be the last of the queue.
        last = self._order[-1].place
        behind = [entry for entry in self._entries.values() if entry.place > last]
        return min(behind, key=lambda entry: entry.place).key if behind else None

    def _renumber_in_queue(self, entry: Entry, number: int) -> None:
        entry.replace(replace(entry.row, queue_position=number), self._clock(), self._sort_column)
        if entry.position >= 0:
            self._announce([entry.position])

    def _matches(self, entry: Entry) -> bool:
        return self._needle in entry.folded_name and self._filter.admits(entry.groups)

    def _matching(self) -> Iterable[Entry]:
        """All that match; `_matches` for each of 10,000 would take twice as long."""
        needle, admits = self._needle, self._filter.admits
        found: Iterable[Entry] = self._entries.values()
        if needle:
            found = [entry for entry in found if needle in entry.folded_name]
        if self._filter.is_open:
            return found
        return [entry for entry in found if admits(entry.groups)]

    def _sorted(self, entries: Iterable[Entry]) -> list[Entry]:
        return in_order(entries, self._sort_column, self._direction)

    def _filter_again(self) -> None:
        shown = len(self._order)
        self._replace_order(self._sorted(self._matching()))
        self._set_stale(False)
        if len(self._order) != shown:
            self.count_changed.emit()

    def _follow_order(self) -> None:
        if self._held or self._dragging:
            self._set_stale(self._stale or self._sorted(self._order) != self._order)
        else:
            self.sort_again()

    def _set_stale(self, stale: bool) -> None:
        if stale is not self._stale:
            self._stale = stale
            self.order_stale.emit(stale)

    # -- how the order is shown

    def _show_order(self, wanted: list[Entry]) -> None:
        """Move the same rows to new places; selection and current row follow their ids."""
        if wanted == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        entries = [self._order[index.row()] for index in before]
        self._order = wanted
        self._renumber()
        after = [self.index(entry.position, index.column()) for entry, index in zip(entries, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _replace_order(self, wanted: list[Entry]) -> None:
        """Show other rows; those that stay keep their selection."""
        staying = set(wanted)
        self._take_out([entry for entry in self._order if entry not in staying])
        self._append([entry for entry in wanted if entry.position < 0])
        self._show_order(wanted)

    def _append(self, entries: list[Entry]) -> None:
        if not entries:
            return
        first = len(self._order)
        self.beginInsertRows(QModelIndex(), first, first + len(entries) - 1)
        self._order = self._order + entries
        self._renumber(first)
        self.endInsertRows()

    def _forget(self, keys: Iterable[str]) -> bool:
        gone = [self._entries[key] for key in keys if key in self._entries]
        self._take_out(gone)
        for entry in gone:
            self._tally.replace(entry.groups, None)
            del self._entries[entry.key]
        return bool(gone)

    def _take_out(self, entries: list[Entry]) -> None:
        shown = [entry for entry in entries if entry.position >= 0]
        runs = runs_downwards(sorted((entry.position for entry in shown), reverse=True))
        if len(runs) > _MOST_RUNS:
            # Many small removals cost a renumbering each: gathered at the end they are one.
            going = set(shown)
            self._show_order([entry for entry in self._order if entry not in going] + shown)
            runs = [(len(self._order) - len(shown), len(self._order) - 1)]
        for first, last in runs:
            self.beginRemoveRows(QModelIndex(), first, last)
            for entry in self._order[first : last + 1]:
                entry.position = -1
            del self._order[first : last + 1]
            self._renumber(first)
            self.endRemoveRows()

    def _renumber(self, start: int = 0) -> None:
        for position in range(start, len(self._order)):
            self._order[position].position = position

    def _announce(self, positions: list[int]) -> None:
        low, high = self.visible_positions()
        seen = sorted((position for position in positions if low <= position <= high), reverse=True)
        last_column = len(Column) - 1
        for first, last in runs_downwards(seen):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    # -- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(Column)

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Rows can be dragged; where they may be dropped is the view's to say."""
        return _ROW_FLAGS if index.isValid() else Qt.ItemFlag.NoItemFlags

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        spec = COLUMNS[Column(section)]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return say_phrase(spec.title)
            case Qt.ItemDataRole.TextAlignmentRole:
                side = Qt.AlignmentFlag.AlignRight if spec.is_right else Qt.AlignmentFlag.AlignLeft
                return side | Qt.AlignmentFlag.AlignVCenter
            case Qt.ItemDataRole.AccessibleTextRole:
                return spec.menu_title
            case Qt.ItemDataRole.ToolTipRole:
                return spec.menu_title if spec.long_title else None
            case _:
                return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return COLUMNS[Column(index.column())].text(self.view_at(index.row()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.view_at(index.row()).spoken
            case Qt.ItemDataRole.AccessibleDescriptionRole:
                return self._more(Column(index.column()), self.view_at(index.row()))
            case Qt.ItemDataRole.ToolTipRole:
                view = self.view_at(index.row())
                more = self._more(Column(index.column()), view)
                lines = [f"<b>{html.escape(view.name)}</b>", html.escape(view.sentence.text)]
                # Tooltips guess at rich text; escaped, a stranger's name stays plain.
                return f"<qt>{'<br>'.join([*lines, html.escape(more)] if more else lines)}</qt>"
            case Qt.ItemDataRole.UserRole:
                return self.id_at(index.row())
            case _:
                return None

    def _more(self, column: Column, view: RowView) -> str:
        """What this cell says beyond the sentence of its row."""
        if column is Column.NAME and view.sentence.action is not None:
            keys = self.explain_keys
            return say("{keys} explains this, and what can be done.", keys=keys) if keys else ""
        if column is Column.HEALTH:
            return explanation(view.row, view.health)
        if column in _SPOKEN:
            return ""
        spec = COLUMNS[column]
        return say("{title}: {text}", title=spec.menu_title, text=clean(spec.text(view), 4096))
