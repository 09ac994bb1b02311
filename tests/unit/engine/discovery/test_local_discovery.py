"""Local discovery (BEP 14) between simulated hosts of one network."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Coroutine
from typing import Any

from tests.support.sim_world import SimWorld, run_story

from shoal.engine.discovery.local_discovery import (
    MOST_HEARD_PER_SECOND,
    PAUSE_SECONDS,
    REPEAT_SECONDS,
    LocalDiscovery,
)
from shoal.protocol.lsd import GROUP4, MAX_INFO_HASHES, PORT, LocalAnnounce, encode_local_announce
from shoal.runtime.world import Address

HASH, OTHER = bytes(20), bytes(range(20))


class Neighbour:
    """The local discovery of one machine, beating once a second."""

    def __init__(self, sim: SimWorld, name: str, *, lan: str = "home", port: int = 6881) -> None:
        self.machine = sim.add_host(name)
        self.machine.host.lan = lan
        self.heard: list[tuple[bytes, Address]] = []
        self.local = LocalDiscovery(
            self.machine.world, lambda: port, lambda info_hash, peer: self.heard.append((info_hash, peer))
        )

    @property
    def addresses(self) -> set[str]:
        return set(self.machine.host.addresses)

    def heard_of(self, other: Neighbour) -> set[bytes]:
        return {info_hash for info_hash, peer in self.heard if peer.host in other.addresses}


async def beat(seconds: float, *neighbours: Neighbour) -> None:
    loop = asyncio.get_running_loop()
    end = loop.time() + seconds
    while loop.time() < end:
        for neighbour in neighbours:
            neighbour.local.second(loop.time())
        await asyncio.sleep(1.0)


async def two(sim: SimWorld, **of_second: Any) -> tuple[Neighbour, Neighbour]:
    near, far = Neighbour(sim, "near"), Neighbour(sim, "far", port=7000, **of_second)
    for neighbour in (near, far):
        await neighbour.local.switch(is_on=True)
    return near, far


def tellings(sim: SimWorld, of: Neighbour) -> list[float]:
    """When it told anything to the IPv4 group."""
    events = [event for event in sim.internet.events if event.kind == "multicast" and event.target.host == GROUP4]
    return sorted({event.at for event in events if event.source.host in of.addresses})


def test_neighbours_with_the_same_torrent_find_each_other() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim)
        near.local.want(HASH)
        far.local.want(HASH)
        far.local.want(OTHER)
        await beat(3, near, far)
        assert near.heard_of(far) == {HASH}
        assert {peer.port for _, peer in near.heard} == {7000}
        assert far.heard_of(near) == {HASH}
        assert far.heard_of(far) == set(), "its own announce comes back, and must not count"
        news = near.local.news(HASH)
        assert news is not None
        assert (news.told_at is not None, news.found > 0) == (True, True)

    run_story(story)


def test_another_network_hears_nothing() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim, lan="office")
        near.local.want(HASH)
        far.local.want(HASH)
        await beat(REPEAT_SECONDS, near, far)
        assert (near.heard, far.heard) == ([], [])

    run_story(story)


def test_a_torrent_is_told_again_every_five_minutes_and_not_after_it_stopped() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim)
        near.local.want(HASH)
        await beat(2 * REPEAT_SECONDS + 5, near)
        assert len(tellings(sim, near)) == 3
        near.local.unwant(HASH)
        await beat(2 * REPEAT_SECONDS, near)
        assert len(tellings(sim, near)) == 3
        assert far.heard == []

    run_story(story, record=True)


def test_a_hundred_torrents_come_in_few_datagrams_with_time_between() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim)
        hashes = [bytes([number]) * 20 for number in range(100)]
        for info_hash in hashes:
            near.local.want(info_hash)
            far.local.want(info_hash)
        await beat(REPEAT_SECONDS - 1, near)
        times = tellings(sim, near)
        assert len(times) == 100 / MAX_INFO_HASHES
        assert min(later - sooner for sooner, later in itertools.pairwise(times)) > PAUSE_SECONDS - 0.1
        assert far.heard_of(near) == set(hashes)

    run_story(story, record=True)


def test_off_means_neither_told_nor_heard() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim)
        near.local.want(HASH)
        far.local.want(HASH)
        await near.local.switch(is_on=False)
        await beat(REPEAT_SECONDS, near, far)
        assert (near.heard, far.heard, near.local.is_open) == ([], [], False)
        await near.local.switch(is_on=True)
        await beat(REPEAT_SECONDS, near, far)
        assert near.heard_of(far) == far.heard_of(near) == {HASH}
        near.local.close()
        far.heard.clear()
        await beat(REPEAT_SECONDS, near, far)
        assert far.heard == []

    run_story(story)


def test_a_flood_is_bounded_and_rubbish_is_skipped() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = await two(sim)
        near.local.want(HASH)
        flood = await far.machine.world.network.join_group(lambda data, source: None, GROUP4, PORT)
        flood.send(b"rubbish")
        for _ in range(1000):
            flood.send(encode_local_announce(LocalAnnounce(6881, (HASH,)), GROUP4))
        await asyncio.sleep(0.5)
        assert len(near.heard) < MOST_HEARD_PER_SECOND
        await beat(2, near)
        near.heard.clear()
        flood.send(encode_local_announce(LocalAnnounce(6881, (HASH,)), GROUP4))
        await asyncio.sleep(0.5)
        assert len(near.heard) == 1

    run_story(story)


def test_without_multicast_nothing_is_told_and_it_is_tried_again() -> None:
    async def story(sim: SimWorld) -> None:
        near = Neighbour(sim, "near")
        host = near.machine.host
        join = host.join_group
        tries = 0

        def refuse(*args: object) -> Coroutine[Any, Any, Any]:
            async def refused() -> None:
                nonlocal tries
                tries += 1
                raise OSError("no interface takes part in multicast")

            return refused()

        host.join_group = refuse  # type: ignore[method-assign]
        await near.local.switch(is_on=True)
        near.local.want(HASH)
        await beat(70, near)
        assert (near.local.is_open, tries) == (False, 2)
        assert near.local.needs_opening(sim.loop.time())
        host.join_group = join  # type: ignore[method-assign]
        await near.local.open()
        assert near.local.is_open
        assert not near.local.needs_opening(sim.loop.time() + 1000)

    run_story(story)


def test_nothing_is_told_before_somebody_could_connect() -> None:
    async def story(sim: SimWorld) -> None:
        near, far = Neighbour(sim, "near", port=0), Neighbour(sim, "far")
        for neighbour in (near, far):
            await neighbour.local.switch(is_on=True)
            neighbour.local.want(HASH)
        await beat(REPEAT_SECONDS, near, far)
        assert far.heard_of(near) == set()
        assert near.heard_of(far) == {HASH}

    run_story(story)
