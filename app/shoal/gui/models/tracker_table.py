"""The sources of peers of one transfer, one row each."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from shoal.api.details import TrackerRow
from shoal.gui.models.keyed_table import KeyedTable, TableColumn
from shoal.gui.style.numbers import whole
from shoal.gui.style.tracker_sentences import (
    PEER_FINDERS,
    asks_again,
    count_text,
    last_answer,
    source_name,
    spoken_tracker,
    tracker_state,
)
from shoal.gui.style.units import DASH
from shoal.gui.style.wording import phrase, say, say_phrase

TURNED_OFF = "private"
_STATE_ORDER = ("working", "asking", "waiting", "failing", "refused", "off", TURNED_OFF)


class TrackerTable(KeyedTable[TrackerRow]):
    """Trackers and the DHT, and for a private torrent the three ways of finding peers that it must not use.

    `clock` gives wall-clock seconds.
    """

    def __init__(self, clock: Callable[[], float], parent: QObject | None = None) -> None:
        self._clock = clock
        super().__init__(self._make_columns(), lambda row: row.url, self._spoken_row, parent)

    def show_sources(self, trackers: Sequence[TrackerRow], *, is_private: bool) -> None:
        """The engine's rows; those that a private torrent turns off follow them."""
        rows = [*trackers, *(map(_turned_off, PEER_FINDERS) if is_private else ())]
        self.show_rows(rows)
        self.put_in_order([row.url for row in rows])

    def _spoken_row(self, row: TrackerRow) -> str:
        if is_turned_off(row):
            return say("{source}, off: this torrent is private", source=say_phrase(PEER_FINDERS[row.url]))
        return spoken_tracker(row, self._clock())

    def _make_columns(self) -> tuple[TableColumn[TrackerRow], ...]:
        return (
            TableColumn(
                "source",
                phrase("Source"),
                source_name,
                lambda row: row.url,
                token=lambda row: "ink",
            ),
            TableColumn(
                "tier", phrase("Tier"), _tier, lambda row: float(row.tier) if row.is_tracker else None, right=True
            ),
            TableColumn(
                "state",
                phrase("State"),
                lambda row: tracker_state(row).text,
                lambda row: float(_STATE_ORDER.index(row.state)) if row.state in _STATE_ORDER else None,
                token=lambda row: tracker_state(row).token,
                icon=lambda row: tracker_state(row).icon,
                tooltip=lambda row: tracker_state(row).why,
            ),
            TableColumn(
                "seeds", phrase("Seeds"), lambda row: count_text(row.seeds), lambda row: _most(row.seeds), right=True
            ),
            TableColumn(
                "peers",
                phrase("Peers"),
                lambda row: count_text(row.leeches),
                lambda row: _most(row.leeches),
                right=True,
            ),
            TableColumn(
                "completed",
                phrase("Completed"),
                lambda row: count_text(row.completed),
                lambda row: _most(row.completed),
                right=True,
            ),
            TableColumn("again", phrase("Asks again"), asks_again, lambda row: row.next_announce_in),
            TableColumn(
                "answer",
                phrase("Last answer"),
                self._answer,
                lambda row: -row.last_answer_at if row.last_answer_at is not None else None,
                token=lambda row: "err" if row.state == "refused" else "ink2",
            ),
        )

    def _answer(self, row: TrackerRow) -> str:
        return last_answer(row, self._clock())


def is_peer_finder(row: TrackerRow) -> bool:
    """True for the rows that are no trackers."""
    return row.url in PEER_FINDERS


def is_turned_off(row: TrackerRow) -> bool:
    """True for the ways of finding peers that a private torrent must not use."""
    return row.state == TURNED_OFF


def _turned_off(name: str) -> TrackerRow:
    return TrackerRow(name, -1, TURNED_OFF, None, None, 0, None, "")


def _tier(row: TrackerRow) -> str:
    return whole(row.tier + 1) if row.is_tracker else DASH


def _most(count: int | None) -> float | None:
    return None if count is None else -count
