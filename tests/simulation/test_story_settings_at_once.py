"""Stories of settings that are changed while data flows: they hold within a second, not at the next start."""

from __future__ import annotations

import asyncio

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import ChangeSettings

LINE = 20_000
FORMER, VPN = "11.0.0.50", "11.0.0.51"


def sent_to(node: Node) -> int:
    """Peers that are let in for data."""
    return sum(not peer.am_choking for peer in node.torrent.swarm.peers())


def test_parallel_uploads_change_within_a_second() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=LINE, settings={"upload_slots": 2})
        for number in range(5):
            await swarm.leech(f"leech {number}", peers=[seed])
        await seed.until(lambda: len(seed.torrent.swarm.peers()) == 5 and sent_to(seed) == 2, 30, "sharing with two")
        await seed.execute(ChangeSettings((("upload_slots", 4),)))
        await seed.until(lambda: sent_to(seed) == 4, 1, "sharing with four")
        await seed.execute(ChangeSettings((("upload_slots", 1),)))
        await seed.until(lambda: sent_to(seed) == 1, 1, "sharing with one")
        await swarm.close()

    run_story(story, seed=1)


def test_fewer_connections_are_kept_within_a_second_and_those_that_carry_something_stay() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=LINE, settings={"upload_slots": 2})
        for number in range(6):
            await swarm.leech(f"leech {number}", peers=[seed])
        peers = seed.torrent.swarm.peers
        await seed.until(lambda: len(peers()) == 6 and sum(peer.up_rate > 0 for peer in peers()) == 2, 60, "busy")
        busy = {peer.address for peer in peers() if peer.up_rate > 0}
        await seed.execute(ChangeSettings((("max_peers_per_torrent", 4),)))
        await seed.until(lambda: len(peers()) == 4, 1, "down to four")
        await seed.execute(ChangeSettings((("max_peers", 2),)))
        await seed.until(lambda: len(peers()) == 2, 1, "down to two")
        assert {peer.address for peer in peers()} == busy
        await asyncio.sleep(5)
        assert len(peers()) <= 2
        await swarm.close()

    run_story(story, seed=2)


def test_another_local_address_holds_for_what_is_connected_already() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", addresses=[FORMER, VPN], peers=[seed])
        await leech.until(lambda: leech.downloaded > 100_000, 30, "on its way")
        assert hosts(seed) == {FORMER}
        await leech.execute(ChangeSettings((("outgoing_host", VPN),)))
        await leech.until(lambda: FORMER not in hosts(seed), 1, "gone from the former address")
        await leech.until(lambda: hosts(seed) == {VPN}, 5, "back by the other one")
        await leech.completed(70)
        await swarm.close()

    def hosts(node: Node) -> set[str]:
        return {peer.address.host for peer in node.torrent.swarm.peers()}

    run_story(story, seed=3)
