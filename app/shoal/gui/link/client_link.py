"""The engine's client as Qt sees it: snapshots arrive as one queued signal, slots start coroutines that have an owner.

The receiver is called in the engine's thread. Whatever arrives while the interface is busy is merged into one update,
so that never more than one is on its way and a slow window costs the engine nothing. A large update, such as the first
one of thousands of transfers, is delivered in parts between which the window stays alive.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import threading
import time
from collections.abc import Callable, Coroutine
from dataclasses import replace
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer, Signal

from shoal.api.client import Client, CommandResult, Subscription
from shoal.api.commands import Command, Detail, Span
from shoal.api.details import MagnetProgress, SpeedHistory, SwarmLookup, TorrentDetails
from shoal.api.errors import UserError
from shoal.api.snapshots import Update

log = logging.getLogger(__name__)

BEAT_SECONDS = 1.0
QUIET_BEAT_MILLISECONDS = 5000
"""How often a window that nobody sees takes its updates."""
HURRY_MILLISECONDS = 3000
MOST_WAITING_ALERTS = 200
MOST_ROWS = 500
"""Changed rows that are delivered at one go."""
FIRST_ROWS = 4
"""So many at first, then twice as many each time: painting is slow until letters and icons have been drawn once."""
SLOW_SECONDS, FEWER_ROWS = 0.05, 32
"""Half as many, but no fewer than these, after a part that took so long until the window was painted again: the
engine's thread may want the interpreter too, or other programs the computer."""
CLOSE_SECONDS = 10.0


def merge(older: Update, newer: Update) -> Update:
    """One update with the effect of both, in order; of the alerts the newest `MOST_WAITING_ALERTS` are kept."""
    changed = {row.torrent_id: row for row in older.changed}
    removed = dict.fromkeys(older.removed)
    for torrent_id in newer.removed:
        changed.pop(torrent_id, None)
        removed[torrent_id] = None
    for row in newer.changed:
        changed[row.torrent_id] = row
    return Update(
        sequence=newer.sequence,
        changed=tuple(changed.values()),
        removed=tuple(removed),
        totals=newer.totals,
        alerts=(older.alerts + newer.alerts)[-MOST_WAITING_ALERTS:],
    )


def split(update: Update, most_rows: int) -> tuple[Update, Update | None]:
    """What is delivered now, and the rest: rows beyond `most_rows`, and the alerts, which may speak of those."""
    if len(update.changed) <= most_rows:
        return update, None
    now = replace(update, changed=update.changed[:most_rows], alerts=())
    return now, replace(update, changed=update.changed[most_rows:], removed=())


class ClientLink(QObject):
    """Signals are emitted in the interface's thread. `updated` carries an `Update`."""

    updated = Signal(object)
    refused = Signal(object)
    """A `Reason`: the engine will not do what was asked."""
    crashed = Signal(object)
    """An exception that nobody expected."""
    _arrived = Signal()

    def __init__(self, loop: asyncio.AbstractEventLoop, clock: Callable[[], float] = time.monotonic) -> None:
        """`clock` gives seconds."""
        super().__init__()
        self._loop, self._clock = loop, clock
        self._client: asyncio.Future[Client] = loop.create_future()
        self._all_rows = asyncio.Event()
        self._lock = threading.Lock()
        self._waiting: Update | None = None
        self._subscription: Subscription | None = None
        self._tasks: dict[asyncio.Task[Any], QObject | None] = {}
        self._is_closed = False
        self._quiet = QTimer(self)
        self._quiet.setInterval(QUIET_BEAT_MILLISECONDS)
        self._quiet.timeout.connect(self._deliver)
        self._at_once = FIRST_ROWS
        self._part_began = clock()
        self._is_quiet = False
        self._hurry = QTimer(self)
        self._hurry.setSingleShot(True)
        self._hurry.setInterval(HURRY_MILLISECONDS)
        self._hurry.timeout.connect(self._calm_down)
        self._more = QTimer(self)
        self._more.setSingleShot(True)
        self._more.timeout.connect(self._deliver_more)
        self._arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)

    def attach(self, client: Client) -> None:
        """The engine is open: begin to receive (the first update carries every row) and do what waited for it."""
        self._client.set_result(client)
        self._subscription = client.subscribe(self._receive, beat_seconds=BEAT_SECONDS)

    def set_quiet(self, quiet: bool) -> None:
        """While `quiet` (window hidden or minimised) updates are gathered and delivered every 5 s."""
        self._is_quiet = quiet
        if not quiet:
            self._quiet.stop()
            self._hurry.stop()
            self._deliver()
        elif not self._hurry.isActive():
            self._quiet.start()

    def hurry(self) -> None:
        """For a few seconds deliver as if the window were seen: somebody looks at the tray, or has chosen something."""
        if self._is_quiet:
            self._quiet.stop()
            self._hurry.start()
            self._deliver()

    def _calm_down(self) -> None:
        if self._is_quiet:
            self._quiet.start()

    async def has_all_rows(self) -> None:
        """Return when every row of the first update was delivered."""
        await self._all_rows.wait()

    async def execute(self, command: Command) -> CommandResult:
        """Do one command, as soon as the engine is open; raises `UserError`."""
        client = await asyncio.shield(self._client)
        return await client.execute(command)

    async def details(
        self, torrent_id: str, parts: frozenset[Detail], *, strips_of: tuple[int, ...] = ()
    ) -> TorrentDetails:
        """Parts of one torrent, as soon as the engine is open; raises `UserError`."""
        client = await asyncio.shield(self._client)
        return await client.details(torrent_id, parts, strips_of=strips_of)

    async def speed_history(self, torrent_id: str | None, span: Span) -> SpeedHistory:
        """Rates over time of one torrent, or of the session for None; raises `UserError`."""
        client = await asyncio.shield(self._client)
        return await client.speed_history(torrent_id, span)

    async def look_up_swarm(self, trackers: tuple[str, ...], info_hash_hex: str) -> SwarmLookup:
        """How large a swarm is, told by its trackers; raises `UserError`."""
        client = await asyncio.shield(self._client)
        return await client.look_up_swarm(trackers, info_hash_hex)

    async def fetch_metainfo(self, link: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """The metainfo of a magnet link; `tell` is called in the interface's thread. Raises `UserError`."""
        client = await asyncio.shield(self._client)
        loop = self._loop

        def told(progress: MagnetProgress) -> None:
            # The engine may tell while the interface's loop ends.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(tell, progress)

        return await client.fetch_metainfo(link, told)

    def send(self, command: Command, owner: QObject | None = None) -> None:
        """Do one command from a slot; a refusal is told by `refused`."""
        self.run(self._send(command), owner)

    def run(self, work: Coroutine[Any, Any, None], owner: QObject | None = None) -> asyncio.Task[None] | None:
        """Start `work` from a slot, hold it until it ends, cancel it when `owner` is destroyed, report its errors.

        Once closed nothing is started any more.
        """
        if self._is_closed:
            work.close()
            return None
        task: asyncio.Task[None] = self._loop.create_task(work)
        self._tasks[task] = owner
        task.add_done_callback(self._finish)
        if owner is not None:
            owner.destroyed.connect(task.cancel)
        return task

    async def rest(self, owner: QObject | None) -> None:
        """Return when nothing runs any more that was started for `owner` (None: nobody), such as a dialog or adding."""
        while tasks := [task for task, of in self._tasks.items() if of is owner]:
            await asyncio.wait(tasks)

    async def close(self) -> None:
        """End the subscription and all work of slots, then close the engine: `stopped`, save, at most 10 s.

        An engine that fails to close is logged, since there is no window left to say it in.
        """
        self._is_closed = True
        self._quiet.stop()
        self._hurry.stop()
        self._more.stop()
        if self._subscription is not None:
            self._subscription.close()
            self._subscription = None
        current = asyncio.current_task()
        for task in [task for task in self._tasks if task is not current]:
            task.cancel()
        if not self._client.done():
            return
        try:
            await asyncio.wait_for(self._client.result().close(), CLOSE_SECONDS)
        except TimeoutError:
            log.warning("the engine did not close within %.0f s", CLOSE_SECONDS)
        except Exception as error:
            log.error("the engine did not close cleanly: %s", str(error) or type(error).__name__)
            log.debug("its trace", exc_info=True)

    async def _send(self, command: Command) -> None:
        await self.execute(command)

    def _finish(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            return
        error = task.exception()
        if isinstance(error, UserError):
            self.refused.emit(error.reason)
        elif error is not None:
            log.error("unexpected error", exc_info=error)
            self.crashed.emit(error)

    def _receive(self, update: Update) -> None:
        """Called in the engine's thread."""
        with self._lock:
            is_first = self._waiting is None
            self._waiting = update if self._waiting is None else merge(self._waiting, update)
        if is_first:
            self._arrived.emit()

    def _on_arrived(self) -> None:
        if not self._quiet.isActive():
            self._deliver()

    def _deliver_more(self) -> None:
        """The next part, smaller when the window took long over the last one."""
        if self._clock() - self._part_began > SLOW_SECONDS:
            self._at_once = max(self._at_once // 2, FEWER_ROWS)
        else:
            self._at_once = min(2 * self._at_once, MOST_ROWS)
        self._on_arrived()

    def _deliver(self) -> None:
        with self._lock:
            if self._waiting is None:
                return
            update, self._waiting = split(self._waiting, self._at_once)
            is_more = self._waiting is not None
        if is_more:
            self._part_began = self._clock()
            # Not by a queued signal: Qt does those in one go, before anything is painted.
            self._more.start()
        self.updated.emit(update)
        if not is_more:
            self._all_rows.set()
