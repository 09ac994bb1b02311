"""How large a swarm is, asked of real trackers without joining it."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from tests.support.live_trackers import live_tracker

from shoal.api.details import SwarmLookup
from shoal.engine.discovery import http_tracker
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.udp_tracker import UdpTracker
from shoal.engine.session.swarm_lookup import SwarmLookups
from shoal.engine.transport.http_client import AiohttpClient
from shoal.protocol.announce import AnnounceEvent, AnnounceRequest
from shoal.runtime.system_world import system_world

HASH = bytes(range(100, 120))
SEED = AnnounceRequest(HASH, b"-SH0100-abcdefghijkl", 6_881, 0, 0, 0, AnnounceEvent.STARTED)


@pytest.mark.parametrize("kind", ["ours", "opentracker"])
@pytest.mark.parametrize("scheme", ["http", "udp"])
def test_the_swarm_is_told_and_we_are_no_part_of_it(kind: str, scheme: str, tmp_path: Path) -> None:
    async def main() -> None:
        world = system_world(asyncio.get_running_loop())
        http, udp = AiohttpClient(world.network), UdpTracker(world)
        lookups = SwarmLookups(http, udp, AnnounceGate())
        try:
            async with live_tracker(kind, tmp_path, HASH) as tracker:
                await http_tracker.announce(http, tracker.http_url, SEED)
                for _ in range(2):
                    assert await lookups.look_up((tracker.url(scheme),), HASH) == SwarmLookup("127.0.0.1", 1, 0)
        finally:
            udp.close()
            await http.close()
            world.workers.close()

    asyncio.run(main())


@pytest.mark.parametrize("kind", ["ours", "opentracker"])
@pytest.mark.parametrize("scheme", ["http", "udp"])
def test_several_swarms_are_scraped_in_one_question(kind: str, scheme: str, tmp_path: Path) -> None:
    async def main() -> None:
        world = system_world(asyncio.get_running_loop())
        http, udp = AiohttpClient(world.network), UdpTracker(world)
        try:
            async with live_tracker(kind, tmp_path, HASH) as tracker:
                await http_tracker.announce(http, tracker.http_url, SEED)
                asked = [b"n" * 20, HASH, b"m" * 20]
                if scheme == "udp":
                    entries = await udp.scrape(tracker.udp_url, asked)
                else:
                    entries = await http_tracker.scrape(http, tracker.http_url, asked)
                (told,) = (entry for entry in entries if entry.info_hash == HASH)
                assert (told.seeds, told.leeches) == (1, 0)
        finally:
            udp.close()
            await http.close()
            world.workers.close()

    asyncio.run(main())
