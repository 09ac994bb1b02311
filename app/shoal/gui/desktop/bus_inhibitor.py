"""Keeping a Linux computer awake: the session's power manager, GNOME's session, or login1, whichever is there.

Only sleep for lack of input is kept away: the screen may go dark, and who closes the lid or chooses Suspend is obeyed.
"""

from __future__ import annotations

import logging
import os
from contextlib import suppress

from shoal import APPLICATION_ID
from shoal.gui.desktop.message_bus import Bus, BusError, Method
from shoal.gui.link.background import Background

log = logging.getLogger(__name__)

_POWER = ("org.freedesktop.PowerManagement", "/org/freedesktop/PowerManagement/Inhibit")
_POWER_INTERFACE = "org.freedesktop.PowerManagement.Inhibit"
_GNOME, _GNOME_PATH = "org.gnome.SessionManager", "/org/gnome/SessionManager"
_LOGIN, _LOGIN_PATH, _LOGIN_INTERFACE = (
    "org.freedesktop.login1",
    "/org/freedesktop/login1",
    "org.freedesktop.login1.Manager",
)
_POWER_HOLD = Method(*_POWER, _POWER_INTERFACE, "Inhibit", "ss")
_POWER_RELEASE = Method(*_POWER, _POWER_INTERFACE, "UnInhibit", "u")
_GNOME_HOLD = Method(_GNOME, _GNOME_PATH, _GNOME, "Inhibit", "susu")
_GNOME_RELEASE = Method(_GNOME, _GNOME_PATH, _GNOME, "Uninhibit", "u")
_LOGIN_HOLD = Method(_LOGIN, _LOGIN_PATH, _LOGIN_INTERFACE, "Inhibit", "ssss")
_SUSPEND = 4
"""Of GNOME's flags: suspending for lack of input."""


class BusInhibitor:
    """`session` and `system` are addresses of buses."""

    def __init__(self, session: str, system: str, background: Background) -> None:
        self._session = Bus(session, background, lost=self._lost)
        # login1 gives a file that holds as long as it is open, with or without its bus.
        self._system = Bus(system, background)
        self._file: int | None = None
        self._cookie: tuple[Method, int] | None = None

    @property
    def is_held(self) -> bool:
        return self._file is not None or self._cookie is not None

    async def hold(self, why: str) -> bool:
        if self.is_held:
            return True
        for hold, release, arguments in (
            (_POWER_HOLD, _POWER_RELEASE, ("Shoal", why)),
            (_GNOME_HOLD, _GNOME_RELEASE, (APPLICATION_ID, 0, why, _SUSPEND)),
        ):
            try:
                cookie = (await self._session.call(hold, *arguments)).body[0]
            except BusError as error:
                log.debug("%s does not keep the computer awake: %s", hold.destination, error)
                continue
            assert isinstance(cookie, int)
            self._cookie = (release, cookie)
            return True
        return await self._hold_by_login(why)

    async def _hold_by_login(self, why: str) -> bool:
        try:
            reply = await self._system.call(_LOGIN_HOLD, "idle", "Shoal", why, "block")
        except BusError as error:
            log.debug("login1 does not keep the computer awake: %s", error)
            return False
        for spare in reply.files[1:]:
            os.close(spare)
        self._file = reply.files[0] if reply.files else None
        return self._file is not None

    async def release(self) -> None:
        if self._file is not None:
            file, self._file = self._file, None
            os.close(file)
        if self._cookie is not None:
            (method, cookie), self._cookie = self._cookie, None
            with suppress(BusError):  # who is gone holds nothing
                await self._session.call(method, cookie)

    async def close(self) -> None:
        await self._session.close()
        await self._system.close()

    def _lost(self) -> None:
        """The bus has forgotten us, and so has the power manager."""
        self._cookie = None
