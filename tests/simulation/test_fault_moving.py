"""Stories of whole engines that move files on failing disks: nothing is lost, and it says what went wrong."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import shutil
from functools import cache
from pathlib import Path

import pytest
from tests.simulation.test_story_moving import TARGET, Heard, assert_files_at, disk_with_usb
from tests.support.faulty_files import FaultyFiles
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm
from tests.support.swarm_content import Content, many_files

from shoal.api.commands import MoveFiles, StartTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentState
from shoal.engine.storage import file_copy, relocation

TARGETS = pytest.mark.parametrize("target", ["/elsewhere", TARGET], ids=["same disk", "other disk"])


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relocation, "STEP_BYTES", 60_000)
    monkeypatch.setattr(relocation, "STEP_FILES", 2)
    monkeypatch.setattr(file_copy, "SLICE_BYTES", 40_000)


@cache
def content() -> Content:
    return many_files([80_000, 60_000], piece_length=1 << 15)


async def begin(sim: SimWorld, disk: FaultyFiles, state: Path | None = None) -> tuple[StorySwarm, Node]:
    swarm = StorySwarm(sim, content())
    seed = await swarm.seed("seed", files=disk, state_path=str(state / "resume.db") if state else None)
    await asyncio.sleep(3)
    disk.count = 0
    return swarm, seed


async def ask_to_move(seed: Node, target: str) -> None:
    # Refused when the disk fails while it is looked at.
    with contextlib.suppress(UserError):
        await seed.execute(MoveFiles(seed.torrent_id, target))
    await asyncio.sleep(3)


def calls_of_a_move(target: str) -> int:
    disk = FaultyFiles(disk_with_usb())

    async def story(sim: SimWorld) -> None:
        swarm, seed = await begin(sim, disk)
        await ask_to_move(seed, target)
        assert seed.row.folder == target
        await swarm.close()

    run_story(story, seed=1)
    return disk.count


async def seeding_again(node: Node) -> None:
    if node.torrent.lifecycle.state is TorrentState.ERROR:
        await node.execute(StartTorrent(node.torrent_id))
    await node.until(lambda: node.is_complete and not node.torrent.record.journal, 60, "seeding again")
    node.assert_claims_are_true()
    assert_files_at(node, node.row.folder)


@TARGETS
@pytest.mark.parametrize("code", [errno.EIO, errno.ENOSPC], ids=["broken", "full"])
def test_any_single_disk_call_of_a_move_fails_and_the_torrent_goes_on(target: str, code: int) -> None:
    for number in range(1, calls_of_a_move(target) + 1):
        disk = FaultyFiles(disk_with_usb())

        async def story(sim: SimWorld, disk: FaultyFiles = disk, number: int = number) -> None:
            swarm, seed = await begin(sim, disk)
            disk.fail_on, disk.error = number, code
            await ask_to_move(seed, target)
            disk.heal()
            await seeding_again(seed)
            seed.assert_claims_are_true()
            await swarm.close()

        try:
            run_story(story, seed=1)
        except BaseException as error:
            error.add_note(f"call {number}: {disk.log[-1] if disk.log else ''}")
            raise


@TARGETS
def test_a_disk_that_goes_bad_during_a_move_and_a_kill_lose_nothing(target: str, tmp_path: Path) -> None:
    for number in range(1, calls_of_a_move(target) + 1):
        disk = FaultyFiles(disk_with_usb())
        old, new = tmp_path / f"{number}", tmp_path / f"{number} again"

        async def story(
            sim: SimWorld, disk: FaultyFiles = disk, number: int = number, old: Path = old, new: Path = new
        ) -> None:
            swarm, seed = await begin(sim, disk, old)
            heard = Heard(seed)
            disk.fail_on, disk.keeps_failing = number, True
            await ask_to_move(seed, target)
            # Killed now: what is on the disk and in the database is all that is left.
            shutil.copytree(old, new)
            machine: Machine = sim.add_host("again", files=disk.inner.kill())  # type: ignore[attr-defined]
            again = await swarm.boot(machine, state_path=str(new / "resume.db"))
            await again.until(lambda: again.is_complete, 30, "seeding")
            await seeding_again(again)
            files = machine.files
            assert isinstance(files, MemoryFiles)
            elsewhere = FOLDER if again.row.folder == target else target
            if [path for path in files.paths() if path.startswith(elsewhere + "/")]:
                # The move was done, and told that the old files could not be deleted.
                assert elsewhere == FOLDER
                assert "old-files-stay" in heard.codes
            disk.heal()
            await swarm.close()

        try:
            run_story(story, seed=1)
        except BaseException as error:
            error.add_note(f"from call {number}: {disk.log[number - 1] if len(disk.log) >= number else ''}")
            raise
