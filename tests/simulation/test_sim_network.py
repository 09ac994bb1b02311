"""The simulated internet: delays add up, and everything that can go wrong does on demand."""

from __future__ import annotations

import asyncio
import errno

import pytest
from tests.support.sim_network import TraceEvent
from tests.support.sim_sink import PORT, Sink, Sinks, address, connect, send_all
from tests.support.sim_world import Machine, SimWorld, run_story

from shoal.runtime.world import Address


def test_connecting_takes_a_round_trip_and_data_half_of_one() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        sim.internet.link(a.host, b.host).latency = 0.25
        near, far = await connect(a, b)
        assert sim.loop.time() == pytest.approx(0.5)
        near.transport.write(b"x")
        await asyncio.sleep(0.249)
        assert far.count == 0
        await asyncio.sleep(0.002)
        assert far.count == 1

    run_story(story)


@pytest.mark.parametrize("family", [4, 6])
def test_both_families_reach_a_machine(family: int) -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        listener = await b.host.listen(Sink, ["0.0.0.0", "::"], 0)
        first, second = listener.addresses
        assert first.port == second.port
        transport, _ = await a.host.dial(Sink, Address(address(b, family).host, first.port))
        peer = transport.get_extra_info("sockname")
        assert peer[0] == address(a, family).host
        assert len(peer) == (2 if family == 4 else 4)

    run_story(story)


def test_a_black_hole_never_answers_until_the_system_gives_up() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        await b.host.listen(Sink, ["0.0.0.0"], PORT)
        b.host.is_black_hole = True
        started = sim.loop.time()
        with pytest.raises(TimeoutError) as caught:
            await a.host.dial(Sink, address(b))
        assert caught.value.errno == errno.ETIMEDOUT
        assert sim.loop.time() - started == pytest.approx(127)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(a.host.dial(Sink, Address("203.0.113.77", 1)), 10)
        b.host.is_black_hole = False
        await a.host.dial(Sink, address(b))

    run_story(story)


def test_a_dial_that_was_lost_is_tried_again() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        await b.host.listen(Sink, ["0.0.0.0"], PORT)
        sim.internet.link(a.host, b.host).cut()
        sim.loop.call_later(2.5, sim.internet.link(a.host, b.host).restore)
        await a.host.dial(Sink, address(b))
        assert 2.5 < sim.loop.time() < 4

    run_story(story)


def test_a_refusal_takes_a_round_trip() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        with pytest.raises(ConnectionRefusedError):
            await a.host.dial(Sink, address(b))
        assert sim.loop.time() == pytest.approx(0.04)

    run_story(story)


def test_a_machine_without_ipv6_cannot_reach_it() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a", addresses=["45.1.1.1"]), sim.add_host("b")
        with pytest.raises(OSError, match=r".") as caught:
            await a.host.dial(Sink, address(b, 6))
        assert caught.value.errno == errno.ENETUNREACH
        listener = await a.host.listen(Sink, ["2a00:45::99", "45.1.1.1"], PORT)
        assert listener.addresses == (Address("45.1.1.1", PORT),)

    run_story(story)


def test_resets_on_demand_reach_both_ends() -> None:
    async def story(sim: SimWorld) -> None:
        a, b, c = (sim.add_host(name) for name in "abc")
        ends = [*await connect(a, b), *await connect(a, c)]
        assert sim.internet.reset_streams(a.host, b.host) == 1
        assert isinstance(await ends[0].lost, ConnectionResetError)
        assert isinstance(await ends[1].lost, ConnectionResetError)
        assert not ends[2].lost.done()
        assert sim.internet.reset_streams(a.host) == 1
        assert isinstance(await ends[3].lost, ConnectionResetError)
        assert [len(machine.host.streams) for machine in (a, b, c)] == [0, 0, 0]

    run_story(story)


@pytest.mark.parametrize("what", ["link", "line"])
def test_a_cut_cable_holds_streams_until_it_is_mended(what: str) -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a", up=1_000_000), sim.add_host("b")
        near, far = await connect(a, b)
        await send_all(near, 3_000_000)
        await asyncio.sleep(1)
        gate = sim.internet.link(a.host, b.host) if what == "link" else b.host.line
        gate.cut()
        await asyncio.sleep(0.1)
        before = far.count
        await asyncio.sleep(50)
        assert far.count == before < 3_000_000
        gate.restore()
        await far.lost
        assert far.count == 3_000_000

    run_story(story)


def test_streams_of_a_lost_address_hang_and_new_ones_work() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        near, far = await connect(a, b)
        a.host.set_addresses(["45.9.9.9"])
        near.transport.write(b"from the old address")
        far.transport.write(b"to the old address")
        await asyncio.sleep(100)
        assert (near.count, far.count) == (0, 0)
        assert not near.lost.done()
        again, heard = await connect(a, b)
        again.transport.write(b"hello")
        await asyncio.sleep(1)
        assert heard.count == 5
        assert heard.transport.get_extra_info("peername")[0] == "45.9.9.9"

    run_story(story)


def test_a_firewalled_machine_calls_out_only() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        a.host.is_firewalled = True
        await connect(a, b)
        await a.host.listen(Sink, ["0.0.0.0"], PORT)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(b.host.dial(Sink, address(a)), 10)
        inbox: list[bytes] = []
        here = await a.host.open_udp(lambda data, source: inbox.append(bytes(data)), "0.0.0.0", PORT)
        there = await b.host.open_udp(lambda data, source: None, "0.0.0.0", PORT)
        there.send(b"unasked", address(a))
        await asyncio.sleep(1)
        here.send(b"hello", address(b))
        there.send(b"asked", address(a))
        await asyncio.sleep(1)
        assert inbox == [b"asked"]

    run_story(story)


def test_loopback_stays_within_the_machine() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a", up=10), sim.add_host("b")
        await a.host.listen(sinks := Sinks(), ["127.0.0.1", "::1"], PORT)
        with pytest.raises(ConnectionRefusedError):
            await b.host.dial(Sink, Address("127.0.0.1", PORT))
        for host in ("127.0.0.1", "::1"):
            transport, _ = await a.host.dial(Sink, Address(host, PORT))
            assert transport.get_extra_info("sockname")[0] == host
            transport.write(bytes(1_000_000))
        await asyncio.sleep(0.01)
        assert [sink.count for sink in sinks.all] == [1_000_000, 1_000_000]
        with pytest.raises(ConnectionRefusedError):
            await b.host.dial(Sink, address(a))
        inbox: list[Address] = []
        port = await a.host.open_udp(lambda data, source: inbox.append(source), "127.0.0.1", 0)
        port.send(b"me", port.address)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert inbox == [port.address]

    run_story(story)


def test_datagrams_take_their_time_and_tell_their_source() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        inbox: list[tuple[float, bytes, Address]] = []
        here = await a.host.open_udp(lambda data, source: None, "0.0.0.0", 0)
        there = await b.host.open_udp(
            lambda data, source: inbox.append((sim.loop.time(), bytes(data), source)), "0.0.0.0", PORT
        )
        here.send(b"one", address(b))
        here.send(b"", address(b))
        here.send(bytes(70_000), address(b))
        here.send(b"wrong family", address(b, 6))
        here.send(b"nobody", Address("203.0.113.1", 1))
        here.send(b"no such port", Address(address(b).host, 1))
        await asyncio.sleep(1)
        source = Address(address(a).host, here.address.port)
        assert inbox == [(pytest.approx(0.02), b"one", source), (pytest.approx(0.02), b"", source)]
        with pytest.raises(OSError, match=r"."):
            await b.host.open_udp(lambda data, source: None, "0.0.0.0", PORT)
        there.close()
        there.send(b"closed", source)
        here.send(b"closed", address(b))
        await asyncio.sleep(1)
        assert len(inbox) == 2

    run_story(story)


def test_datagrams_are_lost_at_the_rate_of_the_link_and_by_full_queues() -> None:
    async def story(sim: SimWorld) -> tuple[int, int]:
        a, b = sim.add_host("a"), sim.add_host("b")
        count = 0

        def receive(data: memoryview, source: Address) -> None:
            nonlocal count
            count += 1

        here = await a.host.open_udp(lambda data, source: None, "0.0.0.0", 0)
        await b.host.open_udp(receive, "0.0.0.0", PORT)
        sim.internet.link(a.host, b.host).loss = 0.25
        for _ in range(4000):
            here.send(b"x", address(b))
        await asyncio.sleep(1)
        lossy, count = count, 0
        sim.internet.link(a.host, b.host).loss = 0.0
        a.host.up.rate = 100_000
        for _ in range(4000):
            here.send(bytes(1000), address(b))
        await asyncio.sleep(60)
        return lossy, count

    lossy, queued = run_story(story, seed=9)
    assert lossy == pytest.approx(3000, rel=0.05)
    assert queued == pytest.approx(1048, abs=2)


def test_names_are_known_unknown_or_dead() -> None:
    async def story(sim: SimWorld) -> None:
        a = sim.add_host("a")
        sim.internet.names["tracker.example"] = ["45.0.0.9", "2a00:45::9", "45.0.0.9"]
        sim.internet.names["dead.example"] = []
        assert await a.host.resolve("45.0.0.7", 80) == [Address("45.0.0.7", 80)]
        assert sim.loop.time() == 0
        assert await a.host.resolve("tracker.example", 80) == [Address("45.0.0.9", 80), Address("2a00:45::9", 80)]
        with pytest.raises(OSError, match="not known"):
            await a.host.resolve("missing.example", 80)
        assert sim.loop.time() < 1
        with pytest.raises(OSError, match="Temporary"):
            await a.host.resolve("dead.example", 80)
        assert sim.loop.time() > 20
        assert (await a.host.resolve("localhost", 80))[0] == Address("127.0.0.1", 80)

    run_story(story)


def test_the_same_seed_gives_the_same_events() -> None:
    async def story(sim: SimWorld) -> list[TraceEvent]:
        machines = [sim.add_host(str(n), up=200_000 + 50_000 * n, down=400_000) for n in range(6)]
        for one in machines:
            for other in machines:
                if one is not other:
                    link = sim.internet.link(one.host, other.host)
                    link.jitter, link.loss = 0.01, 0.05
        sinks = Sinks()
        for machine in machines:
            await machine.host.listen(sinks, ["0.0.0.0"], PORT)

        async def talk(machine: Machine) -> None:
            for _ in range(10):
                other = machine.world.random.choice(machines)
                transport, _ = await machine.host.dial(Sink, address(other))
                transport.write(bytes(machine.world.random.randrange(200_000)))
                await asyncio.sleep(machine.world.random.random())
                transport.close()

        await asyncio.gather(*(talk(machine) for machine in machines))
        await asyncio.sleep(10)
        return sim.internet.events

    first = run_story(story, seed=4, record=True)
    assert len(first) > 500
    assert run_story(story, seed=4, record=True) == first
    assert run_story(story, seed=5, record=True) != first
