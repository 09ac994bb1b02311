"""Re-check finds exactly the bad pieces, tells how far it is, and stops when asked."""

from __future__ import annotations

import asyncio
import errno
import os
import random
import threading
from pathlib import Path

import pytest
from tests.support.faulty_files import FaultyFiles
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, InlineWorkers, Scene, make_scene

from shoal.engine.storage.checker import RUN_BYTES, Checker, good_pieces, split_runs
from shoal.engine.storage.errors import StorageError
from shoal.metainfo.bitfield import all_pieces, iterate
from shoal.runtime.files import SystemFiles
from shoal.runtime.workers import ThreadWorkers


async def check(scene: Scene, pieces: int | None = None, threads: int = 1) -> int:
    return await Checker(InlineWorkers(), scene.disk()).run(lambda done, good: None, pieces=pieces, threads=threads)


def ignore(done: int, good: int) -> None:
    """Progress that nobody looks at."""


async def test_all_is_good_where_all_is_there(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    assert await check(scene) == all_pieces(scene.piece_count)


@pytest.mark.parametrize("seed", range(8))
async def test_random_damage_makes_exactly_the_touched_pieces_bad(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    sizes = [rng.randrange(1, 60_000) for _ in range(rng.randrange(1, 9))]
    scene = make_scene(tmp_path, sizes, rng.choice((16_384, 5_000, 700_000)))
    scene.store_all()
    bad: set[int] = set()
    for _ in range(rng.randrange(4)):
        place = rng.randrange(len(scene.data))
        span = scene.layout.spans(place, 1)[0]
        scene.overwrite(span.file_index, span.file_offset, bytes([scene.data[place] ^ 0xFF]))
        bad.add(place // scene.layout.piece_length)
    good = await check(scene, threads=2)
    assert all_pieces(scene.piece_count) & ~good == sum(1 << index for index in bad)


async def test_missing_and_short_files_are_bad_without_a_read(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [16_384] * 6)
    scene.store_all()
    os.remove(scene.path(1))
    os.truncate(scene.path(4), 16_383)
    scene.files = FaultyFiles(SystemFiles(), kinds={"pread_into"})
    assert await check(scene) == 0b101101
    assert scene.files.count == 4


async def test_nothing_is_made_by_a_check_of_nothing(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    assert await check(scene) == 0
    assert os.listdir(tmp_path) == []


async def test_only_the_asked_pieces_are_looked_at(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    assert await check(scene, pieces=0b10010) == 0b10010


async def test_padding_and_the_part_file_are_checked_too(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [10_000, 6_384, 20_000, 30_000], pads=[1])
    disk = scene.disk([NORMAL, NORMAL, NORMAL, SKIP])
    disk.prepare()
    scene.write(disk, [0, 1, 2])
    assert await Checker(InlineWorkers(), disk).run(ignore) == 0b111


async def test_a_file_cut_during_the_check_costs_its_own_pieces_only(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [16_384] * 6)
    scene.store_all()
    disk = scene.disk()
    disk.survey()
    os.truncate(scene.path(2), 10)
    assert good_pieces(disk, range(6)) == 0b111011


async def test_a_failing_disk_is_an_error_and_not_a_bad_piece(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, files=FaultyFiles(SystemFiles(), kinds={"pread_into"}, fail_on=3))
    scene.store_all()
    with pytest.raises(StorageError) as caught:
        await check(scene)
    assert (caught.value.code, caught.value.errno) == ("io-error", errno.EIO)


async def test_progress_rises_to_the_end_in_a_bounded_number_of_steps(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [3_000_000], 1_000)
    scene.store_all()
    told: list[tuple[int, int]] = []
    good = await Checker(InlineWorkers(), scene.disk()).run(lambda done, good: told.append((done, good)))
    assert told[-1] == (3_000, good)
    assert [done for done, _ in told] == sorted({done for done, _ in told})
    assert len(told) <= 1_024


async def test_a_cancelled_check_waits_for_its_jobs_and_starts_no_more(tmp_path: Path) -> None:
    entered, may_go = threading.Event(), threading.Event()

    class Slow(SystemFiles):
        reads = 0

        def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
            self.reads += 1
            entered.set()
            may_go.wait(20)
            return super().pread_into(handle, buffer, offset)

    files = Slow()
    scene = make_scene(tmp_path, [4 * RUN_BYTES], 1 << 20, files=files)
    scene.store_holes()
    scene.hashes = bytes(20 * scene.piece_count)
    workers = ThreadWorkers(asyncio.get_running_loop(), check_threads=1)
    try:
        task = asyncio.ensure_future(Checker(workers, scene.disk()).run(ignore, threads=1))
        await asyncio.to_thread(entered.wait, 20)
        task.cancel()
        # Two turns of the loop bring the cancellation to the checker; only then may its threads go on.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        may_go.set()
        with pytest.raises(asyncio.CancelledError):
            await task
        reads = files.reads
        assert reads < 8
        await workers.run(lambda: None, lane="check")
        assert files.reads == reads
    finally:
        workers.close()


async def test_real_threads_agree_with_one(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [20 << 20, 20 << 20], 1 << 20)
    scene.store_all()
    scene.overwrite(1, 5 << 20, b"damage")
    workers = ThreadWorkers(asyncio.get_running_loop(), check_threads=3)
    try:
        good = await Checker(workers, scene.disk()).run(ignore, threads=3)
    finally:
        workers.close()
    assert all_pieces(40) & ~good == 1 << 25


async def test_an_error_in_progress_ends_the_check(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()

    def fail(done: int, good: int) -> None:
        raise KeyError(done)

    with pytest.raises(KeyError):
        await Checker(InlineWorkers(), scene.disk()).run(fail)


@pytest.mark.parametrize("pieces", [0, 1, 0b1011001, all_pieces(40), 1 << 999 | 0b110])
def test_runs_cover_the_set_exactly_and_stay_short(pieces: int) -> None:
    runs = list(split_runs(pieces, 1_000, 4 << 20))
    assert [index for run in runs for index in run] == list(iterate(pieces))
    assert all(0 < len(run) <= 4 for run in runs)
