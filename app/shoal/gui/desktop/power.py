"""Sending the computer to sleep, or shutting it down, by the commands that each system has for that."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import Enum
from typing import Protocol

from shoal.gui.link.background import in_thread

Command = tuple[str, ...]
LONGEST_SECONDS = 30.0
"""For a command to be taken; what it asks for comes later."""


class PowerError(Exception):
    """The system will not; the text is what it said, and may be empty."""


class PowerAct(Enum):
    SLEEP = "sleep"
    SHUT_DOWN = "shut-down"


class Power(Protocol):
    """Whoever has the switch of the computer."""

    async def carry_out(self, act: PowerAct) -> None:
        """Return when the system has taken it; raises `PowerError`."""


class NoPower:
    """A computer that nobody may switch."""

    async def carry_out(self, act: PowerAct) -> None:
        raise PowerError


NO_POWER = NoPower()


_LINUX: Mapping[PowerAct, tuple[Command, ...]] = {
    # logind decides who may; the second is where it runs without systemd.
    PowerAct.SLEEP: (("systemctl", "suspend"), ("loginctl", "suspend")),
    PowerAct.SHUT_DOWN: (("systemctl", "poweroff"), ("loginctl", "poweroff")),
}
_WINDOWS: Mapping[PowerAct, tuple[Command, ...]] = {
    PowerAct.SLEEP: (
        (
            "powershell.exe",
            "-NoProfile",
            "-NonInteractive",
            "-Command",
            "Add-Type -AssemblyName System.Windows.Forms; "  # not shown
            "[System.Windows.Forms.Application]::SetSuspendState('Suspend', $false, $false)",  # not shown
        ),
    ),
    PowerAct.SHUT_DOWN: (("shutdown.exe", "/s", "/t", "0"),),
}
_MACOS: Mapping[PowerAct, tuple[Command, ...]] = {
    PowerAct.SLEEP: (("pmset", "sleepnow"),),
    PowerAct.SHUT_DOWN: (("osascript", "-e", 'tell application "System Events" to shut down'),),  # not shown
}


def commands_for(act: PowerAct, platform: str) -> tuple[Command, ...]:
    """The commands that do `act` on `platform` (as `sys.platform`), the first that is there to be used; maybe none."""
    if platform == "win32":
        return _WINDOWS[act]
    if platform == "darwin":
        return _MACOS[act]
    return _LINUX[act] if platform.startswith("linux") else ()


Run = Callable[[Sequence[str]], "subprocess.CompletedProcess[str]"]


class SystemPower:
    """This computer's switch."""

    def __init__(
        self,
        platform: str = sys.platform,
        *,
        run: Run | None = None,
        find: Callable[[str], str | None] = shutil.which,
    ) -> None:
        self._platform, self._run, self._find = platform, run or _run, find

    async def carry_out(self, act: PowerAct) -> None:
        """In a thread: a command may take its time."""
        await in_thread(lambda: self._carry_out(act))

    def _carry_out(self, act: PowerAct) -> None:
        command = next((words for words in commands_for(act, self._platform) if self._find(words[0])), None)
        if command is None:
            raise PowerError
        try:
            done = self._run(command)
        except (OSError, subprocess.SubprocessError) as error:
            raise PowerError(str(error)) from error
        if done.returncode:
            raise PowerError(done.stderr.strip())


def _run(command: Sequence[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
        timeout=LONGEST_SECONDS,
        check=False,
    )
