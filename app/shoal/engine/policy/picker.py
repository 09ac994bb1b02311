"""Which piece to open next for a peer.

Considerations, in this order: only what is wanted and the peer has; higher file priority first; first and last pieces
of files when asked; in order when sequential; a random piece while we have next to nothing to trade; else the rarest,
ties broken at random. Which *block* of an open piece goes to whom is `engine/torrent/download`'s business.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shoal.engine.policy.availability import Availability
from shoal.metainfo.bitfield import lowest, pick_random
from shoal.metainfo.priorities import FilePriority

if TYPE_CHECKING:
    import random

RANDOM_FIRST_PIECES = 4
"""Below this many verified pieces the choice is random, so that newcomers have something to trade soon."""


class Picker:
    """The wanted, finished and open pieces of one torrent. Sets are ints with piece i at bit i."""

    __slots__ = ("_edges", "_levels", "availability", "have", "open", "sequential", "wanted")

    def __init__(self, availability: Availability) -> None:
        self.availability = availability
        self.have = 0
        self.open = 0
        """Pieces being fetched or verified."""
        self.wanted = 0
        self.sequential = False
        self._levels: tuple[int, ...] = ()
        self._edges = 0

    def set_wanted(self, masks: Mapping[FilePriority, int], *, edges: int = 0, sequential: bool = False) -> None:
        """Take the wanted pieces by priority; `edges` are pieces to fetch before others of the same priority."""
        self._levels = tuple(masks[level] for level in sorted(masks, reverse=True) if level and masks[level])
        self.wanted = 0
        for mask in self._levels:
            self.wanted |= mask
        self._edges = edges
        self.sequential = sequential

    @property
    def missing(self) -> int:
        """Wanted and not verified yet."""
        return self.wanted & ~self.have

    @property
    def unopened(self) -> int:
        """Wanted, not verified and not being fetched."""
        return self.wanted & ~(self.have | self.open)

    def best(self, candidates: int) -> int:
        """The subset of `candidates` in the highest wanted priority; 0 when none is wanted."""
        for mask in self._levels:
            chosen = candidates & mask
            if chosen:
                return chosen
        return 0

    def next_piece(self, peer_bits: int, rng: random.Random) -> int | None:
        """The piece to open for a peer that has `peer_bits`; None when there is none."""
        candidates = self.best(peer_bits & self.unopened)
        if not candidates:
            return None
        candidates = candidates & self._edges or candidates
        if self.sequential:
            return lowest(candidates)
        if self.have.bit_count() >= RANDOM_FIRST_PIECES:
            candidates = self.availability.rarest(candidates)
        return pick_random(candidates, rng)
