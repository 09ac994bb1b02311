"""Both homes of the engine behave alike: commands, snapshots, refusals, the end."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from tests.support.fake_client import FakeClient, row

from shoal.api.client import Client
from shoal.api.commands import Detail, RemoveTorrent, StopTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import TorrentState, Update
from shoal.launch.engine_host import EngineHost, EngineOpener, InLoopHost, ThreadHost

ID = "a" * 40
HOSTS: list[Callable[[EngineOpener], EngineHost]] = [InLoopHost, ThreadHost]
both_hosts = pytest.mark.parametrize("make_host", HOSTS, ids=["in-loop", "thread"])


class Opened:
    """An opener that remembers what became of its client."""

    def __init__(self) -> None:
        self.client = FakeClient({ID: row(ID)})
        self.thread: threading.Thread | None = None
        self.is_left = False

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[Client]:
        self.thread = threading.current_thread()
        try:
            yield self.client
        finally:
            self.is_left = True


async def settled(condition: Callable[[], bool]) -> None:
    for _ in range(10_000):
        if condition():
            return
        await asyncio.sleep(0.001)
    pytest.fail("it did not happen within 10 s")


@both_hosts
async def test_commands_reach_the_engine_and_answers_come_back(make_host: Callable[[EngineOpener], EngineHost]) -> None:
    opened = Opened()
    host = make_host(opened)
    client = await host.start()
    assert await client.execute(StopTorrent(ID)) is None
    assert opened.client.rows[ID].state is TorrentState.STOPPED
    assert (await client.details(ID, frozenset({Detail.FILES}))).files is not None
    await client.close()
    await host.stop()
    assert opened.client.closed == 1
    assert opened.is_left


@both_hosts
async def test_a_refusal_crosses_as_it_is(make_host: Callable[[EngineOpener], EngineHost]) -> None:
    opened = Opened()
    opened.client.refuse = UserError("already-here", id=ID)
    host = make_host(opened)
    client = await host.start()
    with pytest.raises(UserError) as caught:
        await client.execute(StopTorrent(ID))
    assert caught.value.reason.params == {"id": ID}
    await host.stop()


@both_hosts
async def test_snapshots_arrive_until_the_subscription_closes(make_host: Callable[[EngineOpener], EngineHost]) -> None:
    opened = Opened()
    host = make_host(opened)
    client = await host.start()
    updates: list[Update] = []
    subscription = client.subscribe(updates.append)
    await settled(lambda: len(updates) == 1)
    assert updates[0].changed == (row(ID),)
    await client.execute(RemoveTorrent(ID))
    await settled(lambda: len(updates) == 2)
    assert updates[1].removed == (ID,)
    subscription.close()
    await settled(lambda: not opened.client.receivers)
    await host.stop()


@both_hosts
async def test_a_failure_to_open_is_raised_to_the_caller(make_host: Callable[[EngineOpener], EngineHost]) -> None:
    @asynccontextmanager
    async def broken() -> AsyncIterator[Client]:
        raise OSError("no port")
        yield FakeClient()

    host = make_host(broken)
    with pytest.raises(OSError, match="no port"):
        await host.start()
    await host.stop()


async def test_the_thread_host_leaves_the_callers_thread_alone() -> None:
    opened = Opened()
    host = ThreadHost(opened)
    await host.start()
    assert opened.thread is not None
    assert opened.thread is not threading.current_thread()
    await host.stop()
    assert not opened.thread.is_alive()


async def test_a_command_after_the_end_says_that_the_engine_is_gone() -> None:
    host = ThreadHost(Opened())
    client = await host.start()
    await host.stop()
    with pytest.raises(UserError, match="engine-gone"):
        await client.execute(StopTorrent(ID))
    await client.close()


async def test_a_command_that_the_end_interrupts_says_that_the_engine_is_gone() -> None:
    opened = Opened()
    waiting = threading.Event()

    async def never(command: object) -> None:
        waiting.set()
        await asyncio.Event().wait()

    opened.client.execute = never  # type: ignore[assignment, method-assign]
    host = ThreadHost(opened)
    client = await host.start()
    command = asyncio.create_task(client.execute(StopTorrent(ID)))
    await settled(waiting.is_set)
    await host.stop()
    with pytest.raises(UserError, match="engine-gone"):
        await command
