"""Hash trees of BEP 52 against the plainest possible computation."""

from __future__ import annotations

from hashlib import sha256

import pytest
from tests.data.torrents.corpus import plain_root

from shoal.metainfo.merkle import layer_height, padding_hash, root_of_layer


def leaves(count: int) -> list[bytes]:
    return [sha256(number.to_bytes(4, "big")).digest() for number in range(count)]


@pytest.mark.parametrize("count", [1, 2, 3, 4, 5, 7, 8, 9, 31, 33])
def test_root_is_that_of_the_tree_filled_with_zeros(count: int) -> None:
    assert root_of_layer(b"".join(leaves(count)), 0) == plain_root(leaves(count))


@pytest.mark.parametrize("blocks", [1, 4, 5, 9, 16])
def test_root_over_piece_hashes_is_the_root_over_blocks(blocks: int) -> None:
    """Pieces of four blocks: the layer at height 2 leads to the same root as the blocks do, if over one piece."""
    hashes = leaves(blocks)
    padded = hashes + [bytes(32)] * (-blocks % 4)
    pieces = [plain_root(padded[start : start + 4]) for start in range(0, len(padded), 4)]
    expected = plain_root(hashes) if blocks > 4 else plain_root(padded)
    assert root_of_layer(b"".join(pieces), layer_height(65536)) == expected


def test_padding_of_a_level() -> None:
    assert padding_hash(0) == bytes(32)
    assert padding_hash(2) == plain_root([bytes(32)] * 4)


@pytest.mark.parametrize("layer", [b"", b"x" * 31, b"x" * 33])
def test_odd_layers_are_refused(layer: bytes) -> None:
    with pytest.raises(ValueError, match="layer"):
        root_of_layer(layer, 0)
