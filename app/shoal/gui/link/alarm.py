"""Something that is to be done later, behind a seam: tests ring it themselves."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from PySide6.QtCore import QObject, QTimer


class Alarm(Protocol):
    """At most one time is set; setting it again replaces it."""

    def set(self, seconds: float, ring: Callable[[], None]) -> None:
        """Call `ring` once, `seconds` from now."""

    def stop(self) -> None:
        """Not at all, then."""


class TimerAlarm(QObject):
    """Rings by Qt's loop."""

    def __init__(self) -> None:
        super().__init__()
        self._ring: Callable[[], None] = lambda: None
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._rang)

    def set(self, seconds: float, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._timer.start(round(seconds * 1000))

    def stop(self) -> None:
        self._timer.stop()

    def _rang(self) -> None:
        self._ring()
