"""The table's model: rows by id, the shown order as an index list; never a proxy, never a reset.

An update costs work only for what changed, and a repaint only for changed rows that can be seen.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from enum import Enum, IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from shoal.api.snapshots import TorrentRow, TorrentState, Update
from shoal.gui.style.row_view import RowView, view_of
from shoal.gui.style.units import SteadyTime
from shoal.gui.style.wording import say

Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """Columns in their default order; `TITLES` has their headers."""

    QUEUE = 0
    NAME = 1
    PROGRESS = 2
    DOWN = 3
    UP = 4
    TIME_LEFT = 5
    SIZE = 6


TITLES: dict[Column, str] = {
    Column.QUEUE: "#",
    Column.NAME: "Name",
    Column.PROGRESS: "Progress",
    Column.DOWN: "Down",
    Column.UP: "Up",
    Column.TIME_LEFT: "Time left",
    Column.SIZE: "Size",
}
_LEFT_COLUMNS = frozenset({Column.QUEUE, Column.NAME, Column.PROGRESS, Column.TIME_LEFT})


class SortDirection(Enum):
    """What a header click steps through; after REVERSED comes queue order."""

    BEST_FIRST = "best"
    REVERSED = "reversed"


class _Entry:
    """One transfer; `view` is made when somebody looks."""

    __slots__ = ("folded_name", "row", "steady", "view")

    def __init__(self, row: TorrentRow, now: float) -> None:
        self.row = row
        self.steady = SteadyTime(row.eta, now)
        self.view: RowView | None = None
        self.folded_name = row.name.casefold()

    def replace(self, row: TorrentRow, now: float) -> None:
        if row.name != self.row.name:
            self.folded_name = row.name.casefold()
        self.row = row
        self.steady = self.steady.follow(row.eta, now)
        self.view = None


class TorrentTableModel(QAbstractTableModel):
    """Positions are what the view counts, ids are what everybody else keeps."""

    order_stale = Signal(bool)
    """True when the shown order no longer is the sorted one because it is held still."""
    count_changed = Signal()

    def __init__(
        self,
        clock: Callable[[], float],
        parent: QObject | None = None,
    ) -> None:
        """`clock` gives monotonic seconds."""
        super().__init__(parent)
        self._clock = clock
        self._entries: dict[str, _Entry] = {}
        self._order: list[str] = []
        self._positions: dict[str, int] = {}
        self._needle = ""
        self._sort_column = Column.QUEUE
        self._direction = SortDirection.BEST_FIRST
        self._held = False
        self._stale = False
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

    def rows(self) -> Iterable[TorrentRow]:
        """Every row, in no order."""
        return (entry.row for entry in self._entries.values())

    def row_of(self, torrent_id: str) -> TorrentRow | None:
        entry = self._entries.get(torrent_id)
        return entry.row if entry else None

    def id_at(self, position: int) -> str:
        return self._order[position]

    def position_of(self, torrent_id: str) -> int | None:
        """Where it is shown; None when it is filtered out or unknown."""
        return self._positions.get(torrent_id)

    def view_at(self, position: int) -> RowView:
        """The words of the row at `position`, kept until the row changes."""
        entry = self._entries[self._order[position]]
        if entry.view is None:
            entry.view = view_of(entry.row, entry.steady.seconds)
        return entry.view

    # -- what the engine tells

    def apply(self, update: Update) -> None:
        """Take one update: rows go, change and come; order follows unless it is held."""
        now = self._clock()
        self._take_out([torrent_id for torrent_id in update.removed if torrent_id in self._entries])
        touched: list[int] = []
        fresh: list[str] = []
        value_of = _SORT_VALUES[self._sort_column]
        is_moved = False
        for row in update.changed:
            entry = self._entries.get(row.torrent_id)
            if entry is None:
                self._entries[row.torrent_id] = _Entry(row, now)
                fresh.append(row.torrent_id)
                continue
            before = value_of(entry), entry.row.queue_position
            entry.replace(row, now)
            is_moved = is_moved or before != (value_of(entry), row.queue_position)
            position = self._positions.get(row.torrent_id)
            if position is not None:
                touched.append(position)
        self._announce(touched)
        self._append([torrent_id for torrent_id in fresh if self._matches(self._entries[torrent_id])])
        if fresh or update.removed:
            self.count_changed.emit()
        if fresh or is_moved:
            self._follow_order(force=bool(fresh))

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
        self._sort_column, self._direction = column, direction
        self.sort_again()

    def sort_again(self) -> None:
        """Sort now, held or not."""
        self._show_order(self._sorted(self._order))
        self._set_stale(False)

    def set_held(self, held: bool) -> None:
        """While held (the pointer is over the table) rows do not change places under it."""
        self._held = held
        if not held and self._stale:
            self.sort_again()

    def set_needle(self, text: str) -> None:
        """Show only names that contain `text`, whatever its case; empty shows all."""
        needle = text.strip().casefold()
        if needle == self._needle:
            return
        self._needle = needle
        wanted = self._sorted([key for key, entry in self._entries.items() if self._matches(entry)])
        self._replace_order(wanted)
        self.count_changed.emit()

    def _matches(self, entry: _Entry) -> bool:
        return self._needle in entry.folded_name

    def _sorted(self, keys: Sequence[str]) -> list[str]:
        entries, value_of = self._entries, _SORT_VALUES[self._sort_column]
        values = {key: value_of(entries[key]) for key in keys}
        # Two stable sorts of plain values cost half of one sort of pairs.
        by_queue = sorted(keys, key=lambda key: entries[key].row.queue_position)
        if self._sort_column is Column.QUEUE:
            return by_queue if self._direction is SortDirection.BEST_FIRST else by_queue[::-1]
        known = {key: value for key, value in values.items() if value is not None}
        reverse = self._direction is SortDirection.REVERSED
        best_first = sorted((key for key in by_queue if key in known), key=known.__getitem__, reverse=reverse)
        return best_first + [key for key in by_queue if key not in known]

    def _follow_order(self, *, force: bool) -> None:
        wanted = self._sorted(self._order)
        if wanted == self._order:
            self._set_stale(False)
        elif self._held and not force:
            self._set_stale(True)
        else:
            self._show_order(wanted)
            self._set_stale(False)

    def _set_stale(self, stale: bool) -> None:
        if stale is not self._stale:
            self._stale = stale
            self.order_stale.emit(stale)

    def _show_order(self, wanted: list[str]) -> None:
        """Move the same rows to new places; selection and current row follow their ids."""
        if wanted == self._order:
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        ids = [self._order[index.row()] for index in before]
        self._order = wanted
        self._renumber()
        after = [self.index(self._positions[key], index.column()) for key, index in zip(ids, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    def _replace_order(self, wanted: list[str]) -> None:
        """Show other rows: what begins and ends alike stays, the middle goes and comes in one piece each."""
        old = self._order
        same = min(len(old), len(wanted))
        head = next((at for at in range(same) if old[at] != wanted[at]), same)
        tail = next((at for at in range(same - head) if old[-1 - at] != wanted[-1 - at]), same - head)
        if len(old) - tail > head:
            self.beginRemoveRows(QModelIndex(), head, len(old) - tail - 1)
            self._order = old[:head] + old[len(old) - tail :]
            self._renumber()
            self.endRemoveRows()
        if len(wanted) - tail > head:
            self.beginInsertRows(QModelIndex(), head, len(wanted) - tail - 1)
            self._order = wanted
            self._renumber()
            self.endInsertRows()

    def _append(self, keys: list[str]) -> None:
        if not keys:
            return
        first = len(self._order)
        self.beginInsertRows(QModelIndex(), first, first + len(keys) - 1)
        self._order = self._order + keys
        self._renumber()
        self.endInsertRows()

    def _take_out(self, keys: list[str]) -> None:
        positions = sorted((self._positions[key] for key in keys if key in self._positions), reverse=True)
        for first, last in _runs_downwards(positions):
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._order[first : last + 1]
            self._renumber()
            self.endRemoveRows()
        for key in keys:
            del self._entries[key]

    def _renumber(self) -> None:
        self._positions = {key: position for position, key in enumerate(self._order)}

    def _announce(self, positions: list[int]) -> None:
        low, high = self.visible_positions()
        seen = sorted((position for position in positions if low <= position <= high), reverse=True)
        last_column = len(Column) - 1
        for first, last in _runs_downwards(seen):
            self.dataChanged.emit(self.index(first, 0), self.index(last, last_column))

    # -- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(Column)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(Column):
            return None
        column = Column(section)
        if role == Qt.ItemDataRole.DisplayRole:
            return say(TITLES[column])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            side = Qt.AlignmentFlag.AlignLeft if column in _LEFT_COLUMNS else Qt.AlignmentFlag.AlignRight
            return side | Qt.AlignmentFlag.AlignVCenter
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return say("Place in the queue") if column is Column.QUEUE else say(TITLES[column])
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._text(Column(index.column()), self.view_at(index.row()))
            case Qt.ItemDataRole.AccessibleTextRole:
                return self.view_at(index.row()).spoken
            case Qt.ItemDataRole.ToolTipRole:
                view = self.view_at(index.row())
                # Tooltips guess at rich text; escaped, a stranger's name stays plain.
                return f"<qt><b>{html.escape(view.name)}</b><br>{html.escape(view.sentence.text)}</qt>"
            case Qt.ItemDataRole.UserRole:
                return self._order[index.row()]
            case _:
                return None

    def _text(self, column: Column, view: RowView) -> str:
        match column:
            case Column.QUEUE:
                return str(view.row.queue_position)
            case Column.NAME:
                return view.name
            case Column.PROGRESS:
                return view.percent
            case Column.DOWN:
                return view.down
            case Column.UP:
                return view.up
            case Column.TIME_LEFT:
                return view.time_left
            case Column.SIZE:
                return view.size


def _time_left_value(entry: _Entry) -> float | None:
    return 0.0 if entry.row.state is TorrentState.SEEDING else entry.row.eta


_SORT_VALUES: dict[Column, Callable[[_Entry], float | str | None]] = {
    Column.QUEUE: lambda entry: entry.row.queue_position,
    Column.NAME: lambda entry: entry.folded_name,
    Column.PROGRESS: lambda entry: -entry.row.progress,
    Column.DOWN: lambda entry: -entry.row.down_rate,
    Column.UP: lambda entry: -entry.row.up_rate,
    Column.TIME_LEFT: _time_left_value,
    Column.SIZE: lambda entry: -entry.row.wanted,
}
"""A value that is smaller the better it is; None is unknown."""


def _runs_downwards(positions: Iterable[int]) -> list[tuple[int, int]]:
    """(first, last) of each run of neighbours in `positions`, which fall."""
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][0] == position + 1:
            runs[-1] = (position, runs[-1][1])
        else:
            runs.append((position, position))
    return runs
