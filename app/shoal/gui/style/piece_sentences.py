"""What can be said of one cell of the piece map, in one line. Pure functions."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from shoal.api.details import FileRow
from shoal.gui.style.numbers import whole
from shoal.gui.style.units import size_text
from shoal.gui.style.wording import isolated, say, say_count

MOST_NAMED = 3
MANY_COPIES = 255


@dataclass(frozen=True, slots=True)
class FilePlaces:
    """Which files lie in a range of the torrent's bytes."""

    files: tuple[FileRow, ...]
    """All of them in the torrent's order, padding too."""
    ends: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.ends.extend(accumulate(entry.size for entry in self.files))

    @property
    def total(self) -> int:
        return self.ends[-1] if self.ends else 0

    def between(self, start: int, end: int) -> Sequence[FileRow]:
        """The files with bytes in `start` to `end` (excluded), at most one more than are named; no padding."""
        first = bisect_right(self.ends, start)
        found: list[FileRow] = []
        for entry in self.files[first : bisect_left(self.ends, end) + 1]:
            if entry.size and not entry.is_pad:
                found.append(entry)
        return found


def piece_size(index: int, piece_length: int, total: int) -> int:
    """Bytes of a piece: the last one may be short. `total` 0 is not known."""
    return min(piece_length, total - index * piece_length) if total else piece_length


def copies_text(copies: int) -> str:
    """How many connected peers have it."""
    if copies >= MANY_COPIES:
        return say_count(MANY_COPIES, "{n} copy or more", "{n} copies or more")
    return say_count(copies, "{n} copy", "{n} copies")


def files_text(files: Sequence[FileRow]) -> str:
    """The names of the files, the last ones counted only."""
    names = ", ".join(isolated(entry.path.rpartition("/")[2]) for entry in files[:MOST_NAMED])
    if len(files) > MOST_NAMED:
        more = len(files) - MOST_NAMED
        return say_count(more, "{names} and {n} more", "{names} and {n} more", names=names)
    return names


def piece_line(
    index: int, size: int, kind: str, copies: int | None, files: Sequence[FileRow], senders: Sequence[str], done: int
) -> str:
    """`Piece 311 · in flight · 4.2 MB · 5 copies · Dawn chorus.flac · 10.0.0.3:6881 sends it`."""
    parts = [say("Piece {index}", index=whole(index)), kind]
    parts.append(say("{done} of {size}", done=size_text(done), size=size_text(size)) if done else size_text(size))
    if copies is not None:
        parts.append(copies_text(copies))
    if files:
        parts.append(files_text(files))
    if len(senders) == 1:
        parts.append(say("asked of {peer}", peer=senders[0]))
    elif senders:
        parts.append(say("asked of {peers}", peers=", ".join(senders)))
    return " \u00b7 ".join(part for part in parts if part)


def range_line(first: int, count: int, have: int, copies: int | None, files: Sequence[FileRow], in_flight: int) -> str:
    """The same for a cell that stands for several pieces; `copies` is that of the rarest that is not here."""
    parts = [
        say("Pieces {first} to {last}", first=whole(first), last=whole(first + count - 1)),
        say_count(count, "{have} of {n} here", "{have} of {n} here", have=whole(have)),
    ]
    if in_flight:
        parts.append(say_count(in_flight, "{n} in flight", "{n} in flight"))
    if copies is not None:
        parts.append(say("rarest: {copies}", copies=copies_text(copies)))
    if files:
        parts.append(files_text(files))
    return " \u00b7 ".join(parts)
