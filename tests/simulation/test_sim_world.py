"""Machines of a simulation: clocks, inline workers, and what is left after a kill or a loss of power."""

from __future__ import annotations

import asyncio
from typing import cast

import pytest
from tests.support.faulty_files import PowerLossFiles
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import WALL_START, Machine, SimWorld, run_story

from shoal.runtime.ticker import Ticker
from shoal.runtime.world import Address


class Silent(asyncio.BufferedProtocol):
    """Takes anything and notes its end."""

    def __init__(self) -> None:
        self.events: list[str] = []
        self.transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast("asyncio.Transport", transport)

    def get_buffer(self, sizehint: int) -> memoryview:
        return memoryview(bytearray(1024))

    def buffer_updated(self, nbytes: int) -> None:
        self.events.append(f"got {nbytes}")

    def connection_lost(self, exc: BaseException | None) -> None:
        self.events.append("lost" if exc is None else type(exc).__name__)


def test_clocks_follow_virtual_time_and_the_calendar_may_jump() -> None:
    async def story(sim: SimWorld) -> None:
        one, other = sim.add_host("one"), sim.add_host("other")
        await asyncio.sleep(100)
        assert one.world.clock.now() == pytest.approx(100)
        assert one.world.clock.wall() == pytest.approx(WALL_START + 100)
        one.clock.jump_wall(-86_400)
        assert one.world.clock.now() == pytest.approx(100)
        assert one.world.clock.wall() == pytest.approx(WALL_START + 100 - 86_400)
        assert other.world.clock.wall() == pytest.approx(WALL_START + 100)

    run_story(story)


def test_the_ticker_of_the_engine_beats_in_virtual_time() -> None:
    async def story(sim: SimWorld) -> list[float]:
        beats: list[float] = []
        ticker = Ticker(sim.loop, sim.add_host("a").world.clock, 0.25)
        ticker.add(beats.append)
        await asyncio.sleep(600)
        ticker.close()
        return beats

    beats = run_story(story)
    assert len(beats) == pytest.approx(2400, abs=1)
    assert beats[:3] == [pytest.approx(0.25), pytest.approx(0.5), pytest.approx(0.75)]


def test_workers_run_jobs_at_once_and_deliver_later_in_order() -> None:
    async def story(sim: SimWorld) -> None:
        workers = sim.add_host("a").workers
        results: list[object] = []
        ran: list[int] = []
        for number in range(3):
            workers.submit(lambda number=number: ran.append(number) or number, results.append)
        workers.submit(lambda: 1 // 0, lambda result: results.append(type(result)))
        assert (ran, results) == ([0, 1, 2], [])
        await asyncio.sleep(0)
        assert results == [0, 1, 2, ZeroDivisionError]
        assert sim.loop.time() == 0
        assert await workers.run(lambda: "value") == "value"
        with pytest.raises(LookupError):
            await workers.run(lambda: {}["missing"], lane="check")
        with pytest.raises(ValueError, match="lane"):
            workers.submit(lambda: 1, results.append, lane="sideways")

    run_story(story)


def test_slow_lanes_take_virtual_time_one_job_after_the_other() -> None:
    async def story(sim: SimWorld) -> None:
        workers = sim.add_host("a", job_seconds={"disk": 2.0}).workers
        times: list[tuple[float, int]] = []
        for number in range(3):
            workers.submit(lambda number=number: number, lambda n: times.append((sim.loop.time(), cast("int", n))))
        assert await workers.run(lambda: "other lane", lane="read") == "other lane"
        assert sim.loop.time() == 0
        await asyncio.sleep(5)
        workers.seconds["disk"] = 0.0
        await asyncio.sleep(5)
        assert times == [(2.0, 0), (4.0, 1), (6.0, 2)]

    run_story(story)


def test_closed_workers_drop_what_waits() -> None:
    async def story(sim: SimWorld) -> None:
        workers = sim.add_host("a", job_seconds={"disk": 2.0}).workers
        results: list[object] = []
        workers.submit(lambda: "ran", results.append)
        workers.submit(lambda: "waits", results.append)
        waiting = asyncio.ensure_future(workers.run(lambda: "waits too"))
        await asyncio.sleep(0)
        workers.close()
        workers.close()
        with pytest.raises(RuntimeError):
            workers.submit(lambda: 1, results.append)
        with pytest.raises(asyncio.CancelledError):
            await waiting
        assert results == ["ran"]

    run_story(story)


def test_machines_get_addresses_that_differ() -> None:
    async def story(sim: SimWorld) -> None:
        hosts = [sim.add_host(f"h{n}").host for n in range(300)]
        assert len({address for host in hosts for address in host.addresses}) == 600
        with pytest.raises(ValueError, match="already"):
            sim.add_host("h0")

    run_story(story)


async def _connected(sim: SimWorld) -> tuple[Machine, Machine, Silent, Silent]:
    victim, peer = sim.add_host("victim"), sim.add_host("peer")
    far = Silent()
    await peer.host.listen(lambda: far, ["0.0.0.0"], 1000)
    _, near = await victim.host.dial(Silent, Address(peer.host.addresses[0], 1000))
    return victim, peer, cast("Silent", near), far


def _write(machine: Machine, path: str, data: bytes, *, sync: bool) -> None:
    files = machine.files
    handle = files.open(path, write=True, create=True)
    files.pwrite(handle, memoryview(data), 0)
    if sync:
        files.sync(handle)
    files.close(handle)


def test_a_killed_program_is_heard_of_by_its_peers_and_loses_no_write() -> None:
    async def story(sim: SimWorld) -> None:
        victim, peer, near, far = await _connected(sim)
        _write(victim, "/d/unsynced", b"data", sync=False)
        reborn = sim.kill("victim")
        _write(victim, "/d/by a ghost", b"ghost", sync=True)
        near.transport.write(b"ghost")
        await asyncio.sleep(10)
        assert far.events == ["ConnectionResetError"]
        assert near.events == []
        with pytest.raises(OSError, match=r"."):
            await victim.host.dial(Silent, Address(peer.host.addresses[0], 1000))
        assert isinstance(reborn.files, PowerLossFiles)
        assert reborn.files.paths() == ["/d/unsynced"]
        assert reborn.files.read_file("/d/unsynced") == b"data"
        assert reborn.host.addresses == sim.machines["victim"].host.addresses
        with pytest.raises(ConnectionRefusedError):
            await peer.host.dial(Silent, Address(reborn.host.addresses[0], 1))
        await reborn.host.dial(Silent, Address(peer.host.addresses[0], 1000))

    run_story(story)


def test_a_loss_of_power_is_silent_and_loses_what_was_not_synced() -> None:
    async def story(sim: SimWorld) -> None:
        victim, _, _, far = await _connected(sim)
        _write(victim, "/d/unsynced", b"data", sync=False)
        _write(victim, "/d/synced", b"data", sync=True)
        reborn = sim.lose_power("victim")
        await asyncio.sleep(10)
        assert far.events == []
        assert isinstance(reborn.files, PowerLossFiles)
        assert reborn.files.read_file("/d/synced") == b"data"
        assert reborn.files.read_file("/d/unsynced") == b""
        # The machine is up again and knows nothing of the old connection.
        far.transport.write(b"are you there?")
        await asyncio.sleep(1)
        assert far.events == ["ConnectionResetError"]

    run_story(story)


def test_only_a_disk_that_knows_what_survives_can_be_killed() -> None:
    async def story(sim: SimWorld) -> None:
        sim.add_host("a", files=MemoryFiles())
        with pytest.raises(TypeError):
            sim.kill("a")

    run_story(story)
