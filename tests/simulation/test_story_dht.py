"""Stories of the DHT on a simulated network: our own nodes, many of them, that come and go."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.dht_swarm import DhtMachine, DhtSwarm, until
from tests.support.sim_world import SimWorld, run_story

from shoal.engine.discovery.dht.service import DhtState
from shoal.engine.discovery.dht.wanted import Wanted
from shoal.runtime.world import Address


def info_hash(number: int) -> bytes:
    return bytes([number & 255, number >> 8]) * 10


@pytest.mark.parametrize("ipv6", [False, True])
def test_a_peer_is_found_through_nodes_that_know_only_each_other(ipv6: bool) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = DhtSwarm(sim, ipv6=ipv6)
        await swarm.grow(12)
        await asyncio.sleep(20)
        giver, seeker = swarm.nodes[3], swarm.nodes[9]
        gift = giver.give(info_hash(1))
        await until(lambda: gift.announced_to > 0)
        wish = seeker.seek(info_hash(1))
        await until(lambda: seeker.peers)
        assert seeker.peers == [Address(giver.address.host, 7000)]
        await until(lambda: wish.asked_at is not None)
        assert wish.nodes_asked >= 8
        assert wish.peers_found == 1
        assert seeker.dht.status().state is DhtState.WORKING
        await swarm.stop()

    run_story(story, seed=4)


def test_two_hundred_nodes_with_churn_and_lookups_that_succeed() -> None:
    async def story(sim: SimWorld) -> tuple[int, int]:
        swarm = DhtSwarm(sim)
        await swarm.grow(200, seconds_apart=0.2)
        await asyncio.sleep(30)
        givers = swarm.nodes[1:51]
        for number, giver in enumerate(givers):
            giver.give(info_hash(number), 7000 + number)
        await asyncio.sleep(30)
        passing = swarm.nodes[51:]
        found = tried = 0
        for _turn in range(40):
            # Every few seconds some go without a word and others come.
            for _ in range(2):
                swarm.lose(passing.pop(sim.random.randrange(len(passing))))
            passing += await swarm.grow(2)
            await asyncio.sleep(2)
            seekers = sim.random.sample(passing, 4)
            wanted: dict[DhtMachine, Address] = {}
            wishes: list[Wanted] = []
            for seeker in seekers:
                number = sim.random.randrange(len(givers))
                wanted[seeker] = Address(givers[number].address.host, 7000 + number)
                seeker.peers.clear()
                wishes.append(seeker.seek(info_hash(number)))
            for _ in range(150):
                if all(address in seeker.peers for seeker, address in wanted.items()):
                    break
                await asyncio.sleep(0.1)
            found += sum(address in seeker.peers for seeker, address in wanted.items())
            tried += len(wanted)
            for wish in wishes:
                wish.stop()
        await swarm.stop()
        return found, tried

    found, tried = run_story(story, seed=7, limit_seconds=7200)
    assert tried == 160
    assert found >= 0.99 * tried, f"{found} of {tried}"
