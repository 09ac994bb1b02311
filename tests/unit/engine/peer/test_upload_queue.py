"""What a peer asks of us: bounded, refused when it must be, served in order and within limits."""

import pytest
from tests.support.wire_peer import FakeHost, Wire, WireScene

from shoal.engine.peer.uploads import MOST_QUEUED, READS_AT_ONCE, TURN_BYTES
from shoal.engine.policy.rate_limit import TokenBucket
from shoal.metainfo.bitfield import all_pieces
from shoal.protocol import peer_wire

BLOCK = 16_384
COUNT = 16


def uploading(
    *, fast: bool = True, choking: bool = False, cached: bool = True, **values: object
) -> tuple[Wire, FakeHost]:
    host = FakeHost(piece_count=COUNT, have=all_pieces(COUNT), **values)  # type: ignore[arg-type]
    wire = WireScene(host).wire().handshake(fast=fast)
    if not choking:
        wire.peer.set_choking(False)
    if cached:
        fill(host)
    wire.raw()
    return wire, host


def fill(host: FakeHost) -> None:
    for index in range(host.piece_count):
        for begin in range(0, host.piece_length, BLOCK):
            host.blocks[index, begin] = bytes([index]) * BLOCK


def ask(index: int, begin: int, length: int = BLOCK) -> bytes:
    return peer_wire.encode_request(index, begin, length)


def test_blocks_in_memory_are_sent_in_the_order_asked() -> None:
    wire, _ = uploading()
    wire.feed(ask(3, 0) + ask(1, BLOCK, 100) + ask(2, 0))
    sent = wire.take("piece")
    assert [(index, begin, len(block)) for _, index, begin, block in sent] == [
        (3, 0, BLOCK),
        (1, BLOCK, 100),
        (2, 0, BLOCK),
    ]
    assert sent[0][3] == b"\3" * BLOCK
    assert wire.peer.uploaded == 2 * BLOCK + 100


@pytest.mark.parametrize(
    ("index", "begin", "length"),
    [
        (COUNT, 0, BLOCK),
        ((1 << 32) - 1, 0, BLOCK),
        (0, 0, 0),
        (0, 0, peer_wire.MAX_REQUEST_LENGTH + 1),
        (0, 65_536 - BLOCK + 1, BLOCK),
        (0, (1 << 32) - 1, BLOCK),
        (COUNT - 1, 0, 1001),
        (COUNT - 1, 1000, 1),
    ],
)
def test_a_request_that_cannot_be_meant_ends_the_connection(index: int, begin: int, length: int) -> None:
    wire, host = uploading(last_piece_length=1000)
    wire.feed(ask(index, begin, length))
    assert not wire.is_open
    assert "request for" in host.reasons()[0]


def test_the_largest_request_and_the_end_of_a_piece_are_served() -> None:
    wire, host = uploading(piece_length=1 << 18, last_piece_length=1000)
    host.blocks[0, 1 << 17] = bytes(1 << 17)
    host.blocks[COUNT - 1, 999] = b"x"
    wire.feed(ask(0, 1 << 17, peer_wire.MAX_REQUEST_LENGTH) + ask(COUNT - 1, 999, 1))
    assert [len(block) for *_, block in wire.take("piece")] == [1 << 17, 1]


def test_a_choked_peer_is_refused_in_words_only_when_it_understands_them() -> None:
    wire, _ = uploading(choking=True)
    wire.feed(ask(0, 0))
    assert wire.take() == [("reject", 0, 0, BLOCK)]
    wire, _ = uploading(choking=True, fast=False)
    wire.feed(ask(0, 0))
    assert wire.take() == []
    assert wire.is_open


def test_pieces_that_we_lack_are_refused() -> None:
    wire, host = uploading()
    host.have = 0b10
    wire.feed(ask(0, 0) + ask(1, 0))
    assert [message[:3] for message in wire.take()] == [("reject", 0, 0), ("piece", 1, 0)]


def test_a_granted_piece_is_served_to_a_choked_peer() -> None:
    wire, _ = uploading(choking=True)
    wire.peer.granted_fast = 0b1000
    wire.feed(ask(3, 0) + ask(4, 0))
    assert [message[:3] for message in wire.take()] == [("reject", 4, 0), ("piece", 3, 0)]


def test_a_flood_of_requests_is_bounded() -> None:
    wire, _ = uploading(cached=False)
    for start in range(0, MOST_QUEUED + 500, 100):
        wire.feed(b"".join(ask(0, 0, 1 + number % BLOCK) for number in range(start, start + 100)))
    assert len(wire.peer.uploads) == MOST_QUEUED
    assert len(wire.take("reject")) == 500
    assert wire.is_open


def test_a_flood_without_the_fast_extension_is_silently_bounded() -> None:
    wire, _ = uploading(cached=False, fast=False)
    for _ in range(25):
        wire.feed(ask(0, 0) * 100)
    assert len(wire.peer.uploads) == MOST_QUEUED
    assert wire.take() == []


def test_a_cancelled_request_is_not_served() -> None:
    wire, host = uploading(cached=False)
    wire.feed(ask(0, 0) + ask(1, 0) + peer_wire.encode_cancel(1, 0, BLOCK) + peer_wire.encode_cancel(9, 0, BLOCK))
    assert wire.take() == [("reject", 1, 0, BLOCK)]
    fill(host)
    for *_, done in host.loads:
        done(True)
    assert [message[:3] for message in wire.take()] == [("piece", 0, 0)]


def test_choking_refuses_what_waits_except_granted_pieces() -> None:
    wire, host = uploading(cached=False)
    wire.peer.granted_fast = 0b10
    wire.feed(ask(0, 0) + ask(1, 0) + ask(2, 0))
    wire.peer.set_choking(True)
    assert wire.take() == [("choke",), ("reject", 0, 0, BLOCK), ("reject", 2, 0, BLOCK)]
    fill(host)
    wire.peer.uploads.pump()
    assert [message[:3] for message in wire.take()] == [("piece", 1, 0)]


def test_what_is_not_in_memory_is_loaded_first_a_few_reads_at_once() -> None:
    wire, host = uploading(cached=False)
    wire.feed(b"".join(ask(index, 0) for index in range(10)))
    assert len(host.loads) == READS_AT_ONCE
    assert wire.take("piece") == []
    fill(host)
    for *_, done in host.loads:
        done(True)
    assert [message[1] for message in wire.take("piece")] == list(range(10))


def test_requests_near_to_each_other_come_with_one_read() -> None:
    wire, host = uploading(cached=False)
    wire.feed(b"".join(ask(0, begin) for begin in range(0, 65_536, BLOCK)))
    assert len(host.loads) == 1


def test_a_read_that_failed_refuses_the_request_and_goes_on() -> None:
    wire, host = uploading(cached=False)
    wire.feed(ask(0, 0) + ask(1, 0))
    host.blocks[1, 0] = bytes(BLOCK)
    _, _, _, done = host.loads[0]
    done(False)
    assert [message[:3] for message in wire.take()] == [("reject", 0, 0), ("piece", 1, 0)]


def test_a_full_socket_is_not_written_to_until_it_has_room() -> None:
    wire, _ = uploading()
    wire.stream.pause_writing()
    wire.feed(ask(0, 0))
    assert wire.take("piece") == []
    wire.stream.resume_writing()
    assert len(wire.take("piece")) == 1


def test_one_peer_sends_a_bounded_share_before_others_have_their_turn() -> None:
    host = FakeHost(piece_count=COUNT, have=all_pieces(COUNT))
    fill(host)
    scene = WireScene(host)
    greedy, modest = scene.wire().handshake(), scene.wire().handshake()
    for wire in (greedy, modest):
        wire.peer.set_choking(False)
        wire.raw()
    order: list[str] = []
    for name, wire, requests in (("greedy", greedy, 64), ("modest", modest, 1)):
        write = wire.transport.writelines

        def writelines(parts: list[bytes], name: str = name, write: object = write) -> None:
            order.append(name)
            assert sum(map(len, parts)) <= TURN_BYTES + BLOCK + 100 * 13
            write(parts)  # type: ignore[operator]

        wire.transport.writelines = writelines  # type: ignore[method-assign, assignment]
        for number in range(requests):
            wire.peer.on_request(number % COUNT, 0, BLOCK)
    scene.turn.end()
    assert order[:2] == ["greedy", "modest"]
    assert order.count("greedy") >= 4
    assert len(greedy.take("piece")) == 64


def test_under_a_limit_it_sends_what_is_allowed_and_waits_for_the_beat() -> None:
    bucket = TokenBucket(100_000.0, now=999.0)
    wire, _ = uploading(up_bucket=bucket)
    wire.feed(b"".join(ask(number % COUNT, 0) for number in range(20)))
    first = len(wire.take("piece"))
    assert 1 <= first <= 3
    assert wire.scene.wait_to_send == [wire.peer]
    sent = first
    for _ in range(20):
        wire.scene.clock.time += 0.1
        wire.peer.uploads.pump()
        sent += len(wire.take("piece"))
    assert sent * BLOCK <= first * BLOCK + 2 * 100_000 + BLOCK


def test_nothing_is_served_after_the_end() -> None:
    wire, host = uploading(cached=False)
    wire.feed(ask(0, 0))
    wire.peer.close("stopped")
    fill(host)
    *_, done = host.loads[0]
    done(True)
    assert wire.take("piece") == []
    assert len(wire.peer.uploads) == 0
