from __future__ import annotations

import struct
from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.unit.protocol.recording_sink import RecordingSink

from shoal.protocol import peer_wire as wire
from shoal.protocol.errors import ProtocolError
from shoal.protocol.extension import (
    MAX_METADATA_BYTES,
    MAX_REQUEST_QUEUE,
    ExtensionHandshake,
    decode_extension_handshake,
    encode_extension_handshake,
)
from shoal.protocol.wire_reader import read_messages

MAX = 1_000
PRINTABLE = st.characters(min_codepoint=33, max_codepoint=126)
NUMBER = st.integers(0, 2**32 - 1)
BYTES = st.binary(max_size=60)
PAYLOAD = st.binary(max_size=100)

SIMPLE = st.sampled_from(
    [
        (wire.KEEP_ALIVE, ("keep_alive",)),
        (wire.CHOKE, ("choke",)),
        (wire.UNCHOKE, ("unchoke",)),
        (wire.INTERESTED, ("interested",)),
        (wire.NOT_INTERESTED, ("not_interested",)),
        (wire.HAVE_ALL, ("have_all",)),
        (wire.HAVE_NONE, ("have_none",)),
    ]
)
Message = tuple[bytes, tuple[Any, ...]]
MESSAGES: st.SearchStrategy[list[Message]] = st.lists(
    st.one_of(
        SIMPLE,
        NUMBER.map(lambda index: (wire.encode_have(index), ("have", index))),
        NUMBER.map(lambda index: (wire.encode_suggest(index), ("suggest", index))),
        NUMBER.map(lambda index: (wire.encode_allowed_fast(index), ("allowed_fast", index))),
        st.integers(0, 65_535).map(lambda port: (wire.encode_port(port), ("port", port))),
        BYTES.map(lambda bits: (wire.encode_bitfield(bits), ("bitfield", bits))),
        st.tuples(NUMBER, NUMBER, NUMBER).map(lambda block: (wire.encode_request(*block), ("request", *block))),
        st.tuples(NUMBER, NUMBER, NUMBER).map(lambda block: (wire.encode_cancel(*block), ("cancel", *block))),
        st.tuples(NUMBER, NUMBER, NUMBER).map(lambda block: (wire.encode_reject(*block), ("reject", *block))),
        st.tuples(NUMBER, NUMBER, BYTES).map(
            lambda piece: (wire.piece_header(piece[0], piece[1], len(piece[2])) + piece[2], ("piece", *piece))
        ),
        st.tuples(st.integers(0, 255), PAYLOAD).map(
            lambda message: (wire.encode_extended(*message), ("extended", *message))
        ),
        st.tuples(st.integers(21, 255), PAYLOAD).map(
            lambda message: (
                struct.pack(">IB", 1 + len(message[1]), message[0]) + message[1],
                ("unknown", message[0], 1 + len(message[1])),
            )
        ),
    ),
    max_size=12,
)


def feed(parts: Iterable[bytes]) -> list[tuple[Any, ...]]:
    """Feed the parts as a socket would, keeping the tail; a refusal becomes the last event."""
    sink = RecordingSink()
    tail = b""
    for part in parts:
        tail += part
        try:
            consumed = read_messages(memoryview(tail), sink, MAX)
        except ProtocolError:
            return [*sink.events, ("refused",)]
        tail = tail[consumed:]
    return [*sink.events, ("tail", tail)]


def cut(stream: bytes, points: Iterable[int]) -> list[bytes]:
    edges = [0, *sorted(min(point, len(stream)) for point in points), len(stream)]
    return [stream[start:end] for start, end in pairwise(edges)]


@given(MESSAGES, BYTES.map(lambda tail: tail[:3]), st.lists(st.integers(0, 2_000), max_size=20))
def test_any_split_of_the_messages_gives_the_same_events(
    messages: list[Message], tail: bytes, points: list[int]
) -> None:
    stream = b"".join(message for message, _ in messages) + tail
    expected = [*(event for _, event in messages), ("tail", tail)]
    assert feed([stream]) == expected
    assert feed(cut(stream, points)) == expected


@given(MESSAGES)
def test_byte_by_byte_gives_the_same_events(messages: list[Message]) -> None:
    stream = b"".join(message for message, _ in messages)
    expected = [*(event for _, event in messages), ("tail", b"")]
    assert feed(stream[position : position + 1] for position in range(len(stream))) == expected


@given(st.binary(max_size=300), st.lists(st.integers(0, 300), max_size=10))
def test_any_split_of_hostile_bytes_gives_the_same_events_and_the_same_refusal(
    stream: bytes, points: list[int]
) -> None:
    assert feed(cut(stream, points)) == feed([stream])


@given(st.binary(min_size=20, max_size=20), st.binary(min_size=20, max_size=20), st.booleans(), st.booleans())
def test_a_handshake_decodes_to_what_was_encoded(info_hash: bytes, peer_id: bytes, fast: bool, dht: bool) -> None:
    handshake = wire.decode_handshake(wire.encode_handshake(info_hash, peer_id, fast=fast, dht=dht))
    assert (handshake.info_hash, handshake.peer_id) == (info_hash, peer_id)
    assert (handshake.supports_fast, handshake.supports_dht) == (fast, dht)


@given(st.binary(max_size=100))
def test_hostile_bytes_are_no_handshake(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        wire.decode_handshake(data)


@given(st.binary(min_size=20, max_size=20), st.ip_addresses(v=4).map(str), st.integers(0, 3_000), st.integers(0, 12))
def test_an_allowed_fast_set_has_distinct_pieces_of_the_torrent(
    info_hash: bytes, host: str, piece_count: int, k: int
) -> None:
    allowed = wire.allowed_fast_set(info_hash, host, piece_count, k)
    assert len(allowed) == len(set(allowed)) == min(k, piece_count)
    assert all(0 <= index < piece_count for index in allowed)


@given(
    st.builds(
        ExtensionHandshake,
        message_ids=st.dictionaries(st.text(PRINTABLE, max_size=64), st.integers(0, 255), max_size=8),
        client=st.text(PRINTABLE, max_size=64),
        request_queue=st.none() | st.integers(1, MAX_REQUEST_QUEUE),
        listen_port=st.none() | st.integers(1, 65_535),
        your_ip=st.none() | st.binary(min_size=4, max_size=4) | st.binary(min_size=16, max_size=16),
        metadata_size=st.none() | st.integers(1, MAX_METADATA_BYTES),
        upload_only=st.booleans(),
    )
)
def test_an_extension_handshake_decodes_to_what_was_encoded(handshake: ExtensionHandshake) -> None:
    assert decode_extension_handshake(encode_extension_handshake(handshake)) == handshake
