"""Why a transfer waits: the explanation, and what its buttons do."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from shoal.api.commands import AnnounceNow, RecheckTorrent, StartTorrent
from shoal.api.snapshots import TorrentRow
from shoal.gui.dialogs.questions import explanation_dialog
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanations import Remedy, explain_row
from shoal.gui.style.sentences import needs_user
from shoal.gui.style.theme import Theme


class Explainer:
    """One explanation at a time, whatever was clicked meanwhile."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget,
        link: ClientLink,
        turns: Turns,
        *,
        row_of: Callable[[str], TorrentRow | None],
        open_folder: Callable[[str], None],
    ) -> None:
        self._theme = theme
        self._parent = parent
        self._link = link
        self._turns = turns
        self._row_of = row_of
        self._open_folder = open_folder
        self._is_busy = False

    def explain(self, torrent_id: str) -> None:
        """Open the explanation from a slot; nothing happens when nothing holds the transfer up."""
        self._link.run(self._explain(torrent_id), self._parent)

    async def _explain(self, torrent_id: str) -> None:
        row = self._row_of(torrent_id)
        entry = explain_row(row) if row is not None else None
        if row is None or entry is None or self._is_busy:
            return
        self._is_busy = True
        try:
            dialog = explanation_dialog(self._theme, self._parent, row.name, entry, severe=needs_user(row))
            answer = await self._turns.ask(dialog, lambda: dialog.chosen)
        finally:
            self._is_busy = False
        match answer:
            case Remedy.TRY_AGAIN.value | Remedy.START.value:
                self._link.send(StartTorrent(torrent_id))
            case Remedy.ASK_TRACKERS.value:
                self._link.send(AnnounceNow(torrent_id, force=True))
            case Remedy.RECHECK.value:
                self._link.send(RecheckTorrent(torrent_id))
            case Remedy.OPEN_FOLDER.value:
                self._open_folder(row.folder)
