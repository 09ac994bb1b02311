"""Deleting a torrent's files touches nothing else."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, make_scene

from shoal.engine.storage.errors import StorageError
from shoal.runtime.files import SystemFiles


def test_files_part_file_and_folders_go_and_the_chosen_folder_stays(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk([NORMAL, SKIP, NORMAL, NORMAL, SKIP])
    disk.prepare()
    scene.write(disk, range(6))
    disk.delete_files()
    assert os.listdir(scene.root) == []


def test_a_strangers_file_and_its_folders_stay(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    stranger = Path(os.path.dirname(scene.path(1))) / "notes.txt"
    stranger.write_text("mine")
    (tmp_path / "other.iso").write_text("mine too")
    disk.delete_files()
    assert stranger.read_text() == "mine"
    assert sorted(os.listdir(scene.root)) == ["album", "other.iso"]
    assert os.listdir(os.path.join(scene.root, "album")) == ["d1"]


def test_longer_files_links_and_folders_in_our_places_stay(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    scene.store_all()
    with open(scene.path(0), "ab") as stream:
        stream.write(b"longer")
    os.remove(scene.path(2))
    os.symlink("/etc/hostname", scene.path(2))
    scene.disk().delete_files()
    assert os.path.exists(scene.path(0))
    assert os.path.islink(scene.path(2))
    assert not os.path.exists(scene.path(4))


def test_nothing_is_deleted_through_a_symlinked_folder(tmp_path: Path) -> None:
    scene = make_scene(tmp_path / "root")
    os.mkdir(tmp_path / "root")
    scene.store_all()
    os.rename(os.path.dirname(scene.path(1)), tmp_path / "moved")
    os.symlink(tmp_path / "moved", os.path.dirname(scene.path(1)))
    with pytest.raises(StorageError):
        scene.disk().delete_files()
    assert (tmp_path / "moved" / "f1").exists()
    assert not os.path.exists(scene.path(0))


def test_an_error_is_raised_after_the_rest_was_deleted(tmp_path: Path) -> None:
    class Stubborn(SystemFiles):
        def remove(self, path: str) -> None:
            if path == scene.path(0):
                raise PermissionError(13, "Permission denied", path)
            super().remove(path)

    scene = make_scene(tmp_path, files=Stubborn())
    scene.store_all()
    with pytest.raises(StorageError) as caught:
        scene.disk().delete_files()
    assert (caught.value.code, caught.value.path) == ("permission", scene.path(0))
    assert [index for index in range(5) if os.path.exists(scene.path(index))] == [0]


def test_a_deleted_torrent_can_be_fetched_again(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk)
    disk.delete_files()
    disk.prepare()
    scene.write(disk)
    disk.sync()
    assert scene.on_disk(0) == scene.file_bytes(0)
