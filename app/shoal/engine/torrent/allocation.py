"""The files of a torrent made ready for its data, with the row told how far that is."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.snapshots import TorrentState
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.preparation import PrepareReport

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent


async def prepare(torrent: Torrent) -> PrepareReport:
    """Make the files ready in a worker; cancelling ends it after the slice that is being reserved.

    Raises StorageError.
    """
    loop = asyncio.get_running_loop()
    is_cancelled = False

    def show(done: int, total: int) -> None:
        if torrent.lifecycle.state is TorrentState.ALLOCATING:
            torrent.check_progress = done / total if total else 1.0
            torrent.services.changed(torrent)

    def tell(done: int, total: int) -> None:
        loop.call_soon_threadsafe(show, done, total)

    job = asyncio.ensure_future(
        torrent.world.workers.run(
            partial(
                torrent.disk.prepare,
                torrent.record.full_allocation,
                have_bits=torrent.picker.have,
                # The drive may have gone since the look, as during a long check.
                must_exist=torrent.has_written,
                cancelled=lambda: is_cancelled,
                progress=tell,
            )
        )
    )
    try:
        return await asyncio.shield(job)
    except asyncio.CancelledError:
        is_cancelled = True
        # Whatever comes next finds nobody at work on the files.
        with contextlib.suppress(StorageError):
            await job
        raise
