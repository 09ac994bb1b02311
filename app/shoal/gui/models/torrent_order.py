"""One transfer of the table as the model keeps it, and how entries are ordered. Pure but for cached views."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import Enum
from operator import attrgetter

from shoal.api.snapshots import TorrentRow
from shoal.gui.models.torrent_columns import COLUMNS, Column, SortValue
from shoal.gui.models.torrent_filter import Groups
from shoal.gui.style.row_view import RowView, view_of
from shoal.gui.style.units import SteadyTime

_FOLDED, _HEALTH = Column.NAME, Column.HEALTH
_health_of = COLUMNS[_HEALTH].sort_value
_PLACE, _VALUE = attrgetter("place"), attrgetter("value")


class SortDirection(Enum):
    """What a header click steps through; after REVERSED comes queue order."""

    BEST_FIRST = "best"
    REVERSED = "reversed"


class Entry:
    """One transfer; `view` is made when somebody looks, and `value` is that of the column sorted by."""

    __slots__ = ("_view", "folded_name", "groups", "health", "key", "place", "position", "row", "steady", "value")

    def __init__(self, row: TorrentRow, now: float, column: Column) -> None:
        self.key = row.torrent_id
        self.row = row
        self.place = row.queue_position
        self.steady = SteadyTime(row.eta, now)
        self.folded_name = row.name.casefold()
        self.health = _health_of(row)
        """Worked out beforehand, as the folded name is: for 10,000 at one click it takes too long."""
        self.groups = Groups.of(row)
        self.value: SortValue = None
        self.position = -1
        """Where it is shown; -1 when it is not."""
        self._view: RowView | None = None
        self.measure(column)

    def replace(self, row: TorrentRow, now: float, column: Column) -> bool:
        """Take the new row; True when that may change its place in the order."""
        if row.name != self.row.name:
            self.folded_name = row.name.casefold()
        before = self.value, self.place
        self.row, self.place, self.health = row, row.queue_position, _health_of(row)
        self.steady = self.steady.follow(row.eta, now)
        self._view = None
        self.measure(column)
        return before != (self.value, self.place)

    def measure(self, column: Column) -> None:
        """Set `value` to what `column` sorts by."""
        if column is _FOLDED:
            self.value = self.folded_name
        elif column is _HEALTH:
            self.value = self.health
        else:
            self.value = COLUMNS[column].sort_value(self.row)

    @property
    def view(self) -> RowView:
        """The words of its row, kept until the row changes."""
        if self._view is None:
            self._view = view_of(self.row, self.steady.seconds)
        return self._view


def in_order(entries: Iterable[Entry], column: Column, direction: SortDirection) -> list[Entry]:
    """Natural best first or reversed; equal ones in queue order, unknown values last either way."""
    by_queue = sorted(entries, key=_PLACE)
    is_reversed = direction is SortDirection.REVERSED
    if column is Column.QUEUE:
        return by_queue[::-1] if is_reversed else by_queue
    # Two stable sorts of plain values cost half of one sort of pairs.
    known = [entry for entry in by_queue if entry.value is not None]
    known.sort(key=_VALUE, reverse=is_reversed)
    if len(known) < len(by_queue):
        known += [entry for entry in by_queue if entry.value is None]
    return known


def placed(queue: Sequence[Entry], keys: Sequence[str], before: str | None) -> list[Entry]:
    """`queue` with `keys`, in the order given, taken out and put in front of `before` (None = at the end)."""
    by_key = {entry.key: entry for entry in queue}
    moved = [by_key[key] for key in keys if key in by_key]
    going = {entry.key for entry in moved}
    if before in going:
        after = (entry.key for entry in queue[queue.index(by_key[before]) :])
        before = next((key for key in after if key not in going), None)
    rest = [entry for entry in queue if entry.key not in going]
    at = next((place for place, entry in enumerate(rest) if entry.key == before), len(rest))
    return rest[:at] + moved + rest[at:]


def runs_downwards(positions: Iterable[int]) -> list[tuple[int, int]]:
    """(first, last) of each run of neighbours in `positions`, which fall."""
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][0] == position + 1:
            runs[-1] = (position, runs[-1][1])
        else:
            runs.append((position, position))
    return runs
