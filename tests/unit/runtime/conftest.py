"""Loops for the tests of the real world: asyncio's own, and uvloop where it is installed."""

from __future__ import annotations

import asyncio
import importlib.util
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from shoal.runtime.event_loop import loop_factory

TEST_SECONDS = 20.0

RunOn = Callable[[Callable[[], Coroutine[Any, Any, None]]], None]

HAS_UVLOOP = importlib.util.find_spec("uvloop") is not None


@pytest.fixture(
    params=[
        "asyncio",
        pytest.param("uvloop", marks=pytest.mark.skipif(not HAS_UVLOOP, reason="uvloop is not installed")),
    ]
)
def run_on(request: pytest.FixtureRequest) -> RunOn:
    """Run a coroutine function to its end on a fresh loop of each kind, bounded in time."""

    def run(main: Callable[[], Coroutine[Any, Any, None]]) -> None:
        async def bounded() -> None:
            async with asyncio.timeout(TEST_SECONDS):
                await main()

        with asyncio.Runner(loop_factory=loop_factory(use_uvloop=request.param == "uvloop")) as runner:
            runner.run(bounded())

    return run
