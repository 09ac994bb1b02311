"""The search of UPnP for devices (SSDP, UPnP Device Architecture 1.1, section 1.3): one datagram out, many back.

Limits: 2,048 bytes and 40 lines a reply, 512 characters of a location.
"""

from __future__ import annotations

from dataclasses import dataclass

from shoal.protocol.errors import ProtocolError

GROUP = "239.255.255.250"
PORT = 1900
MAX_REPLY_BYTES = 2_048
MAX_LINES = 40
MAX_LOCATION_LENGTH = 512


@dataclass(frozen=True, slots=True)
class SearchReply:
    """A device or service that was found: its `target` as in the search, `location` the URL of its description."""

    target: str
    location: str


def encode_search(target: str, host: str, *, wait_seconds: int = 2) -> bytes:
    """Look for `target`, in the group or at one numeric `host`; devices answer within `wait_seconds`.

    Raises ValueError for a target that is no plain word.
    """
    if not target.isascii() or not target.isprintable() or " " in target:
        raise ValueError(f"target {target!r}")
    name = f"[{host}]" if ":" in host else host
    lines = (
        "M-SEARCH * HTTP/1.1",
        f"HOST: {name}:{PORT}",
        'MAN: "ssdp:discover"',
        f"MX: {wait_seconds}",
        f"ST: {target}",
        "",
        "",
    )
    return "\r\n".join(lines).encode("ascii")


def decode_search_reply(data: bytes | memoryview) -> SearchReply:
    """Decode an answer; unknown headers are skipped.

    Raises:
        ProtocolError: too long, no such answer, no location of plain characters.
    """
    if len(data) > MAX_REPLY_BYTES:
        raise ProtocolError(f"an SSDP reply of {len(data)} bytes")
    lines = bytes(data).decode("latin-1").split("\r\n")
    if not lines[0].upper().startswith(("HTTP/1.1 200", "HTTP/1.0 200")) or len(lines) > MAX_LINES:
        raise ProtocolError("no SSDP reply")
    fields: dict[str, str] = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        fields.setdefault(name.strip().lower(), value.strip())
    location = fields.get("location", "")
    is_plain = location.isascii() and location.isprintable() and " " not in location
    if not location or not is_plain or len(location) > MAX_LOCATION_LENGTH:
        raise ProtocolError("an SSDP reply without a location")
    return SearchReply(fields.get("st", "")[:MAX_LOCATION_LENGTH], location)
