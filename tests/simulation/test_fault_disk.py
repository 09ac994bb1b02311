"""Stories of failing disks: the torrent says what is wrong, goes on when it is over, and never lies about a piece."""

from __future__ import annotations

import asyncio
import errno
from functools import cache

import pytest
from tests.support.faulty_files import FaultyFiles, PowerLossFiles
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm, lay_out
from tests.support.swarm_content import Content, many_files, single_file

from shoal.api.commands import AddTorrent, StartTorrent
from shoal.api.snapshots import TorrentState

LINE = 100_000
RETRY_SECONDS = 30.0


@cache
def two_files() -> Content:
    """Six pieces; the third lies in both files."""
    return many_files([80_000, 100_000], piece_length=1 << 15)


def disk_in_memory() -> FaultyFiles:
    return FaultyFiles(PowerLossFiles())


async def start(sim: SimWorld, disk: FaultyFiles) -> tuple[StorySwarm, Node]:
    swarm = StorySwarm(sim, two_files())
    seed = await swarm.seed("seed", up=LINE)
    return swarm, await swarm.leech("leech", peers=[seed], files=disk)


@cache
def calls_of_a_download() -> int:
    """How many disk calls an undisturbed download makes, its end included."""
    disk = disk_in_memory()

    async def story(sim: SimWorld) -> None:
        swarm, leech = await start(sim, disk)
        await leech.completed(60)
        await swarm.close()

    run_story(story, seed=1)
    return disk.count


async def recover(leech: Node, within: float) -> None:
    """Wait for completion; a failure that does not pass by itself is ended by the person's Start."""
    deadline = leech.machine.clock.now() + within
    while not leech.is_complete:
        assert leech.machine.clock.now() < deadline, leech.describe()
        if leech.torrent.lifecycle.state is TorrentState.ERROR:
            reason = leech.row.reason
            assert reason is not None, "an error without a reason"
            kept = leech.torrent.picker.have
            leech.assert_claims_are_true()
            await asyncio.sleep(RETRY_SECONDS + 2)
            if leech.torrent.lifecycle.state is TorrentState.ERROR:
                await leech.client.execute(StartTorrent(leech.torrent_id))
                await asyncio.sleep(1)
            assert leech.torrent.picker.have & kept == kept, "a verified piece was lost"
        await asyncio.sleep(0.5)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EIO], ids=["full", "broken"])
def test_any_single_disk_call_fails_and_the_download_goes_on_by_itself(code: int) -> None:
    for number in range(1, calls_of_a_download() + 1):
        disk = disk_in_memory()
        disk.fail_on, disk.error = number, code

        async def story(sim: SimWorld, disk: FaultyFiles = disk) -> None:
            swarm, leech = await start(sim, disk)
            await recover(leech, 120)
            disk.heal()
            leech.assert_claims_are_true()
            leech.assert_data_is_right()
            assert leech.downloaded <= 2 * two_files().size
            await swarm.close()

        try:
            run_story(story, seed=1)
        except BaseException as error:
            error.add_note(f"call {number}: {disk.log[number - 1] if len(disk.log) >= number else 'not reached'}")
            raise


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES], ids=["full", "broken", "read-only", "denied"]
)
def test_disk_that_stays_bad_is_named_and_forgiven_when_it_heals(code: int) -> None:
    for number in range(1, calls_of_a_download() + 1, 3):
        disk = disk_in_memory()
        disk.fail_on, disk.error, disk.keeps_failing = number, code, True

        async def story(sim: SimWorld, disk: FaultyFiles = disk) -> None:
            swarm, leech = await start(sim, disk)
            await asyncio.sleep(100)
            if not leech.is_complete:
                assert leech.torrent.lifecycle.state in {TorrentState.ERROR, TorrentState.CHECKING}, leech.describe()
                assert leech.row.reason is not None
            kept = leech.torrent.picker.have
            disk.heal()
            leech.assert_claims_are_true()
            await recover(leech, 120)
            assert leech.torrent.picker.have & kept == kept
            leech.assert_data_is_right()
            await swarm.close()

        try:
            run_story(story, seed=1)
        except BaseException as error:
            error.add_note(f"from call {number}: {disk.log[number - 1] if len(disk.log) >= number else 'not reached'}")
            raise


def test_full_disk_pauses_one_torrent_and_room_lets_it_go_on() -> None:
    """Another torrent on the same disk goes on seeding all the while."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        other = single_file(200_000, seed=9, name="other.bin")
        disk = MemoryFiles(capacity_bytes=700_000)
        seed = await swarm.seed("seed", up=LINE)
        lay_out(disk, other)
        leech = await swarm.leech("leech", peers=[seed], files=disk)
        await leech.client.execute(AddTorrent(other.torrent(), FOLDER))
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.ERROR, 60, "out of room")
        reason = leech.row.reason
        assert reason is not None
        assert reason.code == "disk-full"
        assert 0 < leech.machine.clock.wall() - float(reason.params["at"]) < 60
        assert reason.params["path"] == FOLDER
        kept = leech.torrent.picker.have
        leech.assert_claims_are_true()

        reader = await swarm.boot(sim.add_host("reader"))
        await reader.client.execute(AddTorrent(other.torrent(), FOLDER, peers=(leech.address,)))
        reading = reader.session.torrents[other.info_hash.hex()]
        for _ in range(40):
            await asyncio.sleep(0.5)
        assert reading.lifecycle.state is TorrentState.SEEDING
        assert leech.torrent.lifecycle.state is TorrentState.ERROR

        disk.capacity_bytes = 3_000_000
        await leech.until(lambda: leech.torrent.lifecycle.is_running, RETRY_SECONDS + 5, "going on by itself")
        assert leech.torrent.picker.have & kept == kept
        await leech.completed(60)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=2)


def test_drive_that_goes_away_is_waited_for_and_nothing_is_fetched_again() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_500_000))
        disk = MemoryFiles()
        seed = await swarm.seed("seed", up=LINE)
        disk.make_folders(FOLDER)
        leech = await swarm.leech("leech", peers=[seed], files=disk, settings={"save_seconds": 1.0})
        await leech.until(lambda: leech.row.pieces_done >= 10, 60, "well on its way")
        disk.unmount(FOLDER)
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.ERROR, 30, "missing its drive")
        reason = leech.row.reason
        assert reason is not None
        kept = leech.torrent.picker.have
        await asyncio.sleep(200)
        assert leech.torrent.lifecycle.state is TorrentState.ERROR
        assert not [path for path in disk.paths() if path.startswith(FOLDER)], "it wrote to the empty mount point"
        disk.mount(FOLDER)
        await leech.completed(RETRY_SECONDS + 60)
        assert leech.torrent.picker.have & kept == kept
        assert leech.downloaded <= swarm.content.size + 12 * swarm.content.piece_length
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


@pytest.mark.parametrize("save_seconds", [1.0, 600.0], ids=["saved", "never-saved"])
def test_disk_that_is_unmounted_while_its_files_are_open_is_missed_at_once(save_seconds: float) -> None:
    """Writes to open files go on working then, and lead to nowhere."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_500_000))
        disk = MemoryFiles()
        seed = await swarm.seed("seed", up=LINE)
        disk.make_folders(FOLDER)
        leech = await swarm.leech("leech", peers=[seed], files=disk, settings={"save_seconds": save_seconds})
        await leech.until(lambda: leech.row.pieces_done >= 10, 60, "well on its way")
        disk.unmount(FOLDER, lazily=True)
        # Unless something is saved meanwhile, its end is the first look at the disk.
        await leech.until(lambda: leech.torrent.lifecycle.state is TorrentState.ERROR, 3 * save_seconds, "aware of it")
        reason = leech.row.reason
        assert reason is not None
        assert (reason.code, reason.params["path"]) == ("folder-gone", FOLDER)
        await asyncio.sleep(200)
        assert leech.torrent.lifecycle.state is TorrentState.ERROR
        assert not [path for path in disk.paths() if path.startswith(FOLDER)], "it wrote to the empty mount point"
        disk.mount(FOLDER)
        await leech.completed(RETRY_SECONDS + 60)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


def test_slow_disk_slows_the_asking_and_memory_stays_bounded() -> None:
    """A disk of 5 pieces a second under a line of 60: the piece memory is the back-pressure."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(8_000_000))
        seed = await swarm.seed("seed", up=4_000_000)
        leech = await swarm.leech("leech", peers=[seed], job_seconds={"disk": 0.2}, settings={"piece_memory": 1 << 20})
        buffers = leech.session.services.buffers
        most = 0
        while not leech.is_complete:
            assert leech.machine.clock.now() < 120, leech.describe()
            most = max(most, buffers.in_use_bytes)
            await asyncio.sleep(0.1)
        assert most <= 1 << 20
        assert leech.machine.clock.now() < 1.3 * 0.2 * swarm.content.piece_count
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=4)


def test_seed_whose_file_was_cut_says_so_and_is_not_believed() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        disk = seed.machine.files
        assert isinstance(disk, MemoryFiles)
        handle = disk.open(seed.path(), write=True)
        disk.truncate(handle, 100_000)
        disk.close(handle)
        seed.session.services.read_cache.drop(seed.torrent.key)
        await seed.until(lambda: seed.torrent.lifecycle.state is TorrentState.ERROR, 60, "aware of it")
        assert seed.row.reason is not None
        leech.assert_claims_are_true()
        another = await swarm.seed("another", up=LINE)
        await leech.meet(another)
        await leech.completed(120)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=5)


def test_file_deleted_during_the_download_is_never_called_complete() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, two_files())
        disk = MemoryFiles()
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], files=disk)
        await leech.until(lambda: leech.row.pieces_done >= 4, 60, "well on its way")
        written = [path for path in disk.paths() if path.startswith(FOLDER)]
        disk.remove(max(written, key=lambda path: len(disk.read_file(path))))
        await leech.completed(120)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)
