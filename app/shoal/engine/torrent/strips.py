"""Piece strips: what of a range of pieces is here, in the swarm, rare or nowhere, in a few cells."""

from __future__ import annotations

from typing import NamedTuple

from shoal.metainfo.bitfield import all_pieces, span

NOBODY, IN_SWARM, RARE, HAVE, NOT_WANTED = range(5)
"""Cells as in `api.snapshots.TorrentRow.piece_strip`."""


class PieceSets(NamedTuple):
    """Sets of the same pieces, as ints: verified, wanted, had by some connected peer, had by exactly one."""

    have: int
    wanted: int
    present: int
    single: int


def strip(sets: PieceSets, count: int, most_cells: int) -> bytes:
    """At most `most_cells` cells for `count` pieces.

    What nobody has is always shown; of the rest as many cells say *have* as is true. While no peer has anything, or
    none is connected, all of it is the rest.
    """
    if not count:
        return b""
    have, wanted, present, single = sets
    cells = min(count, most_cells)
    if have == all_pieces(count):
        return bytes((HAVE,)) * cells
    result = bytearray(cells)
    owed = 0.0
    for cell in range(cells):
        mask = span(cell * count // cells, (cell + 1) * count // cells)
        missing = mask & wanted & ~have
        if not missing:
            result[cell] = HAVE if mask & have else NOT_WANTED
            continue
        # A cell of several pieces is partly there: what it does not show is shown by the next.
        owed += 1.0 - missing.bit_count() / (mask & wanted).bit_count()
        if present and missing & ~present:
            result[cell] = NOBODY
        elif owed >= 0.5:
            owed -= 1.0
            result[cell] = HAVE
        elif not present:
            result[cell] = NOBODY
        elif missing & single:
            result[cell] = RARE
        else:
            result[cell] = IN_SWARM
    return bytes(result)


class PieceWindows:
    """Cuts ranges out of large sets: each set is turned into bytes once, so that a cut costs only its own length."""

    def __init__(self, sets: PieceSets, count: int) -> None:
        length = (count + 7) // 8 + 1
        self._data = tuple(bits.to_bytes(length, "little") for bits in sets)

    def cut(self, pieces: range) -> PieceSets:
        """The sets of these pieces alone, the first of them as bit 0."""
        first, last = pieces.start >> 3, (pieces.stop >> 3) + 1
        mask = all_pieces(len(pieces))
        return PieceSets(
            *(int.from_bytes(data[first:last], "little") >> (pieces.start & 7) & mask for data in self._data)
        )
