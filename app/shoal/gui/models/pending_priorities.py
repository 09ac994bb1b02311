"""Priorities that a person has just set and that the engine has not confirmed: shown at once, and without flicker.

An answer that comes right after a change may have been computed before it, so the first one says nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterable

PATIENCE = 5
"""So many answers may disagree; then the command was refused, and what the engine says is shown."""


class PendingPriorities:
    """Values by file index. `settle` is to be called with every answer."""

    def __init__(self) -> None:
        self._wanted: dict[int, int] = {}
        self._answers: dict[int, int] = {}

    def ask(self, changes: Iterable[tuple[int, int]]) -> None:
        """These (file's index, priority) were just sent."""
        for index, priority in changes:
            self._wanted[index] = priority
            self._answers[index] = 0

    def settle(self, values: bytes) -> bytes:
        """What to show after the engine has answered `values`, one byte per file."""
        if not self._wanted:
            return values
        shown = bytearray(values)
        for index, priority in list(self._wanted.items()):
            self._answers[index] += 1
            is_confirmed = index < len(values) and values[index] == priority
            is_over = index >= len(values) or self._answers[index] > PATIENCE
            if is_over or (is_confirmed and self._answers[index] > 1):
                del self._wanted[index], self._answers[index]
            else:
                shown[index] = priority
        return bytes(shown)

    def forget(self) -> None:
        self._wanted.clear()
        self._answers.clear()
