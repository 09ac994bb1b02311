"""Stories of connections: bounded in number, found again after trouble, not lost in black holes."""

from __future__ import annotations

import asyncio

from tests.support.hostile_peers import Mute, RawHost
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, measured
from tests.support.swarm_content import single_file

LINE = 100_000


def watch_half_open(node: Node, most: list[int]) -> asyncio.Task[None]:
    async def watch() -> None:
        while True:
            most[0] = max(most[0], node.session.connections._dialling)
            await asyncio.sleep(0.02)

    return asyncio.get_running_loop().create_task(watch())


def test_a_thousand_addresses_most_of_them_black_holes() -> None:
    """Two seeds among 1,000: found in time, with never more than 50 connections half open."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seeds = [await swarm.seed(f"seed {number}", up=LINE) for number in range(2)]
        holes = [(f"46.{number // 250}.7.{number % 250 + 1}", 6881) for number in range(998)]
        peers = [*holes[:500], seeds[0].address, *holes[500:], seeds[1].address]
        most = [0]
        leech = await swarm.boot(sim.add_host("leech"))
        watching = watch_half_open(leech, most)
        await swarm.add(leech, peers)
        await leech.until(lambda: leech.downloaded > 0, 400, "on its way")
        measured("seconds to the first block", sim.loop.time() - leech.started_at)
        await leech.completed(600)
        measured("seconds to the end", leech.seconds)
        watching.cancel()
        assert 20 <= most[0] <= 50
        assert leech.torrent.swarm.known.count == 1000
        leech.assert_data_is_right()
        await swarm.close()

    run_story(story, seed=1)


def test_peers_are_never_more_than_the_settings_say() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        seeds = [await swarm.seed(f"seed {number}", up=LINE / 10) for number in range(30)]
        leech = await swarm.leech("leech", settings={"max_peers_per_torrent": 12})
        dialling = [await swarm.leech(f"other {number}", peers=[leech]) for number in range(10)]
        await leech.meet(*seeds)
        most = 0
        for _ in range(200):
            most = max(most, len(leech.torrent.swarm.connected))
            await asyncio.sleep(0.1)
        assert most == 12
        await leech.completed(200)
        assert len(dialling) == 10
        await swarm.close()

    run_story(story, seed=2)


def test_session_limit_holds_for_incoming_connections_too() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(500_000))
        seed = await swarm.seed("seed", up=LINE, settings={"max_peers": 8})
        silent = RawHost(sim.add_host("silent").host, swarm.content, Mute)
        for _ in range(40):
            silent.dial(seed.address, again_after=0.5)
        most = 0
        for _ in range(100):
            await asyncio.sleep(0.1)
            most = max(most, seed.session.connections.count)
        assert most <= 8
        # The silent are dropped after their ten seconds, so that an honest one gets its turn.
        silent.stop()
        await asyncio.sleep(11)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.completed(60)
        await swarm.close()

    run_story(story, seed=3)


def test_cable_is_pulled_for_twenty_seconds_and_the_transfer_goes_on() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 10, 30, "on its way")
        leech.machine.host.line.cut()
        await asyncio.sleep(20)
        before = leech.downloaded
        leech.machine.host.line.restore()
        restored = sim.loop.time()
        await leech.until(lambda: leech.downloaded > before + 3 * 16_384, 30, "going on")
        measured("seconds from cable to data", sim.loop.time() - restored)
        await leech.completed(60)
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=4)


def test_router_resets_everything_and_the_peers_meet_again() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 10, 30, "on its way")
        assert sim.internet.reset_streams(leech.machine.host) == 1
        cut = sim.loop.time()
        await asyncio.sleep(0.5)
        assert not leech.torrent.swarm.connected
        before = leech.downloaded
        await leech.until(lambda: leech.downloaded > before, 30, "going on")
        measured("seconds from reset to data", sim.loop.time() - cut)
        await leech.completed(60)
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=5)


def test_address_changes_and_the_transfer_goes_on() -> None:
    """The old connections hang without a word, as they do when a line gets a new address."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 10, 30, "on its way")
        leech.machine.host.set_addresses(["45.9.9.9", "2a00:45::999"])
        changed = sim.loop.time()
        before = leech.downloaded
        await leech.until(lambda: leech.downloaded > before + 3 * 16_384, 30, "going on")
        measured("seconds from the new address to data", sim.loop.time() - changed)
        await leech.completed(60)
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=6)


def test_cable_is_pulled_for_a_minute_and_the_transfer_goes_on() -> None:
    """Longer than anybody's patience: new attempts have begun, and failed, when the line is back."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 10, 30, "on its way")
        leech.machine.host.line.cut()
        await asyncio.sleep(60)
        before = leech.downloaded
        leech.machine.host.line.restore()
        restored = sim.loop.time()
        await leech.until(lambda: leech.downloaded > before + 6 * 16_384, 30, "going on")
        measured("seconds from cable to data", sim.loop.time() - restored)
        await leech.completed(60)
        assert len(leech.torrent.swarm.connected) <= 1
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=11)


def test_flapping_connection_costs_little() -> None:
    """The way between two peers breaks every five seconds; the torrent still comes through."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])

        async def flap() -> None:
            while True:
                await asyncio.sleep(5)
                sim.internet.reset_streams(leech.machine.host, seed.machine.host)

        flapping = asyncio.get_running_loop().create_task(flap())
        await leech.completed(200)
        flapping.cancel()
        measured("times undisturbed", leech.seconds * LINE / swarm.content.size)
        leech.assert_data_is_right()
        swarm.assert_nobody_banned()
        await swarm.close()

    run_story(story, seed=7)


def test_seed_that_comes_back_after_its_power_failed_is_found_again() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.until(lambda: leech.row.pieces_done >= 5, 30, "on its way")
        machine = sim.lose_power("seed")
        await asyncio.sleep(30)
        again = await swarm.boot(machine)
        await swarm.add(again)
        back = sim.loop.time()
        before = leech.downloaded
        await leech.until(lambda: leech.downloaded > before, 300, "going on")
        measured("seconds from the seed's return to data", sim.loop.time() - back)
        await leech.completed(60)
        leech.assert_data_is_right()
        await swarm.close()
        await seed.client.close()

    run_story(story, seed=8)


def test_firewalled_leech_and_open_leech_still_trade() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(1_000_000))
        seed = await swarm.seed("seed", up=LINE)
        hidden = await swarm.leech("hidden", up=LINE)
        hidden.machine.host.is_firewalled = True
        shown = await swarm.leech("open", up=LINE, peers=[hidden, seed])
        await hidden.meet(seed, shown)
        await swarm.all_completed([hidden, shown], 60)
        assert hidden.uploaded + shown.uploaded > 0.3 * swarm.content.size
        await swarm.close()

    run_story(story, seed=9)


def test_port_that_is_taken_is_replaced_by_another() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(200_000))
        machine = sim.add_host("seed")
        taken = RawHost(machine.host, swarm.content, Mute)
        await taken.listen(6881)
        seed = await swarm.boot(machine)
        assert seed.address[1] not in {0}
        await seed.client.close()

    run_story(story, seed=10)
