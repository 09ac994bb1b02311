from __future__ import annotations

import struct
from dataclasses import replace

import pytest

from shoal.protocol import tracker_udp as udp
from shoal.protocol.announce import (
    MAX_AMOUNT_BYTES,
    MAX_COUNT,
    MAX_PEERS,
    AnnounceEvent,
    AnnounceFailure,
    AnnounceReply,
    AnnounceRequest,
    ScrapeEntry,
)
from shoal.protocol.errors import ProtocolError

CONNECTION = 0x0123456789ABCDEF
TRANSACTION = 0xDEADBEEF
REQUEST = AnnounceRequest(
    info_hash=b"h" * 20,
    peer_id=b"p" * 20,
    port=6881,
    uploaded=3,
    downloaded=1,
    left=2,
    event=AnnounceEvent.STARTED,
    num_want=50,
    key=0xFFFFFFFF,
    ip="1.2.3.4",
)
HASHES = tuple(bytes([number]) * 20 for number in range(75))


class TestConnect:
    def test_request_both_ways(self) -> None:
        data = udp.encode_connect_request(TRANSACTION)
        assert data.hex() == "000004172710198000000000deadbeef"
        assert udp.decode_request(data) == udp.UdpConnect(TRANSACTION)
        assert udp.decode_request(memoryview(data + b"future")) == udp.UdpConnect(TRANSACTION)

    def test_a_wrong_protocol_id_is_refused(self) -> None:
        with pytest.raises(ProtocolError, match="protocol id"):
            udp.decode_request(struct.pack(">QII", udp.PROTOCOL_ID + 1, 0, 1))

    def test_reply_both_ways(self) -> None:
        data = udp.encode_connect_reply(TRANSACTION, CONNECTION)
        assert data.hex() == "00000000deadbeef0123456789abcdef"
        assert udp.decode_connect_reply(data, TRANSACTION) == CONNECTION
        assert udp.decode_connect_reply(data + b"future", TRANSACTION) == CONNECTION
        assert udp.transaction_of(data) == TRANSACTION


class TestAnnounceRequest:
    def test_both_ways(self) -> None:
        data = udp.encode_announce_request(CONNECTION, TRANSACTION, REQUEST)
        assert len(data) == 98
        assert data.hex() == (
            "0123456789abcdef"
            "00000001"
            "deadbeef" + "68" * 20 + "70" * 20 + "0000000000000001"
            "0000000000000002"
            "0000000000000003"
            "00000002"
            "01020304"
            "ffffffff"
            "00000032"
            "1ae1"
        )
        assert udp.decode_request(data) == udp.UdpAnnounce(CONNECTION, TRANSACTION, REQUEST, b"")

    def test_what_is_not_given_has_the_default_of_the_bep(self) -> None:
        request = replace(REQUEST, num_want=None, key=None, ip=None, event=AnnounceEvent.NONE)
        data = udp.encode_announce_request(CONNECTION, TRANSACTION, request)
        assert data[80:96].hex() == "000000000000000000000000ffffffff"
        decoded = udp.decode_request(data)
        assert isinstance(decoded, udp.UdpAnnounce)
        assert decoded.request == replace(request, key=0)

    def test_an_ipv6_address_cannot_be_told(self) -> None:
        data = udp.encode_announce_request(CONNECTION, TRANSACTION, replace(REQUEST, ip="::1"))
        assert data[84:88] == bytes(4)

    @pytest.mark.parametrize("event", list(AnnounceEvent))
    def test_every_event(self, event: AnnounceEvent) -> None:
        decoded = udp.decode_request(udp.encode_announce_request(1, 2, replace(REQUEST, event=event)))
        assert isinstance(decoded, udp.UdpAnnounce)
        assert decoded.request.event is event

    def test_strange_numbers_are_capped_and_a_strange_event_counts_as_none(self) -> None:
        body = struct.pack(">20s20sQQQIIIiH", b"", b"", 2**64 - 1, 2**64 - 1, 2**64 - 1, 4, 0, 0, 2**31 - 1, 0)
        decoded = udp.decode_request(struct.pack(">QII", 1, 1, 2) + body)
        assert isinstance(decoded, udp.UdpAnnounce)
        request = decoded.request
        assert (request.downloaded, request.left, request.uploaded) == (MAX_AMOUNT_BYTES,) * 3
        assert (request.event, request.num_want, request.port) == (AnnounceEvent.NONE, MAX_PEERS, 0)

    @pytest.mark.parametrize("length", [16, 50, 97])
    def test_a_short_announce_is_refused(self, length: int) -> None:
        with pytest.raises(ProtocolError, match=f"{length} bytes"):
            udp.decode_request(udp.encode_announce_request(CONNECTION, TRANSACTION, REQUEST)[:length])


class TestUrlData:
    @pytest.mark.parametrize("length", [0, 1, 255, 256, 700, udp.MAX_URL_DATA_BYTES])
    def test_both_ways(self, length: int) -> None:
        url_data = b"/announce?passkey=".ljust(length, b"k")[:length]
        decoded = udp.decode_request(udp.encode_announce_request(1, 2, REQUEST, url_data))
        assert isinstance(decoded, udp.UdpAnnounce)
        assert decoded.url_data == url_data

    def test_the_bytes_are_those_of_the_bep(self) -> None:
        data = udp.encode_announce_request(1, 2, REQUEST, b"/x" + b"y" * 254)
        assert data[98:] == b"\x02\xff/x" + b"y" * 253 + b"\x02\x01y"

    def test_one_byte_past_the_bound_is_our_mistake(self) -> None:
        with pytest.raises(ValueError, match="2049 bytes"):
            udp.encode_announce_request(1, 2, REQUEST, bytes(udp.MAX_URL_DATA_BYTES + 1))

    @pytest.mark.parametrize(
        ("options", "found"),
        [
            (b"\x00\x02\x01x", b""),
            (b"\x01\x01\x02\x01x\x01\x02\x01y\x00junk", b"xy"),
            (b"\x7f\x03abc\x02\x01x", b"x"),
            (b"\x02\x01x\x02\x05cut", b"x"),
            (b"\x02", b""),
            (b"\x02\x00", b""),
            (b"\x02\xff" + b"z" * 254, b""),
        ],
    )
    def test_other_options_and_padding_are_passed_over(self, options: bytes, found: bytes) -> None:
        decoded = udp.decode_request(udp.encode_announce_request(1, 2, REQUEST) + options)
        assert isinstance(decoded, udp.UdpAnnounce)
        assert decoded.url_data == found

    def test_more_url_data_than_the_bound_is_cut(self) -> None:
        decoded = udp.decode_request(
            udp.encode_announce_request(1, 2, REQUEST) + b"\x02\xff" + (b"z" * 255 + b"\x02\xff") * 8 + b"z" * 255
        )
        assert isinstance(decoded, udp.UdpAnnounce)
        assert decoded.url_data == b"z" * udp.MAX_URL_DATA_BYTES


class TestAnnounceReply:
    REPLY = AnnounceReply(1800, peers=(("1.2.3.4", 6881), ("5.6.7.8", 1)), seeds=5, leeches=6)
    REPLY6 = AnnounceReply(1800, peers=(("2001:db8::1", 6881),), seeds=0, leeches=0)

    def test_both_ways(self) -> None:
        data = udp.encode_announce_reply(TRANSACTION, self.REPLY)
        assert data.hex() == "00000001deadbeef000007080000000600000005010203041ae1050607080001"
        assert udp.decode_announce_reply(data, TRANSACTION) == self.REPLY
        assert udp.decode_announce_reply(memoryview(data), TRANSACTION) == self.REPLY

    def test_ipv6_both_ways(self) -> None:
        data = udp.encode_announce_reply(TRANSACTION, self.REPLY6, ipv6=True)
        assert len(data) == 20 + 18
        assert udp.decode_announce_reply(data, TRANSACTION, ipv6=True) == self.REPLY6

    def test_only_the_peers_of_its_own_family_are_told(self) -> None:
        mixed = replace(self.REPLY, peers=self.REPLY.peers + self.REPLY6.peers)
        assert udp.encode_announce_reply(1, mixed) == udp.encode_announce_reply(1, self.REPLY)
        assert (
            udp.encode_announce_reply(1, mixed, ipv6=True)[20:]
            == udp.encode_announce_reply(1, self.REPLY6, ipv6=True)[20:]
        )

    def test_port_zero_and_half_a_peer_are_left(self) -> None:
        data = udp.encode_announce_reply(TRANSACTION, self.REPLY) + b"\x01\x02\x03\x04\x00\x00" + b"\x01\x02\x03"
        assert udp.decode_announce_reply(data, TRANSACTION) == self.REPLY

    def test_the_number_of_peers_is_bounded(self) -> None:
        for count in (MAX_PEERS, MAX_PEERS + 1):
            decoded = udp.decode_announce_reply(
                struct.pack(">IIIII", 1, 2, 60, 0, 0) + b"\x01\x02\x03\x04\x00\x05" * count, 2
            )
            assert isinstance(decoded, AnnounceReply)
            assert len(decoded.peers) == MAX_PEERS

    def test_strange_numbers_are_clamped(self) -> None:
        decoded = udp.decode_announce_reply(struct.pack(">IIIII", 1, 2, 2**32 - 1, 2**32 - 1, 2**32 - 1), 2)
        assert decoded == AnnounceReply(86_400, seeds=MAX_COUNT, leeches=MAX_COUNT)
        assert udp.decode_announce_reply(struct.pack(">IIIII", 1, 2, 0, 0, 0), 2) == AnnounceReply(
            60, seeds=0, leeches=0
        )


class TestScrape:
    def test_request_both_ways(self) -> None:
        data = udp.encode_scrape_request(CONNECTION, TRANSACTION, HASHES[:2])
        assert data == struct.pack(">QII", CONNECTION, 2, TRANSACTION) + HASHES[0] + HASHES[1]
        assert udp.decode_request(data) == udp.UdpScrape(CONNECTION, TRANSACTION, HASHES[:2])
        assert udp.decode_request(data + b"padding") == udp.UdpScrape(CONNECTION, TRANSACTION, HASHES[:2])

    def test_the_number_at_its_bounds_and_one_past(self) -> None:
        data = udp.encode_scrape_request(1, 2, HASHES[:74])
        assert udp.decode_request(data) == udp.UdpScrape(1, 2, HASHES[:74])
        for wrong in (HASHES[:75], (), (b"short",)):
            with pytest.raises(ValueError, match="a scrape of"):
                udp.encode_scrape_request(1, 2, wrong)
        for body in (data + HASHES[74], data[:16], data[:35]):
            with pytest.raises(ProtocolError, match="a scrape of"):
                udp.decode_request(body)

    def test_reply_both_ways(self) -> None:
        entries = tuple(ScrapeEntry(one, 1, 2, 3) for one in HASHES[:3])
        data = udp.encode_scrape_reply(TRANSACTION, entries)
        assert data == struct.pack(">II", 2, TRANSACTION) + struct.pack(">III", 1, 2, 3) * 3
        assert udp.decode_scrape_reply(data, TRANSACTION, HASHES[:3]) == entries
        assert udp.decode_scrape_reply(data + b"x", TRANSACTION, HASHES[:2]) == entries[:2]

    def test_fewer_counts_than_asked_are_refused(self) -> None:
        data = udp.encode_scrape_reply(TRANSACTION, [ScrapeEntry(HASHES[0], 1, 2, 3)])
        with pytest.raises(ProtocolError, match="20 bytes instead of 32"):
            udp.decode_scrape_reply(data, TRANSACTION, HASHES[:2])

    def test_strange_counts_are_capped(self) -> None:
        data = struct.pack(">IIIII", 2, 1, 2**32 - 1, 2**31, 2**31 - 1)
        assert udp.decode_scrape_reply(data, 1, HASHES[:1]) == (ScrapeEntry(HASHES[0], *(MAX_COUNT,) * 3),)


class TestRepliesThatAreNot:
    def test_an_error_is_a_failure_with_plain_text_for_each_request(self) -> None:
        data = udp.encode_error(TRANSACTION, "no\u202e\x00 entry")
        failure = AnnounceFailure("no entry")
        assert udp.decode_connect_reply(data, TRANSACTION) == failure
        assert udp.decode_announce_reply(data, TRANSACTION) == failure
        assert udp.decode_scrape_reply(data, TRANSACTION, HASHES[:1]) == failure
        assert udp.decode_announce_reply(udp.encode_error(1, ""), 1) == AnnounceFailure("")

    @pytest.mark.parametrize("length", range(8))
    def test_under_eight_bytes(self, length: int) -> None:
        with pytest.raises(ProtocolError):
            udp.transaction_of(bytes(length))

    def test_to_another_request(self) -> None:
        data = udp.encode_error(TRANSACTION, "text")
        with pytest.raises(ProtocolError, match="another request"):
            udp.decode_connect_reply(data, TRANSACTION + 1)

    @pytest.mark.parametrize("action", [1, 2, 4, 2**32 - 1])
    def test_with_another_action(self, action: int) -> None:
        with pytest.raises(ProtocolError, match="action"):
            udp.decode_connect_reply(struct.pack(">II", action, 1) + bytes(20), 1)

    def test_too_short_for_their_action(self) -> None:
        with pytest.raises(ProtocolError, match="15 bytes"):
            udp.decode_connect_reply(udp.encode_connect_reply(1, 2)[:15], 1)
        with pytest.raises(ProtocolError, match="19 bytes"):
            udp.decode_announce_reply(bytes(3) + b"\1" + bytes(15), 0)


@pytest.mark.parametrize("action", [3, 4, 2**32 - 1])
def test_a_request_with_another_action_is_refused(action: int) -> None:
    with pytest.raises(ProtocolError, match="action"):
        udp.decode_request(struct.pack(">QII", 1, action, 2) + bytes(82))


def test_a_request_at_its_bounds_and_one_past() -> None:
    connect = udp.encode_connect_request(1)
    assert udp.decode_request(connect.ljust(udp.MAX_REQUEST_BYTES, b"\0")) == udp.UdpConnect(1)
    for wrong in (connect[:15], connect.ljust(udp.MAX_REQUEST_BYTES + 1, b"\0")):
        with pytest.raises(ProtocolError, match=f"{len(wrong)} bytes"):
            udp.decode_request(wrong)
