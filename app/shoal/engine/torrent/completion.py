"""Whether what was verified lies where it was written: looked at when it is all here, and when it cannot be synced."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.snapshots import TorrentState
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.stages import look
from shoal.metainfo.bitfield import all_pieces, iterate

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent


class Completion:
    """Of one torrent. Loop thread only."""

    def __init__(self, torrent: Torrent) -> None:
        self._torrent = torrent

    def begin_look(self) -> None:
        """See whether what was verified still lies where it was written; when that is all that is wanted, share it."""
        self._torrent.stages.begin(self._look)

    def cannot_sync(self, error: StorageError) -> None:
        """What was written cannot be made sure of: see what is left when it is gone, stop when the disk says no."""
        if error.code == "missing" and self._torrent.lifecycle.state is TorrentState.DOWNLOADING:
            self.begin_look()
        else:
            self._torrent.storage_failed(error)

    async def _look(self) -> None:
        torrent = self._torrent
        try:
            stats, lacking = await torrent.world.workers.run(partial(look, torrent.disk))
        except StorageError as error:
            torrent.storage_failed(error)
            return
        if torrent.lifecycle.state is not TorrentState.DOWNLOADING:
            return
        if torrent.has_written and not any(stats):
            # Open files outlive their disk, so that writing went well. The claims are kept for when it is back.
            torrent.storage_failed(StorageError("missing", torrent.record.folder, detail="none of the files is there"))
            return
        lost = torrent.picker.have & torrent.picker.wanted & lacking
        if lost:
            torrent.alert("files-vanished", "warning", path=torrent.record.folder)
            torrent.lose(iterate(lost))
            torrent.is_done_known = False
            torrent.services.read_cache.drop(torrent.key)
            torrent.swarm.update_all_interest()
        elif torrent.is_complete:
            self._share()

    def _share(self) -> None:
        torrent = self._torrent
        torrent.lifecycle.to(TorrentState.SEEDING)
        torrent.end_turn()
        torrent.count_traffic(torrent.world.clock.now())
        torrent.counters.nothing_comes()
        self.tell()
        torrent.services.disks_changed()
        torrent.swarm.leave_seeds()
        # A peer that chokes us must not go on thinking that a slot of its own would be of use to us.
        torrent.swarm.update_all_interest()
        torrent.services.changed(torrent)
        torrent.stages.begin(partial(torrent.services.save, torrent))

    def tell(self) -> None:
        """All that was to be fetched is here and lies where it was written: say so, once."""
        torrent = self._torrent
        # When every file is skipped nothing is missing, and nothing was finished either.
        if torrent.record.completed_at is None and torrent.selection.wanted_bytes:
            torrent.keep(replace(torrent.record, completed_at=torrent.world.clock.wall()))
            torrent.alert("finished", "info", name=torrent.name)
            torrent.happened("finished")
            torrent.services.finished(torrent)
        if torrent.picker.have == all_pieces(torrent.piece_count):
            torrent.announcer.completed()
