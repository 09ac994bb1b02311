"""Addresses that a list shuts out: merged ranges of both families, looked up by bisection. Pure.

The same values are shared by the engine's loop and the worker that makes them, and never change.
"""

from __future__ import annotations

import ipaddress
from array import array
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from heapq import merge
from typing import TypeVar

V6_BYTES = 16
RUN = 8_192
"""Ranges that are sorted in one go: whoever sorts a million of them holds up all other threads."""

R = TypeVar("R", int, bytes)


@dataclass(frozen=True, slots=True)
class IpRanges:
    """Disjoint inclusive ranges in ascending order: IPv4 as 32-bit numbers, IPv6 as 16 bytes each, end to end."""

    v4_starts: array[int] = field(default_factory=lambda: array("I"))
    v4_ends: array[int] = field(default_factory=lambda: array("I"))
    v6_starts: bytes = b""
    v6_ends: bytes = b""

    def __len__(self) -> int:
        return len(self.v4_starts) + len(self.v6_starts) // V6_BYTES

    def __contains__(self, host: object) -> bool:
        """Whether a numeric address lies in a range; IPv4 inside IPv6 counts as IPv4, a name as outside."""
        if not isinstance(host, str) or not len(self):
            return False
        try:
            address = ipaddress.ip_address(host)
        except ValueError:
            return False
        if isinstance(address, ipaddress.IPv6Address):
            if address.ipv4_mapped is None:
                return self._has_v6(address.packed)
            address = address.ipv4_mapped
        return self._has_v4(int(address))

    def _has_v4(self, number: int) -> bool:
        at = bisect_right(self.v4_starts, number) - 1
        return at >= 0 and number <= self.v4_ends[at]

    def _has_v6(self, packed: bytes) -> bool:
        starts = self.v6_starts
        count = range(len(starts) // V6_BYTES)
        at = bisect_right(count, packed, key=lambda index: starts[index * V6_BYTES : (index + 1) * V6_BYTES]) - 1
        return at >= 0 and packed <= self.v6_ends[at * V6_BYTES : (at + 1) * V6_BYTES]


NOTHING = IpRanges()


def merged(v4: array[int], v6: Sequence[bytes]) -> IpRanges:
    """Ranges in any order that may overlap, put together where they overlap or touch.

    `v4`: start * 2**32 + end of each; `v6`: the 16 bytes of the start and the 16 of the end of each.
    """
    starts, ends = array("I"), array("I")
    last = -2
    for packed in _in_order(v4):
        start, end = packed >> 32, packed & 0xFFFFFFFF
        if start <= last + 1:
            if end > last:
                last = ends[-1] = end
        else:
            starts.append(start)
            ends.append(end)
            last = end
    return IpRanges(starts, ends, *_merged_v6(v6))


def _merged_v6(ranges: Sequence[bytes]) -> tuple[bytes, bytes]:
    starts: list[bytes] = []
    ends: list[bytes] = []
    for both in _in_order(ranges):
        start, end = both[:V6_BYTES], both[V6_BYTES:]
        if ends and int.from_bytes(start) <= int.from_bytes(ends[-1]) + 1:
            ends[-1] = max(ends[-1], end)
        else:
            starts.append(start)
            ends.append(end)
    return b"".join(starts), b"".join(ends)


def _in_order(ranges: Sequence[R]) -> Iterable[R]:
    return merge(*(sorted(ranges[at : at + RUN]) for at in range(0, len(ranges), RUN)))
