"""Bytes per equal step of wall time, down and up, over a bounded number of steps. Pure: time is an argument.

Steps are numbered from the epoch (`floor(time / step)`), so that rings of different torrents line up. Closed steps are
kept in single precision (7 digits); the open one, which still grows, in double.
"""

from __future__ import annotations

import math
import struct
import sys
from array import array

_HEADER = struct.Struct("<dqqddI")
_MOST_SECONDS = 1e11
"""No honest wall clock shows more."""


class SpeedRing:
    """Closed steps of `step` seconds, at most `capacity`, and the open one; the oldest are forgotten.

    One that `widens` forgets nothing: it joins its steps in pairs instead.
    """

    __slots__ = ("_capacity", "_down", "_first", "_open", "_open_down", "_open_up", "_up", "_widens", "step")

    def __init__(self, step: float, capacity: int, *, widens: bool = False) -> None:
        self.step = step
        self._capacity = capacity
        self._widens = widens
        self._down = array("f")
        self._up = array("f")
        self._first = 0
        """Number of the oldest step; the open one is `_first + len(_down)`."""
        self._open = 0
        self._open_down = 0.0
        self._open_up = 0.0

    def begin(self, at: float) -> None:
        """Life begins at wall time `at`; nothing is known of before."""
        self._first = self._open = math.floor(at / self.step)

    def add(self, begins: float, ends: float, down: float, up: float) -> None:
        """Spread bytes evenly over `begins`..`ends`; what is older than the ring is forgotten."""
        self.reach(ends)
        seconds = ends - begins
        if begins < self._open * self.step and seconds > 0:
            oldest = self._first * self.step
            if begins < oldest:
                share = 0.0 if self._widens else min(1.0, (oldest - begins) / seconds)
                down, up = down * (1 - share), up * (1 - share)
                begins = oldest
                seconds = ends - begins
            left_down, left_up = down, up
            for number in range(math.floor(begins / self.step), self._open):
                edge = (number + 1) * self.step
                share = (min(ends, edge) - begins) / seconds if seconds > 0 else 1.0
                begins = edge
                self._down[number - self._first] += down * share
                self._up[number - self._first] += up * share
                left_down -= down * share
                left_up -= up * share
                if edge >= ends:
                    return
            down, up = max(0.0, left_down), max(0.0, left_up)
        self._open_down += down
        self._open_up += up

    def reach(self, at: float) -> None:
        """Close every step that ended before `at`; those in which nothing was added are zero."""
        number = math.floor(at / self.step)
        while self._widens and number - self._first >= self._capacity:
            self._join_pairs()
            number = math.floor(at / self.step)
        gap = number - self._open
        if gap <= 0:
            return
        if gap > self._capacity:
            self._down = array("f", bytes(4 * self._capacity))
            self._up = array("f", bytes(4 * self._capacity))
        else:
            self._down.append(self._open_down)
            self._up.append(self._open_up)
            self._down.extend(array("f", bytes(4 * (gap - 1))))
            self._up.extend(array("f", bytes(4 * (gap - 1))))
        self._open_down = self._open_up = 0.0
        self._open = number
        surplus = len(self._down) - self._capacity
        if surplus > 0:
            del self._down[:surplus]
            del self._up[:surplus]
        self._first = number - len(self._down)

    def shift(self, seconds: float) -> None:
        """The calendar was set: all that was noted happened `seconds` later (earlier when negative) than it seemed."""
        steps = math.floor(seconds / self.step)
        self._first += steps
        self._open += steps

    def rates(self, at: float) -> tuple[float, tuple[float, ...], tuple[float, ...]]:
        """(end of the last step, down, up) in bytes/s as of `at`, oldest first.

        The open step is the mean of its part that is over; where steps are short it is left out, for it would flicker.
        """
        self.reach(at)
        down = [amount / self.step for amount in self._down]
        up = [amount / self.step for amount in self._up]
        ends_at = self._open * self.step
        over = at - ends_at
        if self.step > 1.0 and over >= 1.0:
            down.append(self._open_down / over)
            up.append(self._open_up / over)
            ends_at += self.step
        return ends_at, tuple(down[-self._capacity :]), tuple(up[-self._capacity :])

    def to_bytes(self) -> bytes:
        """The ring as bytes of a known length, in little-endian order."""
        header = _HEADER.pack(self.step, self._first, self._open, self._open_down, self._open_up, len(self._down))
        return header + _portable(self._down).tobytes() + _portable(self._up).tobytes()

    def load(self, data: memoryview) -> memoryview:
        """Take back what `to_bytes` gave; the rest of `data`. Raises ValueError on anything else."""
        if len(data) < _HEADER.size:
            raise ValueError("a speed history that is cut short")
        step, first, current, open_down, open_up, count = _HEADER.unpack_from(data)
        length = 4 * count
        rest = data[_HEADER.size :]
        if not self._is_own_step(step) or count > self._capacity or first + count != current:
            raise ValueError("a speed history of another shape")
        if len(rest) < 2 * length or not 0 <= current * step <= _MOST_SECONDS:
            raise ValueError("a speed history that is cut short")
        down, up = array("f", bytes(rest[:length])), array("f", bytes(rest[length : 2 * length]))
        down, up = _portable(down), _portable(up)
        if not all(math.isfinite(amount) and amount >= 0 for amount in (*down, *up, open_down, open_up)):
            raise ValueError("a speed history with impossible rates")
        self.step, self._first, self._open = step, first, current
        self._down, self._up, self._open_down, self._open_up = down, up, open_down, open_up
        return rest[2 * length :]

    def _is_own_step(self, step: float) -> bool:
        if step == self.step:
            return True
        if not self._widens or not math.isfinite(step) or step < self.step:
            return False
        return math.log2(step / self.step).is_integer()

    def _join_pairs(self) -> None:
        """Make steps twice as long."""
        self._down.append(self._open_down)
        self._up.append(self._open_up)
        odd = self._first & 1
        last = self._first + len(self._down) - 1
        self.step *= 2
        self._down, self._up = _in_pairs(self._down, odd), _in_pairs(self._up, odd)
        self._open_down, self._open_up = self._down.pop(), self._up.pop()
        self._first >>= 1
        self._open = last >> 1


def _in_pairs(amounts: array[float], odd: int) -> array[float]:
    padded = [0.0] * odd + list(amounts)
    if len(padded) & 1:
        padded.append(0.0)
    return array("f", (one + other for one, other in zip(padded[::2], padded[1::2], strict=True)))


def _portable(amounts: array[float]) -> array[float]:
    if sys.byteorder == "big":
        amounts = array("f", amounts)
        amounts.byteswap()
    return amounts
