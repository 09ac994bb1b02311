"""Owners of tasks: nothing runs without a name, a strong reference and somebody who ends it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

logger = logging.getLogger(__name__)

T = TypeVar("T")

CLOSE_SECONDS = 5.0
"""How long `TaskScope.close` waits for cancelled tasks before it leaves them behind."""


class TaskScope:
    """Tasks that live and end together.

    An exception of a task is logged exactly once and then given to `on_failure`, if there is one.
    """

    def __init__(self, name: str, *, on_failure: Callable[[BaseException], None] | None = None) -> None:
        self._name = name
        self._on_failure = on_failure
        # A dict, not a set: the order in which tasks end must not depend on where they lie in memory.
        self._tasks: dict[asyncio.Task[Any], None] = {}
        self._closed = False

    @property
    def is_closed(self) -> bool:
        return self._closed

    def __len__(self) -> int:
        """The number of tasks that have not ended."""
        return len(self._tasks)

    def start(self, coroutine: Coroutine[Any, Any, T], name: str) -> asyncio.Task[T]:
        """Run `coroutine` as a task called "scope: name" on the running loop; RuntimeError once closed."""
        if self._closed:
            coroutine.close()
            raise RuntimeError(f"the task scope {self._name} is closed")
        task = asyncio.get_running_loop().create_task(coroutine, name=f"{self._name}: {name}")
        self._tasks[task] = None
        task.add_done_callback(self._ended)
        return task

    async def close(self, seconds: float = CLOSE_SECONDS) -> None:
        """Cancel every task and wait for their end, at most `seconds`; those that will not end are logged.

        A task of the scope may call this: it is cancelled at its next await like the others, but not awaited.
        """
        self._closed = True
        mine = asyncio.current_task()
        others = [task for task in self._tasks if task is not mine]
        for task in tuple(self._tasks):
            task.cancel()
        if others:
            _, pending = await asyncio.wait(others, timeout=seconds)
            for task in pending:
                logger.warning("%s did not end within %.1f s of being cancelled", task.get_name(), seconds)

    def _ended(self, task: asyncio.Task[Any]) -> None:
        self._tasks.pop(task, None)
        if task.cancelled():
            return
        # Asking for the exception also tells asyncio that it was seen, so that it does not log it again.
        error = task.exception()
        if error is None:
            return
        logger.error("%s failed", task.get_name(), exc_info=error)
        if self._on_failure is not None:
            self._on_failure(error)
