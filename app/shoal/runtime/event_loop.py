"""Which asyncio loop a program without a window runs on: uvloop or winloop when installed, else asyncio's own."""

from __future__ import annotations

import asyncio
import importlib
import sys
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


def loop_factory(*, use_uvloop: bool = True) -> Callable[[], asyncio.AbstractEventLoop]:
    """Return what makes a new loop; without the optional package of this system, asyncio's own."""
    if use_uvloop:
        try:
            fast = importlib.import_module("winloop" if sys.platform == "win32" else "uvloop")
        except ImportError:
            return asyncio.new_event_loop
        factory: Callable[[], asyncio.AbstractEventLoop] = fast.new_event_loop
        return factory
    return asyncio.new_event_loop


def run(main: Coroutine[Any, Any, T], *, use_uvloop: bool = True) -> T:
    """Run `main` to its end on a new loop and close the loop; SIGINT cancels `main`, then KeyboardInterrupt."""
    with asyncio.Runner(loop_factory=loop_factory(use_uvloop=use_uvloop)) as runner:
        return runner.run(main)
