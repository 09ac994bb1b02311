"""How many connected peers have each piece: bit-sliced counters, exact rarest-first in a few big-integer steps.

A set of pieces is an int in which piece i is bit i. Counter bit k of all pieces together is one int (a *plane*), so
adding a peer's whole bitfield is a ripple-carry over a handful of ints instead of a loop over its pieces. Peers that
have everything are only counted, since they change no comparison between pieces.
"""

from __future__ import annotations

from shoal.metainfo.bitfield import all_pieces


class Availability:
    """Counters for `piece_count` pieces over the connected peers."""

    __slots__ = ("_all", "_piece_count", "_planes", "_seeds")

    def __init__(self, piece_count: int) -> None:
        self._piece_count = piece_count
        self._all = all_pieces(piece_count)
        self._planes: list[int] = []
        self._seeds = 0

    @property
    def seeds(self) -> int:
        """Peers added with every piece."""
        return self._seeds

    @property
    def planes(self) -> tuple[int, ...]:
        """Bit k of the counters of all pieces, seeds left out, as a set of pieces each."""
        return tuple(self._planes)

    def add(self, bits: int) -> None:
        """Count one more holder of every piece in `bits`."""
        if bits == self._all:
            self._seeds += 1
            return
        planes = self._planes
        carry = bits
        for level, plane in enumerate(planes):
            if not carry:
                return
            planes[level] = plane ^ carry
            carry &= plane
        if carry:
            planes.append(carry)

    def remove(self, bits: int) -> None:
        """Count one holder less of every piece in `bits`; only what was added may be removed."""
        if bits == self._all and self._seeds:
            self._seeds -= 1
            return
        planes = self._planes
        borrow = bits
        for level, plane in enumerate(planes):
            if not borrow:
                break
            planes[level] = plane ^ borrow
            borrow &= ~plane
        while planes and not planes[-1]:
            planes.pop()

    def replace(self, before: int, after: int) -> None:
        """One peer, counted with `before`, now has `after`."""
        if before & ~after or after == self._all:
            self.remove(before)
            self.add(after)
        else:
            self.add(after & ~before)

    def rarest(self, candidates: int) -> int:
        """The subset of `candidates` with the fewest holders; 0 when `candidates` is 0."""
        for plane in reversed(self._planes):
            without = candidates & ~plane
            if without:
                candidates = without
        return candidates

    @property
    def present(self) -> int:
        """Pieces that at least one connected peer has."""
        if self._seeds:
            return self._all
        present = 0
        for plane in self._planes:
            present |= plane
        return present

    @property
    def single(self) -> int:
        """Pieces that exactly one connected peer has."""
        if self._seeds > 1:
            return 0
        more = 0
        for plane in self._planes[1:]:
            more |= plane
        first = self._planes[0] if self._planes else 0
        if self._seeds == 1:
            return self._all & ~(first | more)
        return first & ~more

    def count(self, index: int) -> int:
        """Connected peers that have piece `index`."""
        return self._seeds + sum((plane >> index & 1) << level for level, plane in enumerate(self._planes))

    def copies(self) -> float:
        """Distributed copies among the peers: fewest holders of any piece, plus the share of pieces above that."""
        if not self._piece_count:
            return 0.0
        fewest, least = 0, self._all
        for level in range(len(self._planes) - 1, -1, -1):
            without = least & ~self._planes[level]
            if without:
                least = without
            else:
                fewest |= 1 << level
        return self._seeds + fewest + 1.0 - least.bit_count() / self._piece_count
