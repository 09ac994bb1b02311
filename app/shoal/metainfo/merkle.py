"""The hash trees of v2 torrents (BEP 52): SHA-256 over 16 KiB blocks, joined in pairs up to a root per file."""

from __future__ import annotations

from functools import cache
from hashlib import sha256

from shoal.metainfo.pieces import BLOCK_LENGTH

HASH_LENGTH = 32


@cache
def padding_hash(height: int) -> bytes:
    """The root of a tree of `height` levels whose leaves are all the 32 zero bytes that stand for "no block"."""
    if height == 0:
        return bytes(HASH_LENGTH)
    below = padding_hash(height - 1)
    return sha256(below + below).digest()


def layer_height(piece_length: int) -> int:
    """Levels between blocks and pieces: 0 for pieces of 16 KiB. `piece_length` is a power of two, 16 KiB or more."""
    return (piece_length // BLOCK_LENGTH).bit_length() - 1


def root_of_layer(layer: bytes, height: int) -> bytes:
    """The root over a layer of 32-byte hashes, each standing for a tree of `height` levels.

    The layer is filled up to a power of two with `padding_hash(height)`, as BEP 52 has it. Raises ValueError when it
    is empty or no multiple of 32 bytes.
    """
    if not layer or len(layer) % HASH_LENGTH:
        raise ValueError(f"a hash layer of {len(layer)} bytes")
    hashes = [layer[start : start + HASH_LENGTH] for start in range(0, len(layer), HASH_LENGTH)]
    # The padding is added level by level: at most one hash each, instead of up to half of the tree at once.
    while len(hashes) > 1:
        if len(hashes) % 2:
            hashes.append(padding_hash(height))
        hashes = [sha256(left + right).digest() for left, right in zip(hashes[::2], hashes[1::2], strict=True)]
        height += 1
    return hashes[0]
