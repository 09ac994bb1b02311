"""Moves and renames on a disk that fails, or with a process that is killed, at any one call: nothing is ever lost."""

from __future__ import annotations

import errno
from collections.abc import Callable

import pytest
from tests.simulation.test_storage_faults import DATA, HASHES, LAYOUT, SIZES, SOME
from tests.support.faulty_files import FaultyFiles
from tests.support.sim_files import MemoryFiles
from tests.unit.engine.storage.storage_scene import NORMAL, Scene

from shoal.api.errors import UserError
from shoal.engine.storage import file_copy, relocation
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.runtime.world import Files

OLD, SAME_DISK, OTHER_DISK = "/downloads", "/elsewhere/deep", "/usb/films"
IDENTITY = "0" * 40
STRANGERS = {f"{OLD}/album/notes.txt": b"mine", "/usb/other.bin": b"theirs"}


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relocation, "STEP_BYTES", 60_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 2)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 30_000)


def scene_at(files: Files, root: str) -> Scene:
    scene = Scene(root, LAYOUT, DATA, files, descriptors=2)
    scene.hashes = HASHES
    return scene


class MovingStory:
    """A half finished download with a part file, and strangers' files beside it; one move, as the engine makes it."""

    def __init__(self, target: str, *, with_strangers: bool) -> None:
        self.memory = MemoryFiles()
        self.memory.make_folders("/usb")
        self.memory.volumes["/usb"] = None
        self.target = target
        self.strangers = STRANGERS if with_strangers else {}
        for path, data in self.strangers.items():
            self.memory.write_file(path, data)
        self.files = FaultyFiles(self.memory)
        self.scene = scene_at(self.files, OLD)
        self.disk = self.scene.disk(SOME)
        self.disk.prepare()
        self.claimed = set(range(self.scene.piece_count))
        self.scene.write(self.disk, self.claimed)
        self.disk.sync()
        self.before = self.content()
        self.root = OLD
        """Where the engine looks for the files."""
        self.files.count = 0

    def content(self) -> dict[str, bytes]:
        return {path: self.memory.read_file(path) for path in self.memory.paths()}

    def part_path(self, root: str) -> str:
        return f"{root}/.parts"

    def move(self) -> None:
        """Raises what went wrong, with everything brought back if the disk lets us."""
        placement = self.disk.placement
        plan = placement.plan_move(self.target, self.part_path(self.target), IDENTITY, must_exist=True)
        try:
            while not plan.step():
                pass
        except StorageError:
            plan.undo()
            raise
        placement.look_in(self.target, self.part_path(self.target))
        self.root = self.target
        plan.remove_sources()

    def assert_all_is_at(self, root: str, files: Files | None = None) -> None:
        scene = scene_at(files or self.memory, root)
        disk = scene.disk(SOME)
        disk.prepare(must_exist=True)
        for index in self.claimed:
            assert scene.read_piece(disk, index) == scene.piece(index)
        scene.open_files.close()

    def assert_strangers_are_safe(self, memory: MemoryFiles) -> None:
        for path, data in self.strangers.items():
            assert memory.read_file(path) == data

    def torrents_files_below(self, memory: MemoryFiles, root: str) -> list[str]:
        return [path for path in memory.paths() if path.startswith(root + "/") and path not in self.strangers]


MOVES = [(SAME_DISK, False), (SAME_DISK, True), (OTHER_DISK, True)]


@pytest.mark.parametrize(("target", "with_strangers"), MOVES)
def test_a_move_takes_everything_of_the_torrent_and_nothing_else(target: str, with_strangers: bool) -> None:
    story = MovingStory(target, with_strangers=with_strangers)
    before = {path: story.memory.stat(path) for path in story.memory.paths()}
    story.move()
    story.assert_all_is_at(target)
    story.assert_strangers_are_safe(story.memory)
    assert story.torrents_files_below(story.memory, OLD) == []
    for path, found in before.items():
        if path not in story.strangers:
            now = story.memory.stat(path.replace(OLD, target))
            assert now is not None
            assert found is not None
            assert (now.size, now.mtime_ns) == (found.size, found.mtime_ns)
            assert now.allocated <= found.allocated, "holes were filled"
    assert story.memory.open_handles <= 2
    assert (f"{OLD}/album" in story.memory._nodes) is with_strangers
    assert not [path for path in story.memory.paths() if path.endswith(relocation.TEMPORARY_SUFFIX)]


def count_calls(target: str, with_strangers: bool) -> int:
    story = MovingStory(target, with_strangers=with_strangers)
    story.move()
    return story.files.count


@pytest.mark.parametrize("error", [errno.EIO, errno.ENOSPC])
@pytest.mark.parametrize(("target", "with_strangers"), MOVES)
def test_any_one_failing_call_of_a_move_leaves_all_at_one_place(target: str, with_strangers: bool, error: int) -> None:
    for number in range(1, count_calls(target, with_strangers) + 1):
        story = MovingStory(target, with_strangers=with_strangers)
        story.files.fail_on, story.files.error = number, error
        try:
            story.move()
        except StorageError:
            # Wherever the engine looks now, all is there; after a failure to delete it is at both places.
            if story.root == OLD:
                assert story.content() == story.before, story.files.log[number - 1]
        story.files.heal()
        story.assert_all_is_at(story.root)
        for index in story.claimed:
            assert story.scene.read_piece(story.disk, index) == story.scene.piece(index)
        story.assert_strangers_are_safe(story.memory)
        story.disk.close()
        story.scene.open_files.close()
        assert story.memory.open_handles == 0


@pytest.mark.parametrize(("target", "with_strangers"), MOVES)
def test_a_kill_at_any_call_of_a_move_loses_nothing_and_leaves_nothing_half_done(
    target: str, with_strangers: bool
) -> None:
    for number in range(1, count_calls(target, with_strangers) + 1):
        story = MovingStory(target, with_strangers=with_strangers)
        # From here on nothing that the process does reaches the disk.
        story.files.fail_on, story.files.keeps_failing = number, True
        with pytest.raises(StorageError):
            story.move()
        after = story.memory.clone()
        if story.root == target:
            # The new folder was remembered before anything was deleted: the start finishes the move.
            disk = scene_at(after, target).disk(SOME)
            disk.placement.remove_old_copies(OLD, story.part_path(OLD))
            story.assert_all_is_at(target, after)
            assert story.torrents_files_below(after, OLD) == []
        else:
            disk = scene_at(after, OLD).disk(SOME)
            disk.placement.bring_back(target, story.part_path(target), IDENTITY, must_exist=True)
            story.assert_all_is_at(OLD, after)
            assert story.torrents_files_below(after, target) == [], story.files.log[number - 1]
        story.assert_strangers_are_safe(after)


def test_bringing_back_can_fail_anywhere_and_is_done_again() -> None:
    for number in range(1, 200):
        story = MovingStory(SAME_DISK, with_strangers=True)
        placement = story.disk.placement
        plan = placement.plan_move(SAME_DISK, story.part_path(SAME_DISK), IDENTITY, must_exist=True)
        while not plan.step():
            pass
        files = FaultyFiles(story.memory, fail_on=number)
        again = scene_at(files, OLD).disk(SOME)
        try:
            again.placement.bring_back(SAME_DISK, story.part_path(SAME_DISK), IDENTITY, must_exist=True)
        except StorageError:
            files.heal()
            again.placement.bring_back(SAME_DISK, story.part_path(SAME_DISK), IDENTITY, must_exist=True)
        story.assert_all_is_at(OLD)
        if not files.failed:
            return
    pytest.fail("more calls than expected")


def test_a_volume_that_is_away_is_waited_for_before_anything_is_brought_back() -> None:
    story = MovingStory(SAME_DISK, with_strangers=False)
    story.memory.unmount(OLD)
    again = scene_at(story.memory, OLD).disk(SOME)
    with pytest.raises(StorageError, match="missing"):
        again.placement.bring_back(SAME_DISK, story.part_path(SAME_DISK), IDENTITY, must_exist=True)


Rename = tuple[tuple[str, ...], str]
RENAMES: list[Rename] = [(("f0",), "new.bin"), (("d3",), "folder"), ((), "top")]


def rename_all(disk: TorrentDisk, path: tuple[str, ...], name: str) -> None:
    disk.placement.rename(path, name)


@pytest.mark.parametrize(("path", "name"), RENAMES)
def test_any_failing_call_of_a_rename_leaves_one_of_the_two_names(path: tuple[str, ...], name: str) -> None:
    def tried(prepare: Callable[[FaultyFiles], None]) -> tuple[MovingStory, bool]:
        story = MovingStory(SAME_DISK, with_strangers=True)
        prepare(story.files)
        try:
            rename_all(story.disk, path, name)
        except StorageError:
            return story, False
        return story, True

    def fail_at(number: int) -> Callable[[FaultyFiles], None]:
        def prepare(files: FaultyFiles) -> None:
            files.fail_on = number

        return prepare

    story, is_done = tried(lambda files: None)
    assert is_done
    for number in range(1, story.files.count + 1):
        story, is_done = tried(fail_at(number))
        story.files.heal()
        for index in story.claimed:
            assert story.scene.read_piece(story.disk, index) == story.scene.piece(index)
        saved = story.disk.placement.names.saved()
        assert bool(saved) is is_done
        again = TorrentDisk(
            story.memory,
            LAYOUT,
            OLD,
            piece_hashes=HASHES,
            part_path=story.part_path(OLD),
            priorities=SOME,
            open_files=scene_at(story.memory, OLD).open_files,
            prefix=("album",),
            renamed=saved,
        )
        for index in story.claimed:
            assert story.scene.read_piece(again, index) == story.scene.piece(index)


@pytest.mark.parametrize(("path", "name"), RENAMES)
def test_a_rename_that_was_killed_is_finished_at_the_next_start(path: tuple[str, ...], name: str) -> None:
    story = MovingStory(SAME_DISK, with_strangers=True)
    rename_all(story.disk, path, name)
    # The old names are what was saved.
    again = scene_at(story.memory, OLD).disk(SOME)
    with pytest.raises(UserError, match="name-taken"):
        again.placement.rename(path, name)
    again.placement.rename(path, name, is_repeated=True)
    for index in story.claimed:
        assert story.scene.read_piece(again, index) == story.scene.piece(index)


def test_a_strangers_file_is_never_renamed_over() -> None:
    story = MovingStory(SAME_DISK, with_strangers=True)
    with pytest.raises(UserError, match="name-taken"):
        story.disk.placement.rename(("f0",), "notes.txt")
    with pytest.raises(UserError, match="name-taken"):
        story.disk.placement.rename(("f0",), "F2")
    assert story.content() == story.before
    story.disk.set_priorities((NORMAL,) * len(SIZES))
    story.assert_strangers_are_safe(story.memory)
