"""What the selected transfers allow: the one place that decides which commands make sense."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.api.snapshots import TorrentRow, TorrentState

_ENDED_AND_QUEUED = (TorrentState.STOPPED, TorrentState.STOPPING, TorrentState.ERROR, TorrentState.QUEUED)


@dataclass(frozen=True, slots=True)
class SelectionState:
    """Counts of the selected transfers."""

    selected: int = 0
    startable: int = 0
    stoppable: int = 0
    startable_now: int = 0
    in_order: bool = False
    first_last_first: bool = False
    opens: bool = False
    """The one that is selected is finished, so that "Open" opens it."""
    moving: bool = False
    """The files of all of them are being moved, so that the move can be cancelled."""


def state_of(rows: Sequence[TorrentRow]) -> SelectionState:
    """One pass over the selected rows, cheap for 10,000 of them."""
    stopped, stopping, error, queued = _ENDED_AND_QUEUED
    startable = stoppable = startable_now = in_order = first_last = 0
    for row in rows:
        # By identity: hashing members of an enumeration costs more than all the rest.
        state = row.state
        has_stopped = state is stopped or state is stopping
        has_ended = has_stopped or state is error
        startable += has_ended
        stoppable += not has_stopped
        startable_now += has_ended or state is queued or not row.skips_queue
        in_order += row.sequential
        first_last += row.first_last_first
    count = len(rows)
    return SelectionState(
        selected=count,
        startable=startable,
        stoppable=stoppable,
        startable_now=startable_now,
        in_order=bool(rows) and in_order == count,
        first_last_first=bool(rows) and first_last == count,
        opens=count == 1 and rows[0].is_complete,
        moving=are_moving(rows),
    )


def are_moving(rows: Sequence[TorrentRow]) -> bool:
    """The files of all of them are being moved."""
    return bool(rows) and all(row.state is TorrentState.MOVING for row in rows)
