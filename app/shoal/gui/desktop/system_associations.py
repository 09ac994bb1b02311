"""The associations of the system that Shoal runs on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from shoal.gui.desktop.associations import Associations, BackgroundAssociations, ByHand, Registrar
from shoal.gui.desktop.linux_openers import LinuxOpeners
from shoal.gui.desktop.windows_openers import UserRegistry, WindowsOpeners, WindowsShell
from shoal.gui.link.background import Background


def system_associations(
    background: Background, command: Sequence[str], *, icon: Path, note: Path, platform: str = sys.platform
) -> Associations:
    """`command` starts Shoal, `icon` is its picture, `note` a file of the profile that remembers former openers."""
    registrar: Registrar
    if platform == "win32":
        registrar = WindowsOpeners(command, UserRegistry(), WindowsShell())
    elif platform == "darwin":
        registrar = ByHand()
    else:
        registrar = LinuxOpeners(command, icon, note)
    return BackgroundAssociations(registrar, background)
