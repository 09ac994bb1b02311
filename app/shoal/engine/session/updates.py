"""Beats to front ends: only the rows that changed since each subscriber's last one, as one immutable update."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, KeysView
from itertools import islice

from shoal.api.snapshots import Alert, SessionTotals, TorrentRow, Update

logger = logging.getLogger(__name__)

MOST_ALERTS_KEPT = 200
"""Alerts that wait for one subscriber's beat; the oldest go first."""
MOST_ROWS = 1_000
"""Changed rows of one update: when thousands change at once the others come with the session's next beats."""


class UpdateSubscription:
    """One subscriber's view of what it has not heard yet."""

    def __init__(self, feed: UpdateFeed, receiver: Callable[[Update], None], beat_seconds: float) -> None:
        self._feed = feed
        self._receiver = receiver
        self._beat_seconds = beat_seconds
        self._next_beat = 0.0
        self._sequence = 0
        self._wants_all = True
        self._changed: dict[str, None] = {}
        """Those that have waited longest come first."""
        self._removed: set[str] = set()
        self._alerts: list[Alert] = []
        self._last_totals: SessionTotals | None = None

    def close(self) -> None:
        self._feed.drop(self)

    def changed(self, torrent_id: str) -> None:
        self._changed[torrent_id] = None

    def removed(self, torrent_id: str) -> None:
        self._changed.pop(torrent_id, None)
        self._removed.add(torrent_id)

    def alert(self, alert: Alert) -> None:
        self._alerts = [*self._alerts[1 - MOST_ALERTS_KEPT :], alert]

    def is_due(self, now: float) -> bool:
        return now >= self._next_beat

    def beat(
        self,
        now: float,
        present: KeysView[str],
        row_of: Callable[[str], TorrentRow],
        totals: SessionTotals,
        *,
        is_last: bool = False,
    ) -> None:
        """Send what changed, if anything did; at the last beat all of it."""
        most = len(self._changed) if self._wants_all or is_last else MOST_ROWS
        told = list(islice(self._changed, most))
        self._next_beat = now + self._beat_seconds
        ids: Iterable[str] = present if self._wants_all else (one for one in told if one in present)
        changed = tuple(row_of(torrent_id) for torrent_id in ids)
        removed = tuple(sorted(self._removed - present))
        is_news = changed or removed or self._alerts or totals != self._last_totals or self._wants_all
        if not is_news:
            return
        update = Update(self._sequence, changed, removed, totals, tuple(self._alerts))
        self._sequence += 1
        self._wants_all = False
        for torrent_id in told:
            del self._changed[torrent_id]
        if self._changed:
            self._next_beat = now
        self._removed.clear()
        self._alerts = []
        self._last_totals = totals
        self._receiver(update)


class UpdateFeed:
    """All subscribers of a session."""

    def __init__(self) -> None:
        self._subscriptions: list[UpdateSubscription] = []
        self._unheard: list[Alert] = []
        """Alerts from before there was anybody to tell."""

    def subscribe(self, receiver: Callable[[Update], None], beat_seconds: float) -> UpdateSubscription:
        subscription = UpdateSubscription(self, receiver, beat_seconds)
        self._subscriptions.append(subscription)
        for alert in self._unheard:
            subscription.alert(alert)
        self._unheard = []
        return subscription

    def drop(self, subscription: UpdateSubscription) -> None:
        if subscription in self._subscriptions:
            self._subscriptions.remove(subscription)

    def changed(self, torrent_id: str) -> None:
        for subscription in self._subscriptions:
            subscription.changed(torrent_id)

    def removed(self, torrent_id: str) -> None:
        for subscription in self._subscriptions:
            subscription.removed(torrent_id)

    def alert(self, alert: Alert) -> None:
        if not self._subscriptions:
            self._unheard = [*self._unheard[1 - MOST_ALERTS_KEPT :], alert]
        for subscription in self._subscriptions:
            subscription.alert(alert)

    def beat(
        self,
        now: float,
        present: KeysView[str],
        row_of: Callable[[str], TorrentRow],
        totals: Callable[[], SessionTotals],
        *,
        is_last: bool = False,
    ) -> None:
        """Serve the subscribers whose beat has come; all of them at the last beat."""
        due = [subscription for subscription in self._subscriptions if is_last or subscription.is_due(now)]
        if due:
            state = totals()
            for subscription in due:
                try:
                    subscription.beat(now, present, row_of, state, is_last=is_last)
                except Exception:  # a front end's fault must not cost the others their beat, nor stop a closing
                    logger.exception("a subscriber to updates failed")
