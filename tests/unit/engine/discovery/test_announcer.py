import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Sequence

import pytest

from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.announcer import Announcer
from shoal.engine.discovery.asking import AnnounceStats
from shoal.engine.discovery.udp_tracker import UdpTracker
from shoal.engine.transport.http_client import AiohttpClient
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Address, World
from shoal.tracker_server.server import TrackerServer

HASH = b"%&=+\x00\xff" + b"h" * 14


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_STREAM) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


class Rig:
    """Announcers over real loopback sockets, sharing one client each for HTTP and UDP."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.http = AiohttpClient(world.network)
        self.udp = UdpTracker(world)
        self.gate = AnnounceGate()
        self.changed = asyncio.Event()

    def torrent(self, tiers: Sequence[Sequence[str]], port: int, left: int = 1) -> "Torrent":
        return Torrent(self, tiers, port, left)

    async def until(self, condition: Callable[[], bool]) -> None:
        """Wait for a change after which `condition` holds, at most 10 s."""
        async with asyncio.timeout(10):
            while not condition():
                self.changed.clear()
                await self.changed.wait()

    async def close(self) -> None:
        self.udp.close()
        await self.http.close()
        self.world.workers.close()


class Torrent:
    def __init__(self, rig: Rig, tiers: Sequence[Sequence[str]], port: int, left: int) -> None:
        self.left = left
        self.peers: list[tuple[Address, str]] = []
        self.announcer = Announcer(
            rig.world,
            tiers=tiers,
            info_hash=HASH,
            peer_id=f"-SH0100-{port:012}".encode(),
            http=rig.http,
            udp=rig.udp,
            gate=rig.gate,
            stats=lambda: AnnounceStats(0, 0, self.left, port),
            on_peers=lambda peers, source: self.peers.extend((peer, source) for peer in peers),
            on_change=rig.changed.set,
            key=port,
        )

    def states(self) -> list[str]:
        return [row.state for row in self.announcer.rows(0.0)]

    def is_settled(self) -> bool:
        return "asking" not in self.states() and "waiting" not in self.states()[:1]


@pytest.fixture
async def rig() -> AsyncIterator[Rig]:
    one = Rig(system_world(asyncio.get_running_loop()))
    yield one
    await one.close()


@pytest.fixture
async def server(rig: Rig) -> AsyncIterator[TrackerServer]:
    one = TrackerServer(rig.world, interval=900)
    await one.start()
    yield one
    await one.stop()


@pytest.mark.parametrize("kinds", [("http", "http"), ("udp", "udp"), ("http", "udp"), ("udp", "http")])
async def test_two_torrents_find_each_other_through_our_tracker(
    rig: Rig, server: TrackerServer, kinds: tuple[str, str]
) -> None:
    urls = [server.http_url if kind == "http" else server.udp_url for kind in kinds]
    seed = rig.torrent([[urls[0]]], 1001, left=0)
    leech = rig.torrent([[urls[1]]], 1002)
    seed.announcer.start()
    await rig.until(seed.is_settled)
    leech.announcer.start()
    await rig.until(leech.is_settled)
    assert leech.peers == [(Address("127.0.0.1", 1001), "127.0.0.1")]
    assert seed.peers == []
    # Each of them was counted, and is not told of itself.
    assert (seed.announcer.swarm_seeds, seed.announcer.swarm_leeches) == (0, 0)
    assert (leech.announcer.swarm_seeds, leech.announcer.swarm_leeches) == (1, 0)
    assert leech.announcer.tracker_host == "127.0.0.1"
    (row,) = leech.announcer.rows(rig.world.clock.now())
    assert (row.state, row.tier, row.message, row.peers_received) == ("working", 0, "", 1)
    assert row.next_announce_in is not None
    assert 890 < row.next_announce_in <= 990
    await leech.announcer.stop()
    await seed.announcer.stop()
    assert [(one.seeds, one.leeches) for one in server.rows()] == [(0, 0)]
    assert rig.gate.free == 50


@pytest.mark.skipif(not has_ipv6(), reason="this machine has no IPv6 loopback")
@pytest.mark.parametrize("kind", ["http", "udp"])
async def test_over_ipv6(rig: Rig, kind: str) -> None:
    server = TrackerServer(rig.world, host="::1")
    await server.start()
    url = server.http_url if kind == "http" else server.udp_url
    assert "[::1]" in url
    seed, leech = rig.torrent([[url]], 1001, left=0), rig.torrent([[url]], 1002)
    seed.announcer.start()
    await rig.until(seed.is_settled)
    leech.announcer.start()
    await rig.until(leech.is_settled)
    assert leech.peers == [(Address("::1", 1001), "::1")]
    await leech.announcer.stop()
    await seed.announcer.stop()
    await server.stop()


async def test_completed_is_counted_once_by_the_tracker(rig: Rig, server: TrackerServer) -> None:
    torrent = rig.torrent([[server.http_url]], 1001)
    torrent.announcer.start()
    await rig.until(torrent.is_settled)
    torrent.left = 0
    torrent.announcer.completed()
    await rig.until(torrent.is_settled)
    (row,) = server.rows()
    assert (row.seeds, row.leeches, row.completed, row.announces) == (1, 0, 1, 2)
    await torrent.announcer.stop()
    torrent.announcer.start()
    await rig.until(torrent.is_settled)
    (row,) = server.rows()
    assert (row.completed, row.announces) == (1, 4)
    await torrent.announcer.stop()


async def test_dead_tracker_then_the_next_tier_works(rig: Rig, server: TrackerServer) -> None:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{probe.getsockname()[1]}/announce"
        torrent = rig.torrent([[dead], ["gopher://x/announce"], [server.http_url]], 1001)
        torrent.announcer.start()
        for _ in range(3):
            await rig.until(lambda: "asking" not in torrent.states())
            torrent.announcer.tick(rig.world.clock.now())
        await rig.until(lambda: torrent.states()[2] == "working")
    assert torrent.states() == ["failing", "off", "working"]
    rows = torrent.announcer.rows(rig.world.clock.now())
    assert "could not be reached" in rows[0].message
    assert "http, https and udp" in rows[1].message
    assert rows[0].next_announce_in is not None
    assert rows[0].next_announce_in > 55
    assert rows[1].next_announce_in is None
    assert [answer.source for answer in torrent.announcer.answers] == [
        dead.removesuffix("/announce"),
        "gopher://x",
        server.http_url.removesuffix("/announce"),
    ], "each has its line, a dead one too"
    await torrent.announcer.stop()


async def test_failure_reason_and_warning_are_shown_in_full(rig: Rig) -> None:
    bodies = [
        b"d14:failure reason24:unregistered torrent \xe2\x98\xb9e",
        b"d8:intervali900e15:warning message10:be carefule",
    ]

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        body = bodies.pop(0)
        writer.write(f"HTTP/1.1 200 OK\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body)
        await writer.drain()
        writer.close()

    listener = await asyncio.start_server(handle, "127.0.0.1", 0)
    url = f"http://127.0.0.1:{listener.sockets[0].getsockname()[1]}/announce"
    torrent = rig.torrent([[url]], 1001)
    torrent.announcer.start()
    await rig.until(torrent.is_settled)
    (row,) = torrent.announcer.rows(0.0)
    assert (row.state, row.message) == ("refused", "unregistered torrent \u2639")
    (refused,) = torrent.announcer.answers
    assert refused.text == "unregistered torrent \u2639"
    assert torrent.announcer.answers[0] is refused, "kept until it answers anew"
    torrent.announcer.announce_now(force=True)
    await rig.until(torrent.is_settled)
    (row,) = torrent.announcer.rows(0.0)
    assert (row.state, row.message) == ("working", "be careful")
    (answer,) = torrent.announcer.answers
    assert (answer.source, answer.text) == (url.removesuffix("/announce"), "be careful")
    assert answer.at <= rig.world.clock.wall()
    listener.close()
    await torrent.announcer.stop()


async def test_added_tracker_is_asked_when_the_first_has_no_peers(rig: Rig, server: TrackerServer) -> None:
    other = TrackerServer(rig.world)
    await other.start()
    seed = rig.torrent([[other.udp_url]], 1001, left=0)
    seed.announcer.start()
    await rig.until(seed.is_settled)
    leech = rig.torrent([[server.http_url]], 1002)
    leech.announcer.start()
    await rig.until(leech.is_settled)
    assert leech.peers == []
    leech.announcer.add_trackers([[other.udp_url]])
    leech.announcer.tick(rig.world.clock.now())
    await rig.until(lambda: leech.states() == ["working", "working"])
    assert [peer.port for peer, _ in leech.peers] == [1001]
    await leech.announcer.stop()
    assert [row.leeches for row in (*server.rows(), *other.rows())] == [0, 0]
    await seed.announcer.stop()
    await other.stop()


async def test_calls_in_the_wrong_state_do_nothing(rig: Rig, server: TrackerServer) -> None:
    torrent = rig.torrent([[server.http_url]], 1001)
    torrent.announcer.tick(0.0)
    torrent.announcer.completed()
    torrent.announcer.announce_now(force=True)
    await torrent.announcer.stop()
    assert torrent.states() == ["waiting"]
    assert torrent.announcer.next_announce_in(0.0) is None
    assert not torrent.announcer.is_running
    assert server.rows() == ()
    torrent.announcer.start()
    torrent.announcer.start()
    await rig.until(torrent.is_settled)
    assert [row.announces for row in server.rows()] == [1]
    await torrent.announcer.stop()
    await torrent.announcer.stop()
    assert [row.announces for row in server.rows()] == [2]


async def test_torrent_without_trackers(rig: Rig) -> None:
    torrent = rig.torrent([], 1001)
    torrent.announcer.start()
    assert torrent.announcer.rows(0.0) == ()
    assert torrent.announcer.tracker_host == ""
    assert torrent.announcer.swarm_seeds is None
    assert torrent.announcer.next_announce_in(0.0) is None
    await torrent.announcer.stop()
