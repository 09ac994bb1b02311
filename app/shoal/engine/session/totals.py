"""The whole session in numbers, for every beat."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.snapshots import SessionTotals
from shoal.engine.session.disk_watch import DiskWatch
from shoal.engine.session.rounds import Rounds

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


def session_totals(session: Session, rounds: Rounds, disks: DiskWatch, moved: tuple[int, int]) -> SessionTotals:
    """`moved`: what all in the list have received and sent, in bytes."""
    return SessionTotals(
        down_rate=rounds.rates[0],
        up_rate=rounds.rates[1],
        downloaded=moved[0],
        uploaded=moved[1],
        down_limit=int(session.down_bucket.rate),
        up_limit=int(session.up_bucket.rate),
        peers=rounds.peers,
        listen_port=session.connections.listen_port,
        has_incoming=session.connections.has_incoming,
        free_bytes=disks.free_bytes,
        disks=disks.disks,
        active_downloads=session.settings.active_downloads,
        settings_revision=session.settings_revision,
        paused_until=session.settings.paused_until,
    )
