"""What was taken from the list in this run and can be brought back."""

from __future__ import annotations

from collections.abc import Callable

from shoal.engine.torrent.resume import ResumeRecord

MOST_REMOVALS = 100
MOST_BYTES = 64 << 20
"""Of metainfo in all; the last removal is kept whatever its size."""


class RemovedTorrents:
    """The records of the last removals, the oldest forgotten first."""

    def __init__(self, forgotten: Callable[[str], None]) -> None:
        """`forgotten` hears of each that cannot be brought back any more."""
        self._forgotten = forgotten
        self._records: dict[str, ResumeRecord] = {}

    def keep(self, record: ResumeRecord) -> None:
        self._records.pop(record.torrent_id, None)
        self._records[record.torrent_id] = record
        total = sum(len(kept.metainfo) for kept in self._records.values())
        while len(self._records) > 1 and (len(self._records) > MOST_REMOVALS or total > MOST_BYTES):
            oldest = next(iter(self._records))
            total -= len(self._records[oldest].metainfo)
            self.forget(oldest)

    def take(self, torrent_id: str) -> ResumeRecord | None:
        """The record of a removal, which is then forgotten here."""
        return self._records.pop(torrent_id, None)

    def forget(self, torrent_id: str) -> None:
        """It is added anew, or its files are gone; harmless when it is unknown."""
        if self._records.pop(torrent_id, None) is not None:
            self._forgotten(torrent_id)
