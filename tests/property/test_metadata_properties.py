"""Metadata from peers, whatever they send and however its bytes arrive: nothing false is taken, the true one comes."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st
from tests.support.wire_peer import FakeHost, WireScene

from shoal.engine.peer.extensions import METADATA_ID
from shoal.engine.policy.metadata_fetch import Answer, MetadataFetch
from shoal.protocol import peer_wire
from shoal.protocol.extension import ExtensionHandshake, encode_extension_handshake
from shoal.protocol.ut_metadata import (
    BLOCK_BYTES,
    MetadataBlock,
    MetadataMessage,
    MetadataReject,
    block_count,
    encode_metadata,
)

HONEST = 0


@given(
    size=st.integers(1, 6 * BLOCK_BYTES),
    liars=st.lists(st.integers(1, 5 * BLOCK_BYTES), max_size=12),
    seed=st.integers(0, 1 << 32),
)
def test_an_honest_peer_is_heard_in_any_company(size: int, liars: list[int], seed: int) -> None:
    rng = random.Random(seed)
    true = rng.randbytes(size)
    fetch, now = MetadataFetch(), 0.0
    sizes = dict(enumerate(liars, start=1))
    for key in rng.sample([HONEST, *sizes], len(sizes) + 1):
        fetch.offer(key, size if key == HONEST else sizes[key])
    while now < 120:
        for key, blocks in list(fetch.due(now)):
            for block in blocks:
                message = _answer(rng, true, block, None if key == HONEST else sizes[key])
                if isinstance(message, MetadataReject):
                    fetch.rejected(key, now)
                elif message is not None:
                    match fetch.received(key, message, now):
                        case Answer.COMPLETE if fetch.content(key) == true:
                            return
                        case Answer.COMPLETE | Answer.LIE:
                            assert key != HONEST
                            fetch.gone(key)
        now += 1.0
    raise AssertionError("the honest peer was never heard")


def _answer(rng: random.Random, true: bytes, block: int, claimed: int | None) -> MetadataMessage | None:
    """What a peer sends for a block; a liar, who has `claimed` another size, whatever comes to its mind."""
    if claimed is None:
        return MetadataBlock(block, len(true), true[block * BLOCK_BYTES : (block + 1) * BLOCK_BYTES])
    kind = rng.randrange(5)
    if kind == 0:
        return None
    if kind == 1:
        return MetadataReject(block)
    if kind == 2:
        return MetadataBlock(
            rng.randrange(block_count(claimed) + 1), None, rng.randbytes(rng.randrange(1, BLOCK_BYTES))
        )
    length = min(BLOCK_BYTES, claimed - block * BLOCK_BYTES)
    return MetadataBlock(block, claimed if kind == 3 else None, rng.randbytes(length))


@given(cuts=st.lists(st.integers(1, 5_000), min_size=1, max_size=30))
def test_any_split_of_the_bytes_tells_the_same(cuts: list[int]) -> None:
    messages: tuple[MetadataMessage, ...] = (
        MetadataBlock(0, BLOCK_BYTES + 7, bytes(BLOCK_BYTES)),
        MetadataReject(1),
        MetadataBlock(1, BLOCK_BYTES + 7, b"7 bytes"),
    )
    host = FakeHost(piece_count=0)
    wire = WireScene(host).wire()
    greeting = encode_extension_handshake(ExtensionHandshake({"ut_metadata": 3}, metadata_size=BLOCK_BYTES + 7))
    data = peer_wire.encode_handshake(host.info_hash, b"x" * 20) + peer_wire.encode_extended(0, greeting)
    data += b"".join(peer_wire.encode_extended(METADATA_ID, encode_metadata(message)) for message in messages)
    at = 0
    for cut in [*cuts, len(data)]:
        wire.feed(data[at : at + cut])
        at += cut
    assert host.told == [("ready",), ("extensions", BLOCK_BYTES + 7), *(("metadata", message) for message in messages)]


@given(payload=st.binary(max_size=200))
def test_hostile_bytes_end_the_connection_or_say_nothing(payload: bytes) -> None:
    host = FakeHost(piece_count=0)
    wire = WireScene(host).wire().handshake(extensions=True)
    wire.feed(peer_wire.encode_extended(METADATA_ID, payload))
    assert not wire.is_open or len(host.told) <= 2
