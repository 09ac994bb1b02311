"""Stories of commands: in any order, at any moment, they end in a sound state and leak nothing."""

from __future__ import annotations

import asyncio
import random
from functools import cache
from pathlib import Path

import pytest
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, assert_nothing_leaked
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import (
    AddPeers,
    AddTorrent,
    AnnounceNow,
    CancelCheck,
    ChangeSettings,
    Command,
    Detail,
    RecheckTorrent,
    RemoveTorrent,
    SetFilePriorities,
    SetLimits,
    SetOrder,
    StartTorrent,
    StopTorrent,
)
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentState, Update

LINE = 200_000
COMMANDS = 60
TOLD = {"no-such-torrent", "already-here"}
"""What a command in the wrong moment may be refused with."""


@cache
def content() -> Content:
    return many_files([150_000, 90_000, 200_000], piece_length=1 << 15)


def random_command(rng: random.Random, seed: Node) -> Command:
    torrent_id = content().info_hash.hex()
    add = AddTorrent(content().torrent(), FOLDER, peers=(seed.address,), check_existing=rng.random() < 0.7)
    choices: list[Command] = [
        add,
        add,
        StartTorrent(torrent_id),
        StartTorrent(torrent_id),
        StopTorrent(torrent_id),
        RemoveTorrent(torrent_id, delete_data=rng.random() < 0.5),
        RecheckTorrent(torrent_id),
        CancelCheck(torrent_id),
        SetFilePriorities(torrent_id, ((rng.randrange(3), rng.choice((0, 0, 1, 4, 7))),)),
        SetFilePriorities(torrent_id, tuple((index, 4) for index in range(3))),
        SetOrder(torrent_id, rng.random() < 0.5, rng.random() < 0.5),
        SetLimits(torrent_id, down=rng.choice((0, 50_000)), up=rng.choice((0, 10_000))),
        SetLimits(None, down=rng.choice((0, 80_000))),
        AddPeers(torrent_id, (seed.address,)),
        AnnounceNow(torrent_id, force=True),
        ChangeSettings((("piece_memory", rng.choice((1 << 20, 16 << 20))),)),
    ]
    return rng.choice(choices)


@pytest.mark.parametrize("number", range(24))
def test_random_commands_at_random_moments_leave_everything_sound(number: int, tmp_path: Path) -> None:
    """Half of the stories wait for each command's answer, half throw the next one after it."""

    async def story(sim: SimWorld) -> None:
        rng = random.Random(number)
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        slow = {"disk": 0.02, "check": 0.03, "slow": 0.01, "read": 0.01} if number % 3 else {}
        machine = sim.add_host("leech", job_seconds=slow)
        state = str(tmp_path / "resume.db") if number % 4 == 0 else None
        leech = await swarm.boot(machine, state_path=state)
        torrent_id = content().info_hash.hex()
        updates: list[Update] = []
        leech.client.subscribe(updates.append, beat_seconds=0.5)

        async def do(command: Command) -> None:
            try:
                await leech.client.execute(command)
            except UserError as error:
                if error.code not in TOLD:
                    raise

        done: list[Command] = []
        waiting: list[asyncio.Task[None]] = []
        await do(AddTorrent(content().torrent(), FOLDER, peers=(seed.address,)))
        for _ in range(COMMANDS):
            command = random_command(rng, seed)
            done.append(command)
            if number % 2:
                await do(command)
            else:
                waiting.append(asyncio.get_running_loop().create_task(do(command)))
            await asyncio.sleep(rng.choice((0, 0, 0.01, 0.1, 0.7)))
            if torrent_id in leech.session.torrents:
                torrent = leech.session.torrents[torrent_id]
                assert torrent.lifecycle.state is not TorrentState.ERROR, (done, torrent.failure)
                await leech.client.details(torrent_id, frozenset(Detail))
        await asyncio.gather(*waiting)

        if torrent_id not in leech.session.torrents:
            await do(AddTorrent(content().torrent(), FOLDER, peers=(seed.address,)))
        leech.torrent_id = torrent_id
        await do(SetFilePriorities(torrent_id, tuple((index, 4) for index in range(3))))
        await do(SetLimits(torrent_id, down=0, up=0))
        await do(SetLimits(None, down=0))
        await do(StopTorrent(torrent_id))
        assert leech.torrent.lifecycle.state is TorrentState.STOPPED
        assert leech.session.services.buffers.in_use == 0
        assert not leech.torrent.swarm.connected
        leech.assert_claims_are_true()
        await do(StartTorrent(torrent_id))
        await do(AddPeers(torrent_id, (seed.address,)))
        await leech.completed(150)
        leech.assert_data_is_right()
        await do(RemoveTorrent(torrent_id, delete_data=True))
        disk = machine.files
        assert isinstance(disk, MemoryFiles)
        assert not disk.paths(), "files are left behind"
        await leech.client.close()
        assert_nothing_leaked(leech)
        assert [update.sequence for update in updates] == list(range(len(updates)))
        await seed.client.close()

    run_story(story, seed=number)


def test_stop_right_after_add_and_start_right_after_stop() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        for _ in range(5):
            await leech.execute(StopTorrent(leech.torrent_id))
            assert leech.torrent.lifecycle.state is TorrentState.STOPPED
            await leech.execute(StartTorrent(leech.torrent_id))
        await asyncio.sleep(0.3)
        await asyncio.gather(
            leech.client.execute(StopTorrent(leech.torrent_id)),
            leech.client.execute(StartTorrent(leech.torrent_id)),
            leech.client.execute(StopTorrent(leech.torrent_id)),
            leech.client.execute(StartTorrent(leech.torrent_id)),
        )
        await leech.completed(120)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=1)


def test_remove_with_data_in_the_middle_of_everything_leaves_nothing() -> None:
    """At thirty moments of a download on a slow disk: after the removal the disk is as empty as before."""
    for moment in range(30):

        async def story(sim: SimWorld, moment: int = moment) -> None:
            swarm = StorySwarm(sim, content())
            seed = await swarm.seed("seed", up=LINE)
            leech = await swarm.leech("leech", peers=[seed], job_seconds={"disk": 0.05, "slow": 0.02})
            await asyncio.sleep(0.083 * moment)
            await leech.execute(RemoveTorrent(leech.torrent_id, delete_data=True))
            disk = leech.machine.files
            assert isinstance(disk, MemoryFiles)
            assert not disk.paths()
            await asyncio.sleep(2)
            assert not disk.paths(), "a late write brought a file back"
            assert leech.session.services.buffers.in_use == 0
            await leech.client.close()
            assert_nothing_leaked(leech)
            await seed.client.close()

        run_story(story, seed=moment)


def test_recheck_is_cancelled_and_the_next_one_finds_everything() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(16_000_000))
        node = await swarm.seed("seed", up=LINE, job_seconds={"check": 0.1})
        await node.execute(RecheckTorrent(node.torrent_id))
        await node.until(lambda: node.row.check_progress > 0.1, 20, "checking")
        await node.execute(CancelCheck(node.torrent_id))
        assert node.torrent.lifecycle.state is TorrentState.STOPPED
        node.assert_claims_are_true()
        await asyncio.sleep(5)
        await node.execute(StartTorrent(node.torrent_id))
        await node.until(lambda: node.torrent.lifecycle.state is not TorrentState.CHECKING, 60, "checked")
        await node.execute(RecheckTorrent(node.torrent_id))
        await node.until(lambda: node.is_complete, 60, "complete again")
        node.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=2)


def test_recheck_during_a_download_keeps_what_is_good_and_goes_on() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 5, 30, "on its way")
        await leech.execute(RecheckTorrent(leech.torrent_id))
        await leech.until(lambda: leech.torrent.lifecycle.is_running, 30, "running again")
        assert leech.row.pieces_done >= 5
        await leech.completed(60)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


def test_recheck_finds_damage_and_fetches_the_piece_again() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.completed(60)
        disk = leech.machine.files
        assert isinstance(disk, MemoryFiles)
        file = disk.file_at(leech.path(content().plan.files[1].path))
        assert file is not None
        file.write_within_page(40_000, memoryview(b"damage"))
        await leech.execute(RecheckTorrent(leech.torrent_id))
        await leech.until(lambda: leech.torrent.lifecycle.is_running, 30, "checked")
        assert leech.row.pieces_done == content().piece_count - 1
        await leech.completed(120)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=4)


def test_recheck_of_files_that_are_gone_loads_them_again_only_when_told_to() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.completed(60)
        await asyncio.sleep(10)
        for file in content().plan.files:
            leech.machine.files.remove(leech.path(file.path))
        await leech.execute(RecheckTorrent(leech.torrent_id))
        await asyncio.sleep(120)
        assert leech.row.state is TorrentState.ERROR
        assert leech.row.reason is not None
        assert leech.row.reason.code == "folder-gone"
        downloaded = leech.downloaded
        await leech.execute(RecheckTorrent(leech.torrent_id, start_anew=True))
        await leech.until(lambda: leech.torrent.is_seeding, 120, "complete once more")
        assert leech.downloaded >= downloaded + content().size
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=6)


@pytest.mark.parametrize("jump", [86_400.0 * 365, -86_400.0 * 365])
def test_calendar_jumps_and_nothing_happens(jump: float) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], down_limit=100_000)
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        leech.machine.clock.jump_wall(jump)
        seed.machine.clock.jump_wall(-jump)
        await leech.completed(1.2 * content().size / 100_000 + 1)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=5)


def test_stop_and_start_goes_on_with_the_same_peers_at_once() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=100_000)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 2, 60, "under way")
        await leech.client.execute(StopTorrent(leech.torrent.torrent_id))
        before = leech.downloaded
        await leech.client.execute(StartTorrent(leech.torrent.torrent_id))
        await leech.until(lambda: leech.downloaded > before, 3, "loading again")
        await swarm.close()

    run_story(story, seed=8)
