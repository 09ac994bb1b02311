"""Stories of the DHT on a simulated network: our own nodes, many of them, that come and go."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.dht_swarm import DhtSwarm, until
from tests.support.sim_world import SimWorld, run_story

from shoal.engine.discovery.dht.service import DhtState
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
        await swarm.grow(200, seconds_apart=0.3)
        await asyncio.sleep(60)
        for number, giver in enumerate(swarm.nodes[1:51]):
            giver.give(info_hash(number), 7000 + number)
        await asyncio.sleep(60)
        givers = swarm.nodes[1:51]
        passing = [node for node in swarm.nodes[1:] if node not in givers]
        found = tried = 0
        for turn in range(100):
            # Every few seconds somebody goes without a word and somebody else comes.
            lost = passing.pop(sim.random.randrange(len(passing)))
            swarm.lose(lost)
            (fresh,) = await swarm.grow(1)
            passing.append(fresh)
            await asyncio.sleep(5)
            seeker = sim.random.choice(passing)
            number = turn % 50
            wanted = Address(givers[number].address.host, 7000 + number)
            seeker.peers.clear()
            wish = seeker.seek(info_hash(number))
            for _ in range(300):
                if wanted in seeker.peers:
                    break
                await asyncio.sleep(0.1)
            found += wanted in seeker.peers
            tried += 1
            wish.stop()
        await swarm.stop()
        return found, tried

    found, tried = run_story(story, seed=7, limit_seconds=7200)
    assert tried == 100
    assert found >= 99, f"{found} of {tried}"
