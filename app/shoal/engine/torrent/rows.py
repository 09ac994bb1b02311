"""A torrent's immutable pictures: its table row and the parts of its detail pane."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.commands import Detail
from shoal.api.details import FileRow, PeerRow, TorrentDetails
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.metainfo.bitfield import all_pieces, span
from shoal.metainfo.priorities import done_bytes_per_file

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.torrent import Torrent

SHOWS_PROGRESS = frozenset({TorrentState.CHECKING, TorrentState.ALLOCATING})
STRIP_CELLS = 128
NOBODY, IN_SWARM, RARE, HAVE, NOT_WANTED = range(5)
MISSING, IN_FLIGHT, DONE = 0, 1, 3
_STATE_OF_DIGIT = bytes.maketrans(b"01", bytes((MISSING, DONE)))


def torrent_row(torrent: Torrent, now: float) -> TorrentRow:
    """The row of `torrent` as of `now` (monotonic seconds)."""
    picker, counters, announcer = torrent.picker, torrent.counters, torrent.announcer
    is_running = torrent.lifecycle.is_running
    seeds, sending, receiving = torrent.swarm.counts(now)
    done = torrent.wanted_done
    wanted = torrent.selection.wanted_bytes
    piece_count = torrent.piece_count
    return TorrentRow(
        torrent_id=torrent.torrent_id,
        name=torrent.name,
        state=torrent.lifecycle.state,
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
        known_peers=torrent.swarm.known.count,
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
        reason=torrent.reason(now),
        missing_pieces=(picker.missing & ~torrent.availability.present).bit_count() if torrent.swarm.connected else 0,
        largest_file_name=torrent.largest_file_name,
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
    )


def piece_strip(torrent: Torrent) -> bytes:
    """At most STRIP_CELLS cells. What nobody has is always shown; of the rest as many cells say *have* as is true."""
    count = torrent.piece_count
    if not count:
        return b""
    have, wanted = torrent.picker.have, torrent.picker.wanted
    everything = all_pieces(count)
    cells = min(count, STRIP_CELLS)
    if have == everything:
        return bytes((HAVE,)) * cells
    connected = bool(torrent.swarm.connected)
    present = torrent.availability.present if connected else 0
    single = torrent.availability.single if connected else 0
    strip = bytearray(cells)
    owed = 0.0
    for cell in range(cells):
        mask = span(cell * count // cells, (cell + 1) * count // cells)
        missing = mask & wanted & ~have
        if not missing:
            strip[cell] = HAVE if mask & have else NOT_WANTED
            continue
        # A cell of several pieces is partly there: what it does not show is shown by the next.
        owed += 1.0 - missing.bit_count() / (mask & wanted).bit_count()
        if missing & ~present:
            strip[cell] = NOBODY
        elif owed >= 0.5:
            owed -= 1.0
            strip[cell] = HAVE
        elif missing & single:
            strip[cell] = RARE
        else:
            strip[cell] = IN_SWARM
    return bytes(strip)


def torrent_details(torrent: Torrent, parts: frozenset[Detail], now: float) -> TorrentDetails:
    """The `parts` of the detail pane."""
    metainfo = torrent.metainfo
    return TorrentDetails(
        torrent_id=torrent.torrent_id,
        files=_file_rows(torrent) if Detail.FILES in parts else None,
        peers=tuple(_peer_row(torrent, peer) for peer in torrent.swarm.peers()) if Detail.PEERS in parts else None,
        trackers=torrent.announcer.rows(now) if Detail.TRACKERS in parts else None,
        pieces=_piece_states(torrent) if Detail.PIECES in parts else None,
        piece_length=metainfo.piece_length,
        info_hash_v1=metainfo.info_hash_v1.hex() if metainfo.info_hash_v1 else "",
        info_hash_v2=metainfo.info_hash_v2.hex() if metainfo.info_hash_v2 else None,
        comment=metainfo.comment,
    )


def _file_rows(torrent: Torrent) -> tuple[FileRow, ...]:
    layout = torrent.metainfo.layout
    done = done_bytes_per_file(layout, torrent.picker.have)
    return tuple(
        FileRow(index, "/".join(entry.path), entry.size, done[index], priority, entry.is_pad)
        for index, (entry, priority) in enumerate(zip(layout.files, torrent.selection.priorities, strict=True))
    )


def _peer_row(torrent: Torrent, peer: PeerConnection) -> PeerRow:
    return PeerRow(
        host=peer.address.host,
        port=peer.address.port,
        client=peer.client,
        has=peer.bits.bit_count() / max(1, torrent.piece_count),
        down_rate=peer.down_rate,
        up_rate=peer.up_rate,
        downloaded=peer.downloaded,
        uploaded=peer.uploaded,
        is_incoming=peer.is_incoming,
        am_choking=peer.am_choking,
        am_interested=peer.am_interested,
        peer_choking=peer.peer_choking,
        peer_interested=peer.peer_interested,
        is_snubbed=peer.is_snubbed,
        source=peer.source,
    )


def _piece_states(torrent: Torrent) -> bytes:
    count = torrent.piece_count
    # One binary digit per piece, turned into states in one pass.
    digits = f"{torrent.picker.have:0{count}b}"[::-1].encode()
    states = bytearray(digits.translate(_STATE_OF_DIGIT))
    for index in torrent.download.open_pieces:
        if not states[index]:
            states[index] = IN_FLIGHT
    return bytes(states)
