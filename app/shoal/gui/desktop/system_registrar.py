"""The register of the system that Shoal runs on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from shoal.gui.desktop.associations import ByHand, Registrar
from shoal.gui.desktop.linux_openers import LinuxOpeners
from shoal.gui.desktop.windows_openers import UserRegistry, WindowsOpeners, WindowsShell


def system_registrar(command: Sequence[str], *, icon: Path, note: Path, platform: str = sys.platform) -> Registrar:
    """`command` starts Shoal, `icon` is its picture, `note` a file of the profile that remembers former openers."""
    if platform == "win32":
        return WindowsOpeners(command, UserRegistry(), WindowsShell())
    if platform == "darwin":
        return ByHand()
    return LinuxOpeners(command, icon, note)
