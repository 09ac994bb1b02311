"""Moving, finding, renaming and throwing away the files of a torrent on a real disk."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, Scene, make_scene

from shoal.api.errors import UserError
from shoal.engine.storage import file_copy, relocation
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.relocation import Relocation
from shoal.runtime.files import SystemFiles
from shoal.runtime.world import DiskRoom

IDENTITY = "1" * 40


class TwoVolumes(SystemFiles):
    """Everything below `there` is another volume, as far as names and devices tell."""

    def __init__(self, there: Path, *, admits_it: bool = True) -> None:
        super().__init__()
        self._there = str(there)
        self._admits_it = admits_it

    def _is_there(self, path: str) -> bool:
        return path.startswith(self._there)

    def rename(self, source: str, target: str) -> None:
        if self._is_there(source) != self._is_there(target):
            raise OSError(errno.EXDEV, os.strerror(errno.EXDEV), source)
        super().rename(source, target)

    def disk_room(self, folder: str) -> DiskRoom:
        device = "there" if self._is_there(folder) and self._admits_it else "here"
        return super().disk_room(folder)._replace(device=device)


class Wastebasket(SystemFiles):
    """Keeps what is thrown away in memory; takes `most` things."""

    def __init__(self, most: int = 1000) -> None:
        super().__init__()
        self.most = most
        self.taken: list[str] = []

    def trash(self, path: str) -> None:
        if len(self.taken) >= self.most:
            raise OSError(errno.EPERM, "no wastebasket")
        self.taken.append(path)
        if os.path.isdir(path):
            for folder, _, names in os.walk(path, topdown=False):
                for name in names:
                    os.remove(os.path.join(folder, name))
                os.rmdir(folder)
        else:
            os.remove(path)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relocation, "STEP_BYTES", 40_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 2)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 15_000)


def loaded(root: Path, files: SystemFiles, priorities: list[int] | None = None) -> tuple[Scene, TorrentDisk]:
    root.mkdir(parents=True, exist_ok=True)
    scene = make_scene(root, files=files)
    disk = scene.disk(priorities)
    disk.prepare()
    scene.write(disk)
    disk.sync()
    return scene, disk


def plan(disk: TorrentDisk, target: Path) -> Relocation:
    return disk.placement.plan_move(str(target), str(target / ".parts"), IDENTITY, must_exist=True)


def finish(disk: TorrentDisk, move: Relocation, target: Path) -> None:
    while not move.step():
        assert 0 <= move.done_bytes <= move.total_bytes
    disk.placement.look_in(str(target), str(target / ".parts"))
    move.remove_sources()


@pytest.mark.parametrize("kind", ["rename", "copy", "two mounts of one device"])
def test_files_and_part_file_move_with_their_times_and_nothing_stays(tmp_path: Path, kind: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there" / "deep"
    files = SystemFiles() if kind == "rename" else TwoVolumes(tmp_path / "there", admits_it=kind == "copy")
    scene, disk = loaded(here, files, [NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    assert os.path.exists(scene.part_path)
    os.utime(scene.path(0), ns=(10**18, 10**18))
    move = plan(disk, there)
    finish(disk, move, there)
    assert move.done_bytes == move.total_bytes
    assert os.listdir(here) == []
    assert os.stat(there / "album" / "f0").st_mtime_ns == 10**18
    assert sorted(os.listdir(there)) == [".parts", "album"]
    for index in range(scene.piece_count):
        assert scene.read_piece(disk, index) == scene.piece(index)
    disk.close()


def test_a_strangers_file_stays_where_it_is(tmp_path: Path) -> None:
    scene, disk = loaded(tmp_path / "here", SystemFiles())
    stranger = tmp_path / "here" / "album" / "notes.txt"
    stranger.write_text("mine")
    there = tmp_path / "there"
    finish(disk, plan(disk, there), there)
    assert [path.name for path in (tmp_path / "here" / "album").iterdir()] == ["notes.txt"]
    assert scene.read_piece(disk, 0) == scene.piece(0)
    disk.close()


@pytest.mark.parametrize("is_copy", [False, True])
def test_a_move_given_up_halfway_leaves_no_trace(tmp_path: Path, is_copy: bool) -> None:
    here, there = tmp_path / "here", tmp_path / "there" / "deep"
    scene, disk = loaded(here, TwoVolumes(tmp_path / "there") if is_copy else SystemFiles())
    (here / "album" / "notes.txt").write_text("mine")  # so that files are renamed one by one
    move = plan(disk, there)
    move.step()
    assert move.done_bytes > 0
    move.undo()
    assert not (tmp_path / "there").exists()
    for index in range(scene.piece_count):
        assert scene.read_piece(disk, index) == scene.piece(index)
    disk.close()


def test_a_file_that_changes_while_it_is_copied_ends_the_move(tmp_path: Path) -> None:
    scene, disk = loaded(tmp_path / "here", TwoVolumes(tmp_path / "there"))
    move = plan(disk, tmp_path / "there")
    move.step()
    scene.overwrite(0, 0, b"changed")
    with pytest.raises(StorageError, match="files-changed"):
        finish(disk, move, tmp_path / "there")
    move.undo()
    assert (tmp_path / "here" / "album" / "f0").read_bytes()[:7] == b"changed"
    assert not (tmp_path / "there").exists()
    disk.close()


def test_what_cannot_move_is_refused_before_anything_is_done(tmp_path: Path) -> None:
    scene, disk = loaded(tmp_path / "here", SystemFiles())
    with pytest.raises(UserError, match="same-folder"):
        plan(disk, tmp_path / "here")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "here")
    with pytest.raises(UserError, match="same-folder"):
        plan(disk, link)
    taken = tmp_path / "there" / "album" / "f2"
    taken.parent.mkdir(parents=True)
    taken.write_text("theirs")
    with pytest.raises(UserError, match="name-taken") as caught:
        plan(disk, tmp_path / "there")
    assert caught.value.reason.params == {"path": str(taken), "name": "f2"}
    disk.close()
    for path in (tmp_path / "here" / "album").rglob("*"):
        if path.is_file():
            path.unlink()
    with pytest.raises(StorageError, match="missing"):
        scene.disk().placement.plan_move(str(tmp_path / "x"), str(tmp_path / "x" / "p"), IDENTITY, must_exist=True)


def test_a_link_in_the_target_is_not_followed(tmp_path: Path) -> None:
    _, disk = loaded(tmp_path / "here", SystemFiles())
    (tmp_path / "there").mkdir()
    (tmp_path / "outside").mkdir()
    (tmp_path / "there" / "album").symlink_to(tmp_path / "outside")
    with pytest.raises((StorageError, UserError)):
        finish(disk, plan(disk, tmp_path / "there"), tmp_path / "there")
    assert os.listdir(tmp_path / "outside") == []
    disk.close()


def test_a_folder_with_a_strangers_file_is_renamed_with_it_and_files_one_by_one(tmp_path: Path) -> None:
    scene, disk = loaded(tmp_path, SystemFiles())
    stranger = tmp_path / "album" / "d1" / "notes.txt"
    stranger.write_text("mine")
    disk.placement.rename(("d1",), "folder")
    assert (tmp_path / "album" / "folder" / "notes.txt").read_text() == "mine"
    assert not stranger.parent.exists()
    disk.placement.rename(("f0",), "F0")  # only its case
    assert "F0" in os.listdir(tmp_path / "album")
    disk.placement.rename((), "records")
    assert os.listdir(tmp_path) == ["records"]
    for index in range(scene.piece_count):
        assert scene.read_piece(disk, index) == scene.piece(index)
    with pytest.raises(UserError, match="name-taken"):
        disk.placement.rename(("folder", "f1"), "notes.txt")
    disk.close()


def test_a_file_that_is_not_there_yet_is_made_under_its_new_name(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.placement.rename(("f0",), "new.bin")
    disk.prepare()
    scene.write(disk)
    assert (tmp_path / "album" / "new.bin").read_bytes() == scene.file_bytes(0)
    assert not (tmp_path / "album" / "f0").exists()
    disk.close()


def test_nothing_is_renamed_while_the_drive_is_away(tmp_path: Path) -> None:
    _, disk = loaded(tmp_path / "drive", SystemFiles())
    disk.close()
    os.rename(tmp_path / "drive", tmp_path / "away")
    with pytest.raises(StorageError, match="missing"):
        disk.placement.check_rename(("f0",), "new.bin", must_exist=True)
    for is_repeated in (False, True):
        with pytest.raises(StorageError, match="missing"):
            disk.placement.rename(("f0",), "new.bin", is_repeated=is_repeated, must_exist=True)
    os.rename(tmp_path / "away", tmp_path / "drive")
    disk.placement.rename(("f0",), "new.bin", must_exist=True)
    assert (tmp_path / "drive" / "album" / "new.bin").exists()


def test_files_are_found_in_a_folder_or_in_the_torrents_own(tmp_path: Path) -> None:
    scene, disk = loaded(tmp_path / "here", SystemFiles())
    assert disk.placement.find_in(scene.root) == scene.root
    assert disk.placement.find_in(os.path.join(scene.root, "album")) == scene.root
    assert disk.placement.find_in(str(tmp_path)) is None
    disk.close()


def test_the_wastebasket_gets_the_folder_in_one_piece_or_only_our_files(tmp_path: Path) -> None:
    basket = Wastebasket()
    _, disk = loaded(tmp_path, basket, [NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    assert disk.delete_files(to_wastebasket=True)
    assert basket.taken == [str(tmp_path.resolve() / "album")]
    assert os.listdir(tmp_path) == []

    basket.taken.clear()
    scene, disk = loaded(tmp_path, basket)
    (tmp_path / "album" / "notes.txt").write_text("mine")
    assert disk.delete_files(to_wastebasket=True)
    assert sorted(basket.taken) == sorted(scene.path(index) for index in range(5))
    assert [path.name for path in (tmp_path / "album").rglob("*")] == ["notes.txt"]


def test_what_the_wastebasket_refuses_is_deleted_for_good(tmp_path: Path) -> None:
    for most in (0, 2):
        _, disk = loaded(tmp_path, Wastebasket(most))
        (tmp_path / "album" / "notes.txt").write_text("mine")
        assert not disk.delete_files(to_wastebasket=True)
        assert [path.name for path in (tmp_path / "album").rglob("*")] == ["notes.txt"]
