"""The UDP tracker protocol, client and server side: datagrams to values and back (BEP 15, BEP 41 URL data).

Limits: requests of 4 KiB, 3,000 peers a reply, 74 info-hashes a scrape. Replies and requests may be longer than their
fields (BEP 15); what follows is not looked at, save the options of BEP 41. Encoders trust their arguments; numbers
that do not fit raise `struct.error`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, ip_address
from struct import Struct

from shoal.protocol import compact
from shoal.protocol.announce import (
    INFO_HASH_LENGTH,
    MAX_AMOUNT_BYTES,
    MAX_COUNT,
    MAX_PEERS,
    MAX_REASON_LENGTH,
    MAX_SCRAPE_HASHES,
    AnnounceEvent,
    AnnounceFailure,
    AnnounceReply,
    AnnounceRequest,
    ScrapeEntry,
    clamp_interval,
)
from shoal.protocol.errors import ProtocolError
from shoal.protocol.untrusted_text import clean_text

PROTOCOL_ID = 0x41727101980

ACTION_CONNECT = 0
ACTION_ANNOUNCE = 1
ACTION_SCRAPE = 2
ACTION_ERROR = 3

MAX_REQUEST_BYTES = 4_096
MAX_URL_DATA_BYTES = 2_048

_OPTION_END = 0
_OPTION_NOP = 1
_OPTION_URL_DATA = 2
_MAX_OPTION_BYTES = 255

_REQUEST_HEAD = Struct(">QII")
_ANNOUNCE_BODY = Struct(">20s20sQQQI4sIiH")
_REPLY_HEAD = Struct(">II")
_CONNECT_REPLY = Struct(">IIQ")
_ANNOUNCE_REPLY = Struct(">IIIII")
_SCRAPE_COUNTS = Struct(">III")

_NO_ADDRESS = b"\0\0\0\0"
_EVENTS = {event.value: event for event in AnnounceEvent}


@dataclass(frozen=True, slots=True)
class UdpConnect:
    """A request for a connection id."""

    transaction_id: int


@dataclass(frozen=True, slots=True)
class UdpAnnounce:
    """An announce; `url_data` is path and query of the tracker URL that the client was given (BEP 41), or empty."""

    connection_id: int
    transaction_id: int
    request: AnnounceRequest
    url_data: bytes


@dataclass(frozen=True, slots=True)
class UdpScrape:
    """A scrape of 1 to 74 swarms."""

    connection_id: int
    transaction_id: int
    info_hashes: tuple[bytes, ...]


UdpRequest = UdpConnect | UdpAnnounce | UdpScrape


def encode_connect_request(transaction_id: int) -> bytes:
    """Ask for a connection id, which proves to the tracker that we receive at our address."""
    return _REQUEST_HEAD.pack(PROTOCOL_ID, ACTION_CONNECT, transaction_id)


def encode_announce_request(
    connection_id: int, transaction_id: int, request: AnnounceRequest, url_data: bytes = b""
) -> bytes:
    """Encode an announce; `url_data` is path and query of the tracker URL, sent as options (BEP 41).

    An IPv6 `request.ip` cannot be told over UDP and is left out.
    """
    body = _ANNOUNCE_BODY.pack(
        request.info_hash,
        request.peer_id,
        request.downloaded,
        request.left,
        request.uploaded,
        request.event.value,
        _claimed_address(request.ip),
        request.key or 0,
        -1 if request.num_want is None else request.num_want,
        request.port,
    )
    return _REQUEST_HEAD.pack(connection_id, ACTION_ANNOUNCE, transaction_id) + body + _url_data_options(url_data)


def encode_scrape_request(connection_id: int, transaction_id: int, info_hashes: Sequence[bytes]) -> bytes:
    """Encode a scrape. Raises ValueError unless there are 1 to 74 info-hashes of 20 bytes."""
    if not 1 <= len(info_hashes) <= MAX_SCRAPE_HASHES or any(len(one) != INFO_HASH_LENGTH for one in info_hashes):
        raise ValueError(f"a scrape of {len(info_hashes)} info-hashes, or one of a wrong length")
    return _REQUEST_HEAD.pack(connection_id, ACTION_SCRAPE, transaction_id) + b"".join(info_hashes)


def transaction_of(reply: bytes | memoryview) -> int:
    """The transaction id of any reply, to find the request that it answers. Raises ProtocolError under 8 bytes."""
    if len(reply) < _REPLY_HEAD.size:
        raise ProtocolError(f"a tracker reply of {len(reply)} bytes")
    transaction_id: int = _REPLY_HEAD.unpack_from(reply)[1]
    return transaction_id


def decode_connect_reply(reply: bytes | memoryview, transaction_id: int) -> int | AnnounceFailure:
    """The connection id, good for 60 seconds. Raises ProtocolError for a reply to something else or too short."""
    failure = _checked_reply(reply, ACTION_CONNECT, transaction_id, _CONNECT_REPLY.size)
    if failure is not None:
        return failure
    connection_id: int = _CONNECT_REPLY.unpack_from(reply)[2]
    return connection_id


def decode_announce_reply(
    reply: bytes | memoryview, transaction_id: int, *, ipv6: bool = False
) -> AnnounceReply | AnnounceFailure:
    """Decode an announce reply; `ipv6` says that it came over IPv6 and so lists IPv6 peers.

    Raises:
        ProtocolError: a reply to something else or too short.
    """
    failure = _checked_reply(reply, ACTION_ANNOUNCE, transaction_id, _ANNOUNCE_REPLY.size)
    if failure is not None:
        return failure
    _, _, interval, leeches, seeds = _ANNOUNCE_REPLY.unpack_from(reply)
    stride = compact.PEER6_LENGTH if ipv6 else compact.PEER4_LENGTH
    count = min((len(reply) - _ANNOUNCE_REPLY.size) // stride, MAX_PEERS)
    listed = reply[_ANNOUNCE_REPLY.size : _ANNOUNCE_REPLY.size + count * stride]
    return AnnounceReply(
        interval=clamp_interval(interval),
        peers=tuple(compact.decode_peers6(listed) if ipv6 else compact.decode_peers4(listed)),
        seeds=min(seeds, MAX_COUNT),
        leeches=min(leeches, MAX_COUNT),
    )


def decode_scrape_reply(
    reply: bytes | memoryview, transaction_id: int, info_hashes: Sequence[bytes]
) -> tuple[ScrapeEntry, ...] | AnnounceFailure:
    """Decode the counts of `info_hashes`, in the order in which they were asked.

    Raises:
        ProtocolError: a reply to something else, or with fewer counts than were asked.
    """
    needed = _REPLY_HEAD.size + _SCRAPE_COUNTS.size * len(info_hashes)
    failure = _checked_reply(reply, ACTION_SCRAPE, transaction_id, needed)
    if failure is not None:
        return failure
    counts = _SCRAPE_COUNTS.iter_unpack(reply[_REPLY_HEAD.size : needed])
    return tuple(
        ScrapeEntry(info_hash, *(min(count, MAX_COUNT) for count in numbers))
        for info_hash, numbers in zip(info_hashes, counts, strict=True)
    )


def decode_request(data: bytes | memoryview) -> UdpRequest:
    """Decode a client's request; the caller checks the connection id before it believes anything.

    Amounts are capped at 2^63 - 1, an unknown event counts as none.

    Raises:
        ProtocolError: too short, too long, an unknown action, or a wrong protocol id in a connect.
    """
    if not _REQUEST_HEAD.size <= len(data) <= MAX_REQUEST_BYTES:
        raise ProtocolError(f"a tracker request of {len(data)} bytes")
    connection_id, action, transaction_id = _REQUEST_HEAD.unpack_from(data)
    if action == ACTION_CONNECT:
        if connection_id != PROTOCOL_ID:
            raise ProtocolError("a connect with a wrong protocol id")
        return UdpConnect(transaction_id)
    if action == ACTION_ANNOUNCE:
        return _decode_announce(bytes(data), connection_id, transaction_id)
    if action == ACTION_SCRAPE:
        return _decode_scrape(bytes(data), connection_id, transaction_id)
    raise ProtocolError(f"a tracker request with action {action}")


def encode_connect_reply(transaction_id: int, connection_id: int) -> bytes:
    """Grant a connection id."""
    return _CONNECT_REPLY.pack(ACTION_CONNECT, transaction_id, connection_id)


def encode_announce_reply(transaction_id: int, reply: AnnounceReply, *, ipv6: bool = False) -> bytes:
    """Answer an announce with the peers of one family, the family over which it came.

    Nothing but interval, counts and peers can be told over UDP. Raises ValueError when an address is not numeric.
    """
    peers4, peers6 = compact.split_families(reply.peers)
    head = _ANNOUNCE_REPLY.pack(ACTION_ANNOUNCE, transaction_id, reply.interval, reply.leeches or 0, reply.seeds or 0)
    return head + (compact.encode_peers6(peers6) if ipv6 else compact.encode_peers4(peers4))


def encode_scrape_reply(transaction_id: int, entries: Iterable[ScrapeEntry]) -> bytes:
    """Answer a scrape; `entries` in the order of the request, zeros for a swarm that is not known."""
    head = _REPLY_HEAD.pack(ACTION_SCRAPE, transaction_id)
    return head + b"".join(_SCRAPE_COUNTS.pack(entry.seeds, entry.completed, entry.leeches) for entry in entries)


def encode_error(transaction_id: int, text: str) -> bytes:
    """Refuse a request, with a sentence for the client."""
    return _REPLY_HEAD.pack(ACTION_ERROR, transaction_id) + text.encode()


def _checked_reply(
    reply: bytes | memoryview, action: int, transaction_id: int, min_length: int
) -> AnnounceFailure | None:
    """The tracker's error, if this is one; else make sure that it answers this request and is long enough."""
    if transaction_of(reply) != transaction_id:
        raise ProtocolError("a tracker reply to another request")
    (said, _) = _REPLY_HEAD.unpack_from(reply)
    if said == ACTION_ERROR:
        return AnnounceFailure(clean_text(bytes(reply[_REPLY_HEAD.size :]), MAX_REASON_LENGTH))
    if said != action:
        raise ProtocolError(f"a tracker reply with action {said} instead of {action}")
    if len(reply) < min_length:
        raise ProtocolError(f"a tracker reply of {len(reply)} bytes instead of {min_length}")
    return None


def _decode_announce(data: bytes, connection_id: int, transaction_id: int) -> UdpAnnounce:
    options_start = _REQUEST_HEAD.size + _ANNOUNCE_BODY.size
    if len(data) < options_start:
        raise ProtocolError(f"an announce of {len(data)} bytes")
    info_hash, peer_id, downloaded, left, uploaded, event, address, key, num_want, port = _ANNOUNCE_BODY.unpack_from(
        data, _REQUEST_HEAD.size
    )
    request = AnnounceRequest(
        info_hash=info_hash,
        peer_id=peer_id,
        port=port,
        uploaded=min(uploaded, MAX_AMOUNT_BYTES),
        downloaded=min(downloaded, MAX_AMOUNT_BYTES),
        left=min(left, MAX_AMOUNT_BYTES),
        event=_EVENTS.get(event, AnnounceEvent.NONE),
        num_want=min(num_want, MAX_PEERS) if num_want >= 0 else None,
        key=key,
        ip=None if address == _NO_ADDRESS else compact.address_text(address),
    )
    return UdpAnnounce(connection_id, transaction_id, request, _url_data_in(data, options_start))


def _decode_scrape(data: bytes, connection_id: int, transaction_id: int) -> UdpScrape:
    count = (len(data) - _REQUEST_HEAD.size) // INFO_HASH_LENGTH
    if not 1 <= count <= MAX_SCRAPE_HASHES:
        raise ProtocolError(f"a scrape of {count} info-hashes")
    starts = range(_REQUEST_HEAD.size, _REQUEST_HEAD.size + count * INFO_HASH_LENGTH, INFO_HASH_LENGTH)
    return UdpScrape(connection_id, transaction_id, tuple(data[start : start + INFO_HASH_LENGTH] for start in starts))


def _claimed_address(ip: str | None) -> bytes:
    address = ip_address(ip) if ip is not None else None
    return address.packed if isinstance(address, IPv4Address) else _NO_ADDRESS


def _url_data_options(url_data: bytes) -> bytes:
    """Split path and query over as many options as they need; an option holds 255 bytes."""
    if len(url_data) > MAX_URL_DATA_BYTES:
        raise ValueError(f"{len(url_data)} bytes of URL data")
    pieces = [url_data[start : start + _MAX_OPTION_BYTES] for start in range(0, len(url_data), _MAX_OPTION_BYTES)]
    return b"".join(bytes((_OPTION_URL_DATA, len(piece))) + piece for piece in pieces)


def _url_data_in(data: bytes, position: int) -> bytes:
    """The URL data of all options joined; padding behind the fields that is no valid option ends the search."""
    found = b""
    while position < len(data) and data[position] != _OPTION_END:
        if data[position] == _OPTION_NOP:
            position += 1
            continue
        start = position + 2
        if start > len(data) or start + data[position + 1] > len(data):
            break
        end = start + data[position + 1]
        if data[position] == _OPTION_URL_DATA:
            found += data[start:end]
        position = end
    return found[:MAX_URL_DATA_BYTES]
