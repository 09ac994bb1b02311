"""Connections in and out: dialling, half-open limits, handshake time-outs and floods."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from tests.support.sim_network import SimHost
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.swarm_content import single_file

from shoal.api.commands import AddPeers, AddTorrent
from shoal.engine.peer.connection import HANDSHAKE_SECONDS
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.connections import DIAL_SECONDS, DIALS_PER_SECOND, MOST_INCOMING_WAITING
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session
from shoal.engine.torrent.torrent import Torrent
from shoal.protocol import peer_wire
from shoal.runtime.world import Address
from shoal.settings.engine_settings import EngineSettings

CONTENT = single_file(300_000)
ID = CONTENT.info_hash.hex()


class Raw(asyncio.BufferedProtocol):
    """A stranger's socket: keeps what comes and whether it is open."""

    def __init__(self) -> None:
        self.received = bytearray()
        self.is_open = False
        self._buffer = bytearray(65_536)
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]
        self.is_open = True

    def get_buffer(self, sizehint: int) -> bytearray:
        return self._buffer

    def buffer_updated(self, nbytes: int) -> None:
        self.received += self._buffer[:nbytes]

    def connection_lost(self, error: Exception | None) -> None:
        self.is_open = False


class Home:
    """A session that wants one torrent."""

    def __init__(self, machine: Machine, session: Session) -> None:
        self.machine = machine
        self.session = session
        self.client = LocalClient(session)

    @property
    def torrent(self) -> Torrent:
        return self.session.torrents[ID]

    @property
    def address(self) -> Address:
        return Address(self.machine.host.addresses[0], self.session.connections.listen_port)


def story(main: Callable[[Home, SimWorld], Awaitable[None]], **settings: object) -> None:
    async def run(sim: SimWorld) -> None:
        machine = sim.add_host("home")
        session = Session(machine.world, SessionConfig(EngineSettings(**settings)), None)  # type: ignore[arg-type]
        await session.open()
        home = Home(machine, session)
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads"))
        await asyncio.sleep(1)
        await main(home, sim)
        await home.client.close()
        assert session.connections.count == 0

    run_story(run)


async def call(host: SimHost, to: Address, peer_id: bytes = b"") -> Raw:
    """Connect to `to`, greeting at once when there is a `peer_id`."""
    _, protocol = await host.dial(Raw, to)
    assert isinstance(protocol, Raw)
    if peer_id:
        protocol.transport.write(peer_wire.encode_handshake(CONTENT.info_hash, peer_id.ljust(20, b".")))
    await asyncio.sleep(0.5)
    return protocol


def test_a_failed_dial_counts_once_and_rests_a_minute() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        address = Address(sim.add_host("nobody listens").host.addresses[0], 6881)
        await home.client.execute(AddPeers(ID, (tuple(address),)))
        await asyncio.sleep(2)
        known, now = home.torrent.swarm.known, home.machine.clock.now()
        rng = home.machine.world.random
        assert known.next_to_dial(now + 50, 1, rng) == []
        assert known.next_to_dial(now + 61, 1, rng) == [address]
        assert home.session.connections.count == 0

    story(main)


def test_a_dial_into_the_dark_ends_after_its_time() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        dark = sim.add_host("dark")
        dark.host.is_black_hole = True
        await home.client.execute(AddPeers(ID, ((dark.host.addresses[0], 6881),)))
        await asyncio.sleep(DIAL_SECONDS - 1)
        assert home.session.connections.count == 1
        await asyncio.sleep(2)
        assert home.session.connections.count == 0

    story(main)


def test_one_who_answers_late_has_the_whole_time_for_its_handshake() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        slow = sim.add_host("slow")
        answered: list[Raw] = []

        def answer() -> Raw:
            answered.append(Raw())
            return answered[-1]

        await slow.host.listen(answer, ["0.0.0.0"], 6881)
        slow.host.is_black_hole = True
        await home.client.execute(AddPeers(ID, ((slow.host.addresses[0], 6881),)))
        await asyncio.sleep(5)
        slow.host.is_black_hole = False
        # The third SYN, seven seconds after the first, gets through.
        await asyncio.sleep(7)
        assert answered[0].is_open
        assert bytes(answered[0].received).startswith(peer_wire.PROTOCOL_STRING)
        answered[0].transport.write(peer_wire.encode_handshake(CONTENT.info_hash, b"slow".ljust(20, b".")))
        await asyncio.sleep(1)
        assert len(home.torrent.swarm.connected) == 1

    story(main)


def test_half_open_connections_are_bounded() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        dark = [sim.add_host(f"dark {number}") for number in range(12)]
        for machine in dark:
            machine.host.is_black_hole = True
        peers = tuple((machine.host.addresses[0], 6881) for machine in dark)
        await home.client.execute(AddPeers(ID, peers))
        most = 0
        for _ in range(40):
            await asyncio.sleep(1)
            most = max(most, home.session.connections.count)
        assert most == 5
        await asyncio.sleep(60)
        assert home.session.connections.count <= 5

    story(main, half_open=5)


def test_dials_are_bounded_each_second_however_fast_they_fail() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        host = sim.add_host("nobody listens").host.addresses[0]
        dials = 0
        dial = home.machine.world.network.dial

        async def count(*arguments: Any, **options: Any) -> Any:
            nonlocal dials
            dials += 1
            return await dial(*arguments, **options)

        home.machine.world.network.dial = count  # type: ignore[method-assign]
        ports = iter(range(1, 1000))
        for _ in range(30):
            await home.client.execute(AddPeers(ID, tuple((host, next(ports)) for _ in range(10))))
            await asyncio.sleep(0.1)
        assert DIALS_PER_SECOND * 2 < dials <= DIALS_PER_SECOND * 4

    story(main, half_open=500)


def test_connections_that_do_not_greet_are_dropped_in_time() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        caller = sim.add_host("caller").host
        mute = await call(caller, home.address)
        half = await call(caller, home.address)
        half.transport.write(peer_wire.PROTOCOL_STRING)
        polite = await call(caller, home.address, b"polite")
        assert home.session.totals().has_incoming
        await asyncio.sleep(HANDSHAKE_SECONDS - 2)
        assert mute.is_open
        await asyncio.sleep(4)
        assert not mute.is_open
        assert not half.is_open
        assert polite.is_open
        assert home.session.connections.count == 1

    story(main)


def test_a_flood_of_mute_callers_is_bounded_and_passes() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        caller = sim.add_host("caller").host
        flood = [Raw() for _ in range(MOST_INCOMING_WAITING + 50)]
        pending = iter(flood)
        await asyncio.gather(*(caller.dial(lambda: next(pending), home.address) for _ in flood))
        await asyncio.sleep(1)
        assert home.session.connections.count == MOST_INCOMING_WAITING
        assert sum(raw.is_open for raw in flood) == MOST_INCOMING_WAITING
        await asyncio.sleep(HANDSHAKE_SECONDS + 2)
        assert home.session.connections.count == 0
        assert (await call(caller, home.address, b"honest")).is_open

    story(main)


def test_no_more_callers_than_the_session_may_have_while_dials_count_once() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        caller = sim.add_host("caller").host
        dark = sim.add_host("dark").host
        dark.is_black_hole = True
        await home.client.execute(AddPeers(ID, ((dark.addresses[0], 6881),)))
        await asyncio.sleep(1)
        callers = [await call(caller, home.address, b"caller %d" % number) for number in range(4)]
        assert [raw.is_open for raw in callers] == [True, True, False, False]

    story(main, max_peers=3)


def test_a_peer_beyond_the_torrents_share_is_refused_and_may_be_dialled_again() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        caller, server = sim.add_host("caller").host, sim.add_host("server").host
        answered: list[Raw] = []

        class Greeter(Raw):
            def connection_made(self, transport: asyncio.BaseTransport) -> None:
                super().connection_made(transport)
                answered.append(self)
                greeting = peer_wire.encode_handshake(CONTENT.info_hash, b"server".ljust(20, b"."))
                asyncio.get_running_loop().call_later(2, self.transport.write, greeting)

        await server.listen(Greeter, ["0.0.0.0"], 6881)
        await home.client.execute(AddPeers(ID, ((server.addresses[0], 6881),)))
        await asyncio.sleep(1)
        assert (await call(caller, home.address, b"first")).is_open
        await asyncio.sleep(3)
        assert [raw.is_open for raw in answered] == [False]
        known, now = home.torrent.swarm.known, home.machine.clock.now()
        assert known.next_to_dial(now + 61, 1, home.machine.world.random)

    story(main, max_peers_per_torrent=1)


def test_our_own_address_is_recognised_from_both_ends() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        await home.client.execute(AddPeers(ID, (tuple(home.address),)))
        await asyncio.sleep(5)
        assert home.session.connections.count == 0
        assert home.address not in home.torrent.swarm.known

    story(main)


def test_strangers_who_ask_for_another_torrent_or_a_stopped_one_are_sent_away() -> None:
    async def main(home: Home, sim: SimWorld) -> None:
        caller = sim.add_host("caller").host
        other = await call(caller, home.address)
        other.transport.write(peer_wire.encode_handshake(b"x" * 20, b"y" * 20))
        await asyncio.sleep(1)
        assert not other.is_open
        assert bytes(other.received) == b"", "nothing is given away"
        await home.torrent.stages.stop()
        assert not (await call(caller, home.address, b"late")).is_open

    story(main)
