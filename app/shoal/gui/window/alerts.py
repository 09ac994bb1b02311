"""What the engine tells beside the rows: a line under the list, or, for a move that has ended, a toast with Undo."""

from __future__ import annotations

from collections.abc import Callable

from shoal.api.commands import MoveFiles
from shoal.api.snapshots import TorrentRow, Update
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.explanations import notice_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.notice_bar import NoticeBar
from shoal.gui.window.transfer_commands import TransferCommands


class Alerts:
    """`take` every update, before the table does: it still knows where files were."""

    def __init__(
        self, notices: NoticeBar, commands: TransferCommands, row_of: Callable[[str], TorrentRow | None]
    ) -> None:
        self._notices, self._commands, self._row_of = notices, commands, row_of
        self._moving_from: dict[str, str] = {}
        """By transfer the folder that its files have left."""

    def take(self, update: Update) -> None:
        rows = {row.torrent_id: row for row in update.changed}
        for row in update.changed:
            known = self._row_of(row.torrent_id)
            if known is not None and known.folder != row.folder:
                self._moving_from[row.torrent_id] = known.folder
        for alert in update.alerts:
            torrent_id = alert.torrent_id or ""
            found = rows.get(torrent_id) or self._row_of(torrent_id)
            text = notice_text(alert, found.name if found is not None else "")
            if text is None:
                continue
            former = self._moving_from.pop(torrent_id, "") if alert.code == "moved" else ""
            if former:
                back = (MoveFiles(torrent_id, former),)
                self._commands.can_undo(text, Undoable(say("Undo moving files"), back))
            else:
                self._notices.say(text)
