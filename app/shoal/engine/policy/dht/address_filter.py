"""Bloom filters of addresses, by which the sizes of swarms are counted over many nodes (BEP 33). Pure."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterable
from ipaddress import ip_address

from shoal.protocol.krpc import FILTER_BYTES

_BITS = 8 * FILTER_BYTES
_HASHES = 2


def address_filter(hosts: Iterable[str]) -> bytes:
    """The filter of these numeric addresses."""
    bits = bytearray(FILTER_BYTES)
    for host in hosts:
        digest = hashlib.sha1(ip_address(host).packed, usedforsecurity=False).digest()
        for start in range(0, 2 * _HASHES, 2):
            index = int.from_bytes(digest[start : start + 2], "little") % _BITS
            bits[index // 8] |= 1 << index % 8
    return bytes(bits)


def united(filters: Iterable[bytes]) -> bytes:
    """The filter of all addresses that are in any of these."""
    both = 0
    for one in filters:
        both |= int.from_bytes(one, "little")
    return both.to_bytes(FILTER_BYTES, "little")


def estimated_count(one: bytes) -> float:
    """About how many addresses the filter holds; means nothing beyond some 6,000."""
    zeros = _BITS - int.from_bytes(one, "little").bit_count()
    share = min(_BITS - 1, max(1, zeros)) / _BITS
    return math.log(share) / (_HASHES * math.log(1 - 1 / _BITS)) if zeros < _BITS else 0.0
