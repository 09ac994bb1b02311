"""What the selected transfers allow: the one place that decides which commands make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.api.snapshots import TorrentRow, TorrentState

_ENDED = frozenset({TorrentState.STOPPED, TorrentState.STOPPING, TorrentState.ERROR})


@dataclass(frozen=True, slots=True)
class SelectionState:
    """Counts of the selected transfers; `explained` that something holds one of them up."""

    selected: int = 0
    startable: int = 0
    stoppable: int = 0
    startable_now: int = 0
    moving: int = 0
    in_order: bool = False
    first_last_first: bool = False
    explained: bool = False
    opens: bool = False
    """The one that is selected is finished, so that "Open" opens it."""


def state_of(rows: Sequence[TorrentRow], *, explained: bool) -> SelectionState:
    """One pass over the selected rows, cheap for 10,000 of them."""
    startable = stoppable = startable_now = moving = in_order = first_last = 0
    for row in rows:
        state = row.state
        if state in _ENDED:
            startable += 1
        if state not in (TorrentState.STOPPED, TorrentState.STOPPING):
            stoppable += 1
        if state in _ENDED or state is TorrentState.QUEUED or not row.skips_queue:
            startable_now += 1
        moving += state is TorrentState.MOVING
        in_order += row.sequential
        first_last += row.first_last_first
    count = len(rows)
    return SelectionState(
        selected=count,
        startable=startable,
        stoppable=stoppable,
        startable_now=startable_now,
        moving=moving,
        in_order=bool(rows) and in_order == count,
        first_last_first=bool(rows) and first_last == count,
        explained=explained,
        opens=count == 1 and rows[0].is_complete,
    )
