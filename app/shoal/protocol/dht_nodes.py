"""Compact node info of the DHT: id, address and port as 26 bytes (IPv4, BEP 5) or 38 bytes (IPv6, BEP 32)."""

from __future__ import annotations

from collections.abc import Iterable
from ipaddress import IPv4Address, IPv6Address
from struct import Struct
from typing import NamedTuple

from shoal.protocol.compact import address_text
from shoal.protocol.errors import ProtocolError

ID_LENGTH = 20
NODE4_LENGTH = ID_LENGTH + 6
NODE6_LENGTH = ID_LENGTH + 18

_NODE4 = Struct(">20s4sH")
_NODE6 = Struct(">20s16sH")


class Contact(NamedTuple):
    """A node of the DHT: its id, and the numeric address and UDP port at which it is said to answer."""

    node_id: bytes
    host: str
    port: int

    @property
    def endpoint(self) -> tuple[str, int]:
        """(host, port)."""
        return self.host, self.port


def decode_nodes4(data: bytes) -> list[Contact]:
    """Decode IPv4 nodes; those with port 0 are skipped. Raises ProtocolError when the length is no multiple of 26."""
    return _decode(data, _NODE4)


def decode_nodes6(data: bytes) -> list[Contact]:
    """Decode IPv6 nodes; those with port 0 or an IPv4 address in IPv6 clothes are skipped.

    Raises:
        ProtocolError: the length is no multiple of 38.
    """
    return [contact for contact in _decode(data, _NODE6) if ":" in contact.host]


def encode_nodes4(contacts: Iterable[Contact]) -> bytes:
    """Encode nodes with IPv4 addresses; ValueError for others."""
    return b"".join(_NODE4.pack(node_id, IPv4Address(host).packed, port) for node_id, host, port in contacts)


def encode_nodes6(contacts: Iterable[Contact]) -> bytes:
    """Encode nodes with IPv6 addresses; ValueError for others."""
    return b"".join(_NODE6.pack(node_id, IPv6Address(host).packed, port) for node_id, host, port in contacts)


def _decode(data: bytes, form: Struct) -> list[Contact]:
    if len(data) % form.size:
        raise ProtocolError(f"{len(data)} bytes of nodes are no multiple of {form.size}")
    return [Contact(node_id, address_text(packed), port) for node_id, packed, port in form.iter_unpack(data) if port]
