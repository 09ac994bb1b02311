"""Bytes and rates of one torrent over its life."""

from __future__ import annotations

from shoal.engine.policy.time_left import TimeLeft

RATE_SECONDS = 5.0
"""Displayed rates are means over about so long."""
QUIET_SECONDS = 10.0
"""After so long without a byte nothing flows: a mean that dies away would hide that."""


class Counters:
    """Totals in bytes, rates in bytes/s. `second` is called about once a second while it runs."""

    def __init__(
        self,
        downloaded: int = 0,
        uploaded: int = 0,
        wasted: int = 0,
        *,
        active_seconds: float = 0.0,
        last_activity: float | None = None,
    ) -> None:
        self.downloaded = downloaded
        self.uploaded = uploaded
        self.wasted = wasted
        self.active_seconds = active_seconds
        self.last_activity = last_activity
        self.down_rate = 0.0
        self.up_rate = 0.0
        self.time_left = TimeLeft()
        self._age = 0.0
        self._down_quiet = 0.0
        self._up_quiet = 0.0

    @property
    def down_quiet_seconds(self) -> float:
        """How long it has been running without a byte of payload coming in."""
        return self._down_quiet

    def second(self, down: int, up: int, wasted: int, now: float, elapsed: float) -> None:
        """Account for the payload of the last `elapsed` seconds."""
        self.downloaded += down
        self.uploaded += up
        self.wasted += wasted
        # Young rates are means over their whole life, so that a short first second does not overshoot.
        self._age = min(self._age + elapsed, RATE_SECONDS)
        weight = min(1.0, elapsed / self._age)
        self._down_quiet = 0.0 if down else self._down_quiet + elapsed
        self._up_quiet = 0.0 if up else self._up_quiet + elapsed
        self.down_rate = _approach(self.down_rate, down / elapsed, weight, self._down_quiet)
        self.up_rate = _approach(self.up_rate, up / elapsed, weight, self._up_quiet)
        self.time_left.update(down, now)

    def nothing_comes(self) -> None:
        """The download is done: a mean that dies away would show it as still coming."""
        self.down_rate = 0.0
        self.time_left.reset()

    def rest(self) -> None:
        """Nothing flows any more."""
        self.down_rate = self.up_rate = self._age = self._down_quiet = self._up_quiet = 0.0
        self.time_left.reset()


def _approach(rate: float, sample: float, weight: float, quiet_seconds: float) -> float:
    rate += weight * (sample - rate)
    return rate if rate >= 1.0 and quiet_seconds < QUIET_SECONDS else 0.0
