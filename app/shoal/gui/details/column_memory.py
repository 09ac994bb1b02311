"""Where the tables of the detail pane keep their columns: one text of the settings, a part for each table."""

from __future__ import annotations

import json
from collections.abc import Callable


def _nothing() -> str:
    return ""


def _forget(text: str) -> None:
    return


class ColumnMemory:
    """`read` and `write` are the setting `detail_columns`; without them nothing outlives the tables."""

    def __init__(self, read: Callable[[], str] = _nothing, write: Callable[[str], None] = _forget) -> None:
        self._read = read
        self._write = write

    def of(self, table: str) -> str:
        """What was kept for `table`; empty when nothing was."""
        return self._all().get(table, "")

    def keep(self, table: str, state: str) -> None:
        states = self._all()
        if states.get(table) != state:
            self._write(json.dumps(states | {table: state}, separators=(",", ":")))

    def _all(self) -> dict[str, str]:
        try:
            states = json.loads(self._read() or "{}")
        except ValueError:
            return {}
        if not isinstance(states, dict):
            return {}
        return {name: state for name, state in states.items() if isinstance(name, str) and isinstance(state, str)}
