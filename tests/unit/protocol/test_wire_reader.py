from __future__ import annotations

import struct
from typing import Any

import pytest
from tests.unit.protocol.recording_sink import RecordingSink

from shoal.protocol import peer_wire as wire
from shoal.protocol.errors import ProtocolError
from shoal.protocol.wire_reader import read_messages

MAX = wire.default_max_length(100)

EVERY_MESSAGE: list[tuple[bytes, tuple[Any, ...]]] = [
    (wire.KEEP_ALIVE, ("keep_alive",)),
    (wire.CHOKE, ("choke",)),
    (wire.UNCHOKE, ("unchoke",)),
    (wire.INTERESTED, ("interested",)),
    (wire.NOT_INTERESTED, ("not_interested",)),
    (wire.encode_have(5), ("have", 5)),
    (wire.encode_bitfield(b"\xf0"), ("bitfield", b"\xf0")),
    (wire.encode_request(1, 2, 3), ("request", 1, 2, 3)),
    (wire.piece_header(1, 16384, 4) + b"data", ("piece", 1, 16384, b"data")),
    (wire.encode_cancel(1, 2, 3), ("cancel", 1, 2, 3)),
    (wire.encode_port(6881), ("port", 6881)),
    (wire.encode_suggest(6), ("suggest", 6)),
    (wire.HAVE_ALL, ("have_all",)),
    (wire.HAVE_NONE, ("have_none",)),
    (wire.encode_reject(1, 2, 3), ("reject", 1, 2, 3)),
    (wire.encode_allowed_fast(8), ("allowed_fast", 8)),
    (wire.encode_extended(3, b"payload"), ("extended", 3, b"payload")),
    (wire.encode_extended(0, b""), ("extended", 0, b"")),
    (b"\0\0\0\x03\x63ab", ("unknown", 0x63, 3)),
]


def read(data: bytes, max_length: int = MAX) -> tuple[int, list[tuple[Any, ...]]]:
    sink = RecordingSink()
    return read_messages(memoryview(data), sink, max_length), sink.events


@pytest.mark.parametrize(("message", "event"), EVERY_MESSAGE, ids=[event[0] for _, event in EVERY_MESSAGE])
def test_each_message_reaches_its_call(message: bytes, event: tuple[Any, ...]) -> None:
    assert read(message) == (len(message), [event])


def test_messages_in_a_row_come_in_order_and_the_tail_stays() -> None:
    stream = b"".join(message for message, _ in EVERY_MESSAGE)
    tail = wire.piece_header(9, 0, 16384) + b"half a block"
    assert read(stream + tail) == (len(stream), [event for _, event in EVERY_MESSAGE])


@pytest.mark.parametrize(("message", "event"), EVERY_MESSAGE, ids=[event[0] for _, event in EVERY_MESSAGE])
def test_nothing_is_delivered_before_the_last_byte(message: bytes, event: tuple[Any, ...]) -> None:
    for length in range(len(message)):
        assert read(message[:length]) == (0, [])
        assert read(wire.CHOKE + message[:length]) == (len(wire.CHOKE), [("choke",)])


def test_a_short_message_before_a_piece_id_is_not_taken_for_a_piece() -> None:
    # The fifth byte of these thirteen is 7, but belongs to no message of length 0 or 1.
    stream = wire.KEEP_ALIVE + b"\0\0\0\7\x63" + b"sixsix" + wire.UNCHOKE
    assert read(stream) == (len(stream), [("keep_alive",), ("unknown", 0x63, 7), ("unchoke",)])


def test_a_length_at_the_bound_passes_and_one_past_is_refused_at_once() -> None:
    at_bound = struct.pack(">IB", 100, 5) + bytes(99)
    assert read(at_bound, max_length=100) == (104, [("bitfield", bytes(99))])
    with pytest.raises(ProtocolError, match="101 bytes"):
        read(struct.pack(">I", 101), max_length=100)


def test_the_greatest_block_passes_and_one_byte_more_is_refused_from_its_head() -> None:
    block = bytes(wire.MAX_REQUEST_LENGTH)
    message = wire.piece_header(0, 0, len(block)) + block
    assert read(message) == (len(message), [("piece", 0, 0, block)])
    with pytest.raises(ProtocolError, match="piece message"):
        read(wire.piece_header(0, 0, len(block) + 1)[:5], max_length=1 << 20)
    with pytest.raises(ProtocolError, match="131081 are allowed"):
        read(wire.piece_header(0, 0, len(block) + 1)[:5])


def test_a_piece_beyond_the_callers_bound_is_refused() -> None:
    with pytest.raises(ProtocolError, match="109 bytes"):
        read(wire.piece_header(0, 0, 100) + bytes(100), max_length=108)


@pytest.mark.parametrize(
    ("message_id", "length"),
    [
        (wire.MESSAGE_CHOKE, 2),
        (wire.MESSAGE_UNCHOKE, 2),
        (wire.MESSAGE_INTERESTED, 5),
        (wire.MESSAGE_NOT_INTERESTED, 2),
        (wire.MESSAGE_HAVE, 4),
        (wire.MESSAGE_HAVE, 6),
        (wire.MESSAGE_REQUEST, 12),
        (wire.MESSAGE_REQUEST, 14),
        (wire.MESSAGE_PIECE, 1),
        (wire.MESSAGE_PIECE, 8),
        (wire.MESSAGE_CANCEL, 1),
        (wire.MESSAGE_PORT, 2),
        (wire.MESSAGE_PORT, 5),
        (wire.MESSAGE_SUGGEST, 1),
        (wire.MESSAGE_HAVE_ALL, 2),
        (wire.MESSAGE_HAVE_NONE, 2),
        (wire.MESSAGE_REJECT, 5),
        (wire.MESSAGE_ALLOWED_FAST, 4),
        (wire.MESSAGE_EXTENDED, 1),
    ],
)
def test_an_impossible_length_is_refused_as_soon_as_the_id_is_there(message_id: int, length: int) -> None:
    sink = RecordingSink()
    with pytest.raises(ProtocolError):
        read_messages(memoryview(wire.UNCHOKE + struct.pack(">IB", length, message_id)), sink, MAX)
    assert sink.events == [("unchoke",)]


def test_an_empty_block_is_delivered_as_the_claim_that_it_is() -> None:
    assert read(wire.piece_header(1, 0, 0)) == (13, [("piece", 1, 0, b"")])


def test_blocks_are_views_of_the_buffer_and_not_copies() -> None:
    class Sink(RecordingSink):
        def on_piece(self, index: int, begin: int, block: memoryview) -> None:
            assert block.obj is buffer
            block[:] = b"seen"

    buffer = bytearray(wire.piece_header(1, 0, 4) + b"data")
    read_messages(memoryview(buffer), Sink(), MAX)
    assert buffer.endswith(b"seen")


def test_a_sink_that_raises_stops_the_reading() -> None:
    class Sink(RecordingSink):
        def on_have(self, index: int) -> None:
            raise InterruptedError

    sink = Sink()
    with pytest.raises(InterruptedError):
        read_messages(memoryview(wire.CHOKE + wire.encode_have(1) + wire.UNCHOKE), sink, MAX)
    assert sink.events == [("choke",)]
