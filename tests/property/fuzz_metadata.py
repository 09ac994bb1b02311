"""A fuzz entry for metadata messages (BEP 9): what is accepted is whole, bounded, and written as it was read."""

from __future__ import annotations

from contextlib import suppress

from tests.property.fuzz_entries import fuzz_entry

from shoal.protocol.errors import ProtocolError
from shoal.protocol.ut_metadata import (
    BLOCK_BYTES,
    MAX_BLOCKS,
    MetadataBlock,
    MetadataReject,
    MetadataRequest,
    decode_metadata,
    encode_metadata,
)


@fuzz_entry(
    encode_metadata(MetadataRequest(3)),
    encode_metadata(MetadataReject(0)),
    encode_metadata(MetadataBlock(1, BLOCK_BYTES + 5, b"12345")),
    b"d8:msg_typei9e5:piecei0ee",
)
def fuzz_ut_metadata(data: bytes) -> None:
    with suppress(ProtocolError):
        message = decode_metadata(data)
        if message is None:
            return
        assert 0 <= message.block < MAX_BLOCKS
        if isinstance(message, MetadataBlock):
            assert 0 < len(message.data) <= BLOCK_BYTES
        assert decode_metadata(encode_metadata(message)) == message
