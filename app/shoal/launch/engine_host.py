"""Where the engine's loop lives: in a thread of its own (the rule), or on the caller's loop (for debugging).

Both take the same opener, answer the same client and pass the same tests.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import Callable, Coroutine
from contextlib import AbstractAsyncContextManager, AsyncExitStack
from typing import Any, Protocol, TypeVar

from shoal.api.client import Client, CommandResult, Subscription
from shoal.api.commands import Command, Detail, Span
from shoal.api.details import MagnetProgress, SpeedHistory, SwarmLookup, TorrentDetails
from shoal.api.errors import UserError
from shoal.api.snapshots import Update
from shoal.runtime.event_loop import loop_factory

log = logging.getLogger(__name__)

T = TypeVar("T")
EngineOpener = Callable[[], AbstractAsyncContextManager[Client]]
"""Opens the engine on the running loop; leaving closes it and what it stands on."""
JOIN_SECONDS = 5.0


class EngineHost(Protocol):
    """`start` once, `stop` once; `stop` also closes the engine when nobody did."""

    async def start(self) -> Client: ...

    async def stop(self) -> None: ...


class InLoopHost:
    """The engine on the loop that calls `start`."""

    def __init__(self, opener: EngineOpener) -> None:
        self._opener = opener
        self._open = AsyncExitStack()

    async def start(self) -> Client:
        """Open the engine here; raises what opening raises."""
        return await self._open.enter_async_context(self._opener())

    async def stop(self) -> None:
        await self._open.aclose()


class ThreadHost:
    """The engine on its own thread and loop, so that the window's thread stays free."""

    def __init__(self, opener: EngineOpener) -> None:
        self._opener = opener
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._leave: asyncio.Event | None = None

    async def start(self) -> Client:
        """Start the thread and open the engine in it; raises what opening raises."""
        caller = asyncio.get_running_loop()
        opened: asyncio.Future[Client] = caller.create_future()

        def tell(client: Client | None, error: BaseException | None) -> None:
            if opened.done():
                return
            if client is not None:
                opened.set_result(client)
            else:
                opened.set_exception(error or RuntimeError("the engine's thread ended early"))

        async def live() -> None:
            self._loop, self._leave = asyncio.get_running_loop(), asyncio.Event()
            async with self._opener() as client:
                caller.call_soon_threadsafe(tell, ThreadClient(client, self._loop), None)
                await self._leave.wait()

        def body() -> None:
            try:
                with asyncio.Runner(loop_factory=loop_factory()) as runner:
                    runner.run(live())
            except Exception as error:
                log.debug("the engine's thread ended with an error", exc_info=True)
                failure = error
                _call_in(caller, lambda: tell(None, failure))

        self._thread = threading.Thread(target=body, name="shoal-engine", daemon=True)
        self._thread.start()
        return await opened

    async def stop(self) -> None:
        """End the loop and wait for the thread, at most 5 s."""
        if self._thread is None or self._loop is None or self._leave is None:
            return
        _call_in(self._loop, self._leave.set)
        thread, self._thread = self._thread, None
        await asyncio.to_thread(thread.join, JOIN_SECONDS)


class ThreadClient:
    """An `api.client.Client` whose calls cross into the engine's thread and whose answers come back to the caller's."""

    def __init__(self, client: Client, loop: asyncio.AbstractEventLoop) -> None:
        self._client = client
        self._loop = loop

    async def execute(self, command: Command) -> CommandResult:
        """Do one command in the engine's thread; raises `UserError`, also `engine-gone` when that has ended."""
        return await self._cross(self._client.execute(command))

    async def details(
        self, torrent_id: str, parts: frozenset[Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        """Parts of one torrent, gathered in the engine's thread."""
        return await self._cross(self._client.details(torrent_id, parts, strips_of=strips_of))

    async def speed_history(self, torrent_id: str | None, span: Span) -> SpeedHistory:
        """Rates over time, gathered in the engine's thread."""
        return await self._cross(self._client.speed_history(torrent_id, span))

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        """How large a swarm is, asked from the engine's thread."""
        return await self._cross(self._client.look_up_swarm(trackers, info_hash_hex))

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """The metainfo of a magnet link; `tell` is called in the engine's thread."""
        return await self._cross(self._client.fetch_metainfo(link, tell))

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> Subscription:
        """`receiver` is called in the engine's thread."""
        subscription = _ThreadSubscription(self._loop)
        _call_in(self._loop, lambda: subscription.open(self._client, receiver, beat_seconds))
        return subscription

    async def close(self) -> None:
        """Close the engine; a second call, or one after its thread ended, does nothing."""
        try:
            await self._cross(self._client.close())
        except UserError as error:
            if error.code != "engine-gone":
                raise

    async def _cross(self, work: Coroutine[Any, Any, T]) -> T:
        try:
            crossing = asyncio.run_coroutine_threadsafe(work, self._loop)
        except RuntimeError as error:
            work.close()
            raise UserError("engine-gone") from error
        try:
            return await asyncio.wrap_future(crossing)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if crossing.cancelled() and task is not None and not task.cancelling():
                raise UserError("engine-gone") from None
            raise


class _ThreadSubscription:
    """Opened and closed in the engine's thread, in that order, whoever asks."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._inner: Subscription | None = None

    def open(self, client: Client, receiver: Callable[[Update], None], beat_seconds: float) -> None:
        self._inner = client.subscribe(receiver, beat_seconds=beat_seconds)

    def close(self) -> None:
        _call_in(self._loop, self._close)

    def _close(self) -> None:
        if self._inner is not None:
            self._inner.close()
            self._inner = None


def _call_in(loop: asyncio.AbstractEventLoop, call: Callable[[], None]) -> None:
    try:
        loop.call_soon_threadsafe(call)
    except RuntimeError:
        log.debug("the engine's loop has ended")
