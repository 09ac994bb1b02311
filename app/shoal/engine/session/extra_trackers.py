"""Trackers that public torrents ask beside their own: addresses from the settings, and from a list on the web.

The list is fetched again once a day; the last one that was read is kept, and stands in when it cannot be. A private
torrent asks none of them (BEP 27); nor does a magnet link that names trackers, as nobody knows yet whether it is.
"""

from __future__ import annotations

import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from shoal.api.snapshots import Alert
from shoal.engine.session.history_store import SESSION_ID, HistoryRow, HistoryStore
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.transport.http_client import HttpClient, HttpError
from shoal.metainfo.trackers import listed_trackers

if TYPE_CHECKING:
    from shoal.engine.session.session import Session
    from shoal.engine.torrent.services import Entry

logger = logging.getLogger(__name__)

TRACKER_LIST = "tracker-list"
"""The kind of the row in the store."""
REFRESH_SECONDS = 86_400.0
RETRY_SECONDS = 3_600.0
MOST_LIST_BYTES = 256 * 1024
MOST_EXTRA = 100
"""Further ones are left out: a list must not be a way to make us knock at thousands."""
_OK = 200


class ExtraTrackers:
    """Of one session. Loop thread only."""

    def __init__(self, session: Session, http: HttpClient) -> None:
        self._session = session
        self._http = http
        self._store: HistoryStore | None = None
        self._listed: tuple[str, ...] = ()
        """What the list named when it was last read."""
        self._listed_by = ""
        """The address of that list."""
        self._next_at = 0.0
        """Wall-clock second of the next fetch."""
        self._is_fetching = False
        self._has_told = False
        self.urls: tuple[str, ...] = ()
        """In force."""

    def for_entry(self, entry: Entry) -> tuple[str, ...]:
        """Those that this one may ask."""
        is_allowed = not entry.tiers if isinstance(entry, Magnet) else not entry.metainfo.private
        return self.urls if is_allowed else ()

    async def use(self, store: HistoryStore) -> None:
        """Go on with the list of the last run, and keep that of this one there."""
        self._store = store
        rows = await self._session.world.workers.run(lambda: store.read(SESSION_ID), lane="slow")
        self._load(rows.get(TRACKER_LIST))

    def apply(self) -> None:
        """Put the settings in force; running torrents ask new ones as their turn comes."""
        settings = self._session.settings
        if settings.extra_trackers_list != self._listed_by:
            self._listed, self._listed_by, self._next_at = (), settings.extra_trackers_list, 0.0
            self._has_told = False
        urls = tuple(dict.fromkeys((*listed_trackers(settings.extra_trackers), *self._listed)))[:MOST_EXTRA]
        if urls != self.urls:
            self.urls = urls
            for entry in self._session.entries.values():
                entry.announcer.use_automatic(self.for_entry(entry))

    def second(self) -> None:
        """Once a second."""
        url = self._session.settings.extra_trackers_list
        if url and not self._is_fetching and self._session.world.clock.wall() >= self._next_at:
            self._is_fetching = True
            self._session.tasks.start(self._fetch(url), "fetch the list of trackers")

    async def _fetch(self, url: str) -> None:
        wall = self._session.world.clock.wall
        try:
            found = await self._read(url)
        except HttpError as error:
            logger.info("the list of trackers could not be read: %s", error.text)
            if url == self._listed_by:
                self._next_at = wall() + RETRY_SECONDS
                self._tell(url, error.text)
        else:
            if url == self._listed_by:
                self._has_told = False
                self._next_at = wall() + REFRESH_SECONDS
                self._listed = found
                self.apply()
                await self._save()
        finally:
            self._is_fetching = False

    async def _read(self, url: str) -> tuple[str, ...]:
        """The addresses of the list at `url`. Raises HttpError."""
        reply = await self._http.get(url, max_bytes=MOST_LIST_BYTES)
        if reply.status != _OK:
            raise HttpError("bad-reply", f"The server answered with HTTP status {reply.status}")
        found = listed_trackers(reply.body.decode("utf-8", "replace"))
        if not found:
            raise HttpError("bad-reply", "There is no tracker's address in it")
        return found

    def _tell(self, url: str, detail: str) -> None:
        if not self._has_told:
            self._has_told = True
            host = urlsplit(url).hostname or ""
            self._session.feed.alert(Alert("tracker-list-failed", None, {"host": host, "detail": detail}, "warning"))

    def _load(self, data: bytes | None) -> None:
        try:
            kept = json.loads(data or b"")
            url, next_at, urls = str(kept["url"]), float(kept["next_at"]), listed_trackers(" ".join(kept["urls"]))
        except (ValueError, KeyError, TypeError):
            return
        self._listed_by, self._listed = url, urls
        # A clock that was wrong must not keep the list for years.
        self._next_at = min(next_at, self._session.world.clock.wall() + REFRESH_SECONDS)

    async def _save(self) -> None:
        store = self._store
        if store is not None:
            kept = {"url": self._listed_by, "next_at": self._next_at, "urls": self._listed}
            rows = [HistoryRow(SESSION_ID, TRACKER_LIST, json.dumps(kept).encode())]
            await self._session.world.workers.run(lambda: store.write(rows), lane="slow")
