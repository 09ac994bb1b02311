from __future__ import annotations

import asyncio

import pytest
from tests.support.sim_world import SimWorld, run_story

from shoal.engine.transport.udp_port import PacketKind, SharedUdp, kind_of
from shoal.protocol import tracker_udp
from shoal.protocol.krpc import Method, Query, encode_query
from shoal.runtime.world import Address


@pytest.mark.parametrize(
    ("datagram", "kind"),
    [
        (encode_query(Query(b"a", bytes(20), Method.PING), b"SH01"), PacketKind.DHT),
        (tracker_udp.encode_connect_reply(0x21000000, 7), PacketKind.TRACKER),
        (tracker_udp.encode_error(5, "no"), PacketKind.TRACKER),
        (bytes((0x41, 0)) + bytes(18), PacketKind.UTP),
        (bytes((0x01, 0)) + bytes(18), PacketKind.UTP),
        (bytes((0x51, 0)) + bytes(18), PacketKind.OTHER),
        (b"\0\0\0\4\0\0\0\0", PacketKind.OTHER),
        (b"\0\0\0", PacketKind.OTHER),
        (b"", PacketKind.OTHER),
        (b"GET / HTTP", PacketKind.OTHER),
    ],
)
def test_datagrams_are_told_apart_by_their_first_bytes(datagram: bytes, kind: PacketKind) -> None:
    assert kind_of(memoryview(datagram)) is kind


def test_each_kind_goes_to_its_receiver_over_both_families() -> None:
    async def story(sim: SimWorld) -> None:
        home, far = sim.add_host("home"), sim.add_host("far")
        udp = SharedUdp(home.world.network)
        heard: list[tuple[str, bytes, str]] = []
        udp.receive(PacketKind.DHT, lambda data, source: heard.append(("dht", bytes(data), source.host)))
        udp.receive(PacketKind.UTP, lambda data, source: heard.append(("utp", bytes(data), source.host)))
        await udp.open(("0.0.0.0", "::"), 7000)
        assert udp.families == (4, 6)
        assert udp.address(4) == Address("0.0.0.0", 7000)
        back: list[bytes] = []
        for host, target in zip(("0.0.0.0", "::"), home.host.addresses, strict=True):
            port = await far.world.network.open_udp(lambda data, source: back.append(bytes(data)), host, 9)
            port.send(b"de", Address(target, 7000))
            port.send(b"\x21\0", Address(target, 7000))
            port.send(b"nobody's", Address(target, 7000))
        await asyncio.sleep(1)
        assert sorted(heard) == sorted(
            (kind, data, host) for kind, data in (("dht", b"de"), ("utp", b"\x21\0")) for host in far.host.addresses
        )
        for target in far.host.addresses:
            udp.send(b"hello", Address(target, 9))
        await asyncio.sleep(1)
        assert back == [b"hello", b"hello"]
        udp.close()
        udp.close()
        udp.send(b"too late", Address(far.host.addresses[0], 9))
        assert udp.families == ()

    run_story(story)


def test_a_taken_port_gives_way_to_another_and_a_missing_family_to_nothing() -> None:
    async def story(sim: SimWorld) -> None:
        home = sim.add_host("home", addresses=("45.0.0.9",))
        await home.world.network.open_udp(lambda data, source: None, "0.0.0.0", 7000)
        udp = SharedUdp(home.world.network)
        await udp.open(("127.0.0.1", "2001:db8::77"), 7000)
        assert udp.families == (4,)
        address = udp.address(4)
        assert address is not None
        assert address.port not in (0, 7000)
        assert udp.is_local(4)
        assert not udp.is_local(6)
        assert udp.address(6) is None

    run_story(story)
