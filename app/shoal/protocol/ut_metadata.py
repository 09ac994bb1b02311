"""Messages by which peers hand each other the info dictionary of a torrent (`ut_metadata`, BEP 9).

Limits: metadata of MAX_METADATA_BYTES in blocks of 16 KiB, and a message of one block behind a small dictionary.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from shoal.protocol import bencode
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import get_int
from shoal.protocol.errors import ProtocolError
from shoal.protocol.extension import MAX_METADATA_BYTES

EXTENSION_NAME = "ut_metadata"
BLOCK_BYTES = 16 * 1024
"""Every block but the last has so many bytes."""
MAX_BLOCKS = -(-MAX_METADATA_BYTES // BLOCK_BYTES)
MAX_HEAD_BYTES = 1024
MAX_DEPTH = 4
MAX_TOKENS = 64

_REQUEST, _DATA, _REJECT = range(3)


@dataclass(frozen=True, slots=True)
class MetadataRequest:
    """Asks for the block of this index."""

    block: int


@dataclass(frozen=True, slots=True)
class MetadataBlock:
    """A block, 1 to BLOCK_BYTES bytes, and how many bytes the sender says that all blocks have (None: it is silent)."""

    block: int
    total_size: int | None
    data: bytes


@dataclass(frozen=True, slots=True)
class MetadataReject:
    """The block of this index will not be sent."""

    block: int


MetadataMessage: TypeAlias = MetadataRequest | MetadataBlock | MetadataReject


def block_count(size: int) -> int:
    """Into how many blocks metadata of `size` bytes is cut."""
    return -(-size // BLOCK_BYTES)


def block_length(size: int, block: int) -> int:
    """Bytes of one block of metadata of `size` bytes; 0 behind the last."""
    return max(0, min(BLOCK_BYTES, size - block * BLOCK_BYTES))


def encode_metadata(message: MetadataMessage) -> bytes:
    """Encode the payload of an extended message (BEP 10). Arguments are trusted."""
    fields: dict[bytes, BValue] = {b"piece": message.block}
    match message:
        case MetadataRequest():
            fields[b"msg_type"] = _REQUEST
            return bencode.encode(fields)
        case MetadataReject():
            fields[b"msg_type"] = _REJECT
            return bencode.encode(fields)
        case MetadataBlock(_, total_size, data):
            fields[b"msg_type"] = _DATA
            if total_size is not None:
                fields[b"total_size"] = total_size
            return bencode.encode(fields) + data


def decode_metadata(payload: bytes | memoryview) -> MetadataMessage | None:
    """Decode the payload of an extended message; None for a type that is not known, which BEP 9 tells to skip.

    Raises:
        ProtocolError: no strict bencode, a field that is missing or out of range, or bytes that do not belong there.
    """
    if len(payload) > MAX_HEAD_BYTES + BLOCK_BYTES:
        raise ProtocolError(f"a metadata message of {len(payload)} bytes")
    fields, end = bencode.decode_prefix(payload, max_depth=MAX_DEPTH, max_tokens=MAX_TOKENS)
    if not isinstance(fields, dict):
        raise ProtocolError("a metadata message without a dictionary")
    kind = fields.get(b"msg_type")
    if not isinstance(kind, int) or kind < 0:
        raise ProtocolError("a metadata message without a type")
    if kind > _REJECT:
        return None
    block = get_int(fields, b"piece", 0, MAX_BLOCKS - 1)
    if block is None:
        raise ProtocolError("a metadata message for no block that there can be")
    data = bytes(payload[end:])
    if kind == _DATA:
        return _block(block, fields, data)
    if data:
        raise ProtocolError(f"{len(data)} bytes behind a metadata message without data")
    return MetadataRequest(block) if kind == _REQUEST else MetadataReject(block)


def _block(block: int, fields: dict[bytes, BValue], data: bytes) -> MetadataBlock:
    total_size = get_int(fields, b"total_size", 1, MAX_METADATA_BYTES)
    if total_size is None and b"total_size" in fields:
        raise ProtocolError("metadata of an impossible size")
    if not 0 < len(data) <= BLOCK_BYTES:
        raise ProtocolError(f"a metadata block of {len(data)} bytes")
    if total_size is not None and len(data) != block_length(total_size, block):
        raise ProtocolError(f"{len(data)} bytes in block {block} of metadata of {total_size} bytes")
    return MetadataBlock(block, total_size, data)
