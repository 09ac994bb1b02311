"""What is kept of torrents, to the resume store: wishes at once, progress a few seconds apart.

Data is synced in a worker before the store claims it. A wish (label, place, limits ...) touches no file, and claims of
them what was claimed last.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Iterable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.snapshots import Alert
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.resume import KnownFile, ResumeRecord, record_of
from shoal.runtime.world import Workers

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

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
        """Of one round of saving progress."""
        self._store_lock = asyncio.Lock()
        """Of one transaction, from the making of its records on: the last word is the last that is written."""
        self._wishes: dict[str, Entry] = {}
        """To be written with the next transaction."""
        self._overtaken: set[str] = set()
        """Whose wishes were written since the round of saving progress began."""
        self._told: set[str] = set()
        self._to_remove: set[str] = set()
        """Gone from the list, and still in the store because it refused."""

    async def save(self, torrent: Entry) -> None:
        """Save one torrent now."""
        await self.save_all(lambda: (torrent,))

    async def save_wishes(self, torrents: Iterable[Entry]) -> None:
        """Save what a person wants of these torrents; afterwards a kill does not undo it.

        Wishes that come while others are written are written together.
        """
        self._wishes.update((torrent.torrent_id, torrent) for torrent in torrents)
        async with self._store_lock:
            wishes, self._wishes = self._wishes, {}
            records: list[ResumeRecord] = []
            for count, torrent in enumerate(wishes.values(), 1):
                if not count % AT_A_TIME:
                    await asyncio.sleep(0)
                torrent.has_new_place = False
                records.append(_wish_of(torrent))
            self._overtaken |= wishes.keys()
            if not await self._save_records(records):
                for torrent in wishes.values():
                    torrent.is_dirty = True

    async def save_all(self, torrents: Callable[[], Iterable[Entry]]) -> None:
        """Save those that changed. A disk that fails to sync leaves the older claim in the store.

        `torrents` is asked when the turn has come, so that what is removed meanwhile does not come back.
        """
        async with self._lock:
            dirty = [torrent for torrent in torrents() if torrent.is_dirty or torrent.has_new_place]
            records: dict[str, ResumeRecord] = {}
            self._overtaken = set()
            for count, torrent in enumerate(dirty, 1):
                if not count % AT_A_TIME:
                    await asyncio.sleep(0)
                if isinstance(torrent, Magnet):
                    torrent.is_dirty = torrent.has_new_place = False
                    records[torrent.torrent_id] = torrent.record_now()
                    continue
                # The claim is taken before the sync: what is written in between is claimed next time.
                record = record_of(torrent)
                is_moved_only = not torrent.is_dirty
                torrent.is_dirty = torrent.has_new_place = False
                if is_moved_only or not torrent.knows_files:
                    # Its files are not checked yet: to claim nothing for them as they are now would be believed, too.
                    records[torrent.torrent_id] = record
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
                records[torrent.torrent_id] = replace(record, file_stats=known_files)
            async with self._store_lock:
                for torrent in dirty:
                    if torrent.torrent_id in self._overtaken and torrent.torrent_id in records:
                        records[torrent.torrent_id] = _wish_of(torrent)
                self._to_remove -= records.keys()
                if not await self._save_records(list(records.values())):
                    for torrent in dirty:
                        torrent.is_dirty = True
                await self._remove_late()

    async def remove(self, torrent_id: str) -> None:
        """Forget a torrent, now or as soon as the store can."""
        async with self._lock, self._store_lock:
            self._wishes.pop(torrent_id, None)
            self._to_remove.add(torrent_id)
            await self._remove_late()

    async def close(self) -> None:
        async with self._lock, self._store_lock:
            await self._remove_late()
            if self._store is not None:
                await self._stored(self._store.close)

    async def _remove_late(self) -> None:
        for torrent_id in sorted(self._to_remove):
            if self._store is not None and not await self._stored(partial(self._store.remove, torrent_id)):
                return
            self._to_remove.discard(torrent_id)

    async def _save_records(self, records: list[ResumeRecord]) -> bool:
        """In one transaction; False when the store refused."""
        return not records or self._store is None or await self._stored(partial(self._store.save, records))

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


def _wish_of(torrent: Entry) -> ResumeRecord:
    """The record of `torrent` with the claim that its files were synced for."""
    if isinstance(torrent, Magnet):
        return torrent.record_now()
    return replace(record_of(torrent), have_bits=torrent.record.have_bits)


def _sync(disk: TorrentDisk) -> tuple[KnownFile, ...]:
    # Times first: what is written after them shows as a difference at the next start, and is checked.
    stats = disk.file_stats()
    disk.sync()
    return tuple((stat.size, stat.mtime_ns) if stat is not None else None for stat in stats)
