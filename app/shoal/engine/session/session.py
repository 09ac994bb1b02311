"""A running engine: all torrents, their shared services and the beats that keep them going.

`open_session` makes one and answers the client through which everything else reaches it.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Collection, Iterable
from dataclasses import replace

from shoal import __version__
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, SessionTotals, TorrentRow
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.udp_tracker import UdpTracker
from shoal.engine.peer.host import PeerEnvironment
from shoal.engine.peer.turn import LoopTurn
from shoal.engine.policy.host_bans import HostBans
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.engine.policy.refused_hosts import RefusedHosts
from shoal.engine.session.announcers import Announcers
from shoal.engine.session.closing import stop_all
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.connections import Connections
from shoal.engine.session.disk_watch import DiskWatch
from shoal.engine.session.endings import Endings
from shoal.engine.session.extra_trackers import ExtraTrackers
from shoal.engine.session.filtering import make_ip_filter
from shoal.engine.session.finding import Finding
from shoal.engine.session.histories import Histories
from shoal.engine.session.history_store import SESSION_ID, HistoryStore
from shoal.engine.session.kept_settings import KeptSettings
from shoal.engine.session.lending import lend
from shoal.engine.session.limits import BEAT_SECONDS, LimitedPeers
from shoal.engine.session.list_commands import ListCommands
from shoal.engine.session.list_order import ListOrder
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.magnets import Magnets
from shoal.engine.session.own_port import listen_on_own
from shoal.engine.session.pause import Pause
from shoal.engine.session.peer_sources import PeerSources
from shoal.engine.session.queue import Queue
from shoal.engine.session.reach import Reach
from shoal.engine.session.restoring import restore
from shoal.engine.session.resume_store import LoadReport, ResumeStore
from shoal.engine.session.rounds import Rounds
from shoal.engine.session.saving import Saving
from shoal.engine.session.scrapes import Scrapes
from shoal.engine.session.swarm_lookup import SwarmLookups
from shoal.engine.session.totals import entry_row, session_totals
from shoal.engine.session.updates import UpdateFeed
from shoal.engine.torrent.events import made_event
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.services import Entry
from shoal.engine.torrent.torrent import Torrent
from shoal.engine.transport.http_client import AiohttpClient, HttpClient
from shoal.metainfo.ids import make_peer_id
from shoal.metainfo.torrent_file import Metainfo
from shoal.runtime.tasks import TaskScope
from shoal.runtime.ticker import Ticker
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings

logger = logging.getLogger(__name__)

CLIENT_NAME = f"Shoal {__version__}"
CLOSE_SECONDS = 10.0


async def open_session(world: World, config: SessionConfig, *, http: HttpClient | None = None) -> LocalClient:
    """Start an engine on the running loop; closing the client ends it. Raises OSError when it cannot listen at all."""
    session = Session(world, config, http)
    try:
        await session.open()
    except BaseException:
        await session.close()
        raise
    return LocalClient(session)


class Session:
    """The engine. Loop thread only; `LocalClient` is its door."""

    def __init__(self, world: World, config: SessionConfig, http: HttpClient | None) -> None:
        self.world = world
        self.settings_revision = 0
        self._settings = config.settings
        self.feed = UpdateFeed()
        self.entries: dict[str, Entry] = {}
        """Everything in the list."""
        self.torrents: dict[str, Torrent] = {}
        """Those of the list whose metainfo is known; the others are in `magnets`."""
        self.magnets = Magnets(self)
        self._state_path = config.state_path
        self._keeps_port = config.keeps_port
        self._kept_settings = KeptSettings(world.workers, config.save_settings, lambda: self.settings)
        self._by_info_hash: dict[bytes, Torrent] = {}
        self.peer_id = make_peer_id(world.random.randbytes(20))
        self.tasks = TaskScope("session")
        now = world.clock.now()
        self.down_bucket = TokenBucket(config.settings.down_limit, now=now)
        self.up_bucket = TokenBucket(config.settings.up_limit, now=now)
        self._limited = LimitedPeers()
        self.reach = Reach(self, config.find_routers(world) if config.find_routers is not None else None)
        environment = PeerEnvironment(
            clock=world.clock,
            turn=LoopTurn(),
            client_name=CLIENT_NAME,
            pause_reading=self._limited.wait_to_read,
            pause_sending=self._limited.wait_to_send,
            heard_our_address=self.reach.peer_heard,
        )
        self.histories = Histories(world.clock, world.workers, self.tasks.start)
        self.bans = HostBans(config.settings.banned_hosts)
        self.ip_filter = make_ip_filter(self, config.state_path)
        self.refused = RefusedHosts(self.bans, self.ip_filter)
        self.connections = Connections(world, environment, lambda: self.settings, self.find, self.tasks, self.refused)
        self.connections.is_held = lambda: self.ip_filter.is_awaited
        refuses, leave_from = self.ip_filter.refuses_tracker, config.settings.outgoing_host or None
        self._own_http = AiohttpClient(world.network, local_host=leave_from, refuses=refuses)
        self._http: HttpClient = http or self._own_http
        self._udp = UdpTracker(world, local_host=leave_from, refuses=refuses)
        self._gate = AnnounceGate()
        self.finding = Finding(world, lambda: self.settings, self.tasks, config.dht_hosts)
        self.announcers = Announcers(self, self._http, self._udp, self._gate)
        self.extra_trackers = ExtraTrackers(self, self._http)
        self._scrapes = Scrapes(self._http, self._udp, self._gate, world.clock, self.tasks, self.entries.values)
        self.lookups = SwarmLookups(self._http, self._udp, self._gate)
        self._rounds = Rounds(self.torrents, self.connections)
        self.order = ListOrder(self.feed.changed)
        self.pause = Pause(self)
        self.queue = Queue(
            self.entries.values(),
            lambda: self.settings.active_downloads,
            lambda: self.pause.reason,
            world.clock.now,
            self.tasks,
            self.row_changed,
        )
        self.list_commands = ListCommands(self)
        self.endings = Endings(self)
        self.sources = PeerSources(
            world,
            self.tasks,
            lambda: self.settings,
            lambda: self.connections.listen_port,
            self.announcers.found_elsewhere,
            self.announcers.dial_known,
        )
        self.disks = DiskWatch(world.workers, world.files)
        self.services = lend(self, environment, config.settings)
        self.saving: Saving | None = None
        self._next_key = 0
        self._ticker = Ticker(asyncio.get_running_loop(), world.clock, BEAT_SECONDS)
        self._next_second = 0.0
        self._next_save = now + config.settings.save_seconds
        self._is_saving = False
        self._moved = (0, 0)
        """What all in the list have received and sent, in bytes."""
        self._is_closed = False

    # --- opening and closing ------------------------------------------------------------------------------------

    async def open(self) -> None:
        store = None
        report = LoadReport(())
        if self._state_path is not None:
            store = ResumeStore(self._state_path)
            report = await self.world.workers.run(store.load, lane="slow")
            history_store = HistoryStore(self._state_path, is_read_only=store.is_read_only)
            self.histories.use(history_store)
            await self.finding.use(history_store)
            await self.extra_trackers.use(history_store)
        self.extra_trackers.apply()
        self.saving = Saving(self.world.workers, store, self.feed.alert)
        if not await self.listen():
            self.feed.alert(Alert("port-taken", None, self.ports_taken(), "warning"))
        for problem in report.problems:
            self.feed.alert(Alert(problem.code, None, problem.params, "warning"))
        await self.save_settings()
        await self.pause.look()
        await self.sources.apply()
        self.ip_filter.apply()
        await restore(self, report.records)
        self._ticker.add(self._beat)

    async def listen(self) -> bool:
        """Listen as the settings say; False when another port was taken, which `ports_taken` tells."""
        if self.settings.listen_port or not self._keeps_port:
            is_free = await self.connections.listen()
        else:
            port = await listen_on_own(self.connections.listen, self.world.random)
            self.settings = replace(self.settings, listen_port=port)
            is_free = True
        await self.finding.listen(self.connections.listen_port)
        self.reach.apply()
        return is_free

    def ports_taken(self) -> dict[str, str | int | float]:
        """The parameters of `port-taken`."""
        return {"wanted": self.settings.listen_port, "port": self.connections.listen_port}

    def add(self, metainfo: Metainfo, record: ResumeRecord) -> Torrent:
        """Take a torrent in; `Torrent.load` then brings it up."""
        torrent = Torrent(metainfo, record, self.services, self.next_key())
        self._take_up(torrent)
        self.enter(torrent)
        return torrent

    def replace_magnet(self, magnet: Magnet, metainfo: Metainfo, record: ResumeRecord) -> Torrent:
        """Put a torrent where its magnet link is in the list."""
        torrent = Torrent(metainfo, record, self.services, self.next_key())
        torrent.has_turn = magnet.has_turn
        # Who looks at it asks again: it has files now.
        torrent.files_revision, torrent.events_revision = 1, magnet.events_revision
        self._take_up(torrent)
        self.queue.forget(magnet)
        self.order.replace(torrent)
        self.entries[torrent.torrent_id] = torrent
        self.row_changed(torrent)
        return torrent

    def _take_up(self, torrent: Torrent) -> None:
        self.torrents[torrent.torrent_id] = torrent
        self._by_info_hash[torrent.info_hash] = torrent
        self._count(torrent.counters.downloaded, torrent.counters.uploaded)
        self.disks.changed()

    def forget(self, torrent: Torrent, *, keep_place: bool) -> None:
        """Take it from the list; with `keep_place` its place is kept for its return."""
        self.torrents.pop(torrent.torrent_id, None)
        self._count(-torrent.counters.downloaded, -torrent.counters.uploaded)
        self._by_info_hash.pop(torrent.info_hash, None)
        self.services.read_cache.drop(torrent.key)
        self.disks.changed()
        self.leave(torrent, keep_place=keep_place)

    def enter(self, entry: Entry) -> None:
        """It is in the list from now on."""
        self.entries[entry.torrent_id] = entry
        self.order.add(entry)
        self.row_changed(entry)

    def leave(self, entry: Entry, *, keep_place: bool) -> None:
        """It is in the list no more."""
        self.entries.pop(entry.torrent_id, None)
        self.order.remove(entry, keep_place=keep_place)
        self.queue.forget(entry)
        self.feed.removed(entry.torrent_id)

    def next_key(self) -> int:
        """A number that no other entry of this run has."""
        self._next_key += 1
        return self._next_key

    def find(self, info_hash: bytes) -> Entry | None:
        """The entry of that info-hash, or the link that somebody looks at."""
        return self._by_info_hash.get(info_hash) or self.magnets.find(info_hash)

    async def close(self) -> None:
        """Announce `stopped` for all, save, let go of everything. Bounded by CLOSE_SECONDS."""
        if self._is_closed:
            return
        self._is_closed = True
        self.queue.close()
        self.connections.stop_listening()
        resting = [entry for entry in self.entries.values() if entry.stages.is_at_rest]
        stops = [entry.stages.stop(keep_started=True) for entry in self.entries.values() if not entry.stages.is_at_rest]
        await stop_all((*stops, self._save_all(resting), self.magnets.close(), self.reach.close()), CLOSE_SECONDS)
        self._ticker.close()
        self.connections.close_all("Shoal is closing")
        self._send_updates(self.world.clock.now(), is_last=True)
        # From the last to the first, and each of them whatever became of those before.
        async with contextlib.AsyncExitStack() as steps:
            steps.push_async_callback(self.world.workers.run, self.services.open_files.close)
            if self.saving is not None:
                steps.push_async_callback(self.saving.close)
            steps.push_async_callback(self.histories.close)
            steps.push_async_callback(self.finding.close)
            steps.push_async_callback(self._own_http.close)
            steps.callback(self._udp.close)
            steps.callback(self.sources.close)
            steps.push_async_callback(self.ip_filter.close)
            steps.push_async_callback(self.tasks.close)

    @property
    def settings(self) -> EngineSettings:
        """The settings in force."""
        return self._settings

    @settings.setter
    def settings(self, settings: EngineSettings) -> None:
        if settings != self._settings:
            self._settings = settings
            self.settings_revision += 1

    def note_limits(self) -> None:
        """The session's limits changed: mark it in its speed history."""
        limits = {"down": int(self.down_bucket.rate), "up": int(self.up_bucket.rate)}
        event = made_event(self.world.clock.wall(), "limits-changed", {**limits})
        self.histories.happened(SESSION_ID, event)

    def end_banned(self) -> None:
        """End every connection with a banned host."""
        for entry in self.entries.values():
            entry.end_banned(self.bans)
        self.connections.end_all_of(self.bans, "its host was banned by hand")

    async def save_settings(self) -> tuple[Reason, ...]:
        """Have the settings in force written where they are kept; answers `settings-not-saved` when that failed."""
        return await self._kept_settings.save()

    # --- services -----------------------------------------------------------------------------------------------

    def row_changed(self, entry: Entry) -> None:
        """Something of it differs: it is looked at with the next second, and shown."""
        self._rounds.wake(entry.torrent_id)
        self.queue.touch(entry)
        self.feed.changed(entry.torrent_id)

    async def leave_from(self, local_host: str | None) -> None:
        """What connects from now on does so from this address; None lets the system choose."""
        self._udp.leave_from(local_host)
        for entry in self.entries.values():
            entry.swarm.close_all("another local address is used now")
        self.connections.close_all("another local address is used now")
        await self._own_http.leave_from(local_host)

    def flowed(self, torrent_id: str, elapsed: float, down: int, up: int) -> None:
        """Payload of an entry: bytes in so many seconds."""
        if torrent_id in self.torrents:
            self._count(down, up)
        self.histories.flowed(torrent_id, elapsed, down, up)

    def _count(self, down: int, up: int) -> None:
        self._moved = (self._moved[0] + down, self._moved[1] + up)

    async def save(self, entry: Entry) -> None:
        """What is to be kept of it, unless it has left the list."""
        if self.saving is not None and self.entries.get(entry.torrent_id) is entry:
            await self.saving.save(entry)

    async def _save_all(self, entries: Collection[Entry]) -> None:
        if self.saving is not None:
            await self.saving.save_all(lambda: entries)

    async def save_wishes(self, entries: Iterable[Entry]) -> None:
        """What a person wants of these outlives a kill from now on."""
        if self.saving is not None:
            await self.saving.save_wishes(entry for entry in entries if self.entries.get(entry.torrent_id) is entry)

    # --- beats --------------------------------------------------------------------------------------------------

    def _beat(self, now: float) -> None:
        self._limited.beat(now)
        self.order.settle()
        self.queue.beat(now)
        self._send_updates(now)
        if now >= self._next_second:
            self._next_second = now + 1.0
            self._second(now)

    def _second(self, now: float) -> None:
        self.connections.second(now)
        self._rounds.second(now)
        self.finding.second(now)
        self.magnets.second(now)
        self.pause.second(self.world.clock.wall())
        self.queue.second(now)
        self.sources.second(now)
        self.reach.second(now)
        self.ip_filter.second(now)
        self.extra_trackers.second()
        self._scrapes.second(now)
        self.histories.second(now)
        if now >= self._next_save and not self._is_saving:
            self._next_save = now + self.settings.save_seconds
            self.tasks.start(self._save_progress(), "save progress")
        if self.disks.is_due(now):
            self.tasks.start(self.disks.measure(list(self.torrents.values())), "disk space")

    async def _save_progress(self) -> None:
        self._is_saving = True
        try:
            await self._save_all(self.entries.values())
        finally:
            self._is_saving = False

    def _send_updates(self, now: float, *, is_last: bool = False) -> None:
        def row_of(torrent_id: str) -> TorrentRow:
            return entry_row(self.entries[torrent_id], now)

        self.feed.beat(now, self.entries.keys(), row_of, self.totals, is_last=is_last)

    def totals(self) -> SessionTotals:
        """The session in numbers."""
        return session_totals(self, self._rounds, self.disks, self._moved)
