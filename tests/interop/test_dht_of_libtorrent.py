"""Our DHT and libtorrent's on loopback: each finds by the other, and a download that has no other way to its peer."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from tests.support.libtorrent_dht import LOOPBACK, LibtorrentNode
from tests.support.live_shoal import live_shoal, until
from tests.support.swarm_content import single_file

from shoal.api.commands import AddMagnet, Detail
from shoal.engine.discovery.dht.service import Dht
from shoal.engine.transport.udp_port import SharedUdp
from shoal.metainfo.ids import InfoHash
from shoal.metainfo.magnet import MagnetLink, link_text
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Address
from shoal.settings.engine_settings import EngineSettings

pytestmark = pytest.mark.timeout(110)

INFO_HASH = bytes(range(20))
SECONDS = 40.0


@contextlib.asynccontextmanager
async def libtorrent(*hosts: int) -> AsyncIterator[LibtorrentNode]:
    node = LibtorrentNode(*hosts)
    try:
        await until(lambda: node.port > 0, SECONDS)
        yield node
    except BaseException as error:
        error.add_note(node.story())
        raise
    finally:
        await asyncio.to_thread(node.stop)


@contextlib.asynccontextmanager
async def our_dht(*hosts: int) -> AsyncIterator[tuple[Dht, int]]:
    """A DHT of ours on real sockets of loopback, and its port."""
    world = system_world(asyncio.get_running_loop())
    udp = SharedUdp(world.network)
    await udp.open((LOOPBACK,), 0)
    dht = Dht(world, udp, lambda: [(LOOPBACK, port) for port in hosts])
    dht.start()

    async def seconds() -> None:
        while True:
            dht.second(world.clock.now())
            await asyncio.sleep(0.25)

    beat = asyncio.ensure_future(seconds())
    try:
        yield dht, dht.port(LOOPBACK)
    finally:
        beat.cancel()
        await dht.stop()
        udp.close()
        world.workers.close()


async def test_a_peer_is_found_by_the_dht_alone_and_the_download_ends(tmp_path: Path) -> None:
    content = single_file(1_500_000)
    content.write_to(tmp_path / "seed")
    async with libtorrent() as first, libtorrent(first.port) as seed:
        seed.share(content.torrent(), tmp_path / "seed")
        await until(lambda: seed.nodes > 0 and first.nodes > 0, SECONDS)
        seed.announce()
        settings = EngineSettings(
            listen_hosts=LOOPBACK,
            dht_hosts=f"{LOOPBACK}:{first.port}",
            peer_exchange=False,
            local_discovery=False,
        )
        async with live_shoal(settings) as shoal:
            torrent_id = await shoal.add(content.torrent(), tmp_path / "shoal")
            await shoal.until_complete(torrent_id, SECONDS)
            details = await shoal.client.details(torrent_id, frozenset({Detail.TRACKERS}))
            assert shoal.totals.dht_state == "working"
            assert shoal.totals.dht_nodes >= 1
        assert content.differing(tmp_path / "shoal") == []
        assert details.trackers is not None
        (row,) = [source for source in details.trackers if source.url == "dht"]
        assert row.nodes >= 1


async def test_a_magnet_link_by_the_dht_alone(tmp_path: Path) -> None:
    content = single_file(900_000)
    content.write_to(tmp_path / "seed")
    async with libtorrent() as first, libtorrent(first.port) as seed:
        seed.share(content.torrent(), tmp_path / "seed")
        await until(lambda: seed.nodes > 0 and first.nodes > 0, SECONDS)
        seed.announce()
        settings = EngineSettings(
            listen_hosts=LOOPBACK, dht_hosts=f"{LOOPBACK}:{first.port}", peer_exchange=False, local_discovery=False
        )
        async with live_shoal(settings) as shoal:
            link = link_text(MagnetLink(InfoHash(content.info_hash), None, "A link"))
            torrent_id = str(await shoal.client.execute(AddMagnet(link, str(tmp_path / "shoal"))))
            await shoal.until_complete(torrent_id, SECONDS)
        assert content.differing(tmp_path / "shoal") == []


async def test_libtorrent_finds_a_peer_that_we_announced() -> None:
    async with libtorrent() as first, our_dht(first.port) as (dht, port):
        wish = dht.want(INFO_HASH, lambda: 4711, lambda peers, source: None)
        await until(lambda: wish.announced_to > 0, SECONDS)
        # The other one knows nobody but us, who must name it the first.
        async with libtorrent(port) as seeker:

            def is_found() -> bool:
                seeker.look_for(INFO_HASH)
                return (LOOPBACK, 4711) in seeker.found()

            await until(is_found, SECONDS)


async def test_we_answer_what_libtorrent_asks_and_keep_what_it_announces() -> None:
    async with our_dht() as (dht, port), libtorrent(port) as giver, libtorrent(port) as seeker:
        await until(lambda: giver.nodes > 0 and seeker.nodes > 0, SECONDS)
        giver.announce_hash(INFO_HASH, 1234)

        def is_found() -> bool:
            seeker.look_for(INFO_HASH)
            return (LOOPBACK, 1234) in seeker.found()

        await until(is_found, SECONDS)

        def is_sampled() -> bool:
            seeker.ask_for_samples(port)
            return INFO_HASH in seeker.samples()

        await until(is_sampled, SECONDS)
        assert dht.status().nodes >= 2, "who asks us and answers is taken in"


async def test_we_find_what_libtorrent_announced() -> None:
    async with (
        libtorrent() as first,
        libtorrent(first.port) as giver,
        our_dht(first.port) as (dht, _),
    ):
        await until(lambda: giver.nodes > 0, SECONDS)
        giver.announce_hash(INFO_HASH, 1234)
        found: list[Address] = []
        wish = dht.find_peers(INFO_HASH, lambda peers, source: found.extend(peers))

        def is_found() -> bool:
            wish.soon()
            return Address(LOOPBACK, 1234) in found

        await until(is_found, SECONDS)


async def test_a_read_only_node_asks_and_answers_nobody() -> None:
    async with libtorrent() as first, our_dht(first.port) as (dht, port):
        dht.start(is_read_only=True)
        await until(lambda: dht.status().nodes > 0, SECONDS)
        assert dht.port(LOOPBACK) == 0
        async with libtorrent(port) as seeker:
            seeker.ask_for_samples(port)
            await asyncio.sleep(2)
            assert seeker.samples() == set()
            assert first.nodes == 0
