"""The info dictionary of one peer: asked for in order, put together from blocks in any order."""

import random

import pytest

from shoal.engine.policy.metadata_assembly import MOST_ASKED, MetadataAssembly
from shoal.protocol.ut_metadata import BLOCK_BYTES, MetadataBlock, block_count

CONTENT = random.Random(1).randbytes(20 * BLOCK_BYTES + 77)


def block(index: int, content: bytes = CONTENT, total: int | None = None) -> MetadataBlock:
    data = content[index * BLOCK_BYTES : (index + 1) * BLOCK_BYTES]
    return MetadataBlock(index, total or len(content), data)


@pytest.mark.parametrize("size", [1, BLOCK_BYTES - 1, BLOCK_BYTES, BLOCK_BYTES + 1, len(CONTENT)])
@pytest.mark.parametrize("seed", range(5))
def test_blocks_in_any_order_give_the_whole(size: int, seed: int) -> None:
    content = CONTENT[:size]
    assembly = MetadataAssembly(size)
    rng = random.Random(seed)
    due: list[int] = []
    seen: list[int] = []
    while not assembly.is_complete:
        fresh = assembly.next_blocks()
        seen += fresh
        due += fresh
        assert 0 < len(due) <= MOST_ASKED
        assert assembly.is_waiting
        assert assembly.take(block(due.pop(rng.randrange(len(due))), content))
    assert seen == list(range(block_count(size)))
    assert assembly.joined() == content
    assert assembly.stored == size


def test_what_was_never_asked_for_is_left_out() -> None:
    assembly = MetadataAssembly(len(CONTENT))
    assert assembly.take(block(3))
    assert assembly.stored == 0


def test_a_block_that_comes_twice_counts_once() -> None:
    assembly = MetadataAssembly(len(CONTENT))
    assembly.next_blocks()
    assert assembly.take(block(0))
    assert assembly.take(block(0))
    assert assembly.stored == BLOCK_BYTES


def test_a_contradiction_is_told() -> None:
    assembly = MetadataAssembly(len(CONTENT))
    assembly.next_blocks()
    assert not assembly.take(block(0, total=len(CONTENT) + 1))
    assert not assembly.take(MetadataBlock(0, None, b"short"))
    assert not assembly.take(MetadataBlock(block_count(len(CONTENT)), None, b"behind the end"))
    assert assembly.stored == 0


def test_after_a_rest_only_what_lacks_is_asked_and_a_late_answer_is_welcome() -> None:
    assembly = MetadataAssembly(len(CONTENT))
    assert assembly.next_blocks() == list(range(MOST_ASKED))
    assembly.take(block(1))
    assembly.rest()
    assert not assembly.is_waiting
    assert assembly.take(block(2))
    assert assembly.next_blocks() == [0, *range(3, MOST_ASKED + 2)]
