"""What is kept of a torrent across restarts, and how much of it is believed at the next start."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from shoal.metainfo.bitfield import all_pieces, from_wire, span, to_wire
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.torrent_file import Metainfo
from shoal.protocol.errors import ProtocolError
from shoal.runtime.world import Address, FileStat

if TYPE_CHECKING:
    from shoal.engine.torrent.swarm import Swarm
    from shoal.engine.torrent.torrent import Torrent

MOST_PEERS = 50
"""Addresses of peers that are kept for the next start."""

KnownFile = tuple[int, int] | None
"""(bytes, mtime in ns) of a file when its pieces were saved; None = it was not there."""


@dataclass(frozen=True, slots=True)
class ResumeRecord:
    """Everything about one torrent that a restart needs: how it was added, or what was saved of it.

    Limits in bytes/s, counters in bytes, times in seconds since the epoch. What has no owner of its own in the running
    torrent (label, name, folder, wish to run, trackers ...) is owned by its record and changed with `Torrent.keep`.
    """

    torrent_id: str
    metainfo: bytes
    folder: str
    have_bits: bytes = b""
    """Verified pieces in the bit order of the wire; empty when none were ever saved."""
    file_stats: tuple[KnownFile, ...] = ()
    """Each file when the pieces were saved."""
    priorities: tuple[int, ...] = ()
    """A `FilePriority` value per file; empty = all normal."""
    is_started: bool = True
    """The user wants it to run."""
    sequential: bool = False
    first_last_first: bool = False
    full_allocation: bool = False
    down_limit: int = 0
    up_limit: int = 0
    uploaded: int = 0
    downloaded: int = 0
    wasted: int = 0
    added_at: float = 0.0
    completed_at: float | None = None
    active_seconds: float = 0.0
    """How long it has been running, in all."""
    last_activity: float | None = None
    """Of the last payload byte in either direction."""
    queue_position: int = 0
    """Grows along the list; 0 = not in it yet. What is shown has no gaps."""
    skips_queue: bool = False
    label: str = ""
    name: str = ""
    """What the list shows instead of the metainfo's name; empty = that one."""
    tiers: tuple[tuple[str, ...], ...] | None = None
    """Trackers instead of the metainfo's, once those were edited; None = as the metainfo says."""
    extra_trackers: tuple[str, ...] = ()
    """Trackers that were added; asked after the others, a tier each."""
    tracker_order: tuple[str, ...] = ()
    """Trackers of the tiers that have several, as they were tried last."""
    renamed_paths: tuple[tuple[int, str], ...] = ()
    """(index of the file, its path inside the torrent with `/`) of files that are called otherwise than at first; index
    -1 is the torrent's own folder."""
    journal: tuple[str, ...] = ()
    """What is being done to its files and must be finished or brought back after a kill; see torrent/relocating."""
    failed_move: tuple[str, ...] = ()
    """(folder, code of the cause, path in the way, wall-clock second) of a move that was refused or broken off and not
    yet dealt with."""
    shared_from: float | None = None
    """`active_seconds` when it began to be shared; None = it never was."""
    has_shared_enough: bool = False
    """Its goal was reached: started again it is shared without one."""
    peers: tuple[tuple[str, int], ...] = ()
    magnet: str = ""
    """The link it was added by; while `metainfo` is empty, all that is known of it."""
    choose_above: int | None = None
    """See `commands.AddMagnet`; once the metainfo is here 0 says that it waits for its files to be chosen."""

    @property
    def part_path(self) -> str:
        """The hidden file for bytes of skipped files that share a piece with wanted ones."""
        return os.path.join(self.folder, f".{self.torrent_id}.shoal-parts")

    @property
    def has_known_files(self) -> bool:
        """Some of its files were there when the pieces were saved."""
        return any(self.file_stats)

    def without_claim(self) -> ResumeRecord:
        """What was saved of the files no longer counts: someone doubts it."""
        return replace(self, have_bits=b"", file_stats=())

    def tracker_tiers(self, metainfo: Metainfo) -> tuple[tuple[str, ...], ...]:
        """The trackers to ask, in tiers."""
        tiers = metainfo.trackers if self.tiers is None else self.tiers
        return (*tiers, *((url,) for url in self.extra_trackers))


def record_of(torrent: Torrent) -> ResumeRecord:
    """What is worth keeping of `torrent` now. `file_stats` are those saved last; so are the pieces claimed while its
    files are not checked."""
    record, counters, selection = torrent.record, torrent.counters, torrent.selection
    return replace(
        record,
        queue_position=torrent.order_key,
        have_bits=to_wire(torrent.picker.have, torrent.piece_count) if torrent.knows_files else record.have_bits,
        priorities=selection.priorities,
        sequential=selection.sequential,
        first_last_first=selection.first_last_first,
        down_limit=int(torrent.down_bucket.rate),
        up_limit=int(torrent.up_bucket.rate),
        uploaded=counters.uploaded,
        downloaded=counters.downloaded,
        wasted=counters.wasted,
        active_seconds=counters.active_seconds,
        last_activity=counters.last_activity,
        tracker_order=torrent.announcer.order,
        peers=peers_to_keep(torrent.swarm, record.peers),
    )


def is_as_kept(record: ResumeRecord, piece_count: int, have: int, stats: Sequence[FileStat | None]) -> bool:
    """The record says already that these pieces are there, in files that look like `stats`."""
    found = tuple(None if stat is None else (stat.size, stat.mtime_ns) for stat in stats)
    return found == record.file_stats and have == saved_pieces(record, piece_count)


def peers_to_keep(swarm: Swarm, older: Iterable[tuple[str, int]]) -> tuple[tuple[str, int], ...]:
    """At most MOST_PEERS addresses worth dialling at the next start, the best first.

    Those we reached and traded with, then those we are only connected to, then the `older` ones: a start without a
    connection must not forget them. Of a peer that called us we do not know where it listens.
    """
    reached = [peer for peer in swarm.connected.values() if not peer.is_incoming]
    reached.sort(key=lambda peer: peer.downloaded + peer.uploaded, reverse=True)
    traded = [peer.address for peer in reached if peer.downloaded or peer.uploaded]
    idle = [peer.address for peer in reached if not (peer.downloaded or peer.uploaded)]
    kept: dict[tuple[str, int], None] = {}
    for host, port in (*traded, *swarm.known.useful(), *idle, *older):
        if not swarm.known.is_banned(Address(host, port)):
            kept[host, port] = None
    return tuple(itertools.islice(kept, MOST_PEERS))


def trusted_at_start(
    record: ResumeRecord,
    layout: FileLayout,
    stats: Sequence[FileStat | None],
    have: int,
    *,
    lacking: int,
    check_existing: bool,
) -> tuple[int, int]:
    """(pieces believed, pieces to check) for files that look like `stats` now, one entry per file.

    `have` are pieces verified in this run; otherwise the saved ones count. `lacking` are pieces without all their
    bytes on the disk. A file that is as it was (size and mtime) is believed; one that differs is checked wherever it
    has bytes, claimed or not, so that pieces written just before a crash are found. Without `check_existing` only
    claimed pieces are checked.
    """
    count = layout.geometry.piece_count
    claimed = have if have and record.file_stats else saved_pieces(record, count)
    known = record.file_stats if len(record.file_stats) == len(layout.files) else (None,) * len(layout.files)
    changed = 0
    for index, (entry, saved, stat) in enumerate(zip(layout.files, known, stats, strict=True)):
        if entry.is_pad or not entry.size or stat is None or not stat.is_regular:
            continue
        if saved is None or tuple(saved) != (stat.size, stat.mtime_ns):
            pieces = layout.pieces_of_file(index)
            changed |= span(pieces.start, pieces.stop)
    if not check_existing:
        changed &= claimed
    present = all_pieces(count) & ~lacking
    return claimed & ~changed & present, changed & present


def saved_pieces(record: ResumeRecord, count: int) -> int:
    """The pieces that were saved as verified; 0 when nothing readable was."""
    if not record.have_bits:
        return 0
    try:
        return from_wire(record.have_bits, count)
    except ProtocolError:
        return 0
