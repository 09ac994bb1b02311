"""One torrent, assembled: it owns the parts and passes events between them; decisions live in the parts.

Life: `start` checks what must be checked, prepares the files, then joins the swarm; `stop` undoes it and saves. Only
one of these runs at a time; a later command waits for, or cancels, the earlier.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentState
from shoal.engine.discovery.announcer import Announcer, AnnounceStats
from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.host import PeerEnvironment
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.storage.checker import Checker
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.piece_buffer import PieceBuffers
from shoal.engine.storage.read_cache import ReadCache
from shoal.engine.torrent.counters import Counters
from shoal.engine.torrent.download import Download
from shoal.engine.torrent.lifecycle import Lifecycle
from shoal.engine.torrent.reasons import failure_reason, reading_reason, waiting_reason
from shoal.engine.torrent.resume import TorrentOptions, saved_pieces, trusted_at_start
from shoal.engine.torrent.selection import Selection
from shoal.engine.torrent.swarm import Swarm
from shoal.metainfo.bitfield import all_pieces
from shoal.metainfo.torrent_file import Metainfo
from shoal.runtime.world import Address, FileStat, World
from shoal.settings.engine_settings import EngineSettings

logger = logging.getLogger(__name__)

RETRY_SECONDS = 30.0
"""After a disk error that may pass by itself (room, drive, permission) it is tried again so often."""
RETRY_CODES = frozenset({"disk-full", "missing", "read-only", "permission", "io-error"})
BAD_PIECES_ALERT = 0.05
MOST_CHECK_THREADS = 4
FAILING_ACTIVITIES = frozenset({TorrentState.STOPPED, TorrentState.CHECKING, TorrentState.ALLOCATING})
"""States of an activity whose disk error becomes the torrent's."""
LONELY_PEERS = 5
"""With fewer connected peers a download asks further trackers."""
WANT_MORE_SECONDS = 60.0


@dataclass(slots=True)
class TorrentServices:
    """What a session lends to each of its torrents."""

    world: World
    environment: PeerEnvironment
    buffers: PieceBuffers
    read_cache: ReadCache
    open_files: OpenFiles
    down_bucket: TokenBucket
    up_bucket: TokenBucket
    peer_id: bytes
    settings: Callable[[], EngineSettings]
    listen_port: Callable[[], int]
    dial: Callable[[Torrent, Address, str], bool]
    make_announcer: Callable[[Torrent], Announcer]
    changed: Callable[[Torrent], None]
    alert: Callable[[Alert], None]
    save: Callable[[Torrent], Coroutine[Any, Any, None]]


class Torrent:
    """A torrent with its metainfo. Loop thread only."""

    def __init__(
        self, metainfo: Metainfo, raw_metainfo: bytes, options: TorrentOptions, services: TorrentServices, key: int
    ) -> None:
        if metainfo.info_hash_v1 is None:
            raise ValueError("a torrent needs a v1 info-hash here")
        self.metainfo = metainfo
        self.raw_metainfo = raw_metainfo
        self.info_hash: bytes = metainfo.info_hash_v1
        self.torrent_id = metainfo.torrent_id
        self.options = options
        self.folder = options.folder
        self.key = key
        self.queue_position = options.queue_position
        self.added_at = options.added_at
        self.completed_at = options.completed_at
        self.is_started = options.is_started
        self.is_dirty = True
        """Something worth saving changed."""
        self.knows_files = False
        """`picker.have` tells what is on the disk; until it is looked at and checked only the saved claim counts."""
        self.check_progress = 0.0
        self.wanted_done = 0
        self.lifecycle = Lifecycle()
        self.largest_file_name = max(
            (entry for entry in metainfo.files if not entry.is_pad), key=lambda entry: entry.size
        ).path[-1]
        self._services = services
        self._world = services.world
        now = services.world.clock.now()
        layout = metainfo.layout
        self.geometry = layout.geometry
        self.piece_count = self.geometry.piece_count
        self.availability = Availability(self.piece_count)
        self.picker = Picker(self.availability)
        self.selection = Selection(
            layout,
            options.priorities,
            self.picker,
            sequential=options.sequential,
            first_last_first=options.first_last_first,
        )
        self.counters = Counters(options.downloaded, options.uploaded, options.wasted)
        self.down_bucket = TokenBucket(options.down_limit, parent=services.down_bucket, now=now)
        self.up_bucket = TokenBucket(options.up_limit, parent=services.up_bucket, now=now)
        self.disk = TorrentDisk(
            services.world.files,
            layout,
            options.folder,
            piece_hashes=metainfo.pieces,
            part_path=options.part_path(self.torrent_id),
            priorities=self.selection.priorities,
            open_files=services.open_files,
            prefix=() if metainfo.is_single_file else (metainfo.name,),
        )
        self.swarm = Swarm(
            self.picker,
            self.availability,
            self.piece_count,
            self,
            partial(services.dial, self),
            services.world.random,
        )
        self.download = Download(
            self.geometry,
            self.picker,
            services.buffers,
            self.disk,
            services.world.workers,
            self,
            services.world.random,
        )
        self.swarm.attach(self.download)
        self.announcer = services.make_announcer(self)
        self._failure: Reason | None = None
        self._last_failure_code = ""
        """So that a failure that lasts is told once."""
        self._retry_at: float | None = None
        self._step = asyncio.Lock()
        self._activity: asyncio.Task[None] | None = None
        self._last_second = now
        self._next_want_more = 0.0
        self._seen = (0, 0, 0)
        self._gone_down = 0
        self._gone_up = 0
        self._gone_wasted = 0
        self._bad_pieces = 0
        self._is_done_known = False
        for host, port in options.peers:
            self.swarm.known.add(Address(host, port), "user", now)

    # --- what peers may ask (PeerHost) and the swarm may ask (SwarmPolicy) --------------------------------------

    @property
    def peer_id(self) -> bytes:
        return self._services.peer_id

    @property
    def have(self) -> int:
        return self.picker.have

    @property
    def listen_port(self) -> int:
        return self._services.listen_port()

    def piece_size(self, index: int) -> int:
        return self.geometry.piece_size(index)

    @property
    def is_seeding(self) -> bool:
        return self.lifecycle.state is TorrentState.SEEDING

    @property
    def wants_peers(self) -> bool:
        # A seed dials, too: a peer that cannot reach us has no other way to our data.
        return self.lifecycle.is_running

    @property
    def accepts_peers(self) -> bool:
        return self.lifecycle.is_running

    @property
    def most_peers(self) -> int:
        return self._services.settings().max_peers_per_torrent

    @property
    def upload_slots(self) -> int:
        return self._services.settings().upload_slots

    @property
    def is_complete(self) -> bool:
        """Everything wanted is verified."""
        return not self.picker.missing

    def peers(self) -> Iterable[PeerConnection]:
        return self.swarm.connected.values()

    def cached_block(self, index: int, begin: int, length: int) -> bytes | memoryview | None:
        offset = index * self.metainfo.piece_length + begin
        return self._services.read_cache.lookup(self.key, offset, length)

    def load_block(self, index: int, begin: int, length: int, done: Callable[[bool], None]) -> None:
        offset = index * self.metainfo.piece_length + begin
        self._services.read_cache.load(
            self.key,
            self.disk,
            offset,
            length,
            total_length=self.geometry.total_length,
            done=partial(self._loaded, done),
        )

    def _loaded(self, done: Callable[[bool], None], error: StorageError | None) -> None:
        if error is not None and self._failure is None and self.lifecycle.is_running:
            self._fail(reading_reason(error))
        done(error is None)

    # --- events of peers ----------------------------------------------------------------------------------------

    def peer_is_ourselves(self, peer: PeerConnection) -> None:
        self.swarm.known.ban(peer.address)

    def peer_ready(self, peer: PeerConnection) -> None:
        refusal = "stopped" if not self.accepts_peers else self.swarm.refusal(peer)
        if refusal is not None:
            if not peer.is_incoming:
                self.swarm.known.failed(peer.address, self._world.clock.now())
            peer.close(refusal)
            return
        self.swarm.enter(peer, self._world.clock.now())

    def peer_has_pieces(self, peer: PeerConnection, bits_before: int) -> None:
        if peer.key in self.swarm.connected:
            self.swarm.bits_replaced(peer, bits_before)

    def peer_has_piece(self, peer: PeerConnection, index: int, bits_before: int) -> None:
        if peer.key in self.swarm.connected:
            self.swarm.bit_added(peer, index, bits_before)

    def peer_choked_us(self, peer: PeerConnection) -> None:
        # With the fast extension each request is rejected by its own message (BEP 6); without, all are void.
        if not peer.has_fast:
            self.download.peer_gave_up(peer)

    def peer_unchoked_us(self, peer: PeerConnection) -> None:
        self.download.request_more(peer)

    def peer_interest_changed(self, peer: PeerConnection) -> None:
        self.swarm.interest_changed(peer, self._world.clock.now())

    def peer_rejected(self, peer: PeerConnection, index: int, begin: int) -> None:
        self.download.rejected(peer, index, begin)

    def peer_delivered(self, peer: PeerConnection) -> None:
        self.download.delivered(peer)

    def peer_closed(self, peer: PeerConnection, reason: str) -> None:
        logger.debug("%s: %s left: %s", self.torrent_id, peer.key, reason)
        if peer.key in self.swarm.connected:
            self._gone_down += peer.downloaded
            self._gone_up += peer.uploaded
            self._gone_wasted += peer.wasted
        self.swarm.leave(peer, self._world.clock.now())

    # --- events of the download ---------------------------------------------------------------------------------

    def piece_is_good(self, index: int) -> None:
        self.is_dirty = True
        self.swarm.announce_piece(index)
        self.wanted_done = self.selection.done_bytes() if self.is_complete else self.wanted_done
        self._is_done_known = self.is_complete
        if self.is_complete and self.lifecycle.state is TorrentState.DOWNLOADING:
            self._completed()

    def piece_is_bad(self, index: int, guilty: frozenset[str], size: int) -> None:
        self.counters.wasted += size
        self._bad_pieces += 1
        if self._bad_pieces > max(20, BAD_PIECES_ALERT * self.piece_count):
            self._bad_pieces = 0
            self._alert("many-bad-pieces", "warning")
        else:
            self._alert("bad-piece", "info", piece=index)
        self.swarm.ban(guilty)

    def peers_are_guilty(self, guilty: frozenset[str]) -> None:
        self.swarm.ban(guilty)

    def storage_failed(self, error: StorageError) -> None:
        """The disk said no: stop this torrent alone, and say what and where."""
        if self._failure is not None or not self.lifecycle.is_running:
            return
        self._fail(failure_reason(error))

    def _fail(self, reason: Reason) -> None:
        logger.info("%s: %s", self.torrent_id, reason.code)
        self._failure = reason
        if reason.code != self._last_failure_code:
            self._last_failure_code = reason.code
            self._services.alert(Alert(reason.code, self.torrent_id, reason.params, "error"))
        self._retry_at = self._world.clock.now() + RETRY_SECONDS if reason.code in RETRY_CODES else None
        self.lifecycle.to(TorrentState.ERROR)
        self._leave_swarm("the disk failed")
        self._start_activity(self.announcer.stop)
        self._services.changed(self)

    def _completed(self) -> None:
        self.lifecycle.to(TorrentState.SEEDING)
        if self.completed_at is None:
            self.completed_at = self._world.clock.wall()
            self._alert("finished", "info", name=self.metainfo.name)
        if self.picker.have == all_pieces(self.piece_count):
            self.announcer.completed()
        self.swarm.leave_seeds()
        self._services.changed(self)
        self._start_activity(partial(self._services.save, self))

    def _alert(self, code: str, severity: str, **params: str | int | float) -> None:
        self._services.alert(Alert(code, self.torrent_id, params, severity))

    # --- commands -----------------------------------------------------------------------------------------------

    async def load(self, *, check_existing: bool) -> None:
        """After adding or restoring: find out what is on the disk, and go on as the options say."""
        async with self._step:
            self._start_activity(partial(self._come_up, check_existing=check_existing))

    async def start(self) -> None:
        async with self._step:
            self.is_started = True
            self.is_dirty = True
            if self.lifecycle.state in (TorrentState.STOPPED, TorrentState.ERROR, TorrentState.QUEUED):
                await self._end_activity()
                self._start_activity(partial(self._come_up, check_existing=True))

    async def stop(self, *, keep_started: bool = False) -> None:
        """Leave the swarm, announce `stopped` (bounded), save. `keep_started`: it goes on at the next start."""
        async with self._step:
            if not keep_started:
                self.is_started = False
            self.is_dirty = True
            await self._go_down()
            await self._services.save(self)
            await self._world.workers.run(self.disk.close)
            self._services.changed(self)

    async def recheck(self) -> None:
        """Hash everything again, then go on as before."""
        async with self._step:
            await self._go_down()
            self._services.read_cache.drop(self.key)
            self._failure = None
            self.picker.have = 0
            self.lifecycle.to(TorrentState.CHECKING)
            self.check_progress = 0.0
            self._services.changed(self)
            self._start_activity(self._recheck)

    async def cancel_check(self) -> None:
        async with self._step:
            if self.lifecycle.state is TorrentState.CHECKING:
                await self._end_activity()
                self.is_started = False
                self.lifecycle.to(TorrentState.STOPPED)
                self._services.changed(self)

    async def set_priorities(self, changes: Iterable[tuple[int, int]]) -> None:
        """Take new file priorities; effective at once. Raises UserError or StorageError."""
        before = self.selection.priorities
        if not self.selection.change(changes):
            return
        self.is_dirty = True
        self.download.selection_changed()
        try:
            damaged = await self._world.workers.run(partial(self.disk.set_priorities, self.selection.priorities))
        except StorageError:
            self.selection.change(enumerate(before))
            raise
        self._lose(damaged)
        self._is_done_known = self.is_complete
        self._services.read_cache.drop(self.key)
        self.wanted_done = self.selection.done_bytes()
        if self.lifecycle.state is TorrentState.SEEDING and not self.is_complete:
            self.lifecycle.to(TorrentState.DOWNLOADING)
        elif self.lifecycle.state is TorrentState.DOWNLOADING and self.is_complete:
            self._completed()
        self.swarm.update_all_interest()
        self.download.feed_hungry()
        self._services.changed(self)

    def set_order(self, *, sequential: bool, first_last_first: bool) -> None:
        self.selection.set_order(sequential=sequential, first_last_first=first_last_first)
        self.is_dirty = True
        self._services.changed(self)

    def add_addresses(self, addresses: Iterable[Address], source: str, source_host: str | None) -> None:
        self.swarm.add_addresses(addresses, source, source_host, self._world.clock.now())

    # --- going up and down --------------------------------------------------------------------------------------

    def _start_activity(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Run `work` once the activity before it has ended. A factory: a task cancelled early never begins it."""
        previous = self._activity

        async def follow() -> None:
            if previous is not None and not previous.done():
                await asyncio.wait({previous})
            await work()

        task = asyncio.get_running_loop().create_task(follow(), name=f"torrent {self.torrent_id}")
        task.add_done_callback(self._activity_ended)
        self._activity = task

    def _activity_ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled():
            return
        error = task.exception()
        if error is None:
            return
        if isinstance(error, StorageError):
            if self.lifecycle.state in FAILING_ACTIVITIES:
                self._failure = None
                self._fail(failure_reason(error))
            return
        logger.error("%s: an activity failed", self.torrent_id, exc_info=error)

    async def _end_activity(self) -> None:
        task, self._activity = self._activity, None
        if task is not None and not task.done():
            task.cancel()
            await asyncio.wait({task})

    async def _come_up(self, *, check_existing: bool) -> None:
        self._failure = None
        self._retry_at = None
        self.knows_files = False
        stats, lacking = await self._world.workers.run(partial(_look, self.disk))
        if self.options.known_files and any(self.options.known_files) and not any(stats):
            # What we had is gone as a whole: most likely its drive. Keep the claims and wait, never write anew there.
            raise StorageError("missing", self.folder, detail="none of the files is there")
        if self.completed_at is not None and lacking & saved_pieces(self.options, self.piece_count):
            self._fail(Reason("files-changed", {"path": self.folder}))
            return
        trusted, suspect = trusted_at_start(
            self.options,
            self.metainfo.layout,
            stats,
            self.picker.have,
            lacking=lacking,
            check_existing=check_existing,
        )
        self.picker.have = trusted
        if suspect:
            await self._check(suspect)
        self.knows_files = True
        self.is_dirty = True
        self.wanted_done = self.selection.done_bytes()
        self._services.changed(self)
        if self.is_started:
            await self._join()
        else:
            self.lifecycle.to(TorrentState.STOPPED)

    async def _recheck(self) -> None:
        # A kill from here on must not bring back the old claim: someone doubts it.
        self.knows_files = False
        self.options.forget_files()
        self.is_dirty = True
        await self._check(all_pieces(self.piece_count))
        self.knows_files = True
        self.wanted_done = self.selection.done_bytes()
        if self.is_started:
            await self._join()
        else:
            self.lifecycle.to(TorrentState.STOPPED)
        self._services.changed(self)
        await self._services.save(self)

    async def _check(self, pieces: int) -> None:
        self.lifecycle.to(TorrentState.CHECKING)
        self.check_progress = 0.0
        self._services.changed(self)
        total = pieces.bit_count()
        known = self.picker.have

        def progress(done: int, good: int) -> None:
            self.check_progress = done / total if total else 1.0
            self.picker.have = known | good
            self._services.changed(self)

        threads = self._services.settings().check_threads or min(MOST_CHECK_THREADS, os.cpu_count() or 1)
        good = await Checker(self._world.workers, self.disk).run(progress, pieces=pieces, threads=threads)
        self.picker.have = known | good
        self.is_dirty = True

    async def _join(self) -> None:
        self.lifecycle.to(TorrentState.ALLOCATING)
        self._services.changed(self)
        report = await self._world.workers.run(
            partial(self.disk.prepare, self.options.full_allocation, have_bits=self.picker.have)
        )
        self._lose(report.damaged_pieces)
        now = self._world.clock.now()
        self._last_second = now
        self.download.start()
        self.lifecycle.to(TorrentState.SEEDING if self.is_complete else TorrentState.DOWNLOADING)
        self._last_failure_code = ""
        self.announcer.start()
        self._services.changed(self)

    def _lose(self, pieces: Iterable[int]) -> None:
        """Pieces whose bytes turned out damaged are fetched again."""
        for index in pieces:
            self.picker.have &= ~(1 << index)
            self.is_dirty = True

    def _leave_swarm(self, reason: str) -> None:
        self.download.stop()
        self.swarm.close_all(reason)
        self.counters.rest()

    async def _go_down(self) -> None:
        await self._end_activity()
        was_running = self.lifecycle.is_running
        if self.lifecycle.state is not TorrentState.STOPPED:
            is_queued = self.lifecycle.state is TorrentState.QUEUED
            self.lifecycle.to(TorrentState.STOPPED if is_queued else TorrentState.STOPPING)
            self._services.changed(self)
        self._leave_swarm("stopped")
        idle = asyncio.Event()
        self.download.when_idle(idle.set)
        await idle.wait()
        if was_running:
            await self.announcer.stop()
        self._retry_at = None
        self.lifecycle.to(TorrentState.STOPPED)

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self, now: float) -> None:
        """Once a second while it runs."""
        elapsed = max(0.1, now - self._last_second)
        self._last_second = now
        if not self.lifecycle.is_running:
            if self._retry_at is not None and now >= self._retry_at and self.is_started:
                self._retry_at = None
                self._start_activity(partial(self._come_up, check_existing=True))
            return
        down, up, wasted = self._gone_down, self._gone_up, self._gone_wasted
        for peer in self.swarm.connected.values():
            down += peer.downloaded
            up += peer.uploaded
            wasted += peer.wasted
        seen_down, seen_up, seen_wasted = self._seen
        self._seen = (down, up, wasted)
        had_rate = self.counters.down_rate or self.counters.up_rate
        self.counters.second(down - seen_down, up - seen_up, wasted - seen_wasted, now, elapsed)
        self.swarm.second(now, elapsed)
        if now >= self._next_want_more and self.wants_peers and len(self.swarm.connected) < LONELY_PEERS:
            self._next_want_more = now + WANT_MORE_SECONDS
            self.announcer.want_more()
        self.announcer.tick(now)
        if down != seen_down or up != seen_up or had_rate or self.swarm.connected:
            self.is_dirty = self.is_dirty or down != seen_down or up != seen_up
            if not self._is_done_known:
                self.wanted_done = self.selection.done_bytes()
            self._services.changed(self)

    def announce_stats(self) -> AnnounceStats:
        """What trackers are told."""
        return AnnounceStats(
            uploaded=self._gone_up + sum(peer.uploaded for peer in self.swarm.connected.values()),
            downloaded=self._gone_down + sum(peer.downloaded for peer in self.swarm.connected.values()),
            left=self._bytes_left(),
            port=self.listen_port,
        )

    def _bytes_left(self) -> int:
        missing = all_pieces(self.piece_count) & ~self.picker.have
        if not missing:
            return 0
        left = missing.bit_count() * self.metainfo.piece_length
        last = self.piece_count - 1
        if missing >> last & 1:
            left -= self.metainfo.piece_length - self.geometry.piece_size(last)
        return left

    def reason(self, now: float) -> Reason | None:
        """Why it does not progress, or what is wrong."""
        if self._failure is not None and self.lifecycle.state is TorrentState.ERROR:
            return self._failure
        if self.lifecycle.state is not TorrentState.DOWNLOADING:
            return None
        return waiting_reason(self, now)

    async def delete_data(self) -> None:
        """Remove our files from the disk; only after `stop`. Raises StorageError."""
        self._services.read_cache.drop(self.key)
        await self._world.workers.run(self.disk.delete_files)


def _look(disk: TorrentDisk) -> tuple[tuple[FileStat | None, ...], int]:
    return disk.file_stats(afresh=True), disk.lacking_pieces()
