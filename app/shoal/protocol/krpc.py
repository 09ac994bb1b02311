"""Messages of the DHT (KRPC): queries, replies and errors as values (BEP 5, 32, 33, 42, 43, 51).

Limits: a datagram of MAX_PACKET_BYTES, MAX_DEPTH nested containers, transaction ids of at most 32 bytes. A field of the
wrong type or length is an error, not a guess; fields that we do not know are skipped.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from ipaddress import IPv4Address, IPv6Address

from shoal.protocol.bencode import BValue, decode, encode
from shoal.protocol.compact import (
    PEER4_LENGTH,
    PEER6_LENGTH,
    decode_peers4,
    decode_peers6,
    encode_peers4,
    encode_peers6,
)
from shoal.protocol.dht_nodes import (
    ID_LENGTH,
    Contact,
    decode_nodes4,
    decode_nodes6,
    encode_nodes4,
    encode_nodes6,
)
from shoal.protocol.errors import ProtocolError

MAX_PACKET_BYTES = 2_048
"""Nobody needs more: nodes that follow BEP 32 send at most 1,024."""
MAX_DEPTH = 6
MAX_TOKENS = 800
MAX_TRANSACTION_BYTES = 32
MAX_TOKEN_BYTES = 128
MAX_METHOD_BYTES = 40
MAX_ERROR_BYTES = 200
MAX_SAMPLES_BYTES = 50 * ID_LENGTH
MAX_SAMPLE_INTERVAL_SECONDS = 21_600
"""Six hours (BEP 51)."""
FILTER_BYTES = 256
"""A Bloom filter of addresses (BEP 33)."""

GENERIC_ERROR, SERVER_ERROR, PROTOCOL_ERROR, METHOD_UNKNOWN = 201, 202, 203, 204

Fields = Mapping[bytes, BValue]


class Method(Enum):
    """What can be asked."""

    PING = b"ping"
    FIND_NODE = b"find_node"
    GET_PEERS = b"get_peers"
    ANNOUNCE_PEER = b"announce_peer"
    SAMPLE_INFOHASHES = b"sample_infohashes"
    OTHER = b""
    """A method that we do not know."""


_METHODS = {method.value: method for method in Method if method is not Method.OTHER}


@dataclass(frozen=True, slots=True)
class Query:
    """A question. `target` is the id or info-hash that it is about, None for PING and where OTHER names none."""

    transaction: bytes
    sender: bytes
    """The node id of who asks."""
    method: Method
    target: bytes | None = None
    wants_ipv4: bool = False
    wants_ipv6: bool = False
    """`want` (BEP 32); with neither the asker wants nodes of the family that the packet came by."""
    is_scrape: bool = False
    """GET_PEERS (BEP 33): asks for the Bloom filters too."""
    no_seeds: bool = False
    """GET_PEERS (BEP 33): seeds are of no use to the asker."""
    port: int = 0
    """ANNOUNCE_PEER: 1..65535, or 0 for the port that the packet came from."""
    token: bytes = b""
    is_seed: bool = False
    """ANNOUNCE_PEER (BEP 33)."""
    is_read_only: bool = False
    """The asker answers nobody (BEP 43)."""


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer; what it does not tell is empty or None."""

    transaction: bytes
    sender: bytes
    nodes4: tuple[Contact, ...] = ()
    nodes6: tuple[Contact, ...] = ()
    peers: tuple[tuple[str, int], ...] = ()
    token: bytes | None = None
    your_address: tuple[str, int] | None = None
    """The asker's address and port as the answerer sees them (BEP 42)."""
    samples: tuple[bytes, ...] | None = None
    """SAMPLE_INFOHASHES (BEP 51)."""
    sample_count: int | None = None
    """How many info-hashes the node stores in all."""
    sample_interval: int | None = None
    """Seconds after which asking again may tell something new."""
    seed_filter: bytes | None = None
    peer_filter: bytes | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An error message."""

    transaction: bytes
    code: int
    text: bytes


Message = Query | Reply | Failure


def decode_message(data: bytes | memoryview) -> Message:
    """Decode one datagram.

    Raises:
        ProtocolError: it is no message of the DHT, or a field of it is of the wrong type, size or range.
    """
    top = decode(data, max_bytes=MAX_PACKET_BYTES, max_depth=MAX_DEPTH, max_tokens=MAX_TOKENS)
    if not isinstance(top, dict):
        raise ProtocolError("a DHT message must be a dictionary")
    transaction = _bytes(top, b"t", 0, MAX_TRANSACTION_BYTES)
    match top.get(b"y"):
        case b"q":
            return _query(top, transaction)
        case b"r":
            return _reply(top, transaction)
        case b"e":
            return _failure(top, transaction)
        case _:
            raise ProtocolError("a DHT message of no known kind")


def encode_query(query: Query, version: bytes) -> bytes:
    """Encode a question; `version` is our four bytes of `v`. Raises ValueError for OTHER."""
    if query.method is Method.OTHER:
        raise ValueError("a query needs a method")
    arguments: dict[bytes, BValue] = {b"id": query.sender}
    if query.target is not None:
        is_of_hash = query.method in (Method.GET_PEERS, Method.ANNOUNCE_PEER)
        arguments[b"info_hash" if is_of_hash else b"target"] = query.target
    want: list[BValue] = [name for name, wants in ((b"n4", query.wants_ipv4), (b"n6", query.wants_ipv6)) if wants]
    if want:
        arguments[b"want"] = want
    if query.method is Method.GET_PEERS:
        arguments |= {name: 1 for name, says in ((b"scrape", query.is_scrape), (b"noseed", query.no_seeds)) if says}
    elif query.method is Method.ANNOUNCE_PEER:
        arguments |= {b"token": query.token, b"port": query.port, b"seed": int(query.is_seed)}
        if not query.port:
            arguments |= {b"implied_port": 1, b"port": 1}
    top: dict[bytes, BValue] = {
        b"t": query.transaction,
        b"y": b"q",
        b"q": query.method.value,
        b"a": arguments,
        b"v": version,
    }
    if query.is_read_only:
        top[b"ro"] = 1
    return encode(top)


def encode_reply(reply: Reply, version: bytes) -> bytes:
    """Encode an answer. Raises ValueError for an address of the wrong family."""
    fields: dict[bytes, BValue] = {b"id": reply.sender}
    if reply.nodes4:
        fields[b"nodes"] = encode_nodes4(reply.nodes4)
    if reply.nodes6:
        fields[b"nodes6"] = encode_nodes6(reply.nodes6)
    if reply.peers:
        fields[b"values"] = [_peer_bytes(peer) for peer in reply.peers]
    optional: tuple[tuple[bytes, BValue | None], ...] = (
        (b"token", reply.token),
        (b"samples", None if reply.samples is None else b"".join(reply.samples)),
        (b"num", reply.sample_count),
        (b"interval", reply.sample_interval),
        (b"BFsd", reply.seed_filter),
        (b"BFpe", reply.peer_filter),
    )
    fields |= {name: value for name, value in optional if value is not None}
    top: dict[bytes, BValue] = {b"t": reply.transaction, b"y": b"r", b"r": fields, b"v": version}
    if reply.your_address is not None and reply.your_address[1]:
        top[b"ip"] = _peer_bytes(reply.your_address)
    return encode(top)


def encode_failure(failure: Failure, version: bytes) -> bytes:
    """Encode an error message."""
    return encode({b"t": failure.transaction, b"y": b"e", b"e": [failure.code, failure.text], b"v": version})


def _query(top: Fields, transaction: bytes) -> Query:
    arguments = _dictionary(top, b"a")
    method = _METHODS.get(_bytes(top, b"q", 1, MAX_METHOD_BYTES), Method.OTHER)
    is_of_hash = method in (Method.GET_PEERS, Method.ANNOUNCE_PEER)
    key = b"info_hash" if is_of_hash or (method is Method.OTHER and b"target" not in arguments) else b"target"
    is_named = method not in (Method.PING, Method.OTHER) or (method is Method.OTHER and key in arguments)
    is_announce = method is Method.ANNOUNCE_PEER
    want = _want(arguments)
    return Query(
        transaction=transaction,
        sender=_bytes(arguments, b"id", ID_LENGTH, ID_LENGTH),
        method=method,
        target=_bytes(arguments, key, ID_LENGTH, ID_LENGTH) if is_named else None,
        wants_ipv4=b"n4" in want,
        wants_ipv6=b"n6" in want,
        is_scrape=_flag(arguments, b"scrape"),
        no_seeds=_flag(arguments, b"noseed"),
        port=_announced_port(arguments) if is_announce else 0,
        token=_bytes(arguments, b"token", 0, MAX_TOKEN_BYTES) if is_announce else b"",
        is_seed=is_announce and _flag(arguments, b"seed"),
        is_read_only=_flag(top, b"ro"),
    )


def _reply(top: Fields, transaction: bytes) -> Reply:
    fields = _dictionary(top, b"r")
    samples = _optional(fields, b"samples", MAX_SAMPLES_BYTES)
    return Reply(
        transaction=transaction,
        sender=_bytes(fields, b"id", ID_LENGTH, ID_LENGTH),
        nodes4=tuple(decode_nodes4(_optional(fields, b"nodes", MAX_PACKET_BYTES) or b"")),
        nodes6=tuple(decode_nodes6(_optional(fields, b"nodes6", MAX_PACKET_BYTES) or b"")),
        peers=_peers(fields.get(b"values")),
        token=_optional(fields, b"token", MAX_TOKEN_BYTES),
        your_address=_own_address(_optional(top, b"ip", PEER6_LENGTH)),
        samples=None if samples is None else _split(samples),
        sample_count=_number(fields, b"num", 0, 2**63),
        sample_interval=_number(fields, b"interval", 0, MAX_SAMPLE_INTERVAL_SECONDS),
        seed_filter=_filter(fields, b"BFsd"),
        peer_filter=_filter(fields, b"BFpe"),
    )


def _failure(top: Fields, transaction: bytes) -> Failure:
    match top.get(b"e"):
        case [int(code), bytes(text), *_]:
            return Failure(transaction, code, text[:MAX_ERROR_BYTES])
        case _:
            raise ProtocolError("a DHT error must be a list of a code and a text")


def _announced_port(arguments: Fields) -> int:
    if _flag(arguments, b"implied_port"):
        return 0
    port = _number(arguments, b"port", 1, 65_535)
    if port is None:
        raise ProtocolError("an announce without a port")
    return port


def _want(arguments: Fields) -> list[BValue]:
    want = arguments.get(b"want", [])
    if not isinstance(want, list):
        raise ProtocolError("want is no list")
    return want


def _peers(values: BValue | None) -> tuple[tuple[str, int], ...]:
    if values is None:
        return ()
    if not isinstance(values, list):
        raise ProtocolError("values is no list")
    peers: dict[tuple[str, int], None] = {}
    for value in values:
        if not isinstance(value, bytes):
            raise ProtocolError("a peer that is no string")
        if len(value) == PEER4_LENGTH:
            peers |= dict.fromkeys(decode_peers4(value))
        elif len(value) == PEER6_LENGTH:
            peers |= dict.fromkeys(decode_peers6(value))
        else:
            raise ProtocolError(f"a peer of {len(value)} bytes")
    return tuple(peers)


def _own_address(value: bytes | None) -> tuple[str, int] | None:
    """Also without a port, as old nodes tell it; what is neither is ignored, for it is advice only."""
    if value is None:
        return None
    if len(value) in (4, 16):
        value += b"\0\0"
    if len(value) not in (PEER4_LENGTH, PEER6_LENGTH):
        return None
    host = IPv4Address(value[:4]) if len(value) == PEER4_LENGTH else IPv6Address(value[:16])
    return str(host), int.from_bytes(value[-2:], "big")


def _peer_bytes(peer: tuple[str, int]) -> bytes:
    return encode_peers6([peer]) if ":" in peer[0] else encode_peers4([peer])


def _split(samples: bytes) -> tuple[bytes, ...]:
    if len(samples) % ID_LENGTH:
        raise ProtocolError(f"{len(samples)} bytes of samples")
    return tuple(samples[start : start + ID_LENGTH] for start in range(0, len(samples), ID_LENGTH))


def _filter(fields: Fields, key: bytes) -> bytes | None:
    value = _optional(fields, key, FILTER_BYTES)
    if value is not None and len(value) != FILTER_BYTES:
        raise ProtocolError(f"a filter of {len(value)} bytes")
    return value


def _dictionary(fields: Fields, key: bytes) -> Fields:
    value = fields.get(key)
    if not isinstance(value, dict):
        raise ProtocolError(f"{key!r} is no dictionary")
    return value


def _bytes(fields: Fields, key: bytes, least: int, most: int) -> bytes:
    value = fields.get(key)
    if not isinstance(value, bytes) or not least <= len(value) <= most:
        raise ProtocolError(f"{key!r} is no string of {least} to {most} bytes")
    return value


def _optional(fields: Fields, key: bytes, most: int) -> bytes | None:
    return None if key not in fields else _bytes(fields, key, 0, most)


def _number(fields: Fields, key: bytes, low: int, high: int) -> int | None:
    value = fields.get(key)
    if value is None:
        return None
    if not isinstance(value, int) or not low <= value <= high:
        raise ProtocolError(f"{key!r} is no number from {low} to {high}")
    return value


def _flag(fields: Fields, key: bytes) -> bool:
    return bool(_number(fields, key, 0, 1))
