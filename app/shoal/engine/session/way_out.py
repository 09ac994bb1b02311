"""Whether the local address that everything is to leave from is on this computer; while it is not, nobody runs.

A connection from another address would show the person to those from whom that address, a VPN's, hides them.
"""

from __future__ import annotations

import errno
from collections.abc import Callable

from shoal.api.errors import Reason
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import UNKNOWN_ADDRESS

LOOK_SECONDS = 2.0
_NO_ANSWER = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})
"""Failures that tell nothing of the address."""


class WayOut:
    """`look` when the setting may have changed, and every LOOK_SECONDS. Loop thread only."""

    def __init__(self, world: World, settings: Callable[[], EngineSettings]) -> None:
        self._world = world
        self._settings = settings
        self._missing = ""
        """The address that was not there at the last look."""
        self._next_look = 0.0

    @property
    def barred(self) -> Reason | None:
        """`address-gone` (address) or `address-unknown`, why nothing may be sent; None when something may."""
        host = self._settings().outgoing_host
        if host == UNKNOWN_ADDRESS:
            return Reason("address-unknown", {})
        return Reason("address-gone", {"address": host}) if host and host == self._missing else None

    def is_due(self, now: float) -> bool:
        """True when it is time for another look."""
        if now < self._next_look:
            return False
        self._next_look = now + LOOK_SECONDS
        return self._settings().outgoing_host not in ("", UNKNOWN_ADDRESS)

    async def look(self) -> None:
        """Find out by binding a socket to it, which sends nothing."""
        host = self._settings().outgoing_host
        if host in ("", UNKNOWN_ADDRESS):
            return
        try:
            probe = await self._world.network.open_udp(lambda datagram, source: None, host, 0)
        except OSError as error:
            if error.errno not in _NO_ANSWER:
                self._missing = host
        else:
            probe.close()
            if self._missing == host:
                self._missing = ""
