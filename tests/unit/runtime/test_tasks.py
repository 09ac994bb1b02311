from __future__ import annotations

import asyncio
import gc
import logging

import pytest
from tests.support.log_watch import LogWatch

from shoal.runtime.tasks import TaskScope


async def test_tasks_carry_the_scope_in_their_name() -> None:
    scope = TaskScope("torrent 7")
    task = scope.start(asyncio.sleep(0, 5), "announce")
    assert task.get_name() == "torrent 7: announce"
    assert await task == 5
    await asyncio.sleep(0)
    assert len(scope) == 0


async def test_a_task_nobody_else_holds_is_not_collected() -> None:
    scope = TaskScope("scope")
    gate = asyncio.Event()
    log: list[str] = []

    async def wait() -> None:
        await gate.wait()
        log.append("ran")

    scope.start(wait(), "waiting")
    await asyncio.sleep(0)
    gc.collect()
    gate.set()
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    assert log == ["ran"]


async def test_close_cancels_and_waits_for_the_clean_up() -> None:
    scope = TaskScope("scope")
    log: list[str] = []

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            log.append("cleaned")

    scope.start(work(), "a")
    scope.start(work(), "b")
    await asyncio.sleep(0)
    await scope.close()
    assert log == ["cleaned", "cleaned"]
    assert scope.is_closed
    await scope.close()


async def test_close_leaves_a_task_that_will_not_end_and_says_so(
    caplog: pytest.LogCaptureFixture, expect_log: LogWatch
) -> None:
    expect_log("stubborn did not end")
    scope = TaskScope("scope")
    gate = asyncio.Event()

    async def stubborn() -> None:
        while not gate.is_set():
            try:
                await gate.wait()
            except asyncio.CancelledError:
                continue

    task = scope.start(stubborn(), "stubborn")
    await asyncio.sleep(0)
    with caplog.at_level(logging.WARNING):
        await scope.close(0.01)
    assert [record.getMessage() for record in caplog.records] == [
        "scope: stubborn did not end within 0.0 s of being cancelled"
    ]
    gate.set()
    await task


async def test_an_exception_is_logged_exactly_once_and_handed_on(
    caplog: pytest.LogCaptureFixture, expect_log: LogWatch
) -> None:
    expect_log("doomed failed")
    failures: list[BaseException] = []
    scope = TaskScope("scope", on_failure=failures.append)

    async def fail() -> None:
        raise LookupError("broken")

    with caplog.at_level(logging.ERROR):
        scope.start(fail(), "doomed")
        for _ in range(3):
            await asyncio.sleep(0)
        await scope.close()
        gc.collect()
    assert [record.getMessage() for record in caplog.records] == ["scope: doomed failed"]
    assert [str(error) for error in failures] == ["broken"]


async def test_an_exception_while_closing_is_logged_once_too(
    caplog: pytest.LogCaptureFixture, expect_log: LogWatch
) -> None:
    expect_log("doomed failed")
    scope = TaskScope("scope")

    async def fail_late() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            raise LookupError("broken")

    with caplog.at_level(logging.ERROR):
        scope.start(fail_late(), "doomed")
        await asyncio.sleep(0)
        await scope.close()
        gc.collect()
    assert [record.getMessage() for record in caplog.records] == ["scope: doomed failed"]


async def test_a_closed_scope_starts_nothing() -> None:
    scope = TaskScope("scope")
    await scope.close()
    with pytest.raises(RuntimeError, match="closed"):
        scope.start(asyncio.sleep(0), "late")


async def test_a_task_may_close_its_own_scope() -> None:
    scope = TaskScope("scope")
    log: list[str] = []

    async def close_all() -> None:
        await scope.close()
        log.append("closed")
        await asyncio.sleep(0)
        log.append("not reached")

    sibling = scope.start(asyncio.Event().wait(), "sibling")
    closer = scope.start(close_all(), "closer")
    await asyncio.wait([sibling, closer])
    assert sibling.cancelled()
    assert closer.cancelled()
    assert "not reached" not in log
