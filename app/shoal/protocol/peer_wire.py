"""The peer wire protocol, outgoing: handshake and messages of BEP 3, 5 (port), 6 (fast extension) and 10 (extended).

`wire_reader` is the incoming side. Encoders trust their arguments; numbers that do not fit raise `struct.error`.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha1
from ipaddress import IPv4Address
from struct import Struct

from shoal.protocol.errors import ProtocolError

PROTOCOL_STRING = b"\x13BitTorrent protocol"
RESERVED_LENGTH = 8
HANDSHAKE_LENGTH = 68

BLOCK_LENGTH = 16_384
MAX_REQUEST_LENGTH = 131_072
MAX_PIECE_MESSAGE = 9 + MAX_REQUEST_LENGTH

MESSAGE_CHOKE = 0
MESSAGE_UNCHOKE = 1
MESSAGE_INTERESTED = 2
MESSAGE_NOT_INTERESTED = 3
MESSAGE_HAVE = 4
MESSAGE_BITFIELD = 5
MESSAGE_REQUEST = 6
MESSAGE_PIECE = 7
MESSAGE_CANCEL = 8
MESSAGE_PORT = 9
MESSAGE_SUGGEST = 13
MESSAGE_HAVE_ALL = 14
MESSAGE_HAVE_NONE = 15
MESSAGE_REJECT = 16
MESSAGE_ALLOWED_FAST = 17
MESSAGE_EXTENDED = 20

KEEP_ALIVE = b"\0\0\0\0"
CHOKE = b"\0\0\0\1\x00"
UNCHOKE = b"\0\0\0\1\x01"
INTERESTED = b"\0\0\0\1\x02"
NOT_INTERESTED = b"\0\0\0\1\x03"
HAVE_ALL = b"\0\0\0\1\x0e"
HAVE_NONE = b"\0\0\0\1\x0f"

ALLOWED_FAST_COUNT = 5

_EXTENSIONS_BYTE, _EXTENSIONS_BIT = 5, 0x10
_FAST_BYTE, _FAST_BIT = 7, 0x04
_DHT_BYTE, _DHT_BIT = 7, 0x01

_INDEX_MESSAGE = Struct(">IBI")
_BLOCK_MESSAGE = Struct(">IBIII")
_PIECE_HEADER = Struct(">IBII")
_PORT_MESSAGE = Struct(">IBH")
_MESSAGE_HEAD = Struct(">IB")
_EXTENDED_HEAD = Struct(">IBB")


@dataclass(frozen=True, slots=True)
class Handshake:
    """The first 68 bytes of a connection: 8 reserved bytes of feature bits, 20 of info-hash, 20 of peer id."""

    reserved: bytes
    info_hash: bytes
    peer_id: bytes

    @property
    def supports_extensions(self) -> bool:
        """The extension protocol (BEP 10)."""
        return bool(self.reserved[_EXTENSIONS_BYTE] & _EXTENSIONS_BIT)

    @property
    def supports_fast(self) -> bool:
        """The fast extension (BEP 6)."""
        return bool(self.reserved[_FAST_BYTE] & _FAST_BIT)

    @property
    def supports_dht(self) -> bool:
        """The DHT (BEP 5)."""
        return bool(self.reserved[_DHT_BYTE] & _DHT_BIT)


def encode_handshake(
    info_hash: bytes, peer_id: bytes, *, extensions: bool = True, fast: bool = True, dht: bool = False
) -> bytes:
    """Encode the handshake (BEP 3). Raises ValueError unless info-hash and peer id have 20 bytes each."""
    if len(info_hash) != 20 or len(peer_id) != 20:
        raise ValueError(f"info-hash of {len(info_hash)} and peer id of {len(peer_id)} bytes")
    reserved = bytearray(RESERVED_LENGTH)
    if extensions:
        reserved[_EXTENSIONS_BYTE] |= _EXTENSIONS_BIT
    if fast:
        reserved[_FAST_BYTE] |= _FAST_BIT
    if dht:
        reserved[_DHT_BYTE] |= _DHT_BIT
    return PROTOCOL_STRING + reserved + info_hash + peer_id


def decode_handshake(data: bytes | memoryview) -> Handshake:
    """Decode the first 68 bytes of `data`.

    Raises:
        ProtocolError: another protocol string, or fewer bytes.
    """
    raw = bytes(data[:HANDSHAKE_LENGTH])
    if not raw.startswith(PROTOCOL_STRING):
        raise ProtocolError("no BitTorrent handshake")
    if len(raw) < HANDSHAKE_LENGTH:
        raise ProtocolError(f"a handshake of {len(raw)} bytes")
    return Handshake(reserved=raw[20:28], info_hash=raw[28:48], peer_id=raw[48:68])


def encode_have(index: int) -> bytes:
    """`have` (BEP 3): this piece is complete and checked."""
    return _INDEX_MESSAGE.pack(5, MESSAGE_HAVE, index)


def encode_bitfield(bits: bytes) -> bytes:
    """`bitfield` (BEP 3): the highest bit of the first byte is piece 0, spare bits are 0."""
    return _MESSAGE_HEAD.pack(1 + len(bits), MESSAGE_BITFIELD) + bits


def encode_request(index: int, begin: int, length: int) -> bytes:
    """`request` (BEP 3): `length` bytes from byte `begin` of piece `index`."""
    return _BLOCK_MESSAGE.pack(13, MESSAGE_REQUEST, index, begin, length)


def encode_cancel(index: int, begin: int, length: int) -> bytes:
    """`cancel` (BEP 3) of one request."""
    return _BLOCK_MESSAGE.pack(13, MESSAGE_CANCEL, index, begin, length)


def encode_reject(index: int, begin: int, length: int) -> bytes:
    """`reject request` (BEP 6): this request will not be served."""
    return _BLOCK_MESSAGE.pack(13, MESSAGE_REJECT, index, begin, length)


def encode_suggest(index: int) -> bytes:
    """`suggest piece` (BEP 6)."""
    return _INDEX_MESSAGE.pack(5, MESSAGE_SUGGEST, index)


def encode_allowed_fast(index: int) -> bytes:
    """`allowed fast` (BEP 6): this piece is served even while choked."""
    return _INDEX_MESSAGE.pack(5, MESSAGE_ALLOWED_FAST, index)


def encode_port(port: int) -> bytes:
    """`port` (BEP 5): our DHT port."""
    return _PORT_MESSAGE.pack(3, MESSAGE_PORT, port)


def piece_header(index: int, begin: int, block_length: int) -> bytes:
    """The 13 bytes before the block of a `piece` message (BEP 3)."""
    return _PIECE_HEADER.pack(9 + block_length, MESSAGE_PIECE, index, begin)


def encode_extended(extended_id: int, payload: bytes) -> bytes:
    """`extended` (BEP 10) under the id that the receiver announced; 0 is the extension handshake."""
    return _EXTENDED_HEAD.pack(2 + len(payload), MESSAGE_EXTENDED, extended_id) + payload


def default_max_length(piece_count: int) -> int:
    """The greatest message length that a peer of a torrent with `piece_count` pieces may announce.

    Covers the largest block and the bitfield; extended messages (BEP 10) stay far below the block. The length prefix
    is not counted.
    """
    return max(MAX_PIECE_MESSAGE, (piece_count + 7) // 8 + 1)


def allowed_fast_set(info_hash: bytes, host_ipv4: str, piece_count: int, k: int = ALLOWED_FAST_COUNT) -> list[int]:
    """The pieces that the peer at `host_ipv4` may have while choked, at most `k`, in canonical order (BEP 6).

    There are never more than `piece_count` of them. Raises ValueError when `host_ipv4` is no IPv4 address.
    """
    count = min(k, piece_count)
    chain = IPv4Address(host_ipv4).packed[:3] + b"\0" + info_hash
    allowed: list[int] = []
    while len(allowed) < count:
        chain = sha1(chain, usedforsecurity=False).digest()
        for start in range(0, 20, 4):
            index = int.from_bytes(chain[start : start + 4], "big") % piece_count
            if index not in allowed and len(allowed) < count:
                allowed.append(index)
    return allowed
