"""The way of a torrent between stopped and running: look at the disk, check, prepare, join the swarm, and back.

Commands are taken one after the other. Each begins an *activity*, a task that does the long part; a later command
cancels it, and its disk error becomes the torrent's.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

from shoal.api.errors import Reason, UserError
from shoal.api.snapshots import TorrentState
from shoal.engine.discovery.announcer import PARTING_SECONDS, STOP_SECONDS
from shoal.engine.storage.checker import Checker
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.allocation import prepare
from shoal.engine.torrent.choices import rest_without_files
from shoal.engine.torrent.reasons import failure_reason
from shoal.engine.torrent.resume import is_as_kept, saved_pieces, trusted_at_start
from shoal.metainfo.bitfield import all_pieces
from shoal.runtime.world import FileStat

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

logger = logging.getLogger(__name__)

Look = tuple[tuple[FileStat | None, ...], int]
"""The files as they are now, and the pieces that lack bytes there."""
Looked = Callable[[], Awaitable[Look]]
MOST_CHECK_THREADS = 4
NOT_RUNNING = frozenset(TorrentState) - {TorrentState.DOWNLOADING, TorrentState.SEEDING, TorrentState.STOPPING}
"""States of an activity whose disk error becomes the torrent's."""


class Stages:
    """Brings one torrent up and down. Loop thread only."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent
        self._step = asyncio.Lock()
        self._activity: asyncio.Task[None] | None = None
        self._checks_existing = True
        self.is_over = False
        """It is being removed: it never comes up again."""

    @property
    def is_working(self) -> bool:
        """An activity is under way."""
        return self._activity is not None and not self._activity.done()

    @property
    def is_at_rest(self) -> bool:
        """Nothing is under way and nothing waits for its turn to be: there is nothing to stop."""
        torrent = self._torrent
        is_down = torrent.lifecycle.state in (TorrentState.STOPPED, TorrentState.QUEUED)
        return is_down and not (torrent.has_turn or self.is_working or self._step.locked())

    async def load(self, *, check_existing: bool, looked: Looked | None = None) -> None:
        """After adding or restoring: find out what is on the disk, and go on as the options say.

        `looked` answers what `look` found where somebody looks at the files of many.
        """
        async with self._step:
            self._checks_existing = check_existing
            self.begin(partial(self._come_up, check_existing=check_existing, looked=looked))

    async def start(self, *, skip_queue: bool = False) -> None:
        """Come up when the queue allows it, with `skip_queue` in any case."""
        torrent = self._torrent
        async with self._step:
            if self.is_over:
                return
            if not torrent.record.is_started:
                torrent.happened("started")
            torrent.keep(replace(torrent.record, is_started=True, skips_queue=skip_queue, choose_above=None))
            torrent.retry.reset()
            torrent.services.queue_changed(torrent)
            if torrent.lifecycle.state in (TorrentState.STOPPED, TorrentState.ERROR):
                await self._end()
                self.begin(partial(self._come_up, check_existing=True))
            # The wish must outlive a crash.
            await torrent.services.save(torrent)

    async def take_turn(self) -> None:
        """The queue says that it may run."""
        torrent = self._torrent
        async with self._step:
            if torrent.has_turn and torrent.lifecycle.state is TorrentState.QUEUED and not self.is_over:
                await self._end()
                self.begin(partial(self._come_up, check_existing=self._checks_existing))

    async def give_way(self) -> None:
        """The queue says that it has to wait: leave the swarm for the line. A check under way goes on to its end."""
        torrent = self._torrent
        async with self._step:
            is_up = torrent.lifecycle.state in (TorrentState.ALLOCATING, TorrentState.DOWNLOADING, TorrentState.SEEDING)
            if torrent.has_turn or torrent.may_run or self.is_over or not is_up:
                return
            await self._go_down()
            torrent.lifecycle.to(TorrentState.QUEUED)
            torrent.is_dirty = True
            torrent.services.changed(torrent)
            await torrent.services.save(torrent)
            with contextlib.suppress(StorageError):
                await torrent.world.workers.run(torrent.disk.close)
            if torrent.has_turn:
                # It was given back while it was leaving.
                self.begin(partial(self._come_up, check_existing=True))
            torrent.services.queue_changed(torrent)

    async def stop(self, *, keep_started: bool = False, for_good: bool = False) -> None:
        """Leave the swarm, announce `stopped` (bounded), save. `keep_started`: it goes on at the next start."""
        torrent = self._torrent
        async with self._step:
            self.is_over = self.is_over or for_good
            if torrent.record.is_started and not keep_started and not for_good:
                torrent.happened("stopped")
            torrent.keep(replace(torrent.record, is_started=keep_started and torrent.record.is_started))
            torrent.end_turn()
            try:
                await self._go_down(PARTING_SECONDS if keep_started else STOP_SECONDS)
                await torrent.services.save(torrent)
            finally:
                await torrent.world.workers.run(torrent.disk.close)
                torrent.services.changed(torrent)

    async def recheck(self, *, start_anew: bool = False) -> None:
        """Hash everything again, then go on as before. What is gone as a whole is loaded again only to `start_anew`."""
        torrent = self._torrent
        async with self._step:
            if self.is_over:
                return
            await self._go_down()
            if not start_anew and torrent.has_written:
                stats, _ = await torrent.world.workers.run(partial(look, torrent.disk))
                if not any(stats):
                    torrent.fail(Reason("folder-gone", {"path": torrent.record.folder}))
                    return
            self._begin_recheck()

    def _begin_recheck(self) -> None:
        torrent = self._torrent
        torrent.services.read_cache.drop(torrent.key)
        torrent.failure = None
        torrent.knows_files = False
        torrent.picker.have = 0
        torrent.lifecycle.to(TorrentState.CHECKING)
        torrent.check_progress = 0.0
        # A kill from here on must not bring back the old claim: someone doubts it.
        torrent.keep(torrent.record.without_claim())
        self.begin(self._recheck)

    async def cancel_check(self) -> None:
        torrent = self._torrent
        async with self._step:
            if torrent.lifecycle.state is TorrentState.CHECKING:
                await self._end()
                torrent.lifecycle.to(TorrentState.STOPPED)
                torrent.keep(replace(torrent.record, is_started=False))
                torrent.end_turn()

    async def move(self, folder: str) -> None:
        """Move all to `folder`, then go on as before; answers when it has begun. Raises as `Relocating.check`."""
        torrent = self._torrent
        async with self._step:
            if self.is_over:
                return
            await self._cancel_move()
            await torrent.relocating.check(folder)
            torrent.relocating.forget()
            await self._go_down()
            await torrent.services.save(torrent)
            torrent.check_progress = 0.0
            torrent.lifecycle.to(TorrentState.MOVING)
            torrent.services.changed(torrent)
            self.begin(partial(self._move, folder))

    async def cancel_move(self) -> None:
        """Bring everything back, then go on as before; answers when all is back. See `commands.CancelMove`."""
        async with self._step:
            await self._cancel_move()
            self._torrent.relocating.forget()

    async def rename(self, path: str, new_name: str) -> None:
        """See `commands.RenamePath`. Raises UserError, StorageError."""
        async with self._step:
            if self._torrent.lifecycle.state is TorrentState.MOVING:
                raise UserError("is-moving")
            await self._torrent.relocating.rename(path, new_name)

    async def use_folder(self, folder: str) -> None:
        """Look for the files in `folder`, check them there, and go on. Raises UserError, StorageError."""
        torrent = self._torrent
        async with self._step:
            if self.is_over:
                return
            await self._cancel_move()
            found = await torrent.relocating.find(folder)
            await self._go_down()
            await torrent.relocating.look_in(found)
            torrent.relocating.forget()
            torrent.happened("folder-changed", folder=found)
            self._begin_recheck()
            await torrent.services.save(torrent)

    def begin(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` once the activity before it has ended. A factory: a task cancelled early never begins it."""
        previous = self._activity

        async def follow() -> None:
            if previous is not None and not previous.done():
                await asyncio.wait({previous})
            await work()

        task = asyncio.get_running_loop().create_task(follow(), name=f"torrent {self._torrent.torrent_id}")
        task.add_done_callback(self._ended)
        self._activity = task

    def _ended(self, task: asyncio.Task[None]) -> None:
        torrent = self._torrent
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, StorageError):
            if torrent.lifecycle.state in NOT_RUNNING:
                torrent.failure = None
                torrent.fail(failure_reason(error))
            return
        logger.error("%s: an activity failed", torrent.torrent_id, exc_info=error)
        if torrent.lifecycle.state in NOT_RUNNING:
            torrent.fail(Reason("unexpected", {"detail": type(error).__name__}))

    async def _end(self) -> None:
        task, self._activity = self._activity, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})

    async def _come_up(self, *, check_existing: bool, looked: Looked | None = None) -> None:
        torrent = self._torrent
        torrent.failure = None
        torrent.retry_at = None
        torrent.knows_files = False
        torrent.services.queue_changed(torrent)
        if looked is None or not torrent.relocating.is_settled:
            await torrent.relocating.settle()
            stats, lacking = await torrent.world.workers.run(partial(look, torrent.disk))
        else:
            stats, lacking = await looked()
        if torrent.has_written and not any(stats):
            # What we had is gone as a whole: most likely its drive. Keep the claims and wait, never write anew there.
            raise StorageError("missing", torrent.record.folder, detail="none of the files is there")
        if torrent.record.completed_at is not None and lacking & saved_pieces(torrent.record, torrent.piece_count):
            torrent.fail(Reason("files-changed", {"path": torrent.record.folder}))
            return
        trusted, suspect = trusted_at_start(
            torrent.record,
            torrent.metainfo.layout,
            stats,
            torrent.picker.have,
            lacking=lacking,
            check_existing=check_existing,
        )
        torrent.picker.have = trusted
        if suspect:
            await self._check(suspect)
        torrent.knows_files = True
        if suspect or not is_as_kept(torrent.record, torrent.piece_count, trusted, stats):
            torrent.is_dirty = True
        torrent.wanted_done = torrent.selection.done_bytes()
        torrent.services.changed(torrent)
        if torrent.record.is_started:
            await self._join()
        else:
            torrent.lifecycle.to(TorrentState.STOPPED)

    def retry(self) -> None:
        """The disk's trouble may have passed: try to come up again."""
        self.begin(partial(self._come_up, check_existing=True))

    async def _move(self, folder: str) -> None:
        await self._torrent.relocating.move(folder)
        await self._go_on()

    async def _go_on(self) -> None:
        """After a move, however it ended."""
        torrent = self._torrent
        if torrent.record.is_started or not torrent.knows_files:
            await self._come_up(check_existing=True)
        else:
            await torrent.relocating.settle()
            torrent.lifecycle.to(TorrentState.STOPPED)
            torrent.services.changed(torrent)

    async def _cancel_move(self) -> None:
        if self._torrent.lifecycle.state is TorrentState.MOVING:
            self._torrent.relocating.is_unwanted = True
            await self._end()
            self.begin(self._go_on)

    async def _recheck(self) -> None:
        torrent = self._torrent
        await torrent.relocating.settle()
        await self._check(all_pieces(torrent.piece_count))
        torrent.knows_files = True
        torrent.wanted_done = torrent.selection.done_bytes()
        if torrent.record.is_started:
            await self._join()
        else:
            torrent.lifecycle.to(TorrentState.STOPPED)
        torrent.services.changed(torrent)
        await torrent.services.save(torrent)

    async def _check(self, pieces: int) -> None:
        torrent = self._torrent
        torrent.lifecycle.to(TorrentState.CHECKING)
        torrent.check_progress = 0.0
        torrent.services.changed(torrent)
        total = pieces.bit_count()
        known = torrent.picker.have

        def progress(done: int, good: int) -> None:
            torrent.check_progress = done / total if total else 1.0
            torrent.picker.have = known | good
            torrent.services.changed(torrent)

        threads = torrent.services.settings().check_threads or min(MOST_CHECK_THREADS, os.cpu_count() or 1)
        good = await Checker(torrent.world.workers, torrent.disk).run(progress, pieces=pieces, threads=threads)
        torrent.picker.have = known | good
        torrent.is_dirty = True
        torrent.happened("checked", good=good.bit_count(), total=total)

    async def _join(self) -> None:
        torrent = self._torrent
        if torrent.selection.is_empty:
            rest_without_files(torrent)
            return
        if not torrent.may_run:
            torrent.lifecycle.to(TorrentState.QUEUED)
            torrent.services.changed(torrent)
            torrent.services.queue_changed(torrent)
            return
        self._checks_existing = True
        torrent.lifecycle.to(TorrentState.ALLOCATING)
        torrent.check_progress = 0.0
        torrent.services.changed(torrent)
        report = await prepare(torrent)
        torrent.lose(report.damaged_pieces)
        if torrent.selection.is_empty:
            rest_without_files(torrent)
        else:
            torrent.join_swarm()

    async def _go_down(self, stop_seconds: float = STOP_SECONDS) -> None:
        torrent = self._torrent
        await self._end()
        was_running = torrent.lifecycle.is_running
        if torrent.lifecycle.state is not TorrentState.STOPPED:
            is_queued = torrent.lifecycle.state is TorrentState.QUEUED
            torrent.lifecycle.to(TorrentState.STOPPED if is_queued else TorrentState.STOPPING)
            torrent.services.changed(torrent)
        torrent.leave_swarm("stopped")
        idle = asyncio.Event()
        torrent.download.when_idle(idle.set)
        await idle.wait()
        if was_running:
            await torrent.announcer.stop(stop_seconds)
        torrent.retry_at = None
        torrent.lifecycle.to(TorrentState.STOPPED)


def look(disk: TorrentDisk) -> Look:
    """In a worker: the files as they are now, and the pieces that lack bytes there."""
    return disk.file_stats(afresh=True), disk.lacking_pieces()
