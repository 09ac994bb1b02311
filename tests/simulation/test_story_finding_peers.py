"""Peers that no tracker names: told by other peers (BEP 11), found in the local network (BEP 14)."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, lay_out
from tests.support.swarm_content import Content, single_file

from shoal.metainfo.authoring import build_metainfo

EXCHANGE = {"peer_exchange": True}
LOCAL = {"local_discovery": True}


@dataclass(frozen=True)
class PrivateContent(Content):
    """For the peers of its tracker alone (BEP 27)."""

    def torrent(self, *trackers: str) -> bytes:
        return build_metainfo(self.plan, self.hashes, trackers=[[url] for url in trackers], private=True)


def private_file(size: int) -> PrivateContent:
    public = single_file(size)
    return PrivateContent(public.name, public.files, public.piece_length)


def met_by_exchange(one: Node, other: Node) -> bool:
    """They are connected because somebody told them of each other."""
    for here, there in ((one, other), (other, one)):
        if any(
            peer.source == "pex" and tuple(peer.address) == there.address
            for peer in here.torrent.swarm.connected.values()
        ):
            return True
    return False


def test_a_leech_that_knows_one_leech_finds_the_seed_by_peer_exchange() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=100_000, settings=EXCHANGE)
        middle = await swarm.leech("middle", peers=[seed], settings=EXCHANGE)
        late = await swarm.leech("late", peers=[middle], settings=EXCHANGE)
        # Both hear of the other at the same time; whoever was first dialled.
        await late.until(lambda: met_by_exchange(seed, late), 30, "told of the seed")
        await swarm.all_completed([middle, late], within=120)
        late.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story)


def test_who_came_in_is_told_of_under_the_port_where_it_listens() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        hub = await swarm.seed("hub", up=50_000, settings=EXCHANGE)
        one = await swarm.leech("one", peers=[hub], settings={**EXCHANGE, "listen_port": 7001})
        other = await swarm.leech("other", peers=[hub], settings={**EXCHANGE, "listen_port": 7002})
        for node, far in ((one, other), (other, one)):
            await node.until(
                lambda node=node, far=far: far.address in node.torrent.swarm.known, 90, "told of the other"
            )  # type: ignore[misc]
        await swarm.close()

    run_story(story)


def test_switched_off_or_private_nobody_tells_or_hears() -> None:
    async def story(sim: SimWorld, content: Content, settings: dict[str, bool]) -> None:
        swarm = StorySwarm(sim, content)
        seed = await swarm.seed("seed", up=20_000, settings=settings)
        middle = await swarm.leech("middle", peers=[seed], settings=settings)
        late = await swarm.leech("late", peers=[middle], settings=settings)
        await asyncio.sleep(200)
        assert late.torrent.swarm.known.count == 1
        assert middle.torrent.peer_exchange.tellers == 0
        await swarm.close()

    run_story(lambda sim: story(sim, single_file(8_000_000), {"peer_exchange": False}))
    run_story(lambda sim: story(sim, private_file(8_000_000), {"peer_exchange": True}))


def test_two_machines_of_one_network_need_no_tracker() -> None:
    async def story(sim: SimWorld) -> None:
        content = single_file(1_000_000)
        swarm = StorySwarm(sim, content)
        for name in ("seed", "leech"):
            sim.add_host(name).host.lan = "home"
        lay_out(sim.machines["seed"].files, content)
        seed = await swarm.boot(sim.machines["seed"], settings=LOCAL)
        leech = await swarm.boot(sim.machines["leech"], settings=LOCAL)
        await swarm.add(seed)
        await swarm.add(leech)
        await leech.completed(within=60)
        heard = [node.session.sources.local.news(content.info_hash) for node in (seed, leech)]
        assert any(news is not None and news.found for news in heard)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story)


def test_the_local_network_hears_of_public_running_torrents_only() -> None:
    async def story(sim: SimWorld, content: Content, settings: dict[str, bool | str]) -> None:
        swarm = StorySwarm(sim, content)
        for name in ("seed", "leech"):
            sim.add_host(name).host.lan = "home"
        lay_out(sim.machines["seed"].files, content)
        seed = await swarm.boot(sim.machines["seed"], settings=settings)
        leech = await swarm.boot(sim.machines["leech"], settings=settings)
        await swarm.add(seed)
        await swarm.add(leech)
        await asyncio.sleep(700)
        assert leech.torrent.swarm.known.count == seed.torrent.swarm.known.count == 0
        assert not [event for event in sim.internet.events if event.kind == "multicast"]
        await swarm.close()

    run_story(lambda sim: story(sim, private_file(500_000), {"local_discovery": True}), record=True)
    run_story(lambda sim: story(sim, single_file(500_000), {"local_discovery": False}), record=True)
    loopback: dict[str, bool | str] = {"local_discovery": True, "listen_hosts": "127.0.0.1"}
    run_story(lambda sim: story(sim, single_file(500_000), loopback), record=True)
