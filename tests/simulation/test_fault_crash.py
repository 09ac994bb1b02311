"""Stories of sudden ends: a kill or a loss of power at any moment never leaves a false piece behind."""

from __future__ import annotations

import asyncio
import shutil
from functools import cache
from pathlib import Path

import pytest
from tests.support.faulty_files import PowerLossFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, measured
from tests.support.swarm_content import Content, many_files

from shoal.api.commands import RecheckTorrent
from shoal.api.snapshots import TorrentState
from shoal.metainfo.bitfield import from_wire

LINE = 100_000
SAVE_SECONDS = 1.0
MOMENTS = 20


@cache
def content() -> Content:
    """Sixteen pieces in three files; the middle one is skipped in some of the stories."""
    return many_files([200_000, 70_000, 250_000], piece_length=1 << 15)


class Crashing:
    """A download on a machine that ends suddenly, and comes back."""

    def __init__(self, sim: SimWorld, state: Path, priorities: tuple[int, ...] | None) -> None:
        self.sim = sim
        self.swarm = StorySwarm(sim, content())
        self.ghosts: list[Node] = []
        self._state = state
        self._priorities = priorities
        self._number = 0

    @property
    def _path(self) -> str:
        return str(self._state / str(self._number) / "resume.db")

    async def begin(self) -> Node:
        self.seed = await self.swarm.seed("seed", up=LINE)
        return await self.swarm.leech(
            "leech",
            peers=[self.seed],
            settings={"save_seconds": SAVE_SECONDS},
            state_path=self._path,
            file_priorities=self._priorities,
        )

    async def restart(self, leech: Node, *, power: bool, torn: bool = False, keeps_metadata: bool = False) -> Node:
        """End `leech` now, and start a new engine on what its disk and its database are at this moment."""
        old = self._path
        self._number += 1
        shutil.copytree(Path(old).parent, Path(self._path).parent)
        if power:
            machine = self.sim.lose_power("leech", torn=torn, keeps_metadata=keeps_metadata)
        else:
            machine = self.sim.kill("leech")
        # What is left of the old engine goes on, on a disk and a network that nobody sees.
        self.ghosts.append(leech)
        again = await self.swarm.boot(machine, settings={"save_seconds": SAVE_SECONDS}, state_path=self._path)
        again.started_at = self.sim.loop.time()
        await again.until(lambda: again.torrent.knows_files, 20, "aware of its files")
        return again

    async def end(self) -> None:
        await self.swarm.close()
        for ghost in self.ghosts:
            await ghost.client.close()


@pytest.mark.parametrize("priorities", [None, (4, 0, 4)], ids=["all files", "one skipped"])
def test_kill_at_any_moment_costs_at_most_the_pieces_in_flight(
    tmp_path: Path, priorities: tuple[int, ...] | None
) -> None:
    again_in_all = 0
    for moment in range(MOMENTS):

        async def story(sim: SimWorld, moment: int = moment) -> int:
            crashing = Crashing(sim, tmp_path / str(moment), priorities)
            leech = await crashing.begin()
            await asyncio.sleep(0.31 * moment)
            kept = leech.torrent.picker.have
            leech.assert_claims_are_true()
            again = await crashing.restart(leech, power=False)
            again.assert_claims_are_true()
            have = again.torrent.picker.have
            lost = (kept & ~have).bit_count()
            assert lost == 0, f"{lost} verified pieces are to be fetched again"
            await again.meet(crashing.seed)
            await again.completed(60)
            again.assert_claims_are_true()
            wanted = priorities or (4, 4, 4)
            again.assert_data_is_right(
                [entry.path for entry, priority in zip(content().plan.files, wanted, strict=True) if priority]
            )
            await crashing.end()
            return lost

        again_in_all += run_story(story, seed=moment)
    measured("verified pieces fetched again in all kills", again_in_all)


@pytest.mark.parametrize(("torn", "keeps_metadata"), [(False, False), (False, True), (True, False), (True, True)])
def test_power_goes_at_any_moment_and_no_piece_is_false(tmp_path: Path, torn: bool, keeps_metadata: bool) -> None:
    for moment in range(0, MOMENTS, 2):

        async def story(sim: SimWorld, moment: int = moment) -> None:
            crashing = Crashing(sim, tmp_path / str(moment), (4, 0, 4) if moment % 4 else None)
            leech = await crashing.begin()
            await asyncio.sleep(0.31 * moment)
            saved = leech.torrent.record.have_bits
            again = await crashing.restart(leech, power=True, torn=torn, keeps_metadata=keeps_metadata)
            again.assert_claims_are_true()
            if saved:
                lost = from_wire(saved, content().piece_count) & ~again.torrent.picker.have
                assert not lost, f"{lost.bit_count()} saved pieces are lost"
            await again.meet(crashing.seed)
            await again.completed(90)
            again.assert_claims_are_true()
            await crashing.end()

        run_story(story, seed=100 + moment)


def test_killed_again_and_again_it_still_completes(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        crashing = Crashing(sim, tmp_path / "state", None)
        leech = await crashing.begin()
        downloaded = 0
        for _ in range(6):
            await asyncio.sleep(0.4 + sim.random.random())
            if leech.is_complete:
                break
            downloaded += leech.downloaded
            leech = await crashing.restart(leech, power=False)
            leech.assert_claims_are_true()
            await leech.meet(crashing.seed)
        await leech.completed(60)
        downloaded += leech.downloaded
        measured("bytes fetched, times the size", downloaded / content().size)
        leech.assert_data_is_right()
        await crashing.end()

    run_story(story, seed=7)


def test_killed_while_checking_it_checks_again_and_claims_nothing_false(tmp_path: Path) -> None:
    """A file is damaged behind the engine's back, a recheck is asked for, and the kill comes in the middle of it."""

    async def story(sim: SimWorld) -> None:
        crashing = Crashing(sim, tmp_path / "state", None)
        leech = await crashing.begin()
        await leech.completed(60)
        await asyncio.sleep(2 * SAVE_SECONDS)
        disk = leech.machine.files
        assert isinstance(disk, PowerLossFiles)
        file = disk.file_at(leech.path(content().plan.files[0].path))
        assert file is not None
        before = file.mtime_ns
        file.write_within_page(40_000, memoryview(b"damage"))
        file.mtime_ns = before
        leech.machine.workers.seconds["check"] = 0.5
        await leech.client.execute(RecheckTorrent(leech.torrent_id))
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.CHECKING, 5, "checking")
        await asyncio.sleep(2 * SAVE_SECONDS)
        again = await crashing.restart(leech, power=False)
        again.assert_claims_are_true()
        await again.meet(crashing.seed)
        await again.completed(60)
        again.assert_data_is_right()
        await crashing.end()

    run_story(story, seed=8)


def test_stopped_cleanly_it_is_believed_without_a_check(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        crashing = Crashing(sim, tmp_path / "state", None)
        leech = await crashing.begin()
        await leech.until(lambda: leech.row.pieces_done >= 6, 30, "on its way")
        kept = leech.torrent.picker.have
        await leech.client.close()
        machine = sim.kill("leech")
        again = await crashing.swarm.boot(machine, state_path=str(tmp_path / "state" / "0" / "resume.db"))
        jobs: list[TorrentState] = []
        for _ in range(40):
            jobs.append(again.torrent.lifecycle.state)
            await asyncio.sleep(0.01)
        assert TorrentState.CHECKING not in jobs
        assert again.torrent.picker.have & kept == kept
        await again.meet(crashing.seed)
        await again.completed(60)
        again.assert_data_is_right()
        await crashing.end()

    run_story(story, seed=9)
