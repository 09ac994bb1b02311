"""What lives as long as the program is set aside from Python's cyclic garbage collector.

A full collection visits every object with all threads held: with 10,000 transfers that is more than a second in which
the window stands still, and nearly all that it visits are modules, transfers and rows that do not go.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType

FELT_SECONDS = 0.03
"""What survives a full collection as long as this is set aside, so that the next one is short again."""
FEW_OBJECTS = 200_000
"""So many are visited within a tenth of a second."""


@contextmanager
def uncollected() -> Iterator[None]:
    """Around the loading of modules: nothing of it goes, but the collector would look for that again and again."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


class LongLived:
    """Inside `with` what exists is set aside, and more of it whenever a full collection takes long.

    What is set aside goes by its reference count as ever; only cycles among it wait for `let_go`.
    """

    def __init__(self, felt_seconds: float = FELT_SECONDS, few_objects: int = FEW_OBJECTS) -> None:
        self._felt_seconds, self._few_objects = felt_seconds, few_objects
        self._started = 0.0

    def __enter__(self) -> LongLived:
        gc.callbacks.append(self._on_collection)
        self.set_aside()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        gc.callbacks.remove(self._on_collection)
        gc.unfreeze()

    def set_aside(self) -> None:
        """Everything that exists now is long-lived."""
        gc.freeze()

    def let_go(self, *, is_seen: bool) -> bool:
        """Collect the garbage among what was set aside; False when that would be felt where the window `is_seen`."""
        if is_seen and gc.get_freeze_count() > self._few_objects:
            return False
        gc.unfreeze()
        gc.collect()
        self.set_aside()
        return True

    def _on_collection(self, phase: str, info: dict[str, int]) -> None:
        """Called by the collector, in any thread."""
        if info["generation"] < 2:
            return
        if phase == "start":
            self._started = time.perf_counter()
        elif time.perf_counter() - self._started >= self._felt_seconds:
            self.set_aside()
