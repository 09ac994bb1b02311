"""A window that stands still is noticed, with the place where it stood."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine
from typing import Any

from PySide6.QtWidgets import QApplication
from tests.gui.conftest import until

from shoal.gui.link.stall_watch import StallWatch

OnQt = Callable[[Coroutine[Any, Any, None]], None]


def test_a_stall_is_told_with_its_stack(qapp: QApplication, on_qt: OnQt) -> None:
    async def story() -> None:
        watch = StallWatch(qapp, least_seconds=0.05)
        watch.start()

        def hold_up_the_window() -> None:
            # Until the watch has seen it, however slow the machine is.
            seen = threading.Event()
            while watch._pending is None:
                seen.wait(0.01)

        hold_up_the_window()
        await until(lambda: any("hold_up_the_window" in stall.stack for stall in watch.stalls))
        watch.stop()
        assert all(stall.seconds >= 0.05 for stall in watch.stalls)

    on_qt(story())


def test_a_window_that_moves_has_no_stalls(qapp: QApplication, on_qt: OnQt) -> None:
    async def story() -> None:
        watch = StallWatch(qapp, least_seconds=60.0)
        watch.start()
        for _ in range(20):
            await asyncio.sleep(0)
        watch.stop()
        assert watch.stalls == ()

    on_qt(story())
