"""A pause of everything: nobody is in a swarm, and who was to run goes on afterwards, by himself or by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import AddTorrent, ChangeSettings, PauseSession, ResumeSession, StartTorrent, StopTorrent
from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentState
from shoal.engine.torrent.rows import torrent_row
from shoal.settings.engine_settings import UNTIL_RESUMED

CONTENT = single_file(600_000, piece_length=1 << 15, seed=3, name="film")
OTHER = single_file(100_000, piece_length=1 << 15, seed=4, name="other")


def story(main: Callable[[StorySwarm], Awaitable[None]]) -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, CONTENT)
        await main(swarm)
        await swarm.close()

    run_story(run)


def state(node: Node) -> TorrentState:
    return node.torrent.lifecycle.state


def reason(node: Node) -> Reason | None:
    return torrent_row(node.torrent, node.machine.clock.now()).reason


async def until_state(node: Node, wanted: TorrentState) -> None:
    await node.until(lambda: state(node) is wanted, 60.0, wanted.value)


def test_seeds_and_downloads_leave_their_swarms_and_come_back_when_somebody_says() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", up=100_000)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.downloaded > 100_000, 60.0, "data")
        await seed.execute(PauseSession())
        await leech.execute(PauseSession())
        await until_state(seed, TorrentState.QUEUED)
        await until_state(leech, TorrentState.QUEUED)
        before = leech.downloaded
        assert reason(leech) == reason(seed) == Reason("paused", {})
        assert leech.session.totals().paused_until == UNTIL_RESUMED
        await asyncio.sleep(1_800)
        assert leech.downloaded == before
        assert not leech.torrent.swarm.connected
        await seed.execute(ResumeSession())
        await leech.execute(ResumeSession())
        assert reason(leech) != Reason("paused", {})
        await until_state(seed, TorrentState.SEEDING)
        await leech.completed(60.0)
        leech.assert_data_is_right()

    story(main)


def test_a_pause_for_a_time_ends_by_itself() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        until = seed.machine.clock.wall() + 1_800
        await seed.execute(PauseSession(1_800))
        await until_state(seed, TorrentState.QUEUED)
        assert reason(seed) == Reason("paused", {"until": until})
        assert seed.session.totals().paused_until == until
        await asyncio.sleep(1_700)
        assert state(seed) is TorrentState.QUEUED
        await asyncio.sleep(110)
        assert state(seed) is TorrentState.SEEDING
        assert seed.session.totals().paused_until == 0

    story(main)


def test_paused_again_it_counts_from_then() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        await seed.execute(PauseSession(60))
        await until_state(seed, TorrentState.QUEUED)
        await asyncio.sleep(30)
        await seed.execute(PauseSession(60))
        await asyncio.sleep(45)
        assert state(seed) is TorrentState.QUEUED
        await asyncio.sleep(30)
        assert state(seed) is TorrentState.SEEDING

    story(main)


def test_what_is_started_or_added_meanwhile_waits_for_the_end() -> None:
    async def main(swarm: StorySwarm) -> None:
        node = await swarm.leech("node", settings={"active_downloads": 0})
        await node.execute(StopTorrent(node.torrent_id))
        await node.execute(PauseSession())
        await node.execute(StartTorrent(node.torrent_id, skip_queue=True))
        await node.client.execute(AddTorrent(OTHER.torrent(), "/downloads"))
        await asyncio.sleep(30)
        states = {torrent.lifecycle.state for torrent in node.session.torrents.values()}
        assert states == {TorrentState.QUEUED}
        assert {torrent.queue_reason.code for torrent in node.session.torrents.values()} == {"paused"}
        await node.execute(ResumeSession())
        await node.until(
            lambda: all(
                torrent.lifecycle.state is TorrentState.DOWNLOADING for torrent in node.session.torrents.values()
            ),
            30.0,
            "running",
        )

    story(main)


def test_who_was_stopped_stays_so() -> None:
    async def main(swarm: StorySwarm) -> None:
        node = await swarm.leech("node")
        await node.execute(StopTorrent(node.torrent_id))
        await node.execute(PauseSession())
        await node.execute(ResumeSession())
        await asyncio.sleep(30)
        assert state(node) is TorrentState.STOPPED

    story(main)


def test_resumed_while_everyone_is_still_leaving_everyone_runs() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        leech = await swarm.leech("leech", peers=[seed], down=20_000, job_seconds={"disk": 2.0})
        await leech.until(lambda: leech.torrent.download.is_verifying, 60.0, "a piece on its way to the disk")
        await leech.execute(PauseSession())
        await leech.until(lambda: state(leech) is TorrentState.STOPPING, 10.0, "leaving")
        await leech.execute(ResumeSession())
        await leech.completed(300.0)

    story(main)


def test_a_pause_outlasts_a_restart() -> None:
    async def main(swarm: StorySwarm) -> None:
        node = await swarm.seed("node", settings={"paused_until": 0.0})
        await node.execute(ChangeSettings((("paused_until", UNTIL_RESUMED),)))
        await until_state(node, TorrentState.QUEUED)
        late = await swarm.leech("late", settings={"paused_until": UNTIL_RESUMED})
        await asyncio.sleep(30)
        assert state(late) is TorrentState.QUEUED
        assert reason(late) == Reason("paused", {})

    story(main)


@pytest.mark.parametrize("seconds", [0.0, -1.0, float("nan"), float("inf")])
def test_a_time_that_is_none_is_refused(seconds: float) -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        with pytest.raises(UserError, match="bad-pause"):
            await seed.execute(PauseSession(seconds))
        assert state(seed) is TorrentState.SEEDING

    story(main)
