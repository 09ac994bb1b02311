"""The row and the details of a magnet link whose metainfo is not known."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.commands import Detail
from shoal.api.details import PeerRow, TorrentDetails
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.engine.torrent.dht_search import looks_again_in
from shoal.engine.torrent.sources import source_rows
from shoal.metainfo.magnet import MagnetLink, link_text

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.magnet import Magnet


def magnet_row(magnet: Magnet, now: float) -> TorrentRow:
    """The row of `magnet` as of `now` (monotonic seconds)."""
    record, announcer = magnet.record, magnet.announcer
    is_running = magnet.lifecycle.is_running
    return TorrentRow(
        torrent_id=magnet.torrent_id,
        name=magnet.name,
        state=magnet.lifecycle.state,
        size=0,
        wanted=0,
        wanted_done=0,
        check_progress=0.0,
        down_rate=0.0,
        up_rate=0.0,
        downloaded=0,
        uploaded=0,
        wasted=0,
        eta=None,
        peers=len(magnet.swarm.connected),
        seeds=0,
        sending_peers=0,
        receiving_peers=0,
        known_peers=magnet.swarm.known.count,
        swarm_seeds=announcer.swarm_seeds,
        swarm_leeches=announcer.swarm_leeches,
        availability=0.0,
        pieces_total=0,
        pieces_done=0,
        piece_strip=b"",
        private=False,
        queue_position=magnet.queue_position,
        folder=record.folder,
        tracker_host=announcer.tracker_host,
        down_limit=int(magnet.down_bucket.rate),
        up_limit=int(magnet.up_bucket.rate),
        sequential=record.sequential,
        added_at=record.added_at,
        completed_at=None,
        next_announce_in=announcer.next_announce_in(now) if is_running else None,
        in_dht=magnet.dht_search.is_on and is_running,
        reason=shown_reason(magnet, now),
        label=record.label,
        first_last_first=record.first_last_first,
        is_started=record.is_started,
        skips_queue=record.skips_queue,
        file_count=0,
        trackers=announcer.tracker_hosts,
        active_seconds=magnet.counters.active_seconds,
        events_revision=magnet.events_revision,
        has_metainfo=False,
        swarm_is_seen=False,
    )


def shown_reason(magnet: Magnet, now: float) -> Reason | None:
    """What it waits for, or what is wrong."""
    state = magnet.lifecycle.state
    if magnet.failure is not None:
        return magnet.failure
    if state is TorrentState.QUEUED:
        return magnet.queue_reason
    if state is not TorrentState.DOWNLOADING:
        return None
    progress = magnet.progress()
    if progress.asked:
        params = {"asked": progress.asked, "offering": progress.offering}
        if progress.received:
            params["percent"] = min(99, 100 * progress.received // progress.size)
        return Reason("asking-metadata", {**params, "seconds": int(magnet.counters.active_seconds) // 60 * 60})
    if progress.trouble is not None:
        return progress.trouble
    next_in = looks_again_in(magnet, now)
    if magnet.announcer.has_answered or magnet.dht_search.has_answered or next_in is None:
        return Reason("no-peers", {} if next_in is None else {"next_in": next_in})
    return Reason("finding")


def magnet_details(magnet: Magnet, parts: frozenset[Detail]) -> TorrentDetails:
    """The `parts` of the detail pane that can be told without metainfo, but `Detail.EVENTS`."""
    now = magnet.world.clock.now()
    v1, v2 = magnet.link.info_hash_v1, magnet.link.info_hash_v2
    peers = tuple(_peer_row(peer, now) for peer in magnet.swarm.connected.values())
    return TorrentDetails(
        torrent_id=magnet.torrent_id,
        files=() if Detail.FILES in parts else None,
        peers=peers if Detail.PEERS in parts else None,
        trackers=source_rows(magnet, now) if Detail.TRACKERS in parts else None,
        pieces=b"" if Detail.PIECES in parts else None,
        availability=b"" if Detail.PIECES in parts else None,
        open_pieces=() if Detail.PIECES in parts else None,
        file_done=b"" if Detail.FILE_PROGRESS in parts else None,
        file_priorities=b"" if Detail.FILE_PROGRESS in parts else None,
        info_hash_v1="" if v1 is None else v1.hex(),
        info_hash_v2=None if v2 is None else v2.hex(),
        magnet=link_text(_shared(magnet)),
    )


def _shared(magnet: Magnet) -> MagnetLink:
    """The link with the trackers that it has now."""
    link = magnet.link
    return MagnetLink(
        info_hash_v1=link.info_hash_v1,
        info_hash_v2=link.info_hash_v2,
        name=link.name,
        trackers=magnet.announcer.tiers,
        web_seeds=link.web_seeds,
    )


def _peer_row(peer: PeerConnection, now: float) -> PeerRow:
    return PeerRow(
        host=peer.address.host,
        port=peer.address.port,
        client=peer.client,
        has=0.0,
        down_rate=0.0,
        up_rate=0.0,
        downloaded=0,
        uploaded=0,
        is_incoming=peer.is_incoming,
        am_choking=peer.am_choking,
        am_interested=False,
        peer_choking=peer.peer_choking,
        peer_interested=peer.peer_interested,
        is_snubbed=False,
        source=peer.source,
        connected_seconds=max(0.0, now - peer.connected_at),
    )
