"""Fuzz entries of the DHT's codec."""

from __future__ import annotations

from contextlib import suppress

from tests.property.fuzz_entries import fuzz_entry

from shoal.protocol import krpc
from shoal.protocol.dht_nodes import Contact, decode_nodes4, decode_nodes6, encode_nodes4, encode_nodes6
from shoal.protocol.errors import ProtocolError
from shoal.protocol.krpc import Failure, Method, Query, Reply

ID = bytes(range(20))
HASH = bytes(range(20, 40))
NODE4 = Contact(HASH, "1.2.3.4", 6881)
NODE6 = Contact(HASH, "2001:db8::1", 6881)
VERSION = b"SH01"


@fuzz_entry(
    krpc.encode_query(Query(b"ab", ID, Method.PING, is_read_only=True), VERSION),
    krpc.encode_query(Query(b"ab", ID, Method.GET_PEERS, HASH, wants_ipv4=True, is_scrape=True), VERSION),
    krpc.encode_query(Query(b"ab", ID, Method.ANNOUNCE_PEER, HASH, port=6881, token=b"token", is_seed=True), VERSION),
    krpc.encode_reply(
        Reply(b"ab", ID, (NODE4,), (NODE6,), (("1.2.3.4", 1), ("2001:db8::1", 2)), b"token", ("9.8.7.6", 5)), VERSION
    ),
    krpc.encode_reply(Reply(b"ab", ID, samples=(HASH,), sample_count=1, sample_interval=9), VERSION),
    krpc.encode_failure(Failure(b"ab", 203, b"bad token"), VERSION),
)
def fuzz_krpc(data: bytes) -> None:
    with suppress(ProtocolError):
        message = krpc.decode_message(data)
        match message:
            case Query():
                assert len(message.sender) == 20
                if message.method is not Method.OTHER:
                    assert krpc.decode_message(krpc.encode_query(message, VERSION)) == message
            case Reply():
                assert all(0 < port < 65_536 for _, port in message.peers)
                krpc.encode_reply(message, VERSION)
            case Failure():
                assert len(message.text) <= krpc.MAX_ERROR_BYTES


@fuzz_entry(encode_nodes4([NODE4, NODE4]), encode_nodes6([NODE6, NODE6]))
def fuzz_dht_nodes(data: bytes) -> None:
    with suppress(ProtocolError):
        nodes = decode_nodes4(data)
        assert decode_nodes4(encode_nodes4(nodes)) == nodes
    with suppress(ProtocolError):
        nodes = decode_nodes6(data)
        assert decode_nodes6(encode_nodes6(nodes)) == nodes
