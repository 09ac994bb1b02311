"""Peer exchange messages (BEP 11): who came to a swarm and who left it, as one connected peer tells another.

Limits: 64 KiB a message; of each list the first 50 addresses count (BEP 11 asks for no more), the rest is skipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntFlag

from shoal.protocol import bencode
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import get_bytes
from shoal.protocol.compact import (
    PEER4_LENGTH,
    PEER6_LENGTH,
    decode_peers4,
    decode_peers6,
    encode_peers4,
    encode_peers6,
    split_families,
)
from shoal.protocol.errors import ProtocolError

EXTENSION_NAME = "ut_pex"
MAX_MESSAGE_BYTES = 64 * 1024
MAX_DEPTH = 3
MAX_TOKENS = 100
MAX_PEERS = 50
"""Addresses of one list that count, of both families together."""


class PexFlag(IntFlag):
    """What the teller knows of a peer (BEP 11, "added.f")."""

    PREFERS_ENCRYPTION = 0x01
    UPLOAD_ONLY = 0x02
    UTP = 0x04
    HOLE_PUNCH = 0x08
    REACHABLE = 0x10
    """The teller dialled it, so it takes connections."""


@dataclass(frozen=True, slots=True)
class PexMessage:
    """`added` maps (numeric host, port) to its flags, in the order told; `dropped` names those who left."""

    added: Mapping[tuple[str, int], PexFlag]
    dropped: tuple[tuple[str, int], ...] = ()


def encode_pex(message: PexMessage) -> bytes:
    """Encode the payload of an extended message. Raises ValueError for an address or port that is none."""
    fields: dict[bytes, BValue] = {}
    added4, added6 = split_families(message.added)
    dropped4, dropped6 = split_families(message.dropped)
    fields[b"added"] = encode_peers4(added4)
    fields[b"added.f"] = _flag_bytes(message.added, added4)
    if added6:
        fields[b"added6"] = encode_peers6(added6)
        fields[b"added6.f"] = _flag_bytes(message.added, added6)
    fields[b"dropped"] = encode_peers4(dropped4)
    if dropped6:
        fields[b"dropped6"] = encode_peers6(dropped6)
    return bencode.encode(fields)


def decode_pex(payload: bytes | memoryview) -> PexMessage:
    """Decode the payload. Addresses with port 0 are skipped, missing flags are none.

    Raises:
        ProtocolError: no strict bencode, no dictionary, a list that is no whole number of addresses, or too large.
    """
    fields = bencode.decode(payload, max_bytes=MAX_MESSAGE_BYTES, max_depth=MAX_DEPTH, max_tokens=MAX_TOKENS)
    if not isinstance(fields, dict):
        raise ProtocolError("the peer exchange message is no dictionary")
    added: dict[tuple[str, int], PexFlag] = {}
    dropped: list[tuple[str, int]] = []
    for suffix, length, decode in ((b"", PEER4_LENGTH, decode_peers4), (b"6", PEER6_LENGTH, decode_peers6)):
        packed = get_bytes(fields, b"added" + suffix, MAX_MESSAGE_BYTES) or b""
        flags = get_bytes(fields, b"added" + suffix + b".f", MAX_MESSAGE_BYTES) or b""
        _require_whole(packed, length)
        for number in range(min(len(packed) // length, MAX_PEERS - len(added))):
            # One by one: `decode` skips port 0, and the flags must stay with their address.
            for address in decode(packed[number * length : (number + 1) * length]):
                added[address] = PexFlag(flags[number] & 0x1F if number < len(flags) else 0)
        gone = get_bytes(fields, b"dropped" + suffix, MAX_MESSAGE_BYTES) or b""
        _require_whole(gone, length)
        dropped += decode(gone[: (MAX_PEERS - len(dropped)) * length])
    return PexMessage(added, tuple(dropped))


def _require_whole(packed: bytes, length: int) -> None:
    if len(packed) % length:
        raise ProtocolError(f"{len(packed)} bytes of exchanged peers are no multiple of {length}")


def _flag_bytes(flags: Mapping[tuple[str, int], PexFlag], addresses: Iterable[tuple[str, int]]) -> bytes:
    # Port 0 is left out of the addresses, too.
    return bytes(int(flags[address]) for address in addresses if address[1])
