"""What survives a restart: every torrent's metainfo, options and verified pieces, in one sqlite database.

Crash safety: WAL with synchronous=NORMAL, one transaction a save. A kill loses nothing that was saved, a power loss at
most the last saves; the caller syncs data before it saves the pieces. Each row carries a checksum: a damaged row is
taken from the backup or reported, and never costs the others. A damaged database is set aside under its time, never
deleted, and the backup made at the last clean end goes on. A newer schema is read and never written.
"""

from __future__ import annotations

import contextlib
import logging
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from shoal.api.errors import Reason
from shoal.engine.session.resume_tables import (
    SCHEMA_VERSION,
    Contents,
    DatabaseDamage,
    damage,
    insert_metainfo,
    insert_state,
    migrate,
    open_database,
    read_backup,
    read_rows,
    transaction,
)
from shoal.engine.storage.errors import StorageError, storage_error
from shoal.engine.torrent.resume import ResumeRecord

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class LoadReport:
    """What `ResumeStore.load` found. Codes of `problems`: `resume-damaged` (params: kept_as), `resume-entry-damaged`
    (params: id), `resume-entry-restored` (params: id; an older state is used), `resume-newer` (params: version)."""

    records: tuple[ResumeRecord, ...]
    problems: tuple[Reason, ...] = ()


class ResumeStore:
    """The database at `path` (made with its folder when there is none), with its backup at `path` + `.previous`.

    Thread-safe; meant for the lane "slow". All methods raise StorageError when the disk fails.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.backup_path = path + ".previous"
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._known_metainfo: set[str] = set()
        self._unknown: dict[str, dict[str, object]] = {}
        self._is_read_only = False
        self._is_changed = False

    @property
    def is_read_only(self) -> bool:
        """A newer Shoal wrote this database: `save` and `remove` do nothing."""
        return self._is_read_only

    def load(self) -> LoadReport:
        """Open the database, repair what can be repaired, and read every torrent."""
        with self._lock, self._sqlite_errors():
            problems: list[Reason] = []
            contents = self._open_and_read(problems)
            if contents.damaged:
                self._replace_damaged_rows(contents, problems)
            self._known_metainfo = {key for key, record in contents.records.items() if record.metainfo}
            self._unknown = contents.unknown
            if not self._is_read_only and not os.path.exists(self.backup_path):
                self._back_up()
            ordered = sorted(contents.records.values(), key=lambda record: (record.queue_position, record.torrent_id))
            return LoadReport(tuple(ordered), tuple(problems))

    def save(self, records: Iterable[ResumeRecord]) -> None:
        """Write these torrents in one transaction; metainfo only the first time, for it never changes."""
        with self._lock, self._sqlite_errors():
            if self._is_read_only:
                return
            batch = list(records)
            connection = self._connected()
            with transaction(connection):
                for record in batch:
                    if record.torrent_id not in self._known_metainfo:
                        insert_metainfo(connection, record)
                    insert_state(connection, record, self._unknown.get(record.torrent_id, {}))
            # A magnet link's is still to come.
            self._known_metainfo.update(record.torrent_id for record in batch if record.metainfo)
            self._is_changed = True

    def remove(self, torrent_id: str) -> None:
        """Forget a torrent; harmless when it is unknown."""
        with self._lock, self._sqlite_errors():
            if self._is_read_only:
                return
            connection = self._connected()
            with transaction(connection):
                connection.execute("DELETE FROM torrent WHERE id = ?", (torrent_id,))
                connection.execute("DELETE FROM metainfo WHERE id = ?", (torrent_id,))
            self._known_metainfo.discard(torrent_id)
            self._unknown.pop(torrent_id, None)
            self._is_changed = True

    def close(self) -> None:
        """Make the backup when something changed, and close; harmless twice."""
        with self._lock, self._sqlite_errors():
            if self._connection is None:
                return
            if self._is_changed and not self._is_read_only:
                self._back_up()
            self._disconnect()

    # Opening

    def _open_and_read(self, problems: list[Reason]) -> Contents:
        contents = Contents(is_readable=False)
        with contextlib.suppress(DatabaseDamage):
            contents = self._try_database(problems)
        if contents.is_readable:
            return contents
        # What can be read of the damaged one is newer than the backup, so it goes on top of it.
        self._disconnect()
        kept_as = _set_aside(self.path)
        problems.append(Reason("resume-damaged", {"kept_as": kept_as}))
        older = read_backup(self.backup_path)
        connection = self._connect()
        migrate(connection)
        merged = {**older.records, **contents.records}
        unknown = {**older.unknown, **contents.unknown}
        with transaction(connection):
            for record in merged.values():
                insert_metainfo(connection, record)
                insert_state(connection, record, unknown.get(record.torrent_id, {}))
        lost = (older.damaged | contents.damaged) - merged.keys()
        problems.extend(Reason("resume-entry-damaged", {"id": torrent_id}) for torrent_id in sorted(lost))
        return Contents(merged, unknown)

    def _try_database(self, problems: list[Reason]) -> Contents:
        """Open and read; `DatabaseDamage` when it cannot even be opened, `is_readable` False when reading broke off."""
        with damage():
            connection = self._connect()
            version = int(connection.execute("PRAGMA user_version").fetchone()[0])
            if version > SCHEMA_VERSION:
                self._is_read_only = True
                problems.append(Reason("resume-newer", {"version": version}))
                self._disconnect()
                connection = self._connect()
            else:
                migrate(connection)
        return read_rows(connection)

    def _replace_damaged_rows(self, contents: Contents, problems: list[Reason]) -> None:
        """Take damaged rows from the backup; their remains are kept in table `damaged`."""
        older = read_backup(self.backup_path)
        connection = self._connected()
        for torrent_id in sorted(contents.damaged):
            record = older.records.get(torrent_id)
            code = "resume-entry-damaged" if record is None else "resume-entry-restored"
            problems.append(Reason(code, {"id": torrent_id}))
            if record is not None:
                contents.records[torrent_id] = record
                contents.unknown[torrent_id] = older.unknown.get(torrent_id, {})
            if self._is_read_only:
                continue
            with transaction(connection):
                for table, columns in (("torrent", "state, have"), ("metainfo", "NULL, data")):
                    connection.execute(
                        f"INSERT INTO damaged SELECT id, '{table}', {columns} FROM {table} WHERE id = ?",
                        (torrent_id,),
                    )
                    connection.execute(f"DELETE FROM {table} WHERE id = ?", (torrent_id,))
                if record is not None:
                    insert_metainfo(connection, record)
                    insert_state(connection, record, contents.unknown[torrent_id])

    def _connected(self) -> sqlite3.Connection:
        if self._connection is None:
            raise StorageError("io-error", self.path, detail="the resume store is not loaded")
        return self._connection

    def _connect(self) -> sqlite3.Connection:
        if not self._is_read_only:
            folder = os.path.dirname(self.path)
            if folder:
                os.makedirs(folder, exist_ok=True)
        self._connection = open_database(self.path, "?mode=ro" if self._is_read_only else "")
        if not self._is_read_only:
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = NORMAL")
        return self._connection

    def _disconnect(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()

    def _back_up(self) -> None:
        """Renew the backup; where that fails the older one stays, and the database itself is whole all the same."""
        try:
            with self._sqlite_errors():
                self._copy()
            self._is_changed = False
        except StorageError as error:
            logger.info("no new backup of the resume data: %s", error)
            with contextlib.suppress(OSError):
                os.remove(self.backup_path + ".new")

    def _copy(self) -> None:
        """Copy the database beside itself; the older backup stays until the new one is whole and on the disk."""
        fresh = self.backup_path + ".new"
        with contextlib.suppress(FileNotFoundError):
            os.remove(fresh)
        target = sqlite3.connect(fresh)
        try:
            self._connected().backup(target)
            # A single file, that can be read without write permission beside it.
            target.execute("PRAGMA journal_mode = DELETE")
        finally:
            target.close()
        _sync(fresh)
        os.replace(fresh, self.backup_path)
        _sync_folder(os.path.dirname(self.path) or ".")

    @contextlib.contextmanager
    def _sqlite_errors(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise StorageError(_code(error), self.path, detail=str(error)) from error
        except OSError as error:
            raise storage_error(error, self.path) from error


def _code(error: sqlite3.Error) -> str:
    """The StorageError code of what sqlite says."""
    match getattr(error, "sqlite_errorcode", 0) & 0xFF:
        case sqlite3.SQLITE_FULL:
            return "disk-full"
        case sqlite3.SQLITE_READONLY:
            return "read-only"
        case sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH | sqlite3.SQLITE_CANTOPEN:
            return "permission"
        case _:
            return "io-error"


def _set_aside(path: str) -> str:
    """Rename a damaged database and its logs after the time of its last change; answers the new path."""
    changed = datetime.fromtimestamp(os.stat(path).st_mtime, UTC)
    base = f"{path}.damaged-{changed:%Y%m%d-%H%M%S}"
    target, number = base, 1
    while os.path.exists(target):
        number += 1
        target = f"{base}-{number}"
    os.replace(path, target)
    for ending in ("-wal", "-shm"):
        with contextlib.suppress(FileNotFoundError):
            os.replace(path + ending, target + ending)
    return target


def _sync(path: str) -> None:
    # Windows syncs only what is open for writing.
    handle = os.open(path, os.O_RDWR | getattr(os, "O_BINARY", 0))
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(folder: str) -> None:
    if hasattr(os, "O_DIRECTORY"):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
