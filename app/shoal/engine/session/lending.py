"""What a session lends to its torrents, put together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shoal.engine.peer.host import PeerEnvironment
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.piece_buffer import PieceBuffers
from shoal.engine.storage.read_cache import ReadCache
from shoal.engine.torrent.services import TorrentServices
from shoal.settings.engine_settings import EngineSettings

if TYPE_CHECKING:
    from shoal.engine.session.session import Session


def lend(session: Session, environment: PeerEnvironment, settings: EngineSettings) -> TorrentServices:
    """The services of a session that has its parts; the sizes of buffers as `settings` say."""
    return TorrentServices(
        world=session.world,
        environment=environment,
        buffers=PieceBuffers(settings.piece_memory),
        read_cache=ReadCache(session.world.workers, settings.read_memory),
        open_files=OpenFiles(session.world.files),
        down_bucket=session.down_bucket,
        up_bucket=session.up_bucket,
        peer_id=session.peer_id,
        settings=lambda: session.settings,
        listen_port=lambda: session.reach.public_port,
        dial=session.connections.dial,
        make_announcer=session.announcers.make,
        changed=session.row_changed,
        queue_changed=session.queue.changed,
        alert=session.feed.alert,
        disks_changed=session.disks.changed,
        save=session.save,
        flowed=session.flowed,
        happened=session.histories.happened,
        finished=session.endings.finished,
        shared_enough=session.endings.shared_enough,
        banned_hosts=session.refused,
        rank=session.reach.rank,
        sources=session.sources,
        dht=session.finding.dht,
    )
