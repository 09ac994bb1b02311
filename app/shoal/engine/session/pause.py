"""A pause of everything: nobody is in a swarm, and who is to run goes on by himself afterwards."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from shoal.api.errors import Reason, UserError
from shoal.settings.engine_settings import UNTIL_RESUMED

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


class Pause:
    """Of one session; kept in its settings, so that it outlasts a restart. Loop thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    @property
    def reason(self) -> Reason | None:
        """What everyone says that is to run; None while nothing is paused."""
        until = self._session.settings.paused_until
        if not until:
            return None
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

    def second(self, wall: float) -> None:
        """Once a second: a pause may be over."""
        until = self._session.settings.paused_until
        if until > 0 and wall >= until:
            self._session.tasks.start(self.end(), "end of the pause")

    async def _set(self, until: float) -> None:
        session = self._session
        session.settings = replace(session.settings, paused_until=until)
        session.queue.pause_changed()
        await session.save_settings()
