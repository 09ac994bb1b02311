"""Stories of who is sent data: givers first, newcomers found, and fair turns when seeding."""

from __future__ import annotations

import asyncio

from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, measured
from tests.support.swarm_content import single_file

LINE = 20_000


def test_seed_with_fewer_slots_than_leeches_gives_all_about_the_same() -> None:
    """Five leeches that do not know each other, two slots: turns make it fair over some minutes."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=LINE, settings={"upload_slots": 2})
        leeches = [await swarm.leech(f"leech {number}", peers=[seed]) for number in range(5)]
        await asyncio.sleep(600)
        shares = [leech.downloaded * len(leeches) / seed.uploaded for leech in leeches]
        measured("least share, 1 is fair", min(shares))
        measured("greatest share, 1 is fair", max(shares))
        measured("share of the seed's line used", seed.uploaded / 600 / LINE)
        assert min(shares) > 0.7
        assert max(shares) < 1.3
        assert seed.uploaded > 0.9 * 600 * LINE
        await swarm.close()

    run_story(story, seed=1)


def test_seed_is_fair_to_a_slow_and_a_far_leech() -> None:
    """Enough slots for all: nobody is left out because others take faster."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(4_000_000))
        seed = await swarm.seed("seed", up=4 * LINE, settings={"upload_slots": 6})
        fast = [await swarm.leech(f"fast {number}", peers=[seed]) for number in range(4)]
        slow = await swarm.leech("slow", down=LINE / 5, peers=[seed])
        far = await swarm.leech("far", peers=[seed])
        sim.internet.link(seed.machine.host, far.machine.host).latency = 0.5
        await asyncio.sleep(120)
        measured("slow one's share of its line", slow.downloaded / 120 / (LINE / 5))
        measured("far one / mean of the near", far.downloaded / (sum(one.downloaded for one in fast) / 4))
        assert slow.downloaded > 0.8 * 120 * LINE / 5
        assert far.downloaded > 0.4 * sum(one.downloaded for one in fast) / 4
        await swarm.close()

    run_story(story, seed=2)


def test_tit_for_tat_favours_those_who_give() -> None:
    """One slot in two is earned: givers get more of each other than takers that upload nothing."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000, piece_length=1 << 15))
        seed = await swarm.seed("seed", up=LINE)
        givers: list[Node] = []
        takers: list[Node] = []
        for number in range(4):
            others = [seed, *givers, *takers]
            givers.append(await swarm.leech(f"giver {number}", up=LINE, settings={"upload_slots": 3}, peers=others))
            others.append(givers[-1])
            takers.append(await swarm.leech(f"taker {number}", up=500, settings={"upload_slots": 3}, peers=others))
        await asyncio.sleep(100)
        given = sum(node.downloaded for node in givers) / len(givers)
        taken = sum(node.downloaded for node in takers) / len(takers)
        measured("givers get, times what takers get", given / taken)
        assert given > 1.5 * taken
        assert taken > 0
        await swarm.close()

    run_story(story, seed=3)


def test_optimistic_slot_finds_a_newcomer() -> None:
    """Two old partners fill the earned slot of each other; a newcomer with nothing yet gets its first piece."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(12_000_000))
        seed = await swarm.seed("seed", up=2 * LINE)
        settings = {"upload_slots": 2}
        olds: list[Node] = []
        for number in range(4):
            olds.append(await swarm.leech(f"old {number}", up=LINE, settings=settings, peers=[seed, *olds]))
        await asyncio.sleep(90)
        newcomer = await swarm.leech("newcomer", up=LINE, settings=settings, peers=olds)
        await newcomer.until(lambda: newcomer.row.pieces_done > 0, 240, "given its first piece")
        measured("seconds to the first piece", sim.loop.time() - newcomer.started_at)
        await newcomer.until(lambda: newcomer.uploaded > 0, 120, "trading")
        await swarm.close()

    run_story(story, seed=4)


def test_leech_that_gives_nothing_is_not_choked_while_slots_are_free() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        taker = await swarm.leech("taker", up=100, peers=[seed])
        await taker.completed(1.3 * 1_000_000 / LINE)
        await swarm.close()

    run_story(story, seed=5)
