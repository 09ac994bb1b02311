"""A desktop without a screen: X server, window manager and message bus of its own, for programs that people use."""

from __future__ import annotations

import os
import select
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from tests.support.debian_clients import require_client
from tests.support.running_program import RunningProgram

T = TypeVar("T")
PATIENCE_SECONDS = 30.0
DISPLAY_SECONDS = 20.0
SCREEN = "1280x900x24"


class DesktopSession:
    """Everything lives below `place`, which is the home of the person. `close` it."""

    def __init__(self, place: Path) -> None:
        for program in ("Xvfb", "openbox", "xdotool", "dbus-daemon"):
            require_client(program)
        self.home = place / "home"
        self.home.mkdir(parents=True)
        self.programs: list[RunningProgram] = []
        self.runtime = Path(tempfile.mkdtemp(prefix="shoal-"))  # sockets need a short path
        self.environment = {
            "HOME": str(self.home),
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "XDG_DATA_DIRS": "/usr/local/share:/usr/share",
            "XDG_CURRENT_DESKTOP": "X-Shoal-Test",
            "GDK_BACKEND": "x11",
            "QT_QPA_PLATFORM": "xcb",
            "NO_AT_BRIDGE": "1",
            "SHOAL_DHT_HOSTS": "",
            "SHOAL_ROUTERS": "off",
        }
        try:
            self._start_display()
            self.start("dbus-daemon", "--session", "--nofork", f"--address=unix:path={self.runtime}/bus")
            self.environment["DBUS_SESSION_BUS_ADDRESS"] = f"unix:path={self.runtime}/bus"
            self.until((self.runtime / "bus").exists, "the message bus listens")
            self.start("openbox", "--sm-disable")
            self.until(lambda: self.tool("xdotool", "get_desktop").returncode == 0, "openbox manages the windows")
        except BaseException:
            self.close()
            raise

    def _start_display(self) -> None:
        """Xvfb chooses a number that is free, and tells it when it is ready."""
        read, write = os.pipe()
        try:
            self._display = subprocess.Popen(
                ["Xvfb", "-displayfd", str(write), "-screen", "0", SCREEN, "-nolisten", "tcp"],
                pass_fds=(write,),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            os.close(write)
            number = b""
            while not number.endswith(b"\n"):
                ready, _, _ = select.select([read], [], [], DISPLAY_SECONDS)
                part = os.read(read, 64) if ready else b""
                assert part, "Xvfb does not start"
                number += part
            self.environment["DISPLAY"] = f":{number.decode().strip()}"
        finally:
            os.close(read)

    def start(self, *command: str, extra: dict[str, str] | None = None) -> RunningProgram:
        """A program of this session, ended with it."""
        environment = {**self.environment, **(extra or {})}
        name = f"{len(self.programs)}-{Path(command[0]).name}"
        program = RunningProgram(command, self.home, name=name, environment=environment)
        self.programs.append(program)
        return program

    def tool(self, *command: str, folder: Path | None = None) -> subprocess.CompletedProcess[str]:
        """A program that ends by itself."""
        return subprocess.run(
            command,
            cwd=folder or self.home,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=PATIENCE_SECONDS,
            check=False,
        )

    def until(self, holds: Callable[[], T], what: str, seconds: float = PATIENCE_SECONDS) -> T:
        """What `holds` answers as soon as that is true; AssertionError with what all programs said."""
        end = time.monotonic() + seconds
        while not (found := holds()):
            if time.monotonic() > end:
                said = "\n".join(program.story() for program in self.programs)
                raise AssertionError(f"within {seconds:g} s: {what}\nwindows: {self.titles()}\n{said}")
            time.sleep(0.03)
        return found

    # -- windows and keys

    def windows(self, *by: str) -> list[str]:
        """Ids of the visible windows that xdotool finds by `by`, such as `--name`, `^Add`."""
        return self.tool("xdotool", "search", "--onlyvisible", *by).stdout.split()

    def window(self, *by: str) -> str:
        """The one such window, once it is there."""
        return self.until(lambda: self.windows(*by), f"a window {by}")[-1]

    def titles(self) -> list[str]:
        found = self.tool("xdotool", "search", "--onlyvisible", "--name", ".")
        return [self.tool("xdotool", "getwindowname", window).stdout.strip() for window in found.stdout.split()]

    def active(self) -> str:
        return self.tool("xdotool", "getactivewindow").stdout.strip()

    def double_click(self, window: str, x: int, y: int) -> None:
        """At `x`, `y` pixels inside `window`."""
        self.tool("xdotool", "mousemove", "--window", window, str(x), str(y))
        self.tool("xdotool", "click", "--repeat", "2", "--delay", "80", "1")

    def press(self, *keys: str) -> None:
        self.tool("xdotool", "key", *keys)

    def picture(self, path: Path) -> None:
        """The whole screen, for a person who looks into a failed test."""
        code = (
            "import sys; from PySide6.QtGui import QGuiApplication; app = QGuiApplication([]);"
            "app.primaryScreen().grabWindow(0).save(sys.argv[1])"
        )
        self.tool(sys.executable, "-c", code, str(path))

    def close(self) -> None:
        for program in reversed(self.programs):
            program.stop()
        self._display.terminate()
        self._display.wait()
        shutil.rmtree(self.runtime, ignore_errors=True)


def write_script(path: Path, program: Sequence[str], environment: Mapping[str, str]) -> None:
    """A command at `path` that runs `program` with `environment` and what it is given."""
    path.parent.mkdir(parents=True)
    exports = "".join(f"export {name}='{value}'\n" for name, value in environment.items())
    words = " ".join(f"'{word}'" for word in program)
    path.write_text(f'#!/bin/sh\n{exports}exec {words} "$@"\n')
    path.chmod(0o755)
