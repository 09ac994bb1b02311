"""Hashing a folder for a new torrent: everything in it, in order, or a refusal that names why not."""

from __future__ import annotations

import asyncio
import hashlib
import os
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import InlineWorkers

from shoal.engine.storage.authoring_hash import MAX_DEPTH, RUN_BYTES, hash_tree, plan_tree
from shoal.engine.storage.errors import StorageError
from shoal.runtime.files import SystemFiles
from shoal.runtime.workers import ThreadWorkers

FILES = SystemFiles()


def fill(root: Path) -> bytes:
    (root / "b" / "deep").mkdir(parents=True)
    (root / "b" / "deep" / "x").write_bytes(os.urandom(70_000))
    (root / "b" / ".hidden").write_bytes(os.urandom(5))
    (root / "a").write_bytes(os.urandom(40_000))
    (root / "empty").write_bytes(b"")
    return (root / "a").read_bytes() + (root / "b/.hidden").read_bytes() + (root / "b/deep/x").read_bytes()


def test_every_file_is_planned_in_order_hidden_and_empty_ones_too(tmp_path: Path) -> None:
    fill(tmp_path)
    planned = plan_tree(FILES, str(tmp_path))
    assert [(entry.path, entry.size) for entry in planned] == [
        (("a",), 40_000),
        (("b", ".hidden"), 5),
        (("b", "deep", "x"), 70_000),
        (("empty",), 0),
    ]


@pytest.mark.parametrize("piece_length", [1, 16_384, 100_000, 1 << 20])
async def test_pieces_are_hashed_over_all_files_in_a_row(tmp_path: Path, piece_length: int) -> None:
    data = fill(tmp_path)[:1_000] if piece_length == 1 else fill(tmp_path)
    if piece_length == 1:
        for name in ("b/.hidden", "b/deep/x"):
            (tmp_path / name).unlink()
        (tmp_path / "a").write_bytes(data)
    told: list[tuple[int, int]] = []
    pieces = await hash_tree(
        InlineWorkers(),
        FILES,
        str(tmp_path),
        plan_tree(FILES, str(tmp_path)),
        piece_length=piece_length,
        progress=lambda done, total: told.append((done, total)),
    )
    assert pieces == b"".join(
        hashlib.sha1(data[start : start + piece_length]).digest() for start in range(0, len(data), piece_length)
    )
    assert told[-1] == (len(data), len(data))


async def test_two_threads_and_several_runs_give_the_same(tmp_path: Path) -> None:
    data = os.urandom(1 << 20) * (2 * RUN_BYTES // (1 << 20)) + b"end"
    (tmp_path / "one").write_bytes(data)
    workers = ThreadWorkers(asyncio.get_running_loop(), check_threads=2)
    try:
        path = str(tmp_path / "one")
        pieces = await hash_tree(workers, FILES, path, plan_tree(FILES, path), piece_length=1 << 20)
    finally:
        workers.close()
    assert pieces == b"".join(
        hashlib.sha1(data[start : start + (1 << 20)]).digest() for start in range(0, len(data), 1 << 20)
    )


@pytest.mark.parametrize("make", [lambda path: os.symlink("/etc/hostname", path), os.mkfifo])
def test_links_and_devices_are_refused_by_name(tmp_path: Path, make: object) -> None:
    fill(tmp_path)
    odd = str(tmp_path / "b" / "odd")
    make(odd)  # type: ignore[operator]
    with pytest.raises(StorageError) as caught:
        plan_tree(FILES, str(tmp_path))
    assert caught.value.path == odd
    assert caught.value.code == ("is-symlink" if os.path.islink(odd) else "not-a-file")


def test_what_is_not_there_is_missing(tmp_path: Path) -> None:
    with pytest.raises(StorageError) as caught:
        plan_tree(FILES, str(tmp_path / "nothing"))
    assert caught.value.code == "missing"


def test_folders_may_be_so_deep_and_no_deeper(tmp_path: Path) -> None:
    deep = tmp_path.joinpath(*["d"] * (MAX_DEPTH - 1))
    deep.mkdir(parents=True)
    (deep / "file").write_bytes(b"x")
    assert len(plan_tree(FILES, str(tmp_path))) == 1
    (deep / "d").mkdir()
    with pytest.raises(StorageError) as caught:
        plan_tree(FILES, str(tmp_path))
    assert caught.value.code == "name-too-long"


@pytest.mark.parametrize("change", [lambda path: os.truncate(path, 10), lambda path: os.utime(path, ns=(5, 5))])
async def test_a_file_that_changes_while_it_is_hashed_is_an_error(tmp_path: Path, change: object) -> None:
    fill(tmp_path)
    planned = plan_tree(FILES, str(tmp_path))
    change(tmp_path / "a")  # type: ignore[operator]
    with pytest.raises(StorageError) as caught:
        await hash_tree(InlineWorkers(), FILES, str(tmp_path), planned, piece_length=16_384)
    assert caught.value.path == str(tmp_path / "a")
    assert "changed" in str(caught.value)


async def test_nothing_to_hash_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="at least one byte"):
        await hash_tree(InlineWorkers(), FILES, str(tmp_path), plan_tree(FILES, str(tmp_path)), piece_length=16_384)


async def test_a_cancelled_task_ends_at_once(tmp_path: Path) -> None:
    (tmp_path / "big").touch()
    os.truncate(tmp_path / "big", 3 * RUN_BYTES)
    planned = plan_tree(FILES, str(tmp_path))
    task = asyncio.ensure_future(
        hash_tree(InlineWorkers(), FILES, str(tmp_path), planned, piece_length=RUN_BYTES, threads=1)
    )
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
