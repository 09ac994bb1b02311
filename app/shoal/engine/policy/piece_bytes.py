"""Sets of pieces as one byte per piece, without a step in Python for each piece.

A plane (an int in which piece i is bit i) is written as binary digits, one byte each; planes are then joined as numbers
in base 256, which is a handful of copies however many pieces there are.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_ZERO_ONE = bytes.maketrans(b"01", b"\0\1")
MISSING, IN_FLIGHT, DONE, NOT_WANTED = 0, 1, 3, 4
"""States of `api.details.TorrentDetails.pieces`."""
MOST = 255
LEVELS = 8


def counts(planes: Sequence[int], everywhere: int, count: int) -> bytes:
    """For each of `count` pieces the number that the bit `planes` spell, plus `everywhere`; at most 255."""
    total = 0
    beyond = 0
    for level, plane in enumerate(planes):
        if level < LEVELS:
            total |= _spread(plane, count) << level
        else:
            beyond |= plane
    if beyond:
        total |= _spread(beyond, count) * MOST
    return total.to_bytes(count, "little").translate(bytes(min(MOST, number + everywhere) for number in range(256)))


def states(have: int, wanted: int, open_pieces: Iterable[int], count: int) -> bytes:
    """The state of each of `count` pieces: MISSING, IN_FLIGHT, DONE or NOT_WANTED."""
    unwanted = ((1 << count) - 1) & ~(wanted | have)
    result = bytearray((_spread(have, count) * DONE | _spread(unwanted, count) * NOT_WANTED).to_bytes(count, "little"))
    for index in open_pieces:
        if result[index] == MISSING:
            result[index] = IN_FLIGHT
    return bytes(result)


def _spread(plane: int, count: int) -> int:
    """The number whose byte i is 1 where the plane has bit i."""
    return int.from_bytes(f"{plane:0{count}b}".encode().translate(_ZERO_ONE), "big") if plane else 0
