"""A home router and the port on it: opened, renewed, opened again, taken back; liars, silence and refusals."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.support.sim_router import EXTERNAL, HOME, ROUTER, SimRouter, behind
from tests.support.sim_world import Machine, SimWorld, run_story

from shoal.api.snapshots import RouterState
from shoal.engine.discovery.routers.search import RouterSearch
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.new_settings import put_in_force
from shoal.engine.session.session import Session
from shoal.runtime.world import Route
from shoal.settings.engine_settings import EngineSettings

PORT = 51413
SETTINGS = EngineSettings(listen_port=PORT, dht="off", local_discovery=False)
OPEN = {(True, PORT): (HOME, PORT), (False, PORT): (HOME, PORT)}


async def opened(machine: Machine, **changes: object) -> Session:
    """A session that may ask routers, by PCP and NAT-PMP."""
    settings = replace(SETTINGS, **changes)  # type: ignore[arg-type]
    config = SessionConfig(settings, find_routers=lambda world: RouterSearch(world, None))
    session = Session(machine.world, config, None)
    await session.open()
    return session


async def soon(condition: Callable[[], bool], seconds: float = 30.0) -> float:
    """Wait for it; the virtual seconds that it took."""
    loop = asyncio.get_running_loop()
    begun = loop.time()
    while not condition():
        assert loop.time() - begun < seconds, "it did not come"
        await asyncio.sleep(0.1)
    return loop.time() - begun


def is_open(session: Session) -> bool:
    return session.totals().router.state is RouterState.OPEN


@pytest.mark.parametrize(("ways", "way"), [({"PCP", "NAT-PMP"}, "PCP"), ({"PCP"}, "PCP"), ({"NAT-PMP"}, "NAT-PMP")])
def test_the_router_opens_the_port_and_closes_it_at_the_end(ways: set[str], way: str) -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, ways=ways).start()
        session = await opened(behind(sim, "home"))
        assert session.totals().router.state is RouterState.ASKING
        assert await soon(lambda: len(router.passed) == 2) < 10
        await soon(lambda: is_open(session))
        row = session.totals().router
        assert (row.port, row.way, row.host, row.is_behind_another) == (PORT, way, ROUTER, False)
        assert router.passed == OPEN
        await asyncio.sleep(100)
        assert session.totals().external_host == EXTERNAL
        begun = sim.loop.time()
        await session.close()
        assert router.passed == {}
        assert sim.loop.time() - begun < 3

    run_story(story)


def test_a_mapping_is_renewed_long_before_it_ends() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, lifetime=600).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: len(router.passed) == 2)
        for _ in range(200):
            await asyncio.sleep(20)
            assert router.passed == OPEN
        maps = [at for at, kind in router.asked if kind == "map"]
        assert len(maps) <= 2 * (4000 / 300 + 2)
        await session.close()

    run_story(story, limit_seconds=5000)


@pytest.mark.parametrize(
    "changes", [{"port_mapping": False}, {"listen_hosts": "127.0.0.1 ::1"}, {"outgoing_host": "127.0.0.1"}]
)
def test_no_router_is_asked_where_it_is_not_wanted(changes: dict[str, object]) -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim).start()
        session = await opened(behind(sim, "home"), **changes)
        await asyncio.sleep(300)
        assert router.asked == []
        expected = RouterState.NONE if "outgoing_host" in changes else RouterState.OFF
        assert session.totals().router.state is expected
        await session.close()
        assert router.asked == []

    run_story(story)


def test_a_router_with_a_public_address_is_none_of_a_home() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, host="45.9.9.9").start()
        machine = behind(sim, "rented", "45.9.9.9", host="45.9.9.10")
        session = await opened(machine)
        await asyncio.sleep(60)
        assert router.asked == []
        assert session.totals().router.state is RouterState.NONE
        await session.close()

    run_story(story)


def test_switched_off_the_port_is_taken_back_and_on_again_it_is_opened() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: len(router.passed) == 2)
        await put_in_force(session, replace(session.settings, port_mapping=False))
        assert await soon(lambda: not router.passed) < 4
        assert session.totals().router.state is RouterState.OFF
        await put_in_force(session, replace(session.settings, port_mapping=True))
        assert await soon(lambda: len(router.passed) == 2) < 10
        await session.close()

    run_story(story)


def test_another_port_moves_the_mapping() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: len(router.passed) == 2)
        await put_in_force(session, replace(session.settings, listen_port=50_000))
        moved = {(True, 50_000): (HOME, 50_000), (False, 50_000): (HOME, 50_000)}
        assert await soon(lambda: router.passed == moved) < 10
        await soon(lambda: session.totals().router.port == 50_000)
        await session.close()
        assert router.passed == {}

    run_story(story)


def test_a_port_of_somebody_else_gives_another_one_that_others_are_told() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, taken={PORT}).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: is_open(session))
        assert session.totals().router.port == PORT + 1
        assert session.services.listen_port() == PORT + 1
        assert session.totals().listen_port == PORT
        await session.close()
        assert router.passed == {}

    run_story(story)


def test_a_router_that_starts_anew_is_asked_again() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, ways={"NAT-PMP"}).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: len(router.passed) == 2)
        await asyncio.sleep(200)
        router.external = "203.0.114.99"
        router.reboot()
        assert await soon(lambda: len(router.passed) == 2, 100) < 75
        await asyncio.sleep(61)
        assert session.totals().external_host == "203.0.114.99"
        await session.close()

    run_story(story)


@pytest.mark.parametrize(
    ("result", "silent", "state"), [(2, False, RouterState.REFUSED), (0, True, RouterState.SILENT)]
)
def test_no_for_an_answer_is_told_and_asked_again_ever_more_rarely(
    result: int, silent: bool, state: RouterState
) -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, result=result, is_silent=silent).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: session.totals().router.state is state)
        await asyncio.sleep(3600)
        assert session.totals().router.state is state
        router.asked.clear()
        await asyncio.sleep(7200)
        assert len(router.asked) < 150
        router.result, router.is_silent = 0, False
        await soon(lambda: is_open(session), 2000)
        await session.close()

    run_story(story, limit_seconds=20_000)


def test_a_router_that_falls_silent_does_not_hold_up_the_end() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: len(router.passed) == 2)
        router.is_silent = True
        begun = sim.loop.time()
        await session.close()
        assert sim.loop.time() - begun < 3

    run_story(story)


@pytest.mark.parametrize("garbage", [b"", b"\0", b"\x02\x81" + bytes(58), b"\xff" * 2000, b"\0\x82" + bytes(14)])
def test_garbage_before_the_answer_changes_nothing(garbage: bytes) -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, garbage=garbage).start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: is_open(session))
        assert router.passed == OPEN
        await session.close()

    run_story(story)


@pytest.mark.parametrize("lifetime", [0, 1, 2**32 - 1])
def test_a_lie_about_the_lifetime_makes_neither_a_flood_nor_a_mapping_for_ever(lifetime: int) -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim, lifetime=lifetime).start()
        session = await opened(behind(sim, "home"))
        await asyncio.sleep(600)
        assert is_open(session) is bool(lifetime)
        assert len(router.asked) < 200
        await session.close()

    run_story(story)


def test_another_address_of_ours_and_a_sleep_open_the_port_again_in_time() -> None:
    async def story(sim: SimWorld) -> None:
        router = await SimRouter(sim).start()
        machine = behind(sim, "home")
        session = await opened(machine)
        await soon(lambda: len(router.passed) == 2)
        machine.host.set_addresses(["192.168.1.77"])
        machine.host.routes = [Route(ROUTER, "192.168.1.77")]
        assert await soon(lambda: ("192.168.1.77", PORT) in router.passed.values()) < 20
        await soon(lambda: is_open(session))
        router.reboot()
        machine.clock.jump_wall(3600)
        assert await soon(lambda: ("192.168.1.77", PORT) in router.passed.values()) < 20
        await session.close()

    run_story(story)


def test_in_another_network_the_old_address_is_left_and_the_trackers_are_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    told: list[float] = []
    ended: list[str] = []

    async def story(sim: SimWorld) -> None:
        machine = sim.add_host("home", addresses=[HOME])
        session = await opened(machine)
        monkeypatch.setattr(session.connections, "end_from", ended.append)
        monkeypatch.setattr(session.reach, "_announce", lambda: told.append(sim.loop.time()))
        await asyncio.sleep(20)
        assert told == []
        begun = sim.loop.time()
        machine.host.set_addresses(["10.0.0.3"])
        await soon(lambda: bool(told))
        assert told[0] - begun < 10
        assert ended == [HOME]
        await session.close()

    run_story(story)


def test_others_agree_at_which_address_they_see_us() -> None:
    async def story(sim: SimWorld) -> None:
        session = await opened(sim.add_host("home"))
        session.reach.peer_heard("45.1.1.1", bytes((45, 9, 9, 9)))
        assert session.totals().external_host == ""
        session.reach.heard("46.1.1.1", "45.9.9.9")
        assert session.totals().external_host == "45.9.9.9"
        await session.close()

    run_story(story)


def test_two_routers_are_both_asked() -> None:
    async def story(sim: SimWorld) -> None:
        near = await SimRouter(sim, is_silent=True).start()
        other = await SimRouter(sim, host="192.168.2.1").start()
        machine = sim.add_host("home", addresses=[HOME, "192.168.2.10"])
        machine.host.routes = [Route(ROUTER, HOME), Route("192.168.2.1", "192.168.2.10")]
        session = await opened(machine)
        await soon(lambda: len(other.passed) == 2)
        assert near.passed == {}
        assert other.passed == {(True, PORT): ("192.168.2.10", PORT), (False, PORT): ("192.168.2.10", PORT)}
        await soon(lambda: session.totals().router.host == "192.168.2.1")
        await session.close()
        assert other.passed == {}

    run_story(story)


def test_a_router_behind_another_one_is_told_apart() -> None:
    async def story(sim: SimWorld) -> None:
        await SimRouter(sim, ways={"NAT-PMP"}, external="100.64.3.3").start()
        session = await opened(behind(sim, "home"))
        await soon(lambda: session.totals().router.is_behind_another)
        assert is_open(session)
        assert session.totals().external_host == ""
        await session.close()

    run_story(story)
