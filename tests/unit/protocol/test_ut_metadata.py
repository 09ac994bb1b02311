"""Metadata messages (BEP 9): what is written is read again, and nothing impossible is believed."""

import pytest

from shoal.protocol.errors import ProtocolError
from shoal.protocol.extension import MAX_METADATA_BYTES
from shoal.protocol.ut_metadata import (
    BLOCK_BYTES,
    MAX_BLOCKS,
    MAX_HEAD_BYTES,
    MetadataBlock,
    MetadataMessage,
    MetadataReject,
    MetadataRequest,
    block_count,
    block_length,
    decode_metadata,
    encode_metadata,
)

MESSAGES: tuple[MetadataMessage, ...] = (
    MetadataRequest(0),
    MetadataRequest(MAX_BLOCKS - 1),
    MetadataReject(7),
    MetadataBlock(0, 5, b"d1:ae"),
    MetadataBlock(1, BLOCK_BYTES + 3, b"abc"),
    MetadataBlock(0, BLOCK_BYTES + 3, bytes(BLOCK_BYTES)),
    MetadataBlock(3, None, b"a sender that is silent on the size"),
)


@pytest.mark.parametrize("message", MESSAGES)
def test_what_is_written_is_read_again(message: MetadataMessage) -> None:
    assert decode_metadata(encode_metadata(message)) == message
    assert decode_metadata(memoryview(encode_metadata(message))) == message


def test_the_bytes_are_those_of_the_bep() -> None:
    assert encode_metadata(MetadataRequest(0)) == b"d8:msg_typei0e5:piecei0ee"
    assert encode_metadata(MetadataReject(1)) == b"d8:msg_typei2e5:piecei1ee"
    assert encode_metadata(MetadataBlock(0, 3, b"xyz")) == b"d8:msg_typei1e5:piecei0e10:total_sizei3eexyz"


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"le",
        b"d5:piecei0ee",
        b"d8:msg_type1:05:piecei0ee",
        b"d8:msg_typei-1e5:piecei0ee",
        b"d8:msg_typei0ee",
        b"d8:msg_typei0e5:piecei-1ee",
        b"d8:msg_typei0e5:piecei%dee" % MAX_BLOCKS,
        b"d8:msg_typei0e5:piecei0eeX",
        b"d8:msg_typei2e5:piecei0eeX",
        b"d8:msg_typei1e5:piecei0e10:total_sizei0eeX",
        b"d8:msg_typei1e5:piecei0e10:total_sizei%deeX" % (MAX_METADATA_BYTES + 1),
        b"d8:msg_typei1e5:piecei0e10:total_size1:XeX",
        b"d8:msg_typei1e5:piecei0e10:total_sizei5ee",
        b"d8:msg_typei1e5:piecei0e10:total_sizei5eeabcd",
        b"d8:msg_typei1e5:piecei0e10:total_sizei5eeabcdef",
        b"d8:msg_typei1e5:piecei1e10:total_sizei5eeabcde",
        b"d8:msg_typei1e5:piecei0ee" + bytes(BLOCK_BYTES + 1),
        b"d8:msg_typei1e5:piecei0ee" + bytes(BLOCK_BYTES + MAX_HEAD_BYTES),
        b"d8:msg_typei0e5:piecei0e1:x" + b"l" * 50 + b"e" * 50 + b"e",
    ],
)
def test_what_cannot_be_meant_is_refused(payload: bytes) -> None:
    with pytest.raises(ProtocolError):
        decode_metadata(payload)


def test_a_type_of_a_later_day_is_skipped() -> None:
    assert decode_metadata(b"d8:msg_typei3e5:piecei0eewhatever") is None
    assert decode_metadata(b"d8:msg_typei99ee") is None


def test_the_largest_message_is_read_and_one_byte_more_is_not() -> None:
    whole = encode_metadata(MetadataBlock(0, None, bytes(BLOCK_BYTES)))
    padding = MAX_HEAD_BYTES + BLOCK_BYTES - len(whole)
    filler = b"1:x%d:" % (padding - 7) + bytes(padding - 7)
    largest = whole[: -BLOCK_BYTES - 1] + filler + b"e" + bytes(BLOCK_BYTES)
    assert len(largest) == MAX_HEAD_BYTES + BLOCK_BYTES
    assert decode_metadata(largest) == MetadataBlock(0, None, bytes(BLOCK_BYTES))
    with pytest.raises(ProtocolError):
        decode_metadata(largest + b"\0")


@pytest.mark.parametrize(
    ("size", "lengths"),
    [(1, [1]), (BLOCK_BYTES, [BLOCK_BYTES]), (BLOCK_BYTES + 1, [BLOCK_BYTES, 1])],
)
def test_metadata_is_cut_into_blocks(size: int, lengths: list[int]) -> None:
    assert [block_length(size, block) for block in range(block_count(size))] == lengths
    assert block_length(size, block_count(size)) == 0
