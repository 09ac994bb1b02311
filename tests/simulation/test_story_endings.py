"""The two ends of a transfer: finished files go where they belong, and who has shared enough ends."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, lay_out
from tests.support.swarm_content import single_file

from shoal.api.commands import ChangeSettings, RestoreTorrent, StartTorrent
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState, Update
from shoal.engine.torrent.rows import torrent_row

CONTENT = single_file(300_000, piece_length=1 << 15, seed=5, name="film")


def story(main: Callable[[StorySwarm], Awaitable[None]]) -> None:
    async def run(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, CONTENT)
        await main(swarm)
        await swarm.close()

    run_story(run)


def state(node: Node) -> TorrentState:
    return node.torrent.lifecycle.state


def test_finished_files_are_moved_and_shared_from_there() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        leech = await swarm.leech("leech", peers=[seed], settings={"finished_folder": "/finished"})
        await leech.until(lambda: leech.torrent.record.folder == "/finished", 120.0, "moved")
        await leech.until(lambda: state(leech) is TorrentState.SEEDING, 60.0, "seeding")
        late = await swarm.leech("late", peers=[leech])
        await late.completed(120.0)
        assert leech.uploaded >= CONTENT.size

    story(main)


def test_what_was_complete_when_it_was_added_stays() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", settings={"finished_folder": "/finished"})
        before = seed.torrent.record.folder
        await asyncio.sleep(60)
        assert seed.torrent.record.folder == before
        assert state(seed) is TorrentState.SEEDING

    story(main)


def test_files_that_cannot_be_moved_stay_and_it_is_told() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed")
        leech = await swarm.leech("leech", peers=[seed], start=False)
        lay_out(leech.machine.files, CONTENT, "/finished")
        updates: list[Update] = []
        leech.client.subscribe(updates.append)
        await leech.execute(ChangeSettings((("finished_folder", "/finished"),)))
        await leech.execute(StartTorrent(leech.torrent_id))
        await leech.completed(120.0)
        await asyncio.sleep(10)
        told = [alert for update in updates for alert in update.alerts if alert.code == "move-failed"]
        assert [alert.params["code"] for alert in told] == ["name-taken"]
        assert state(leech) is TorrentState.SEEDING
        leech.assert_data_is_right()

    story(main)


def test_a_seed_stops_at_its_ratio_and_says_so() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", settings={"share_ratio": 2.0})
        for name in ("first", "second"):
            assert state(seed) is TorrentState.SEEDING
            leech = await swarm.leech(name, peers=[seed])
            await leech.completed(60.0)
        await seed.until(lambda: state(seed) is TorrentState.STOPPED, 10.0, "stopped")
        row = torrent_row(seed.torrent, seed.machine.clock.now())
        assert row.reason is not None
        assert row.reason.code == "shared-enough"
        assert float(row.reason.params["ratio"]) >= 2.0
        assert not row.is_started

    story(main)


def test_started_again_by_hand_it_shares_without_a_goal() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", settings={"share_minutes": 10})
        await asyncio.sleep(590)
        assert state(seed) is TorrentState.SEEDING
        await seed.until(lambda: state(seed) is TorrentState.STOPPED, 80.0, "stopped")
        await seed.execute(StartTorrent(seed.torrent_id))
        await asyncio.sleep(1_800)
        assert state(seed) is TorrentState.SEEDING
        assert torrent_row(seed.torrent, seed.machine.clock.now()).reason is None

    story(main)


def test_who_was_started_at_once_has_no_goal() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", settings={"share_minutes": 10}, skip_queue=True)
        await asyncio.sleep(1_800)
        assert state(seed) is TorrentState.SEEDING

    story(main)


def test_the_list_can_be_cleared_of_those_that_have_shared_enough() -> None:
    async def main(swarm: StorySwarm) -> None:
        seed = await swarm.seed("seed", settings={"share_minutes": 10, "share_then": "remove"})
        torrent_id = seed.torrent_id
        await seed.until(lambda: not seed.session.torrents, 700.0, "removed")
        seed.assert_data_is_right()
        await seed.execute(RestoreTorrent(torrent_id))
        await seed.until(lambda: state(seed) is TorrentState.SEEDING, 60.0, "seeding")
        assert torrent_row(seed.torrent, seed.machine.clock.now()).reason != Reason("shared-enough")

    story(main)
