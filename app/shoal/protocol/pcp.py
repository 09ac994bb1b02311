"""PCP, the Port Control Protocol (RFC 6887): ANNOUNCE and MAP, over IPv4 and IPv6. Sans-I/O; options are not read."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from ipaddress import IPv4Address, IPv6Address, ip_address
from struct import Struct

from shoal.protocol.compact import address_text
from shoal.protocol.errors import ProtocolError

PORT = 5351
VERSION = 2
MAX_MESSAGE_BYTES = 1_100
NONCE_BYTES = 12
TCP, UDP = 6, 17

_ANNOUNCE, _MAP = 0, 1
_REPLY = 0x80
_REQUEST_HEAD = Struct(">BBHI16s")
_REPLY_HEAD = Struct(">BBBBII12x")
_MAP_BODY = Struct(">12sB3xHH16s")


class PcpResult(IntEnum):
    """Result codes that mean something to us; a reply may carry others."""

    SUCCESS = 0
    UNSUPP_VERSION = 1
    NOT_AUTHORIZED = 2
    UNSUPP_OPCODE = 4
    ADDRESS_MISMATCH = 12
    CANNOT_PROVIDE_EXTERNAL = 11


@dataclass(frozen=True, slots=True)
class Announced:
    """The router speaks PCP. `epoch` are seconds since its table was empty."""

    result: int
    epoch: int


@dataclass(frozen=True, slots=True)
class Mapped:
    """The answer to a MAP. `lifetime` in seconds: of the mapping, or until it is worth to ask again after a failure.

    `external_host` is numeric. The last three mean nothing on failure.
    """

    result: int
    epoch: int
    lifetime: int
    nonce: bytes
    is_tcp: bool
    internal_port: int
    external_port: int
    external_host: str


@dataclass(frozen=True, slots=True)
class WrongVersion:
    """The router does not speak PCP of this version; 0 is what one of NAT-PMP answers."""

    version: int


def encode_announce_request(client_host: str) -> bytes:
    """Ask whether PCP is spoken; `client_host` is our numeric address towards the router. Raises ValueError."""
    return _REQUEST_HEAD.pack(VERSION, _ANNOUNCE, 0, 0, _packed16(client_host))


def encode_map_request(
    *, client_host: str, nonce: bytes, is_tcp: bool, internal_port: int, external_port: int, lifetime: int
) -> bytes:
    """Ask for a mapping of `lifetime` seconds, any external address; 0 removes it. `external_port` is a wish.

    Raises ValueError for what does not fit.
    """
    if len(nonce) != NONCE_BYTES or not 0 < internal_port < 65_536 or not 0 <= external_port < 65_536:
        raise ValueError(f"ports {internal_port} and {external_port}, a nonce of {len(nonce)} bytes")
    if not 0 <= lifetime < 1 << 32:
        raise ValueError(f"a lifetime of {lifetime} s")
    anywhere = "::" if ":" in client_host else "0.0.0.0"
    head = _REQUEST_HEAD.pack(VERSION, _MAP, 0, lifetime, _packed16(client_host))
    protocol = TCP if is_tcp else UDP
    return head + _MAP_BODY.pack(nonce, protocol, internal_port, external_port, _packed16(anywhere))


def decode_reply(data: bytes | memoryview) -> Announced | Mapped | WrongVersion:
    """Decode what a router answers.

    Raises:
        ProtocolError: too short or too long, no reply, an unknown kind, a success without a port.
    """
    if not 4 <= len(data) <= MAX_MESSAGE_BYTES:
        raise ProtocolError(f"a PCP reply of {len(data)} bytes")
    if data[0] != VERSION:
        return WrongVersion(data[0])
    if len(data) < _REPLY_HEAD.size or len(data) % 4:
        raise ProtocolError(f"a PCP reply of {len(data)} bytes")
    _, opcode, _, result, lifetime, epoch = _REPLY_HEAD.unpack_from(data)
    if not opcode & _REPLY:
        raise ProtocolError("a PCP request in the place of a reply")
    if result == PcpResult.UNSUPP_VERSION:
        return WrongVersion(VERSION)
    match opcode & ~_REPLY:
        case 0:
            return Announced(result, epoch)
        case 1:
            return _mapped(data, result, lifetime, epoch)
    raise ProtocolError(f"a PCP reply of kind {opcode}")


def _mapped(data: bytes | memoryview, result: int, lifetime: int, epoch: int) -> Mapped:
    if len(data) < _REPLY_HEAD.size + _MAP_BODY.size:
        raise ProtocolError("a PCP reply without its mapping")
    nonce, protocol, internal, external, host = _MAP_BODY.unpack_from(data, _REPLY_HEAD.size)
    if protocol not in (TCP, UDP):
        raise ProtocolError(f"a PCP mapping of protocol {protocol}")
    if result == PcpResult.SUCCESS and lifetime and not (internal and external):
        raise ProtocolError("a PCP mapping of port 0")
    return Mapped(result, epoch, lifetime, nonce, protocol == TCP, internal, external, address_text(host))


def _packed16(host: str) -> bytes:
    """16 bytes; an IPv4 address as an IPv4-mapped one (section 5). Raises ValueError for a name."""
    address = ip_address(host.partition("%")[0])
    if isinstance(address, IPv4Address):
        return bytes(10) + b"\xff\xff" + address.packed
    return IPv6Address(address).packed
