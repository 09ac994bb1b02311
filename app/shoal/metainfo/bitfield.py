"""A set of pieces as one Python int: piece i is the bit `1 << i`; to and from the bit order of the wire (BEP 3).

Whole sets are joined, cut and counted with `|`, `&`, `& ~` and `int.bit_count()`; these functions do the rest.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from shoal.protocol.errors import ProtocolError

if TYPE_CHECKING:
    import random

_REVERSED_BITS = bytes(int(f"{value:08b}"[::-1], 2) for value in range(256))


def from_wire(data: bytes | bytearray | memoryview, count: int) -> int:
    """The set that a `bitfield` message of a torrent with `count` pieces carries (BEP 3: high bit of byte 0 first).

    Raises ProtocolError when the length is wrong or a spare bit at the end is set.
    """
    if len(data) != (count + 7) // 8:
        raise ProtocolError(f"a bitfield of {len(data)} bytes for {count} pieces")
    bits = int.from_bytes(bytes(data).translate(_REVERSED_BITS), "little")
    if bits >> count:
        raise ProtocolError("a bitfield with spare bits set")
    return bits


def to_wire(bits: int, count: int) -> bytes:
    """The payload of a `bitfield` message for `bits` of a torrent with `count` pieces."""
    return bits.to_bytes((count + 7) // 8, "little").translate(_REVERSED_BITS)


def all_pieces(count: int) -> int:
    """The set of pieces 0 .. count - 1."""
    return (1 << count) - 1


def span(first: int, stop: int) -> int:
    """The set of pieces first .. stop - 1; empty when stop <= first."""
    return ((1 << (stop - first)) - 1) << first if stop > first else 0


def of_pieces(pieces: Sequence[int], count: int) -> int:
    """The set of these `pieces`, each below `count`; cheap however many they are."""
    if len(pieces) == 1:
        return 1 << pieces[0]
    digits = bytearray((count + 7) // 8)
    for piece in pieces:
        digits[piece >> 3] |= 1 << (piece & 7)
    return int.from_bytes(digits, "little")


def lowest(bits: int) -> int:
    """The lowest piece of a set; raises ValueError on an empty one."""
    if not bits:
        raise ValueError("an empty set has no lowest piece")
    return (bits & -bits).bit_length() - 1


def iterate(bits: int) -> Iterator[int]:
    """Every piece of the set in rising order; `bits` is read once, so the caller may go on with a changed one."""
    # Big ints cost O(length) per operation, so the walk is over 64-bit words and never touches the whole again.
    words = (bits.bit_length() + 63) // 64
    data = bits.to_bytes(words * 8, "little")
    base = 0
    for (word,) in struct.iter_unpack("<Q", data):
        rest = word
        while rest:
            low = rest & -rest
            yield base + low.bit_length() - 1
            rest ^= low
        base += 64


def pick_random(bits: int, rng: random.Random) -> int:
    """Some piece of a non-empty set: the first one at or after a random place, going round at the end.

    Not uniform: a piece is as likely as the gap before it is long. That spreads first choices over a torrent, which is
    all that random-first picking needs, in two operations on the whole set. Raises ValueError on an empty set.
    """
    if not bits:
        raise ValueError("an empty set has no piece to pick")
    place = rng.randrange(bits.bit_length())
    # The highest bit is set and lies at or after every place, so the shifted rest is never empty.
    return place + lowest(bits >> place)
