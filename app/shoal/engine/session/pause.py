"""A pause of everything, by hand or for want of the local address: nobody is in a swarm, and who is to run goes on by
himself afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.errors import Reason, UserError
from shoal.engine.session.way_out import WayOut
from shoal.settings.engine_settings import UNTIL_RESUMED

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


class Pause:
    """Of one session; kept in its settings, so that it outlasts a restart. Loop thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._way_out = WayOut(session.world, lambda: session.settings)
        self._is_looking = False
        self._told: Reason | None = None

    @property
    def barred(self) -> Reason | None:
        """Why nothing may be sent although nobody paused it, as in `WayOut.barred`."""
        return self._way_out.barred

    @property
    def reason(self) -> Reason | None:
        """What everyone says that is to run; None while nothing is paused."""
        until = self._session.settings.paused_until
        if not until:
            return self.barred
        return Reason("paused", {} if until == UNTIL_RESUMED else {"until": until})

    async def begin(self, seconds: float | None) -> None:
        """Pause for `seconds`, None = until somebody resumes. Raises UserError for a time that is none."""
        if seconds is not None and not 0 < seconds < float("inf"):
            raise UserError("bad-pause", seconds=seconds)
        until = UNTIL_RESUMED if seconds is None else self._session.world.clock.wall() + seconds
        await self._set(until)

    async def end(self) -> None:
        """Let everything go on."""
        await self._set(0.0)

    async def look(self) -> None:
        """See whether the local address is there, and hold everyone or let them go on."""
        session, before = self._session, self._told
        await self._way_out.look()
        now = self._told = self.barred
        if now != before:
            await session.finding.listen(session.connections.listen_port)
            session.queue.pause_changed()

    def second(self, wall: float) -> None:
        """Once a second: a pause may be over."""
        if self._way_out.is_due(self._session.world.clock.now()) and not self._is_looking:
            self._is_looking = True
            self._session.tasks.start(self._look_again(), "look for the local address")
        until = self._session.settings.paused_until
        if until > 0 and wall >= until:
            self._session.tasks.start(self.end(), "end of the pause")

    async def _look_again(self) -> None:
        try:
            await self.look()
        finally:
            self._is_looking = False

    async def _set(self, until: float) -> None:
        session = self._session
        session.settings = replace(session.settings, paused_until=until)
        session.queue.pause_changed()
        await session.save_settings()
