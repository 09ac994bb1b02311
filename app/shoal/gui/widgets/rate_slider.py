"""A slider for a rate, finer where rates are small: every step is the same share of what it was before."""

from __future__ import annotations

import math

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QSlider

from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say

LEAST, MOST = 5_000, 125_000_000
"""Bytes/s at the start, and at the end where the line is not known."""
STEPS = 100
"""The last one is no limit."""


def rate_at(step: int, most: int) -> int:
    """The rate of `step` from 0 to `STEPS`, with two digits, up to `most`; 0 (no limit) for the last."""
    if step >= STEPS:
        return 0
    if step == STEPS - 1:
        return most
    rate: float = LEAST * (most / LEAST) ** (max(step, 0) / (STEPS - 1))
    digit: int = 10 ** max(0, math.floor(math.log10(rate)) - 1)
    return round(rate / digit) * digit


def step_of(rate: int, most: int) -> int:
    """The step that is nearest to `rate`; the last for 0."""
    if not rate:
        return STEPS
    share = math.log(max(rate, LEAST) / LEAST) / math.log(most / LEAST)
    return min(round(share * (STEPS - 1)), STEPS - 1)


class Slider(QSlider):
    """From the start to the end of a line; the wheel scrolls what it stands on."""

    def __init__(self, name: str) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setAccessibleName(name)
        # A style sheet does not mirror what it fills.
        self.setProperty("mirrored", "true" if self.isRightToLeft() else "")

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        event.ignore()


class RateSlider(Slider):
    """`moved` is emitted with bytes/s when a person moves it."""

    moved = Signal(int)

    def __init__(self, name: str, line: int) -> None:
        """`line` is the rate of the whole line in bytes/s, 0 when it is not known."""
        super().__init__(name)
        self._most = max(line, LEAST * 10) if line else MOST
        self.setRange(0, STEPS)
        self.setPageStep(10)
        self._is_shown = False
        self.valueChanged.connect(self._tell)

    def show_rate(self, rate: int) -> None:
        """Stand where `rate` is; emits nothing."""
        self._is_shown = True
        self.setValue(step_of(rate, self._most))
        self._is_shown = False
        self.setAccessibleDescription(rate_text(rate) if rate else say("no limit"))

    def _tell(self, step: int) -> None:
        if not self._is_shown:
            rate = rate_at(step, self._most)
            self.setAccessibleDescription(rate_text(rate) if rate else say("no limit"))
            self.moved.emit(rate)
