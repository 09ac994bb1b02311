"""The end of a download: blocks that are owed by some peers already, and may be asked of an idle one as well."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from shoal.engine.peer.connection import PeerConnection
from shoal.engine.peer.open_piece import OpenPiece
from shoal.metainfo.pieces import BLOCK_LENGTH

if TYPE_CHECKING:
    import random

Piece = OpenPiece[PeerConnection]

MOST_REQUESTERS = 3
"""Peers asked for the same block at once."""
MOST_BLOCKS = 16
"""Blocks asked of a peer at once that others owe us already."""


def late_blocks(
    pieces: Iterable[Piece], peer: PeerConnection, bits: int, rng: random.Random
) -> list[tuple[Piece, int]]:
    """Which blocks of the open `pieces` to ask of `peer` too, which has the pieces `bits`; drawn at random."""
    mine = peer.requests.outstanding
    chosen: list[tuple[Piece, int]] = []
    for piece in pieces:
        if not piece.remaining or piece.is_exclusive or not bits >> piece.index & 1:
            continue
        for block, sender in enumerate(piece.senders):
            if sender is not None or piece.key | block in mine:
                continue
            rivals = piece.requesters.get(block, ())
            # Three slow ones must not keep a block from a fast one.
            if len(rivals) < MOST_REQUESTERS or peer.down_rate > 2 * max(rival.down_rate for rival in rivals):
                chosen.append((piece, block))
    rng.shuffle(chosen)
    # About what it sends in a second, so that a slow peer does not take the places of faster ones.
    most = min(MOST_BLOCKS, peer.requests.pipeline.depth, 1 + int(peer.down_rate / BLOCK_LENGTH))
    return chosen[:most]
