"""Where each system keeps what it starts at login: a desktop entry, a value of the registry, a launch agent."""

from __future__ import annotations

import os
import plistlib
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from xml.parsers.expat import ExpatError

from shoal import APPLICATION_ID
from shoal.gui.desktop.autostart import HIDDEN_OPTION, LoginStart, LoginStartError
from shoal.gui.desktop.desktop_entry import ENTRY_ID, is_hidden, login_entry_text
from shoal.gui.desktop.windows_openers import Registry, UserRegistry
from shoal.gui.desktop.windows_rows import RegistryRow
from shoal.gui.style.wording import say

RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_NAME = "Shoal"
APPROVED_KEY = r"Software\Microsoft\Windows\CurrentVersion\Explorer\StartupApproved\Run"
"""Where the Task Manager notes what a person has switched off."""


def system_login_start(command: Sequence[str], *, icon: Path, platform: str = sys.platform) -> LoginStart:
    """`command` starts this copy of Shoal; `icon` is its picture."""
    if platform == "win32":
        return WindowsLoginStart(command, UserRegistry())
    if platform == "darwin":
        return MacLoginStart(command, Path.home() / "Library" / "LaunchAgents")
    return LinuxLoginStart(command, str(icon))


def words_of(command: Sequence[str], *, hidden: bool) -> tuple[str, ...]:
    return (*command, HIDDEN_OPTION) if hidden else tuple(command)


class LinuxLoginStart:
    """An entry in the folder `autostart`, of a GNOME, KDE, Xfce or other desktop that follows freedesktop.org."""

    def __init__(self, command: Sequence[str], icon: str, environ: Mapping[str, str] = os.environ) -> None:
        self._command, self._icon, self._environ = tuple(command), icon, environ
        home = environ.get("HOME") or str(Path.home())
        self.path = Path(environ.get("XDG_CONFIG_HOME") or f"{home}/.config") / "autostart" / ENTRY_ID

    def is_on(self) -> bool:
        text = _text_of(self.path)
        return bool(text) and not is_hidden(text)

    def set_on(self, *, hidden: bool) -> None:
        if self._environ.get("FLATPAK_ID"):
            raise LoginStartError(
                say("Shoal runs as a Flatpak and may not do that. Choose it in the settings of your desktop.")
            )
        _write(self.path, login_entry_text(words_of(self._command, hidden=hidden), self._icon))

    def set_off(self) -> None:
        self.path.unlink(missing_ok=True)


class MacLoginStart:
    """A launch agent of this user, loaded at the next login."""

    def __init__(self, command: Sequence[str], folder: Path) -> None:
        self._command = tuple(command)
        self.path = folder / f"{APPLICATION_ID}.plist"

    def is_on(self) -> bool:
        return is_agent_on(_text_of(self.path))

    def set_on(self, *, hidden: bool) -> None:
        _write(self.path, agent_text(words_of(self._command, hidden=hidden)))

    def set_off(self) -> None:
        self.path.unlink(missing_ok=True)


class WindowsLoginStart:
    """A value below `Run` of this user."""

    def __init__(self, command: Sequence[str], registry: Registry) -> None:
        self._command, self._registry = tuple(command), registry

    def is_on(self) -> bool:
        return self._registry.read(RUN_KEY, RUN_NAME) is not None

    def set_on(self, *, hidden: bool) -> None:
        self._registry.write(RegistryRow(RUN_KEY, RUN_NAME, run_value(words_of(self._command, hidden=hidden))))
        # Else what was once switched off in the Task Manager would stay so.
        self._registry.delete_value(APPROVED_KEY, RUN_NAME)

    def set_off(self) -> None:
        self._registry.delete_value(RUN_KEY, RUN_NAME)


def run_value(command: Sequence[str]) -> str:
    """What Windows runs: every word in quotes. No path of Windows holds a quote."""
    return " ".join(f'"{word}"' for word in command)


def agent_text(command: Sequence[str]) -> str:
    """The property list of a launch agent that starts `command` once, as a program with a window."""
    agent = {
        "Label": APPLICATION_ID,
        "ProgramArguments": list(command),
        "RunAtLoad": True,
        "ProcessType": "Interactive",
        "LimitLoadToSessionType": "Aqua",
    }
    return plistlib.dumps(agent).decode("utf-8")


def is_agent_on(text: str) -> bool:
    """Whether `text` is a launch agent that is not disabled."""
    try:
        agent = plistlib.loads(text.encode("utf-8"))
    except (ValueError, ExpatError):
        return False
    return isinstance(agent, dict) and bool(agent.get("RunAtLoad")) and not agent.get("Disabled")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    """As a whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(path.name + ".new")
    new.write_text(text, encoding="utf-8")
    os.replace(new, path)
