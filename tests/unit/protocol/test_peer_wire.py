from __future__ import annotations

import struct

import pytest

from shoal.protocol import peer_wire as wire
from shoal.protocol.errors import ProtocolError

INFO_HASH = bytes(range(20))
PEER_ID = b"-SH0001-abcdefghijkl"


def test_a_handshake_both_ways() -> None:
    data = wire.encode_handshake(INFO_HASH, PEER_ID)
    assert len(data) == wire.HANDSHAKE_LENGTH == 68
    assert data == b"\x13BitTorrent protocol" + bytes.fromhex("0000000000100004") + INFO_HASH + PEER_ID
    handshake = wire.decode_handshake(data)
    assert (handshake.info_hash, handshake.peer_id) == (INFO_HASH, PEER_ID)
    assert handshake.supports_extensions
    assert handshake.supports_fast
    assert not handshake.supports_dht


@pytest.mark.parametrize("extensions", [False, True])
@pytest.mark.parametrize("fast", [False, True])
@pytest.mark.parametrize("dht", [False, True])
def test_each_feature_bit_stands_alone(extensions: bool, fast: bool, dht: bool) -> None:
    handshake = wire.decode_handshake(
        wire.encode_handshake(INFO_HASH, PEER_ID, extensions=extensions, fast=fast, dht=dht)
    )
    assert (handshake.supports_extensions, handshake.supports_fast, handshake.supports_dht) == (extensions, fast, dht)


def test_foreign_reserved_bits_are_kept_and_bytes_after_the_handshake_ignored() -> None:
    data = wire.PROTOCOL_STRING + b"\xff" * 8 + INFO_HASH + PEER_ID
    assert wire.decode_handshake(memoryview(data + b"more")).reserved == b"\xff" * 8


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"GET / HTTP/1.1\r\n" + bytes(60),
        b"\x13BitTorrent protocoL" + bytes(48),
        b"\x12BitTorrent protocol" + bytes(48),
        b"\x13BitTorrent protocol" + bytes(47),
    ],
)
def test_anything_else_is_no_handshake(data: bytes) -> None:
    with pytest.raises(ProtocolError):
        wire.decode_handshake(data)


def test_wrong_lengths_are_our_mistake() -> None:
    with pytest.raises(ValueError, match="19"):
        wire.encode_handshake(INFO_HASH[:19], PEER_ID)
    with pytest.raises(ValueError, match="21"):
        wire.encode_handshake(INFO_HASH, PEER_ID + b"x")


@pytest.mark.parametrize(
    ("message", "expected"),
    [
        (wire.KEEP_ALIVE, "00000000"),
        (wire.CHOKE, "0000000100"),
        (wire.UNCHOKE, "0000000101"),
        (wire.INTERESTED, "0000000102"),
        (wire.NOT_INTERESTED, "0000000103"),
        (wire.encode_have(7), "000000050400000007"),
        (wire.encode_bitfield(b"\xf0\x80"), "0000000305f080"),
        (wire.encode_bitfield(b""), "0000000105"),
        (wire.encode_request(1, 16384, 16384), "0000000d06000000010000400000004000"),
        (wire.piece_header(1, 2, 16384), "00004009070000000100000002"),
        (wire.encode_cancel(1, 2, 3), "0000000d08000000010000000200000003"),
        (wire.encode_port(6881), "00000003091ae1"),
        (wire.encode_suggest(9), "000000050d00000009"),
        (wire.HAVE_ALL, "000000010e"),
        (wire.HAVE_NONE, "000000010f"),
        (wire.encode_reject(1, 2, 3), "0000000d10000000010000000200000003"),
        (wire.encode_allowed_fast(0xFFFFFFFF), "0000000511ffffffff"),
        (wire.encode_extended(3, b"de"), "0000000414036465"),
    ],
)
def test_messages_have_the_bytes_of_their_bep(message: bytes, expected: str) -> None:
    assert message.hex() == expected


def test_a_number_that_does_not_fit_is_our_mistake() -> None:
    with pytest.raises(struct.error):
        wire.encode_have(2**32)


def test_the_allowed_fast_set_is_that_of_the_bep() -> None:
    seven = [1059, 431, 808, 1217, 287, 376, 1188]
    assert wire.allowed_fast_set(b"\xaa" * 20, "80.4.4.200", 1313, 7) == seven
    assert wire.allowed_fast_set(b"\xaa" * 20, "80.4.4.200", 1313, 9) == [*seven, 353, 508]
    assert wire.allowed_fast_set(b"\xaa" * 20, "80.4.4.200", 1313) == seven[:5]


def test_neighbours_in_a_network_get_the_same_allowed_fast_set() -> None:
    assert wire.allowed_fast_set(INFO_HASH, "80.4.4.1", 500) == wire.allowed_fast_set(INFO_HASH, "80.4.4.254", 500)


def test_a_torrent_of_few_pieces_allows_each_piece_once() -> None:
    assert sorted(wire.allowed_fast_set(INFO_HASH, "1.2.3.4", 3)) == [0, 1, 2]
    assert wire.allowed_fast_set(INFO_HASH, "1.2.3.4", 0) == []


def test_the_greatest_length_covers_block_bitfield_and_extended_message() -> None:
    assert wire.default_max_length(1) == wire.MAX_PIECE_MESSAGE
    assert wire.default_max_length(8 * (1 << 20)) == (1 << 20) + 1
    assert wire.default_max_length(8 * (1 << 20) + 1) == (1 << 20) + 2
