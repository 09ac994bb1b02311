"""Progress to the resume store: data is synced before the store claims it, in a worker, a few seconds apart."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial

from shoal.api.snapshots import Alert
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.resume import KnownFile, ResumeRecord, record_of
from shoal.engine.torrent.torrent import Torrent
from shoal.runtime.world import Workers

logger = logging.getLogger(__name__)


AT_A_TIME = 50
"""Records made before the loop gets its turn: a new order is worth saving for the whole list."""


class Saving:
    """Writes torrents' progress; `store` None keeps it in memory only (stop and start still trust what they know).

    A store that refuses never raises here: `state-not-saved` (params: path, detail) is told once per kind of refusal,
    and the next save tries again.
    """

    def __init__(self, workers: Workers, store: ResumeStore | None, alert: Callable[[Alert], None]) -> None:
        self._workers = workers
        self._store = store
        self._alert = alert
        self._lock = asyncio.Lock()
        self._told: set[str] = set()
        self._to_remove: set[str] = set()
        """Gone from the list, and still in the store because it refused."""

    async def save(self, torrent: Torrent) -> None:
        """Save one torrent now."""
        await self.save_all(lambda: (torrent,))

    async def save_all(self, torrents: Callable[[], Iterable[Torrent]]) -> None:
        """Save those that changed. A disk that fails to sync leaves the older claim in the store.

        `torrents` is asked when the turn has come, so that what is removed meanwhile does not come back.
        """
        async with self._lock:
            dirty = [torrent for torrent in torrents() if torrent.is_dirty or torrent.has_new_place]
            records: list[ResumeRecord] = []
            for count, torrent in enumerate(dirty, 1):
                if not count % AT_A_TIME:
                    await asyncio.sleep(0)
                # The claim is taken before the sync: what is written in between is claimed next time.
                record = record_of(torrent)
                is_moved_only = not torrent.is_dirty
                torrent.is_dirty = torrent.has_new_place = False
                if is_moved_only or not torrent.knows_files:
                    # Its files are not checked yet: to claim nothing for them as they are now would be believed, too.
                    records.append(record)
                    continue
                try:
                    known_files = await self._workers.run(partial(_sync, torrent.disk), lane="slow")
                except StorageError as error:
                    logger.info("%s: could not sync: %s", torrent.torrent_id, error.code)
                    torrent.is_dirty = True
                    torrent.completion.cannot_sync(error)
                    continue
                if not torrent.knows_files:
                    torrent.is_dirty = True
                    continue
                torrent.record = replace(torrent.record, have_bits=record.have_bits, file_stats=known_files)
                records.append(replace(record, file_stats=known_files))
            self._to_remove -= {record.torrent_id for record in records}
            if records and self._store is not None and not await self._stored(partial(self._store.save, records)):
                for torrent in dirty:
                    torrent.is_dirty = True
            await self._remove_late()

    async def remove(self, torrent_id: str) -> None:
        """Forget a torrent, now or as soon as the store can."""
        async with self._lock:
            self._to_remove.add(torrent_id)
            await self._remove_late()

    async def close(self) -> None:
        async with self._lock:
            await self._remove_late()
            if self._store is not None:
                await self._stored(self._store.close)

    async def _remove_late(self) -> None:
        for torrent_id in sorted(self._to_remove):
            if self._store is not None and not await self._stored(partial(self._store.remove, torrent_id)):
                return
            self._to_remove.discard(torrent_id)

    async def _stored(self, job: Callable[[], None]) -> bool:
        """Run a job of the store; False when its disk refused."""
        try:
            await self._workers.run(job, lane="slow")
        except StorageError as error:
            logger.info("the state was not saved: %s", error)
            if error.code not in self._told:
                self._told.add(error.code)
                params: dict[str, str | int | float] = {"path": error.path, "detail": error.code}
                self._alert(Alert("state-not-saved", None, params, "error"))
            return False
        return True


def _sync(disk: TorrentDisk) -> tuple[KnownFile, ...]:
    # Times first: what is written after them shows as a difference at the next start, and is checked.
    stats = disk.file_stats()
    disk.sync()
    return tuple((stat.size, stat.mtime_ns) if stat is not None else None for stat in stats)
