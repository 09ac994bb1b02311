"""Rows of histories: what is damaged is dropped, and nothing else notices."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from shoal.engine.session.history_store import EVENTS, MOST_BYTES, SESSION_ID, SPEED, HistoryRow, HistoryStore
from shoal.engine.session.resume_store import ResumeStore

ONE, TWO = "1" * 40, "2" * 40


@pytest.fixture
def path(tmp_path: Path) -> str:
    store = ResumeStore(str(tmp_path / "resume.db"))
    store.load()
    store.close()
    return store.path


def change(path: str, statement: str, *values: object) -> None:
    connection = sqlite3.connect(path)
    connection.execute(statement, values)
    connection.commit()
    connection.close()


def test_what_is_written_is_read_by_the_next_one(path: str) -> None:
    store = HistoryStore(path)
    rows = [HistoryRow(ONE, SPEED, b"s" * 9000), HistoryRow(ONE, EVENTS, b"e"), HistoryRow(TWO, EVENTS, b"other")]
    assert store.write(rows)
    assert store.read(ONE) == {SPEED: b"s" * 9000, EVENTS: b"e"}
    assert store.write([HistoryRow(ONE, SPEED, None), HistoryRow(ONE, EVENTS, b"newer")])
    assert HistoryStore(path).read(ONE) == {EVENTS: b"newer"}


def test_rows_of_strangers_go_at_the_end_and_the_sessions_stays(path: str) -> None:
    store = HistoryStore(path)
    store.write([HistoryRow(ONE, SPEED, b"s"), HistoryRow(TWO, SPEED, b"s"), HistoryRow(SESSION_ID, SPEED, b"all")])
    change(path, "INSERT INTO torrent VALUES (?, '', '', '')", ONE)
    store.close()
    store.close()
    store = HistoryStore(path)
    assert [bool(store.read(torrent_id)) for torrent_id in (ONE, TWO, SESSION_ID)] == [True, False, True]


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE history SET data = zeroblob(9) WHERE kind = 'speed'",
        "UPDATE history SET data = 'text' WHERE kind = 'speed'",
        "UPDATE history SET checksum = zeroblob(16) WHERE kind = 'speed'",
    ],
)
def test_damaged_row_is_dropped(path: str, damage: str) -> None:
    HistoryStore(path).write([HistoryRow(ONE, SPEED, b"s"), HistoryRow(ONE, EVENTS, b"e")])
    change(path, damage)
    store = HistoryStore(path)
    assert store.read(ONE) == {EVENTS: b"e"}
    assert store.write([HistoryRow(ONE, SPEED, b"again")])
    assert store.read(ONE) == {SPEED: b"again", EVENTS: b"e"}


def test_a_row_cannot_be_taken_for_anothers(path: str) -> None:
    HistoryStore(path).write([HistoryRow(ONE, SPEED, b"s")])
    change(path, "UPDATE history SET id = ?", TWO)
    assert HistoryStore(path).read(TWO) == {}


def test_a_database_without_the_table_refuses_quietly(path: str) -> None:
    change(path, "DROP TABLE history")
    store = HistoryStore(path)
    assert store.read(ONE) == {}
    assert not store.write([HistoryRow(ONE, SPEED, b"s")])
    store.close()


def test_no_database_is_made_where_there_is_none(tmp_path: Path) -> None:
    store = HistoryStore(str(tmp_path / "nothing.db"))
    assert not store.write([HistoryRow(ONE, SPEED, b"s")])
    assert list(tmp_path.iterdir()) == []


def test_of_a_newer_shoal_it_is_only_read(path: str) -> None:
    HistoryStore(path).write([HistoryRow(ONE, SPEED, b"s")])
    store = HistoryStore(path, is_read_only=True)
    assert store.write([HistoryRow(ONE, SPEED, b"changed")])
    assert store.read(ONE) == {SPEED: b"s"}
    store.close()
    assert HistoryStore(path).read(ONE) == {SPEED: b"s"}


def test_too_large_a_row_is_not_kept(path: str) -> None:
    store = HistoryStore(path)
    assert store.write([HistoryRow(ONE, SPEED, bytes(MOST_BYTES + 1))])
    assert store.read(ONE) == {}
