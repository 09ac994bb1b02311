"""The end of a download: everything wanted is verified, is looked at once more where it lies, and is told once."""

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

    def begin_last_look(self) -> None:
        """Everything wanted is verified: see whether it still lies where it was written, and only then share it."""
        self._torrent.stages.begin(self._look)

    async def _look(self) -> None:
        torrent = self._torrent
        try:
            _, lacking = await torrent.world.workers.run(partial(look, torrent.disk))
        except StorageError as error:
            torrent.storage_failed(error)
            return
        if torrent.lifecycle.state is not TorrentState.DOWNLOADING or not torrent.is_complete:
            return
        lost = torrent.picker.have & torrent.picker.wanted & lacking
        if lost:
            torrent.alert("files-vanished", "warning", path=torrent.record.folder)
            torrent.lose(iterate(lost))
            torrent.is_done_known = False
            torrent.services.read_cache.drop(torrent.key)
            torrent.swarm.update_all_interest()
        else:
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
        if torrent.picker.have == all_pieces(torrent.piece_count):
            torrent.announcer.completed()
