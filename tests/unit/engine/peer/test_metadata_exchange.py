"""Metadata between two peers: served within bounds, asked for under the peer's own id."""

from __future__ import annotations

import random

from tests.support.wire_peer import FakeHost, Wire, WireScene, messages_in

from shoal.engine.peer.extensions import METADATA_ID
from shoal.engine.peer.metadata_exchange import MOST_QUEUED, SPARE_BLOCKS, TIMES_SERVED
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.protocol import peer_wire
from shoal.protocol.extension import ExtensionHandshake, decode_extension_handshake, encode_extension_handshake
from shoal.protocol.ut_metadata import (
    BLOCK_BYTES,
    MetadataBlock,
    MetadataMessage,
    MetadataReject,
    MetadataRequest,
    decode_metadata,
    encode_metadata,
)

METADATA = random.Random(3).randbytes(2 * BLOCK_BYTES + 10)
THEIR_METADATA_ID = 9


def meet(host: FakeHost, *, size: int | None = None, message_id: int = THEIR_METADATA_ID) -> Wire:
    wire = WireScene(host).wire()
    wire.handshake(extensions=True)
    greeting = ExtensionHandshake({"ut_metadata": message_id}, metadata_size=size)
    wire.feed(peer_wire.encode_extended(0, encode_extension_handshake(greeting)))
    return wire


def say(wire: Wire, message: MetadataMessage) -> None:
    wire.feed(peer_wire.encode_extended(METADATA_ID, encode_metadata(message)))


def heard(wire: Wire) -> list[MetadataMessage | None]:
    found = messages_in(wire.raw())
    return [decode_metadata(payload) for kind, extended_id, payload in found if extended_id == THEIR_METADATA_ID]


def test_the_metadata_is_offered_and_served_block_by_block() -> None:
    wire = meet(FakeHost(metadata=METADATA))
    for block in (2, 0, 1):
        say(wire, MetadataRequest(block))
        start = block * BLOCK_BYTES
        assert heard(wire) == [MetadataBlock(block, len(METADATA), METADATA[start : start + BLOCK_BYTES])]


def test_the_handshake_tells_its_size_and_our_id() -> None:
    def greeting(host: FakeHost) -> ExtensionHandshake:
        wire = WireScene(host).wire()
        wire.raw()
        wire.feed(peer_wire.encode_handshake(host.info_hash, b"x" * 20))
        told = next(payload for kind, *rest in messages_in(wire.raw()) if kind == "extended" for payload in rest[1:])
        return decode_extension_handshake(told)

    known = greeting(FakeHost(metadata=METADATA))
    assert known.message_ids == {"ut_metadata": METADATA_ID}
    assert known.metadata_size == len(METADATA)
    wanted = greeting(FakeHost(piece_count=0))
    assert wanted.message_ids == {"ut_metadata": METADATA_ID}
    assert wanted.metadata_size is None
    assert not wanted.upload_only
    private = greeting(FakeHost(exchanges_metadata=False))
    assert private.message_ids == {}


def test_what_we_lack_is_refused() -> None:
    wire = meet(FakeHost())
    say(wire, MetadataRequest(0))
    assert heard(wire) == [MetadataReject(0)]
    wire = meet(FakeHost(metadata=METADATA))
    say(wire, MetadataRequest(3))
    assert heard(wire) == [MetadataReject(3)]


def test_a_peer_that_asks_without_end_is_refused_until_time_has_passed() -> None:
    wire = meet(FakeHost(metadata=METADATA))
    answers: list[MetadataMessage | None] = []
    for _ in range(40):
        say(wire, MetadataRequest(0))
        answers += heard(wire)
    served = [answer for answer in answers if isinstance(answer, MetadataBlock)]
    assert len(served) == TIMES_SERVED * 3 + SPARE_BLOCKS
    assert len(answers) == 40
    wire.scene.clock.time += 5
    for _ in range(10):
        say(wire, MetadataRequest(0))
    assert sum(isinstance(answer, MetadataBlock) for answer in heard(wire)) == 5


def test_what_is_asked_at_once_waits_in_a_bounded_queue_for_the_socket() -> None:
    large = bytes(1000 * BLOCK_BYTES)
    wire = meet(FakeHost(metadata=large))
    wire.raw()
    wire.stream.pause_writing()
    requests = b"".join(
        peer_wire.encode_extended(METADATA_ID, encode_metadata(MetadataRequest(block))) for block in range(300)
    )
    wire.feed(requests)
    assert heard(wire) == [MetadataReject(block) for block in range(MOST_QUEUED, 300)]
    wire.stream.resume_writing()
    assert [answer.block for answer in heard(wire) if isinstance(answer, MetadataBlock)] == list(range(MOST_QUEUED))


def test_what_is_served_counts_against_the_upload_limit() -> None:
    host = FakeHost(metadata=METADATA, up_bucket=TokenBucket(100_000, now=1000.0))
    before = host.up_bucket.allowance(1001.0)
    wire = meet(host)
    say(wire, MetadataRequest(0))
    assert len(heard(wire)) == 1
    assert 0 <= host.up_bucket.allowance(1001.0) <= before - BLOCK_BYTES


def test_we_ask_under_the_peers_id_and_hand_its_answers_on() -> None:
    host = FakeHost(piece_count=0)
    wire = meet(host, size=100)
    assert ("extensions", 100) in host.told
    wire.raw()
    wire.peer.extensions.metadata.ask([0, 1])
    assert heard(wire) == [MetadataRequest(0), MetadataRequest(1)]
    left = wire.peer.chatter.left
    say(wire, MetadataBlock(0, 100, bytes(100)))
    assert wire.peer.chatter.left > left - 50
    say(wire, MetadataReject(1))
    assert host.told[-2:] == [("metadata", MetadataBlock(0, 100, bytes(100))), ("metadata", MetadataReject(1))]


def test_blocks_that_nobody_asked_for_are_chatter() -> None:
    wire = meet(FakeHost(piece_count=0), size=100)
    left = wire.peer.chatter.left
    say(wire, MetadataBlock(0, 100, bytes(100)))
    assert wire.peer.chatter.left < left - 100


def test_a_peer_that_switches_it_off_is_told_nothing_more() -> None:
    wire = meet(FakeHost(metadata=METADATA))
    wire.feed(peer_wire.encode_extended(0, encode_extension_handshake(ExtensionHandshake({"ut_metadata": 0}))))
    wire.raw()
    say(wire, MetadataRequest(0))
    assert wire.raw() == b""


def test_a_message_that_cannot_be_meant_ends_the_connection() -> None:
    host = FakeHost(metadata=METADATA)
    wire = meet(host)
    wire.feed(peer_wire.encode_extended(METADATA_ID, b"d8:msg_typei0ee"))
    assert not wire.is_open


def test_without_metainfo_what_peers_say_of_pieces_is_not_judged() -> None:
    for message in (
        peer_wire.encode_bitfield(bytes(200_000)),
        peer_wire.encode_have(1_000_000),
        peer_wire.HAVE_ALL,
        peer_wire.HAVE_NONE,
    ):
        host = FakeHost(piece_count=0)
        wire = WireScene(host).wire().handshake(extensions=True)
        wire.feed(message)
        assert wire.is_open
        assert wire.peer.bits == 0
