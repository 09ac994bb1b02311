"""Stories of the queue: several downloads, a cap on how many run, and everything a person may do to their order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import FOLDER, LOOK_SECONDS, SETTINGS, StoryError, lay_out
from tests.support.swarm_content import single_file

from shoal.api import commands
from shoal.api.commands import QueueStep
from shoal.api.errors import UserError
from shoal.api.snapshots import SettingsReport, TorrentRow, TorrentState, Update
from shoal.engine.policy.queue_order import STALLED_SECONDS
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.queue import TOLD_PLACES
from shoal.engine.session.session import open_session
from shoal.engine.torrent.rows import torrent_row
from shoal.settings.engine_settings import EngineSettings

NAMES = "abcde"
CONTENTS = {
    name: single_file(300_000, piece_length=1 << 15, seed=number, name=name) for number, name in enumerate(NAMES)
}
RUNS, WAITS, SHARES, STANDS = (
    TorrentState.DOWNLOADING,
    TorrentState.QUEUED,
    TorrentState.SEEDING,
    TorrentState.STOPPED,
)


def id_of(name: str) -> str:
    return CONTENTS[name].info_hash.hex()


class Home:
    """A machine whose engine has the five torrents, called by the letters of `NAMES`."""

    def __init__(self, machine: Machine, *, most: int = 2, state_path: Path | None = None) -> None:
        self.machine = machine
        self.settings = EngineSettings(listen_port=SETTINGS.listen_port, check_threads=1, active_downloads=most)
        self.state_path = state_path
        self.others: tuple[tuple[str, int], ...] = ()
        self.updates: list[Update] = []

    async def open(self) -> Home:
        config = SessionConfig(self.settings, None if self.state_path is None else str(self.state_path))
        self.client = await open_session(self.machine.world, config)
        self.session = self.client._session
        self.client.subscribe(self.updates.append)
        return self

    async def add(self, names: str = NAMES, **values: object) -> None:
        for name in names:
            await self.do(
                commands.AddTorrent(CONTENTS[name].torrent(), FOLDER, peers=self.others, **values)  # type: ignore[arg-type]
            )

    async def do(self, command: commands.Command) -> object:
        return await self.client.execute(command)

    def row(self, name: str) -> TorrentRow:
        return torrent_row(self.session.torrents[id_of(name)], self.machine.clock.now())

    def state(self, name: str) -> TorrentState:
        return self.session.torrents[id_of(name)].lifecycle.state

    def those(self, state: TorrentState) -> str:
        """The letters of all in `state`."""
        return "".join(name for name in NAMES if id_of(name) in self.session.torrents and self.state(name) is state)

    @property
    def order(self) -> str:
        """The letters by their positions, which have to be 1 to n."""
        by_position = {torrent.queue_position: torrent.metainfo.name for torrent in self.session.torrents.values()}
        assert sorted(by_position) == list(range(1, len(self.session.torrents) + 1))
        return "".join(by_position[position] for position in sorted(by_position))

    async def until(self, happened: Callable[[], bool], within: float = 60.0) -> None:
        deadline = self.machine.clock.now() + within
        while not happened():
            if self.machine.clock.now() > deadline:
                raise StoryError(str([(row.name, row.state.value, row.reason) for row in map(self.row, self.order)]))
            await asyncio.sleep(LOOK_SECONDS)

    async def until_runs(self, names: str, within: float = 60.0) -> None:
        await self.until(lambda: self.those(RUNS) == names, within)

    async def stays(self, state: TorrentState, names: str, seconds: float) -> None:
        for _ in range(int(seconds / LOOK_SECONDS)):
            assert self.those(state) == names
            await asyncio.sleep(LOOK_SECONDS)


def story(
    main: Callable[[SimWorld, Home], Awaitable[None]],
    *,
    state: Path | None = None,
    seed: int = 1,
    job_seconds: dict[str, float] | None = None,
) -> None:
    """A home with a cap of two, whose peers, were it told of them, have everything."""

    async def run(sim: SimWorld) -> None:
        home = Home(sim.add_host("home", job_seconds=job_seconds), state_path=state)
        await home.open()
        await main(sim, home)
        await home.client.close()

    run_story(run, seed=seed)


async def seed_of(sim: SimWorld, names: str = NAMES, *, up: float = 100_000, name: str = "seed") -> Home:
    """Another home that shares `names`."""
    machine = sim.add_host(name, up=up)
    for letter in names:
        lay_out(machine.files, CONTENTS[letter])
    home = await Home(machine).open()
    await home.add(names)
    await home.until(lambda: home.those(SHARES) == names)
    host = machine.host.addresses[0], home.session.connections.listen_port
    home.others = (host,)
    return home


def test_five_downloads_with_a_cap_of_two_finish_two_by_two_in_their_order() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim)
        home.others = seed.others
        await home.add()
        await home.until_runs("ab")
        assert home.those(WAITS) == "cde"
        finished: list[str] = []

        def look() -> bool:
            assert len(home.those(RUNS)) <= 2
            finished.extend(name for name in home.those(SHARES) if name not in finished)
            return len(finished) == len(NAMES)

        await home.until(look, 120)
        assert set(finished[:2]) == {"a", "b"}
        assert finished[-1] in "de"
        await seed.client.close()

    story(main)


def test_the_line_says_where_it_stands_and_after_whom_it_starts() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, "ab")
        home.others = seed.others
        await home.add("ab", down_limit=5_000)
        await home.do(commands.SetLimits(id_of("b"), down=10_000))
        await home.add("cd")
        await home.until(lambda: bool((reason := home.row("d").reason) and "after" in reason.params))
        reasons = [home.row(name).reason for name in "cd"]
        assert [(reason.code, reason.params) for reason in reasons if reason] == [
            ("queued", {"place": 1, "after": "b"}),
            ("queued", {"place": 2, "after": "b"}),
        ]
        told = [row for row in home.updates[-1].changed if row.torrent_id == id_of("d")]
        assert not told or told[0].reason == reasons[1]
        await home.do(commands.StopTorrent(id_of("c")))
        await home.until(lambda: home.row("d").reason != reasons[1])
        assert home.row("c").reason is None
        await seed.client.close()

    story(main)


def test_start_now_runs_beside_the_queue_and_takes_no_place() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        await home.do(commands.StartTorrent(id_of("e"), skip_queue=True))
        await home.until_runs("abe")
        assert [home.row(name).skips_queue for name in NAMES] == [False, False, False, False, True]
        await home.do(commands.StopTorrent(id_of("a")))
        await home.until_runs("bce")
        # Started in the ordinary way it counts again, and is not sent away for that.
        await home.do(commands.StartTorrent(id_of("e")))
        await home.stays(RUNS, "bce", 5)
        await home.do(commands.StopTorrent(id_of("b")))
        await home.stays(WAITS, "d", 5)

    story(main)


def test_added_straight_away_it_runs_at_once() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add("abc")
        await home.add("d", skip_queue=True)
        await home.until_runs("abd")
        assert home.those(WAITS) == "c"

    story(main)


def test_a_stalled_download_steps_aside_and_comes_back_without_sending_anybody_away() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, "bc")
        home.others = seed.others
        await home.add("bc", down_limit=1_000)
        home.others = ()
        await home.add("ad", start=False)
        await home.do(commands.MoveInQueue((id_of("a"),), QueueStep.TOP))
        await home.do(commands.StopTorrent(id_of("c")))
        await home.do(commands.StartTorrent(id_of("a")))
        await home.do(commands.StartTorrent(id_of("c")))
        await home.do(commands.StartTorrent(id_of("d")))
        await home.until_runs("ab")
        # Nobody has anything of it, so another may run in its place; the dead one goes on.
        await home.stays(WAITS, "cd", STALLED_SECONDS - 5)
        await home.until_runs("abc", 10)
        late = await seed_of(sim, "a", name="late")
        await home.do(commands.SetLimits(id_of("a"), down=2_000))
        await home.do(commands.AddPeers(id_of("a"), late.others))
        await home.until(lambda: home.row("a").down_rate > 0)
        await home.stays(RUNS, "abc", 20)
        # Only when it really was too many by one does the next one wait for one more.
        await home.do(commands.StopTorrent(id_of("b")))
        await home.stays(WAITS, "d", 10)
        await home.do(commands.StopTorrent(id_of("c")))
        await home.until_runs("ad")
        await seed.client.close()
        await late.client.close()

    story(main)


def test_a_new_order_holds_at_once() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        await home.do(commands.MoveInQueue((id_of("e"), id_of("d")), QueueStep.TOP))
        assert home.order == "deabc"
        await home.until_runs("de")
        assert home.those(WAITS) == "abc"
        await home.do(commands.MoveInQueue((id_of("d"),), QueueStep.DOWN))
        assert home.order == "edabc"
        await home.stays(RUNS, "de", 3)
        await home.do(commands.MoveInQueue((id_of("e"),), QueueStep.BOTTOM))
        await home.until_runs("ad")
        await home.do(commands.PlaceInQueue((id_of("c"), id_of("b")), id_of("d")))
        assert home.order == "cbdae"
        await home.until_runs("bc")
        await home.do(commands.PlaceInQueue((id_of("c"),), None))
        assert home.order == "bdaec"
        await home.do(commands.MoveInQueue((id_of("c"),), QueueStep.UP))
        assert home.order == "bdace"
        with pytest.raises(UserError, match="no-such-torrent"):
            await home.do(commands.MoveInQueue(("0" * 40,), QueueStep.UP))
        with pytest.raises(UserError, match="no-such-torrent"):
            await home.do(commands.PlaceInQueue((id_of("c"),), "0" * 40))

    story(main)


def test_one_that_gets_its_turn_back_while_it_leaves_runs_again() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, up=50_000)
        home.others = seed.others
        await home.add("abc", down_limit=5_000)
        # Its pieces take a while on this disk, and it leaves only when they lie there.
        await home.until(lambda: home.session.torrents[id_of("a")].download.is_verifying)
        await home.do(commands.MoveInQueue((id_of("a"),), QueueStep.BOTTOM))
        await home.until(lambda: home.state("a") is TorrentState.STOPPING)
        await home.do(commands.MoveInQueue((id_of("a"),), QueueStep.TOP))
        await home.until_runs("ab")
        assert home.those(WAITS) == "c"
        await seed.client.close()

    story(main, job_seconds={"disk": 2.0})


def test_a_moved_one_that_waits_waits_again() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add("abc")
        await home.until_runs("ab")
        for name in "ac":
            await home.do(commands.MoveFiles(id_of(name), "/elsewhere"))
        await home.until(lambda: home.row("c").folder == home.row("a").folder == "/elsewhere")
        await home.until_runs("ab")
        assert home.those(WAITS) == "c"

    story(main)


def test_a_smaller_number_queues_the_last_and_a_larger_one_starts_the_next() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        report = await home.do(commands.ChangeSettings((("active_downloads", 4),)))
        assert isinstance(report, SettingsReport)
        assert report.values["active_downloads"] == 4
        await home.until_runs("abcd")
        await home.do(commands.ChangeSettings((("active_downloads", 1),)))
        await home.until_runs("a")
        assert home.those(WAITS) == "bcde"
        assert home.session.totals().active_downloads == 1
        await home.do(commands.ChangeSettings((("active_downloads", 0),)))
        await home.until_runs(NAMES)
        await home.do(commands.ChangeSettings((("active_downloads", 3),)))
        await home.until_runs("abc")

    story(main)


def test_positions_have_no_gaps_after_removals_and_whoever_waits_moves_up() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        await home.do(commands.RemoveTorrent(id_of("a")))
        await home.do(commands.RemoveTorrent(id_of("d"), delete_data=True))
        await home.until_runs("bc")
        await asyncio.sleep(2)
        assert home.order == "bce"
        shown = {row.torrent_id: row.queue_position for update in home.updates for row in update.changed}
        assert [shown[id_of(name)] for name in "bce"] == [1, 2, 3]

    story(main)


def test_seeds_are_not_capped_and_what_is_there_already_needs_no_turn() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        for name in "cde":
            lay_out(home.machine.files, CONTENTS[name])
        await home.add()
        await home.until(lambda: home.those(SHARES) == "cde")
        assert home.those(RUNS) == "ab"
        # A file that is fetched after all makes a running seed a running download, whatever the cap.
        await home.do(commands.MoveInQueue((id_of("e"),), QueueStep.TOP))
        await home.stays(RUNS, "ab", 2)

    story(main)


def test_waiting_ones_stop_start_and_are_checked_like_others() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        await home.do(commands.RecheckTorrent(id_of("c")))
        await home.until(lambda: home.those(WAITS) == "cde")
        await home.do(commands.StopTorrent(id_of("c")))
        assert home.state("c") is STANDS
        await home.do(commands.StartTorrent(id_of("c")))
        await home.until(lambda: home.those(WAITS) == "cde")
        # Checked while it runs, it keeps its turn.
        await home.do(commands.RecheckTorrent(id_of("a")))
        await home.until_runs("ab")
        # With no file chosen it leaves the line, and gets in again with one.
        await home.do(commands.SetFilePriorities(id_of("d"), ((0, 0),)))
        await home.until(lambda: home.state("d") is TorrentState.ERROR)
        assert home.row("d").has_nothing_chosen
        await home.stays(RUNS, "ab", 3)
        await home.do(commands.SetFilePriorities(id_of("d"), ((0, 4),)))
        await home.until(lambda: home.those(WAITS) == "cde")
        await home.stays(RUNS, "ab", 3)

    story(main)


def test_a_download_that_fails_leaves_its_place_and_gets_in_line_again() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        seed = await seed_of(sim, "abc")
        home.others = seed.others
        await home.add("abc", down_limit=5_000)
        await home.until(lambda: home.those(RUNS) == "ab" and home.row("a").pieces_done > 0)
        await asyncio.sleep(SETTINGS.save_seconds + 1)
        path = f"{FOLDER}/a"
        kept = home.machine.files.read_file(path)  # type: ignore[attr-defined]
        home.machine.files.remove(path)
        await home.do(commands.StopTorrent(id_of("a")))
        await home.do(commands.StartTorrent(id_of("a"), skip_queue=True))
        await home.until(lambda: home.state("a") is TorrentState.ERROR)
        await home.until_runs("bc")
        home.machine.files.write_file(path, kept)  # type: ignore[attr-defined]
        await home.do(commands.StartTorrent(id_of("a")))
        await home.until(lambda: home.those(WAITS) == "a")
        await seed.client.close()

    story(main)


def test_after_a_restart_the_first_run_and_the_rest_waits_in_its_order(tmp_path: Path) -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        await home.do(commands.PlaceInQueue((id_of("e"),), id_of("a")))
        await home.until_runs("ae")
        await home.do(commands.StopTorrent(id_of("c")))
        await home.do(commands.StartTorrent(id_of("d"), skip_queue=True))
        await home.until_runs("ade")
        await home.client.close()
        await home.open()
        assert home.order == "eabcd"
        await home.until_runs("ade")
        assert (home.those(WAITS), home.those(STANDS)) == ("b", "c")
        assert home.row("b").is_started
        assert home.row("d").skips_queue

    story(main, state=tmp_path / "resume.db")


def test_a_new_order_is_saved_without_a_look_at_any_file(tmp_path: Path) -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        await home.add()
        await home.until_runs("ab")
        for name in NAMES:
            await home.do(commands.StopTorrent(id_of(name)))
        synced: list[str] = []
        for torrent in home.session.torrents.values():
            assert not torrent.is_dirty
            name = torrent.metainfo.name
            torrent.disk.sync = lambda name=name: synced.append(name)  # type: ignore[method-assign, misc]
        await home.do(commands.MoveInQueue((id_of("e"),), QueueStep.TOP))
        await asyncio.sleep(home.settings.save_seconds + 1)
        assert synced == []
        assert not any(torrent.has_new_place for torrent in home.session.torrents.values())
        again = await Home(home.machine, state_path=home.state_path).open()
        assert again.order == "eabcd"
        await again.client.close()

    story(main, state=tmp_path / "resume.db")


def test_of_a_long_line_the_first_are_told_their_place_and_whoever_is_called_runs() -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        line = [single_file(40_000, piece_length=1 << 15, seed=100 + number) for number in range(TOLD_PLACES + 20)]
        ids = [content.info_hash.hex() for content in line]
        for content in line:
            await home.do(commands.AddTorrent(content.torrent(), FOLDER))
        torrents = home.session.torrents

        def places(torrent_ids: list[str]) -> list[object]:
            return [torrents[torrent_id].queue_reason.params.get("place") for torrent_id in torrent_ids]

        def running() -> list[str]:
            return [torrent_id for torrent_id in torrents if torrents[torrent_id].lifecycle.state is RUNS]

        await home.until(lambda: running() == ids[:2] and places(ids[2:104]) == [*range(1, 101), None, None])
        # The last of all, about which nothing happened since it came into the line.
        await home.do(commands.MoveInQueue((ids[-1],), QueueStep.TOP))
        await home.until(lambda: running() == [ids[0], ids[-1]] and places([ids[1], ids[2]]) == [1, 2])
        await home.do(commands.StopTorrent(ids[1]))
        await home.do(commands.RemoveTorrent(ids[2]))
        await home.until(lambda: places(ids[3:5]) == [1, 2])
        await home.do(commands.StopTorrent(ids[0]))
        await home.until(lambda: set(running()) == {ids[3], ids[-1]})
        await home.do(commands.StartTorrent(ids[110], skip_queue=True))
        await home.until(lambda: set(running()) == {ids[3], ids[110], ids[-1]})
        await home.do(commands.PauseSession())
        await home.until(lambda: not running())
        await home.do(commands.ResumeSession())
        await home.until(lambda: set(running()) == {ids[3], ids[110], ids[-1]})

    story(main)


@pytest.mark.parametrize("number", range(6))
def test_whatever_is_done_in_any_order_the_cap_and_the_positions_hold(number: int) -> None:
    async def main(sim: SimWorld, home: Home) -> None:
        rng = random.Random(number)
        seed = await seed_of(sim, up=30_000)
        home.others = seed.others
        await home.add()
        for _ in range(40):
            name, other = rng.choice(NAMES), rng.choice(NAMES)
            torrent_id = id_of(name)
            command = rng.choice(
                (
                    commands.StartTorrent(torrent_id),
                    commands.StopTorrent(torrent_id),
                    commands.RecheckTorrent(torrent_id),
                    commands.MoveInQueue((torrent_id, id_of(other)), rng.choice(list(QueueStep))),
                    commands.PlaceInQueue((torrent_id,), rng.choice((None, id_of(other)))),
                    commands.RemoveTorrent(torrent_id),
                    commands.RestoreTorrent(torrent_id),
                    commands.ChangeSettings((("active_downloads", rng.randrange(1, 4)),)),
                )
            )
            try:
                await home.do(command)
            except UserError as error:
                assert error.code in {"no-such-torrent", "nothing-to-restore"}, error.code  # noqa: PT017
            await asyncio.sleep(rng.choice((0, 0.01, 0.5, 2)))
            assert TorrentState.ERROR not in {torrent.lifecycle.state for torrent in home.session.torrents.values()}
        await home.do(commands.ChangeSettings((("active_downloads", 1),)))
        for name in NAMES:
            if id_of(name) in home.session.torrents:
                await home.do(commands.StartTorrent(id_of(name)))
            else:
                await home.add(name)
        await home.until(lambda: len(home.those(RUNS)) <= 1, 30)
        assert sorted(home.order) == sorted(NAMES)

        def look() -> bool:
            assert len(home.those(RUNS)) <= 1
            return home.those(SHARES) == NAMES

        for name in NAMES:
            await home.do(commands.AddPeers(id_of(name), seed.others))
        await home.until(look, 300)
        await seed.client.close()

    story(main, seed=number, job_seconds={"disk": 0.2, "slow": 0.1} if number % 2 else None)
