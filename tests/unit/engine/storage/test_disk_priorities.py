"""Skipped files, the hidden part file, and what moves when priorities change."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, make_scene

from shoal.engine.storage.errors import StorageError
from shoal.runtime.files import SystemFiles

FIRST_ONLY = [NORMAL, SKIP, SKIP, SKIP, SKIP]
ALL = [NORMAL] * 5


def names(root: str) -> set[str]:
    return {name for _, _, found in os.walk(root) for name in found}


def test_neighbours_of_a_boundary_piece_go_to_the_part_file_only(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    assert names(scene.root) == {"f0", ".parts"}
    assert scene.on_disk(0) == scene.file_bytes(0)
    assert scene.read_piece(disk, 3) == scene.piece(3)
    again = scene.disk(FIRST_ONLY, fresh_handles=True)
    assert scene.read_piece(again, 3) == scene.piece(3)


def test_bytes_move_out_when_their_file_becomes_wanted_and_the_part_file_goes(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    assert disk.set_priorities(ALL) == ()
    assert not os.path.exists(scene.part_path)
    assert scene.read_piece(disk, 3) == scene.piece(3)
    assert scene.on_disk(1) == scene.file_bytes(1)
    assert (scene.on_disk(2) or b"")[: 4 * 16_384 - 50_007] == scene.file_bytes(2)[: 4 * 16_384 - 50_007]
    assert scene.on_disk(3) == b""
    scene.write(disk, range(4, scene.piece_count))
    assert [scene.on_disk(index) for index in range(5)] == [scene.file_bytes(index) for index in range(5)]


def test_the_part_file_stays_while_another_skipped_file_needs_it(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    disk.set_priorities([NORMAL, NORMAL, SKIP, SKIP, SKIP])
    assert os.path.exists(scene.part_path)
    assert scene.on_disk(1) == scene.file_bytes(1)
    assert scene.read_piece(disk, 3) == scene.piece(3)


def test_a_file_on_the_disk_goes_on_being_used_when_it_is_skipped(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk()
    disk.prepare()
    scene.write(disk, [3])
    disk.set_priorities(FIRST_ONLY)
    scene.write(disk, [5])
    again = scene.disk(FIRST_ONLY, fresh_handles=True)
    assert scene.read_piece(again, 3) == scene.piece(3)
    assert scene.read_piece(disk, 5) == scene.piece(5)
    # Piece 5 lies in files 2 (on the disk) and 4 (not there).
    assert names(scene.root) == {"f0", "f1", "f2", "f3", ".parts"}


def test_a_longer_file_at_a_skipped_path_is_a_strangers_and_stays_as_it_is(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    os.makedirs(os.path.dirname(scene.path(1)))
    with open(scene.path(1), "wb") as stream:
        stream.write(b"notes of my own")
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    assert scene.on_disk(1) == b"notes of my own"
    assert scene.read_piece(disk, 3) == scene.piece(3)


def test_a_file_put_at_a_skipped_path_while_the_part_file_has_its_bytes_is_not_written_to(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    os.makedirs(os.path.dirname(scene.path(1)), exist_ok=True)
    with open(scene.path(1), "wb") as stream:
        stream.write(b"mine")
    again = scene.disk(FIRST_ONLY, fresh_handles=True)
    again.prepare()
    scene.write(again, [3])
    assert scene.on_disk(1) == b"mine"
    assert scene.read_piece(again, 3) == scene.piece(3)


def test_a_file_moved_out_filled_and_skipped_again_keeps_its_bytes_while_its_neighbour_is_in_the_part_file(
    tmp_path: Path,
) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    only_the_third = [NORMAL, SKIP, NORMAL, SKIP, SKIP]
    disk.set_priorities(only_the_third)
    scene.write(disk, [4])
    disk.set_priorities(FIRST_ONLY)
    again = scene.disk(FIRST_ONLY, fresh_handles=True)
    again.prepare()
    assert [scene.read_piece(again, index) for index in (3, 4)] == [scene.piece(3), scene.piece(4)]


def test_too_little_room_for_a_file_that_becomes_wanted_changes_nothing(tmp_path: Path) -> None:
    class Shrinking(SystemFiles):
        free = 1 << 40

        def free_bytes(self, folder: str) -> int:
            return self.free

    files = Shrinking()
    scene = make_scene(tmp_path, files=files)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    files.free = 10_000
    with pytest.raises(StorageError) as caught:
        disk.set_priorities(ALL)
    assert (caught.value.code, caught.value.missing_bytes) == ("disk-full", 70_007 - 10_000)
    assert names(scene.root) == {"f0", ".parts"}
    assert scene.read_piece(disk, 3) == scene.piece(3)


def test_bytes_left_in_the_part_file_by_a_crash_are_moved_at_the_next_prepare(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    disk.close()
    # The priorities were saved, the process was killed before the move.
    again = scene.disk(ALL, fresh_handles=True)
    assert scene.read_piece(again, 3) == scene.piece(3)
    assert again.lacking_pieces() & 0b1111 == 0
    again.prepare()
    assert not os.path.exists(scene.part_path)
    assert scene.read_piece(again, 3) == scene.piece(3)


def test_rotten_bytes_in_the_part_file_are_named_and_never_moved(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    disk.close()
    with open(scene.part_path, "r+b") as stream:
        stream.seek(-5, os.SEEK_END)
        stream.write(b"XX")
    assert disk.set_priorities(ALL) == (3,)
    assert not os.path.exists(scene.part_path)
    assert scene.on_disk(1) is None


def test_without_its_part_file_a_boundary_piece_is_lacking(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    disk = scene.disk(FIRST_ONLY)
    disk.prepare()
    scene.write(disk, range(4))
    disk.close()
    assert disk.lacking_pieces() & 0b1111 == 0
    disk.close()
    os.remove(scene.part_path)
    assert disk.lacking_pieces() & 0b1111 == 0b1000
    with pytest.raises(StorageError) as caught:
        scene.read_piece(disk, 3)
    assert caught.value.code == "missing"


def test_the_wrong_number_of_priorities_is_refused(tmp_path: Path) -> None:
    scene = make_scene(tmp_path)
    with pytest.raises(ValueError, match="priorities"):
        scene.disk().set_priorities([NORMAL])
    with pytest.raises(ValueError, match="priorities"):
        scene.disk([NORMAL])
