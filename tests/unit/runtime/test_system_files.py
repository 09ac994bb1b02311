from __future__ import annotations

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest
import send2trash

from shoal.runtime.files import SystemFiles
from shoal.runtime.world import FolderEntry

POSIX = pytest.mark.skipif(sys.platform == "win32", reason="POSIX file types")


@pytest.fixture
def files() -> SystemFiles:
    return SystemFiles()


def test_create_makes_parents_and_positioned_calls_agree(files: SystemFiles, tmp_path: Path) -> None:
    path = str(tmp_path / "a" / "b" / "file")
    handle = files.open(path, write=True, create=True)
    assert files.pwrite(handle, memoryview(b"world"), 5) == 5
    assert files.pwrite(handle, memoryview(b"hello"), 0) == 5
    buffer = bytearray(20)
    assert files.pread_into(handle, memoryview(buffer), 2) == 8
    assert buffer[:8] == b"lloworld"
    assert files.pread_into(handle, memoryview(buffer), 10) == 0
    files.sync(handle)
    files.close(handle)
    assert Path(path).read_bytes() == b"helloworld"


def test_the_calls_for_systems_without_positioned_ones_agree(files: SystemFiles, tmp_path: Path) -> None:
    handle = files.open(str(tmp_path / "file"), write=True, create=True)
    assert files.seek_and_write(handle, memoryview(b"abcdef"), 3) == 6
    buffer = bytearray(4)
    assert files.seek_and_read(handle, memoryview(buffer), 2) == 4
    assert buffer == b"\0abc"
    assert files.seek_and_read(handle, memoryview(buffer), 9) == 0
    files.close(handle)


def test_open_without_create_needs_the_file(files: SystemFiles, tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        files.open(str(tmp_path / "missing"), write=True)


def test_a_handle_for_reading_refuses_writes(files: SystemFiles, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x")
    handle = files.open(str(path), write=False)
    with pytest.raises(OSError, match=r".") as caught:
        files.pwrite(handle, memoryview(b"y"), 0)
    files.close(handle)
    assert caught.value.errno == errno.EBADF
    assert path.read_bytes() == b"x"


@POSIX
@pytest.mark.parametrize("create", [False, True])
def test_a_symlink_is_never_followed(files: SystemFiles, tmp_path: Path, create: bool) -> None:
    target = tmp_path / "target"
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OSError, match=r".") as caught:
        files.open(str(tmp_path / "link"), write=True, create=create)
    assert caught.value.errno == errno.ELOOP
    assert not target.exists()


@POSIX
def test_folders_and_fifos_are_refused_without_blocking(files: SystemFiles, tmp_path: Path) -> None:
    fifo = tmp_path / "fifo"
    os.mkfifo(fifo)
    for path, code in ((fifo, errno.EINVAL), (tmp_path, errno.EISDIR)):
        with pytest.raises(OSError, match=r".") as caught:
            files.open(str(path), write=False)
        assert caught.value.errno == code


def test_truncate_grows_sparse_and_shrinks(files: SystemFiles, tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    handle = files.open(path, write=True, create=True)
    files.truncate(handle, 1 << 20)
    found = files.stat(path)
    assert found is not None
    assert found.size == 1 << 20
    files.truncate(handle, 3)
    files.close(handle)
    assert os.path.getsize(path) == 3


def test_allocate_reserves_and_never_shrinks(files: SystemFiles, tmp_path: Path) -> None:
    path = str(tmp_path / "file")
    handle = files.open(path, write=True, create=True)
    files.allocate(handle, 0)
    files.allocate(handle, 1 << 20)
    found = files.stat(path)
    assert found is not None
    assert found.size == 1 << 20
    if sys.platform == "linux":
        assert found.allocated >= 1 << 20
    files.allocate(handle, 10)
    files.close(handle)
    assert os.path.getsize(path) == 1 << 20


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="no posix_fallocate here")
@pytest.mark.parametrize("code", [errno.EINVAL, errno.EOPNOTSUPP])
def test_allocate_falls_back_to_truncate(
    files: SystemFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    def refuse(handle: int, offset: int, size: int) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    path = tmp_path / "file"
    handle = files.open(str(path), write=True, create=True)
    files.allocate(handle, 5000)
    files.allocate(handle, 10)
    files.close(handle)
    assert path.stat().st_size == 5000


@pytest.mark.skipif(not hasattr(os, "posix_fallocate"), reason="no posix_fallocate here")
def test_a_full_disk_is_reported_by_allocate(
    files: SystemFiles, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int, offset: int, size: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "posix_fallocate", refuse)
    handle = files.open(str(tmp_path / "file"), write=True, create=True)
    with pytest.raises(OSError, match=r".") as caught:
        files.allocate(handle, 5000)
    files.close(handle)
    assert caught.value.errno == errno.ENOSPC


def test_stat_describes_without_following(files: SystemFiles, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"12345")
    found = files.stat(str(path))
    assert found is not None
    assert (found.size, found.is_regular, found.mtime_ns) == (5, True, path.stat().st_mtime_ns)
    assert files.stat(str(tmp_path / "missing")) is None
    assert files.stat(str(path / "below a file")) is None
    folder = files.stat(str(tmp_path))
    assert folder is not None
    assert not folder.is_regular


@POSIX
def test_stat_of_a_symlink_is_not_a_regular_file(files: SystemFiles, tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"1")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    found = files.stat(str(tmp_path / "link"))
    assert found is not None
    assert not found.is_regular


def test_replace_and_remove(files: SystemFiles, tmp_path: Path) -> None:
    source, target = tmp_path / "source", tmp_path / "target"
    source.write_bytes(b"new")
    target.write_bytes(b"old")
    files.replace(str(source), str(target))
    assert target.read_bytes() == b"new"
    assert not source.exists()
    files.remove(str(target))
    with pytest.raises(FileNotFoundError):
        files.remove(str(target))


def test_only_empty_folders_are_removed(files: SystemFiles, tmp_path: Path) -> None:
    folder = tmp_path / "a"
    files.make_folders(str(folder / "b"))
    files.make_folders(str(folder / "b"))
    assert files.remove_empty_folder(str(folder)) is False
    assert files.remove_empty_folder(str(folder / "b")) is True
    assert files.remove_empty_folder(str(folder / "b")) is False
    (folder / "file").write_bytes(b"")
    assert files.remove_empty_folder(str(folder / "file")) is False


def test_list_folder_names_each_kind(files: SystemFiles, tmp_path: Path) -> None:
    (tmp_path / ".hidden").write_bytes(b"")
    (tmp_path / "folder").mkdir()
    expected = {FolderEntry(".hidden", "file"), FolderEntry("folder", "folder")}
    if sys.platform != "win32":
        (tmp_path / "link").symlink_to(tmp_path / "folder")
        os.mkfifo(tmp_path / "fifo")
        expected |= {FolderEntry("link", "symlink"), FolderEntry("fifo", "other")}
    assert set(files.list_folder(str(tmp_path))) == expected
    with pytest.raises(FileNotFoundError):
        files.list_folder(str(tmp_path / "missing"))


@POSIX
def test_make_executable_follows_who_may_read_and_no_symlink(files: SystemFiles, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"")
    path.chmod(0o640)
    files.make_executable(str(path))
    assert path.stat().st_mode & 0o777 == 0o750
    path.chmod(0o640)
    (tmp_path / "link").symlink_to(path)
    with pytest.raises(OSError, match=r"."):
        files.make_executable(str(tmp_path / "link"))
    assert path.stat().st_mode & 0o777 == 0o640


def test_free_bytes_of_a_folder_that_is_not_there_yet(files: SystemFiles, tmp_path: Path) -> None:
    assert files.free_bytes(str(tmp_path / "not" / "yet")) > 0
    (tmp_path / "file").write_bytes(b"")
    assert files.free_bytes(str(tmp_path / "file" / "below")) > 0


@POSIX
def test_resolve_follows_every_symlink(files: SystemFiles, tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "real")
    assert files.resolve(str(tmp_path / "link" / "file")) == os.path.realpath(tmp_path / "real" / "file")


def test_rename_never_overwrites_and_may_change_the_case(files: SystemFiles, tmp_path: Path) -> None:
    one, two = tmp_path / "one", tmp_path / "two"
    one.write_bytes(b"1")
    two.write_bytes(b"2")
    with pytest.raises(FileExistsError):
        files.rename(str(one), str(two))
    with pytest.raises(FileNotFoundError):
        files.rename(str(tmp_path / "none"), str(tmp_path / "three"))
    files.rename(str(one), str(tmp_path / "ONE"))
    files.sync_folder(str(tmp_path))
    files.sync_folder(str(tmp_path / "gone"))
    assert sorted(os.listdir(tmp_path)) == ["ONE", "two"]
    assert two.read_bytes() == b"2"


@POSIX
def test_rename_does_not_take_another_name_of_the_same_file_for_free(files: SystemFiles, tmp_path: Path) -> None:
    (tmp_path / "one").write_bytes(b"1")
    os.link(tmp_path / "one", tmp_path / "two")
    with pytest.raises(FileExistsError):
        files.rename(str(tmp_path / "one"), str(tmp_path / "two"))


def test_times_are_set_and_volumes_are_told_apart_by_device(files: SystemFiles, tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"1")
    files.set_mtime(str(tmp_path / "file"), 1_700_000_000_000_000_000)
    assert (tmp_path / "file").stat().st_mtime_ns == 1_700_000_000_000_000_000
    room = files.disk_room(str(tmp_path / "not" / "yet"))
    assert 0 < room.free <= room.total
    assert room.device == files.disk_room(str(tmp_path)).device


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the wastebasket of freedesktop.org")
def test_the_wastebasket_takes_a_folder_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "album").mkdir()
    (tmp_path / "album" / "song").write_bytes(b"la")
    # In a process of its own, because the library looks for the wastebasket once.
    script = (
        "import sys, send2trash, send2trash.plat_other as plain\n"
        "send2trash.send2trash = plain.send2trash\n"
        "from shoal.runtime.files import SystemFiles\n"
        "SystemFiles().trash(sys.argv[1])\n"
    )
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path / "data"), "PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", script, str(tmp_path / "album")], env=environment, check=True, timeout=60)
    assert not (tmp_path / "album").exists()
    assert (tmp_path / "data" / "Trash" / "files" / "album" / "song").read_bytes() == b"la"


@pytest.mark.parametrize("refusal", [PermissionError(errno.EPERM, "no"), RuntimeError("gio says no")])
def test_any_refusal_of_the_wastebasket_is_an_oserror(
    files: SystemFiles, monkeypatch: pytest.MonkeyPatch, refusal: Exception
) -> None:
    def refuse(path: str) -> None:
        raise refusal

    monkeypatch.setattr(send2trash, "send2trash", refuse)
    with pytest.raises(OSError, match="no"):
        files.trash("/nowhere/file")
