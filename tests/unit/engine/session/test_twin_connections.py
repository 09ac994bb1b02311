"""One peer under two addresses: it is connected once, and the other address stays good for later."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

from tests.support.live_shoal import LiveShoal, until
from tests.support.swarm_content import single_file

from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session
from shoal.protocol.peer_wire import HANDSHAKE_LENGTH, encode_handshake
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Address
from shoal.settings.engine_settings import EngineSettings

LONG = 10_000.0
"""Longer than any rest after failures, in seconds."""


async def test_the_second_address_of_a_connected_peer_rests_and_may_be_dialled_later(tmp_path: Path) -> None:
    content = single_file(100_003)

    async def greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readexactly(HANDSHAKE_LENGTH)
        writer.write(encode_handshake(content.info_hash, b"-XX0001-the-same-one"))
        await reader.read()
        writer.close()

    servers = [await asyncio.start_server(greet, "127.0.0.1", 0) for _ in range(2)]
    both = [Address(*server.sockets[0].getsockname()) for server in servers]
    world = system_world(asyncio.get_running_loop())
    session = Session(world, SessionConfig(EngineSettings(listen_hosts="127.0.0.1")), None)
    await session.open()
    leech = LiveShoal(LocalClient(session))
    torrent_id = await leech.add(content.torrent(), tmp_path / "leech", *both)
    swarm = session.torrents[torrent_id].swarm

    def later() -> list[Address]:
        return swarm.known.next_to_dial(world.clock.now() + LONG, 10, random.Random(1))

    await until(lambda: len(swarm.connected) == 1 and len(later()) == 1, 10.0)
    (peer,) = swarm.connected.values()
    assert {peer.address, *later()} == set(both)
    await leech.client.close()
    world.workers.close()
    for server in servers:
        server.close()
        await server.wait_closed()
