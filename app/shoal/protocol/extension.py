"""The extension handshake (BEP 10, `upload_only` of BEP 21, `metadata_size` of BEP 9).

Limits: 64 KiB, 256 extension names of at most 64 ASCII characters, a client name of 64 characters.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from shoal.protocol import bencode
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import get_bytes, get_dict, get_int
from shoal.protocol.errors import ProtocolError
from shoal.protocol.untrusted_text import clean_text

HANDSHAKE_ID = 0

MAX_HANDSHAKE_BYTES = 64 * 1024
MAX_HANDSHAKE_DEPTH = 10
MAX_HANDSHAKE_TOKENS = 4_000
MAX_EXTENSIONS = 256
MAX_NAME_LENGTH = 64
MAX_CLIENT_LENGTH = 64
MAX_REQUEST_QUEUE = 65_536
MAX_METADATA_BYTES = 32 << 20


@dataclass(frozen=True, slots=True)
class ExtensionHandshake:
    """What a peer says of itself; None where it said nothing, or nothing usable.

    `message_ids` maps extension names to the ids under which the *sender* wants them, 0 switches one off; a later
    handshake adds to an earlier one. `request_queue` is how many requests the sender keeps. `your_ip` is the
    receiver's address as the sender sees it, 4 or 16 bytes. `metadata_size` in bytes.
    """

    message_ids: Mapping[str, int] = field(default_factory=dict)
    client: str = ""
    request_queue: int | None = None
    listen_port: int | None = None
    your_ip: bytes | None = None
    metadata_size: int | None = None
    upload_only: bool = False


def encode_extension_handshake(handshake: ExtensionHandshake) -> bytes:
    """Encode the payload to send as extended message 0."""
    names: dict[bytes, BValue] = {name.encode("ascii"): number for name, number in handshake.message_ids.items()}
    fields: dict[bytes, BValue] = {b"m": names}
    if handshake.client:
        fields[b"v"] = handshake.client.encode()
    if handshake.request_queue is not None:
        fields[b"reqq"] = handshake.request_queue
    if handshake.listen_port is not None:
        fields[b"p"] = handshake.listen_port
    if handshake.your_ip is not None:
        fields[b"yourip"] = handshake.your_ip
    if handshake.metadata_size is not None:
        fields[b"metadata_size"] = handshake.metadata_size
    if handshake.upload_only:
        fields[b"upload_only"] = 1
    return bencode.encode(fields)


def decode_extension_handshake(payload: bytes | memoryview) -> ExtensionHandshake:
    """Decode the payload of extended message 0. Fields of a wrong type or out of range count as not said.

    Raises:
        ProtocolError: no strict bencode, no dictionary, or beyond the limits.
    """
    fields = bencode.decode(
        payload, max_bytes=MAX_HANDSHAKE_BYTES, max_depth=MAX_HANDSHAKE_DEPTH, max_tokens=MAX_HANDSHAKE_TOKENS
    )
    if not isinstance(fields, dict):
        raise ProtocolError("the extension handshake is no dictionary")
    your_ip = get_bytes(fields, b"yourip", 16)
    return ExtensionHandshake(
        message_ids=_message_ids(get_dict(fields, b"m") or {}),
        client=clean_text(get_bytes(fields, b"v", MAX_HANDSHAKE_BYTES) or b"", MAX_CLIENT_LENGTH),
        request_queue=get_int(fields, b"reqq", 1, MAX_REQUEST_QUEUE),
        listen_port=get_int(fields, b"p", 1, 65_535),
        your_ip=your_ip if your_ip is not None and len(your_ip) in (4, 16) else None,
        metadata_size=get_int(fields, b"metadata_size", 1, MAX_METADATA_BYTES),
        upload_only=bool(get_int(fields, b"upload_only", 0, 1)),
    )


def _message_ids(names: Mapping[bytes, BValue]) -> dict[str, int]:
    if len(names) > MAX_EXTENSIONS:
        raise ProtocolError(f"{len(names)} extensions")
    message_ids: dict[str, int] = {}
    for name in names:
        number = get_int(names, name, 0, 255)
        if number is not None and len(name) <= MAX_NAME_LENGTH and name.isascii():
            message_ids[name.decode("ascii")] = number
    return message_ids
