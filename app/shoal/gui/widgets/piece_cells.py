"""What each cell of the piece map shows, worked out from the engine's bytes per piece without a loop over pieces."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import IntEnum

MOST_CELLS = 4000


class PieceKind(IntEnum):
    """What is known of a piece; the values are in the order of the legend."""

    HAVE = 0
    IN_FLIGHT = 1
    IN_SWARM = 2
    RARE = 3
    NOBODY = 4
    UNKNOWN = 5
    """Nobody is connected, so nobody can say who has it."""
    NOT_WANTED = 6
    FAILED = 7
    """Arrived damaged in the last minute; it is being fetched again."""


_STATE_MISSING, _STATE_IN_FLIGHT, _STATE_HAVE, _STATE_NOT_WANTED = 0, 1, 3, 4
_WEIGHT = 3
_STATE_WEIGHTS = bytes(min(state, 5) * _WEIGHT for state in range(256))
_COPY_CLASSES = bytes(min(copies, 2) for copies in range(256))


def _kind_table() -> bytes:
    table = bytearray([PieceKind.UNKNOWN] * 256)
    for copies in range(_WEIGHT):
        missing = (PieceKind.NOBODY, PieceKind.RARE, PieceKind.IN_SWARM)[copies]
        table[_STATE_MISSING * _WEIGHT + copies] = missing
        table[_STATE_IN_FLIGHT * _WEIGHT + copies] = PieceKind.IN_FLIGHT
        table[_STATE_HAVE * _WEIGHT + copies] = PieceKind.HAVE
        table[_STATE_NOT_WANTED * _WEIGHT + copies] = PieceKind.NOT_WANTED
    return bytes(table)


_KINDS = _kind_table()


@dataclass(frozen=True, slots=True)
class Cell:
    """One piece, or a range of pieces. `done` is the share that we have, 0..1."""

    kind: PieceKind
    """Of one piece; of a range the most telling kind among what is not here yet, HAVE when all is."""
    done: float
    has_failed: bool = False
    is_in_flight: bool = False


def kinds_of(
    states: bytes, availability: bytes | None, failed: Iterable[int] = (), *, is_anybody_here: bool = True
) -> bytes:
    """One `PieceKind` per piece. `states` and `availability` as in `TorrentDetails.pieces`."""
    count = len(states)
    if not count:
        return b""
    copies = (availability or b"")[:count].ljust(count, b"\0").translate(_COPY_CLASSES)
    # Sums of small bytes as two long integers: no sum reaches 256, so none spills into its neighbour.
    total = int.from_bytes(states.translate(_STATE_WEIGHTS), "little") + int.from_bytes(copies, "little")
    kinds = total.to_bytes(count, "little").translate(_KINDS)
    if availability is None or not is_anybody_here:
        kinds = kinds.replace(bytes((PieceKind.NOBODY,)), bytes((PieceKind.UNKNOWN,)))
    marked = [index for index in failed if 0 <= index < count and kinds[index] != PieceKind.HAVE]
    if marked:
        changed = bytearray(kinds)
        for index in marked:
            changed[index] = PieceKind.FAILED
        kinds = bytes(changed)
    return kinds


def group_size(count: int) -> int:
    """Pieces per cell, so that no more than `MOST_CELLS` cells are drawn."""
    return max(1, -(-count // MOST_CELLS))


_TELLING = (
    PieceKind.FAILED,
    PieceKind.NOBODY,
    PieceKind.RARE,
    PieceKind.UNKNOWN,
    PieceKind.IN_FLIGHT,
    PieceKind.IN_SWARM,
    PieceKind.NOT_WANTED,
)
"""What a range that is not whole is shown as: the first of these that occurs in it."""


_SINGLE = tuple(
    Cell(kind, 1.0 if kind is PieceKind.HAVE else 0.0, kind is PieceKind.FAILED, kind is PieceKind.IN_FLIGHT)
    for kind in PieceKind
)


def cell_of(kinds: bytes, partly_done: dict[int, float], first: int, size: int) -> Cell:
    """The cell of `size` pieces from `first`; `partly_done` has the shares of pieces in flight."""
    if size == 1:
        plain = _SINGLE[kinds[first]]
        if first not in partly_done or plain.kind is PieceKind.HAVE:
            return plain
        return Cell(plain.kind, partly_done[first], plain.has_failed, True)
    part = kinds[first : first + size]
    have = part.count(PieceKind.HAVE)
    in_flight = part.count(PieceKind.IN_FLIGHT) > 0
    if have == len(part):
        return Cell(PieceKind.HAVE, 1.0)
    kind = next(kind for kind in _TELLING if kind in part)
    started = sum(partly_done.get(first + at, 0.0) for at in range(len(part))) if in_flight else 0.0
    return Cell(kind, (have + started) / len(part), PieceKind.FAILED in part, in_flight)


def counts_of(kinds: bytes) -> dict[PieceKind, int]:
    """How many pieces there are of each kind, in the order of the legend."""
    return {kind: kinds.count(kind) for kind in PieceKind}
