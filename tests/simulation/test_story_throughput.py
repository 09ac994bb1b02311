"""Stories of speed: an engine fills the line it is on, whatever the distance and whoever its peers are."""

from __future__ import annotations

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import StorySwarm, measured
from tests.support.swarm_content import single_file

LINE = 2_000_000


@pytest.mark.parametrize("latency", [0.005, 0.05, 0.2])
def test_one_seed_fills_the_line_of_one_leech(latency: float) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(24_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.downloaded >= 4_000_000, 20, "up to speed")
        begun, before = sim.loop.time(), leech.downloaded
        await leech.until(lambda: leech.downloaded >= 20_000_000, 30, "nearly done")
        steady = (leech.downloaded - before) / (sim.loop.time() - begun)
        whole = swarm.content.size / await leech.completed(30)
        measured("steady share of the line", round(steady / LINE, 3))
        measured("share of the line, start and end included", round(whole / LINE, 3))
        assert steady >= 0.95 * LINE
        assert whole >= (0.95 if latency < 0.1 else 0.80) * LINE
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=1, latency=latency)


def test_a_lossy_line_slows_a_download_but_does_not_stall_it() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(8_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        link = sim.internet.link(seed.machine.host, leech.machine.host)
        link.loss, link.jitter = 0.02, 0.03
        seconds = await leech.completed(60)
        measured("share of the line", round(swarm.content.size / seconds / LINE, 3))
        assert seconds < 3 * swarm.content.size / LINE
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=2)


def test_slow_seed_does_not_starve_leech() -> None:
    """A fast and a hundred times slower seed: the slow one holds up nothing, not even the last piece."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(8_000_000, piece_length=1 << 18))
        fast = await swarm.seed("fast", up=LINE)
        slow = await swarm.seed("slow", up=LINE / 100)
        leech = await swarm.leech("leech", peers=[fast, slow])
        seconds = await leech.completed(60)
        alone = swarm.content.size / LINE
        measured("times the fast seed's time alone", round(seconds / alone, 3))
        assert seconds < 1.25 * alone
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=3)


def test_twenty_seeds_of_very_unequal_rates_add_up() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(16_000_000))
        rates = [600 * 1.45**number for number in range(20)]
        seeds = [await swarm.seed(f"seed {number}", up=rate) for number, rate in enumerate(rates)]
        leech = await swarm.leech("leech", peers=seeds)
        seconds = await leech.completed(120)
        best = swarm.content.size / sum(rates)
        measured("times the sum of all lines", round(seconds / best, 3))
        assert seconds < 1.35 * best
        assert leech.row.wasted < 0.1 * swarm.content.size
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=4)


def test_leech_with_twenty_seeds_fills_its_own_line() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(16_000_000))
        seeds = [await swarm.seed(f"seed {number}", up=500_000) for number in range(20)]
        leech = await swarm.leech("leech", peers=seeds, down=LINE)
        seconds = await leech.completed(60)
        measured("share of the line", round(swarm.content.size / seconds / LINE, 3))
        measured("wasted", leech.row.wasted)
        assert swarm.content.size / seconds > 0.85 * LINE
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=5)
