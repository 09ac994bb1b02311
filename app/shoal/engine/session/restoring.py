"""The list of the last run comes back: torrents, and magnet links that still wait for their metainfo.

In parts: thousands of tasks and of jobs for the workers would cost more than what they do.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator, Sequence
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.errors import UserError
from shoal.api.snapshots import Alert
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.stages import Look, look
from shoal.engine.torrent.torrent import Torrent
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, parse_metainfo

if TYPE_CHECKING:
    from shoal.engine.session.session import Session

logger = logging.getLogger(__name__)

AT_A_TIME = 16
"""Torrents that come back in one turn of the loop, and whose files one job looks at."""
MOST_BYTES = 256 * 1024
"""Of metainfo that is parsed in one turn, unless a single one has more."""


async def restore(session: Session, records: Sequence[ResumeRecord]) -> None:
    """In their order; entries that cannot be read are told and left out."""
    for part in _parts(sorted(records, key=lambda record: record.queue_position)):
        back = []
        for record in part:
            if not record.metainfo:
                await _bring_back_link(session, record)
            elif (torrent := _bring_back(session, record)) is not None:
                back.append(torrent)
        looks = asyncio.ensure_future(
            session.world.workers.run(partial(_look_at_all, [torrent.disk for torrent in back]))
        )
        for place, torrent in enumerate(back):
            await torrent.stages.load(check_existing=True, looked=partial(_looked, looks, place))
        await asyncio.sleep(0)


def _parts(records: Sequence[ResumeRecord]) -> Iterator[list[ResumeRecord]]:
    part: list[ResumeRecord] = []
    size = 0
    for record in records:
        if part and (len(part) == AT_A_TIME or size + len(record.metainfo) > MOST_BYTES):
            yield part
            part, size = [], 0
        part.append(record)
        size += len(record.metainfo)
    if part:
        yield part


def _bring_back(session: Session, record: ResumeRecord) -> Torrent | None:
    try:
        torrent = session.add(parse_metainfo(record.metainfo, max_bytes=MAX_CHOSEN_BYTES), record)
    except (MetainfoError, ValueError) as error:
        _leave_out(session, record, error)
        return None
    # It is in the store as it is.
    torrent.is_dirty = False
    return torrent


async def _bring_back_link(session: Session, record: ResumeRecord) -> None:
    try:
        await session.magnets.add(record).stages.load()
    except (MetainfoError, UserError, ValueError) as error:
        _leave_out(session, record, error)


def _leave_out(session: Session, record: ResumeRecord, error: Exception) -> None:
    """One bad entry never loses the list; the store keeps it."""
    logger.info("%s could not be restored: %s", record.torrent_id, error)
    session.feed.alert(Alert("resume-entry-damaged", None, {"id": record.torrent_id}, "warning"))


def _look_at_all(disks: Sequence[TorrentDisk]) -> list[Look | StorageError]:
    """In a worker."""
    found: list[Look | StorageError] = []
    for disk in disks:
        try:
            found.append(look(disk))
        except StorageError as error:
            found.append(error)
    return found


async def _looked(looks: asyncio.Future[list[Look | StorageError]], place: int) -> Look:
    # Who stops looking for one must not end it for the others.
    found = (await asyncio.shield(looks))[place]
    if isinstance(found, StorageError):
        raise found
    return found
