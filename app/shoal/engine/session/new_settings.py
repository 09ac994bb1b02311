"""Settings that were changed, put in force in a running session."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from shoal.api.errors import Reason, UserError
from shoal.settings.engine_settings import EngineSettings

if TYPE_CHECKING:
    from shoal.engine.peer.connection import PeerConnection
    from shoal.engine.session.session import Session


async def put_in_force(session: Session, settings: EngineSettings) -> tuple[Reason, ...]:
    """Take checked settings; answers notes on what could not take effect as asked.

    Raises UserError, and leaves all as it was, when no address to listen on is this machine's.
    """
    before, session.settings = session.settings, settings
    is_free = True
    if (before.dht, before.outgoing_host) != (settings.dht, settings.outgoing_host):
        await session.finding.listen(session.connections.listen_port)
    if (before.listen_port, before.listen_hosts) != (settings.listen_port, settings.listen_hosts):
        try:
            is_free = await session.listen()
        except OSError as error:
            session.settings = before
            with contextlib.suppress(OSError):
                await session.connections.listen()
            must = "must name an address of this computer"
            raise UserError("bad-setting", field="listen_hosts", must=must) from error
    if settings.outgoing_host != before.outgoing_host:
        await session.leave_from(settings.outgoing_host or None)
        await session.pause.look()
        # Those that know us by the former address learn the new one as soon as they allow.
        for entry in session.entries.values():
            if entry.lifecycle.is_running:
                entry.announcer.announce_now()
    now = session.world.clock.now()
    if settings.banned_hosts != before.banned_hosts:
        lifted = session.bans.set_always(settings.banned_hosts)
        session.end_banned()
        for entry in session.entries.values():
            entry.swarm.known.forgive(lifted, now)
    session.ip_filter.apply()
    await session.sources.apply()
    session.reach.apply()
    session.extra_trackers.apply()
    session.down_bucket.set_rate(settings.down_limit, now)
    session.up_bucket.set_rate(settings.up_limit, now)
    if (before.down_limit, before.up_limit) != (settings.down_limit, settings.up_limit):
        session.note_limits()
    if _slots(before) != _slots(settings):
        for torrent in session.torrents.values():
            torrent.swarm.choke_round(now)
    _close_surplus(session, settings)
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


def _slots(settings: EngineSettings) -> tuple[int, bool, bool]:
    """What decides who is sent data."""
    return settings.upload_slots, settings.give_first, settings.hold_back_takers


def _close_surplus(session: Session, settings: EngineSettings) -> None:
    """End connections that there are too many of, first those over which least flows."""
    most, most_each = settings.max_peers, settings.max_peers_per_torrent
    swarms = [torrent.swarm.peers() for torrent in session.torrents.values()]
    if sum(map(len, swarms)) <= most and all(len(peers) <= most_each for peers in swarms):
        return
    kept: list[PeerConnection] = []
    surplus: list[PeerConnection] = []
    for peers in swarms:
        ranked = sorted(peers, key=_worth, reverse=True)
        kept += ranked[:most_each]
        surplus += ranked[most_each:]
    surplus += sorted(kept, key=_worth, reverse=True)[most:]
    for peer in surplus:
        peer.close("there are to be fewer connections")


def _worth(peer: PeerConnection) -> tuple[float, float]:
    """What flows over it; of those that are equal, the older one is worth more."""
    return peer.down_rate + peer.up_rate, -peer.connected_at
