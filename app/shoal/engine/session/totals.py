"""What every beat tells: the rows of the list, and the whole session in numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.api.snapshots import SessionTotals, TorrentRow
from shoal.engine.session.disk_watch import DiskWatch
from shoal.engine.session.rounds import Rounds
from shoal.engine.torrent.magnet import Magnet
from shoal.engine.torrent.magnet_row import magnet_row
from shoal.engine.torrent.rows import torrent_row
from shoal.engine.torrent.services import Entry

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


def entry_row(entry: Entry, now: float) -> TorrentRow:
    """The row of a torrent or magnet link as of `now` (monotonic seconds)."""
    return magnet_row(entry, now) if isinstance(entry, Magnet) else torrent_row(entry, now)


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
        router=session.reach.mapping.row(),
        external_host=session.reach.external_host,
        free_bytes=disks.free_bytes,
        disks=disks.disks,
        active_downloads=session.settings.active_downloads,
        settings_revision=session.settings_revision,
        paused_until=session.settings.paused_until,
        barred=session.pause.barred,
        dht_state=session.finding.status.state.value,
        dht_nodes=session.finding.status.nodes,
        is_dht_read_only=session.finding.status.is_read_only,
        ip_filter=session.ip_filter.state,
    )
