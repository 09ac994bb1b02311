"""NAT-PMP (RFC 6886): asking a home router for its external address and to pass a port on to this computer.

Sans-I/O. A reply of another version (`WrongVersion`) is what a router of PCP alone, or of neither, may say.
"""

from __future__ import annotations

from dataclasses import dataclass
from ipaddress import IPv4Address
from struct import Struct

from shoal.protocol.errors import ProtocolError

PORT = 5351
VERSION = 0
MAX_REPLY_BYTES = 1_100
"""No router sends more (RFC 6887, section 7)."""
SUCCESS = 0
UNSUPPORTED_VERSION = 1

_EXTERNAL, _MAP_UDP, _MAP_TCP = 0, 1, 2
_REPLY = 0x80
_HEAD = Struct(">BBHI")
_ADDRESS_REPLY = Struct(">BBHI4s")
_MAP_REQUEST = Struct(">BBHHHI")
_MAP_REPLY = Struct(">BBHIHHI")


@dataclass(frozen=True, slots=True)
class AddressReply:
    """`result` 0 is success; `epoch` are seconds since the router's table was empty; `host` numeric, "" on failure."""

    result: int
    epoch: int
    host: str = ""


@dataclass(frozen=True, slots=True)
class MapReply:
    """Ports of this computer and of the router, and for how many seconds; the last two mean nothing on failure."""

    result: int
    epoch: int
    is_tcp: bool
    internal_port: int
    external_port: int = 0
    lifetime: int = 0


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """The router does not speak this version; `version` is the one it answers with."""

    version: int


def encode_address_request() -> bytes:
    """Ask for the external address."""
    return bytes((VERSION, _EXTERNAL))


def encode_map_request(*, is_tcp: bool, internal_port: int, external_port: int, lifetime: int) -> bytes:
    """Ask for a mapping of `lifetime` seconds; 0 removes it (`external_port` must be 0 then).

    Raises ValueError for what does not fit.
    """
    if not 0 < internal_port < 65_536 or not 0 <= external_port < 65_536 or not 0 <= lifetime < 1 << 32:
        raise ValueError(f"ports {internal_port} and {external_port} for {lifetime} s")
    opcode = _MAP_TCP if is_tcp else _MAP_UDP
    return _MAP_REQUEST.pack(VERSION, opcode, 0, internal_port, external_port, lifetime)


def decode_reply(data: bytes | memoryview) -> AddressReply | MapReply | WrongVersion:
    """Decode what a router answers.

    Raises:
        ProtocolError: too short or too long, no reply, an unknown kind, a success without an address or port.
    """
    if not 4 <= len(data) <= MAX_REPLY_BYTES:
        raise ProtocolError(f"a NAT-PMP reply of {len(data)} bytes")
    if data[0] != VERSION:
        return WrongVersion(data[0])
    if not data[1] & _REPLY:
        raise ProtocolError("a NAT-PMP request in the place of a reply")
    if int.from_bytes(data[2:4], "big") == UNSUPPORTED_VERSION:
        return WrongVersion(data[0])
    if len(data) < _HEAD.size:
        raise ProtocolError(f"a NAT-PMP reply of {len(data)} bytes")
    match data[1] & ~_REPLY:
        case 0:
            return _address_reply(data)
        case 1 | 2:
            return _map_reply(data)
    raise ProtocolError(f"a NAT-PMP reply of kind {data[1]}")


def _address_reply(data: bytes | memoryview) -> AddressReply:
    _, _, result, epoch = _HEAD.unpack_from(data)
    if result != SUCCESS:
        return AddressReply(result, epoch)
    if len(data) < _ADDRESS_REPLY.size:
        raise ProtocolError("a NAT-PMP reply without its address")
    packed = bytes(data[_HEAD.size : _ADDRESS_REPLY.size])
    return AddressReply(result, epoch, str(IPv4Address(packed)) if any(packed) else "")


def _map_reply(data: bytes | memoryview) -> MapReply:
    _, opcode, result, epoch = _HEAD.unpack_from(data)
    if len(data) < _MAP_REPLY.size:
        raise ProtocolError("a NAT-PMP reply without its ports")
    internal, external, lifetime = _MAP_REPLY.unpack_from(data)[4:]
    is_tcp = opcode & ~_REPLY == _MAP_TCP
    if result != SUCCESS:
        return MapReply(result, epoch, is_tcp, internal)
    if lifetime and not (internal and external):
        raise ProtocolError("a NAT-PMP mapping of port 0")
    return MapReply(result, epoch, is_tcp, internal, external, lifetime)
