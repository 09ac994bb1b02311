"""One torrent's newest picture, as a front end that waits needs it: the engine's updates turned into awaits."""

from __future__ import annotations

import asyncio
from collections import deque
from types import TracebackType
from urllib.parse import urlsplit

from shoal.api.client import Client, Subscription
from shoal.api.commands import Detail
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, Update

_FAILING = frozenset({"failing", "off"})

MOST_ALERTS = 1000
"""Alerts kept until the command looks; older ones are dropped."""


class Watch:
    """Subscribes on entering, lets go on leaving. Must be entered on a running loop."""

    def __init__(self, client: Client, *, beat_seconds: float = 0.5) -> None:
        self._client = client
        self._beat_seconds = beat_seconds
        self._news = asyncio.Event()
        self._rows: dict[str, TorrentRow] = {}
        self._alerts: deque[Alert] = deque(maxlen=MOST_ALERTS)
        self._subscription: Subscription | None = None
        self.removed: set[str] = set()
        self.totals: SessionTotals | None = None

    def __enter__(self) -> Watch:
        loop = asyncio.get_running_loop()

        def hand_over(update: Update) -> None:
            # The engine may live in another thread.
            loop.call_soon_threadsafe(self._take, update)

        self._subscription = self._client.subscribe(hand_over, beat_seconds=self._beat_seconds)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._subscription is not None:
            self._subscription.close()

    def row(self, torrent_id: str) -> TorrentRow | None:
        return self._rows.get(torrent_id)

    def forget(self, torrent_id: str) -> None:
        """Drop what is known of a torrent: it is being removed and added anew."""
        self._rows.pop(torrent_id, None)
        self.removed.discard(torrent_id)

    def take_alerts(self) -> list[Alert]:
        """Alerts since the last call, oldest first."""
        taken = list(self._alerts)
        self._alerts.clear()
        return taken

    async def tracker_trouble(self, torrent_id: str) -> Reason | None:
        """`tracker-failed` (params: host, text) when every tracker of the torrent fails; None else, or without any."""
        sources = (await self._client.details(torrent_id, frozenset({Detail.TRACKERS}))).trackers or ()
        rows = [source for source in sources if source.is_tracker]
        if not rows or any(row.state not in _FAILING for row in rows):
            return None
        return Reason("tracker-failed", {"host": urlsplit(rows[0].url).hostname or "", "text": rows[0].message})

    async def news(self, timeout_seconds: float) -> None:
        """Return when an update has come, or after `timeout_seconds`."""
        try:
            async with asyncio.timeout(max(timeout_seconds, 0)):
                await self._news.wait()
        except TimeoutError:
            return
        self._news.clear()

    def _take(self, update: Update) -> None:
        for torrent_id in update.removed:
            self._rows.pop(torrent_id, None)
            self.removed.add(torrent_id)
        for row in update.changed:
            # One that was removed may have been added again.
            self._rows[row.torrent_id] = row
            self.removed.discard(row.torrent_id)
        self.totals = update.totals
        self._alerts.extend(update.alerts)
        self._news.set()
