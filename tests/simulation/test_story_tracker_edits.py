"""Stories of trackers and peers that a person adds, removes and bans while it runs."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from tests.simulation.test_story_trackers import URL, start_tracker
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import FOLDER, Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import (
    AddPeers,
    AddTorrent,
    AddTrackers,
    AnnounceNow,
    BanPeer,
    ChangeSettings,
    Detail,
    RemoveTrackers,
)
from shoal.api.details import TrackerRow
from shoal.api.errors import UserError

LINE = 100_000
SECOND = "udp://second.example.org:6969/announce"


async def trackers(node: Node) -> tuple[TrackerRow, ...]:
    details = await node.client.details(node.torrent_id, frozenset({Detail.TRACKERS}))
    assert details.trackers is not None
    return tuple(source for source in details.trackers if source.is_tracker)


async def codes(node: Node) -> list[str]:
    details = await node.client.details(node.torrent_id, frozenset({Detail.EVENTS}))
    return [event.code for event in details.events or ()]


def test_trackers_are_added_and_removed_at_once_and_for_good(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        first, second = await start_tracker(sim), await start_tracker(sim, "second.example.org")
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(300_000), trackers=(URL,))
        node = await swarm.leech("leech", state_path=state)
        await asyncio.sleep(2)
        assert first.counts(swarm.content.info_hash) == (0, 1)
        await node.execute(RemoveTrackers(node.torrent_id, (URL, "udp://never.example.org:1")))
        await asyncio.sleep(2)
        assert first.counts(swarm.content.info_hash) == (0, 0), "the one that was removed was not told `stopped`"
        await node.execute(AddTrackers(node.torrent_id, (f" {SECOND} ", SECOND)))
        await asyncio.sleep(2)
        assert second.counts(swarm.content.info_hash) == (0, 1), "the new one was not asked at once"
        (row,) = await trackers(node)
        assert (row.url, row.state) == (SECOND, "working")
        assert row.last_answer_at == pytest.approx(node.machine.clock.wall(), abs=3)
        assert row.may_ask_in == pytest.approx(58, abs=2)
        assert (await codes(node))[-2:] == ["trackers-removed", "trackers-added"]
        await node.close()
        assert second.counts(swarm.content.info_hash) == (0, 0)
        node = await swarm.boot(node.machine, state_path=state)
        await asyncio.sleep(2)
        assert [row.url for row in await trackers(node)] == [SECOND]
        assert first.counts(swarm.content.info_hash) == (0, 0)
        details = await node.client.details(node.torrent_id, frozenset())
        assert "second.example.org" in details.magnet
        assert "tr=udp%3A%2F%2Ftracker" not in details.magnet
        await swarm.close()

    run_story(story, seed=1)


def test_an_address_that_is_none_adds_nothing() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(100_000))
        node = await swarm.leech("leech")
        with pytest.raises(UserError) as caught:
            await node.execute(AddTrackers(node.torrent_id, (SECOND, "gopher://x")))
        assert (caught.value.code, caught.value.reason.params) == ("bad-tracker", {"url": "gopher://x"})
        assert await trackers(node) == ()
        await swarm.close()

    run_story(story, seed=2)


def test_second_torrent_file_tells_how_many_trackers_it_would_add() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(100_000), trackers=(URL,))
        node = await swarm.leech("leech")
        again = AddTorrent(swarm.content.torrent(URL, SECOND), FOLDER, extra_trackers=("http://three.example/a",))
        with pytest.raises(UserError) as caught:
            await node.execute(again)
        assert caught.value.reason.params["new_trackers"] == 2
        assert [row.url for row in await trackers(node)] == [URL], "merged without being asked"
        await node.execute(AddTrackers(node.torrent_id, (URL, SECOND)))
        with pytest.raises(UserError) as caught:
            await node.execute(replace(again, extra_trackers=()))
        assert caught.value.reason.params["new_trackers"] == 0
        await swarm.close()

    run_story(story, seed=3)


def test_asking_again_waits_as_long_as_the_tracker_wishes_unless_forced() -> None:
    async def story(sim: SimWorld) -> None:
        await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(100_000), trackers=(URL,))
        node = await swarm.leech("leech")
        await asyncio.sleep(10)
        (row,) = await trackers(node)
        answered = row.last_answer_at
        await node.execute(AnnounceNow(node.torrent_id))
        await asyncio.sleep(40)
        (row,) = await trackers(node)
        assert row.last_answer_at == pytest.approx(answered), "asked sooner than 60 s after the last time"
        await asyncio.sleep(15)
        (row,) = await trackers(node)
        assert row.last_answer_at == pytest.approx((answered or 0) + 60, abs=3)
        await node.execute(AnnounceNow(node.torrent_id, force=True))
        await asyncio.sleep(2)
        (row,) = await trackers(node)
        assert row.last_answer_at == pytest.approx(node.machine.clock.wall(), abs=3), "force is at once"
        await swarm.close()

    run_story(story, seed=4)


def test_tracker_that_fails_and_comes_back_is_told_once_each() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim, is_alive=False)
        swarm = StorySwarm(sim, single_file(100_000), trackers=(URL,))
        node = await swarm.leech("leech")
        await asyncio.sleep(900)
        assert (await codes(node)).count("tracker-failed") == 1
        await tracker.wake()
        await node.execute(AnnounceNow(node.torrent_id, force=True))
        await asyncio.sleep(5)
        assert (await codes(node))[-1] == "tracker-works"
        await swarm.close()

    run_story(story, seed=5)


def test_banned_host_is_let_go_and_kept_out() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        bad = await swarm.seed("bad", up=LINE)
        good = await swarm.seed("good", up=LINE)
        leech = await swarm.leech("leech", peers=[bad])
        await leech.until(lambda: leech.row.pieces_done >= 3, 30, "on its way")
        host = bad.address[0]
        await leech.execute(BanPeer(host))
        assert leech.row.peers == 0
        assert (await codes(leech))[-1] == "peer-banned-by-hand"
        await leech.execute(AddPeers(leech.torrent_id, (bad.address,)))
        await bad.execute(AddPeers(bad.torrent_id, (leech.address,)))
        await asyncio.sleep(30)
        assert leech.row.peers == 0
        await leech.meet(good)
        await leech.completed(120)
        assert leech.session.settings.banned_hosts == "", "a ban for the session is not saved"
        await swarm.close()

    run_story(story, seed=6)


def test_a_lifted_ban_ends_at_once() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=50_000)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.meet(seed)
        host = seed.address[0]
        await leech.execute(BanPeer(host))
        await leech.execute(BanPeer(host, always=True))
        assert leech.row.peers == 0
        await asyncio.sleep(1800)
        assert leech.row.peers == 0
        await leech.execute(ChangeSettings((("banned_hosts", ""),)))
        await asyncio.sleep(5)
        assert leech.row.peers == 1
        await swarm.close()

    run_story(story, seed=8)


def test_ban_for_good_is_a_setting_that_can_be_taken_back() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        host = seed.address[0]
        leech = await swarm.leech("leech", peers=[seed], settings={"banned_hosts": f"{host} rubbish 2001:db8::7"})
        await asyncio.sleep(5)
        assert leech.row.peers == 0
        await leech.execute(BanPeer("::ffff:192.0.2.7", always=True))
        assert leech.session.settings.banned_hosts == f"{host} 2001:db8::7 192.0.2.7"
        await leech.execute(ChangeSettings((("banned_hosts", "192.0.2.7"),)))
        await leech.meet(seed)
        await leech.completed(120)
        with pytest.raises(UserError) as caught:
            await leech.execute(BanPeer("peer.example.org"))
        assert (caught.value.code, caught.value.reason.params) == ("bad-address", {"host": "peer.example.org"})
        await swarm.close()

    run_story(story, seed=7)
