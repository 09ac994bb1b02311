"""One torrent, assembled: it owns the parts and passes events between them; decisions live in the parts.

Life: `start` checks what must be checked, prepares the files, then joins the swarm; `stop` undoes it and saves. Only
one of these runs at a time; a later command waits for, or cancels, the earlier.
"""

from __future__ import annotations

import logging
import math
from collections.abc import Container, Iterable
from functools import partial

from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentState
from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.availability import Availability
from shoal.engine.policy.picker import Picker
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.policy.refused_hosts import SHUT_OUT
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.completion import Completion
from shoal.engine.torrent.counters import Counters
from shoal.engine.torrent.dht_search import LONELY_PEERS, DhtSearch
from shoal.engine.torrent.download import Download
from shoal.engine.torrent.events import finished_files, made_event
from shoal.engine.torrent.failed_pieces import FailedPieces
from shoal.engine.torrent.file_progress import FileProgress
from shoal.engine.torrent.lifecycle import Lifecycle
from shoal.engine.torrent.peer_exchange import PeerExchange
from shoal.engine.torrent.peer_host import TorrentHost
from shoal.engine.torrent.reasons import failure_reason
from shoal.engine.torrent.relocating import Relocating
from shoal.engine.torrent.resume import ResumeRecord, saved_pieces
from shoal.engine.torrent.retry import Retry
from shoal.engine.torrent.selection import Selection
from shoal.engine.torrent.services import TorrentServices
from shoal.engine.torrent.sharing import Sharing
from shoal.engine.torrent.stages import Stages
from shoal.engine.torrent.strips import PieceSets
from shoal.engine.torrent.swarm import Swarm
from shoal.engine.torrent.swarm_wishes import SwarmWishes
from shoal.engine.torrent.traffic import Traffic
from shoal.metainfo.torrent_file import Metainfo
from shoal.runtime.world import Address

logger = logging.getLogger(__name__)

QUEUED = Reason("queued")
WANT_MORE_SECONDS = 60.0
TELL_SECONDS = 300.0
"""How long it has been running is told so often while nothing else happens, of long times more seldom still;
the first time each in a second of its own."""
TELL_SHARE = 1 / 10


class Torrent:
    """A torrent with its metainfo. Loop thread only."""

    def __init__(self, metainfo: Metainfo, record: ResumeRecord, services: TorrentServices, key: int) -> None:
        if metainfo.info_hash_v1 is None:
            raise ValueError("a torrent needs a v1 info-hash here")
        self.metainfo = metainfo
        self.info_hash: bytes = metainfo.info_hash_v1
        self.torrent_id = metainfo.torrent_id
        self.record = record
        """Owns what has no other owner below; of the rest it is what was saved last."""
        self.key = key
        self.queue_position = 0
        """As it is shown; `order_key` is what is saved, and only grows along the list."""
        self.order_key = record.queue_position
        self.has_turn = False
        """The queue lets it run."""
        self.queue_reason = QUEUED
        """What it says while it is QUEUED."""
        self.is_being_removed = False
        """It leaves the list, and its files are being deleted, which takes a while for many."""
        self.is_dirty = True
        """Something worth saving changed."""
        self.has_new_place = False
        """Its place in the queue changed, which is worth saving too, but no reason to look at its files."""
        self.events_revision = 0
        """Grows with every event of this run."""
        self.file_progress: FileProgress | None = None
        """While somebody looks at its files."""
        self._knows_files = False
        self.check_progress = 0.0
        self.last_strip: tuple[PieceSets | None, bytes] = None, b""
        """The strip that its row showed last, and of what."""
        self.wanted_done = 0
        self.lifecycle = Lifecycle()
        self.file_count = sum(not entry.is_pad for entry in metainfo.files)
        self.files_revision = 0
        """Grows when paths of its files change."""
        self.services = services
        self.world = services.world
        now = services.world.clock.now()
        layout = metainfo.layout
        self.geometry = layout.geometry
        self.piece_count = self.geometry.piece_count
        self.availability = Availability(self.piece_count)
        self.picker = Picker(self.availability)
        self.selection = Selection(
            layout,
            record.priorities or None,
            self.picker,
            sequential=record.sequential,
            first_last_first=record.first_last_first,
        )
        self.counters = Counters(
            record.downloaded,
            record.uploaded,
            record.wasted,
            active_seconds=record.active_seconds,
            last_activity=record.last_activity,
        )
        self.down_bucket = TokenBucket(record.down_limit, parent=services.down_bucket, now=now)
        self.up_bucket = TokenBucket(record.up_limit, parent=services.up_bucket, now=now)
        self.disk = TorrentDisk(
            services.world.files,
            layout,
            record.folder,
            piece_hashes=metainfo.pieces,
            part_path=record.part_path,
            priorities=self.selection.priorities,
            open_files=services.open_files,
            prefix=() if metainfo.is_single_file else (metainfo.name,),
            original_prefix=() if metainfo.is_single_file else (metainfo.original_name,),
            renamed=record.renamed_paths,
        )
        self.swarm = Swarm(
            self.picker,
            self.availability,
            self.piece_count,
            SwarmWishes(self),
            partial(services.dial, self),
            services.world.random,
            services.banned_hosts,
            services.rank,
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
        self.peer_exchange = PeerExchange(
            self.swarm, lambda: not metainfo.private and services.settings().peer_exchange
        )
        self.peer_host = TorrentHost(self)
        self.traffic = Traffic(self.swarm, self.counters, now)
        self.announcer = services.make_announcer(self)
        self.dht_search = DhtSearch(self, is_private=metainfo.private, nodes=metainfo.nodes)
        self.failure: Reason | None = None
        self._is_own_retry = False
        """We try again after a disk error, without being asked to."""
        self._last_failure_code = ""
        """So that a failure that lasts is told once."""
        self.retry = Retry()
        self.retry_at: float | None = None
        self.stages = Stages(self)
        self.relocating = Relocating(self)
        self.completion = Completion(self)
        self.sharing = Sharing(self)
        self._next_want_more = 0.0
        self._tell_at_seconds = record.active_seconds + TELL_SECONDS + key % TELL_SECONDS
        self.failed_pieces = FailedPieces(self.piece_count)
        self.is_done_known = False
        """`wanted_done` is exact until a piece comes or goes."""
        self._claimed = saved_pieces(record, self.piece_count)
        """What it had when its files were known last."""
        for host, port in record.peers:
            self.swarm.known.add(Address(host, port), "user", now)

    # --- what it is -----------------------------------------------------------------------------------------------

    @property
    def is_seeding(self) -> bool:
        return self.lifecycle.state is TorrentState.SEEDING

    @property
    def wants_peers(self) -> bool:
        # A seed dials, too: a peer that cannot reach us has no other way to our data.
        return self.lifecycle.is_running

    @property
    def is_complete(self) -> bool:
        """Everything wanted is verified."""
        return not self.picker.missing

    @property
    def seems_complete(self) -> bool:
        """The same, as far as is known before its files were looked at."""
        # In one go: the queue asks it of thousands.
        picker = self.picker
        return not picker.wanted & ~(picker.have if self._knows_files else self._claimed)

    @property
    def knows_files(self) -> bool:
        """`picker.have` tells what is on the disk; until it is looked at and checked only the saved claim counts."""
        return self._knows_files

    @knows_files.setter
    def knows_files(self, is_known: bool) -> None:
        if self._knows_files and not is_known:
            self._claimed = self.picker.have
        self._knows_files = is_known

    @property
    def has_written(self) -> bool:
        """Some of its files were there: when none is, then its disk is not."""
        return self.record.has_known_files or bool(self.picker.have)

    @property
    def may_run(self) -> bool:
        """It need not wait: for its turn in the queue, or for the end of a pause of everything."""
        if self.services.settings().paused_until:
            return False
        is_free = self.has_turn or self.record.skips_queue or not self.services.settings().active_downloads
        return is_free or self.is_complete

    @property
    def name(self) -> str:
        """What the list calls it."""
        return self.record.name or self.metainfo.name

    @property
    def content_path(self) -> str:
        """Of its file, or of its top folder."""
        return self.disk.placement.content_path(self.record.folder)

    @property
    def seconds_left(self) -> float | None:
        """Until all that is wanted is here; None while it does not download, or nothing flows."""
        if self.lifecycle.state is not TorrentState.DOWNLOADING:
            return None
        return self.counters.time_left.eta(self.selection.wanted_bytes - self.wanted_done)

    def peers(self) -> Iterable[PeerConnection]:
        return self.swarm.connected.values()

    # --- events of the download ---------------------------------------------------------------------------------

    def piece_is_good(self, index: int) -> None:
        self.is_dirty = True
        for file in finished_files(self.metainfo.layout, self.selection.priorities, self.picker.have, index):
            self.happened("file-finished", path="/".join(self.disk.placement.names.path(file)))
        self.swarm.announce_piece(index)
        self.wanted_done = self.selection.done_bytes() if self.is_complete else self.wanted_done
        self.is_done_known = self.is_complete
        if self.is_complete and self.lifecycle.state is TorrentState.DOWNLOADING:
            self.completion.begin_look()

    def piece_is_bad(self, index: int, guilty: frozenset[str], size: int) -> None:
        self.counters.wasted += size
        if self.failed_pieces.add(index, self.world.clock.now()):
            self.alert("many-bad-pieces", "warning")
        else:
            self.alert("bad-piece", "info", piece=index)
        self.happened("piece-damaged", piece=index)
        self.peers_are_guilty(guilty)

    def peers_are_guilty(self, guilty: frozenset[str]) -> None:
        fresh = self.swarm.ban(guilty)
        for host in sorted({key.partition(" ")[0] for key in fresh}):
            self.happened("peer-banned", host=host)

    def end_banned(self, hosts: Container[str]) -> None:
        """A person banned these hosts: end the connections with them."""
        for host in self.swarm.end_all_of(hosts, "its host was banned by hand"):
            self.happened("peer-banned-by-hand", host=host)

    def end_filtered(self, hosts: Container[str]) -> None:
        """A list shuts these out: end the connections with them."""
        ended = self.swarm.end_all_of(hosts, SHUT_OUT)
        if ended:
            self.happened("peers-filtered", count=len(ended))

    def tracker_news(self, code: str, host: str, text: str) -> None:
        """A tracker began to fail or to refuse, or works again."""
        self.happened(code, host=host, text=text)

    def storage_failed(self, error: StorageError) -> None:
        """The disk said no: stop this torrent alone, and say what and where."""
        if self.failure is not None or not self.lifecycle.is_running:
            return
        self.fail(failure_reason(error))

    def fail(self, reason: Reason) -> None:
        logger.info("%s: %s", self.torrent_id, reason.code)
        self.failure = Reason(reason.code, {**reason.params, "at": self.world.clock.wall()})
        if reason.code != self._last_failure_code:
            self._last_failure_code = reason.code
            self.happened(reason.code, **reason.params)
            self.services.alert(Alert(reason.code, self.torrent_id, reason.params, "error"))
        self.retry_at = self.retry.next_at(reason.code, self.world.clock.now())
        self.end_turn()
        self.lifecycle.to(TorrentState.ERROR)
        self.leave_swarm("the disk failed")
        self.stages.begin(self.announcer.stop)
        self.services.changed(self)

    def alert(self, code: str, severity: str, **params: str | int | float) -> None:
        """Tell front ends."""
        self.services.alert(Alert(code, self.torrent_id, params, severity))

    def happened(self, code: str, **params: str | int | float) -> None:
        """Note an event of its history (`Detail.EVENTS`)."""
        self.events_revision += 1
        self.services.happened(self.torrent_id, made_event(self.world.clock.wall(), code, params))
        self.services.changed(self)

    # --- commands -----------------------------------------------------------------------------------------------

    def keep(self, record: ResumeRecord) -> None:
        """Take a changed record, a `dataclasses.replace` of the present one; it is saved soon, and shown."""
        self.record = record
        self.is_dirty = True
        self.services.changed(self)

    def end_turn(self) -> None:
        """Leave its place among the active downloads to another."""
        self.has_turn = False
        self.services.queue_changed(self)

    def add_addresses(self, addresses: Iterable[Address], source: str, source_host: str | None) -> None:
        self.swarm.add_addresses(addresses, source, source_host, self.world.clock.now())
        self.services.changed(self)

    def lose(self, pieces: Iterable[int]) -> None:
        """Pieces whose bytes turned out damaged are fetched again."""
        for index in pieces:
            self.picker.have &= ~(1 << index)
            self.is_dirty = True

    def join_swarm(self) -> None:
        """The files are ready: ask trackers and peers."""
        self.services.disks_changed()
        self.traffic.rest(self.world.clock.now())
        if self._last_failure_code:
            self.happened("mended", was=self._last_failure_code)
        self._last_failure_code = ""
        self.download.start()
        if self.is_complete:
            self.end_turn()
        self.lifecycle.to(TorrentState.SEEDING if self.is_complete else TorrentState.DOWNLOADING)
        self.announcer.start(is_wished=not self._is_own_retry)
        self.dht_search.begin()
        self._is_own_retry = False
        self.services.sources.join(self.info_hash, is_private=self.metainfo.private)
        if self.is_complete and self.counters.downloaded and self.record.completed_at is None:
            # It was stopped or failed between its last piece and the look that confirms it.
            self.completion.tell()
        self.services.changed(self)

    def leave_swarm(self, reason: str) -> None:
        self.services.sources.leave(self.info_hash)
        was_up = self.download.is_running
        self.dht_search.end()
        self.download.stop()
        self.swarm.close_all(reason)
        elapsed, _ = self.count_traffic(self.world.clock.now())
        self.counters.active_seconds += elapsed if was_up else 0.0
        self.counters.rest()

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self, now: float) -> float:
        """Once a second; when it has to be called again, unless something happens before (`services.changed`)."""
        if not self.lifecycle.is_running:
            if self.retry_at is None or not self.record.is_started:
                return math.inf
            if now >= self.retry_at:
                self.retry_at = None
                self._is_own_retry = True
                self.stages.retry()
            return now
        had_rate = self.counters.down_rate or self.counters.up_rate
        elapsed, has_moved = self.count_traffic(now)
        self.counters.active_seconds += elapsed
        self.swarm.second(now, elapsed)
        self.peer_exchange.second(now)
        if now >= self._next_want_more and not self.is_seeding and len(self.swarm.connected) < LONELY_PEERS:
            self._next_want_more = now + WANT_MORE_SECONDS
            self.announcer.want_more()
        self.announcer.tick(now)
        if self.is_seeding:
            self.sharing.second()
        is_busy = bool(has_moved or had_rate or self.swarm.connected)
        seconds = self.counters.active_seconds
        if is_busy or seconds >= self._tell_at_seconds:
            self._tell_at_seconds = seconds + max(TELL_SECONDS, seconds * TELL_SHARE)
            self.is_dirty = self.is_dirty or has_moved
            if not self.is_done_known:
                self.wanted_done = self.selection.done_bytes()
            self.services.changed(self)
        if is_busy or not self.is_seeding:
            return now
        return min(now + self._tell_at_seconds - seconds, self.announcer.quiet_until)

    def count_traffic(self, now: float) -> tuple[float, bool]:
        """Take what peers moved since the last count into the totals: how long that is, and whether anything did."""
        elapsed, down, up = self.traffic.count(now)
        if down or up:
            self.services.flowed(self.torrent_id, elapsed, down, up)
            self.counters.last_activity = self.world.clock.wall()
        return elapsed, bool(down or up)
