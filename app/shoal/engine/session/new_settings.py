"""Settings that were changed, put in force in a running session."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from shoal.api.errors import Reason, UserError
from shoal.settings.engine_settings import EngineSettings

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


async def put_in_force(session: Session, settings: EngineSettings) -> tuple[Reason, ...]:
    """Take checked settings; answers notes on what could not take effect as asked.

    Raises UserError, and leaves all as it was, when no address to listen on is this machine's.
    """
    before, session.settings = session.settings, settings
    is_free = True
    if (before.listen_port, before.listen_hosts) != (settings.listen_port, settings.listen_hosts):
        try:
            is_free = await session.listen()
        except OSError as error:
            session.settings = before
            with contextlib.suppress(OSError):
                await session.connections.listen()
            must = "must name an address of this computer"
            raise UserError("bad-setting", field="listen_hosts", must=must) from error
    now = session.world.clock.now()
    if settings.banned_hosts != before.banned_hosts:
        lifted = session.bans.set_always(settings.banned_hosts)
        session.end_banned()
        for torrent in session.torrents.values():
            torrent.swarm.known.forgive(lifted, now)
    session.down_bucket.set_rate(settings.down_limit, now)
    session.up_bucket.set_rate(settings.up_limit, now)
    if (before.down_limit, before.up_limit) != (settings.down_limit, settings.up_limit):
        session.note_limits()
    session.services.buffers.budget_bytes = settings.piece_memory
    session.services.read_cache.capacity_bytes = settings.read_memory
    if settings.paused_until != before.paused_until:
        session.queue.pause_changed()
    most, allowed = settings.active_downloads, before.active_downloads
    if most and (most < allowed or not allowed):
        session.queue.enforce()
    else:
        session.queue.poke()
    return () if is_free else (Reason("port-taken", session.ports_taken()),)
