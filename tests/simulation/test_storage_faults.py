"""A disk that fails at any one call: a typed error each time, never a false piece, never a lost verified byte."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from tests.support.faulty_files import FaultyFiles
from tests.support.sim_files import MemoryFiles
from tests.unit.engine.storage.storage_scene import NORMAL, SKIP, Scene, make_data, make_layout

from shoal.engine.storage.checker import good_pieces
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.runtime.world import Files

SIZES = (50_000, 7, 40_000, 0, 30_000, 5_000, 3_000)
LAYOUT = make_layout(SIZES, 16_384, executables=[0])
DATA = make_data(LAYOUT)
HASHES = Scene("/downloads", LAYOUT, DATA).hashes
CODES = {errno.EIO: "io-error", errno.ENOSPC: "disk-full", errno.EACCES: "permission", errno.ENOENT: "missing"}
SOME = (NORMAL, SKIP, NORMAL, NORMAL, SKIP, SKIP, NORMAL)
MORE = (NORMAL, NORMAL, SKIP, NORMAL, NORMAL, SKIP, NORMAL)


def make_story_scene(files: Files) -> Scene:
    scene = Scene("/downloads", LAYOUT, DATA, files, descriptors=2)
    scene.hashes = HASHES
    return scene


class Story:
    """A download with changes of mind; `claimed` are the pieces that were said to be good and written."""

    def __init__(self, fail_on: int | None, error: int, memory: MemoryFiles | None = None) -> None:
        self.memory = memory if memory is not None else MemoryFiles()
        self.files = FaultyFiles(self.memory, fail_on=fail_on, error=error)
        self.scene = make_story_scene(self.files)
        self.claimed: set[int] = set()
        self.priorities: tuple[int, ...] = SOME
        self.disk = self.scene.disk(self.priorities)

    def steps(self) -> list[Callable[[], None]]:
        first = [lambda index=index: self._write(index) for index in (0, 3, 5)]
        second = [lambda index=index: self._write(index) for index in range(self.scene.piece_count)]
        return [
            lambda: self._prepare(False),
            *first,
            self.disk.sync,
            lambda: self._change(MORE),
            *second,
            self.disk.sync,
            lambda: self._change((NORMAL,) * 7),
            lambda: self._prepare(True),
            self.disk.file_stats,
            self.disk.close,
        ]

    def _prepare(self, is_full: bool) -> None:
        assert self.disk.prepare(is_full).damaged_pieces == ()

    def _write(self, index: int) -> None:
        assert self.disk.verify_and_write(index, memoryview(self.scene.piece(index))).is_good
        self.claimed.add(index)

    def _change(self, priorities: tuple[int, ...]) -> None:
        assert self.disk.set_priorities(priorities) == ()
        self.priorities = priorities

    def assert_claims_hold(self, disk: TorrentDisk) -> None:
        for index in self.claimed:
            assert self.scene.read_piece(disk, index) == self.scene.piece(index)
        found = good_pieces(disk, range(self.scene.piece_count))
        assert all(found >> index & 1 for index in self.claimed)
        assert disk.lacking_pieces() & found == 0

    def restarted(self, priorities: tuple[int, ...]) -> TorrentDisk:
        """The torrent in a new process, on what the disk has now."""
        return make_story_scene(self.memory.clone()).disk(priorities)


def count_calls() -> int:
    story = Story(None, errno.EIO)
    for step in story.steps():
        step()
    assert story.claimed == set(range(story.scene.piece_count))
    story.assert_claims_hold(story.disk)
    return story.files.count


@pytest.mark.parametrize("error", CODES)
def test_any_one_failing_call_gives_a_typed_error_and_loses_nothing(error: int) -> None:
    count = count_calls()
    assert count > 100
    codes: set[str] = set()
    for number in range(1, count + 1):
        story = Story(number, error)
        for step in story.steps():
            try:
                step()
            except StorageError as caught:
                codes.add(caught.code)
                # The same process goes on with what it has, a new one with either set of priorities.
                story.assert_claims_hold(story.disk)
                for priorities in (story.priorities, (NORMAL,) * 7) if error == errno.EIO else ():
                    again = story.restarted(priorities)
                    story.assert_claims_hold(again)
                    assert again.prepare().damaged_pieces == ()
                    story.assert_claims_hold(again)
                step()
        story.files.heal()
        story.assert_claims_hold(story.disk)
        story.disk.close()
        assert story.memory.open_handles == 0
        assert story.claimed == set(range(story.scene.piece_count))
    assert codes == {CODES[error]}


@pytest.mark.parametrize("capacity_pages", range(0, 14))
def test_a_disk_that_fills_up_keeps_what_was_verified_and_goes_on_when_there_is_room(capacity_pages: int) -> None:
    memory = MemoryFiles()
    story = Story(None, errno.EIO, memory)
    story.disk.prepare()
    # Somebody else fills the disk after room was checked.
    memory.capacity_bytes = capacity_pages * 16_384
    failures: list[StorageError] = []
    for index in range(6):
        try:
            story._write(index)
        except StorageError as error:
            failures.append(error)
    assert all(error.code == "disk-full" and error.missing_bytes > 0 for error in failures)
    story.assert_claims_hold(story.disk)
    memory.capacity_bytes = None
    for index in range(6):
        story._write(index)
    story.disk.sync()
    story.assert_claims_hold(story.restarted(SOME))


def test_a_volume_that_goes_away_is_not_replaced_by_its_mount_point() -> None:
    memory = MemoryFiles()
    memory.make_folders("/downloads")
    story = Story(None, errno.EIO, memory)
    story.disk.prepare()
    for index in range(4):
        story._write(index)
    story.disk.sync()
    stats = story.disk.file_stats()
    memory.unmount("/downloads")
    with pytest.raises(StorageError):
        story._write(4)
    story.disk.close()
    with pytest.raises(StorageError) as caught:
        story.disk.prepare(must_exist=True)
    assert caught.value.code == "missing"
    assert memory.paths() == []
    memory.mount("/downloads")
    story.disk.prepare(must_exist=True)
    assert story.disk.file_stats(afresh=True) == stats
    story.assert_claims_hold(story.disk)
