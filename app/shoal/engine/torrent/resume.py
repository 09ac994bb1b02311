"""What is kept of a torrent across restarts, and how much of it is believed at the next start."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shoal.metainfo.bitfield import all_pieces, from_wire, span
from shoal.metainfo.file_layout import FileLayout
from shoal.protocol.errors import ProtocolError
from shoal.runtime.world import Address, FileStat

if TYPE_CHECKING:
    from shoal.engine.torrent.swarm import Swarm

MOST_PEERS = 50
"""Addresses of peers that are kept for the next start."""

KnownFile = tuple[int, int] | None
"""(bytes, mtime in ns) of a file when its pieces were saved; None = it was not there."""


@dataclass(slots=True)
class TorrentOptions:
    """How a torrent was added, or what was saved of it. Limits in bytes/s, times in seconds since the epoch."""

    folder: str
    added_at: float
    priorities: tuple[int, ...] | None = None
    is_started: bool = True
    sequential: bool = False
    first_last_first: bool = False
    full_allocation: bool = False
    down_limit: int = 0
    up_limit: int = 0
    uploaded: int = 0
    downloaded: int = 0
    wasted: int = 0
    completed_at: float | None = None
    queue_position: int = 0
    extra_trackers: tuple[str, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()
    """Addresses that are dialled at the next start, before any tracker has answered."""
    have_bits: bytes = b""
    """Saved pieces in wire order; empty for a new torrent."""
    known_files: tuple[KnownFile, ...] = field(default=())

    def part_path(self, torrent_id: str) -> str:
        """The hidden file for bytes of skipped files that share a piece with wanted ones."""
        return os.path.join(self.folder, f".{torrent_id}.shoal-parts")

    def forget_files(self) -> None:
        """What was saved of the files no longer counts: everything was just checked."""
        self.have_bits = b""
        self.known_files = ()


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
    options: TorrentOptions,
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
    claimed = have if have and options.known_files else saved_pieces(options, count)
    known = options.known_files if len(options.known_files) == len(layout.files) else (None,) * len(layout.files)
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


def saved_pieces(options: TorrentOptions, count: int) -> int:
    """The pieces that were saved as verified; 0 when nothing readable was."""
    if not options.have_bits:
        return 0
    try:
        return from_wire(options.have_bits, count)
    except ProtocolError:
        return 0
