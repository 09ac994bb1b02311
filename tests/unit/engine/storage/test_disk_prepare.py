"""Before the first byte: room, folders, allocation, and everything that may lie in the way."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, make_scene

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.open_files import OpenFiles
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.runtime.files import SystemFiles


def tree(root: str) -> set[str]:
    return {os.path.relpath(os.path.join(folder, name), root) for folder, _, names in os.walk(root) for name in names}


def test_folders_and_empty_files_are_made_and_other_files_wait_for_their_bytes(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    report = scene.disk().prepare()
    assert tree(scene.root) == {"album/d3/f3"}
    assert os.path.isdir(os.path.join(scene.root, "album", "d1"))
    assert report.needed_bytes == 120_007
    assert report.damaged_pieces == ()


def test_the_executable_attribute_is_set(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, executables=[0, 3])
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    assert [bool(os.stat(scene.path(index)).st_mode & stat.S_IXUSR) for index in (0, 2, 3)] == [True, False, True]


def test_too_little_room_is_said_before_anything_is_made(tmp_path: Path) -> None:
    class Small(SystemFiles):
        def free_bytes(self, folder: str) -> int:
            return 100_000

    scene = make_scene(tmp_path, files=Small())
    with pytest.raises(StorageError) as caught:
        scene.disk().prepare()
    assert (caught.value.code, caught.value.missing_bytes) == ("disk-full", 20_007)
    assert os.listdir(scene.root) == []
    everything_but_one = scene.disk([NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    # 90,000 bytes, and the part file's share of the two boundary pieces.
    with pytest.raises(StorageError) as caught:
        everything_but_one.prepare()
    assert caught.value.missing_bytes == 90_000 + 2 * 16_384 - 100_000


def test_bytes_that_are_there_need_no_room_again(tmp_path: Path) -> None:
    class Packed(SystemFiles):
        """A file system that compresses: little is allocated for much."""

        def stat(self, path: str):  # type: ignore[no-untyped-def]
            found = super().stat(path)
            return found and found._replace(allocated=0)

        def free_bytes(self, folder: str) -> int:
            return 1_000

    scene = make_scene(tmp_path, files=Packed())
    scene.store_all()
    with pytest.raises(StorageError):
        scene.disk().prepare()
    assert scene.disk().prepare(have_bits=(1 << scene.piece_count) - 1).needed_bytes == 0


@pytest.mark.parametrize("is_full", [False, True])
def test_allocation_is_sparse_or_full(tmp_path: Path, is_full: bool) -> None:
    scene = make_scene(tmp_path, [3 << 20], 1 << 20)
    disk = scene.disk()
    told: list[tuple[int, int]] = []
    disk.prepare(is_full, progress=lambda done, total: told.append((done, total)))
    found = scene.files.stat(scene.path(0))
    if is_full:
        assert found is not None
        assert found.size == 3 << 20
        assert found.allocated >= 3 << 20
        assert told[-1] == (3 << 20, 3 << 20)
    else:
        assert found is None
    scene.write(disk)
    assert scene.on_disk(0) == scene.data


def test_full_allocation_stops_between_two_slices_when_cancelled(tmp_path: Path) -> None:
    scene = make_scene(tmp_path, [50_000, 50_000, 50_000])
    told: list[int] = []
    report = scene.disk().prepare(
        True, cancelled=lambda: len(told) == 2, progress=lambda done, total: told.append(done)
    )
    assert report.is_cancelled
    assert scene.on_disk(2) is None


def test_nothing_is_made_where_the_files_should_already_be(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    with pytest.raises(StorageError) as caught:
        scene.disk().prepare(must_exist=True)
    assert caught.value.code == "missing"
    assert os.listdir(scene.root) == []
    scene.store_all()
    assert scene.disk().prepare(must_exist=True).needed_bytes == 0


@pytest.mark.parametrize("is_outside", [True, False])
def test_a_parent_folder_that_is_a_symlink_is_refused(tmp_path: Path, is_outside: bool) -> None:
    elsewhere = tmp_path / "elsewhere"
    inside = tmp_path / "root"
    elsewhere.mkdir()
    (inside / "album" / "real").mkdir(parents=True)
    scene = make_scene(inside)
    os.symlink(elsewhere if is_outside else inside / "album" / "real", inside / "album" / "d1")
    disk = scene.disk()
    with pytest.raises(StorageError) as caught:
        disk.prepare()
    assert caught.value.code == ("outside-folder" if is_outside else "is-symlink")
    with pytest.raises(StorageError):
        scene.write(disk)
    assert os.listdir(elsewhere) == []
    assert os.listdir(inside / "album" / "real") == []


def test_a_symlink_put_in_after_prepare_is_not_written_through(tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.mkdir()
    (victim / "f1").write_bytes(b"precious")
    scene = make_scene(tmp_path / "root")
    os.mkdir(tmp_path / "root")
    disk = scene.disk()
    disk.prepare()
    os.rmdir(os.path.dirname(scene.path(1)))
    os.symlink(victim, os.path.dirname(scene.path(1)))
    with pytest.raises(StorageError) as caught:
        scene.write(disk)
    assert caught.value.code == "outside-folder"
    assert (victim / "f1").read_bytes() == b"precious"


@pytest.mark.parametrize(
    ("put", "code"),
    [
        (os.mkdir, "not-a-file"),
        (os.mkfifo, "not-a-file"),
        (lambda path: os.symlink("/etc/hostname", path), "outside-folder"),
        (lambda path: os.symlink(os.path.dirname(path), path), "is-symlink"),
    ],
    ids=["folder", "fifo", "link-out", "link-in"],
)
def test_what_is_no_file_in_the_place_of_one_is_refused(tmp_path: Path, put: object, code: str) -> None:
    scene = make_scene(tmp_path)
    os.mkdir(os.path.join(scene.root, "album"))
    put(scene.path(0))  # type: ignore[operator]
    before = os.lstat(scene.path(0))
    with pytest.raises(StorageError) as caught:
        scene.disk().prepare()
    assert (caught.value.code, caught.value.path) == (code, scene.path(0))
    disk = scene.disk()
    with pytest.raises(StorageError):
        scene.write(disk)
    with pytest.raises(StorageError):
        scene.read_piece(disk, 0)
    assert os.lstat(scene.path(0)).st_mode == before.st_mode


def test_what_is_no_file_in_the_place_of_a_skipped_one_is_left_alone(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    os.makedirs(scene.path(2))
    disk = scene.disk([NORMAL, NORMAL, SKIP, NORMAL, NORMAL])
    disk.prepare()
    scene.write(disk, [3])
    assert scene.read_piece(disk, 3) == scene.piece(3)
    assert os.listdir(scene.path(2)) == []


def test_the_chosen_folder_itself_may_be_a_symlink(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    os.symlink(tmp_path / "real", tmp_path / "link")
    scene = make_scene(tmp_path)
    scene.root = str(tmp_path / "link")
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    assert (tmp_path / "real" / "album" / "f0").read_bytes() == scene.file_bytes(0)


@pytest.mark.parametrize("element", ["..", ".", "", "a/b", "a\0b"])
def test_a_path_element_that_could_lead_out_is_refused(tmp_path: Path, element: str) -> None:
    files = SystemFiles()
    disk = TorrentDisk(
        files,
        FileLayout((TorrentFile((element, "x"), 1, 0),), 1),
        str(tmp_path),
        piece_hashes=bytes(20),
        part_path=str(tmp_path / ".parts"),
        priorities=[NORMAL],
        open_files=OpenFiles(files),
    )
    with pytest.raises(StorageError) as caught:
        disk.prepare()
    assert caught.value.code == "outside-folder"
    assert os.listdir(tmp_path) == []


def test_a_folder_that_may_not_be_read_is_a_permission_error(tmp_path: Path) -> None:
    class Locked(SystemFiles):
        def stat(self, path: str):  # type: ignore[no-untyped-def]
            raise PermissionError(13, "Permission denied", path)

    with pytest.raises(StorageError) as caught:
        make_scene(tmp_path, files=Locked()).disk().prepare()
    assert caught.value.code == "permission"


def test_preparing_twice_changes_nothing(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk([NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    disk.prepare()
    scene.write(disk, range(6))
    disk.sync()
    before = disk.file_stats()
    disk.prepare()
    assert disk.file_stats() == before
    assert all(scene.read_piece(disk, index) == scene.piece(index) for index in range(6))
