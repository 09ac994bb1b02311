"""The desktop of the system that Shoal runs on."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtGui import QIcon

from shoal import APPLICATION_ID
from shoal.gui.desktop.bus_notifications import BusNotifier
from shoal.gui.desktop.login_starts import system_login_start
from shoal.gui.desktop.message_bus import session_address
from shoal.gui.desktop.notifications import Answered, Notifier
from shoal.gui.desktop.services import Surroundings
from shoal.gui.desktop.system_inhibitor import system_inhibitor
from shoal.gui.link.background import Background


def system_surroundings(command: Sequence[str], icon: Path) -> Surroundings:
    """`command` starts this copy of Shoal; `icon` is its picture."""

    def notifier(background: Background, answered: Answered) -> Notifier | None:
        if not sys.platform.startswith("linux"):
            return None
        picture = APPLICATION_ID if QIcon.hasThemeIcon(APPLICATION_ID) else icon.as_uri()
        return BusNotifier(session_address(), background, picture, answered)

    return Surroundings(notifier, system_inhibitor, system_login_start(command, icon=icon))
