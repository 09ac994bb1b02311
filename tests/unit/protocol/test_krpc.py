from __future__ import annotations

import pytest

from shoal.protocol import krpc
from shoal.protocol.bencode import BValue, encode
from shoal.protocol.dht_nodes import Contact
from shoal.protocol.errors import ProtocolError
from shoal.protocol.krpc import Failure, Method, Query, Reply

ASKER = b"abcdefghij0123456789"
OTHER = b"mnopqrstuvwxyz123456"
VERSION = b"SH01"


def query_fields(**arguments: BValue) -> bytes:
    fields: dict[bytes, BValue] = {b"id": ASKER, **{name.encode(): value for name, value in arguments.items()}}
    return encode({b"t": b"aa", b"y": b"q", b"q": b"get_peers", b"a": fields})


def reply_fields(**fields: BValue) -> bytes:
    inner: dict[bytes, BValue] = {b"id": ASKER, **{name.encode(): value for name, value in fields.items()}}
    return encode({b"t": b"aa", b"y": b"r", b"r": inner})


@pytest.mark.parametrize(
    ("packet", "expected"),
    [
        (
            b"d1:ad2:id20:abcdefghij0123456789e1:q4:ping1:t2:aa1:y1:qe",
            Query(b"aa", ASKER, Method.PING),
        ),
        (
            b"d1:ad2:id20:abcdefghij01234567896:target20:mnopqrstuvwxyz123456e1:q9:find_node1:t2:aa1:y1:qe",
            Query(b"aa", ASKER, Method.FIND_NODE, OTHER),
        ),
        (
            b"d1:ad2:id20:abcdefghij01234567899:info_hash20:mnopqrstuvwxyz123456e1:q9:get_peers1:t2:aa1:y1:qe",
            Query(b"aa", ASKER, Method.GET_PEERS, OTHER),
        ),
        (
            b"d1:ad2:id20:abcdefghij012345678912:implied_porti1e9:info_hash20:mnopqrstuvwxyz1234564:porti6881e"
            b"5:token8:aoeusnthe1:q13:announce_peer1:t2:aa1:y1:qe",
            Query(b"aa", ASKER, Method.ANNOUNCE_PEER, OTHER, token=b"aoeusnth"),
        ),
        (
            b"d1:rd2:id20:abcdefghij01234567895:token8:aoeusnth6:valuesl6:axje.u6:idhtnmee1:t2:aa1:y1:re",
            Reply(b"aa", ASKER, peers=(("97.120.106.101", 11893), ("105.100.104.116", 28269)), token=b"aoeusnth"),
        ),
        (
            b"d1:eli201e23:A Generic Error Ocurrede1:t2:aa1:y1:ee",
            Failure(b"aa", 201, b"A Generic Error Ocurred"),
        ),
    ],
)
def test_the_examples_of_the_standard_are_read(packet: bytes, expected: krpc.Message) -> None:
    assert krpc.decode_message(packet) == expected


def test_who_asks_for_both_families_is_understood() -> None:
    packet = krpc.encode_query(Query(b"1", ASKER, Method.FIND_NODE, OTHER, wants_ipv4=True, wants_ipv6=True), VERSION)
    assert b"4:wantl2:n42:n6e" in packet
    assert krpc.decode_message(packet) == Query(b"1", ASKER, Method.FIND_NODE, OTHER, wants_ipv4=True, wants_ipv6=True)


def test_a_read_only_asker_says_so() -> None:
    packet = krpc.encode_query(Query(b"1", ASKER, Method.PING, is_read_only=True), VERSION)
    assert b"2:roi1e" in packet
    assert krpc.decode_message(packet) == Query(b"1", ASKER, Method.PING, is_read_only=True)


def test_an_unknown_question_keeps_what_it_is_about() -> None:
    packet = encode({b"t": b"1", b"y": b"q", b"q": b"vote", b"a": {b"id": ASKER, b"target": OTHER}})
    assert krpc.decode_message(packet) == Query(b"1", ASKER, Method.OTHER, OTHER)


def test_a_query_of_no_method_is_not_sent() -> None:
    with pytest.raises(ValueError, match="method"):
        krpc.encode_query(Query(b"1", ASKER, Method.OTHER), VERSION)


@pytest.mark.parametrize(
    "packet",
    [
        b"",
        b"d",
        b"i1e",
        b"d1:t2:aae",
        b"d1:t2:aa1:y1:xe",
        b"d1:ti5e1:y1:qe",
        b"d1:t2:aa1:y1:q1:q4:pinge",
        b"d1:a0:1:q4:ping1:t2:aa1:y1:qe",
        b"d1:ad2:id19:abcdefghij012345678e1:q4:ping1:t2:aa1:y1:qe",
        b"d1:ad2:idi1ee1:q4:ping1:t2:aa1:y1:qe",
        b"d1:ad2:id20:abcdefghij0123456789e1:q9:find_node1:t2:aa1:y1:qe",
        b"d1:ad2:id20:abcdefghij01234567896:target3:abce1:q9:find_node1:t2:aa1:y1:qe",
        b"d1:t2:aa1:y1:r1:r0:e",
        b"d1:eli201ee1:t2:aa1:y1:ee",
        b"d1:el1:a1:be1:t2:aa1:y1:ee",
        query_fields(),
        query_fields(info_hash=OTHER, want=b"n4"),
        query_fields(info_hash=OTHER, scrape=2),
        reply_fields(nodes=b"x" * 27),
        reply_fields(nodes6=b"x" * 26),
        reply_fields(nodes=7),
        reply_fields(values=b"axje.u"),
        reply_fields(values=[5]),
        reply_fields(values=[b"axje."]),
        reply_fields(token=b"x" * (krpc.MAX_TOKEN_BYTES + 1)),
        reply_fields(samples=b"x" * 21),
        reply_fields(num=-1),
        reply_fields(BFsd=b"x" * 255),
        b"d1:t33:" + b"a" * 33 + b"1:y1:re",
    ],
)
def test_malformed_packets_are_refused(packet: bytes) -> None:
    with pytest.raises(ProtocolError):
        krpc.decode_message(packet)


def test_an_announce_needs_a_port() -> None:
    fields: dict[bytes, BValue] = {b"id": ASKER, b"info_hash": OTHER, b"token": b"t"}
    with pytest.raises(ProtocolError, match="port"):
        krpc.decode_message(encode({b"t": b"a", b"y": b"q", b"q": b"announce_peer", b"a": fields}))
    with pytest.raises(ProtocolError, match="port"):
        krpc.decode_message(encode({b"t": b"a", b"y": b"q", b"q": b"announce_peer", b"a": {**fields, b"port": 65_536}}))


def test_the_size_of_a_packet_is_bounded() -> None:
    def packet(size: int) -> bytes:
        empty = len(encode({b"t": b"aa", b"y": b"r", b"r": {b"id": ASKER}, b"v": b"x" * 1000}))
        return encode({b"t": b"aa", b"y": b"r", b"r": {b"id": ASKER}, b"v": b"x" * (1000 + size - empty)})

    assert len(packet(krpc.MAX_PACKET_BYTES)) == krpc.MAX_PACKET_BYTES
    assert krpc.decode_message(packet(krpc.MAX_PACKET_BYTES)) == Reply(b"aa", ASKER)
    with pytest.raises(ProtocolError):
        krpc.decode_message(packet(krpc.MAX_PACKET_BYTES + 1))


def test_depth_is_bounded() -> None:
    with pytest.raises(ProtocolError):
        krpc.decode_message(b"d1:x" + b"l" * 500 + b"e" * 500 + b"e")


def test_nodes_without_a_port_are_skipped() -> None:
    packet = reply_fields(nodes=OTHER + b"\1\2\3\4\0\0" + OTHER + b"\1\2\3\4\0\1")
    assert krpc.decode_message(packet) == Reply(b"aa", ASKER, nodes4=(Contact(OTHER, "1.2.3.4", 1),))


def test_an_ipv4_address_in_ipv6_clothes_is_no_node() -> None:
    mapped = bytes(10) + b"\xff\xff\1\2\3\4"
    packet = reply_fields(nodes6=OTHER + mapped + b"\0\1")
    assert krpc.decode_message(packet) == Reply(b"aa", ASKER)


@pytest.mark.parametrize(
    ("told", "seen"),
    [
        (b"\1\2\3\4\0\7", ("1.2.3.4", 7)),
        (b"\1\2\3\4", ("1.2.3.4", 0)),
        (b"\x20\1\x0d\xb8" + bytes(11) + b"\1\0\7", ("2001:db8::1", 7)),
        (b"odd", None),
    ],
)
def test_our_own_address_is_told_in_several_ways(told: bytes, seen: tuple[str, int] | None) -> None:
    reply = krpc.decode_message(encode({b"t": b"a", b"y": b"r", b"r": {b"id": ASKER}, b"ip": told}))
    assert isinstance(reply, Reply)
    assert reply.your_address == seen
