"""Compact peers: address and port as 6 bytes (IPv4, BEP 23) or 18 bytes (IPv6, BEP 7)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address, ip_address
from struct import Struct

from shoal.protocol.errors import ProtocolError

PEER4_LENGTH = 6
PEER6_LENGTH = 18

_PEER4 = Struct(">4BH")
_PEER6 = Struct(">16sH")


def decode_peers4(data: bytes | memoryview) -> list[tuple[str, int]]:
    """Decode IPv4 peers to `(address text, port)`; port 0 is skipped.

    Raises:
        ProtocolError: the length is no multiple of 6.
    """
    if len(data) % PEER4_LENGTH:
        raise ProtocolError(f"{len(data)} bytes of IPv4 peers are no multiple of {PEER4_LENGTH}")
    return [(f"{a}.{b}.{c}.{d}", port) for a, b, c, d, port in _PEER4.iter_unpack(data) if port]


def decode_peers6(data: bytes | memoryview) -> list[tuple[str, int]]:
    """Decode IPv6 peers to `(address text, port)`; port 0 is skipped, IPv4-mapped addresses come as IPv4 text.

    Raises:
        ProtocolError: the length is no multiple of 18.
    """
    if len(data) % PEER6_LENGTH:
        raise ProtocolError(f"{len(data)} bytes of IPv6 peers are no multiple of {PEER6_LENGTH}")
    return [(address_text(raw), port) for raw, port in _PEER6.iter_unpack(data) if port]


def encode_peers4(peers: Iterable[tuple[str, int]]) -> bytes:
    """Encode `(IPv4 address text, port)`; port 0 is skipped. Raises ValueError for other addresses or ports."""
    return b"".join(IPv4Address(host).packed + _port_bytes(port) for host, port in peers if port)


def encode_peers6(peers: Iterable[tuple[str, int]]) -> bytes:
    """Encode `(IPv6 address text, port)`; port 0 is skipped. Raises ValueError for other addresses or ports."""
    return b"".join(IPv6Address(host).packed + _port_bytes(port) for host, port in peers if port)


def address_text(packed: bytes) -> str:
    """The text form of 4 or 16 address bytes; IPv4-mapped IPv6 becomes IPv4 so that one host has one name.

    Raises:
        ProtocolError: any other length.
    """
    if len(packed) == 4:
        return str(IPv4Address(packed))
    if len(packed) == 16:
        address = IPv6Address(packed)
        return str(address.ipv4_mapped or address)
    raise ProtocolError(f"an address of {len(packed)} bytes")


def split_families(peers: Iterable[tuple[str, int]]) -> tuple[list[tuple[str, int]], list[tuple[str, int]]]:
    """Split peers with numeric addresses into IPv4 and IPv6 ones. Raises ValueError for a name."""
    families: tuple[list[tuple[str, int]], list[tuple[str, int]]] = ([], [])
    for peer in peers:
        families[ip_address(peer[0]).version == 6].append(peer)
    return families


def _port_bytes(port: int) -> bytes:
    if not 0 < port < 65536:
        raise ValueError(f"port {port}")
    return port.to_bytes(2, "big")
