"""The HTTP tracker protocol, client and server side: URLs and bodies, no HTTP (BEP 3, 7, 23, 24, 31, 48).

Limits: URLs of 4 KiB, queries of 16 KiB, bodies of 1 MiB, 3,000 peers a reply, 74 info-hashes a scrape.
"""

from __future__ import annotations

import math
import re
import zlib
from collections.abc import Iterable, Iterator, Sequence
from ipaddress import ip_address
from urllib.parse import SplitResult, quote, unquote_to_bytes, urlsplit

from shoal.protocol import bencode, compact
from shoal.protocol.announce import (
    DEFAULT_INTERVAL_SECONDS,
    INFO_HASH_LENGTH,
    MAX_AMOUNT_BYTES,
    MAX_COUNT,
    MAX_INTERVAL_SECONDS,
    MAX_PEERS,
    MAX_REASON_LENGTH,
    MAX_RETRY_SECONDS,
    MAX_SCRAPE_HASHES,
    MAX_TRACKER_ID_LENGTH,
    PEER_ID_LENGTH,
    AnnounceEvent,
    AnnounceFailure,
    AnnounceReply,
    AnnounceRequest,
    Peer,
    ScrapeEntry,
    clamp_interval,
)
from shoal.protocol.bencode import BValue
from shoal.protocol.bencode_fields import Fields, get_bytes, get_dict, get_int
from shoal.protocol.errors import ProtocolError
from shoal.protocol.untrusted_text import clean_text

MAX_URL_LENGTH = 4_096
MAX_QUERY_LENGTH = 16_384
MAX_QUERY_FIELDS = 128
MAX_REPLY_BYTES = 1 << 20
MAX_REPLY_DEPTH = 10
MAX_REPLY_TOKENS = 300_000
MAX_ADDRESS_TEXT = 64
MAX_NUMBER_DIGITS = 20

_PRINTABLE_ASCII = "".join(map(chr, range(33, 127)))
_UNWANTED_IN_URL = re.compile(r"[\x00-\x20\x7f]")
_KEY_AS_HEX = re.compile(rb"[0-9A-Fa-f]{1,8}")


def announce_url(tracker_url: str, request: AnnounceRequest) -> str:
    """The URL to GET for one announce; the tracker's own query comes first and unchanged.

    The result is percent-encoded already and must not be quoted again by the HTTP client.

    Raises:
        ProtocolError: `tracker_url` is no usable http or https URL.
    """
    fields: list[tuple[str, bytes | str]] = [
        ("info_hash", request.info_hash),
        ("peer_id", request.peer_id),
        ("port", str(request.port)),
        ("uploaded", str(request.uploaded)),
        ("downloaded", str(request.downloaded)),
        ("left", str(request.left)),
    ]
    if request.event is not AnnounceEvent.NONE:
        fields.append(("event", request.event.name.lower()))
    if request.num_want is not None:
        fields.append(("numwant", str(request.num_want)))
    if request.key is not None:
        fields.append(("key", f"{request.key:08X}"))
    fields.append(("compact", "1" if request.compact else "0"))
    if request.no_peer_id:
        fields.append(("no_peer_id", "1"))
    if request.tracker_id is not None:
        fields.append(("trackerid", request.tracker_id))
    if request.ip is not None:
        fields.append(("ip", request.ip))
    parts = _split_url(tracker_url)
    return _join_url(parts, parts.path, fields)


def scrape_url(tracker_url: str, info_hashes: Iterable[bytes]) -> str | None:
    """The URL to GET for the counts of `info_hashes`; None when the tracker cannot be scraped.

    It can when the last path segment starts with `announce`, which then becomes `scrape` (BEP 48).

    Raises:
        ProtocolError: `tracker_url` is no usable http or https URL.
    """
    parts = _split_url(tracker_url)
    folder, slash, segment = parts.path.rpartition("/")
    if not segment.startswith("announce"):
        return None
    path = folder + slash + "scrape" + segment.removeprefix("announce")
    return _join_url(parts, path, [("info_hash", info_hash) for info_hash in info_hashes])


def decode_announce(body: bytes) -> AnnounceReply | AnnounceFailure:
    """Decode the body of an announce reply.

    Intervals are clamped, texts cleaned, peers bounded in number; peers without a numeric address or a port, and
    optional fields of a wrong kind, are left out.

    Raises:
        ProtocolError: no strict bencode, no dictionary, compact peers of an impossible length, or beyond the limits.
    """
    fields = _decode_reply(body)
    failure = _failure_in(fields)
    if failure is not None:
        return failure
    interval = fields.get(b"interval")
    min_interval = fields.get(b"min interval")
    external_ip = get_bytes(fields, b"external ip", 16)
    return AnnounceReply(
        interval=clamp_interval(interval if isinstance(interval, int) else DEFAULT_INTERVAL_SECONDS),
        min_interval=min(max(min_interval, 0), MAX_INTERVAL_SECONDS) if isinstance(min_interval, int) else None,
        peers=tuple(_peers_in(fields)[:MAX_PEERS]),
        seeds=get_int(fields, b"complete", 0, MAX_COUNT),
        leeches=get_int(fields, b"incomplete", 0, MAX_COUNT),
        warning=_text_in(fields, b"warning message"),
        tracker_id=get_bytes(fields, b"tracker id", MAX_TRACKER_ID_LENGTH),
        external_ip=compact.address_text(external_ip) if external_ip and len(external_ip) in (4, 16) else None,
    )


def decode_scrape(body: bytes) -> tuple[ScrapeEntry, ...] | AnnounceFailure:
    """Decode the body of a scrape reply; entries under keys that are no info-hash are left out.

    Raises:
        ProtocolError: no strict bencode, no dictionary of `files`, or beyond the limits.
    """
    fields = _decode_reply(body)
    failure = _failure_in(fields)
    if failure is not None:
        return failure
    files = get_dict(fields, b"files")
    if files is None:
        raise ProtocolError("a scrape reply without files")
    entries = []
    for info_hash in files:
        counts = get_dict(files, info_hash)
        if counts is not None and len(info_hash) == INFO_HASH_LENGTH:
            seeds, completed, leeches = (
                get_int(counts, key, 0, MAX_COUNT) or 0 for key in (b"complete", b"downloaded", b"incomplete")
            )
            entries.append(ScrapeEntry(info_hash, seeds, completed, leeches))
    return tuple(entries)


def parse_announce(raw_query: str) -> AnnounceRequest:
    """Parse the query of an announce as it came (still percent-encoded, without the `?`).

    An unknown event counts as none, an unusable `ip` as not given; amounts are capped at 2^63 - 1.

    Raises:
        ProtocolError: a required field is missing or a number malformed; the text is a sentence for the client.
    """
    fields: dict[str, bytes] = {}
    for name, value in _query_fields(raw_query):
        if name == "info_hash" and name in fields:
            raise ProtocolError("An announce is for one info_hash")
        fields.setdefault(name, value)
    num_want = fields.get("numwant", b"")
    event = fields.get("event", b"").decode("ascii", "replace").upper()
    tracker_id = fields.get("trackerid")
    port = _number(fields, "port")
    if port > 65_535:
        raise ProtocolError("port is beyond 65535")
    return AnnounceRequest(
        info_hash=_exact_bytes(fields, "info_hash", INFO_HASH_LENGTH),
        peer_id=_exact_bytes(fields, "peer_id", PEER_ID_LENGTH),
        port=port,
        uploaded=_number(fields, "uploaded", 0),
        downloaded=_number(fields, "downloaded", 0),
        left=_number(fields, "left"),
        event=AnnounceEvent.__members__.get(event, AnnounceEvent.NONE),
        num_want=min(_number(fields, "numwant"), MAX_PEERS) if num_want and num_want != b"-1" else None,
        key=_key_number(fields.get("key", b"")),
        tracker_id=tracker_id if tracker_id and len(tracker_id) <= MAX_TRACKER_ID_LENGTH else None,
        ip=_numeric_address(fields.get("ip", b"")),
        compact=fields.get("compact", b"1") != b"0",
        no_peer_id=fields.get("no_peer_id", b"0") == b"1",
    )


def parse_scrape(raw_query: str) -> list[bytes]:
    """Parse the query of a scrape to its info-hashes, each once, at most 74; an empty list asks for all swarms.

    Raises:
        ProtocolError: an info-hash that has not 20 bytes, or too many; the text is a sentence for the client.
    """
    info_hashes: dict[bytes, None] = {}
    for name, value in _query_fields(raw_query):
        if name == "info_hash":
            info_hashes[_exact_bytes({name: value}, name, INFO_HASH_LENGTH)] = None
    if len(info_hashes) > MAX_SCRAPE_HASHES:
        raise ProtocolError(f"A scrape is for at most {MAX_SCRAPE_HASHES} torrents")
    return list(info_hashes)


def encode_announce(reply: AnnounceReply, *, compact: bool) -> bytes:
    """Encode an announce reply with compact peers (BEP 23, BEP 7) or with dictionaries, which bear no peer ids.

    Raises ValueError when a peer's address is not numeric.
    """
    fields: dict[bytes, BValue] = {b"interval": reply.interval}
    if compact:
        fields.update(_compact_peers(reply.peers))
    else:
        fields[b"peers"] = [{b"ip": host.encode("ascii"), b"port": port} for host, port in reply.peers]
    if reply.min_interval is not None:
        fields[b"min interval"] = reply.min_interval
    if reply.seeds is not None:
        fields[b"complete"] = reply.seeds
    if reply.leeches is not None:
        fields[b"incomplete"] = reply.leeches
    if reply.warning:
        fields[b"warning message"] = reply.warning.encode()
    if reply.tracker_id is not None:
        fields[b"tracker id"] = reply.tracker_id
    if reply.external_ip is not None:
        fields[b"external ip"] = ip_address(reply.external_ip).packed
    return bencode.encode(fields)


def encode_failure(text: str, retry_in: float | None = None) -> bytes:
    """Encode a refusal; `retry_in` in seconds, `math.inf` for never (BEP 31)."""
    fields: dict[bytes, BValue] = {b"failure reason": text.encode()}
    if retry_in is not None:
        fields[b"retry in"] = b"never" if math.isinf(retry_in) else max(1, math.ceil(retry_in / 60))
    return bencode.encode(fields)


def encode_scrape(entries: Iterable[ScrapeEntry]) -> bytes:
    """Encode a scrape reply (BEP 48)."""
    files: dict[bytes, BValue] = {
        entry.info_hash: {b"complete": entry.seeds, b"downloaded": entry.completed, b"incomplete": entry.leeches}
        for entry in entries
    }
    return bencode.encode({b"files": files})


def _split_url(url: str) -> SplitResult:
    """Split a tracker URL after checking it; the fragment stays unused."""
    if len(url) > MAX_URL_LENGTH or _UNWANTED_IN_URL.search(url):
        raise ProtocolError("a tracker URL that is too long or has blanks or controls in it")
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
        if not parts.netloc.isascii() and parts.hostname:
            host = parts.hostname.encode("idna").decode("ascii")
            parts = parts._replace(netloc=host if parts.port is None else f"{host}:{parts.port}")
    except ValueError as error:
        raise ProtocolError(f"a malformed tracker URL: {error}") from error
    if not usable:
        raise ProtocolError("a tracker URL that is neither http nor https, or has no host")
    return parts


def _join_url(parts: SplitResult, path: str, fields: Sequence[tuple[str, bytes | str]]) -> str:
    own = [f"{name}={quote(value, safe='')}" for name, value in fields]
    query = "&".join([parts.query, *own] if parts.query else own)
    try:
        location = quote(f"{path or '/'}?{query}", safe=_PRINTABLE_ASCII)
    except UnicodeEncodeError as error:
        raise ProtocolError("a tracker URL with half a character") from error
    return f"{parts.scheme}://{parts.netloc}{location}"


def _decode_reply(body: bytes) -> dict[bytes, BValue]:
    # Trackers written as scripts are known to send a line end behind the dictionary.
    whole = body.rstrip(b"\r\n")
    fields = bencode.decode(whole, max_bytes=MAX_REPLY_BYTES, max_depth=MAX_REPLY_DEPTH, max_tokens=MAX_REPLY_TOKENS)
    if not isinstance(fields, dict):
        raise ProtocolError("the tracker's reply is no dictionary")
    return fields


def _failure_in(fields: Fields) -> AnnounceFailure | None:
    # BEP 48 alone spells the key with an underscore.
    for key in (b"failure reason", b"failure_reason"):
        if key in fields:
            retry = fields.get(b"retry in")
            if retry == b"never":
                return AnnounceFailure(_text_in(fields, key), math.inf)
            seconds = min(max(retry, 1) * 60, MAX_RETRY_SECONDS) if isinstance(retry, int) else None
            return AnnounceFailure(_text_in(fields, key), seconds)
    return None


def _text_in(fields: Fields, key: bytes) -> str:
    return clean_text(get_bytes(fields, key, MAX_REPLY_BYTES) or b"", MAX_REASON_LENGTH)


def _peers_in(fields: Fields) -> list[Peer]:
    peers: list[Peer] = []
    listed = fields.get(b"peers")
    if isinstance(listed, bytes):
        peers += compact.decode_peers4(listed)
    elif isinstance(listed, list):
        peers += _dictionary_peers(listed)
    listed6 = fields.get(b"peers6")
    if isinstance(listed6, bytes):
        peers += compact.decode_peers6(listed6)
    return peers


def _dictionary_peers(listed: list[BValue]) -> Iterator[Peer]:
    for entry in listed[:MAX_PEERS]:
        if isinstance(entry, dict):
            host = _numeric_address(get_bytes(entry, b"ip", MAX_ADDRESS_TEXT) or b"")
            port = get_int(entry, b"port", 1, 65_535)
            if host is not None and port is not None:
                yield host, port


def _compact_peers(peers: Iterable[Peer]) -> dict[bytes, BValue]:
    ipv4, ipv6 = compact.split_families(peers)
    fields: dict[bytes, BValue] = {b"peers": compact.encode_peers4(ipv4)}
    if ipv6:
        fields[b"peers6"] = compact.encode_peers6(ipv6)
    return fields


def _numeric_address(raw: bytes) -> str | None:
    """The address in its one canonical text form; None for anything but a numeric address without a zone."""
    if len(raw) > MAX_ADDRESS_TEXT or b"%" in raw:
        return None
    try:
        return compact.address_text(ip_address(raw.decode("ascii")).packed)
    except ValueError:
        return None


def _query_fields(raw_query: str) -> Iterator[tuple[str, bytes]]:
    """The fields of a query in order. A `+` stays a plus: info-hashes are percent-encoded bytes, not a form."""
    if len(raw_query) > MAX_QUERY_LENGTH or raw_query.count("&") >= MAX_QUERY_FIELDS:
        raise ProtocolError("The query is too long")
    for part in raw_query.split("&"):
        name, _, value = part.partition("=")
        try:
            yield name, unquote_to_bytes(value)
        except UnicodeEncodeError as error:
            raise ProtocolError("The query has half a character") from error


def _number(fields: dict[str, bytes], name: str, default: int | None = None) -> int:
    """The decimal number in a field, capped; a missing one is an error unless there is a `default`."""
    value = fields.get(name)
    if value is None:
        if default is None:
            raise ProtocolError(f"{name} is missing")
        return default
    if not value.isdigit() or len(value) > MAX_NUMBER_DIGITS:
        raise ProtocolError(f"{name} is no number")
    return min(int(value), MAX_AMOUNT_BYTES)


def _exact_bytes(fields: dict[str, bytes], name: str, length: int) -> bytes:
    value = fields.get(name)
    if value is None:
        raise ProtocolError(f"{name} is missing")
    if len(value) != length:
        raise ProtocolError(f"{name} has {len(value)} bytes instead of {length}")
    return value


def _key_number(key: bytes) -> int | None:
    """The 32 bits of a client's key: hexadecimal as most write it, else a checksum of whatever it is."""
    if not key:
        return None
    return int(key, 16) if _KEY_AS_HEX.fullmatch(key) else zlib.crc32(key)
