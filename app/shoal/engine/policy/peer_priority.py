"""The priority that two peers give each other, the same on both sides (BEP 40). Pure.

Where everybody prefers the same connections, a swarm is one net instead of crowds, and newcomers find room. IPv6 is no
part of the BEP; its masks are twice as wide here, as in libtorrent.
"""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from shoal.engine.policy.dht.node_ids import crc32c

if TYPE_CHECKING:
    from shoal.runtime.world import Address

UNKNOWN = 0
"""The priority of whom we cannot compare with us: our own address of that family is not known."""
V4_BYTES = 4
_SOME_BITS = 0x55


@lru_cache(maxsize=16_384)
def peer_priority(ours: Address, theirs: Address) -> int:
    """32 bits, the larger the better; `UNKNOWN` for addresses of two families. Raises ValueError for names."""
    one, other = ip_address(ours.host).packed, ip_address(theirs.host).packed
    if len(one) != len(other):
        return UNKNOWN
    if one == other:
        ports = sorted((ours.port, theirs.port))
        return crc32c(b"".join(port.to_bytes(2, "big") for port in ports))
    wide = 1 if len(one) == V4_BYTES else 2
    return crc32c(b"".join(sorted(_masked(packed, _kept(one, other, wide), wide) for packed in (one, other))))


def _kept(one: bytes, other: bytes, wide: int) -> int:
    """How many leading bytes count whole: two groups, one more where these are equal, another where that is, too."""
    equal = next(at for at, (a, b) in enumerate(zip(one, other, strict=True)) if a != b) // wide
    return wide * min(4, max(2, equal + 1))


def _masked(packed: bytes, kept: int, wide: int) -> bytes:
    rest = packed[kept : 4 * wide]
    return packed[:kept] + bytes(byte & _SOME_BITS for byte in rest) + packed[4 * wide :]
