"""Every source of peers of one torrent or magnet link: its trackers, and what else may look for some."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.details import TrackerRow
from shoal.engine.torrent.magnet import Magnet

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

PEER_EXCHANGE = "peer-exchange"
LOCAL_DISCOVERY = "local-discovery"


def source_rows(entry: Entry, now: float) -> tuple[TrackerRow, ...]:
    """The trackers of an entry, then the other sources; of a private one the trackers alone."""
    dht, exchange, local = entry.dht_search.row(now), _exchange_row(entry), _local_row(entry, now)
    return (*entry.announcer.rows(now), *(row for row in (dht, exchange, local) if row is not None))


def _exchange_row(entry: Entry) -> TrackerRow | None:
    """Peer exchange; None where there is none to come, as before the metainfo is here."""
    if isinstance(entry, Magnet) or entry.metainfo.private:
        return None
    exchange = entry.peer_exchange
    if not exchange.is_on:
        return TrackerRow(PEER_EXCHANGE, -1, "off", None, None, 0, None, "")
    tellers = exchange.tellers if entry.lifecycle.is_running else 0
    state = "working" if tellers else "waiting"
    return TrackerRow(PEER_EXCHANGE, -1, state, None, None, exchange.heard, None, "", tellers=tellers)


def _local_row(entry: Entry, now: float) -> TrackerRow | None:
    """Local discovery."""
    if not isinstance(entry, Magnet) and entry.metainfo.private:
        return None
    local = entry.services.sources
    if not local.is_looking:
        return TrackerRow(LOCAL_DISCOVERY, -1, "off", None, None, 0, None, "")
    news = local.news(entry.info_hash)
    if news is None or news.told_at is None:
        return TrackerRow(LOCAL_DISCOVERY, -1, "waiting", None, None, 0, None, "")
    return TrackerRow(
        url=LOCAL_DISCOVERY,
        tier=-1,
        state="working",
        seeds=None,
        leeches=None,
        peers_received=news.found,
        next_announce_in=max(0.0, news.next_at - now),
        message="",
        last_answer_at=entry.world.clock.wall() - (now - news.told_at),
    )
