"""The speed of the line as real transfers show it, for who does not know it; no server is asked for that.

The best rates over half a minute are kept for good. They are bounds from below: a swarm may be slow, and a limit holds
the upload back. So while the line is measured the upload that is reckoned with grows ahead of what was seen, which
counts as the line's own only when it was held for minutes below the limit in force.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from shoal.api.snapshots import Update
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.settings_door import SettingsDoor
from shoal.settings.profiles import seen_kbit, trial_of

WINDOW_SECONDS = 30.0
LONGEST_GAP_SECONDS = 60.0
"""A computer that slept has measured nothing."""
SETTLED_SECONDS = 300.0
"""How long the best upload must be held, with room left below the limit, to be the line's."""
NEAR, BEATEN = 0.9, 1.02
"""Shares of the best rate: from here on it is held, and from here on it is another."""


class LineMeasure(QObject):
    """`can_offer` tells whether somebody is there to see it. Lives as long as the program."""

    offered = Signal(int, int)
    """Speeds of the line, up and down in kbit/s, 0 = not known; told once for each measuring."""

    def __init__(
        self,
        door: SettingsDoor,
        link: ClientLink,
        can_offer: Callable[[], bool],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(link)
        self._door, self._can_offer, self._clock = door, can_offer, clock
        self._samples: deque[tuple[float, int, int]] = deque()
        """(time, bytes down, bytes up), the first one as old as the window or older."""
        self._held_seconds = 0.0
        link.updated.connect(self._follow)

    @property
    def is_measuring(self) -> bool:
        settings = self._door.interface
        return settings.line_trial > 0 and not settings.line_up

    def use(self, up: int, down: int) -> Callable[[], None]:
        """Take these speeds for those of the line; the way back."""
        values = {"line_up": up, "line_down": down or self._door.interface.line_down, "line_trial": 0}
        before = {key: self._door.value(key) for key in values}
        self._door.remember(values)
        return lambda: self._door.remember(before)

    def _follow(self, update: Update) -> None:
        now, totals = self._clock(), update.totals
        samples = self._samples
        if samples and (now - samples[-1][0] > LONGEST_GAP_SECONDS or totals.downloaded < samples[-1][1]):
            samples.clear()
        passed = now - samples[-1][0] if samples else 0.0
        samples.append((now, totals.downloaded, totals.uploaded))
        while len(samples) > 1 and now - samples[1][0] >= WINDOW_SECONDS:
            samples.popleft()
        began, down, up = samples[0]
        if now - began < WINDOW_SECONDS:
            return
        self._see_down((totals.downloaded - down) / (now - began))
        self._see_up((totals.uploaded - up) / (now - began), totals.up_limit, passed)
        if self.is_measuring:
            self._measure()

    def _see_down(self, rate: float) -> None:
        if rate > self._door.interface.seen_down * BEATEN:
            self._door.remember({"seen_down": int(rate)})

    def _see_up(self, rate: float, limit: int, passed: float) -> None:
        best = self._door.interface.seen_up
        if rate > best * BEATEN:
            self._held_seconds = 0.0
            self._door.remember({"seen_up": int(rate)})
        elif rate and rate >= best * NEAR and (not limit or rate < limit * NEAR):
            self._held_seconds += passed

    def _measure(self) -> None:
        settings = self._door.interface
        trial = trial_of(settings.seen_up, is_ahead=True)
        if trial > settings.line_trial * BEATEN:
            self._door.remember({"line_trial": trial})
        up = seen_kbit(settings.seen_up)
        if up and self._held_seconds >= SETTLED_SECONDS and not settings.line_offered and self._can_offer():
            self._door.remember({"line_offered": True})
            self.offered.emit(up, seen_kbit(settings.seen_down))
