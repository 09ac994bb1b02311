"""One peer under two addresses: it is connected once, and the other address stays good for later."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.support.live_shoal import LiveShoal, live_shoal, until
from tests.support.swarm_content import single_file

from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session, SessionConfig
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Address
from shoal.settings.engine_settings import EngineSettings

LONG = 10_000.0
"""Longer than any rest after failures, in seconds."""


async def test_the_second_address_of_a_connected_peer_rests_and_may_be_dialled_later(tmp_path: Path) -> None:
    content = single_file(2_000_003)
    content.write_to(tmp_path / "seed")
    # Slow enough that the first connection lasts.
    slow = EngineSettings(listen_hosts="127.0.0.1 ::1", up_limit=10_000)
    world = system_world(asyncio.get_running_loop())
    session = Session(world, SessionConfig(EngineSettings(listen_hosts="127.0.0.1")), None)
    await session.open()
    leech = LiveShoal(LocalClient(session))
    async with live_shoal(slow) as seed:
        torrent_id = await seed.add(content.torrent(), tmp_path / "seed")
        await seed.until_complete(torrent_id)
        both = [Address("127.0.0.1", seed.totals.listen_port), Address("::1", seed.totals.listen_port)]
        await leech.add(content.torrent(), tmp_path / "leech", *both)
        swarm = session.torrents[torrent_id].swarm

        def later() -> list[Address]:
            return swarm.known.next_to_dial(world.clock.now() + LONG, 10, random.Random(1))

        await until(lambda: len(swarm.connected) == 1 and len(later()) == 1, 10.0)
        (peer,) = swarm.connected.values()
        assert {peer.address, *later()} == set(both)
        await leech.client.close()
    world.workers.close()
