"""An asyncio loop whose time is virtual: it never sleeps, it jumps to the next timer.

A simulated hour of an idle engine takes milliseconds, and two runs of the same code do exactly the same, as
long as nothing asks the real world: no threads, no real sockets, no clock but `loop.time()`, no order taken
from a set of objects (their hashes are addresses).
"""

from __future__ import annotations

import asyncio
import math
import selectors
from collections.abc import Callable, Coroutine, Mapping
from typing import Any, TypeVar

T = TypeVar("T")

MAX_TURNS_AT_ONE_TIME = 2_000_000
"""Turns of the loop without time moving on; more means that callbacks chase each other for ever."""

RESOLUTION_SECONDS = 1e-9

CLEAN_UP_SECONDS = 600.0
"""Virtual time granted to cancelled tasks after a run that failed."""


class SimulationError(AssertionError):
    """The simulated program did something it must not."""


class DeadlockError(SimulationError):
    """Everybody waits and nothing will ever happen."""


class VirtualTimeLimitError(SimulationError):
    """The story took longer, in virtual seconds, than the test allows."""


class LivelockError(SimulationError):
    """The loop turned millions of times without time moving on."""


class UnhandledError(SimulationError):
    """An exception that nobody caught reached the loop during the run."""


class _VirtualSelector(selectors.BaseSelector):
    """Knows no real descriptor but the loop's own wake-up pipe, and turns waiting into moving the clock."""

    def __init__(self) -> None:
        self.wait: Callable[[float | None], None] = lambda timeout: None
        self.is_sealed = False
        self._keys: dict[int, selectors.SelectorKey] = {}

    def register(self, fileobj: Any, events: int, data: Any = None) -> selectors.SelectorKey:
        if self.is_sealed:
            raise SimulationError("a simulation has no real sockets")
        descriptor = fileobj if isinstance(fileobj, int) else fileobj.fileno()
        key = selectors.SelectorKey(fileobj, descriptor, events, data)
        self._keys[descriptor] = key
        return key

    def unregister(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys.pop(fileobj if isinstance(fileobj, int) else fileobj.fileno())

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.wait(timeout)
        return []

    def get_map(self) -> Mapping[Any, selectors.SelectorKey]:
        return self._keys

    def get_key(self, fileobj: Any) -> selectors.SelectorKey:
        return self._keys[fileobj if isinstance(fileobj, int) else fileobj.fileno()]


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """`time()` starts at 0 and moves only when every task waits; bounded by `limit_seconds`."""

    def __init__(self, limit_seconds: float) -> None:
        self._virtual_now = 0.0
        self._limit = limit_seconds
        self._turns = 0
        selector = _VirtualSelector()
        super().__init__(selector)
        selector.wait = self._wait
        selector.is_sealed = True
        self.unhandled: list[dict[str, Any]] = []
        self.set_exception_handler(lambda _, context: self.unhandled.append(context))

    def time(self) -> float:
        return self._virtual_now

    def run_in_executor(self, executor: Any, func: Any, *args: Any) -> Any:  # type: ignore[override]
        raise SimulationError("a simulation has no threads: use World.workers")

    def extend_limit(self, seconds: float) -> None:
        """Allow `seconds` more from now."""
        self._limit = self._virtual_now + seconds

    def describe_tasks(self) -> str:
        """One line per task that has not ended: its name and where it waits."""
        lines = []
        for task in asyncio.all_tasks(self):
            stack = task.get_stack(limit=1)
            place = f"{stack[-1].f_code.co_filename}:{stack[-1].f_lineno}" if stack else "nowhere"
            lines.append(f"  {task.get_name()} at {place}")
        return "\n".join(sorted(lines)) or "  (no tasks)"

    def _wait(self, timeout: float | None) -> None:
        if timeout is None:
            raise DeadlockError(
                f"deadlock at {self._virtual_now:.3f} s: nothing is scheduled and all wait\n{self.describe_tasks()}"
            )
        if timeout <= 0:
            self._turns += 1
            if self._turns > MAX_TURNS_AT_ONE_TIME:
                self._turns = 0
                raise LivelockError(f"time stands still at {self._virtual_now:.3f} s\n{self.describe_tasks()}")
            return
        self._turns = 0
        self._virtual_now += timeout
        # After half a year a float no longer tells nanoseconds apart, and asyncio would wait for ever for one.
        self._clock_resolution = max(RESOLUTION_SECONDS, 4 * math.ulp(self._virtual_now))
        if self._virtual_now > self._limit:
            raise VirtualTimeLimitError(f"more than {self._limit:g} virtual seconds\n{self.describe_tasks()}")


def run_virtual(main: Callable[[], Coroutine[Any, Any, T]], *, seed: int = 0, limit_seconds: float = 3600.0) -> T:
    """Run `main()` to its end on a virtual-time loop and return its result.

    `seed` is what the caller built its randomness from; it and the virtual time are noted on any failure.
    Raises DeadlockError, VirtualTimeLimitError, LivelockError, and UnhandledError when a callback or a task
    that nobody awaited failed during the run.
    """
    loop = VirtualTimeLoop(limit_seconds)

    async def named() -> T:
        return await main()

    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            try:
                result = runner.run(named())
            finally:
                ended_at = loop.time()
                loop.extend_limit(CLEAN_UP_SECONDS)
    except BaseException as error:
        error.add_note(f"simulation: seed {seed}, {ended_at:.3f} virtual seconds")
        raise
    if loop.unhandled:
        context = loop.unhandled[0]
        failure = UnhandledError(f"{len(loop.unhandled)} unhandled in the loop, first: {context.get('message')}")
        failure.add_note(f"simulation: seed {seed}, {ended_at:.3f} virtual seconds")
        raise failure from context.get("exception")
    return result
