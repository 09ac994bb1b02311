"""Ids of nodes: how near two are, and which ones an address may have (BEP 5, 42)."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import ip_address
from typing import TYPE_CHECKING

from shoal.protocol.dht_nodes import ID_LENGTH
from shoal.protocol.ip_scope import Scope, scope_of

if TYPE_CHECKING:
    import random

ID_BITS = 8 * ID_LENGTH

_MASK4 = bytes((0x03, 0x0F, 0x3F, 0xFF))
_MASK6 = bytes((0x01, 0x03, 0x07, 0x0F, 0x1F, 0x3F, 0x7F, 0xFF))
_CASTAGNOLI = 0x82F63B78


def distance(one: bytes, other: bytes) -> int:
    """The XOR distance of two ids."""
    return int.from_bytes(one, "big") ^ int.from_bytes(other, "big")


def shared_bits(one: bytes, other: bytes) -> int:
    """How many leading bits two ids have in common, 0..160."""
    return ID_BITS - distance(one, other).bit_length()


def make_node_id(host: str | None, rng: random.Random) -> bytes:
    """An id by chance; with `host`, our address as others see it, one that fits it (BEP 42)."""
    raw = bytearray(rng.randbytes(ID_LENGTH))
    if host is not None:
        prefix = _prefix(host, raw[-1])
        raw[0] = prefix >> 24
        raw[1] = prefix >> 16 & 0xFF
        raw[2] = (prefix >> 8 & 0xF8) | (raw[2] & 0x07)
    return bytes(raw)


def is_proper_id(node_id: bytes, host: str) -> bool:
    """Whether `host` may have that id (BEP 42); addresses that are not global may have any."""
    if scope_of(host) is not Scope.GLOBAL:
        return True
    return (_prefix(host, node_id[-1]) ^ int.from_bytes(node_id[:4], "big")) >> 11 == 0


def id_in_bucket(own_id: bytes, bits: int, rng: random.Random) -> bytes:
    """An id by chance that shares exactly `bits` leading bits with `own_id` (at least that many when 160)."""
    number = int.from_bytes(rng.randbytes(ID_LENGTH), "big")
    own = int.from_bytes(own_id, "big")
    free = ID_BITS - bits
    if not free:
        return own_id
    kept = own >> free
    differs = (own >> (free - 1) & 1) ^ 1
    rest = number & ((1 << (free - 1)) - 1)
    return ((kept << free) | (differs << (free - 1)) | rest).to_bytes(ID_LENGTH, "big")


@lru_cache(maxsize=8192)
def network_of(host: str) -> str | None:
    """What counts as one neighbourhood: the /24 of an IPv4 address, the /64 of an IPv6 one; None on this computer.

    Nobody reaches us from a loopback address but this computer itself, so many nodes there are no attack.
    """
    if scope_of(host) is Scope.LOOPBACK:
        return None
    return ip_address(host).packed[: 8 if ":" in host else 3].hex()


@lru_cache(maxsize=8192)
def _prefix(host: str, chance: int) -> int:
    """CRC32C of the masked address with the lowest three bits of `chance` in front (BEP 42)."""
    packed = ip_address(host).packed
    mask = _MASK4 if len(packed) == 4 else _MASK6
    masked = bytearray(byte & bits for byte, bits in zip(packed, mask, strict=False))
    masked[0] |= (chance & 7) << 5
    return crc32c(bytes(masked))


def crc32c(data: bytes) -> int:
    """The CRC-32 of Castagnoli (RFC 3720, appendix B.4)."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = _CRC_TABLE[(crc ^ byte) & 0xFF] ^ (crc >> 8)
    return crc ^ 0xFFFFFFFF


def _table_entry(byte: int) -> int:
    for _ in range(8):
        byte = (byte >> 1) ^ (_CASTAGNOLI if byte & 1 else 0)
    return byte


_CRC_TABLE = tuple(_table_entry(byte) for byte in range(256))
