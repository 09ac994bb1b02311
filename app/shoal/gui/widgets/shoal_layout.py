"""Where each fish of the shoal swims. Pure.

You are in the centre. Around it lie up to three rings, and on each of them places that do not overlap: the readier a
peer is to send, the nearer its ring. Which place of its ring a peer takes comes from its address, and it keeps it while
others come and go; only when the room or the size of the fish changes do all find new places.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from math import atan2, cos, floor, hypot, pi, sin

MOST_DRAWN = 120
FISH_SIZES = (44, 40, 36, 32, 29, 26, 23, 20, 18, 16, 14, 12, 10)
"""Lengths of the largest fish, pixels at 96 dpi, best first."""
MOST_RINGS = 3
RING_STEP = 0.7
WIDEST_STEP = 2.2
NEAR_PLACE_STEP, PLACE_STEP = 1.0, 0.72
"""Distances between rings, between places of the nearest ring and of the others, in lengths of the largest fish. Who is
not near is seldom drawn at that length, and who moves data swims across its ring: it is half as wide as long."""
SPREAD = 0.6
"""Share of the room between the outer ring and you that the rings take."""
LARGEST_SHARE = 1 / 5.5
SMALLEST_SHARE = 1 / 8.5
"""Of the shorter side of the area: smaller than that, fewer fish are drawn instead."""
ROOM_TO_SPARE, ROOM_TO_GROW = 1.15, 1.7
"""Places per fish that are wanted when a size is chosen, and before a larger size is chosen again."""
LEAST_YOU, MOST_YOU = 15.0, 30.0
PATIENCE = 3
"""Answers for which a peer stays near although it has become less ready."""
_SAMPLES = 360


@dataclass(frozen=True, slots=True)
class Swimmer:
    """`nearness` 0 is nearest; `activity` decides who is drawn when there are too many."""

    key: str
    nearness: int
    activity: float


@dataclass(frozen=True, slots=True)
class Place:
    """A point of a ring, and the angle (radians, 0 = right, clockwise on the screen) in which the ring runs there."""

    x: float
    y: float
    along: float


@dataclass(frozen=True, slots=True)
class Ring:
    rx: float
    ry: float
    places: tuple[Place, ...]


@dataclass(frozen=True, slots=True)
class Waters:
    """The room that there is: rings from the nearest to the farthest, all around the middle of the area."""

    width: float
    height: float
    fish: float
    """Length of the largest fish, pixels."""
    you: float
    """Radius of the ring in the centre, pixels."""
    rings: tuple[Ring, ...]

    @property
    def capacity(self) -> int:
        return sum(len(ring.places) for ring in self.rings)


@lru_cache(maxsize=4096)
def share_of(key: str) -> float:
    """0..1 from a peer's address, the same in every run."""
    return zlib.crc32(key.encode()) / 2**32


@lru_cache(maxsize=64)
def waters_for(width: int, height: int, fish: int, scale: float) -> Waters:
    """The rings of an area for fish of that length; `scale` is that of the text. Without room there is no ring."""
    middle_x, middle_y = width / 2, height / 2
    margin = 0.5 * fish + 1
    rx, ry = middle_x - margin, middle_y - margin
    you = min(MOST_YOU * scale, max(LEAST_YOU * scale, 0.32 * min(middle_x, middle_y)))
    room = min(rx, ry) - (you + 0.55 * fish + 3 * scale)
    if room < 0:
        return Waters(width, height, fish, you, ())
    count = 1 + min(MOST_RINGS - 1, floor(room / (RING_STEP * fish)))
    step = min(room * SPREAD / (count - 1), WIDEST_STEP * fish) if count > 1 else 0.0
    step = max(step, RING_STEP * fish)
    smaller = min(rx, ry)
    rings = []
    for number in reversed(range(count)):
        share = (smaller - number * step) / smaller
        apart = fish * (NEAR_PLACE_STEP if number == count - 1 else PLACE_STEP)
        rings.append(Ring(rx * share, ry * share, _places(middle_x, middle_y, rx * share, ry * share, apart)))
    return Waters(width, height, fish, you, tuple(rings))


def _places(middle_x: float, middle_y: float, rx: float, ry: float, apart: float) -> tuple[Place, ...]:
    """Points at least `apart` from each other along an ellipse, from the top clockwise."""
    lengths = [0.0]
    last_x, last_y = 0.0, -ry
    for number in range(1, _SAMPLES + 1):
        turn = 2 * pi * number / _SAMPLES
        x, y = rx * sin(turn), -ry * cos(turn)
        lengths.append(lengths[-1] + hypot(x - last_x, y - last_y))
        last_x, last_y = x, y
    count = floor(lengths[-1] / apart)
    places, at = [], 0
    for number in range(count):
        wanted = lengths[-1] * number / count
        while lengths[at + 1] < wanted:
            at += 1
        turn = 2 * pi * (at + (wanted - lengths[at]) / (lengths[at + 1] - lengths[at])) / _SAMPLES
        dx, dy = rx * cos(turn), ry * sin(turn)
        x, y = middle_x + rx * sin(turn), middle_y - ry * cos(turn)
        places.append(Place(x, y, atan2(dy, dx)))
    return tuple(places)


@dataclass
class School:
    """Remembers who swims where. `arrange` once per answer of the engine."""

    waters: Waters = field(default_factory=lambda: Waters(0, 0, 0, 0, ()))
    left_out: int = 0
    """Peers that are connected and not drawn."""
    _spots: dict[str, tuple[int, int]] = field(default_factory=dict)
    """By key the ring and the place."""
    _waited: dict[str, int] = field(default_factory=dict)

    def arrange(self, swimmers: Sequence[Swimmer], width: int, height: int, scale: float) -> dict[str, Place]:
        """The place of each that is drawn; the others are counted in `left_out`."""
        drawn = most_active(swimmers, MOST_DRAWN)
        waters = self._choose(len(drawn), width, height, scale)
        if waters != self.waters:
            self._spots.clear()
            self._waited.clear()
            self.waters = waters
        if len(drawn) > waters.capacity:
            drawn = most_active(drawn, waters.capacity)
        self.left_out = len(swimmers) - len(drawn)
        self._settle(drawn)
        return {swimmer.key: self._place_of(swimmer.key) for swimmer in drawn}

    def _choose(self, count: int, width: int, height: int, scale: float) -> Waters:
        """The largest fish with room to spare; the present ones stay while they can."""
        sizes = [round(size * scale) for size in FISH_SIZES]
        present = self.waters
        if (present.width, present.height) == (width, height) and count <= present.capacity:
            at = sizes.index(int(present.fish)) if int(present.fish) in sizes else -1
            is_largest = at == 0 or (at > 0 and sizes[at - 1] > min(width, height) * LARGEST_SHARE)
            if is_largest or (
                at > 0 and waters_for(width, height, sizes[at - 1], scale).capacity < ROOM_TO_GROW * count
            ):
                return present
        shorter, best = min(width, height), waters_for(width, height, sizes[-1], scale)
        for size in sizes:
            if size > shorter * LARGEST_SHARE:
                continue
            found = waters_for(width, height, size, scale)
            if not found.rings or (len(found.rings) == 1 and size > shorter * SMALLEST_SHARE):
                # Two rings tell more than large fish do.
                continue
            if found.capacity >= ROOM_TO_SPARE * count:
                return found
            best = found
            if size <= shorter * SMALLEST_SHARE:
                break
        return best

    def _settle(self, drawn: Sequence[Swimmer]) -> None:
        keys = {swimmer.key for swimmer in drawn}
        self._spots = {key: spot for key, spot in self._spots.items() if key in keys}
        self._waited = {key: count for key, count in self._waited.items() if key in keys}
        taken: list[set[int]] = [set() for _ in self.waters.rings]
        for ring, place in self._spots.values():
            taken[ring].add(place)
        for swimmer in drawn:
            wanted, spot = self._ring_of(swimmer.nearness), self._spots.get(swimmer.key)
            if spot is not None and (spot[0] == wanted or self._stays(swimmer.key, spot[0], wanted)):
                continue
            free = self._free_spot(swimmer.key, wanted, taken, spot)
            if spot is not None:
                taken[spot[0]].discard(spot[1])
            taken[free[0]].add(free[1])
            self._spots[swimmer.key] = free
            self._waited.pop(swimmer.key, None)

    def _stays(self, key: str, ring: int, wanted: int) -> bool:
        """Nearer at once, farther only after a while."""
        if wanted < ring:
            return False
        self._waited[key] = self._waited.get(key, 0) + 1
        return self._waited[key] < PATIENCE

    def _free_spot(
        self, key: str, wanted: int, taken: Sequence[set[int]], present: tuple[int, int] | None
    ) -> tuple[int, int]:
        rings = self.waters.rings
        order = [wanted, *range(wanted + 1, len(rings)), *range(wanted - 1, -1, -1)]
        for ring in order:
            if present is not None and ring == present[0]:
                return present
            count, full = len(rings[ring].places), taken[ring]
            if len(full) == count:
                continue
            for place in _outwards(int(share_of(key) * count), count):
                if place not in full:
                    return ring, place
        raise AssertionError("more fish than places")

    def _ring_of(self, nearness: int) -> int:
        return min(len(self.waters.rings) - 1, max(0, nearness))

    def _place_of(self, key: str) -> Place:
        ring, place = self._spots[key]
        return self.waters.rings[ring].places[place]


def most_active(swimmers: Sequence[Swimmer], count: int) -> list[Swimmer]:
    """At most `count`, in their order; ties go by address, so that the same ones stay."""
    if len(swimmers) <= count:
        return list(swimmers)
    ranked = sorted(swimmers, key=lambda one: (-one.activity, one.nearness, share_of(one.key)))
    chosen = {one.key for one in ranked[:count]}
    return [one for one in swimmers if one.key in chosen]


def _outwards(start: int, count: int) -> Iterable[int]:
    """`start`, and then ever farther from it to both sides around a ring of `count`."""
    yield start
    for distance in range(1, count // 2 + 1):
        yield (start + distance) % count
        yield (start - distance) % count
