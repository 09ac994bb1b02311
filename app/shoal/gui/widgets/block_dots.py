"""Dots for the blocks that went between us and each peer, from its counters. Pure.

One dot is one group of blocks that was really sent or received. How many bytes a group has follows the rate of the
whole swarm, so that the dots stay countable; bytes that do not fill a group wait for the next answer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from shoal.api.details import PeerRow

BLOCK = 16_384
MOST_DOTS = 32
"""Dots per answer, all peers and both directions together."""
MOST_OF_A_PEER = 4


@dataclass(frozen=True, slots=True)
class Dots:
    """How many groups came from a peer (`down`) and went to it since the last answer."""

    down: int
    up: int


@dataclass
class BlockMeter:
    """`take` once per answer."""

    group: int = BLOCK
    """Bytes that one dot stands for."""
    _counters: dict[str, tuple[int, int]] = field(default_factory=dict)
    _rest: dict[str, tuple[int, int]] = field(default_factory=dict)

    def take(self, peers: Mapping[str, PeerRow]) -> dict[str, Dots]:
        """The dots of each peer that moved at least a group; who is seen first has moved nothing yet."""
        moved: dict[str, tuple[int, int]] = {}
        counters = {key: (peer.downloaded, peer.uploaded) for key, peer in peers.items()}
        for key, (downloaded, uploaded) in counters.items():
            before = self._counters.get(key)
            if before is not None:
                down, up = downloaded - before[0], uploaded - before[1]
                # Counters of a peer that came back begin anew.
                moved[key] = (down if down > 0 else 0, up if up > 0 else 0)
        self._counters = counters
        self.group = group_for([*moved.values()])
        dots: dict[str, Dots] = {}
        rest: dict[str, tuple[int, int]] = {}
        for key, (new_down, new_up) in moved.items():
            waiting = self._rest.get(key, (0, 0))
            down_groups, down = divmod(new_down + waiting[0], self.group)
            up_groups, up = divmod(new_up + waiting[1], self.group)
            rest[key] = (down, up)
            if down_groups or up_groups:
                dots[key] = Dots(min(MOST_OF_A_PEER, down_groups), min(MOST_OF_A_PEER, up_groups))
        self._rest = rest
        return dots

    def clear(self) -> None:
        self._counters.clear()
        self._rest.clear()


def group_for(moved: Sequence[tuple[int, int]]) -> int:
    """A power of two times a block, so that neither all peers nor one of them has too many dots."""
    total = sum(down + up for down, up in moved)
    most = max((down if down > up else up for down, up in moved), default=0)
    group = BLOCK
    while total > MOST_DOTS * group or most > MOST_OF_A_PEER * group:
        group *= 2
    return group
