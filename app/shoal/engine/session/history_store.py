"""Speed histories and events across restarts: table `history` of the resume database, one row per id and kind.

They are worth less than the list of transfers: a damaged row is dropped without a word, and a disk that refuses costs
nothing but the newest part of them. Rows of transfers that are no longer in the list go at the next clean end.
"""

from __future__ import annotations

import contextlib
import logging
import sqlite3
import threading
import zlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from shoal.engine.session.resume_rows import checksum
from shoal.engine.session.resume_tables import open_database, transaction

logger = logging.getLogger(__name__)

SPEED, EVENTS = "speed", "events"
KINDS = (SPEED, EVENTS)
MOST_BYTES = 1 << 20
"""Of one row, unpacked; larger ones are not written, and not believed."""
SESSION_ID = ""
"""Where the session's own history is kept."""


class HistoryRow(NamedTuple):
    """One row to be written; `data` None takes it away."""

    torrent_id: str
    kind: str
    data: bytes | None


class HistoryStore:
    """A second connection to the resume database at `path`, which the resume store has brought up before.

    Thread-safe; meant for the lane "slow". Nothing here raises.
    """

    def __init__(self, path: str, *, is_read_only: bool = False) -> None:
        self._path = path
        self._is_read_only = is_read_only
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None

    def read(self, torrent_id: str) -> dict[str, bytes]:
        """The good rows of one torrent by kind."""
        found: dict[str, bytes] = {}
        with self._lock, _quiet("read"):
            rows = self._connected().execute("SELECT kind, data, checksum FROM history WHERE id = ?", (torrent_id,))
            for kind, packed, expected in rows:
                if isinstance(packed, bytes) and checksum(torrent_id, str(kind).encode(), packed) == expected:
                    data = _unpacked(packed)
                    if data is not None:
                        found[kind] = data
        return found

    def write(self, rows: Iterable[HistoryRow]) -> bool:
        """Write in one transaction; False when the disk refused."""
        if self._is_read_only:
            return True
        with self._lock, _quiet("saved"):
            connection = self._connected()
            with transaction(connection):
                for torrent_id, kind, data in rows:
                    if data is None or len(data) > MOST_BYTES:
                        connection.execute("DELETE FROM history WHERE id = ? AND kind = ?", (torrent_id, kind))
                        continue
                    packed = zlib.compress(data)
                    proof = checksum(torrent_id, kind.encode(), packed)
                    row = (torrent_id, kind, packed, proof)
                    connection.execute("INSERT OR REPLACE INTO history VALUES (?, ?, ?, ?)", row)
            return True
        return False

    def close(self) -> None:
        """Drop the rows of what is no longer in the list, and close; harmless twice."""
        with self._lock:
            if self._connection is None:
                return
            with _quiet("tidied"):
                if not self._is_read_only:
                    self._connection.execute(
                        "DELETE FROM history WHERE id != ? AND id NOT IN (SELECT id FROM torrent)", (SESSION_ID,)
                    )
            connection, self._connection = self._connection, None
            connection.close()

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            self._connection = open_database(self._path, "?mode=ro" if self._is_read_only else "?mode=rw")
            if not self._is_read_only:
                self._connection.execute("PRAGMA synchronous = NORMAL")
        return self._connection


def _unpacked(packed: bytes) -> bytes | None:
    unpacker = zlib.decompressobj()
    try:
        data = unpacker.decompress(packed, MOST_BYTES)
    except zlib.error:
        return None
    return data if unpacker.eof else None


@contextlib.contextmanager
def _quiet(what: str) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        logger.info("the history could not be %s: %s", what, error)
