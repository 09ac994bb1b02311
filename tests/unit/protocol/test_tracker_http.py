from __future__ import annotations

import math
from dataclasses import replace

import pytest

from shoal.protocol import bencode, tracker_http
from shoal.protocol.announce import (
    MAX_AMOUNT_BYTES,
    MAX_COUNT,
    MAX_INTERVAL_SECONDS,
    MAX_PEERS,
    MAX_RETRY_SECONDS,
    AnnounceEvent,
    AnnounceFailure,
    AnnounceReply,
    AnnounceRequest,
    ScrapeEntry,
)
from shoal.protocol.bencode import BValue
from shoal.protocol.errors import ProtocolError
from shoal.protocol.tracker_http import (
    announce_url,
    decode_announce,
    decode_scrape,
    encode_announce,
    encode_failure,
    encode_scrape,
    parse_announce,
    parse_scrape,
    scrape_url,
)

REQUEST = AnnounceRequest(
    info_hash=b"\x00 +&=%/?~\xff" * 2,
    peer_id=b"-SH0001-abcdefghijkl",
    port=6881,
    uploaded=1,
    downloaded=2,
    left=3,
)
REPLY = AnnounceReply(
    interval=1800,
    min_interval=900,
    peers=(("1.2.3.4", 6881), ("2001:db8::1", 6882)),
    seeds=5,
    leeches=6,
    warning="be kind",
    tracker_id=b"\xff\x00id",
    external_ip="9.8.7.6",
)
QUERY = "info_hash=" + "a" * 20 + "&peer_id=" + "b" * 20 + "&port=1&left=0"


def reply(**fields: BValue) -> AnnounceReply:
    decoded = decode_announce(bencode.encode({name.replace("_", " ").encode(): fields[name] for name in fields}))
    assert isinstance(decoded, AnnounceReply)
    return decoded


class TestAnnounceUrl:
    def test_raw_bytes_are_percent_encoded(self) -> None:
        assert announce_url("http://tracker.example/announce", REQUEST) == (
            "http://tracker.example/announce?info_hash=" + "%00%20%2B%26%3D%25%2F%3F~%FF" * 2 + "&peer_id="
            "-SH0001-abcdefghijkl&port=6881&uploaded=1&downloaded=2&left=3&compact=1&no_peer_id=1"
        )

    def test_optional_fields_are_told_when_given(self) -> None:
        request = replace(
            REQUEST,
            event=AnnounceEvent.STOPPED,
            num_want=0,
            key=0xBEEF,
            tracker_id=b"&",
            ip="::1",
            compact=False,
            no_peer_id=False,
        )
        url = announce_url("http://tracker.example/announce", request)
        assert url.endswith("&left=3&event=stopped&numwant=0&key=0000BEEF&compact=0&trackerid=%26&ip=%3A%3A1")

    def test_the_trackers_own_query_stays_first_and_unchanged(self) -> None:
        url = announce_url("https://t.example:8443/x/announce.php?passkey=%41+b&x#part", REQUEST)
        assert url.startswith("https://t.example:8443/x/announce.php?passkey=%41+b&x&info_hash=%00")
        assert "#" not in url

    def test_a_tracker_without_a_path_gets_one(self) -> None:
        assert announce_url("http://t.example", REQUEST).startswith("http://t.example/?info_hash=")

    def test_hosts_and_paths_beyond_ascii_are_encoded(self) -> None:
        url = announce_url("http://b\u00fccher.example:80/\u00e9", REQUEST)
        assert url.startswith("http://xn--bcher-kva.example:80/%C3%A9?info_hash=")

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "announce",
            "udp://t.example:80/announce",
            "ftp://t.example/announce",
            "file:///etc/passwd",
            "http:///announce",
            "http://t.example:0/announce",
            "http://t.example:65536/announce",
            "http://t.example:x/announce",
            "http://[::1/announce",
            "http://t.example/a b",
            "http://t.example/\r\nHost: evil",
            "http://t.example/\x7f",
            "http://\ud800.example/",
            "http://t.example/\ud800",
        ],
    )
    def test_unusable_urls_are_refused(self, url: str) -> None:
        with pytest.raises(ProtocolError):
            announce_url(url, REQUEST)
        with pytest.raises(ProtocolError):
            scrape_url(url.replace("\ud800", "announce\ud800"), [b"a" * 20])

    def test_the_length_at_its_bound_and_one_past(self) -> None:
        url = "http://t.example/".ljust(tracker_http.MAX_URL_LENGTH, "a")
        assert announce_url(url, REQUEST).startswith(url)
        with pytest.raises(ProtocolError):
            announce_url(url + "a", REQUEST)


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://e.com/announce", "http://e.com/scrape?info_hash=" + "a" * 20),
        ("http://e.com/x/announce", "http://e.com/x/scrape?info_hash=" + "a" * 20),
        ("http://e.com/announce.php", "http://e.com/scrape.php?info_hash=" + "a" * 20),
        ("http://e.com/announce?x=2%0644", "http://e.com/scrape?x=2%0644&info_hash=" + "a" * 20),
        ("http://e.com/announce/x/announce", "http://e.com/announce/x/scrape?info_hash=" + "a" * 20),
        ("http://e.com/a", None),
        ("http://e.com/announce?x=2/4", "http://e.com/scrape?x=2/4&info_hash=" + "a" * 20),
        ("http://e.com/x%064announce", None),
        ("http://e.com/announce/", None),
        ("http://e.com", None),
    ],
)
def test_a_tracker_is_scraped_where_its_last_segment_starts_with_announce(url: str, expected: str | None) -> None:
    assert scrape_url(url, [b"a" * 20]) == expected


def test_several_swarms_are_scraped_at_once() -> None:
    assert scrape_url("http://e.com/announce", [b"a" * 20, b"\xff" * 20]) == (
        "http://e.com/scrape?info_hash=" + "a" * 20 + "&info_hash=" + "%FF" * 20
    )


class TestDecodeAnnounce:
    @pytest.mark.parametrize("compact", [True, False])
    def test_a_full_reply_both_ways(self, compact: bool) -> None:
        assert decode_announce(encode_announce(REPLY, compact=compact)) == REPLY

    def test_all_but_the_peers_is_optional(self) -> None:
        assert decode_announce(b"de") == AnnounceReply(interval=1800)

    def test_a_failure_is_plain_text_with_an_optional_pause(self) -> None:
        assert decode_announce(encode_failure("no\u202e\n\x1b[0m entry")) == AnnounceFailure("no [0m entry")
        assert decode_announce(encode_failure("busy", 90.0)) == AnnounceFailure("busy", 120)
        assert decode_announce(encode_failure("gone", math.inf)) == AnnounceFailure("gone", math.inf)
        assert decode_announce(b"d14:failure_reason1:xe") == AnnounceFailure("x")

    @pytest.mark.parametrize(
        ("said", "seconds"), [(-5, 60), (1, 60), (10**19, MAX_RETRY_SECONDS), (b"soon", None), ([], None)]
    )
    def test_the_pause_is_bounded(self, said: BValue, seconds: float | None) -> None:
        body = bencode.encode({b"failure reason": b"x", b"retry in": said})
        assert decode_announce(body) == AnnounceFailure("x", seconds)

    def test_a_failure_without_text_is_still_a_failure(self) -> None:
        assert decode_announce(b"d14:failure reasoni1e5:peers6:abcdefe") == AnnounceFailure("")

    def test_the_reason_is_cut_at_300_characters(self) -> None:
        for length, kept in ((300, 300), (301, 300)):
            assert decode_announce(encode_failure("r" * length)) == AnnounceFailure("r" * kept)

    @pytest.mark.parametrize(("said", "honoured"), [(-1, 60), (59, 60), (60, 60), (10**19, 86_400), (b"x", 1800)])
    def test_the_interval_is_clamped(self, said: BValue, honoured: int) -> None:
        assert reply(interval=said).interval == honoured

    @pytest.mark.parametrize(
        ("said", "taken"), [(-1, 0), (0, 0), (5, 5), (10**9, MAX_INTERVAL_SECONDS), (b"1", None), ({}, None)]
    )
    def test_the_least_interval_is_clamped(self, said: BValue, taken: int | None) -> None:
        assert reply(min_interval=said).min_interval == taken

    @pytest.mark.parametrize(("said", "taken"), [(0, 0), (MAX_COUNT, MAX_COUNT), (MAX_COUNT + 1, None), (-1, None)])
    def test_counts_at_their_bounds_and_one_past(self, said: int, taken: int | None) -> None:
        decoded = reply(complete=said, incomplete=said)
        assert (decoded.seeds, decoded.leeches) == (taken, taken)

    def test_usable_dictionary_peers_are_taken_and_the_others_left(self) -> None:
        listed: list[BValue] = [
            {b"ip": b"1.2.3.4", b"port": 1, b"peer id": b"x" * 20},
            {b"ip": b"2001:0db8:0:0::1", b"port": 65535},
            {b"ip": b"::ffff:10.0.0.1", b"port": 2},
            {b"ip": b"1.2.3.4", b"port": 0},
            {b"ip": b"1.2.3.4", b"port": 65536},
            {b"ip": b"1.2.3.4", b"port": b"1"},
            {b"ip": b"1.2.3.4"},
            {b"ip": b"tracker.example", b"port": 1},
            {b"ip": b"fe80::1%eth0", b"port": 1},
            {b"ip": b"\xff", b"port": 1},
            {b"ip": b"1" * 65, b"port": 1},
            {b"ip": 16909060, b"port": 1},
            {b"port": 1},
            b"1.2.3.4:5",
            7,
            [],
        ]
        assert reply(peers=listed).peers == (("1.2.3.4", 1), ("2001:db8::1", 65535), ("10.0.0.1", 2))

    @pytest.mark.parametrize("peers", [7, {}, {b"ip": b"1.2.3.4", b"port": 1}])
    def test_peers_of_another_kind_are_none(self, peers: BValue) -> None:
        assert reply(peers=peers, peers6=peers).peers == ()

    def test_compact_peers_of_an_impossible_length_are_refused(self) -> None:
        for key in ("peers", "peers6"):
            with pytest.raises(ProtocolError):
                reply(**{key: b"12345"})

    def test_the_number_of_peers_is_bounded(self) -> None:
        for count, taken in ((MAX_PEERS, MAX_PEERS), (MAX_PEERS + 1, MAX_PEERS)):
            assert len(reply(peers=b"\x01\x02\x03\x04\x00\x05" * count).peers) == taken
            assert len(reply(peers=[{b"ip": b"1.2.3.4", b"port": 5}] * count).peers) == taken

    @pytest.mark.parametrize(
        ("said", "address"),
        [(b"\x01\x02\x03\x04", "1.2.3.4"), (bytes(15) + b"\x01", "::1"), (b"", None), (b"12345", None), (5, None)],
    )
    def test_our_address_has_four_or_sixteen_bytes(self, said: BValue, address: str | None) -> None:
        assert reply(external_ip=said).external_ip == address

    def test_the_tracker_id_at_its_bound_and_one_past(self) -> None:
        assert reply(tracker_id=b"i" * 256).tracker_id == b"i" * 256
        assert reply(tracker_id=b"i" * 257).tracker_id is None

    @pytest.mark.parametrize(
        "body", [b"", b"<html>404</html>", b"le", b"i1e", b"d8:interval", b"dex", b"\n", b"\x1f\x8b\x08"]
    )
    def test_anything_but_one_dictionary_is_refused(self, body: bytes) -> None:
        with pytest.raises(ProtocolError):
            decode_announce(body)
        with pytest.raises(ProtocolError):
            decode_scrape(body)

    def test_line_ends_behind_the_dictionary_are_passed_over(self) -> None:
        assert decode_announce(b"d8:intervali60ee\r\n\n") == AnnounceReply(interval=60)

    def test_the_size_at_its_bound_and_one_past(self) -> None:
        filler = tracker_http.MAX_REPLY_BYTES - len(b"d1:x1048564:e")
        assert decode_announce(b"d1:x%d:%se" % (filler, bytes(filler))) == AnnounceReply(interval=1800)
        with pytest.raises(ProtocolError, match="exceed"):
            decode_announce(b"d1:x%d:%se" % (filler + 1, bytes(filler + 1)))


class TestScrapeBody:
    ENTRIES = (ScrapeEntry(b"a" * 20, 1, 2, 3), ScrapeEntry(b"\xff" * 20, 4, 5, 6))

    def test_both_ways(self) -> None:
        body = encode_scrape(self.ENTRIES)
        assert body.startswith(b"d5:filesd20:" + b"a" * 20 + b"d8:completei1e10:downloadedi2e10:incompletei3ee")
        assert decode_scrape(body) == self.ENTRIES

    def test_odd_entries_are_left_and_odd_counts_are_zero(self) -> None:
        body = bencode.encode(
            {b"files": {b"short": {}, b"x" * 20: 5, b"y" * 20: {b"complete": -1, b"downloaded": b"", b"incomplete": 9}}}
        )
        assert decode_scrape(body) == (ScrapeEntry(b"y" * 20, 0, 0, 9),)

    def test_a_failure(self) -> None:
        assert decode_scrape(encode_failure("no")) == AnnounceFailure("no")

    @pytest.mark.parametrize("body", [b"de", b"d5:filesi1ee", b"d5:fileslee"])
    def test_a_reply_without_files_is_refused(self, body: bytes) -> None:
        with pytest.raises(ProtocolError):
            decode_scrape(body)


class TestParseAnnounce:
    def test_it_reads_what_announce_url_writes(self) -> None:
        request = replace(
            REQUEST,
            event=AnnounceEvent.COMPLETED,
            num_want=50,
            key=0xFFFFFFFF,
            tracker_id=b"\x00&",
            ip="1.2.3.4",
        )
        for one in (REQUEST, request, replace(request, compact=False, no_peer_id=False)):
            assert parse_announce(announce_url("http://t.example/announce", one).partition("?")[2]) == one

    def test_amounts_may_be_left_out_but_not_what_is_left(self) -> None:
        request = parse_announce(QUERY)
        assert (request.uploaded, request.downloaded, request.left) == (0, 0, 0)
        assert request.compact
        assert not request.no_peer_id

    def test_a_plus_is_a_plus(self) -> None:
        assert parse_announce(QUERY.replace("a" * 20, "+" * 20)).info_hash == b"+" * 20

    @pytest.mark.parametrize("name", ["info_hash", "peer_id", "port", "left"])
    def test_a_missing_field_is_named(self, name: str) -> None:
        query = "&".join(part for part in QUERY.split("&") if not part.startswith(name))
        with pytest.raises(ProtocolError, match=f"{name} is missing"):
            parse_announce(query)

    @pytest.mark.parametrize("name", ["info_hash", "peer_id"])
    @pytest.mark.parametrize("length", [0, 19, 21, 40])
    def test_hashes_and_ids_have_twenty_bytes(self, name: str, length: int) -> None:
        query = "&".join(f"{name}={'%00' * length}" if part.startswith(name) else part for part in QUERY.split("&"))
        with pytest.raises(ProtocolError, match=f"{name} has {length} bytes"):
            parse_announce(query)

    @pytest.mark.parametrize("port", ["", "-1", "65536", "x", "1.0", "%31%00", "9" * 21, "\u0661"])
    def test_a_port_that_is_none_is_refused(self, port: str) -> None:
        with pytest.raises(ProtocolError, match="port"):
            parse_announce(QUERY.replace("port=1", f"port={port}"))

    def test_the_port_at_its_bounds(self) -> None:
        assert parse_announce(QUERY.replace("port=1", "port=65535")).port == 65_535
        assert parse_announce(QUERY.replace("port=1", "port=0")).port == 0

    def test_amounts_are_capped_and_their_digits_bounded(self) -> None:
        assert parse_announce(QUERY.replace("left=0", "left=18446744073709551615")).left == MAX_AMOUNT_BYTES
        with pytest.raises(ProtocolError, match="left is no number"):
            parse_announce(QUERY.replace("left=0", "left=" + "0" * 21))
        with pytest.raises(ProtocolError, match="uploaded is no number"):
            parse_announce(QUERY + "&uploaded=-1")

    @pytest.mark.parametrize(("said", "taken"), [("-1", None), ("", None), ("0", 0), ("3000", 3000), ("3001", 3000)])
    def test_the_wanted_number_of_peers(self, said: str, taken: int | None) -> None:
        assert parse_announce(f"{QUERY}&numwant={said}").num_want == taken

    @pytest.mark.parametrize(
        ("said", "event"),
        [
            ("started", AnnounceEvent.STARTED),
            ("stopped", AnnounceEvent.STOPPED),
            ("completed", AnnounceEvent.COMPLETED),
            ("paused", AnnounceEvent.NONE),
            ("", AnnounceEvent.NONE),
            ("%ff", AnnounceEvent.NONE),
        ],
    )
    def test_events(self, said: str, event: AnnounceEvent) -> None:
        assert parse_announce(f"{QUERY}&event={said}").event is event

    @pytest.mark.parametrize(
        ("said", "address"),
        [("1.2.3.4", "1.2.3.4"), ("0::1", "::1"), ("host.example", None), ("", None), ("%00", None), ("1" * 65, None)],
    )
    def test_only_a_numeric_address_is_taken(self, said: str, address: str | None) -> None:
        assert parse_announce(f"{QUERY}&ip={said}").ip == address

    def test_keys_are_hexadecimal_or_any_other_text(self) -> None:
        assert parse_announce(f"{QUERY}&key=00ff").key == 255
        other = parse_announce(f"{QUERY}&key=zX9!")
        assert other.key is not None
        assert other.key == parse_announce(f"{QUERY}&key=zX9!").key != parse_announce(f"{QUERY}&key=zX9.").key

    def test_a_second_info_hash_is_refused_and_the_first_of_other_fields_counts(self) -> None:
        with pytest.raises(ProtocolError, match="one info_hash"):
            parse_announce(QUERY + "&info_hash=" + "c" * 20)
        assert parse_announce(QUERY + "&port=2").port == 1

    def test_the_query_at_its_bounds_and_one_past(self) -> None:
        longest = QUERY + "&x=".ljust(tracker_http.MAX_QUERY_LENGTH - len(QUERY), "y")
        assert parse_announce(longest).port == 1
        with pytest.raises(ProtocolError, match="too long"):
            parse_announce(longest + "y")
        most = QUERY + "&" * (tracker_http.MAX_QUERY_FIELDS - 4)
        assert parse_announce(most).port == 1
        with pytest.raises(ProtocolError, match="too long"):
            parse_announce(most + "&")

    def test_half_characters_are_refused(self) -> None:
        with pytest.raises(ProtocolError):
            parse_announce(QUERY + "&x=\udcff")


class TestParseScrape:
    def test_each_info_hash_once_in_order(self) -> None:
        query = "&".join(["x=1", *(f"info_hash={letter * 20}" for letter in "bab")])
        assert parse_scrape(query) == [b"b" * 20, b"a" * 20]

    def test_none_asks_for_all(self) -> None:
        assert parse_scrape("") == []

    def test_a_wrong_length_is_refused(self) -> None:
        with pytest.raises(ProtocolError, match="19 bytes"):
            parse_scrape("info_hash=" + "a" * 19)

    def test_the_number_at_its_bound_and_one_past(self) -> None:
        query = "&".join("info_hash=" + f"{number:020}" for number in range(74))
        assert len(parse_scrape(query)) == 74
        with pytest.raises(ProtocolError, match="at most 74"):
            parse_scrape(query + "&info_hash=" + "a" * 20)


class TestEncode:
    def test_dictionary_peers_are_those_of_bep_3(self) -> None:
        body = encode_announce(AnnounceReply(60, peers=(("1.2.3.4", 5), ("::1", 6))), compact=False)
        assert body == b"d8:intervali60e5:peersld2:ip7:1.2.3.44:porti5eed2:ip3:::14:porti6eeee"

    def test_compact_peers_are_those_of_bep_23(self) -> None:
        assert encode_announce(AnnounceReply(60), compact=True) == b"d8:intervali60e5:peers0:e"

    def test_a_name_for_an_address_is_our_mistake(self) -> None:
        with pytest.raises(ValueError, match="host"):
            encode_announce(AnnounceReply(60, peers=(("host", 5),)), compact=True)
