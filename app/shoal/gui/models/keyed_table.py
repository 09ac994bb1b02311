"""A table of rows that are told apart by a key: answers are compared, only what changed is announced, order is steady.

No proxy and no reset: rows go, change and come one by one, so that selection and scroll stay with their rows.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from shoal.gui.style.cell_roles import CellRole
from shoal.gui.style.wording import Template, say_phrase

Index = QModelIndex | QPersistentModelIndex
R = TypeVar("R")
SortValue = float | str | None


def _no_icon(row: object) -> str:
    return ""


def _no_share(row: object) -> float | None:
    return None


def _plain(row: object) -> bool:
    return False


def _secondary(row: object) -> str:
    return "ink2"


@dataclass(frozen=True, slots=True)
class TableColumn(Generic[R]):
    """How one column shows and sorts a row. `value` is smaller the better; None is unknown and comes last."""

    key: str
    """Under which its width is remembered."""
    title: Template
    text: Callable[[R], str]
    value: Callable[[R], SortValue]
    right: bool = False
    token: Callable[[R], str] = _secondary
    strong: Callable[[R], bool] = _plain
    icon: Callable[[R], str] = _no_icon
    share: Callable[[R], float | None] = _no_share
    tooltip: Callable[[R], str] = _no_icon
    """More than the text, as plain text; empty for nothing."""


class KeyedTable(QAbstractTableModel, Generic[R]):
    """`show_rows` takes each answer; a header click sorts best first, reversed, then in the order of arrival."""

    def __init__(
        self,
        columns: Sequence[TableColumn[R]],
        key_of: Callable[[R], Hashable],
        spoken: Callable[[R], str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._columns = tuple(columns)
        self._key_of = key_of
        self._spoken = spoken
        self._rows: list[R] = []
        self._positions: dict[Hashable, int] = {}
        self._arrivals: dict[Hashable, int] = {}
        self._arrived = 0
        self._sort_key = ""
        self._is_reversed = False
        self._held = False
        self.visible_positions: Callable[[], tuple[int, int]] = lambda: (0, len(self._rows) - 1)
        """First and last position that can be seen; the view puts its own in."""

    # -- rows

    @property
    def rows(self) -> Sequence[R]:
        """As they are shown."""
        return self._rows

    def position_of(self, key: Hashable) -> int | None:
        return self._positions.get(key)

    def show_rows(self, rows: Sequence[R]) -> None:
        """Take an answer of the engine: all rows, in any order."""
        fresh = {self._key_of(row): row for row in rows}
        self._take_out([position for key, position in self._positions.items() if key not in fresh])
        changed = []
        for key, row in fresh.items():
            position = self._positions.get(key)
            if position is not None and self._rows[position] != row:
                self._rows[position] = row
                changed.append(position)
        self._append([row for key, row in fresh.items() if key not in self._positions])
        self._announce(changed)
        if not self._held:
            self._sort()

    def put_in_order(self, keys: Sequence[Hashable]) -> None:
        """Unless they are sorted by a column the rows are shown in this order, as if they had arrived so."""
        ranks = {key: rank for rank, key in enumerate(keys) if key in self._positions}
        if len(ranks) == len(self._rows) and [ranks[key] for key in sorted(ranks, key=self._arrivals.__getitem__)] != [
            *range(len(ranks))
        ]:
            self._arrivals = dict(ranks)
            self._arrived = len(ranks)
            self._sort()

    def clear(self) -> None:
        self._held = False
        self.show_rows(())
        self._arrivals.clear()

    def _take_out(self, positions: list[int]) -> None:
        for position in sorted(positions, reverse=True):
            self.beginRemoveRows(QModelIndex(), position, position)
            self._arrivals.pop(self._key_of(self._rows[position]), None)
            del self._rows[position]
            self._renumber()
            self.endRemoveRows()

    def _append(self, rows: list[R]) -> None:
        if not rows:
            return
        first = len(self._rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        for row in rows:
            self._arrivals[self._key_of(row)] = self._arrived
            self._arrived += 1
        self._rows += rows
        self._renumber()
        self.endInsertRows()

    def _announce(self, positions: list[int]) -> None:
        low, high = self.visible_positions()
        seen = [position for position in positions if low <= position <= high]
        if seen:
            self.dataChanged.emit(self.index(min(seen), 0), self.index(max(seen), len(self._columns) - 1))

    def _renumber(self) -> None:
        self._positions = {self._key_of(row): position for position, row in enumerate(self._rows)}

    # -- order

    @property
    def columns(self) -> Sequence[TableColumn[R]]:
        return self._columns

    @property
    def sort_key(self) -> str:
        """Key of the column by which it is sorted; empty for the order of arrival."""
        return self._sort_key

    @property
    def is_reversed(self) -> bool:
        return self._is_reversed

    def set_sort(self, key: str, *, is_reversed: bool = False) -> None:
        """Sort by the column `key`; one that is not known sorts by arrival."""
        self._sort_key = key if any(column.key == key for column in self._columns) else ""
        self._is_reversed = is_reversed
        self._sort()

    def cycle_sort(self, section: int) -> None:
        """A header click."""
        key = self._columns[section].key
        if key != self._sort_key:
            self.set_sort(key)
        elif not self._is_reversed:
            self.set_sort(key, is_reversed=True)
        else:
            self.set_sort("")

    def set_held(self, held: bool) -> None:
        """While held (the pointer is over the rows) they do not change places."""
        self._held = held
        if not held:
            self._sort()

    def _sort(self) -> None:
        column = next((entry for entry in self._columns if entry.key == self._sort_key), None)
        if column is None:
            wanted = sorted(self._rows, key=lambda row: self._arrivals[self._key_of(row)])
        else:
            known = [(value, row) for row in self._rows if (value := column.value(row)) is not None]
            known.sort(key=lambda pair: pair[0], reverse=self._is_reversed)
            wanted = [row for _, row in known] + [row for row in self._rows if column.value(row) is None]
        if all(new is old for new, old in zip(wanted, self._rows, strict=True)):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        keys = [self._key_of(self._rows[index.row()]) for index in before]
        self._rows = wanted
        self._renumber()
        after = [self.index(self._positions[key], index.column()) for key, index in zip(keys, before, strict=True)]
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # -- what Qt asks

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008, N802
        return 0 if parent.isValid() else len(self._columns)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:  # noqa: N802
        if orientation is not Qt.Orientation.Horizontal or not 0 <= section < len(self._columns):
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return say_phrase(self._columns[section].title)
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _alignment(self._columns[section].right)
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row, column = self._rows[index.row()], self._columns[index.column()]
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return column.text(row)
            case Qt.ItemDataRole.AccessibleTextRole:
                return self._spoken(row)
            case Qt.ItemDataRole.TextAlignmentRole:
                return _alignment(column.right)
            case Qt.ItemDataRole.ToolTipRole:
                return self._tooltip(row, column)
            case CellRole.TOKEN:
                return column.token(row)
            case CellRole.STRONG:
                return column.strong(row)
            case CellRole.SHARE:
                return column.share(row)
            case CellRole.ICON:
                return column.icon(row)
            case _:
                return None

    def _tooltip(self, row: R, column: TableColumn[R]) -> str:
        """The whole text, for it may be elided, and more. Tooltips guess at rich text; escaped it stays plain."""
        lines = [line for line in (column.text(row), column.tooltip(row)) if line]
        return f"<qt>{'<br>'.join(html.escape(line) for line in lines)}</qt>"


def _alignment(right: bool) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if right else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
