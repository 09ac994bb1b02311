"""Verify, write and read: what goes to which file, and what never does."""

from __future__ import annotations

import errno
import hashlib
import os
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, make_scene

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.runtime.files import SystemFiles


def test_every_piece_written_comes_back_and_fills_the_files(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    assert [scene.on_disk(index) for index in range(5)] == [scene.file_bytes(index) for index in range(5)]
    assert [scene.read_piece(disk, index) for index in range(scene.piece_count)] == [
        scene.piece(index) for index in range(scene.piece_count)
    ]
    assert not os.path.exists(scene.part_path)


def test_a_wrong_piece_writes_nothing_and_answers_the_digest_of_each_block(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [40_000], piece_length=40_000)
    disk = scene.disk()
    disk.prepare()
    wrong = bytearray(scene.piece(0))
    wrong[20_000] ^= 1
    result = disk.verify_and_write(0, memoryview(wrong))
    blocks = [bytes(wrong[begin : begin + 16_384]) for begin in range(0, 40_000, 16_384)]
    assert not result.is_good
    assert result.block_digests == tuple(hashlib.sha1(block).digest() for block in blocks)
    assert scene.on_disk(0) is None
    good = disk.block_digests(0, memoryview(scene.piece(0)))
    assert [a == b for a, b in zip(good, result.block_digests, strict=True)] == [True, False, True]


def test_a_piece_of_the_wrong_length_is_refused(tmp_path: Path) -> None:
    disk = make_scene(tmp_path).disk()
    with pytest.raises(ValueError, match="bytes for piece"):
        disk.verify_and_write(0, memoryview(b"short"))


def test_padding_is_never_written_and_reads_as_zeros(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [10_000, 6_384, 16_384], pads=[1])
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    assert scene.on_disk(1) is None
    assert scene.read_piece(disk, 0) == scene.piece(0)
    assert disk.file_stats()[1] is None


def test_short_writes_and_short_reads_are_continued(tmp_path: Path) -> None:
    class Stingy(SystemFiles):
        def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
            return super().pwrite(handle, data[:1_000], offset)

        def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
            return super().pread_into(handle, buffer[:777], offset)

    scene = make_scene(tmp_path, files=Stingy())
    disk = scene.disk([NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    disk.prepare()
    scene.write(disk, range(6))
    assert [scene.read_piece(disk, index) for index in range(6)] == [scene.piece(index) for index in range(6)]


def test_a_write_that_takes_nothing_is_an_error_and_no_endless_loop(tmp_path: Path) -> None:
    class Stuck(SystemFiles):
        def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
            return 0

    scene = make_scene(tmp_path, files=Stuck())
    disk = scene.disk()
    disk.prepare()
    with pytest.raises(StorageError) as caught:
        disk.verify_and_write(0, memoryview(scene.piece(0)))
    assert caught.value.code == "io-error"


def test_a_file_gets_its_full_size_with_its_first_byte(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    assert scene.on_disk(0) is None
    scene.write(disk, [1])
    assert len(scene.on_disk(0) or b"") == 50_000


def test_a_longer_file_in_our_place_is_cut_when_we_write_to_it(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    with open(scene.path(0), "ab") as stream:
        stream.write(b"tail of something else")
    disk = scene.disk()
    disk.prepare()
    scene.write(disk, [0])
    assert scene.on_disk(0) == scene.file_bytes(0)


def test_offsets_beyond_two_gigabytes_work_in_a_sparse_file(tmp_path: Path) -> None:
    big = 5 << 30
    scene = make_scene(tmp_path, [1], piece_length=1)
    layout = FileLayout((TorrentFile(("big",), big, 0),), 1 << 20)
    last = layout.geometry.last_piece
    data = os.urandom(1 << 20)
    hashes = hashlib.sha1(data).digest() * layout.geometry.piece_count
    disk = TorrentDisk(
        scene.files,
        layout,
        scene.root,
        piece_hashes=hashes,
        part_path=scene.part_path,
        priorities=[NORMAL],
        open_files=scene.open_files,
    )
    assert disk.verify_and_write(last, memoryview(data)).is_good
    buffer = bytearray(1 << 20)
    disk.read(last << 20, memoryview(buffer))
    assert buffer == data
    found = scene.files.stat(os.path.join(scene.root, "big"))
    assert found is not None
    assert found.size == big
    assert found.allocated < 64 << 20


@pytest.mark.parametrize(
    ("spoil", "code"),
    [
        (os.remove, "missing"),
        (lambda path: os.truncate(path, 100), "missing"),
    ],
)
def test_files_deleted_or_cut_before_reading_are_missing(tmp_path: Path, spoil: object, code: str) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    spoil(scene.path(0))  # type: ignore[operator]
    with pytest.raises(StorageError) as caught:
        scene.read_piece(scene.disk(), 0)
    assert caught.value.code == code
    assert caught.value.path == scene.path(0)


@pytest.mark.parametrize("spoil", [os.remove, lambda path: os.truncate(path, 100)])
def test_sync_notices_a_file_deleted_or_cut_under_us(tmp_path: Path, spoil: object) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    spoil(scene.path(2))  # type: ignore[operator]
    with pytest.raises(StorageError) as caught:
        disk.sync()
    assert (caught.value.code, caught.value.path) == ("missing", scene.path(2))


def test_a_write_after_the_folder_went_away_makes_nothing_in_the_empty_mount_point(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    os.rename(os.path.join(scene.root, "album"), os.path.join(scene.root, "gone"))
    with pytest.raises(StorageError) as caught:
        scene.write(disk, [0])
    assert caught.value.code == "missing"
    assert not os.path.exists(os.path.join(scene.root, "album"))


def test_a_full_disk_says_how_much_room_lacks(tmp_path: Path) -> None:
    class Full(SystemFiles):
        def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
            raise OSError(errno.ENOSPC, "No space left on device")

        def free_bytes(self, folder: str) -> int:
            return 0 if os.path.exists(scene.path(0)) else 1 << 40

    scene = make_scene(tmp_path, files=Full())
    disk = scene.disk()
    disk.prepare()
    with pytest.raises(StorageError) as caught:
        scene.write(disk, [0])
    assert caught.value.code == "disk-full"
    assert caught.value.missing_bytes == 120_007


def test_many_files_work_with_few_descriptors(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [3_000] * 60, descriptors=3)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    disk.sync()
    assert len(scene.open_files) <= 3
    assert all(scene.on_disk(index) == scene.file_bytes(index) for index in range(60))


def test_stats_follow_our_writes_and_not_those_of_others(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    disk.sync()
    ours = disk.file_stats()
    found = ours[2]
    assert found is not None
    assert (found.size, found.mtime_ns) == (40_000, os.stat(scene.path(2)).st_mtime_ns)
    os.utime(scene.path(2), ns=(1, 1))
    assert disk.file_stats() == ours
    afresh = disk.file_stats(afresh=True)[2]
    assert afresh is not None
    assert afresh.mtime_ns == 1


def test_pieces_that_lack_bytes_are_known_without_reading(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    assert scene.disk().lacking_pieces() == 0
    os.truncate(scene.path(0), 20_000)
    os.remove(scene.path(4))
    lacking = scene.disk().lacking_pieces()
    # 50,000 bytes end in piece 3; file 4 begins at 90,007, in piece 5.
    assert [index for index in range(scene.piece_count) if lacking >> index & 1] == [1, 2, 3, 5, 6, 7]
