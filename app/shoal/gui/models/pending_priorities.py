"""Priorities that a person has just set and that the engine has not confirmed: shown at once, and without flicker.

An answer that comes right after a change may have been computed before it, so the first one says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable

PATIENCE = 5
"""So many answers may disagree; then the command was refused, and what the engine says is shown."""
_PENDING = 0xFF
_DIFFERS = bytes(1) + bytes((_PENDING,)) * 255


class PendingPriorities:
    """Values by file index, for `count` files. `settle` is to be called with every answer."""

    def __init__(self, count: int) -> None:
        self._wanted = bytearray(count)
        self._mask = bytearray(count)
        """0xFF for every file that waits."""
        self._answers = 0
        """Since the last change."""

    def ask(self, changes: Iterable[tuple[int, int]]) -> None:
        """These (file's index, priority) were just sent."""
        self._answers = 0
        wanted, mask = self._wanted, self._mask
        for index, priority in changes:
            wanted[index] = priority
            mask[index] = _PENDING

    def settle(self, values: bytes) -> bytes:
        """What to show after the engine has answered `values`, one byte per file."""
        if _PENDING not in self._mask:
            return values
        self._answers += 1
        # All files in three operations on long integers: there may be 100,000.
        mask, told = _number(self._mask), _number(values)
        differing = told ^ _number(self._wanted)
        if self._answers > 1:
            mask &= _number(differing.to_bytes(len(values), "little").translate(_DIFFERS))
        if self._answers > PATIENCE:
            mask = 0
        self._mask = bytearray(mask.to_bytes(len(values), "little"))
        return (told ^ (differing & mask)).to_bytes(len(values), "little")


def _number(values: bytes | bytearray) -> int:
    return int.from_bytes(values, "little")
