"""The tables of the resume database: schema and its upgrades, checked rows in and out, what counts as damage."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import quote

from shoal.engine.session.resume_rows import RowError, checksum, decode_state, encode_state
from shoal.engine.torrent.resume import ResumeRecord

BUSY_MILLISECONDS = 5_000

# Each script lifts the schema by one version; `PRAGMA user_version` says how many have run.
MIGRATIONS = (
    """
    CREATE TABLE metainfo (id TEXT PRIMARY KEY, data BLOB NOT NULL, checksum BLOB NOT NULL);
    CREATE TABLE torrent (id TEXT PRIMARY KEY, state TEXT NOT NULL, have BLOB NOT NULL, checksum BLOB NOT NULL);
    """,
    """
    CREATE TABLE damaged (id TEXT NOT NULL, part TEXT NOT NULL, state TEXT, data BLOB);
    """,
    """
    CREATE TABLE history (
        id TEXT NOT NULL, kind TEXT NOT NULL, data BLOB NOT NULL, checksum BLOB NOT NULL, PRIMARY KEY (id, kind)
    );
    """,
)
SCHEMA_VERSION = len(MIGRATIONS)


@dataclass(slots=True)
class Contents:
    """All good rows of one database, and the ids of the bad ones."""

    records: dict[str, ResumeRecord] = field(default_factory=dict)
    unknown: dict[str, dict[str, object]] = field(default_factory=dict)
    damaged: set[str] = field(default_factory=set)
    is_readable: bool = True


class DatabaseDamage(Exception):  # noqa: N818 - a state of the database, turned into a repair at once
    """The database cannot be used."""


@contextlib.contextmanager
def damage() -> Iterator[None]:
    """Raise `DatabaseDamage` for what a damaged database makes sqlite say; everything else is the disk's refusal."""
    try:
        yield
    except sqlite3.Error as error:
        if not is_damage(error):
            raise
        raise DatabaseDamage(str(error)) from error


def is_damage(error: sqlite3.Error) -> bool:
    # SQLITE_ERROR is "no such table": the file is whole, and not what it says it is.
    codes = (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT, sqlite3.SQLITE_ERROR)
    return getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT) & 0xFF in codes


def open_database(path: str, options: str = "") -> sqlite3.Connection:
    target = "file:" + quote(os.path.abspath(path)) + options
    connection = sqlite3.connect(
        target, uri=True, timeout=BUSY_MILLISECONDS / 1000, isolation_level=None, check_same_thread=False
    )
    # A row of damaged text must cost itself, not the query.
    connection.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
    return connection


def migrate(connection: sqlite3.Connection) -> None:
    version = int(connection.execute("PRAGMA user_version").fetchone()[0])
    for number in range(version, SCHEMA_VERSION):
        connection.executescript(f"BEGIN IMMEDIATE; {MIGRATIONS[number]} PRAGMA user_version = {number + 1}; COMMIT;")


@contextlib.contextmanager
def transaction(connection: sqlite3.Connection) -> Iterator[None]:
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    except BaseException:
        # sqlite may have rolled back by itself (disk full), which makes this one an error.
        with contextlib.suppress(sqlite3.Error):
            connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")


def insert_metainfo(connection: sqlite3.Connection, record: ResumeRecord) -> None:
    connection.execute(
        "INSERT OR REPLACE INTO metainfo VALUES (?, ?, ?)",
        (record.torrent_id, record.metainfo, checksum(record.torrent_id, record.metainfo)),
    )


def insert_state(connection: sqlite3.Connection, record: ResumeRecord, unknown: dict[str, object]) -> None:
    state = encode_state(record, unknown)
    connection.execute(
        "INSERT OR REPLACE INTO torrent (id, state, have, checksum) VALUES (?, ?, ?, ?)",
        (record.torrent_id, state, record.have_bits, checksum(record.torrent_id, state.encode(), record.have_bits)),
    )


def read_rows(connection: sqlite3.Connection) -> Contents:
    """Every good row; columns that a newer version added are not looked at."""
    contents = Contents()
    metainfo: dict[str, bytes] = {}
    for table, columns in (("metainfo", "id, data, checksum"), ("torrent", "id, state, have, checksum")):
        try:
            for row in connection.execute(f"SELECT {columns} FROM {table}"):
                if table == "metainfo":
                    _read_metainfo(row, metainfo, contents)
                else:
                    _read_state(row, metainfo, contents)
        except sqlite3.Error as error:
            if not is_damage(error):
                raise
            contents.is_readable = False
    contents.damaged.update(metainfo.keys() - contents.records.keys())
    contents.damaged -= contents.records.keys()
    return contents


def _read_metainfo(row: tuple[object, ...], metainfo: dict[str, bytes], contents: Contents) -> None:
    torrent_id, data, expected = row
    if not isinstance(torrent_id, str):
        return
    if isinstance(data, bytes) and checksum(torrent_id, data) == expected:
        metainfo[torrent_id] = data
    else:
        contents.damaged.add(torrent_id)


def _read_state(row: tuple[object, ...], metainfo: dict[str, bytes], contents: Contents) -> None:
    torrent_id, state, have, expected = row
    if not isinstance(torrent_id, str):
        return
    try:
        if not isinstance(state, str) or not isinstance(have, bytes):
            raise RowError(f"{torrent_id}: columns of wrong types")
        if checksum(torrent_id, state.encode("utf-8", "surrogateescape"), have) != expected:
            raise RowError(f"{torrent_id}: the checksum differs")
        if torrent_id not in metainfo:
            raise RowError(f"{torrent_id}: no metainfo")
        record, unknown = decode_state(torrent_id, state, have, metainfo[torrent_id])
    except RowError:
        contents.damaged.add(torrent_id)
        return
    contents.records[torrent_id] = record
    contents.unknown[torrent_id] = unknown


def read_backup(path: str) -> Contents:
    """The rows of a backup; none when it is missing or damaged itself."""
    if not os.path.exists(path):
        return Contents()
    try:
        connection = open_database(path, "?mode=ro&immutable=1")
        try:
            return read_rows(connection)
        finally:
            connection.close()
    except sqlite3.Error:
        return Contents()
