"""The magnet links of a session: those in the list, and those that somebody only looks at.

When the metainfo of one in the list is here, a torrent takes its place, with all that was chosen of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.details import MagnetProgress
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert, TorrentState
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.resume import ResumeRecord
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.magnet import MagnetLink, chosen_files, parse_magnet
from shoal.metainfo.torrent_file import Metainfo

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.torrent.torrent import Torrent

logger = logging.getLogger(__name__)

REMEMBERED_SECONDS = 300.0
"""So long what was found for a link that was looked at is kept for when it is added; then its trackers hear of it."""


def read_link(text: str) -> MagnetLink:
    """A link that can be followed. Raises UserError `bad-magnet` or `v2-only`."""
    try:
        link = parse_magnet(text)
    except MetainfoError as error:
        raise UserError("bad-magnet", text=str(error)) from error
    if link.info_hash_v1 is None:
        raise UserError("v2-only", name=link.name or link.torrent_id)
    return link


class Magnets:
    """Of one session. Loop thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self.listed: dict[str, Magnet] = {}
        self._looks: dict[str, _Look] = {}
        self._met: dict[str, tuple[Magnet, float]] = {}
        """Those that were looked at, whose metainfo came, and until when they are remembered."""

    def find(self, info_hash: bytes) -> Magnet | None:
        """The one of that info-hash, in the list or looked at."""
        torrent_id = info_hash.hex()
        look = self._looks.get(torrent_id)
        return self.listed.get(torrent_id) or (look.magnet if look is not None else None)

    # --- in the list --------------------------------------------------------------------------------------------

    def _make(self, link: MagnetLink, record: ResumeRecord) -> Magnet:
        magnet = Magnet(link, record, self._session.services, self._session.next_key())
        magnet.on_arrival = partial(self._arrived, magnet)
        magnet.on_failure = partial(self._failed, magnet)
        magnet.look_up_peers()
        return magnet

    def add(self, record: ResumeRecord) -> Magnet:
        """Take a magnet link into the list: its record has no metainfo. Raises UserError `bad-magnet`, `v2-only`."""
        session, link = self._session, read_link(record.magnet)
        look = self._looks.get(link.torrent_id)
        if look is None:
            magnet = self._make(link, record)
        else:
            # Somebody looks at it: what it has found stays.
            magnet = look.magnet
            magnet.record = record
            magnet.announcer.add_trackers([(url,) for url in record.extra_trackers])
        magnet.is_listed = True
        self.listed[magnet.torrent_id] = magnet
        session.enter(magnet)
        return magnet

    def forget(self, magnet: Magnet, *, keep_place: bool) -> None:
        """Take it from the list."""
        if self.listed.pop(magnet.torrent_id, None) is not None:
            self._session.leave(magnet, keep_place=keep_place)
        look = self._looks.pop(magnet.torrent_id, None)
        if look is not None:
            look.end(UserError("removed"))
        self._session.tasks.start(magnet.end(), "end of a magnet link")

    def _arrived(self, magnet: Magnet, data: bytes, metainfo: Metainfo) -> None:
        look = self._looks.get(magnet.torrent_id)
        if look is not None:
            look.arrived(data)
        if magnet.is_listed:
            self._session.tasks.start(self.become(magnet, data, metainfo), "metainfo of a magnet link")

    def _failed(self, magnet: Magnet, error: MetainfoError) -> None:
        look = self._looks.get(magnet.torrent_id)
        if look is not None:
            look.end(UserError("bad-metainfo", problem=error.code, text=str(error)))

    async def become(self, magnet: Magnet, data: bytes, metainfo: Metainfo) -> Torrent | None:
        """Put the torrent in the place of its magnet link; None when that was removed meanwhile."""
        session = self._session
        await magnet.stages.hand_over()
        if self.listed.get(magnet.torrent_id) is not magnet:
            return None
        record = magnet.record_now()
        limit = record.choose_above
        is_to_choose = limit is not None and metainfo.size > limit
        record = replace(
            record,
            metainfo=data,
            priorities=record.priorities or chosen_files(metainfo, magnet.link.select_only),
            is_started=record.is_started and not is_to_choose,
            choose_above=0 if is_to_choose else None,
            name=record.name if record.name != metainfo.name else "",
        )
        del self.listed[magnet.torrent_id]
        torrent = session.replace_magnet(magnet, metainfo, record)
        torrent.swarm.known = magnet.swarm.known
        session.connections.drop(magnet.peer_host)
        torrent.swarm.known.wake(session.world.clock.now())
        torrent.happened("file-list")
        if is_to_choose:
            session.feed.alert(Alert("choose-files", torrent.torrent_id, {}))
        await torrent.stages.load(check_existing=True)
        if session.saving is not None:
            await session.saving.save(torrent)
        return torrent

    # --- looked at ----------------------------------------------------------------------------------------------

    async def fetch(self, text: str, tell: Callable[[MagnetProgress], None]) -> bytes:
        """See `Client.fetch_metainfo`."""
        link, session = read_link(text), self._session
        present = session.torrents.get(link.torrent_id)
        if present is not None:
            return present.record.metainfo
        look = self._looks.get(link.torrent_id)
        if look is None:
            look = self._looks[link.torrent_id] = self._begin(link)
        watcher = _Watcher(tell)
        look.watchers.append(watcher)
        try:
            return await watcher.result
        finally:
            look.watchers.remove(watcher)
            if not look.watchers:
                self._end_look(look)

    def _begin(self, link: MagnetLink) -> _Look:
        session = self._session
        listed = self.listed.get(link.torrent_id)
        if listed is not None and listed.failure is not None:
            raise UserError("bad-metadata", **listed.failure.params)
        if listed is not None:
            return _Look(listed)
        magnet = self._make(link, ResumeRecord(link.torrent_id, b"", "", skips_queue=True))
        session.tasks.start(magnet.stages.load(), "look at a magnet link")
        return _Look(magnet)

    def _end_look(self, look: _Look) -> None:
        magnet = look.magnet
        if self._looks.get(magnet.torrent_id) is look:
            del self._looks[magnet.torrent_id]
        if magnet.is_listed or self._session.tasks.is_closed:
            return
        self._session.connections.drop(magnet.peer_host)
        if look.has_arrived:
            # Told `stopped` now, trackers might forget what is added in a moment.
            self._met[magnet.torrent_id] = magnet, self._session.world.clock.now() + REMEMBERED_SECONDS
            self._session.tasks.start(magnet.stages.rest(), "end of a look at a magnet link")
        else:
            self._session.tasks.start(self._stop(magnet), "end of a look at a magnet link")

    async def _stop(self, magnet: Magnet) -> None:
        await magnet.stages.stop(for_good=True)
        await magnet.end()

    def introduce(self, torrent: Torrent) -> None:
        """Its link was looked at before it was added: it need not look for its peers once more."""
        met = self._met.pop(torrent.torrent_id, None)
        if met is not None:
            magnet, _ = met
            torrent.swarm.known = magnet.swarm.known
            torrent.swarm.known.wake(self._session.world.clock.now())
            self._session.tasks.start(magnet.announcer.break_off(), "end of a look at a magnet link")

    # --- time ---------------------------------------------------------------------------------------------------

    def second(self, now: float) -> None:
        """Once a second, `now` in monotonic seconds."""
        for magnet in tuple(self.listed.values()):
            magnet.second(now, self._session.connections.room())
        for torrent_id, (magnet, until) in tuple(self._met.items()):
            if now >= until:
                del self._met[torrent_id]
                self._session.tasks.start(magnet.announcer.stop(), "forget a magnet link")
        for look in tuple(self._looks.values()):
            magnet = look.magnet
            if not magnet.is_listed and not look.has_arrived:
                is_up = magnet.lifecycle.state is TorrentState.DOWNLOADING
                if is_up and not magnet.may_run:
                    self._session.tasks.start(magnet.stages.give_way(), "pause of a look")
                elif not is_up and magnet.may_run and magnet.failure is None:
                    self._session.tasks.start(magnet.stages.load(), "look goes on")
                magnet.second(now, self._session.connections.room())
            look.tell()

    async def close(self) -> None:
        """End those that are only looked at."""
        looks, self._looks = list(self._looks.values()), {}
        met, self._met = list(self._met.values()), {}
        stops = [look.magnet.stages.stop(for_good=True) for look in looks if not look.magnet.is_listed]
        ends = [magnet.end() for magnet in self.listed.values()]
        await asyncio.gather(*stops, *ends, *(magnet.announcer.stop() for magnet, _ in met))


class _Watcher:
    """One who waits for the metainfo of a link."""

    def __init__(self, tell: Callable[[MagnetProgress], None]) -> None:
        self.tell = tell
        self.result: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self.told: MagnetProgress | None = None


class _Look:
    """A link that is looked at, by one or several."""

    def __init__(self, magnet: Magnet) -> None:
        self.magnet = magnet
        self.watchers: list[_Watcher] = []
        self.has_arrived = False

    def arrived(self, data: bytes) -> None:
        self.has_arrived = True
        for watcher in self.watchers:
            if not watcher.result.done():
                watcher.result.set_result(data)

    def end(self, error: UserError) -> None:
        """It will never come."""
        for watcher in self.watchers:
            if not watcher.result.done():
                watcher.result.set_exception(error)

    def tell(self) -> None:
        """Say how far it is, to those who were told otherwise."""
        progress = self.magnet.progress()
        for watcher in self.watchers:
            if watcher.told != progress:
                watcher.told = progress
                watcher.tell(progress)
