"""A torrent's row of the table, as an immutable picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.engine.torrent.reasons import failed_move, is_on_its_way, shown_reason
from shoal.engine.torrent.strips import PieceSets, strip

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

SHOWS_PROGRESS = frozenset({TorrentState.CHECKING, TorrentState.ALLOCATING, TorrentState.MOVING})
STRIP_CELLS = 128


def torrent_row(torrent: Torrent, now: float) -> TorrentRow:
    """The row of `torrent` as of `now` (monotonic seconds)."""
    picker, counters, announcer = torrent.picker, torrent.counters, torrent.announcer
    is_running = torrent.lifecycle.is_running
    known = torrent.swarm.known
    is_seen = torrent.swarm.is_seen(now)
    seeds, sending, receiving = torrent.swarm.counts(now)
    done = torrent.wanted_done
    wanted = torrent.selection.wanted_bytes
    piece_count = torrent.piece_count
    return TorrentRow(
        torrent_id=torrent.torrent_id,
        name=torrent.name,
        state=TorrentState.QUEUED if is_on_its_way(torrent) else torrent.lifecycle.state,
        size=torrent.metainfo.size,
        wanted=wanted,
        wanted_done=done,
        check_progress=torrent.check_progress if torrent.lifecycle.state in SHOWS_PROGRESS else 0.0,
        down_rate=counters.down_rate,
        up_rate=counters.up_rate,
        downloaded=counters.downloaded,
        uploaded=counters.uploaded,
        wasted=counters.wasted,
        eta=torrent.seconds_left,
        peers=len(torrent.swarm.connected),
        seeds=seeds,
        sending_peers=sending,
        receiving_peers=receiving,
        known_peers=known.unfinished if torrent.is_seeding else known.count,
        swarm_seeds=announcer.swarm_seeds,
        swarm_leeches=announcer.swarm_leeches,
        availability=torrent.availability.copies(),
        pieces_total=piece_count,
        pieces_done=picker.have.bit_count(),
        piece_strip=piece_strip(torrent),
        private=torrent.metainfo.private,
        queue_position=torrent.queue_position,
        folder=torrent.record.folder,
        tracker_host=announcer.tracker_host,
        down_limit=int(torrent.down_bucket.rate),
        up_limit=int(torrent.up_bucket.rate),
        sequential=torrent.selection.sequential,
        added_at=torrent.record.added_at,
        completed_at=torrent.record.completed_at,
        next_announce_in=announcer.next_announce_in(now) if is_running else None,
        in_dht=torrent.dht_search.is_on and is_running,
        reason=shown_reason(torrent, now),
        missing_pieces=(picker.missing & ~torrent.availability.present).bit_count() if is_seen else 0,
        swarm_is_seen=is_seen,
        largest_file_name=torrent.disk.placement.names.largest,
        label=torrent.record.label,
        first_last_first=torrent.selection.first_last_first,
        is_started=torrent.record.is_started,
        skips_queue=torrent.record.skips_queue,
        file_count=torrent.file_count,
        files_first=torrent.selection.files_first,
        trackers=announcer.tracker_hosts,
        content_path=torrent.content_path,
        active_seconds=counters.active_seconds,
        last_activity=counters.last_activity,
        events_revision=torrent.events_revision,
        files_revision=torrent.files_revision,
        failed_move=failed_move(torrent.record.failed_move),
        answers=announcer.answers,
    )


def piece_strip(torrent: Torrent) -> bytes:
    """The strip of the whole torrent, at most STRIP_CELLS cells; made anew only when the pieces differ."""
    sets, (known, cells) = piece_sets(torrent), torrent.last_strip
    if sets != known:
        cells = strip(sets, torrent.piece_count, STRIP_CELLS)
        torrent.last_strip = sets, cells
    return cells


def piece_sets(torrent: Torrent) -> PieceSets:
    """What is here, wanted and in the swarm now."""
    availability = torrent.availability
    present, single = (availability.present, availability.single) if torrent.swarm.connected else (0, 0)
    return PieceSets(torrent.picker.have, torrent.picker.wanted, present, single)
