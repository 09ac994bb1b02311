import asyncio
from collections.abc import Awaitable, Callable

from tests.support.tracker_fakes import DatagramNetwork, tracker_world
from tests.support.virtual_time import run_virtual

from shoal.protocol import tracker_udp
from shoal.protocol.announce import AnnounceFailure, AnnounceReply, AnnounceRequest
from shoal.runtime.world import Address, UdpPort
from shoal.tracker_server.swarm_table import SwarmTable
from shoal.tracker_server.udp_endpoint import CONNECTION_ID_SECONDS, UdpEndpoint

HERE = Address("9.9.9.9", 6969)
CLIENT = Address("8.8.8.8", 5000)
REQUEST = AnnounceRequest(b"h" * 20, b"p" * 20, 6881, 0, 0, 1)

Ask = Callable[[bytes], Awaitable[bytes]]


def story(main: Callable[[Ask, UdpEndpoint], Awaitable[None]], table: SwarmTable) -> None:
    async def run() -> None:
        network = DatagramNetwork()
        endpoint = UdpEndpoint(tracker_world(network), table)
        await endpoint.start(HERE.host, HERE.port)
        received: asyncio.Queue[bytes] = asyncio.Queue()
        client: UdpPort = await network.open_udp(
            lambda datagram, source: received.put_nowait(bytes(datagram)), CLIENT.host, CLIENT.port
        )

        async def ask(datagram: bytes) -> bytes:
            client.send(datagram, HERE)
            return await asyncio.wait_for(received.get(), 1)

        await main(ask, endpoint)
        endpoint.stop()
        assert endpoint.address is None

    run_virtual(run)


async def connect(ask: Ask) -> int:
    answer = tracker_udp.decode_connect_reply(await ask(tracker_udp.encode_connect_request(1)), 1)
    assert isinstance(answer, int)
    return answer


async def announce(ask: Ask, connection: int) -> AnnounceReply | AnnounceFailure:
    reply = await ask(tracker_udp.encode_announce_request(connection, 2, REQUEST))
    return tracker_udp.decode_announce_reply(reply, 2)


def test_connection_id_holds_for_one_minute_and_no_longer_than_two() -> None:
    async def main(ask: Ask, endpoint: UdpEndpoint) -> None:
        connection = await connect(ask)
        await asyncio.sleep(CONNECTION_ID_SECONDS)
        assert isinstance(await announce(ask, connection), AnnounceReply)
        await asyncio.sleep(CONNECTION_ID_SECONDS)
        assert isinstance(await announce(ask, connection), AnnounceFailure)
        assert isinstance(await announce(ask, await connect(ask)), AnnounceReply)

    story(main, SwarmTable(1_800))


def test_full_table_is_said_so() -> None:
    async def main(ask: Ask, endpoint: UdpEndpoint) -> None:
        answer = await announce(ask, await connect(ask))
        assert isinstance(answer, AnnounceFailure)
        assert "full" in answer.reason

    story(main, SwarmTable(1_800, max_swarms=0))


def test_silent_peers_of_a_story_expire() -> None:
    table = SwarmTable(60)

    async def main(ask: Ask, endpoint: UdpEndpoint) -> None:
        await announce(ask, await connect(ask))
        assert table.rows(asyncio.get_running_loop().time())[0].leeches == 1
        await asyncio.sleep(121)
        assert table.rows(asyncio.get_running_loop().time())[0].leeches == 0

    story(main, table)
