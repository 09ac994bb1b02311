"""What is kept of a torrent across restarts, and how much of it is believed at the next start."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field

from shoal.metainfo.bitfield import all_pieces, from_wire, span
from shoal.metainfo.file_layout import FileLayout
from shoal.protocol.errors import ProtocolError
from shoal.runtime.world import FileStat

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
