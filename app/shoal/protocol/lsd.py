"""Local service discovery (BEP 14): "I have these torrents at this port", told to the local network by multicast.

Limits: 1,400 bytes a datagram, 20 info-hashes each, a cookie of 64 characters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shoal.protocol.errors import ProtocolError

GROUP4 = "239.192.152.143"
GROUP6 = "ff15::efc0:988f"
PORT = 6771
MAX_DATAGRAM_BYTES = 1_400
MAX_INFO_HASHES = 20
MAX_COOKIE_LENGTH = 64
MAX_LINES = 40

_START = "BT-SEARCH * HTTP/1.1"
_HASH_LENGTH = 20


@dataclass(frozen=True, slots=True)
class LocalAnnounce:
    """`port` is where the sender listens for peers (TCP); each info-hash has 20 bytes; `cookie` marks one's own."""

    port: int
    info_hashes: tuple[bytes, ...]
    cookie: str = ""


def encode_local_announce(announce: LocalAnnounce, group: str) -> bytes:
    """Encode the datagram for the multicast `group` (numeric). Raises ValueError when it breaks a limit."""
    if not 0 < announce.port < 65_536:
        raise ValueError(f"port {announce.port}")
    if not 0 < len(announce.info_hashes) <= MAX_INFO_HASHES:
        raise ValueError(f"{len(announce.info_hashes)} info-hashes")
    host = f"[{group}]" if ":" in group else group
    lines = [_START, f"Host: {host}:{PORT}", f"Port: {announce.port}"]
    lines += [f"Infohash: {info_hash.hex()}" for info_hash in announce.info_hashes]
    if announce.cookie:
        lines.append(f"cookie: {announce.cookie}")
    return "\r\n".join([*lines, "", "", ""]).encode("ascii")


def decode_local_announce(data: bytes | memoryview) -> LocalAnnounce:
    """Decode a datagram; unknown headers are skipped, an info-hash that is none as well.

    Raises:
        ProtocolError: too long, no such announce, a wrong or missing port, no usable info-hash.
    """
    if len(data) > MAX_DATAGRAM_BYTES:
        raise ProtocolError(f"a local announce of {len(data)} bytes")
    try:
        lines = bytes(data).decode("ascii").split("\r\n")
    except UnicodeDecodeError as error:
        raise ProtocolError("a local announce that is no ASCII") from error
    if lines[0] != _START or len(lines) > MAX_LINES:
        raise ProtocolError("no local announce")
    ports: list[int] = []
    hashes: list[bytes] = []
    cookie = ""
    for line in lines[1:]:
        name, _, value = line.partition(":")
        match name.strip().lower():
            case "port":
                ports.append(_port(value.strip()))
            case "infohash":
                hashes += _info_hash(value.strip())
            case "cookie":
                cookie = value.strip()[:MAX_COOKIE_LENGTH]
    if len(ports) != 1 or not hashes:
        raise ProtocolError("a local announce without a port or a torrent")
    return LocalAnnounce(ports[0], tuple(dict.fromkeys(hashes))[:MAX_INFO_HASHES], cookie)


def _port(text: str) -> int:
    if not (text.isdigit() and len(text) <= 5 and 0 < int(text) < 65_536):
        raise ProtocolError("a local announce with a wrong port")
    return int(text)


def _info_hash(text: str) -> Sequence[bytes]:
    if len(text) != 2 * _HASH_LENGTH:
        return ()
    try:
        return (bytes.fromhex(text),) if text.isalnum() else ()
    except ValueError:
        return ()
