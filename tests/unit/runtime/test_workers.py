from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from shoal.runtime.workers import ThreadWorkers

SECONDS = 10.0


@pytest.fixture
async def workers() -> AsyncIterator[ThreadWorkers]:
    made = ThreadWorkers(asyncio.get_running_loop(), check_threads=2)
    yield made
    made.close()


async def test_run_returns_the_value_from_a_named_thread(workers: ThreadWorkers) -> None:
    for lane in ("disk", "read", "check", "move", "slow"):
        name = await workers.run(lambda: threading.current_thread().name, lane=lane)
        assert name.startswith(f"shoal-{lane}")


async def test_run_raises_what_the_job_raised(workers: ThreadWorkers) -> None:
    with pytest.raises(FileNotFoundError):
        await workers.run(lambda: open("/does/not/exist"))  # noqa: SIM115 - never opened
    with pytest.raises(RuntimeError, match="StopIteration"):
        await workers.run(lambda: next(iter(())))


async def test_a_submitted_jobs_exception_comes_as_a_value(workers: ThreadWorkers) -> None:
    results: list[type] = []
    ended = asyncio.Event()

    def done(result: float | BaseException) -> None:
        results.append(type(result))
        ended.set()

    workers.submit(lambda: 1 / 0, done)
    async with asyncio.timeout(SECONDS):
        await ended.wait()
    assert results == [ZeroDivisionError]


async def test_jobs_of_one_lane_start_in_order_and_results_arrive_on_the_loop(workers: ThreadWorkers) -> None:
    started: list[int] = []
    threads: set[threading.Thread] = set()
    ended = asyncio.Event()
    left = 100

    def done(result: object) -> None:
        nonlocal left
        threads.add(threading.current_thread())
        left -= 1
        if not left:
            ended.set()

    for number in range(100):
        workers.submit(lambda number=number: started.append(number), done)
    async with asyncio.timeout(SECONDS):
        await ended.wait()
    assert started == list(range(100))
    assert threads == {threading.current_thread()}


async def test_the_loop_is_woken_once_for_all_results_that_wait(
    workers: ThreadWorkers, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop = asyncio.get_running_loop()
    wakes: list[Any] = []
    real = loop.call_soon_threadsafe

    def count(callback: Any, *args: Any, **kwargs: Any) -> asyncio.Handle:
        wakes.append(callback)
        return real(callback, *args, **kwargs)

    monkeypatch.setattr(loop, "call_soon_threadsafe", count)
    last = threading.Event()
    results: list[object] = []
    for number in range(50):
        workers.submit(lambda number=number: number, results.append)
    workers.submit(last.set, results.append)
    # The loop is kept busy until all jobs have run, as under load.
    assert last.wait(SECONDS)
    await workers.run(lambda: None)
    assert results == [*range(50), None]
    assert sum(callback == workers._deliver for callback in wakes) <= 2


async def test_a_receiver_that_raises_is_reported_and_the_others_are_served(workers: ThreadWorkers) -> None:
    loop = asyncio.get_running_loop()
    reports: list[dict[str, Any]] = []
    loop.set_exception_handler(lambda _, context: reports.append(context))
    results: list[int | BaseException] = []
    ended = asyncio.Event()

    def fail(result: int | BaseException) -> None:
        raise LookupError("receiver")

    workers.submit(lambda: 1, results.append)
    workers.submit(lambda: 2, fail)
    workers.submit(lambda: 3, results.append)
    workers.submit(lambda: 4, lambda _: ended.set())
    async with asyncio.timeout(SECONDS):
        await ended.wait()
    assert results == [1, 3]
    assert [str(report["exception"]) for report in reports] == ["receiver"]


async def test_a_cancelled_await_leaves_the_job_running(workers: ThreadWorkers) -> None:
    gate = threading.Event()
    started = threading.Event()
    log: list[str] = []

    def job() -> None:
        started.set()
        gate.wait(SECONDS)
        log.append("ran")

    waiting = asyncio.ensure_future(workers.run(job))
    await asyncio.sleep(0)
    assert started.wait(SECONDS)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    gate.set()
    await workers.run(lambda: None)
    assert log == ["ran"]


async def test_close_waits_for_running_jobs_and_drops_waiting_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    workers = ThreadWorkers(asyncio.get_running_loop())
    started, gate = threading.Event(), threading.Event()
    log: list[str] = []
    results: list[object] = []

    def job() -> str:
        started.set()
        gate.wait(SECONDS)
        log.append("ran")
        return "running"

    lane = workers._lanes["disk"]
    shut_down = lane.shutdown

    def shut_down_and_open_the_gate(*, wait: bool, cancel_futures: bool = False) -> None:
        if wait:
            gate.set()
        shut_down(wait=wait, cancel_futures=cancel_futures)

    # The job ends only once close has come to waiting for it.
    monkeypatch.setattr(lane, "shutdown", shut_down_and_open_the_gate)
    workers.submit(job, results.append)
    workers.submit(lambda: log.append("must not run"), results.append)
    dropped = asyncio.ensure_future(workers.run(lambda: "dropped"))
    await asyncio.sleep(0)
    assert started.wait(SECONDS)
    workers.close()
    assert log == ["ran"]
    with pytest.raises(asyncio.CancelledError):
        await dropped
    assert results == ["running"]
    workers.close()
    with pytest.raises(RuntimeError, match="closed"):
        workers.submit(lambda: 1, results.append)


def test_close_is_safe_after_the_loop_was_closed() -> None:
    loop = asyncio.new_event_loop()
    workers = ThreadWorkers(loop)
    results: list[object] = []
    loop.close()
    ran = threading.Event()
    workers.submit(ran.set, results.append)
    assert ran.wait(SECONDS)
    workers.close()
    assert results == []


async def test_an_unknown_lane_is_refused(workers: ThreadWorkers) -> None:
    with pytest.raises(ValueError, match="lane"):
        workers.submit(lambda: 1, lambda _: None, lane="sideways")
