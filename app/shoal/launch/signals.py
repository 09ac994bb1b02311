"""Ctrl-C and its kin for a command without a window: the first one asks for a tidy end, the second one ends at once."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from types import FrameType, TracebackType

from shoal.cli.messages import ExitCode

_WANTED = ("SIGINT", "SIGTERM", "SIGHUP", "SIGBREAK")


class TidyEnd:
    """While entered, signals set `asked` instead of ending the process. Enter it on the running loop's thread."""

    def __init__(self) -> None:
        self.asked = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._former: list[tuple[signal.Signals, object]] = []

    def __enter__(self) -> TidyEnd:
        for name in _WANTED:
            number = getattr(signal, name, None)
            if number is None:
                continue
            former = signal.getsignal(number)
            # nohup means it. Scripts also start background commands with SIGINT ignored, and then send it all the same.
            if former is signal.SIG_IGN and name == "SIGHUP":
                continue
            self._former.append((number, former))
            try:
                self._loop.add_signal_handler(number, self._take)
            except NotImplementedError:
                # Loops of Windows leave signals to the interpreter.
                signal.signal(number, self._take_from_frame)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, former in self._former:
            try:
                self._loop.remove_signal_handler(number)
            except NotImplementedError:
                signal.signal(number, signal.SIG_DFL if former is None else former)  # type: ignore[arg-type]
        self._former.clear()

    def _take_from_frame(self, number: int, frame: FrameType | None) -> None:
        self._loop.call_soon_threadsafe(self._take)

    def _take(self) -> None:
        if self.asked.is_set():
            end_at_once()
        self.asked.set()


def end_at_once() -> None:
    """End the process now, with nothing but the cursor put back."""
    try:
        if sys.stdout.isatty():
            os.write(sys.stdout.fileno(), b"\x1b[?25h\n")
    except (OSError, ValueError):
        pass
    os._exit(int(ExitCode.INTERRUPTED))
