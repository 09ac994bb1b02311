"""The read cache: one read for many, views that stay right, never a byte of an unverified piece."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.support.faulty_files import FaultyFiles
from tests.unit.engine.storage.storage_scene import InlineWorkers, Scene, make_scene

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.read_cache import ReadCache
from shoal.runtime.files import SystemFiles

KEY = 7
BLOCK = 16_384


async def load(cache: ReadCache, scene: Scene, disk: TorrentDisk, offset: int, length: int) -> StorageError | None:
    future: asyncio.Future[StorageError | None] = asyncio.get_running_loop().create_future()
    cache.load(KEY, disk, offset, length, scene.layout.total_length, future.set_result)
    return await future


async def test_what_was_loaded_is_looked_up_without_another_read(tmp_path: Path) -> None:
    workers = InlineWorkers()
    scene = make_scene(tmp_path, [400_000, 300_001], 1 << 18)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(workers, 10 << 20, 1 << 16)
    for offset in range(0, len(scene.data), BLOCK):
        length = min(BLOCK, len(scene.data) - offset)
        if cache.lookup(KEY, offset, length) is None:
            assert await load(cache, scene, disk, offset, length) is None
        assert cache.lookup(KEY, offset, length) == scene.data[offset : offset + length]
    assert workers.jobs == {"read": 11}
    assert cache.held_bytes == len(scene.data)


async def test_a_request_over_two_slabs_is_joined(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [300_000], 1 << 18)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(InlineWorkers(), 10 << 20, 1 << 16)
    for offset in (65_000, (1 << 18) - 5_000):
        assert cache.lookup(KEY, offset, 9_000) is None
        assert await load(cache, scene, disk, offset, 9_000) is None
        assert cache.lookup(KEY, offset, 9_000) == scene.data[offset : offset + 9_000]


async def test_equal_reads_are_done_once_and_answer_all_who_wait(tmp_path: Path) -> None:
    workers = InlineWorkers()
    scene = make_scene(tmp_path, [300_000], 1 << 18)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(workers, 10 << 20)
    answers = await asyncio.gather(*(load(cache, scene, disk, index * BLOCK, BLOCK) for index in range(16)))
    assert answers == [None] * 16
    assert workers.jobs == {"read": 1}


async def test_the_least_recently_used_slab_goes_first_and_the_capacity_holds(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [20 * BLOCK], BLOCK)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(InlineWorkers(), 4 * BLOCK)
    for index in range(4):
        await load(cache, scene, disk, index * BLOCK, BLOCK)
    assert cache.lookup(KEY, 0, BLOCK) is not None
    await load(cache, scene, disk, 9 * BLOCK, BLOCK)
    assert [index for index in range(20) if cache.lookup(KEY, index * BLOCK, BLOCK) is not None] == [0, 2, 3, 9]
    assert cache.held_bytes == 4 * BLOCK


async def test_a_view_stays_right_after_its_slab_is_gone(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [20 * BLOCK], BLOCK)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(InlineWorkers(), BLOCK)
    await load(cache, scene, disk, 0, BLOCK)
    view = cache.lookup(KEY, 0, BLOCK)
    for index in range(1, 20):
        await load(cache, scene, disk, index * BLOCK, BLOCK)
    cache.drop(KEY)
    assert view == scene.data[:BLOCK]
    assert isinstance(view, memoryview)
    assert view.readonly


async def test_a_slab_never_reaches_into_a_neighbour_piece_that_may_not_be_verified(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [10 * BLOCK], BLOCK)
    disk = scene.disk()
    disk.prepare()
    cache = ReadCache(InlineWorkers(), 1 << 20, 1 << 18)
    scene.write(disk, [0])
    assert await load(cache, scene, disk, 0, BLOCK) is None
    scene.write(disk, [1])
    assert cache.lookup(KEY, BLOCK, BLOCK) is None
    assert await load(cache, scene, disk, BLOCK, BLOCK) is None
    assert cache.lookup(KEY, BLOCK, BLOCK) == scene.piece(1)


async def test_a_read_that_fails_is_told_to_all_and_not_kept(tmp_path: Path) -> None:
    files = FaultyFiles(SystemFiles(), kinds={"pread_into"}, fail_on=1)
    scene = make_scene(tmp_path, [300_000], 1 << 18, files=files)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(InlineWorkers(), 10 << 20)
    answers = await asyncio.gather(*(load(cache, scene, disk, index * BLOCK, BLOCK) for index in range(3)))
    assert [error.code for error in answers if error is not None] == ["io-error"] * 3
    assert cache.lookup(KEY, 0, BLOCK) is None
    assert await load(cache, scene, disk, 0, BLOCK) is None
    assert cache.lookup(KEY, 0, BLOCK) == scene.data[:BLOCK]


async def test_a_read_under_way_when_its_torrent_is_dropped_is_answered_and_not_kept(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [300_000], 1 << 18)
    scene.store_all()
    disk = scene.disk()
    cache = ReadCache(InlineWorkers(), 10 << 20)
    before = asyncio.ensure_future(load(cache, scene, disk, 0, BLOCK))
    await asyncio.sleep(0)
    cache.drop(KEY)
    assert await before is None
    assert cache.lookup(KEY, 0, BLOCK) is None
    assert cache.held_bytes == 0


async def test_torrents_do_not_mix(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [300_000], 1 << 18)
    scene.store_all()
    cache = ReadCache(InlineWorkers(), 10 << 20)
    await load(cache, scene, scene.disk(), 0, BLOCK)
    assert cache.lookup(KEY + 1, 0, BLOCK) is None
    cache.drop(KEY + 1)
    assert cache.lookup(KEY, 0, BLOCK) is not None
