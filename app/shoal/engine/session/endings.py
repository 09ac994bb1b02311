"""What becomes of a transfer at its two ends: all is here, and enough was shared."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from shoal.api.commands import RemoveTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import Alert
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.reasons import failure_reason
from shoal.engine.torrent.torrent import Torrent

if TYPE_CHECKING:
    from shoal.engine.session.session import Session

logger = logging.getLogger(__name__)


class Endings:
    """Of all torrents of a session. Loop thread only."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def finished(self, torrent: Torrent) -> None:
        """Everything that was wanted is here, for the first time: move it where finished files go."""
        folder = self._session.settings.finished_folder
        if folder and os.path.normpath(folder) != os.path.normpath(torrent.record.folder):
            self._session.tasks.start(self._move(torrent, folder), "move finished files")

    def shared_enough(self, torrent: Torrent) -> None:
        """Its goal is reached."""
        if self._session.settings.share_then == "remove":
            work = self._session.list_commands.remove(RemoveTorrent(torrent.torrent_id))
        else:
            work = torrent.stages.stop()
        self._session.tasks.start(work, "shared enough")

    async def _move(self, torrent: Torrent, folder: str) -> None:
        try:
            await torrent.stages.move(folder)
        except UserError as error:
            reason = error.reason
        except StorageError as error:
            reason = failure_reason(error)
        else:
            return
        logger.info("%s: finished files stay where they are: %s", torrent.torrent_id, reason.code)
        params = {**reason.params, "code": reason.code, "folder": folder}
        self._session.feed.alert(Alert("move-failed", torrent.torrent_id, params, "error"))
