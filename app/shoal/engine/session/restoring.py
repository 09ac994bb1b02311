"""The list of the last run comes back: torrents, and magnet links that still wait for their metainfo."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from typing import TYPE_CHECKING

from shoal.api.errors import UserError
from shoal.api.snapshots import Alert
from shoal.engine.torrent.resume import ResumeRecord
from shoal.metainfo.errors import MetainfoError
from shoal.metainfo.torrent_file import MAX_CHOSEN_BYTES, parse_metainfo

if TYPE_CHECKING:
    from shoal.engine.session.session import Session

logger = logging.getLogger(__name__)


async def restore(session: Session, records: Sequence[ResumeRecord]) -> None:
    """In their order; entries that cannot be read are told and left out."""
    for record in sorted(records, key=lambda record: record.queue_position):
        try:
            if not record.metainfo:
                await session.magnets.add(record).stages.load()
                continue
            metainfo = parse_metainfo(record.metainfo, max_bytes=MAX_CHOSEN_BYTES)
            torrent = session.add(metainfo, record)
        except (MetainfoError, UserError, ValueError) as error:
            # One bad entry never loses the list; the store keeps it.
            logger.info("%s could not be restored: %s", record.torrent_id, error)
            session.feed.alert(Alert("resume-entry-damaged", None, {"id": record.torrent_id}, "warning"))
            continue
        await torrent.stages.load(check_existing=True)
        await asyncio.sleep(0)
