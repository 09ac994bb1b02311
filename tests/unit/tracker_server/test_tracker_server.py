import asyncio
import socket
from collections.abc import AsyncIterator

import aiohttp
import pytest
from yarl import URL

from shoal.protocol import tracker_udp
from shoal.protocol.announce import AnnounceEvent, AnnounceFailure, AnnounceReply, AnnounceRequest, ScrapeEntry
from shoal.protocol.tracker_http import announce_url, decode_announce, decode_scrape, scrape_url
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Address, UdpPort, World
from shoal.tracker_server.server import TrackerServer

HASH = b"%&=+\x00\xff" + b"h" * 14


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


needs_ipv6 = pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")


@pytest.fixture
async def world() -> AsyncIterator[World]:
    one = system_world(asyncio.get_running_loop())
    yield one
    one.workers.close()


@pytest.fixture
async def server(world: World) -> AsyncIterator[TrackerServer]:
    one = TrackerServer(world, interval=900)
    await one.start()
    yield one
    await one.stop()


def request(
    port: int, left: int = 1, event: AnnounceEvent = AnnounceEvent.STARTED, compact: bool = True
) -> AnnounceRequest:
    return AnnounceRequest(HASH, b"-SH0100-" + b"x" * 12, port, 0, 0, left, event, compact=compact)


async def get(url: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(URL(url, encoded=True)) as response:
        return response.status, await response.read()


async def announce(url: str, asked: AnnounceRequest) -> AnnounceReply | AnnounceFailure:
    return decode_announce((await get(announce_url(url, asked)))[1])


class UdpAsker:
    """Sends a datagram and waits for the next one."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._received: asyncio.Queue[bytes] = asyncio.Queue()
        self._port: UdpPort | None = None

    async def open(self, host: str = "127.0.0.1") -> "UdpAsker":
        self._port = await self._world.network.open_udp(
            lambda datagram, source: self._received.put_nowait(bytes(datagram)), host, 0
        )
        return self

    def send(self, datagram: bytes, url: str) -> None:
        parsed = URL(url)
        assert self._port is not None
        self._port.send(datagram, Address(parsed.host or "", parsed.port or 0))

    async def ask(self, datagram: bytes, url: str) -> bytes:
        self.send(datagram, url)
        return await asyncio.wait_for(self._received.get(), 5)

    async def connect(self, url: str) -> int:
        answer = tracker_udp.decode_connect_reply(await self.ask(tracker_udp.encode_connect_request(1), url), 1)
        assert isinstance(answer, int)
        return answer

    def close(self) -> None:
        if self._port is not None:
            self._port.close()


@pytest.fixture
async def asker(world: World) -> AsyncIterator[UdpAsker]:
    one = await UdpAsker(world).open()
    yield one
    one.close()


async def test_http_peers_find_each_other(server: TrackerServer) -> None:
    first = await announce(server.http_url, request(1001, left=0))
    assert first == AnnounceReply(900, 60, (), 1, 0, external_ip="127.0.0.1")
    second = await announce(server.http_url, request(1002))
    assert isinstance(second, AnnounceReply)
    assert second.peers == (("127.0.0.1", 1001),)
    assert (second.seeds, second.leeches) == (1, 1)


async def test_http_dictionary_peers(server: TrackerServer) -> None:
    await announce(server.http_url, request(1001))
    _, body = await get(announce_url(server.http_url, request(1002, compact=False)))
    assert b"5:peersld2:ip9:127.0.0.14:porti1001eee" in body


async def test_http_refusals_are_bencoded_under_status_200(server: TrackerServer) -> None:
    for query in ("", "?info_hash=short", "?info_hash=" + "a" * 20):
        status, body = await get(server.http_url + query)
        assert status == 200
        failure = decode_announce(body)
        assert isinstance(failure, AnnounceFailure)
        assert failure.reason
    assert (await get(server.http_url.replace("announce", "elsewhere")))[0] == 404


async def test_http_scrape(server: TrackerServer) -> None:
    await announce(server.http_url, request(1001, left=1))
    await announce(server.http_url, request(1001, left=0, event=AnnounceEvent.COMPLETED))
    for asked in ([HASH], []):
        url = scrape_url(server.http_url, asked)
        assert url is not None
        assert decode_scrape((await get(url))[1]) == (ScrapeEntry(HASH, 1, 1, 0),)


async def test_http_and_udp_share_one_table(server: TrackerServer, asker: UdpAsker) -> None:
    await announce(server.http_url, request(1001, left=0))
    connection = await asker.connect(server.udp_url)
    reply = await asker.ask(tracker_udp.encode_announce_request(connection, 5, request(1002)), server.udp_url)
    answer = tracker_udp.decode_announce_reply(reply, 5)
    assert answer == AnnounceReply(900, peers=(("127.0.0.1", 1001),), seeds=1, leeches=1)
    reply = await asker.ask(tracker_udp.encode_scrape_request(connection, 6, [HASH, bytes(20)]), server.udp_url)
    assert tracker_udp.decode_scrape_reply(reply, 6, [HASH, bytes(20)]) == (
        ScrapeEntry(HASH, 1, 0, 1),
        ScrapeEntry(bytes(20), 0, 0, 0),
    )
    (row,) = server.rows()
    assert (row.info_hash, row.seeds, row.leeches, row.announces) == (HASH, 1, 1, 2)


async def test_udp_connection_id_is_bound_to_the_address(server: TrackerServer, world: World, asker: UdpAsker) -> None:
    connection = await asker.connect(server.udp_url)
    thief = await UdpAsker(world).open()
    for who, claimed in ((thief, connection), (asker, connection ^ 1), (asker, 0)):
        datagram = tracker_udp.encode_announce_request(claimed, 5, request(1002))
        reply = await who.ask(datagram, server.udp_url)
        assert isinstance(tracker_udp.decode_announce_reply(reply, 5), AnnounceFailure)
        assert len(reply) <= len(datagram)
    assert server.rows() == ()
    thief.close()


async def test_udp_junk_is_not_answered(server: TrackerServer, asker: UdpAsker) -> None:
    for junk in (b"", b"x" * 15, b"x" * 16, b"\0" * 16, b"x" * 5_000):
        asker.send(junk, server.udp_url)
    # Loopback keeps the order: an answer to the junk would come before this one.
    assert await asker.connect(server.udp_url)


async def test_udp_answer_fits_one_packet(server: TrackerServer, asker: UdpAsker) -> None:
    connection = await asker.connect(server.udp_url)
    for port in range(1, 302):
        datagram = tracker_udp.encode_announce_request(connection, 5, request(port))
        reply = await asker.ask(datagram, server.udp_url)
    asked = AnnounceRequest(HASH, b"x" * 20, 999, 0, 0, 1, num_want=3_000)
    reply = await asker.ask(tracker_udp.encode_announce_request(connection, 5, asked), server.udp_url)
    assert 1_100 < len(reply) <= 1_400


@needs_ipv6
async def test_ipv6_over_http_and_udp(world: World) -> None:
    server = TrackerServer(world, host="127.0.0.1 ::1", interval=900)
    await server.start()
    asker = await UdpAsker(world).open("::1")
    try:
        http6 = server.http_url.replace("127.0.0.1", "[::1]")
        udp6 = server.udp_url.replace("127.0.0.1", "[::1]")
        await announce(server.http_url, request(1001))
        over6 = await announce(http6, request(1002))
        assert isinstance(over6, AnnounceReply)
        assert over6.peers == (("127.0.0.1", 1001),)
        assert over6.external_ip == "::1"
        again = await announce(server.http_url, request(1001))
        assert isinstance(again, AnnounceReply)
        assert again.peers == (("::1", 1002),)
        connection = await asker.connect(udp6)
        reply = await asker.ask(tracker_udp.encode_announce_request(connection, 5, request(1003)), udp6)
        answer = tracker_udp.decode_announce_reply(reply, 5, ipv6=True)
        assert isinstance(answer, AnnounceReply)
        assert answer.peers == (("::1", 1002),)
    finally:
        asker.close()
        await server.stop()


async def test_taken_port_is_an_error_and_leaves_nothing_open(server: TrackerServer, world: World) -> None:
    taken = URL(server.udp_url).port or 0
    second = TrackerServer(world, udp_port=taken)
    with pytest.raises(OSError, match="in use"):
        await second.start()
    assert (second.http_url, second.udp_url) == ("", "")
    await second.stop()


async def test_stop_closes_both_ports(world: World) -> None:
    server = TrackerServer(world)
    await server.start()
    http_url = server.http_url
    assert http_url.endswith("/announce")
    assert server.udp_url.startswith("udp://127.0.0.1:")
    await server.stop()
    await server.stop()
    with pytest.raises(aiohttp.ClientConnectorError):
        await get(http_url)
    assert (server.http_url, server.udp_url) == ("", "")
