"""Stories of the local address that everything is to leave from: it goes and comes back, is changed, is not known."""

from __future__ import annotations

import asyncio

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import ChangeSettings
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentState
from shoal.engine.transport.http_client import HttpReply

LINE = 20_000
HOME, VPN = "11.0.0.50", "11.0.0.51"


def hosts(node: Node) -> set[str]:
    return {peer.address.host for peer in node.torrent.swarm.peers()}


def test_while_its_address_is_gone_nothing_flows_and_all_goes_on_when_it_is_back() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", addresses=[HOME, VPN], peers=[seed], settings={"outgoing_host": VPN})
        await leech.until(lambda: leech.downloaded > 100_000, 30, "on its way")
        leech.machine.host.set_addresses([HOME])
        gone = Reason("address-gone", {"address": VPN})
        await leech.until(lambda: leech.row.reason == gone, 5, "told in its row")
        assert leech.row.state is TorrentState.QUEUED
        assert leech.session.totals().barred == gone
        await leech.until(lambda: not hosts(leech), 5, "connected with nobody")
        before = leech.downloaded
        for _ in range(120):
            await asyncio.sleep(1)
            assert HOME not in hosts(seed)
            assert not hosts(leech)
        assert leech.downloaded == before
        leech.machine.host.set_addresses([HOME, VPN])
        await leech.until(lambda: leech.downloaded > before, 60, "goes on by itself")
        assert HOME not in hosts(seed)
        assert leech.session.totals().barred is None
        await swarm.close()

    run_story(story, seed=1)


def test_an_address_that_is_not_known_lets_nothing_out_until_one_is_chosen() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(300_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", addresses=[HOME, VPN], peers=[seed], settings={"outgoing_host": "unknown"})
        await leech.until(lambda: leech.row.reason == Reason("address-unknown", {}), 5, "told in its row")
        await asyncio.sleep(60)
        assert (hosts(seed), leech.downloaded) == (set(), 0)
        await leech.execute(ChangeSettings((("outgoing_host", VPN),)))
        await leech.until(lambda: hosts(seed) == {VPN}, 30, "by the chosen one")
        await leech.completed(90)
        await swarm.close()

    run_story(story, seed=2)


def test_trackers_hear_of_another_local_address_as_soon_as_they_allow() -> None:
    async def story(sim: SimWorld) -> None:
        asked: list[str] = []

        async def answer(url: str) -> HttpReply:
            if "/announce" in url:
                asked.append(url)
            return HttpReply(200, b"d8:intervali1800e5:peers0:e", url, "11.0.0.9")

        swarm = StorySwarm(sim, single_file(300_000), ["http://tracker.test/announce"], {"tracker.test": answer})
        leech = await swarm.leech("leech", addresses=[HOME, VPN])
        await leech.until(lambda: len(asked) == 1, 10, "announced")
        await asyncio.sleep(300)
        assert len(asked) == 1
        await leech.execute(ChangeSettings((("outgoing_host", VPN),)))
        await leech.until(lambda: len(asked) == 2, 2, "announced from there")
        await leech.execute(ChangeSettings((("outgoing_host", HOME),)))
        await asyncio.sleep(50)
        assert len(asked) == 2
        await leech.until(lambda: len(asked) == 3, 15, "announced after the minute that trackers want")
        await swarm.close()

    run_story(story, seed=3)
