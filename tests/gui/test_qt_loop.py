"""The loop leaves nothing behind that Qt could call after its end."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from shoal.launch.qt_loop import run_on_qt


def test_an_ended_loop_leaves_no_timers_to_another_threads_collector(
    qapp: QApplication, capfd: Any, on_qt: Callable[[Any], Any]
) -> None:
    async def cancelled_timer() -> None:
        await asyncio.wait_for(asyncio.sleep(0), 0.2)

    automatic = gc.isenabled()
    gc.disable()
    try:
        for _ in range(5):
            run_on_qt(qapp, cancelled_timer())
        collector = threading.Thread(target=gc.collect)
        collector.start()
        collector.join()
    finally:
        if automatic:
            gc.enable()

    async def until_the_timers_are_due() -> int:
        due = asyncio.get_running_loop().create_future()
        QTimer.singleShot(400, lambda: due.set_result(1))
        return int(await due)

    assert on_qt(until_the_timers_are_due()) == 1
    assert "another thread" not in capfd.readouterr().err
