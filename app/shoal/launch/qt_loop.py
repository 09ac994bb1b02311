"""Runs one coroutine on Qt's event loop: the only place that knows qasync."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Coroutine
from typing import Any, TypeVar

from PySide6.QtWidgets import QApplication
from qasync import QEventLoop  # type: ignore[import-untyped]

T = TypeVar("T")


def run_on_qt(app: QApplication, main: Coroutine[Any, Any, T]) -> T:
    """Run `main` to its end on `app`'s event loop and answer its result; the program quits by `main` returning."""

    def new_loop() -> asyncio.AbstractEventLoop:
        loop: asyncio.AbstractEventLoop = QEventLoop(app)
        return loop

    # Else Qt would stop the loop under `main` when a dialog happens to be the last window.
    app.setQuitOnLastWindowClosed(False)
    try:
        with asyncio.Runner(loop_factory=new_loop) as runner:
            return runner.run(main)
    finally:
        # Timers that were cancelled stay with the loop's Qt object until they are due. It must go in this thread:
        # collected in another one it leaves them behind, and Qt calls an object that is no more.
        gc.collect()
