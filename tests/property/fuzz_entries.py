"""A fuzz entry per codec: functions that take bytes, swallow the typed errors only, and check what was accepted.

They are what atheris wants (`atheris.Setup(sys.argv, fuzz_bencode)`), and `run_fuzz` feeds them without it. The
registry is open: any `tests/property/fuzz_*.py` may add entries with `@fuzz_entry(seed, ...)`; the runner imports them
all. An input that once broke a codec becomes a seed here and a case in that codec's unit test.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

import bencodepy
from tests.unit.protocol.recording_sink import RecordingSink

from shoal.protocol import bencode, compact, extension, peer_wire, tracker_http, tracker_udp
from shoal.protocol.announce import (
    MAX_INTERVAL_SECONDS,
    MAX_PEERS,
    MIN_INTERVAL_SECONDS,
    AnnounceEvent,
    AnnounceReply,
    AnnounceRequest,
    ScrapeEntry,
)
from shoal.protocol.errors import ProtocolError
from shoal.protocol.untrusted_text import clean_text
from shoal.protocol.wire_reader import read_messages

Fuzz = Callable[[bytes], None]

ENTRIES: dict[str, FuzzEntry] = {}


@dataclass(frozen=True, slots=True)
class FuzzEntry:
    """A function to feed, and whole, valid inputs from which to mutate."""

    run: Fuzz
    seeds: tuple[bytes, ...]


def fuzz_entry(*seeds: bytes) -> Callable[[Fuzz], Fuzz]:
    """Register the decorated function under its name, to be fed with mutations of `seeds`."""

    def register(run: Fuzz) -> Fuzz:
        assert seeds, "an entry needs a seed"
        ENTRIES[run.__name__] = FuzzEntry(run, seeds)
        return run

    return register


HASH = bytes(range(20))
PEER_ID = b"-SH0001-abcdefghijkl"
REQUEST = AnnounceRequest(HASH, PEER_ID, 6881, 1, 2, 3, AnnounceEvent.STARTED, 50, 0xBEEF, b"id", "1.2.3.4")
REPLY = AnnounceReply(1800, 60, (("1.2.3.4", 6881), ("2001:db8::1", 1)), 5, 6, "careful", b"id", "9.8.7.6")
SCRAPED = (ScrapeEntry(HASH, 1, 2, 3), ScrapeEntry(PEER_ID, 4, 5, 6))
TRANSACTION = 0x01020304
ANNOUNCE_QUERY = tracker_http.announce_url("http://t/announce", REQUEST).partition("?")[2].encode()
TORRENT = (
    b"d8:announce20:http://t.example/ann13:announce-listll1:aee4:infod5:filesld6:lengthi5e4:pathl1:a1:beee"
    b"4:name1:n12:piece lengthi16384e6:pieces20:" + HASH + b"e5:nodesll9:127.0.0.1i6881eeee"
)


@fuzz_entry(TORRENT, b"i-12345678901234567890e", b"11:hello world", b"ld1:ai0e1:bl0:eed0:deee", b"d1:bi1e1:ai2ee")
def fuzz_bencode(data: bytes) -> None:
    with suppress(ProtocolError):
        value, end, spans = bencode.decode_with_spans(data, max_tokens=10_000)
        assert bencode.decode_prefix(data) == (value, end)
        assert bencodepy.decode(data[:end]) == value
        assert bencode.decode(bencode.encode(value), strict_order=True) == value
        if isinstance(value, dict):
            assert {key: bencode.decode(data[start:stop]) for key, (start, stop) in spans.items()} == value
        else:
            assert not spans
    with suppress(ProtocolError):
        bencode.decode(data, strict_order=True)


@fuzz_entry(bytes(range(1, 37)), compact.encode_peers4(REPLY.peers[:1]), compact.encode_peers6(REPLY.peers[1:]))
def fuzz_compact(data: bytes) -> None:
    with suppress(ProtocolError):
        peers = compact.decode_peers4(data)
        assert compact.decode_peers4(compact.encode_peers4(peers)) == peers
    with suppress(ProtocolError):
        peers = compact.decode_peers6(data)
        mapped, plain = compact.split_families(peers)
        assert len(mapped) + len(plain) == len(peers)
        assert compact.decode_peers6(compact.encode_peers6(plain)) == plain
    with suppress(ProtocolError):
        compact.address_text(data)


@fuzz_entry(peer_wire.encode_handshake(HASH, PEER_ID), peer_wire.encode_handshake(HASH, PEER_ID, fast=False, dht=True))
def fuzz_handshake(data: bytes) -> None:
    with suppress(ProtocolError):
        handshake = peer_wire.decode_handshake(data)
        assert len(handshake.info_hash) == len(handshake.peer_id) == 20
        encoded = peer_wire.encode_handshake(
            handshake.info_hash,
            handshake.peer_id,
            extensions=handshake.supports_extensions,
            fast=handshake.supports_fast,
            dht=handshake.supports_dht,
        )
        again = peer_wire.decode_handshake(encoded)
        assert again.supports_extensions == handshake.supports_extensions
        assert again.supports_fast == handshake.supports_fast


@fuzz_entry(
    b"".join((peer_wire.KEEP_ALIVE, peer_wire.HAVE_ALL, peer_wire.UNCHOKE, peer_wire.encode_have(7)))
    + peer_wire.encode_bitfield(b"\xf0")
    + peer_wire.encode_extended(0, b"de"),
    b"".join(peer_wire.piece_header(1, begin, 4) + b"data" for begin in range(0, 16, 4)),
    peer_wire.encode_request(1, 2, 3) + peer_wire.encode_cancel(1, 2, 3) + peer_wire.encode_reject(1, 2, 3),
    peer_wire.encode_port(1) + peer_wire.encode_suggest(2) + peer_wire.encode_allowed_fast(3) + b"\0\0\0\2\x15x",
)
def fuzz_wire_reader(data: bytes) -> None:
    """Any split of the bytes must give the same events, and the same refusal."""
    split = sum(data) % (len(data) + 1)
    assert _events_of([data]) == _events_of([data[:split], data[split:]])


def _events_of(parts: list[bytes]) -> tuple[list[object], bool]:
    sink = RecordingSink()
    tail = b""
    for part in parts:
        tail += part
        try:
            consumed = read_messages(memoryview(tail), sink, 5_000)
        except ProtocolError:
            return list(sink.events), True
        assert 0 <= consumed <= len(tail)
        tail = tail[consumed:]
    return list(sink.events), False


@fuzz_entry(
    extension.encode_extension_handshake(
        extension.ExtensionHandshake({"ut_metadata": 2, "ut_pex": 1}, "Shoal 0.1", 500, 6881, b"\1\2\3\4", 31_235, True)
    ),
    b"d1:ei0e1:md11:lt_donthavei7e12:ut_holepunchi4ee4:ipv616:0123456789abcdef1:v15:\xc2\xb5Torrent 1.2.3 e",
)
def fuzz_extension(data: bytes) -> None:
    with suppress(ProtocolError):
        handshake = extension.decode_extension_handshake(data)
        assert extension.decode_extension_handshake(extension.encode_extension_handshake(handshake)) == handshake


@fuzz_entry(
    tracker_http.encode_announce(REPLY, compact=True),
    tracker_http.encode_announce(REPLY, compact=False),
    tracker_http.encode_failure("no entry", 600.0),
    b"d14:failure reason4:gone8:retry in5:nevere",
)
def fuzz_http_announce_reply(data: bytes) -> None:
    with suppress(ProtocolError):
        reply = tracker_http.decode_announce(data)
        if isinstance(reply, AnnounceReply):
            _check_reply(reply)
            assert tracker_http.decode_announce(tracker_http.encode_announce(reply, compact=False)) == reply


@fuzz_entry(tracker_http.encode_scrape(SCRAPED), tracker_http.encode_failure("no scrape"))
def fuzz_http_scrape_reply(data: bytes) -> None:
    with suppress(ProtocolError):
        entries = tracker_http.decode_scrape(data)
        if isinstance(entries, tuple):
            in_key_order = tuple(sorted(entries, key=lambda entry: entry.info_hash))
            assert tracker_http.decode_scrape(tracker_http.encode_scrape(entries)) == in_key_order


@fuzz_entry(ANNOUNCE_QUERY, b"info_hash=" + b"%61" * 20 + b"&peer_id=" + b"b" * 20 + b"&port=1&left=0&key=zz&ip=::1")
def fuzz_http_announce_query(data: bytes) -> None:
    with suppress(ProtocolError):
        request = tracker_http.parse_announce(data.decode("utf-8", "surrogateescape"))
        assert len(request.info_hash) == len(request.peer_id) == 20
        assert 0 <= request.port <= 65_535
        query = tracker_http.announce_url("http://t.example/announce", request).partition("?")[2]
        assert tracker_http.parse_announce(query) == request


@fuzz_entry(b"info_hash=" + b"%ff" * 20 + b"&info_hash=" + b"a" * 20)
def fuzz_http_scrape_query(data: bytes) -> None:
    with suppress(ProtocolError):
        assert all(len(one) == 20 for one in tracker_http.parse_scrape(data.decode("utf-8", "surrogateescape")))


@fuzz_entry(
    b"http://tracker.example:80/announce.php?passkey=1", b"https://u:p@[::1]:443/x/announce#f", "http://ü/é".encode()
)
def fuzz_tracker_url(data: bytes) -> None:
    url = data.decode("utf-8", "surrogateescape")
    with suppress(ProtocolError):
        assert tracker_http.announce_url(url, REQUEST).isascii()
    with suppress(ProtocolError):
        tracker_http.scrape_url(url, [HASH])


@fuzz_entry(
    tracker_udp.encode_connect_reply(TRANSACTION, 2**63),
    tracker_udp.encode_announce_reply(TRANSACTION, REPLY),
    tracker_udp.encode_announce_reply(TRANSACTION, REPLY, ipv6=True),
    tracker_udp.encode_scrape_reply(TRANSACTION, SCRAPED),
    tracker_udp.encode_error(TRANSACTION, "no entry"),
)
def fuzz_udp_reply(data: bytes) -> None:
    with suppress(ProtocolError):
        transaction = tracker_udp.transaction_of(data)
        with suppress(ProtocolError):
            tracker_udp.decode_connect_reply(data, transaction)
        for ipv6 in (False, True):
            with suppress(ProtocolError):
                reply = tracker_udp.decode_announce_reply(data, transaction, ipv6=ipv6)
                if isinstance(reply, AnnounceReply):
                    _check_reply(reply)
        with suppress(ProtocolError):
            tracker_udp.decode_scrape_reply(data, transaction, [HASH, PEER_ID])


@fuzz_entry(
    tracker_udp.encode_connect_request(TRANSACTION),
    tracker_udp.encode_announce_request(2**63, TRANSACTION, REQUEST, b"/announce?passkey=1"),
    tracker_udp.encode_announce_request(2**63, TRANSACTION, REQUEST) + b"\x01\x7f\x02ab\x02\x01x\x00",
    tracker_udp.encode_scrape_request(2**63, TRANSACTION, [HASH, PEER_ID]),
)
def fuzz_udp_request(data: bytes) -> None:
    with suppress(ProtocolError):
        request = tracker_udp.decode_request(data)
        if isinstance(request, tracker_udp.UdpAnnounce):
            encoded = tracker_udp.encode_announce_request(
                request.connection_id, request.transaction_id, request.request, request.url_data
            )
            assert tracker_udp.decode_request(encoded) == request


@fuzz_entry("Grüße \u202e\u200b\x07🎉 end".encode(), b"\xff\xc0\xaf" * 20)
def fuzz_untrusted_text(data: bytes) -> None:
    shown = clean_text(data, 40)
    assert len(shown) <= 40
    assert clean_text(shown.encode(), 40) == shown
    assert not {unicodedata.category(character) for character in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"}


def _check_reply(reply: AnnounceReply) -> None:
    assert MIN_INTERVAL_SECONDS <= reply.interval <= MAX_INTERVAL_SECONDS
    assert len(reply.peers) <= MAX_PEERS
    assert all(0 < port < 65_536 for _, port in reply.peers)
