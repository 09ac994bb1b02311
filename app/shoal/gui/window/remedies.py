"""What the buttons of an explanation do."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

from shoal.api.commands import (
    AnnounceNow,
    CancelMove,
    RecheckTorrent,
    ResumeSession,
    SetLimits,
    StartTorrent,
    StopTorrent,
)
from shoal.api.snapshots import TorrentRow
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.explanation import Remedy
from shoal.gui.window.transfer_dialogs import TransferDialogs


class Remedies:
    """`show_tab(torrent id, name)` selects the transfer and opens a tab of its details."""

    def __init__(
        self,
        link: ClientLink,
        dialogs: TransferDialogs,
        *,
        row_of: Callable[[str], TorrentRow | None],
        show_tab: Callable[[str, str], None],
        open_folder: Callable[[str], None],
    ) -> None:
        self._link = link
        self._dialogs = dialogs
        self._row_of = row_of
        self._show_tab = show_tab
        self._open_folder = open_folder
        self.choose_address: Callable[[], None] = lambda: None
        """Opens the setting of the local address."""

    def carry_out(self, torrent_id: str, remedy: Remedy) -> None:
        """Do it; for a transfer that is gone nothing."""
        row = self._row_of(torrent_id)
        if row is None:
            return
        match remedy:
            case Remedy.START | Remedy.TRY_AGAIN:
                self._link.send(StartTorrent(torrent_id))
            case Remedy.START_NOW:
                self._link.send(StartTorrent(torrent_id, skip_queue=True))
            case Remedy.RESUME:
                self._link.send(ResumeSession())
            case Remedy.STOP:
                self._link.send(StopTorrent(torrent_id))
            case Remedy.TRY_NOW | Remedy.LOOK_NOW:
                self._link.send(AnnounceNow(torrent_id, force=True))
            case Remedy.RECHECK:
                self._link.send(RecheckTorrent(torrent_id))
            case Remedy.DOWNLOAD_AGAIN:
                self._dialogs.download_again(row)
            case Remedy.OPEN_FOLDER:
                self._open_folder(row.folder)
            case Remedy.CHOOSE_FOLDER:
                self._dialogs.move_files([row])
            case Remedy.FIND_FILES:
                self._dialogs.find_files([row])
            case Remedy.SKIP_FILES | Remedy.CHOOSE_FILES | Remedy.SHOW_FILES:
                self._show_tab(torrent_id, "files")
            case Remedy.SHOW_PIECES:
                self._show_tab(torrent_id, "pieces")
            case Remedy.SHOW_TRACKERS:
                self._show_tab(torrent_id, "trackers")
            case Remedy.ADD_TRACKER:
                self._dialogs.add_trackers(row)
            case Remedy.OPEN_WEBSITE:
                self._dialogs.open_website(row.tracker_host)
            case Remedy.LIFT_LIMIT:
                self._link.send(SetLimits(torrent_id, up=0) if row.is_complete else SetLimits(torrent_id, down=0))
            case Remedy.MOVE_AGAIN:
                self._move_again(row)
            case Remedy.CANCEL_MOVE | Remedy.LEAVE_FILES:
                self._link.send(CancelMove(torrent_id))
            case Remedy.CHOOSE_ADDRESS:
                self.choose_address()
            case Remedy.TELL_ME:
                return
            case _:
                assert_never(remedy)

    def _move_again(self, row: TorrentRow) -> None:
        folder = str(row.failed_move.params.get("folder", "")) if row.failed_move is not None else ""
        if folder:
            self._dialogs.move_to(row, folder)
