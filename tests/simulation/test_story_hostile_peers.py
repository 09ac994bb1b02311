"""Stories of hostile peers: the honest transfer ends in time, with the right data and nobody wronged."""

from __future__ import annotations

import asyncio
from functools import cache

import pytest
from tests.support import hostile_peers as hostile
from tests.support.hostile_peers import RawHost, RawPeer
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm, measured
from tests.support.swarm_content import Content, single_file

from shoal.engine.peer.chatter import CHATTER_RATE, MOST_CHATTER
from shoal.protocol import peer_wire as wire
from shoal.runtime.world import Address

LINE = 150_000
ATTACKERS = 3
MOST_TIMES = 1.5
"""How much longer than undisturbed an honest transfer may take."""


@cache
def content() -> Content:
    return single_file(3_000_000)


@cache
def undisturbed() -> float:
    """Virtual seconds of the same transfer without anybody hostile."""

    async def story(sim: SimWorld) -> float:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        seconds = await leech.completed(300)
        await swarm.close()
        return seconds

    return run_story(story, seed=1)


def assert_well(swarm: StorySwarm, leech: Node, *honest: Node) -> None:
    """Done in time, the data is right, and every honest peer still welcome."""
    times = leech.seconds / undisturbed()
    measured("times undisturbed", times)
    leech.assert_data_is_right()
    for node in honest:
        is_banned = leech.torrent.swarm.known.is_banned(Address(*node.address), node.session.peer_id)
        assert not is_banned, f"{node.name} is banned"
    for node in swarm.nodes.values():
        if node is not leech:
            assert node.torrent.swarm.banned_total == 0, f"{node.name} banned somebody"
    assert times <= MOST_TIMES, f"{times:.2f} times the undisturbed time"


KINDS = [
    hostile.Poisoner,
    hostile.RarePoisoner,
    hostile.SilentLiar,
    hostile.RejectingLiar,
    hostile.ChokingLiar,
    hostile.Dribbler,
    hostile.Mute,
    hostile.HalfHandshake,
    hostile.SlowHandshake,
    hostile.Flapper,
    hostile.UnaskedFlooder,
    hostile.HaveFlooder,
    hostile.InterestFlooder,
    hostile.RequestFlooder,
    hostile.CancelFlooder,
    hostile.Oversized,
    hostile.LongMessage,
    hostile.Garbage,
    hostile.GarbageHandshake,
    hostile.WrongTorrent,
    hostile.Impossible,
    hostile.ShortBlocks,
]


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.__name__)
def test_three_of_a_kind_do_not_stop_an_honest_transfer(kind: type[RawPeer]) -> None:
    """They are dialled, they dial, and dial again a second after they were dropped."""
    normal = undisturbed()

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attackers = [
            RawHost(sim.add_host(f"bad {number}").host, content(), kind, number) for number in range(ATTACKERS)
        ]
        listening = [await attacker.listen(6881) for attacker in attackers]
        leech = await swarm.leech("leech", peers=[seed, *listening])
        for attacker in attackers:
            attacker.dial(leech.address, again_after=1.0)
            if not issubclass(kind, hostile.RequestFlooder):
                # From the seed they would take an ordinary leech's share, which is no attack.
                attacker.dial(seed.address, again_after=1.0)
        await leech.completed(10 * normal)
        measured("connections of attackers", sum(attacker.connections for attacker in attackers))
        measured("banned", leech.torrent.swarm.banned_total)
        for attacker in attackers:
            attacker.stop()
        assert_well(swarm, leech, seed)
        await swarm.close()

    run_story(story, seed=1)


@pytest.mark.parametrize("kind", [hostile.Poisoner, hostile.RarePoisoner])
def test_poisoner_behind_the_address_of_an_honest_seed_is_banned_alone(kind: type[RawPeer]) -> None:
    """One address, three ports: an honest seed and two that send bad blocks."""
    normal = undisturbed()

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attackers = [RawHost(seed.machine.host, content(), kind, number) for number in range(2)]
        listening = [await attacker.listen(7000 + number) for number, attacker in enumerate(attackers)]
        leech = await swarm.leech("leech", peers=[*listening, seed])
        await leech.completed(10 * normal)
        assert leech.torrent.swarm.banned_total == 2
        assert all(attacker.served for attacker in attackers)
        for attacker in attackers:
            attacker.stop()
        assert_well(swarm, leech, seed)
        await swarm.close()

    run_story(story, seed=2)


def test_thirty_redialling_poisoners_do_not_stop_a_transfer() -> None:
    """Each comes back under a new name as soon as it is thrown out, and sends right blocks among the wrong ones."""
    normal = undisturbed()

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attackers = [
            RawHost(sim.add_host(f"bad {number}", up=LINE / 10).host, content(), hostile.RarePoisoner, number)
            for number in range(30)
        ]
        leech = await swarm.leech("leech", peers=[seed])
        for attacker in attackers:
            attacker.dial(leech.address, again_after=0.5)
        await leech.completed(20 * normal)
        measured("banned", leech.torrent.swarm.banned_total)
        measured("wasted bytes, times the size", leech.row.wasted / content().size)
        for attacker in attackers:
            attacker.stop()
        assert_well(swarm, leech, seed)
        await swarm.close()

    run_story(story, seed=3)


def test_poisoners_in_a_swarm_of_leeches_do_not_spread() -> None:
    """Leeches pass on only what they verified, so nobody bans a neighbour for a poisoner's work."""

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attackers = [
            RawHost(sim.add_host(f"bad {number}").host, content(), hostile.RarePoisoner, number) for number in range(2)
        ]
        listening = [await attacker.listen(6881) for attacker in attackers]
        leeches: list[Node] = []
        for number in range(3):
            leeches.append(await swarm.leech(f"leech {number}", up=LINE, peers=[seed, *listening, *leeches]))
        await swarm.all_completed(leeches, 200)
        addresses = {attacker.host.addresses[0] for attacker in attackers}
        for leech in leeches:
            leech.assert_data_is_right()
            for node in swarm.nodes.values():
                address = Address(*node.address)
                assert not leech.torrent.swarm.known.is_banned(address, node.session.peer_id), f"{node.name} is banned"
            assert leech.torrent.swarm._hosts_with_bans <= addresses
        await swarm.close()

    run_story(story, seed=4)


class DeafRequestFlooder(hostile.RequestFlooder):
    """Asks without end and reads nothing of what it gets."""

    def introduce(self) -> None:
        super().introduce()
        self.transport.pause_reading()


def test_flooder_that_does_not_read_costs_bounded_memory() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attacker = RawHost(sim.add_host("bad").host, content(), DeafRequestFlooder)
        attacker.dial(seed.address)
        most = 0
        for _ in range(600):
            await asyncio.sleep(0.5)
            for peer in seed.session.connections._peers.values():
                if peer.stream is not None and peer.stream.transport is not None:
                    most = max(most, peer.stream.transport.get_write_buffer_size())
        measured("most bytes waiting for one peer", most)
        assert most <= 8 << 20
        attacker.stop()
        await swarm.close()

    run_story(story, seed=5)


class Torrential(RawPeer):
    """As many haves, requests and unasked blocks as the line carries."""

    def introduce(self) -> None:
        self.send(wire.HAVE_NONE + wire.INTERESTED)
        noise = wire.encode_have(0) * 2_000 + wire.encode_request(0, 0, 16_384) * 500
        self.flood(lambda: noise + wire.piece_header(1, 0, 16_384) + bytes(16_384), 100_000)

    def heard(self, message_id: int, payload: bytes) -> None:
        pass


def test_flood_at_full_speed_is_throttled_by_not_reading() -> None:
    """Two megabytes a second of chatter: two mebibytes are read at once, then little more than its fixed rate."""
    normal = undisturbed()

    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, content())
        seed = await swarm.seed("seed", up=LINE)
        attacker = RawHost(sim.add_host("bad").host, content(), Torrential)
        leech = await swarm.leech("leech", peers=[seed])
        attacker.dial(leech.address)
        await leech.completed(10 * normal)
        read = attacker.host.up.passed_bytes - sim.internet.max_window
        measured("bytes read of a flood, a second", read / leech.seconds)
        assert read < MOST_CHATTER + 1.2 * leech.seconds * CHATTER_RATE + leech.uploaded / 25
        attacker.stop()
        assert_well(swarm, leech, seed)
        await swarm.close()

    run_story(story, seed=6)
