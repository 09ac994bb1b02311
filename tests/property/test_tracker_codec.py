from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shoal.protocol import compact, tracker_http, tracker_udp
from shoal.protocol.announce import (
    MAX_AMOUNT_BYTES,
    MAX_COUNT,
    MAX_INTERVAL_SECONDS,
    MAX_PEERS,
    MAX_REASON_LENGTH,
    MIN_INTERVAL_SECONDS,
    AnnounceEvent,
    AnnounceReply,
    AnnounceRequest,
    ScrapeEntry,
)

PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
TWENTY_BYTES = st.binary(min_size=20, max_size=20)
PORTS = st.integers(1, 65_535)
PEERS4 = st.lists(st.tuples(st.ip_addresses(v=4).map(str), PORTS), max_size=8)
PEERS6 = st.lists(
    st.tuples(st.ip_addresses(v=6).filter(lambda address: address.ipv4_mapped is None).map(str), PORTS), max_size=8
)
AMOUNTS = st.integers(0, MAX_AMOUNT_BYTES)
COUNTS = st.integers(0, MAX_COUNT)
U32 = st.integers(0, 2**32 - 1)
U64 = st.integers(0, 2**64 - 1)
ENTRIES = st.lists(
    st.builds(ScrapeEntry, TWENTY_BYTES, COUNTS, COUNTS, COUNTS), max_size=8, unique_by=lambda entry: entry.info_hash
)
REQUEST_FIELDS = {
    "info_hash": TWENTY_BYTES,
    "peer_id": TWENTY_BYTES,
    "port": st.integers(0, 65_535),
    "uploaded": AMOUNTS,
    "downloaded": AMOUNTS,
    "left": AMOUNTS,
    "event": st.sampled_from(AnnounceEvent),
    "num_want": st.none() | st.integers(0, MAX_PEERS),
    "key": U32,
}
HTTP_REQUESTS = st.builds(
    AnnounceRequest,
    **REQUEST_FIELDS,
    tracker_id=st.none() | st.binary(min_size=1, max_size=256),
    ip=st.none() | st.ip_addresses(v=4).map(str),
    compact=st.booleans(),
    no_peer_id=st.booleans(),
)
UDP_REQUESTS = st.builds(AnnounceRequest, **REQUEST_FIELDS)
INTERVALS = st.integers(MIN_INTERVAL_SECONDS, MAX_INTERVAL_SECONDS)
HTTP_REPLIES = st.builds(
    AnnounceReply,
    interval=INTERVALS,
    min_interval=st.none() | st.integers(0, MAX_INTERVAL_SECONDS),
    peers=st.tuples(PEERS4, PEERS6).map(lambda families: (*families[0], *families[1])),
    seeds=st.none() | COUNTS,
    leeches=st.none() | COUNTS,
    warning=st.text(PRINTABLE, max_size=MAX_REASON_LENGTH),
    tracker_id=st.none() | st.binary(max_size=256),
    external_ip=st.none() | st.ip_addresses(v=4).map(str),
)
UDP_REPLIES = st.tuples(PEERS4 | PEERS6, INTERVALS, COUNTS, COUNTS).map(
    lambda said: AnnounceReply(said[1], peers=tuple(said[0]), seeds=said[2], leeches=said[3])
)


@given(PEERS4, PEERS6)
def test_compact_peers_decode_to_what_was_encoded(peers4: list[tuple[str, int]], peers6: list[tuple[str, int]]) -> None:
    assert compact.decode_peers4(compact.encode_peers4(peers4)) == peers4
    assert compact.decode_peers6(compact.encode_peers6(peers6)) == peers6
    assert compact.split_families([*peers6, *peers4]) == (peers4, peers6)


@given(HTTP_REQUESTS)
def test_an_http_announce_is_read_as_it_was_written(request: AnnounceRequest) -> None:
    url = tracker_http.announce_url("http://tracker.example/announce?passkey=1", request)
    assert url.isascii()
    assert tracker_http.parse_announce(url.partition("?")[2]) == request


@given(HTTP_REPLIES, st.booleans())
def test_an_http_reply_is_read_as_it_was_written(reply: AnnounceReply, is_compact: bool) -> None:
    assert tracker_http.decode_announce(tracker_http.encode_announce(reply, compact=is_compact)) == reply


@given(ENTRIES, U32)
def test_scrapes_are_read_as_they_were_written(entries: list[ScrapeEntry], transaction: int) -> None:
    decoded = tracker_http.decode_scrape(tracker_http.encode_scrape(entries))
    assert isinstance(decoded, tuple)
    assert sorted(decoded, key=lambda entry: entry.info_hash) == sorted(entries, key=lambda entry: entry.info_hash)
    datagram = tracker_udp.encode_scrape_reply(transaction, entries)
    asked = [entry.info_hash for entry in entries]
    assert tracker_udp.decode_scrape_reply(datagram, transaction, asked) == tuple(entries)


@given(UDP_REQUESTS, U64, U32, st.binary(max_size=tracker_udp.MAX_URL_DATA_BYTES))
def test_a_udp_announce_is_read_as_it_was_written(
    request: AnnounceRequest, connection: int, transaction: int, url_data: bytes
) -> None:
    datagram = tracker_udp.encode_announce_request(connection, transaction, request, url_data)
    assert tracker_udp.decode_request(datagram) == tracker_udp.UdpAnnounce(connection, transaction, request, url_data)


@given(UDP_REPLIES, U32)
def test_a_udp_reply_is_read_as_it_was_written(reply: AnnounceReply, transaction: int) -> None:
    ipv6 = any(":" in host for host, _ in reply.peers)
    datagram = tracker_udp.encode_announce_reply(transaction, reply, ipv6=ipv6)
    assert tracker_udp.transaction_of(datagram) == transaction
    assert tracker_udp.decode_announce_reply(datagram, transaction, ipv6=ipv6) == reply
