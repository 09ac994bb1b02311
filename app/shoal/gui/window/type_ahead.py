"""What was typed into a list in quick succession, and where the search for it begins."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QApplication


class TypeAhead:
    """Letters typed within the system's interval make one beginning of a name."""

    def __init__(self) -> None:
        self._typed = ""
        self._since = QElapsedTimer()

    @property
    def is_going_on(self) -> bool:
        """True while the next letter belongs to those before it; a blank is part of the name then."""
        interval = QApplication.keyboardInputInterval()
        return bool(self._typed) and self._since.isValid() and not self._since.hasExpired(interval)

    def find(self, typed: str, here: int, find_name: Callable[[str, int], int | None]) -> int | None:
        """The position to go to; one letter again and again goes from one name to the next.

        `here` is the current position, -1 for none; `find_name` looks for a beginning from a position on.
        """
        self._typed = self._typed + typed if self.is_going_on else typed.lstrip()
        self._since.start()
        if not self._typed:
            return None
        is_one_letter = len(set(self._typed.casefold())) == 1
        start = here + 1 if is_one_letter else max(here, 0)
        found = find_name(self._typed, start)
        if found is None and is_one_letter:
            found = find_name(self._typed[0], start)
        return found
