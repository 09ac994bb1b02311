"""A development and test aid: notices when the window's thread stands still, and logs where it stood.

A timer of the window's thread leaves its mark many times a second; a thread beside it looks at the mark. When it is too
old, the stack of the window's thread at that moment is the culprit.
"""

from __future__ import annotations

import logging
import sys
import threading
import time
import traceback
from dataclasses import dataclass

from PySide6.QtCore import QObject, Qt, QTimer

log = logging.getLogger(__name__)

STALL_SECONDS = 0.1
MARK_MILLISECONDS = 10
LOOK_SECONDS = 0.02
MOST_KEPT = 100


@dataclass(frozen=True, slots=True)
class Stall:
    """`seconds` as long as it lasted, `stack` as it stood when it was noticed (innermost call last)."""

    seconds: float
    stack: str


class StallWatch(QObject):
    """Make and start it in the thread to be watched. `stalls` are those of at least `least_seconds`."""

    def __init__(self, parent: QObject | None, *, least_seconds: float = STALL_SECONDS) -> None:
        super().__init__(parent)
        self._least = least_seconds
        self._watched = threading.get_ident()
        self._mark = time.perf_counter()
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._stalls: list[Stall] = []
        self._pending: str | None = None
        self._timer = QTimer(self)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(MARK_MILLISECONDS)
        self._timer.timeout.connect(self._leave_mark)
        self._thread = threading.Thread(target=self._look, name="shoal-stall-watch", daemon=True)

    @property
    def stalls(self) -> tuple[Stall, ...]:
        """The last `MOST_KEPT`, oldest first."""
        with self._lock:
            return tuple(self._stalls)

    def start(self) -> None:
        self._mark = time.perf_counter()
        self._timer.start()
        self._thread.start()

    def stop(self) -> None:
        """End it; waits for its thread."""
        self._timer.stop()
        self._ended.set()
        if self._thread.is_alive():
            self._thread.join()

    def _leave_mark(self) -> None:
        now = time.perf_counter()
        lasted, self._mark = now - self._mark, now
        with self._lock:
            stack, self._pending = self._pending, None
        if lasted < self._least:
            return
        stall = Stall(lasted, stack or "(it was over before it could be looked at)\n")  # not shown
        with self._lock:
            self._stalls = [*self._stalls[1 - MOST_KEPT :], stall]
        log.info("the window stood still for %.0f ms:\n%s", lasted * 1000, stall.stack)

    def _look(self) -> None:
        """In the thread beside: take the stack of the watched thread once per stall."""
        while not self._ended.wait(LOOK_SECONDS):
            if time.perf_counter() - self._mark < self._least:
                continue
            frame = sys._current_frames().get(self._watched)
            if frame is None:
                continue
            stack = "".join(traceback.format_stack(frame))
            with self._lock:
                if self._pending is None:
                    self._pending = stack
