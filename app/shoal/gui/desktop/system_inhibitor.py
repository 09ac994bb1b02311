"""What keeps the computer awake on the system that Shoal runs on."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys

from shoal.gui.desktop.awake import Inhibitor, NoInhibitor
from shoal.gui.desktop.bus_inhibitor import BusInhibitor
from shoal.gui.desktop.message_bus import session_address, system_address
from shoal.gui.link.background import Background

_CONTINUOUS, _SYSTEM_REQUIRED = 0x80000000, 0x00000001
"""ES_CONTINUOUS and ES_SYSTEM_REQUIRED of winbase.h."""
END_SECONDS = 2.0


def system_inhibitor(background: Background, platform: str = sys.platform) -> Inhibitor:
    if platform == "win32":
        return WindowsInhibitor()
    if platform == "darwin":
        return MacInhibitor(background)
    if platform.startswith("linux"):
        return BusInhibitor(session_address(), system_address(), background)
    return NoInhibitor()


class WindowsInhibitor:
    """Of the calling thread, so that all calls come from one: the window's."""

    def __init__(self) -> None:
        self._is_held = False

    @property
    def is_held(self) -> bool:
        return self._is_held

    async def hold(self, why: str) -> bool:
        self._is_held = self._set(_CONTINUOUS | _SYSTEM_REQUIRED)
        return self._is_held

    async def release(self) -> None:
        if self._is_held:
            self._set(_CONTINUOUS)
            self._is_held = False

    async def close(self) -> None:
        """Nothing is open."""

    def _set(self, state: int) -> bool:
        return bool(vars(ctypes)["windll"].kernel32.SetThreadExecutionState(state))


class MacInhibitor:
    """`caffeinate` of the system, which ends with us in any case."""

    def __init__(self, background: Background, program: str = "/usr/bin/caffeinate") -> None:
        self._background, self._program = background, program
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_held(self) -> bool:
        return self._process is not None and self._process.poll() is None

    async def hold(self, why: str) -> bool:
        command = [self._program, "-i", "-w", str(os.getpid())]
        quiet = subprocess.DEVNULL
        try:
            self._process = await self._background.run(
                lambda: subprocess.Popen(command, stdin=quiet, stdout=quiet, stderr=quiet)
            )
        except OSError:
            return False
        return True

    async def release(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            await self._background.run(lambda: _end(process))

    async def close(self) -> None:
        """Nothing else is open."""


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(END_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
