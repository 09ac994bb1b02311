"""What a person chooses of a running torrent: which files, and in what order."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.snapshots import TorrentState
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import NOTHING_CHOSEN

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent


_AT_WORK = frozenset({TorrentState.QUEUED, TorrentState.DOWNLOADING, TorrentState.SEEDING})


def rest_without_files(torrent: Torrent) -> None:
    """Every file is skipped: leave swarm and trackers until one is chosen (`TorrentRow.has_nothing_chosen`)."""
    torrent.failure = NOTHING_CHOSEN
    torrent.end_turn()
    torrent.lifecycle.to(TorrentState.ERROR)
    torrent.leave_swarm("no file is chosen")
    torrent.stages.begin(torrent.announcer.stop)
    torrent.services.changed(torrent)


async def set_priorities(torrent: Torrent, changes: Iterable[tuple[int, int]]) -> None:
    """Take new file priorities; effective at once. Raises UserError or StorageError."""
    before = torrent.selection.priorities
    changed = torrent.selection.change(changes)
    if not changed:
        return
    torrent.is_dirty = True
    torrent.happened("priorities-changed", count=changed)
    torrent.download.selection_changed()
    if torrent.lifecycle.state is TorrentState.MOVING:
        # The disk hears of it when the files lie still.
        torrent.wanted_done = torrent.selection.done_bytes()
        torrent.services.changed(torrent)
        return
    try:
        damaged = await torrent.world.workers.run(partial(torrent.disk.set_priorities, torrent.selection.priorities))
    except StorageError:
        torrent.selection.change(enumerate(before))
        raise
    torrent.lose(damaged)
    torrent.is_done_known = torrent.is_complete
    torrent.services.read_cache.drop(torrent.key)
    torrent.wanted_done = torrent.selection.done_bytes()
    torrent.services.queue_changed(torrent)
    if torrent.selection.is_empty:
        if torrent.lifecycle.state in _AT_WORK:
            rest_without_files(torrent)
        torrent.services.changed(torrent)
        return
    if torrent.failure is NOTHING_CHOSEN:
        torrent.stages.retry()
        return
    if torrent.lifecycle.state is TorrentState.SEEDING and not torrent.is_complete:
        # It runs: the queue starts nobody new for it, and does not send it away either.
        torrent.has_turn = True
        torrent.lifecycle.to(TorrentState.DOWNLOADING)
    elif torrent.lifecycle.state is TorrentState.DOWNLOADING and torrent.is_complete:
        torrent.completion.begin_look()
    torrent.swarm.update_all_interest()
    torrent.download.ask_all()
    if torrent.lifecycle.state is TorrentState.DOWNLOADING:
        # Seeds that we let go when all was there are wanted again.
        torrent.swarm.known.recall_seeds(torrent.world.clock.now())
        torrent.announcer.announce_now()
    torrent.services.changed(torrent)


def set_order(torrent: Torrent, *, sequential: bool | None = None, first_last_first: bool | None = None) -> None:
    """None leaves that one as it is."""
    selection = torrent.selection
    selection.set_order(
        sequential=selection.sequential if sequential is None else sequential,
        first_last_first=selection.first_last_first if first_last_first is None else first_last_first,
    )
    torrent.is_dirty = True
    torrent.services.changed(torrent)
