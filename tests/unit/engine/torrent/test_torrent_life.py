"""One torrent in a session on a simulated machine: coming up, going down, failing and getting well; and its rows."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.support.log_watch import LogWatch
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import SimWorld, run_story
from tests.support.swarm_content import Content, many_files

from shoal.api import commands
from shoal.api.commands import Detail
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentState
from shoal.engine.discovery.announcer import PARTING_SECONDS, STOP_SECONDS
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import shown_reason
from shoal.engine.torrent.rows import STRIP_CELLS, piece_strip, torrent_row
from shoal.engine.torrent.strips import HAVE, IN_SWARM, NOBODY, NOT_WANTED, RARE
from shoal.engine.torrent.torrent import Torrent
from shoal.metainfo.bitfield import all_pieces, span
from shoal.settings.engine_settings import EngineSettings

PIECE = 1 << 15
CONTENT = many_files([200_000, 70_000, 20, 150_000], piece_length=PIECE)
TORRENT = CONTENT.torrent()
ID = CONTENT.info_hash.hex()
COUNT = CONTENT.piece_count


class Engine:
    """A session on a machine of its own."""

    def __init__(self, sim: SimWorld, name: str, session: Session) -> None:
        self.sim = sim
        self.name = name
        self.session = session
        self.client = LocalClient(session)

    @property
    def torrent(self) -> Torrent:
        return self.session.torrents[ID]

    @property
    def state(self) -> TorrentState:
        return self.torrent.lifecycle.state

    @property
    def reason(self) -> str | None:
        reason = shown_reason(self.torrent, self.session.world.clock.now())
        return reason.code if reason is not None else None

    @property
    def here(self) -> tuple[str, int]:
        host = self.sim.machines[self.name].host
        return host.addresses[0], self.session.connections.listen_port

    def store(self, content: Content = CONTENT) -> None:
        """Lay the files out on the machine's disk."""
        files = self.session.world.files
        for path, data in content.files:
            handle = files.open("/".join(("/downloads", content.name, *path)), write=True, create=True)
            files.pwrite(handle, memoryview(data), 0)
            files.close(handle)

    def stored(self) -> dict[str, bytes]:
        files = self.session.world.files
        found = {}
        for path, data in CONTENT.files:
            name = "/".join(("/downloads", CONTENT.name, *path))
            if files.stat(name) is None:
                continue
            buffer = bytearray(len(data))
            handle = files.open(name, write=False)
            files.pread_into(handle, memoryview(buffer), 0)
            files.close(handle)
            found["/".join(path)] = bytes(buffer)
        return found

    async def add(self, **values: object) -> None:
        command = commands.AddTorrent(**{"metainfo": TORRENT, "folder": "/downloads", **values})  # type: ignore[arg-type]
        await self.client.execute(command)

    async def until(self, *states: TorrentState, seconds: int = 300) -> None:
        for _ in range(seconds * 10):
            if self.state in states:
                return
            await asyncio.sleep(0.1)
        raise AssertionError(f"{self.state} ({self.reason}) after {seconds} s, not {states}")


async def engine(sim: SimWorld, name: str) -> Engine:
    session = Session(sim.add_host(name).world, SessionConfig(EngineSettings()), None)
    await session.open()
    return Engine(sim, name, session)


def story(main: Callable[[SimWorld], Awaitable[None]]) -> None:
    async def run(sim: SimWorld) -> None:
        await main(sim)

    run_story(run)


async def seed_and_leech(sim: SimWorld, **values: object) -> tuple[Engine, Engine]:
    seed, leech = await engine(sim, "seed"), await engine(sim, "leech")
    seed.store()
    await seed.add()
    await seed.until(TorrentState.SEEDING)
    await leech.add(peers=(seed.here,), **values)
    return seed, leech


async def close(*engines: Engine) -> None:
    for one in engines:
        await one.client.close()


def test_a_seed_gives_everything_to_a_leech() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim)
        await leech.until(TorrentState.SEEDING)
        assert leech.stored() == {"/".join(path): data for path, data in CONTENT.files}
        row = torrent_row(leech.torrent, sim.loop.time())
        assert (row.pieces_done, row.wanted_done, row.progress) == (COUNT, CONTENT.size, 1.0)
        assert row.completed_at is not None
        assert leech.session.services.buffers.in_use == 0
        await close(seed, leech)

    story(main)


def test_only_what_is_wanted_is_fetched_and_more_when_more_is_wanted() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim, file_priorities=(4, 0, 0, 0))
        await leech.until(TorrentState.SEEDING)
        first = "/".join(CONTENT.files[0][0])
        assert set(leech.stored()) == {first}
        assert leech.torrent.picker.have.bit_count() < COUNT
        changes = tuple((index, 4) for index in range(4))
        await leech.client.execute(commands.SetFilePriorities(ID, changes))
        assert leech.state is TorrentState.DOWNLOADING
        await leech.client.execute(commands.AddPeers(ID, (seed.here,)))
        await leech.until(TorrentState.SEEDING)
        assert leech.stored() == {"/".join(path): data for path, data in CONTENT.files}
        await close(seed, leech)

    story(main)


def test_once_finished_nobody_is_told_that_we_are_interested() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim, down_limit=100_000)
        third = await engine(sim, "third")
        await third.add(peers=(leech.here,), down_limit=1_000, up_limit=1)
        await leech.until(TorrentState.SEEDING)
        assert leech.torrent.swarm.connected
        assert not any(peer.am_interested for peer in leech.torrent.swarm.connected.values())
        await close(seed, leech, third)

    story(main)


def test_nothing_wanted_is_not_finished() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.add()
        await home.until(TorrentState.DOWNLOADING)
        await home.client.execute(commands.SetFilePriorities(ID, tuple((index, 0) for index in range(4))))
        await asyncio.sleep(2)
        assert home.torrent.record.completed_at is None
        await home.client.execute(commands.SetFilePriorities(ID, ((0, 4),)))
        await home.until(TorrentState.DOWNLOADING)
        await close(home)

    story(main)


@pytest.mark.parametrize("trouble", ["stopped", "failed"])
def test_what_interrupts_the_last_look_does_not_cost_the_finish(trouble: str) -> None:
    """The last piece is here and the look at the files is under way: it is finished when it comes up again."""

    async def main(sim: SimWorld) -> None:
        seed = await engine(sim, "seed")
        seed.store()
        await seed.add()
        await seed.until(TorrentState.SEEDING)
        machine = sim.add_host("leech", job_seconds={"disk": 0.05})
        session = Session(machine.world, SessionConfig(EngineSettings()), None)
        await session.open()
        leech = Engine(sim, "leech", session)
        alerts: list[str] = []
        leech.client.subscribe(lambda update: alerts.extend(alert.code for alert in update.alerts), beat_seconds=0.1)
        await leech.add(peers=(seed.here,))
        for _ in range(100_000):
            if leech.torrent.is_complete:
                break
            await asyncio.sleep(0.001)
        assert leech.torrent.is_complete
        assert leech.state is TorrentState.DOWNLOADING
        if trouble == "stopped":
            await leech.client.execute(commands.StopTorrent(ID))
        else:
            leech.torrent.storage_failed(StorageError("io-error", "/downloads"))
            await asyncio.sleep(1)
        assert "finished" not in alerts
        await leech.client.execute(commands.StartTorrent(ID))
        await leech.until(TorrentState.SEEDING)
        await asyncio.sleep(1)
        assert torrent_row(leech.torrent, sim.loop.time()).completed_at is not None
        assert alerts.count("finished") == 1
        # Once is enough.
        await leech.client.execute(commands.RecheckTorrent(ID))
        await leech.until(TorrentState.SEEDING)
        await asyncio.sleep(1)
        assert alerts.count("finished") == 1
        await close(seed, leech)

    story(main)


def test_what_was_there_already_is_shared_and_not_finished() -> None:
    async def main(sim: SimWorld) -> None:
        seed = await engine(sim, "seed")
        seed.store()
        await seed.add()
        await seed.until(TorrentState.SEEDING)
        assert torrent_row(seed.torrent, sim.loop.time()).completed_at is None
        await close(seed)

    story(main)


def test_stopping_and_starting_goes_on_where_it_was_without_a_check() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim, down_limit=60_000)
        for _ in range(100):
            await asyncio.sleep(0.1)
            if leech.torrent.picker.have.bit_count() >= 3:
                break
        await leech.client.execute(commands.StopTorrent(ID))
        had = leech.torrent.picker.have
        assert had.bit_count() >= 3
        assert leech.state is TorrentState.STOPPED
        assert leech.session.connections.count == 0
        assert leech.session.services.buffers.in_use == 0
        seen: set[TorrentState] = set()
        await leech.client.execute(commands.StartTorrent(ID))
        for _ in range(20):
            seen.add(leech.state)
            await asyncio.sleep(0)
        await leech.until(TorrentState.DOWNLOADING)
        assert TorrentState.CHECKING not in seen
        assert leech.torrent.picker.have & had == had
        await leech.client.execute(commands.SetLimits(ID, down=0))
        await leech.until(TorrentState.SEEDING)
        await close(seed, leech)

    story(main)


def test_commands_in_any_order_end_in_a_state_that_holds() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        execute = home.client.execute
        await asyncio.gather(
            execute(commands.StopTorrent(ID)),
            execute(commands.RecheckTorrent(ID)),
            execute(commands.StartTorrent(ID)),
            execute(commands.StopTorrent(ID)),
            execute(commands.RecheckTorrent(ID)),
            execute(commands.CancelCheck(ID)),
            execute(commands.StartTorrent(ID)),
        )
        await home.until(TorrentState.SEEDING)
        await execute(commands.RecheckTorrent(ID))
        await execute(commands.CancelCheck(ID))
        await asyncio.sleep(5)
        assert home.state is TorrentState.STOPPED
        await execute(commands.StartTorrent(ID))
        await home.until(TorrentState.SEEDING)
        await close(home)

    story(main)


def test_a_torrent_that_is_being_removed_does_not_come_up_again() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        torrent = home.torrent
        await asyncio.gather(
            home.client.execute(commands.RemoveTorrent(ID, delete_data=True)),
            home.client.execute(commands.StopTorrent(ID)),
            home.client.execute(commands.StartTorrent(ID)),
            home.client.execute(commands.RecheckTorrent(ID)),
        )
        await asyncio.sleep(5)
        assert torrent.lifecycle.state is TorrentState.STOPPED
        assert home.session.torrents == {}
        assert home.stored() == {}
        await close(home)

    story(main)


def test_who_quits_waits_less_for_trackers_than_who_stops() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        bounds: list[float] = []
        stop = home.torrent.announcer.stop

        async def noted(timeout: float) -> None:  # noqa: ASYNC109 - as the one it stands for
            bounds.append(timeout)
            await stop(timeout)

        home.torrent.announcer.stop = noted  # type: ignore[method-assign, assignment]
        await home.client.execute(commands.StopTorrent(ID))
        await home.client.execute(commands.StartTorrent(ID))
        await home.until(TorrentState.SEEDING)
        await close(home)
        assert bounds == [STOP_SECONDS, PARTING_SECONDS]
        assert PARTING_SECONDS <= 2.0

    story(main)


def test_a_torrent_whose_files_are_being_deleted_says_so() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        torrent = home.torrent
        said: list[Reason | None] = []
        delete_files = torrent.disk.delete_files

        def look(*, to_wastebasket: bool) -> bool:
            said.append(shown_reason(torrent, 0.0))
            return delete_files(to_wastebasket=to_wastebasket)

        torrent.disk.delete_files = look  # type: ignore[method-assign]
        await home.client.execute(commands.RemoveTorrent(ID, delete_data=True))
        assert said == [Reason("removing")]
        await close(home)

    story(main)


def test_a_torrent_whose_data_cannot_be_deleted_stays_and_can_be_started() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        disk = home.torrent.disk
        delete_files = disk.delete_files

        def refuse(*, to_wastebasket: bool) -> None:
            raise StorageError("permission", "/downloads")

        disk.delete_files = refuse  # type: ignore[method-assign, assignment]
        with pytest.raises(UserError, match="permission"):
            await home.client.execute(commands.RemoveTorrent(ID, delete_data=True))
        assert shown_reason(home.torrent, 0.0) is None
        disk.delete_files = delete_files  # type: ignore[method-assign]
        await home.client.execute(commands.StartTorrent(ID))
        await home.until(TorrentState.SEEDING)
        await close(home)

    story(main)


def test_a_check_of_spoiled_data_finds_it_and_the_download_mends_it() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim)
        await leech.until(TorrentState.SEEDING)
        files = leech.session.world.files
        name = "/".join(("/downloads", CONTENT.name, *CONTENT.files[0][0]))
        handle = files.open(name, write=True)
        files.pwrite(handle, memoryview(b"spoiled"), 40_000)
        files.close(handle)
        await leech.client.execute(commands.RecheckTorrent(ID))
        await leech.until(TorrentState.DOWNLOADING)
        assert leech.torrent.picker.have == all_pieces(COUNT) & ~0b10
        await leech.client.execute(commands.AddPeers(ID, (seed.here,)))
        await leech.until(TorrentState.SEEDING)
        assert leech.stored()["/".join(CONTENT.files[0][0])] == CONTENT.files[0][1]
        await close(seed, leech)

    story(main)


def test_when_all_files_are_gone_it_says_so_waits_and_goes_on_when_they_are_back() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        await home.client.execute(commands.StopTorrent(ID))
        files = home.session.world.files
        for path, _ in CONTENT.files:
            name = "/".join(("/downloads", CONTENT.name, *path))
            files.replace(name, name + ".away")
        await home.client.execute(commands.StartTorrent(ID))
        await home.until(TorrentState.ERROR)
        assert home.reason == "folder-gone"
        await asyncio.sleep(100)
        assert (home.state, home.reason) == (TorrentState.ERROR, "folder-gone"), "after retries it still says why"
        assert home.stored() == {}, "nothing is written anew there"
        for path, _ in CONTENT.files:
            name = "/".join(("/downloads", CONTENT.name, *path))
            files.replace(name + ".away", name)
        await home.until(TorrentState.SEEDING)
        await close(home)

    story(main)


def test_a_drive_that_goes_between_the_look_and_the_start_gets_nothing_written_in_its_place() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        await home.add()
        await home.until(TorrentState.SEEDING)
        await home.client.execute(commands.StopTorrent(ID))
        files = home.session.world.files
        assert isinstance(files, MemoryFiles)
        prepare = home.torrent.disk.prepare

        def unplugged(*arguments: object, **options: object) -> object:
            files.unmount("/downloads")
            home.torrent.disk.prepare = prepare  # type: ignore[method-assign]
            return prepare(*arguments, **options)  # type: ignore[arg-type]

        home.torrent.disk.prepare = unplugged  # type: ignore[method-assign, assignment]
        await home.client.execute(commands.StartTorrent(ID))
        await home.until(TorrentState.ERROR)
        assert home.reason == "folder-gone"
        assert files.paths() == []
        files.mount("/downloads")
        await home.until(TorrentState.SEEDING)
        await close(home)

    story(main)


def test_a_vanished_file_of_a_finished_torrent_is_no_silent_new_download() -> None:
    async def main(sim: SimWorld) -> None:
        seed, leech = await seed_and_leech(sim)
        await leech.until(TorrentState.SEEDING)
        await leech.client.execute(commands.StopTorrent(ID))
        leech.session.world.files.remove("/".join(("/downloads", CONTENT.name, *CONTENT.files[0][0])))
        await leech.client.execute(commands.StartTorrent(ID))
        await leech.until(TorrentState.ERROR)
        assert leech.reason == "files-changed"
        await close(seed, leech)

    story(main)


def test_what_it_waits_for_is_said() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.add()
        await home.until(TorrentState.DOWNLOADING)
        await asyncio.sleep(3)
        assert home.reason == "finding", "the DHT may still answer"
        await asyncio.sleep(20)
        assert home.reason == "no-peers"
        other = await engine(sim, "other")
        await other.add(peers=(home.here,))
        await asyncio.sleep(5)
        assert home.reason == "no-seed"
        assert torrent_row(home.torrent, sim.loop.time()).missing_pieces == COUNT
        await close(home, other)

    story(main)


def test_the_strip_shows_the_worst_that_matters() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.add(start=False)
        await asyncio.sleep(1)
        torrent = home.torrent
        assert piece_strip(torrent) == bytes([NOBODY]) * COUNT
        torrent.picker.have = 0b1
        torrent.availability.add(0b0110)
        torrent.availability.add(0b0100)
        torrent.swarm.connected[1] = None  # type: ignore[assignment]
        assert list(piece_strip(torrent))[:4] == [HAVE, RARE, IN_SWARM, NOBODY]
        torrent.swarm.connected.clear()
        assert list(piece_strip(torrent))[:4] == [HAVE, NOBODY, NOBODY, NOBODY]
        await home.client.execute(commands.SetFilePriorities(ID, ((0, 0), (1, 0))))
        assert list(piece_strip(torrent))[:3] == [HAVE, NOT_WANTED, NOT_WANTED]
        torrent.picker.have = all_pieces(COUNT)
        assert piece_strip(torrent) == bytes([HAVE]) * COUNT
        details = await home.client.details(ID, frozenset({Detail.PIECES, Detail.FILES}))
        assert details.pieces == bytes([3]) * COUNT
        assert details.peers is None
        assert details.files is not None
        assert [row.done for row in details.files] == [row.size for row in details.files]
        await close(home)

    story(main)


def test_a_long_torrent_has_a_bounded_strip() -> None:
    content = many_files([3_000_000], piece_length=1 << 14)

    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.sleep(1)
        (torrent,) = home.session.torrents.values()
        count = torrent.piece_count
        assert count > STRIP_CELLS
        torrent.picker.have = span(0, count // 2)
        strip = piece_strip(torrent)
        assert len(strip) == STRIP_CELLS
        assert strip == bytes([HAVE]) * (STRIP_CELLS // 2) + bytes([NOBODY]) * (STRIP_CELLS // 2)
        await close(home)

    story(main)


def test_priorities_that_the_disk_refuses_leave_all_as_it_was() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.add(file_priorities=(0, 4, 4, 4))
        await home.until(TorrentState.DOWNLOADING)
        files = home.session.world.files
        home.session.world.files.free_bytes = lambda folder: 10  # type: ignore[method-assign]
        with pytest.raises(UserError) as caught:
            await home.client.execute(commands.SetFilePriorities(ID, ((0, 4),)))
        assert caught.value.code == "disk-full"
        assert home.torrent.selection.priorities == (0, 4, 4, 4)
        assert files.free_bytes("/") == 10
        await close(home)

    story(main)


def test_a_fault_of_ours_while_coming_up_ends_in_a_named_error_and_a_start_tries_again(
    expect_log: LogWatch, monkeypatch: pytest.MonkeyPatch
) -> None:
    expect_log("an activity failed")

    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        home.store()
        with monkeypatch.context() as broken:
            broken.setattr("shoal.engine.torrent.stages.trusted_at_start", lambda *_, **__: 1 // 0)
            await home.add()
            await home.until(TorrentState.ERROR)
        assert home.reason == "unexpected"
        await home.client.execute(commands.StartTorrent(ID))
        await home.until(TorrentState.SEEDING)
        await close(home)

    story(main)


def test_a_start_is_saved_at_once() -> None:
    async def main(sim: SimWorld) -> None:
        home = await engine(sim, "home")
        await home.add(start=False)
        await asyncio.sleep(1)
        saved: list[bool] = []
        saving = home.session.saving
        assert saving is not None
        save = saving.save

        async def watched(torrent: Torrent) -> None:
            saved.append(torrent.record.is_started)
            await save(torrent)

        saving.save = watched  # type: ignore[method-assign]
        await home.client.execute(commands.StartTorrent(ID))
        assert saved == [True]
        await close(home)

    story(main)
