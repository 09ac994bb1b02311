"""The parts of a torrent's detail pane; only those that are asked for are computed, the long ones in a worker."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, TypeVar

from shoal.api.commands import Detail
from shoal.api.details import FileRow, OpenPiece, PeerRow, SourceCount, TorrentDetails
from shoal.engine.policy.piece_bytes import counts, states
from shoal.engine.torrent.file_progress import FileProgress
from shoal.engine.torrent.rows import piece_sets
from shoal.engine.torrent.sources import source_rows
from shoal.engine.torrent.strips import PieceWindows, strip
from shoal.metainfo.magnet import magnet_link
from shoal.metainfo.priorities import done_bytes_per_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.torrent.torrent import Torrent

T = TypeVar("T")

FILE_STRIP_CELLS = 64
MOST_STRIPS = 500
"""Files whose strips are made at once; nobody sees more."""
MANY_FILES = 1_000
MANY_PIECES = 50_000
"""From so many on a worker does it, so that the loop goes on."""


async def torrent_details(torrent: Torrent, parts: frozenset[Detail], strips_of: Iterable[int] = ()) -> TorrentDetails:
    """The `parts` of the detail pane but `Detail.EVENTS`, which the session keeps."""
    metainfo = torrent.metainfo
    now = torrent.world.clock.now()
    pieces = availability = open_pieces = None
    failed: tuple[int, ...] = ()
    if Detail.PIECES in parts:
        pieces, availability = await _piece_bytes(torrent)
        open_pieces = _open_pieces(torrent)
        failed = torrent.failed_pieces.lately(now)
    file_done = file_priorities = None
    file_strips: dict[int, bytes] = {}
    if Detail.FILE_PROGRESS in parts:
        if torrent.file_progress is None:
            torrent.file_progress = FileProgress(metainfo.layout, torrent.world.workers)
        file_done = (await torrent.file_progress.update(torrent.picker.have)).tobytes()
        file_priorities = bytes(torrent.selection.priorities)
        file_strips = _file_strips(torrent, strips_of)
    return TorrentDetails(
        torrent_id=torrent.torrent_id,
        files=await _file_rows(torrent) if Detail.FILES in parts else None,
        peers=tuple(_peer_row(torrent, peer, now) for peer in torrent.swarm.peers()) if Detail.PEERS in parts else None,
        sources=_sources(torrent) if Detail.PEERS in parts else None,
        trackers=source_rows(torrent, now) if Detail.TRACKERS in parts else None,
        pieces=pieces,
        availability=availability,
        open_pieces=open_pieces,
        failed_pieces=failed,
        file_done=file_done,
        file_priorities=file_priorities,
        file_strips=file_strips,
        metainfo=torrent.record.metainfo if Detail.METAINFO in parts else None,
        piece_length=metainfo.piece_length,
        info_hash_v1=metainfo.info_hash_v1.hex() if metainfo.info_hash_v1 else "",
        info_hash_v2=metainfo.info_hash_v2.hex() if metainfo.info_hash_v2 else None,
        comment=metainfo.comment,
        created_by=metainfo.created_by,
        created_at=None if metainfo.creation_date is None else float(metainfo.creation_date),
        magnet=magnet_link(metainfo, torrent.announcer.tiers),
    )


async def _file_rows(torrent: Torrent) -> tuple[FileRow, ...]:
    layout, have, priorities = torrent.metainfo.layout, torrent.picker.have, torrent.selection.priorities
    names = torrent.disk.placement.names

    def build() -> tuple[FileRow, ...]:
        done = done_bytes_per_file(layout, have)
        return tuple(
            FileRow(index, "/".join(names.path(index)), entry.size, done[index], priority, entry.is_pad)
            for index, (entry, priority) in enumerate(zip(layout.files, priorities, strict=True))
        )

    return await _run(torrent, build, is_long=len(layout.files) > MANY_FILES)


async def _piece_bytes(torrent: Torrent) -> tuple[bytes, bytes]:
    """(states, availability), a byte per piece."""
    count, picker = torrent.piece_count, torrent.picker
    open_pieces = tuple(torrent.download.open_pieces)
    planes, seeds = torrent.availability.planes, torrent.availability.seeds
    have, wanted = picker.have, picker.wanted

    def build() -> tuple[bytes, bytes]:
        return states(have, wanted, open_pieces, count), counts(planes, seeds, count)

    return await _run(torrent, build, is_long=count > MANY_PIECES)


async def _run(torrent: Torrent, build: Callable[[], T], *, is_long: bool) -> T:
    return await torrent.world.workers.run(build, lane="read") if is_long else build()


def _open_pieces(torrent: Torrent) -> tuple[OpenPiece, ...]:
    asked: dict[int, list[str]] = {}
    for peer in torrent.swarm.connected.values():
        for piece in set(peer.requests.outstanding.values()):
            asked.setdefault(piece.index, []).append(_endpoint(peer))
    return tuple(
        OpenPiece(piece.index, piece.received_bytes, tuple(asked.get(piece.index, ())))
        for piece in torrent.download.pieces
    )


def _endpoint(peer: PeerConnection) -> str:
    host, port = peer.address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _file_strips(torrent: Torrent, indices: Iterable[int]) -> dict[int, bytes]:
    layout = torrent.metainfo.layout
    chosen = [index for index in indices if 0 <= index < len(layout.files)][:MOST_STRIPS]
    if not chosen:
        return {}
    windows = PieceWindows(piece_sets(torrent), torrent.piece_count)
    strips: dict[int, bytes] = {}
    for index in chosen:
        pieces = layout.pieces_of_file(index)
        strips[index] = strip(windows.cut(pieces), len(pieces), FILE_STRIP_CELLS)
    return strips


def _sources(torrent: Torrent) -> tuple[SourceCount, ...]:
    """Who connected by itself is known by its connection alone."""
    connected = Counter(peer.source for peer in torrent.swarm.peers())
    known = torrent.swarm.known.sources
    counts = [
        SourceCount(source, max(known[source], connected[source]), connected[source])
        for source in known.keys() | connected.keys()
    ]
    counts.sort(key=lambda count: (-count.known, count.source))
    return tuple(count for count in counts if count.known)


def _peer_row(torrent: Torrent, peer: PeerConnection, now: float) -> PeerRow:
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
        connected_seconds=max(0.0, now - peer.connected_at),
        requests=len(peer.requests.outstanding),
        is_held_back=torrent.swarm.is_held_back(peer, now),
    )
