"""Stories of swarms: leeches trade pieces, so that one seed serves many and may go."""

from __future__ import annotations

import asyncio

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, measured
from tests.support.swarm_content import single_file

LINE = 100_000


def test_eight_leeches_finish_in_about_the_time_the_seed_needs_for_one_copy() -> None:
    """All lines alike: with perfect trading everybody is done when the seed has sent everything once."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000, piece_length=1 << 14))
        seed = await swarm.seed("seed", up=LINE)
        leeches: list[Node] = []
        for number in range(8):
            leeches.append(await swarm.leech(f"leech {number}", up=LINE, peers=[seed, *leeches]))
        seconds = await swarm.all_completed(leeches, 200)
        best = swarm.content.size / LINE
        measured("slowest, times one copy", round(max(seconds) / best, 3))
        measured("copies sent by the seed", round(seed.uploaded / swarm.content.size, 3))
        assert max(seconds) < 2.2 * best
        assert seed.uploaded < 2.6 * swarm.content.size
        for leech in leeches:
            leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=1)


def test_swarm_completes_after_the_seed_leaves_with_one_copy_sent() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000, piece_length=1 << 14))
        seed = await swarm.seed("seed", up=LINE)
        leeches: list[Node] = []
        for number in range(5):
            leeches.append(await swarm.leech(f"leech {number}", up=LINE, peers=[seed, *leeches]))

        def is_all_out() -> bool:
            out = 0
            for leech in leeches:
                out |= leech.torrent.picker.have
            return out.bit_count() == swarm.content.piece_count

        await leeches[0].until(is_all_out, 60, "in a swarm with one copy")
        measured("copies sent by the seed", round(seed.uploaded / swarm.content.size, 3))
        assert seed.uploaded < 2.4 * swarm.content.size
        await seed.close()
        del swarm.nodes["seed"]
        await swarm.all_completed(leeches, 120)
        for leech in leeches:
            leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=2)


def test_leeches_without_a_seed_share_what_they_have_and_wait_for_the_rest() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        one = await swarm.leech("one", peers=[seed])
        await one.until(lambda: one.row.pieces_done >= 5, 20, "some pieces on")
        await seed.close()
        del swarm.nodes["seed"]
        two = await swarm.leech("two", peers=[one])
        await two.until(lambda: two.row.pieces_done == one.row.pieces_done, 20, "as far as the other")
        await two.until(lambda: two.row.reason is not None, 90, "saying why it waits")
        assert two.row.reason is not None
        assert two.row.reason.code == "no-seed"
        again = await swarm.seed("again", up=LINE)
        await two.meet(again)
        await one.meet(again)
        await swarm.all_completed([one, two], 60)
        one.assert_data_is_right()
        two.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


def test_all_behind_ipv6_only_is_a_swarm_like_any_other() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", addresses=["2a00:45::1"], up=LINE)
        leech = await swarm.leech("leech", addresses=["2a00:45::2"], peers=[seed])
        await leech.completed(20)
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=4)


def test_both_dial_each_other_at_once_and_one_connection_remains() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        one, two = [await swarm.boot(sim.add_host(name)) for name in ("one", "two")]
        await asyncio.gather(swarm.add(one, [two]), swarm.add(two, [one]))
        await asyncio.sleep(3)
        assert len(one.torrent.swarm.connected) == len(two.torrent.swarm.connected) == 1
        seed = await swarm.seed("seed", up=LINE)
        for node in (one, two):
            await node.meet(seed)
        await swarm.all_completed([one, two], 60)
        await swarm.close()

    run_story(story, seed=5)
