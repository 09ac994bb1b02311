"""The resume store: nothing saved is lost to a kill, damage costs one entry at most, and nothing is deleted."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from shoal.engine.session.resume_rows import checksum, encode_state
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.session.resume_tables import MIGRATIONS, SCHEMA_VERSION
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.resume import ResumeRecord


def record(number: int, **changes: object) -> ResumeRecord:
    made = ResumeRecord(
        torrent_id=f"{number:040x}",
        metainfo=bytes([number]) * 5_000,
        folder="/downloads/\udce9t\u00e9",
        have_bits=bytes([number, 255]),
        file_stats=((10, 1_700_000_000_000_000_123), None, (0, -1)),
        priorities=(4, 0, 7),
        is_started=number % 2 == 0,
        sequential=True,
        first_last_first=True,
        full_allocation=True,
        down_limit=1,
        up_limit=2,
        uploaded=2**60,
        downloaded=4,
        wasted=5,
        added_at=1_700_000_000.25,
        completed_at=1_700_000_001.5,
        queue_position=number,
        active_seconds=1234.5,
        last_activity=1_700_000_002.5,
        skips_queue=True,
        label="Linux \u00e9",
        name="Another name",
        tiers=(("http://tracker.invalid/announce", "udp://tracker.invalid:1"), ("http://two.invalid/announce",)),
        extra_trackers=("http://tracker.invalid/announce",),
        renamed_paths=((0, "a/b"), (2, "c")),
        peers=(("127.0.0.1", 6881), ("::1", 1)),
    )
    return replace(made, **changes)  # type: ignore[arg-type]


def opened(path: Path) -> ResumeStore:
    store = ResumeStore(str(path / "state" / "resume.db"))
    store.load()
    return store


def database(store: ResumeStore) -> sqlite3.Connection:
    return sqlite3.connect(store.path, isolation_level=None)


def test_every_field_comes_back_in_the_order_of_the_queue(tmp_path: Path) -> None:
    store = opened(tmp_path)
    records = [record(number) for number in (3, 1, 2)]
    plain = ResumeRecord("f" * 40, b"m", "/x")
    store.save([*records, plain])
    store.close()
    report = ResumeStore(store.path).load()
    assert report.records == (plain, record(1), record(2), record(3))
    assert report.problems == ()


def test_metainfo_is_written_once_and_progress_every_time(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    store.save([record(1, metainfo=b"not looked at again", have_bits=b"\xff", uploaded=9)])
    store.close()
    (loaded,) = ResumeStore(store.path).load().records
    assert loaded == record(1, have_bits=b"\xff", uploaded=9)


def test_a_removed_torrent_is_gone_and_may_come_again(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1), record(2)])
    store.remove(record(1).torrent_id)
    store.remove("unknown")
    store.close()
    store = ResumeStore(store.path)
    assert store.load().records == (record(2),)
    store.save([record(1)])
    store.close()
    assert ResumeStore(store.path).load().records == (record(1), record(2))


def test_what_was_saved_survives_a_process_that_ends_without_closing(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(number) for number in range(20)])
    store.remove(record(3).torrent_id)
    # The first store is still open and never closed: what a kill leaves.
    report = ResumeStore(store.path).load()
    assert len(report.records) == 19


def test_a_process_killed_while_it_saves_leaves_whole_saves_only(tmp_path: Path) -> None:
    path = tmp_path / "resume.db"
    script = (
        "import sys\n"
        "from shoal.engine.session.resume_store import ResumeStore\n"
        "from shoal.engine.torrent.resume import ResumeRecord\n"
        "store = ResumeStore(sys.argv[1])\n"
        "store.load()\n"
        "for turn in range(100000):\n"
        "    ids = ['%040x' % number for number in range(50)]\n"
        "    store.save([ResumeRecord(name, b'm' * 2000, '/x', uploaded=turn) for name in ids])\n"
        "    print(turn, flush=True)\n"
    )
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(entry for entry in sys.path if entry)}
    for _ in range(3):
        process = subprocess.Popen(
            [sys.executable, "-c", script, str(path)], stdout=subprocess.PIPE, text=True, env=environment
        )
        assert process.stdout is not None
        told = -1
        for line in process.stdout:
            told = int(line)
            if told >= 20:
                break
        process.kill()
        process.wait()
        process.stdout.close()
        report = ResumeStore(str(path)).load()
        assert report.problems == ()
        assert len(report.records) == 50
        (turn,) = {entry.uploaded for entry in report.records}
        assert turn >= told


def test_a_damaged_row_is_taken_from_the_backup(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1), record(2)])
    store.close()
    with database(store) as connection:
        connection.execute("UPDATE torrent SET have = x'00' WHERE id = ?", (record(1).torrent_id,))
    report = ResumeStore(store.path).load()
    assert report.records == (record(1), record(2))
    assert [(entry.code, entry.params) for entry in report.problems] == [
        ("resume-entry-restored", {"id": record(1).torrent_id})
    ]
    assert ResumeStore(store.path).load().problems == ()


@pytest.mark.parametrize(
    "damage",
    [
        "UPDATE torrent SET state = 'not json' WHERE id = ?",
        "UPDATE torrent SET state = x'ff00' WHERE id = ?",
        "UPDATE torrent SET have = 5 WHERE id = ?",
        "UPDATE torrent SET checksum = x'' WHERE id = ?",
        "UPDATE metainfo SET data = x'00' WHERE id = ?",
        "DELETE FROM metainfo WHERE id = ?",
        "DELETE FROM torrent WHERE id = ?",
    ],
)
def test_one_bad_entry_costs_itself_only_and_its_remains_are_kept(tmp_path: Path, damage: str) -> None:
    store = opened(tmp_path)
    store.save([record(1), record(2), record(3)])
    with database(store) as connection:
        connection.execute(damage, (record(2).torrent_id,))
    report = ResumeStore(store.path).load()
    assert report.records == (record(1), record(3))
    assert [(entry.code, entry.params["id"]) for entry in report.problems] == [
        ("resume-entry-damaged", record(2).torrent_id)
    ]
    with database(store) as connection:
        assert connection.execute("SELECT DISTINCT id FROM damaged").fetchall() == [(record(2).torrent_id,)]
    again = ResumeStore(store.path)
    assert again.load().problems == ()
    again.save([record(2)])
    again.close()
    assert ResumeStore(store.path).load().records == (record(1), record(2), record(3))


def test_rows_swapped_between_torrents_are_not_believed(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1), record(2)])
    with database(store) as connection:
        one, two = record(1).torrent_id, record(2).torrent_id
        connection.execute("UPDATE torrent SET id = 'x' WHERE id = ?", (one,))
        connection.execute("UPDATE torrent SET id = ? WHERE id = ?", (one, two))
        connection.execute("UPDATE torrent SET id = ? WHERE id = 'x'", (two,))
    assert ResumeStore(store.path).load().records == ()


def set_aside(folder: Path) -> list[Path]:
    return sorted(entry for entry in folder.iterdir() if ".damaged-" in entry.name and entry.suffix not in (".wal",))


def test_a_file_that_is_no_database_is_set_aside_and_the_backup_used(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1), record(2)])
    store.close()
    Path(store.path).write_bytes(b"rubbish " * 2_000)
    again = ResumeStore(store.path)
    report = again.load()
    assert report.records == (record(1), record(2))
    assert [entry.code for entry in report.problems] == ["resume-damaged"]
    kept = Path(str(report.problems[0].params["kept_as"]))
    assert kept.read_bytes() == b"rubbish " * 2_000
    again.save([record(3)])
    again.close()
    assert len(ResumeStore(store.path).load().records) == 3


def test_damage_without_a_backup_gives_an_empty_list_and_keeps_the_file(tmp_path: Path) -> None:
    path = tmp_path / "resume.db"
    path.write_bytes(b"rubbish")
    report = ResumeStore(str(path)).load()
    assert report.records == ()
    assert [entry.code for entry in report.problems] == ["resume-damaged"]
    assert len(set_aside(tmp_path)) == 1


def test_two_damaged_ones_of_one_second_are_both_kept(tmp_path: Path) -> None:
    path = tmp_path / "resume.db"
    for content in (b"first rubbish", b"second rubbish"):
        path.write_bytes(content)
        os.utime(path, (1_000_000_000, 1_000_000_000))
        store = ResumeStore(str(path))
        store.load()
        store.close()
    assert {entry.read_bytes() for entry in set_aside(tmp_path)} == {b"first rubbish", b"second rubbish"}


@pytest.mark.parametrize("seed", range(12))
def test_pages_overwritten_with_rubbish_lose_nothing_that_the_backup_has(tmp_path: Path, seed: int) -> None:
    store = opened(tmp_path)
    store.save([record(number) for number in range(30)])
    store.close()
    raw = bytearray(Path(store.path).read_bytes())
    start = seed * len(raw) // 12 // 4096 * 4096
    raw[start : start + 4096] = bytes(range(256)) * 16
    Path(store.path).write_bytes(bytes(raw))
    report = ResumeStore(store.path).load()
    assert report.records == tuple(record(number) for number in range(30))


def test_a_newer_schema_is_read_and_never_written(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    store.close()
    with database(store) as connection:
        connection.execute("ALTER TABLE torrent ADD COLUMN colour TEXT")
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
    newer = ResumeStore(store.path)
    report = newer.load()
    assert report.records == (record(1),)
    assert [(entry.code, entry.params) for entry in report.problems] == [
        ("resume-newer", {"version": SCHEMA_VERSION + 1})
    ]
    assert newer.is_read_only
    newer.save([record(2)])
    newer.remove(record(1).torrent_id)
    newer.close()
    assert ResumeStore(store.path).load().records == (record(1),)


def test_an_older_schema_is_upgraded(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    store.close()
    with database(store) as connection:
        connection.execute("DROP TABLE damaged")
        connection.execute("PRAGMA user_version = 1")
    upgraded = ResumeStore(store.path)
    assert upgraded.load().records == (record(1),)
    upgraded.close()
    with database(store) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (len(MIGRATIONS),)
        assert connection.execute("SELECT count(*) FROM damaged").fetchone() == (0,)


def test_a_row_of_the_first_versions_is_read_with_what_they_did_not_know(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    state = (
        '{"folder":"/downloads","file_stats":[[10,7],null],"priorities":[4,0],"is_started":true,"sequential":false,'
        '"first_last_first":false,"full_allocation":false,"down_limit":0,"up_limit":5,"uploaded":1,"downloaded":2,'
        '"wasted":3,"added_at":1700000000.5,"completed_at":null,"queue_position":4,'
        '"extra_trackers":["udp://t.invalid:1"],"peers":[["127.0.0.1",6881]]}'
    )
    with database(store) as connection:
        torrent_id = record(1).torrent_id
        mark = checksum(torrent_id, state.encode(), b"\x80")
        connection.execute("UPDATE torrent SET state = ?, have = ?, checksum = ?", (state, b"\x80", mark))
    store.close()
    (read,) = ResumeStore(store.path).load().records
    assert read == ResumeRecord(
        torrent_id,
        record(1).metainfo,
        "/downloads",
        have_bits=b"\x80",
        file_stats=((10, 7), None),
        priorities=(4, 0),
        up_limit=5,
        uploaded=1,
        downloaded=2,
        wasted=3,
        added_at=1_700_000_000.5,
        queue_position=4,
        extra_trackers=("udp://t.invalid:1",),
        peers=(("127.0.0.1", 6881),),
    )
    assert (read.tiers, read.label, read.name, read.renamed_paths) == (None, "", "", ())


def test_keys_of_a_newer_version_are_kept(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    state = encode_state(record(1), {"colour": ["blue"]})
    digest = checksum(record(1).torrent_id, state.encode(), record(1).have_bits)
    with database(store) as connection:
        connection.execute("UPDATE torrent SET state = ?, checksum = ?", (state, digest))
    again = ResumeStore(store.path)
    again.load()
    again.save([record(1, uploaded=77)])
    with database(store) as connection:
        (text,) = connection.execute("SELECT state FROM torrent").fetchone()
    assert '"colour":["blue"]' in text
    assert '"uploaded":77' in text


def test_the_backup_is_made_at_a_clean_end_and_survives_a_failed_one(tmp_path: Path) -> None:
    store = opened(tmp_path)
    store.save([record(1)])
    store.close()
    backup = Path(store.backup_path).read_bytes()
    second = ResumeStore(store.path)
    second.load()
    second.save([record(2)])
    # Killed here: the backup is that of the clean end before.
    assert Path(store.backup_path).read_bytes() == backup
    second.close()
    second.close()
    assert Path(store.backup_path).read_bytes() != backup


def test_a_folder_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError) as caught:
        ResumeStore(str(tmp_path / "file" / "resume.db")).load()
    assert caught.value.code == "not-a-file"


def test_saving_before_loading_is_a_typed_error(tmp_path: Path) -> None:
    with pytest.raises(StorageError):
        ResumeStore(str(tmp_path / "resume.db")).save([record(1)])
