"""Lines of simulated hosts: the slower one sets the rate, streams share it fairly, readers push back."""

from __future__ import annotations

import asyncio

import pytest
from tests.support.sim_sink import connect, send_all
from tests.support.sim_world import SimWorld, run_story


def test_a_hundred_megabytes_are_cheap() -> None:
    async def story(sim: SimWorld) -> float:
        a, b = sim.add_host("a", up=10_000_000), sim.add_host("b", down=20_000_000)
        near, far = await connect(a, b)
        started = sim.loop.time()
        await send_all(near, 100_000_000)
        assert await far.lost is None
        assert far.count == 100_000_000
        # Segments of a sensible size: what a simulated byte costs is a matter of their number.
        assert len(sim.internet.events) < 3000
        return sim.loop.time() - started

    assert run_story(story, record=True) == pytest.approx(10, rel=0.02)


@pytest.mark.parametrize(("up", "down"), [(1_000_000, 0), (0, 1_000_000), (50_000, 70_000), (4_000_000, 1_000_000)])
def test_the_slower_line_sets_the_rate(up: float, down: float) -> None:
    async def story(sim: SimWorld) -> float:
        a, b = sim.add_host("a", up=up), sim.add_host("b", down=down)
        near, far = await connect(a, b)
        near.transport.write(bytes(100_000_000))
        await asyncio.sleep(5)
        before = far.count
        await asyncio.sleep(20)
        return (far.count - before) / 20

    assert run_story(story) == pytest.approx(min(rate for rate in (up, down) if rate), rel=0.03)


def test_one_uplink_is_shared_fairly_among_its_streams() -> None:
    async def story(sim: SimWorld) -> list[int]:
        seed = sim.add_host("seed", up=1_000_000)
        sinks = []
        for number in range(5):
            leech = sim.add_host(f"leech {number}")
            sim.internet.link(seed.host, leech.host).latency = 0.01 * (number + 1)
            near, far = await connect(seed, leech)
            near.transport.write(bytes(50_000_000))
            sinks.append(far)
        await asyncio.sleep(60)
        return [sink.count for sink in sinks]

    counts = run_story(story)
    assert sum(counts) == pytest.approx(60_000_000, rel=0.03)
    assert all(count == pytest.approx(12_000_000, rel=0.05) for count in counts)


def test_one_downlink_is_shared_fairly_among_its_streams() -> None:
    async def story(sim: SimWorld) -> list[int]:
        leech = sim.add_host("leech", down=1_000_000)
        sinks = []
        for number in range(4):
            near, far = await connect(sim.add_host(f"seed {number}"), leech)
            near.transport.write(bytes(50_000_000))
            sinks.append(far)
        await asyncio.sleep(40)
        return [sink.count for sink in sinks]

    counts = run_story(story)
    assert sum(counts) == pytest.approx(40_000_000, rel=0.03)
    assert all(count == pytest.approx(10_000_000, rel=0.05) for count in counts)


def test_what_a_slow_stream_leaves_the_others_take() -> None:
    async def story(sim: SimWorld) -> tuple[int, int]:
        seed = sim.add_host("seed", up=1_000_000)
        _, slow = near_slow = await connect(seed, sim.add_host("slow", down=100_000))
        _, fast = near_fast = await connect(seed, sim.add_host("fast"))
        for near, _ in (near_slow, near_fast):
            near.transport.write(bytes(50_000_000))
        await asyncio.sleep(40)
        return slow.count, fast.count

    slow, fast = run_story(story)
    assert slow == pytest.approx(4_000_000, rel=0.05)
    assert fast == pytest.approx(36_000_000, rel=0.05)


def test_a_rate_may_change_at_any_time() -> None:
    async def story(sim: SimWorld) -> list[float]:
        a, b = sim.add_host("a", up=1_000_000), sim.add_host("b")
        near, far = await connect(a, b)
        near.transport.write(bytes(100_000_000))
        rates = []
        for rate in (1_000_000, 200_000, 3_000_000):
            a.host.up.rate = rate
            await asyncio.sleep(2)
            before = far.count
            await asyncio.sleep(10)
            rates.append((far.count - before) / 10)
        a.host.up.rate = 0
        near.transport.close()
        await far.lost
        assert far.count == 100_000_000
        return rates

    assert run_story(story) == [pytest.approx(rate, rel=0.03) for rate in (1_000_000, 200_000, 3_000_000)]


def test_small_messages_are_not_stuck_behind_a_bulk_stream() -> None:
    async def story(sim: SimWorld) -> float:
        seed, leech = sim.add_host("seed", up=100_000), sim.add_host("leech")
        bulk, _ = await connect(seed, leech)
        talk, heard = await connect(seed, leech)
        bulk.transport.write(bytes(10_000_000))
        await asyncio.sleep(5)
        started = sim.loop.time()
        talk.transport.write(b"choke")
        await heard.arrived.wait()
        return sim.loop.time() - started

    assert run_story(story) < 0.1


def test_loss_delays_a_stream_and_changes_nothing_else() -> None:
    async def story(sim: SimWorld, loss: float) -> float:
        a, b = sim.add_host("a", up=1_000_000), sim.add_host("b")
        link = sim.internet.link(a.host, b.host)
        link.jitter = 0.03
        near, far = await connect(a, b)
        link.loss = loss
        started = sim.loop.time()
        await send_all(near, 5_000_000)
        await far.lost
        assert far.count == 5_000_000
        return sim.loop.time() - started

    clean = run_story(lambda sim: story(sim, 0.0), seed=3)
    lossy = run_story(lambda sim: story(sim, 0.2), seed=3)
    assert clean < lossy < 20 * clean


def test_a_reader_that_pauses_stops_the_sender_at_the_window() -> None:
    async def story(sim: SimWorld) -> None:
        a, b = sim.add_host("a"), sim.add_host("b")
        near, far = await connect(a, b)
        far.transport.pause_reading()
        near.transport.write(bytes(10_000_000))
        await asyncio.sleep(60)
        assert near.transport.get_write_buffer_size() == 10_000_000 - sim.internet.max_window
        far.transport.resume_reading()
        await asyncio.sleep(60)
        assert far.count == 10_000_000

    run_story(story)
