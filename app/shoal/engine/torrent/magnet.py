"""A torrent of which only a magnet link is known: it looks for peers and asks them for the rest, and is then replaced.

It has no files, no pieces and no download. What a person chose of it lies in its record, as it does for a torrent.
"""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Callable, Container, Iterable
from dataclasses import replace
from functools import partial

from shoal.api.details import MagnetProgress
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentState
from shoal.engine.discovery.asking import AnnounceStats
from shoal.engine.peer.connection import PeerConnection
from shoal.engine.policy.host_bans import numeric_host
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.policy.refused_hosts import SHUT_OUT
from shoal.engine.torrent.counters import Counters
from shoal.engine.torrent.dht_search import DhtSearch
from shoal.engine.torrent.events import made_event
from shoal.engine.torrent.lifecycle import MAGNET_TRANSITIONS, Lifecycle
from shoal.engine.torrent.magnet_host import MagnetHost
from shoal.engine.torrent.magnet_stages import MagnetStages
from shoal.engine.torrent.magnet_swarm import MagnetSwarm
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.services import TorrentServices
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.magnet import MagnetLink, torrent_of
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, Metainfo, parse_metainfo
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Address

logger = logging.getLogger(__name__)

QUEUED = Reason("queued")
LONELY_PEERS = 5
WANT_MORE_SECONDS = 60.0
UNKNOWN_LEFT = 16 * 1024
"""What trackers are told is missing: anything, so that they do not take us for a seed."""

Arrival = Callable[[bytes, Metainfo], None]
"""The .torrent bytes and what they say."""


class Magnet:
    """A magnet link at work. Loop thread only."""

    def __init__(self, link: MagnetLink, record: ResumeRecord, services: TorrentServices, key: int) -> None:
        self.link = link
        self.info_hash: bytes = link.wire_hash
        self.torrent_id = link.torrent_id
        self.record = record
        self.key = key
        self.services = services
        self.world = services.world
        self.queue_position = 0
        self.order_key = record.queue_position
        self.has_turn = False
        """The queue lets it run."""
        self.queue_reason = QUEUED
        self.is_dirty = True
        self.has_new_place = False
        self.is_listed = False
        """It is in the list; else somebody only looks at it, and nothing of it is kept or told."""
        self.events_revision = 0
        self.lifecycle = Lifecycle(MAGNET_TRANSITIONS)
        self.failure: Reason | None = None
        self.on_arrival: Arrival = lambda data, metainfo: None
        self.on_failure: Callable[[MetainfoError], None] = lambda error: None
        now = self.world.clock.now()
        self.counters = Counters(active_seconds=record.active_seconds, last_activity=record.last_activity)
        self.down_bucket = TokenBucket(record.down_limit, parent=services.down_bucket, now=now)
        self.up_bucket = TokenBucket(record.up_limit, parent=services.up_bucket, now=now)
        self.swarm = MagnetSwarm(
            lambda: services.settings().max_peers_per_torrent,
            partial(services.dial, self),
            self._look_at,
            self.world.random,
            services.banned_hosts,
            services.rank,
        )
        self.peer_host = MagnetHost(self)
        self.announcer = services.make_announcer(self)
        self.dht_search = DhtSearch(self, announces=False)
        self.stages = MagnetStages(self)
        self._tasks = TaskScope("magnet")
        self._has_arrived = False
        self._second_at = now
        self._next_want_more = 0.0
        self._shown: MagnetProgress | None = None
        for host, port in (*link.peers, *record.peers):
            if numeric_host(host) is not None:
                self.swarm.known.add(Address(host, port), "magnet", now)

    # --- what it is -----------------------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        """What the list calls it."""
        return self.record.name or self.link.name or self.torrent_id

    @property
    def tiers(self) -> tuple[tuple[str, ...], ...]:
        """The trackers to ask, in tiers."""
        tiers = self.link.trackers if self.record.tiers is None else self.record.tiers
        return (*tiers, *((url,) for url in self.record.extra_trackers))

    @property
    def may_run(self) -> bool:
        """It need not wait: for its turn in the queue, or for the end of a pause of everything."""
        settings = self.services.settings()
        if settings.paused_until:
            return False
        return self.has_turn or self.record.skips_queue or not settings.active_downloads

    @property
    def seems_complete(self) -> bool:
        return False

    @property
    def seconds_left(self) -> float | None:
        return None

    @property
    def stats(self) -> AnnounceStats:
        """What trackers are told of it."""
        return AnnounceStats(uploaded=0, downloaded=0, left=UNKNOWN_LEFT, port=self.services.listen_port())

    def progress(self) -> MagnetProgress:
        """How far it is."""
        received, size = self.swarm.fetch.best
        return MagnetProgress(
            known=self.swarm.known.count,
            asked=self.swarm.asked,
            offering=self.swarm.fetch.offering,
            received=received,
            size=size,
            trouble=self.announcer.trouble(),
            has_sources=bool(self.tiers or self.swarm.known.count or self.dht_search.is_on),
            is_paused=bool(self.services.settings().paused_until),
        )

    def record_now(self) -> ResumeRecord:
        """What is worth keeping of it now."""
        return replace(
            self.record,
            queue_position=self.order_key,
            down_limit=int(self.down_bucket.rate),
            up_limit=int(self.up_bucket.rate),
            active_seconds=self.counters.active_seconds,
            tracker_order=self.announcer.order,
        )

    # --- events -------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        """What the list shows of it may differ."""
        progress = self.progress()
        if progress != self._shown:
            self._shown = progress
            self.services.changed(self)

    def happened(self, code: str, **params: str | int | float) -> None:
        """Note an event of its history."""
        if self.is_listed:
            self.events_revision += 1
            self.services.happened(self.torrent_id, made_event(self.world.clock.wall(), code, params))
            self.services.changed(self)

    def tracker_news(self, code: str, host: str, text: str) -> None:
        """A tracker began to fail or to refuse, or works again."""
        self.happened(code, host=host, text=text)

    def keep(self, record: ResumeRecord) -> None:
        """Take a changed record; it is saved soon, and shown."""
        self.record = record
        self.is_dirty = True
        self.services.changed(self)

    def add_addresses(self, addresses: Iterable[Address], source: str, source_host: str | None) -> None:
        """Peers were found; `source` says how (`tracker`, `dht`, `user` ...)."""
        self.swarm.add_addresses(addresses, source, source_host, self.world.clock.now())
        self.changed()

    def end_banned(self, hosts: Container[str]) -> None:
        """A person banned these hosts: end the connections with them."""
        for host in self.swarm.end_all_of(hosts, "its host was banned by hand"):
            self.happened("peer-banned-by-hand", host=host)

    def end_filtered(self, hosts: Container[str]) -> None:
        """A list shuts these out: end the connections with them."""
        ended = self.swarm.end_all_of(hosts, SHUT_OUT)
        if ended:
            self.happened("peers-filtered", count=len(ended))

    def look_up_peers(self) -> None:
        """Find the addresses of those that the link calls by name."""
        for host, port in self.link.peers:
            if numeric_host(host) is None:
                self._tasks.start(self._look_up(host, port), "look up a peer")

    async def _look_up(self, host: str, port: int) -> None:
        with contextlib.suppress(OSError):
            found = await self.world.network.resolve(host, port)
            self.add_addresses((Address(*address) for address in found), "magnet", None)

    # --- the metadata -------------------------------------------------------------------------------------------

    def _look_at(self, peer: PeerConnection, content: bytes) -> None:
        if not self._tasks.is_closed:
            self._tasks.start(self._judge(peer, content), "judge metadata")

    async def _judge(self, peer: PeerConnection, content: bytes) -> None:
        """Find out in a worker whether it is what the link means."""
        link = self.link

        def read() -> tuple[bytes, Metainfo] | None:
            if not link.is_named_by(content):
                return None
            data = torrent_of(content, link.trackers, link.web_seeds)
            return data, parse_metainfo(data, max_bytes=MAX_CHOSEN_BYTES)

        try:
            found = await self.world.workers.run(read, lane="read")
        except MetainfoError as error:
            # The hash is right, so that no other peer has anything else.
            logger.info("%s: its metadata cannot be used: %s", self.torrent_id, error)
            if not self._has_arrived:
                self._has_arrived = True
                self.fail(error)
            return
        if found is None:
            self.happened("false-metadata", host=peer.address.host)
            self.swarm.ban(peer, "its metadata is not what the link means")
            self.swarm.ask(self.world.clock.now())
        elif not self._has_arrived:
            self._has_arrived = True
            now = self.world.clock.now()
            if not peer.is_incoming:
                # Dialled first when the transfer begins.
                self.swarm.connected.pop(peer.key, None)
                self.swarm.known.closed(peer.address, now, was_useful=True)
                peer.close("it has sent the metadata")
            self.on_arrival(*found)

    def fail(self, error: MetainfoError) -> None:
        """What came cannot be used, whoever sends it."""
        self.failure = Reason("bad-metadata", {"text": str(error)})
        self.has_turn = False
        if self.lifecycle.is_running:
            self.lifecycle.to(TorrentState.ERROR)
            self.stages.leave("its metadata cannot be used")
        self.happened("bad-metadata")
        if self.is_listed:
            self.services.alert(Alert("bad-metadata", self.torrent_id, self.failure.params, "error"))
        self.services.queue_changed(self)
        self.services.changed(self)
        self.on_failure(error)

    # --- time ---------------------------------------------------------------------------------------------------

    def join_swarm(self) -> None:
        """Ask trackers and peers."""
        self._second_at = self.world.clock.now()
        self.lifecycle.to(TorrentState.DOWNLOADING)
        self.announcer.start()
        self.dht_search.begin()
        # Whether it is private nobody knows before its metainfo is here.
        self.services.sources.join(self.info_hash, is_private=False)
        self.services.changed(self)

    def second(self, now: float, room: int) -> None:
        """Once a second; `room`: connections that may be begun."""
        if not self.lifecycle.is_running:
            return
        elapsed = max(0.1, now - self._second_at)
        self._second_at = now
        self.counters.second(0, 0, 0, now, elapsed)
        self.counters.active_seconds += elapsed
        self.swarm.second(now)
        if now >= self._next_want_more and len(self.swarm.connected) < LONELY_PEERS:
            self._next_want_more = now + WANT_MORE_SECONDS
            self.announcer.want_more()
        self.announcer.tick(now)
        if room:
            self.swarm.dial_more(now, room)
        self.changed()

    async def end(self) -> None:
        """Nothing is judged any more."""
        await self._tasks.close()
