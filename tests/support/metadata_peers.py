"""Peers that know the metadata of the torrent, or say so: honest, lying about size or content, silent, refusing."""

from __future__ import annotations

from tests.support.hostile_peers import RawPeer

from shoal.metainfo.torrent_file import parse_metainfo
from shoal.protocol import peer_wire as wire
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

METADATA_ID = 7


class MetadataPeer(RawPeer):
    """Says that it has the metadata and sends it; kinds override `claimed` or `answer`. It has everything else, too."""

    their_id = 0

    @property
    def metadata(self) -> bytes:
        return parse_metainfo(self.content.torrent()).info_bytes

    @property
    def claimed(self) -> int | None:
        """The size that it tells in its handshake."""
        return len(self.metadata)

    def answer(self, block: int) -> MetadataMessage | None:
        """What it sends for a block; None for nothing."""
        data = self.metadata[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES]
        return MetadataBlock(block, len(self.metadata), data)

    def handshake(self) -> bytes:
        return wire.encode_handshake(self.content.info_hash, self.peer_id, extensions=True, fast=self.has_fast)

    def introduce(self) -> None:
        greeting = ExtensionHandshake({"ut_metadata": METADATA_ID}, metadata_size=self.claimed)
        self.send(wire.encode_extended(0, encode_extension_handshake(greeting)))
        super().introduce()

    def heard(self, message_id: int, payload: bytes) -> None:
        if message_id != wire.MESSAGE_EXTENDED:
            super().heard(message_id, payload)
        elif payload[0] == 0:
            self.their_id = decode_extension_handshake(payload[1:]).message_ids.get("ut_metadata", 0)
        elif payload[0] == METADATA_ID:
            message = decode_metadata(payload[1:])
            if isinstance(message, MetadataRequest):
                answer = self.answer(message.block)
                if answer is not None:
                    self.tell(answer)

    def tell(self, message: MetadataMessage) -> None:
        """Send a message of the extension."""
        self.send(wire.encode_extended(self.their_id, encode_metadata(message)))


class FalseContent(MetadataPeer):
    """Its metadata has the right size and a wrong content."""

    def answer(self, block: int) -> MetadataMessage | None:
        data = bytearray(self.metadata[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES])
        data[self.rng.randrange(len(data))] ^= 0x20
        return MetadataBlock(block, len(self.metadata), bytes(data))


class FalseSize(MetadataPeer):
    """It tells a size that is too small, and sends so much."""

    @property
    def claimed(self) -> int | None:
        return 100

    def answer(self, block: int) -> MetadataMessage | None:
        return MetadataBlock(0, 100, self.metadata[:100])


class HugeSize(MetadataPeer):
    """It tells the largest size there can be and sends zeros."""

    @property
    def claimed(self) -> int | None:
        return 32 << 20

    def answer(self, block: int) -> MetadataMessage | None:
        return MetadataBlock(block, 32 << 20, bytes(BLOCK_BYTES))


class Contradicting(MetadataPeer):
    """Its blocks tell another size than its handshake."""

    def answer(self, block: int) -> MetadataMessage | None:
        return MetadataBlock(block, BLOCK_BYTES + 1 if block == 0 else 1, bytes(BLOCK_BYTES if block == 0 else 1))


class SilentOnMetadata(MetadataPeer):
    """It says that it has the metadata and never sends it."""

    def answer(self, block: int) -> MetadataMessage | None:
        return None


class Refusing(MetadataPeer):
    """It says that it has the metadata and refuses every block."""

    def answer(self, block: int) -> MetadataMessage | None:
        return MetadataReject(block)


class Ignorant(MetadataPeer):
    """It has no metadata either."""

    @property
    def claimed(self) -> int | None:
        return None


class MetadataGarbage(MetadataPeer):
    """Its messages are no bencode."""

    def tell(self, message: MetadataMessage) -> None:
        self.send(wire.encode_extended(self.their_id, b"d8:msg_typei1e5:piece"))
