"""The disk in memory keeps the contract of `Files`: each test of it runs on the real disk as well."""

from __future__ import annotations

import errno
import os
import random
import sys
from pathlib import Path

import pytest
from tests.support.faulty_files import ALL_KINDS, FaultyFiles, PowerLossFiles
from tests.support.sim_files import MemoryFiles
from tests.support.sim_memory_file import PAGE_BYTES

from shoal.runtime.files import SystemFiles
from shoal.runtime.world import Files, FolderEntry


class Disk:
    """A disk under test, and where to work on it."""

    def __init__(self, files: Files, root: str) -> None:
        self.files, self.root = files, root

    def path(self, *names: str) -> str:
        return "/".join((self.root, *names))

    def write(self, path: str, data: bytes, offset: int = 0) -> None:
        handle = self.files.open(path, write=True, create=True)
        assert self.files.pwrite(handle, memoryview(data), offset) == len(data)
        self.files.close(handle)

    def read(self, path: str) -> bytes:
        handle = self.files.open(path, write=False)
        buffer = bytearray(1 << 20)
        size = self.files.pread_into(handle, memoryview(buffer), 0)
        self.files.close(handle)
        return bytes(buffer[:size])

    def symlink(self, path: str, target: str) -> None:
        files = self.files.inner if isinstance(self.files, FaultyFiles) else self.files
        if isinstance(files, MemoryFiles):
            files.symlink(path, target)
        else:
            os.symlink(target, path)


@pytest.fixture(
    params=[
        pytest.param("real", marks=pytest.mark.skipif(sys.platform == "win32", reason="POSIX rules are compared")),
        "memory",
        "power loss",
        "faulty",
    ]
)
def disk(request: pytest.FixtureRequest, tmp_path: Path) -> Disk:
    if request.param == "real":
        return Disk(SystemFiles(), str(tmp_path))
    files = PowerLossFiles() if request.param == "power loss" else MemoryFiles()
    files.make_folders("/root")
    return Disk(FaultyFiles(files) if request.param == "faulty" else files, "/root")


def code_of(call: object) -> int | None:
    with pytest.raises(OSError, match=r".") as caught:
        call()  # type: ignore[operator]
    return caught.value.errno


def test_reads_and_writes_at_any_offset(disk: Disk) -> None:
    rng = random.Random(1)
    model = bytearray()
    path = disk.path("a", "b", "file")
    for _ in range(60):
        offset, data = rng.randrange(100_000), rng.randbytes(rng.randrange(1, 40_000))
        disk.write(path, data, offset)
        model.extend(bytes(max(0, offset + len(data) - len(model))))
        model[offset : offset + len(data)] = data
    assert disk.read(path) == model
    handle = disk.files.open(path, write=False)
    buffer = bytearray(1000)
    assert disk.files.pread_into(handle, memoryview(buffer), len(model) - 10) == 10
    assert buffer[:10] == model[-10:]
    assert disk.files.pread_into(handle, memoryview(buffer), len(model)) == 0
    assert disk.files.pread_into(handle, memoryview(buffer), len(model) + 99) == 0
    disk.files.close(handle)


def test_sizes_change_by_truncate_and_allocate(disk: Disk) -> None:
    path = disk.path("file")
    disk.write(path, b"x" * 50_000)
    handle = disk.files.open(path, write=True)
    disk.files.truncate(handle, 20_000)
    disk.files.truncate(handle, 60_000)
    disk.files.allocate(handle, 100_000)
    disk.files.allocate(handle, 10)
    disk.files.sync(handle)
    disk.files.close(handle)
    assert disk.read(path) == b"x" * 20_000 + bytes(80_000)
    found = disk.files.stat(path)
    assert found is not None
    assert (found.size, found.is_regular) == (100_000, True)
    assert found.allocated >= 100_000


def test_what_open_refuses(disk: Disk) -> None:
    files = disk.files
    disk.write(disk.path("file"), b"x")
    disk.symlink(disk.path("link"), disk.path("file"))
    disk.symlink(disk.path("dangling"), disk.path("nowhere"))
    assert code_of(lambda: files.open(disk.path("missing"), write=True)) == errno.ENOENT
    assert code_of(lambda: files.open(disk.root, write=False)) == errno.EISDIR
    assert code_of(lambda: files.open(disk.path("link"), write=False)) == errno.ELOOP
    assert code_of(lambda: files.open(disk.path("dangling"), write=True, create=True)) == errno.ELOOP
    assert code_of(lambda: files.open(disk.path("file", "below"), write=True)) == errno.ENOTDIR
    assert code_of(lambda: files.open(disk.path("n" * 256), write=True, create=True)) == errno.ENAMETOOLONG
    handle = files.open(disk.path("file"), write=False)
    assert code_of(lambda: files.pwrite(handle, memoryview(b"y"), 0)) == errno.EBADF
    files.close(handle)
    assert code_of(lambda: files.close(handle)) == errno.EBADF


def test_names_move_and_go(disk: Disk) -> None:
    files = disk.files
    disk.write(disk.path("a"), b"new")
    disk.write(disk.path("b"), b"old")
    files.replace(disk.path("a"), disk.path("b"))
    assert disk.read(disk.path("b")) == b"new"
    assert files.stat(disk.path("a")) is None
    assert code_of(lambda: files.replace(disk.path("a"), disk.path("b"))) == errno.ENOENT
    assert code_of(lambda: files.replace(disk.path("b"), disk.path("no", "folder"))) == errno.ENOENT
    files.remove(disk.path("b"))
    assert code_of(lambda: files.remove(disk.path("b"))) == errno.ENOENT


def test_an_open_file_outlives_its_name(disk: Disk) -> None:
    disk.write(disk.path("file"), b"data")
    handle = disk.files.open(disk.path("file"), write=True)
    disk.files.remove(disk.path("file"))
    disk.write(disk.path("file"), b"another")
    buffer = bytearray(4)
    assert disk.files.pread_into(handle, memoryview(buffer), 0) == 4
    disk.files.close(handle)
    assert buffer == b"data"


def test_folders(disk: Disk) -> None:
    files = disk.files
    files.make_folders(disk.path("a", "b"))
    files.make_folders(disk.path("a", "b"))
    disk.write(disk.path("a", "file"), b"")
    disk.symlink(disk.path("a", "link"), "file")
    assert sorted(files.list_folder(disk.path("a"))) == [
        FolderEntry("b", "folder"),
        FolderEntry("file", "file"),
        FolderEntry("link", "symlink"),
    ]
    assert code_of(lambda: files.list_folder(disk.path("missing"))) == errno.ENOENT
    assert code_of(lambda: files.list_folder(disk.path("a", "file"))) == errno.ENOTDIR
    assert code_of(lambda: files.make_folders(disk.path("a", "file"))) == errno.EEXIST
    assert files.remove_empty_folder(disk.path("a")) is False
    assert files.remove_empty_folder(disk.path("a", "b")) is True
    assert files.remove_empty_folder(disk.path("a", "b")) is False
    assert files.remove_empty_folder(disk.path("a", "file")) is False


def test_symlinks_are_seen_and_resolved(disk: Disk) -> None:
    files = disk.files
    files.make_folders(disk.path("real"))
    disk.symlink(disk.path("alias"), "real")
    disk.write(disk.path("alias", "file"), b"through the alias")
    assert disk.read(disk.path("real", "file")) == b"through the alias"
    found = files.stat(disk.path("alias"))
    assert found is not None
    assert not found.is_regular
    assert files.resolve(disk.path("alias", "x", "..", "file")) == files.resolve(disk.path("real", "file"))
    files.make_executable(disk.path("alias", "file"))
    disk.symlink(disk.path("to file"), disk.path("real", "file"))
    assert code_of(lambda: files.make_executable(disk.path("to file"))) == errno.ELOOP
    assert files.free_bytes(disk.path("not", "yet")) > 0


def test_renaming_never_overwrites_and_takes_folders_along(disk: Disk) -> None:
    files = disk.files
    disk.write(disk.path("a", "deep", "file"), b"1")
    disk.write(disk.path("b"), b"2")
    assert code_of(lambda: files.rename(disk.path("a", "deep", "file"), disk.path("b"))) == errno.EEXIST
    assert code_of(lambda: files.rename(disk.path("none"), disk.path("c"))) == errno.ENOENT
    assert code_of(lambda: files.rename(disk.path("b"), disk.path("no folder", "b"))) == errno.ENOENT
    files.rename(disk.path("a"), disk.path("c"))
    files.sync_folder(disk.path("c"))
    assert disk.read(disk.path("c", "deep", "file")) == b"1"
    assert files.stat(disk.path("a")) is None
    files.set_mtime(disk.path("b"), 1_500_000_000_000_000_000)
    found = files.stat(disk.path("b"))
    assert found is not None
    assert found.mtime_ns == 1_500_000_000_000_000_000
    room = files.disk_room(disk.path("c", "not", "yet"))
    assert room.device == files.disk_room(disk.path("b")).device
    assert 0 < room.free <= room.total


def test_volumes_have_their_own_room_and_take_no_renames_from_others() -> None:
    files = MemoryFiles(capacity_bytes=2 * PAGE_BYTES)
    files.make_folders("/usb")
    files.volumes["/usb"] = PAGE_BYTES
    files.write_file("/file", b"x")
    assert code_of(lambda: files.rename("/file", "/usb/file")) == errno.EXDEV
    assert (files.free_bytes("/"), files.free_bytes("/usb/a")) == (PAGE_BYTES, PAGE_BYTES)
    files.write_file("/usb/file", b"x")
    handle = files.open("/usb/more", write=True, create=True)
    assert code_of(lambda: files.pwrite(handle, memoryview(b"y"), 0)) == errno.ENOSPC
    files.trash("/usb/file")
    assert files.pwrite(handle, memoryview(b"y"), 0) == 1
    files.has_wastebasket = False
    assert code_of(lambda: files.trash("/file")) == errno.EPERM
    assert files.trashed == ["/usb/file"]


def test_times_come_from_the_simulations_calendar() -> None:
    now = 1000.5
    files = MemoryFiles(lambda: now)
    files.write_file("/file", b"x")
    first = files.stat("/file")
    now = 2000.0
    handle = files.open("/file", write=True)
    second = files.stat("/file")
    files.pwrite(handle, memoryview(b"y"), 0)
    third = files.stat("/file")
    assert first is not None
    assert second is not None
    assert third is not None
    assert (first.mtime_ns, second.mtime_ns, third.mtime_ns) == (1000_500_000_000, 1000_500_000_000, 2000_000_000_000)


def test_a_full_disk_writes_short_and_then_refuses() -> None:
    files = MemoryFiles(capacity_bytes=3 * PAGE_BYTES)
    handle = files.open("/file", write=True, create=True)
    assert files.free_bytes("/") == 3 * PAGE_BYTES
    assert files.pwrite(handle, memoryview(bytes(5 * PAGE_BYTES)), 0) == 3 * PAGE_BYTES
    assert code_of(lambda: files.pwrite(handle, memoryview(b"x"), 3 * PAGE_BYTES)) == errno.ENOSPC
    assert files.pwrite(handle, memoryview(b"over what is there"), 0) == 18
    assert code_of(lambda: files.allocate(handle, 4 * PAGE_BYTES)) == errno.ENOSPC
    files.capacity_bytes = 4 * PAGE_BYTES
    files.allocate(handle, 4 * PAGE_BYTES)
    assert files.free_bytes("/") == 0
    assert files.pwrite(handle, memoryview(bytes(PAGE_BYTES)), 3 * PAGE_BYTES) == PAGE_BYTES
    files.truncate(handle, 0)
    assert files.free_bytes("/") == 4 * PAGE_BYTES
    files.close(handle)
    assert files.open_handles == 0


def test_sparse_files_take_no_room() -> None:
    files = MemoryFiles(capacity_bytes=PAGE_BYTES)
    handle = files.open("/file", write=True, create=True)
    files.truncate(handle, 1 << 40)
    assert files.pwrite(handle, memoryview(b"x"), 1 << 39) == 1
    found = files.stat("/file")
    assert found is not None
    assert (found.size, found.allocated) == (1 << 40, PAGE_BYTES)


def test_read_only_denied_and_broken_places() -> None:
    files = MemoryFiles()
    files.write_file("/a/file", b"data")
    handle = files.open("/a/file", write=True)
    files.is_read_only = True
    for call in (
        lambda: files.open("/a/file", write=True),
        lambda: files.open("/new", write=True, create=True),
        lambda: files.remove("/a/file"),
        lambda: files.make_folders("/b"),
        lambda: files.replace("/a/file", "/b"),
    ):
        assert code_of(call) == errno.EROFS
    files.is_read_only = False
    files.denied.add("/a")
    assert code_of(lambda: files.open("/a/file", write=False)) == errno.EACCES
    assert code_of(lambda: files.stat("/a/file")) == errno.EACCES
    files.denied.clear()
    files.broken.add("/a/file")
    assert code_of(lambda: files.pread_into(handle, memoryview(bytearray(4)), 0)) == errno.EIO
    assert code_of(lambda: files.pwrite(handle, memoryview(b"x"), 0)) == errno.EIO
    assert code_of(lambda: files.sync(handle)) == errno.EIO


def test_a_volume_goes_away_and_comes_back() -> None:
    files = MemoryFiles()
    files.write_file("/media/disk/file", b"data")
    handle = files.open("/media/disk/file", write=False)
    files.unmount("/media/disk")
    assert files.stat("/media/disk/file") is None
    assert files.list_folder("/media/disk") == []
    assert code_of(lambda: files.pread_into(handle, memoryview(bytearray(4)), 0)) == errno.EIO
    files.mount("/media/disk")
    assert files.read_file("/media/disk/file") == b"data"
    assert files.paths() == ["/media/disk/file"]


def test_the_nth_call_fails_once_or_for_good() -> None:
    def use(files: FaultyFiles) -> None:
        handle = files.open("/file", write=True, create=True)
        try:
            files.pwrite(handle, memoryview(b"data"), 0)
            files.sync(handle)
        finally:
            files.close(handle)
        files.stat("/file")

    healthy = FaultyFiles(MemoryFiles())
    use(healthy)
    assert healthy.count == 5
    assert [line.split()[0] for line in healthy.log] == ["open", "pwrite", "sync", "close", "stat"]
    for nth in range(1, healthy.count + 1):
        disk = MemoryFiles()
        files = FaultyFiles(disk, fail_on=nth, error=errno.ENOSPC)
        assert code_of(lambda files=files: use(files)) == errno.ENOSPC
        assert files.failed == 1
        assert disk.open_handles == 0
        use(files)
    dead = FaultyFiles(MemoryFiles(), fail_on=2, keeps_failing=True, kinds={"stat", "sync"})
    use_all = dead.open("/file", write=True, create=True)
    dead.sync(use_all)
    for _ in range(3):
        assert code_of(lambda: dead.stat("/file")) == errno.EIO
    dead.heal()
    assert dead.stat("/file") is not None
    with pytest.raises(ValueError, match="sideways"):
        FaultyFiles(MemoryFiles(), kinds={"sideways"})


def test_every_call_of_files_can_be_failed() -> None:
    methods = {name for name in vars(Files) if not name.startswith("_")}
    assert methods == ALL_KINDS
    assert methods <= vars(FaultyFiles).keys()


def test_short_transfers() -> None:
    files = FaultyFiles(MemoryFiles(), max_transfer_bytes=3)
    handle = files.open("/file", write=True, create=True)
    assert files.pwrite(handle, memoryview(b"abcdef"), 0) == 3
    buffer = bytearray(6)
    assert files.pread_into(handle, memoryview(buffer), 1) == 2


def test_a_crash_loses_what_was_not_synced_and_a_kill_loses_nothing() -> None:
    disk = PowerLossFiles(lambda: 5.0)
    handle = disk.open("/d/file", write=True, create=True)
    disk.pwrite(handle, memoryview(b"old"), 0)
    disk.sync(handle)
    disk.pwrite(handle, memoryview(b"NEW and longer"), 0)
    fresh = disk.open("/d/never synced", write=True, create=True)
    disk.pwrite(fresh, memoryview(b"gone"), 0)
    crashed, killed, kept = disk.crash(), disk.kill(), disk.crash(keeps_metadata=True)
    assert crashed.read_file("/d/file") == b"old"
    assert crashed.read_file("/d/never synced") == b""
    assert killed.read_file("/d/file") == b"NEW and longer"
    assert killed.read_file("/d/never synced") == b"gone"
    assert kept.read_file("/d/file") == b"old" + bytes(11)
    assert kept.stat("/d/file") == killed.stat("/d/file")
    assert crashed.open_handles == 0
    # What survived a kill is still not synced.
    assert killed.crash().read_file("/d/file") == b"old"
    # The old disk lives on apart.
    disk.pwrite(handle, memoryview(b"later"), 0)
    disk.sync(handle)
    assert crashed.read_file("/d/file") == b"old"
    assert killed.read_file("/d/file") == b"NEW and longer"


def test_a_torn_crash_keeps_some_pages_and_repeats_with_its_seed() -> None:
    disk = PowerLossFiles()
    handle = disk.open("/file", write=True, create=True)
    disk.truncate(handle, 64 * PAGE_BYTES)
    disk.sync(handle)
    disk.pwrite(handle, memoryview(b"\1" * (64 * PAGE_BYTES)), 0)
    torn = disk.crash(random.Random(3)).read_file("/file")
    pages = [torn[start : start + PAGE_BYTES] for start in range(0, len(torn), PAGE_BYTES)]
    assert len(pages) == 64
    assert set(pages) == {bytes(PAGE_BYTES), b"\1" * PAGE_BYTES}
    assert disk.crash(random.Random(3)).read_file("/file") == torn
    assert disk.crash(random.Random(4)).read_file("/file") != torn


def test_names_survive_a_crash_in_the_state_they_had() -> None:
    disk = PowerLossFiles()
    disk.write_file("/d/a", b"A")
    disk.symlink("/d/link", "a")
    disk.replace("/d/a", "/d/b")
    disk.make_folders("/d/empty")
    crashed = disk.crash()
    assert crashed.read_file("/d/b") == b"A"
    assert crashed.stat("/d/a") is None
    assert crashed.list_folder("/d/empty") == []
