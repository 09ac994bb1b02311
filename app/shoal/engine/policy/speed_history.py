"""Rates of a torrent, or of the session, over 10 minutes, an hour, a day and its whole life. Pure.

Made only for what flows. Nothing is done while nothing flows: the gap is filled when the next bytes come or when it
is read. Time is wall time, so that the hours in which Shoal was off show as zero; when the calendar is set back, or
years forward, what was noted moves along and nothing overlaps.
"""

from __future__ import annotations

from typing import NamedTuple

from shoal.api.commands import Span
from shoal.engine.policy.speed_ring import SpeedRing

WHOLE_LIFE_STEPS = 512
STEPS: dict[Span, tuple[float, int]] = {
    Span.TEN_MINUTES: (1.0, 600),
    Span.HOUR: (10.0, 360),
    Span.DAY: (300.0, 288),
    Span.ALL: (1.0, WHOLE_LIFE_STEPS),
}
"""(seconds of a step, steps) of each span; the whole life begins with short steps, that double as it grows."""

BACK_SLACK_SECONDS = 2.0
"""Measured intervals may overlap by so much without the calendar having been set back."""
LONGEST_GAP_SECONDS = 2 * 365 * 86_400.0
"""After a longer gap the calendar was wrong, more likely than Shoal off."""
FRESH_SECONDS = 3.0
"""While bytes come every second, the graph ends at the last measured one."""

_VERSION = b"\x01"


class Rates(NamedTuple):
    """Mean rates (bytes/s) of equal steps, oldest first; `ends_at` is the end of the last step."""

    step_seconds: float
    ends_at: float
    down: tuple[float, ...]
    up: tuple[float, ...]


class SpeedLog:
    """All spans of one torrent or of the session, from `born_at` (wall seconds) on."""

    __slots__ = ("_last", "_rings", "is_dirty")

    def __init__(self, born_at: float) -> None:
        self._last = born_at
        self._rings = {span: SpeedRing(step, count, widens=span is Span.ALL) for span, (step, count) in STEPS.items()}
        self.is_dirty = False
        """Something was added since it was saved."""
        for ring in self._rings.values():
            ring.begin(born_at)

    @property
    def last_at(self) -> float:
        """Wall time of the last bytes."""
        return self._last

    def add(self, at: float, seconds: float, down: int, up: int) -> None:
        """Bytes that moved in the `seconds` before wall time `at`."""
        self._follow_calendar(at, at - seconds)
        for ring in self._rings.values():
            ring.add(at - seconds, at, down, up)
        self._last = max(self._last, at)
        self.is_dirty = True

    def rates(self, span: Span, now: float) -> Rates:
        """The rates of `span` as of wall time `now`."""
        self._follow_calendar(now, now)
        ring = self._rings[span]
        at = self._last if now - self._last <= FRESH_SECONDS else now
        ends_at, down, up = ring.rates(at)
        return Rates(ring.step, ends_at, down, up)

    def _follow_calendar(self, at: float, begins: float) -> None:
        if begins < self._last - BACK_SLACK_SECONDS or at > self._last + LONGEST_GAP_SECONDS:
            seconds = begins - self._last
            for ring in self._rings.values():
                ring.shift(seconds)
            self._last += seconds

    def to_bytes(self) -> bytes:
        """For the disk: at most some 15 kB, most of it zeros when little flowed."""
        last = max(0, int(self._last * 1000)).to_bytes(8, "little")
        return b"".join((_VERSION, last, *(ring.to_bytes() for ring in self._rings.values())))

    @classmethod
    def from_bytes(cls, data: bytes) -> SpeedLog:
        """What `to_bytes` gave; ValueError when it is anything else."""
        if data[:1] != _VERSION or len(data) < 9:
            raise ValueError("a speed history of another version")
        log = cls(0.0)
        log._last = int.from_bytes(data[1:9], "little") / 1000
        rest = memoryview(data)[9:]
        for ring in log._rings.values():
            rest = ring.load(rest)
        if rest:
            raise ValueError("a speed history with more behind it")
        return log
