"""Work gathered during one loop turn and done once at its end: messages of many handlers leave as one write."""

from __future__ import annotations

import asyncio
from collections.abc import Callable


class LoopTurn:
    """Callbacks that run once, at the end of the present loop turn, in the order they came."""

    __slots__ = ("_callbacks", "_loop")

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._callbacks: list[Callable[[], None]] = []

    def later(self, callback: Callable[[], None]) -> None:
        """Run `callback` at the end of this turn. The caller sees to it that it asks once."""
        if not self._callbacks:
            self._loop.call_soon(self._run)
        self._callbacks.append(callback)

    def _run(self) -> None:
        callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            try:
                callback()
            except Exception as error:  # one peer's failure must not cost the others their turn
                self._loop.call_exception_handler({"message": "a peer's turn failed", "exception": error})
