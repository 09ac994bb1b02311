"""When is all done: every download that was there has ended, and at least one of them because it was finished. Pure."""

from __future__ import annotations

from shoal.api.snapshots import TorrentRow, TorrentState, Update

_AT_WORK = frozenset({TorrentState.QUEUED, TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.DOWNLOADING})


def is_pending(row: TorrentRow) -> bool:
    """It is downloading or in line for that, or its files are on their way. What needs the user holds up nothing."""
    if row.state is TorrentState.MOVING:
        return True
    return row.state in _AT_WORK and not row.is_complete


class AllDone:
    """`follow` every update. What is only stopped or removed by hand ends nothing."""

    def __init__(self) -> None:
        self._pending: set[str] = set()
        self._has_finished = False

    @property
    def pending(self) -> int:
        """How many downloads are still to come to their end."""
        return len(self._pending)

    def begin(self) -> None:
        """Only what is finished from now on counts."""
        self._has_finished = False

    def follow(self, update: Update) -> bool:
        """True once, when the last one has ended."""
        self._pending.difference_update(update.removed)
        for row in update.changed:
            if is_pending(row):
                self._pending.add(row.torrent_id)
            else:
                self._pending.discard(row.torrent_id)
        if any(alert.code == "finished" for alert in update.alerts):
            self._has_finished = True
        if self._pending or not self._has_finished:
            return False
        self._has_finished = False
        return True
