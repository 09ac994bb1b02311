"""The virtual-time loop: time jumps, nothing sleeps, and what can never go on is reported."""

from __future__ import annotations

import asyncio
import random
import socket

import pytest
from tests.support.virtual_time import (
    DeadlockError,
    LivelockError,
    SimulationError,
    UnhandledError,
    VirtualTimeLimitError,
    run_virtual,
)


def test_a_century_of_sleep_passes_in_virtual_time() -> None:
    century = 100 * 365 * 86_400.0

    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(century)
        return loop.time() - before

    assert run_virtual(main, limit_seconds=2 * century) == pytest.approx(century)


def test_timers_fire_in_order_and_at_their_time() -> None:
    async def main() -> list[tuple[float, int]]:
        loop = asyncio.get_running_loop()
        log: list[tuple[float, int]] = []
        for number in (5, 1, 3, 2, 4):
            loop.call_later(number / 10, lambda number=number: log.append((loop.time(), number)))
        await asyncio.sleep(1)
        return log

    assert run_virtual(main) == [(pytest.approx(n / 10), n) for n in (1, 2, 3, 4, 5)]


def test_timeouts_of_asyncio_work() -> None:
    async def main() -> float:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(30):
                await asyncio.Event().wait()
        return asyncio.get_running_loop().time()

    assert run_virtual(main) == pytest.approx(30)


def test_a_deadlock_names_the_tasks_that_wait() -> None:
    async def main() -> None:
        other = asyncio.create_task(asyncio.Event().wait(), name="choker of torrent 3")
        await other

    with pytest.raises(DeadlockError, match="choker of torrent 3"):
        run_virtual(main)


def test_virtual_time_is_bounded_and_the_seed_is_noted() -> None:
    async def main() -> None:
        for _ in range(10_000):
            await asyncio.sleep(1)

    with pytest.raises(VirtualTimeLimitError) as caught:
        run_virtual(main, seed=77, limit_seconds=100)
    assert any("seed 77" in note for note in caught.value.__notes__)


def test_time_that_stands_still_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.support.virtual_time.MAX_TURNS_AT_ONE_TIME", 1000)

    async def main() -> None:
        for _ in range(10_000):
            await asyncio.sleep(0)

    with pytest.raises(LivelockError):
        run_virtual(main)


def test_an_exception_that_nobody_catches_fails_the_run() -> None:
    def broken() -> None:
        raise LookupError("nobody catches this")

    async def main() -> None:
        asyncio.get_running_loop().call_later(1, broken)
        await asyncio.sleep(2)

    with pytest.raises(UnhandledError) as caught:
        run_virtual(main)
    assert isinstance(caught.value.__cause__, LookupError)


def test_an_exception_of_the_story_comes_out_with_the_seed() -> None:
    async def main() -> None:
        await asyncio.sleep(5)
        raise LookupError("story")

    with pytest.raises(LookupError) as caught:
        run_virtual(main, seed=5)
    assert caught.value.__notes__ == ["simulation: seed 5, 5.000 virtual seconds"]


def test_threads_and_real_sockets_are_refused() -> None:
    async def thread() -> None:
        await asyncio.to_thread(lambda: None)

    async def sockets() -> None:
        with socket.socket() as sock:
            sock.setblocking(False)
            asyncio.get_running_loop().add_reader(sock, lambda: None)

    for main in (thread, sockets):
        with pytest.raises(SimulationError, match="a simulation has no"):
            run_virtual(main)


def test_the_same_seed_does_the_same_twice() -> None:
    def one(seed: int) -> list[tuple[float, int]]:
        async def main() -> list[tuple[float, int]]:
            rng = random.Random(seed)
            log: list[tuple[float, int]] = []

            async def worker(number: int) -> None:
                for _ in range(100):
                    await asyncio.sleep(rng.random())
                    log.append((asyncio.get_running_loop().time(), number))

            await asyncio.gather(*(worker(number) for number in range(50)))
            return log

        return run_virtual(main, seed=seed)

    assert one(1) == one(1)
    assert one(1) != one(2)
