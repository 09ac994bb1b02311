"""Commands on the selected transfers that ask nothing first."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from shoal.api.commands import (
    AnnounceNow,
    CancelMove,
    Command,
    MoveInQueue,
    QueueStep,
    RecheckTorrent,
    RestoreTorrent,
    SetLabel,
    SetOrder,
    StartTorrent,
    StopTorrent,
)
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.wording import isolated, say, say_count
from shoal.gui.widgets.toast import Toast
from shoal.gui.window.undoing import Undoing


class TransferCommands:
    """`selected` answers the selected rows, `rows` all of them; what can be taken back is told to `undoing`."""

    def __init__(
        self,
        link: ClientLink,
        undoing: Undoing,
        toast: Toast,
        *,
        selected: Callable[[], list[TorrentRow]],
        rows: Callable[[], Iterable[TorrentRow]],
        row_of: Callable[[str], TorrentRow | None],
    ) -> None:
        self._link, self._undoing, self._toast = link, undoing, toast
        self._selected, self._rows, self._row_of = selected, rows, row_of
        self._told: tuple[str, Undoable] | None = None
        """The sentence of the toast, and what its button takes back."""
        undoing.changed.connect(self._on_undone)

    def start(self) -> None:
        self._for_selected(StartTorrent)

    def stop(self) -> None:
        self._for_selected(StopTorrent)

    def start_now(self) -> None:
        """Whatever the queue says."""
        self._for_selected(lambda key: StartTorrent(key, skip_queue=True))

    def toggle(self) -> None:
        """Start those that are stopped; when none is, stop all."""
        stopped = any(row.state is TorrentState.STOPPED for row in self._selected())
        self._for_selected(StartTorrent if stopped else StopTorrent)

    def recheck(self) -> None:
        self._for_selected(RecheckTorrent)

    def cancel_move(self) -> None:
        self._for_selected(CancelMove)

    def ask_trackers(self) -> None:
        self._for_selected(AnnounceNow)

    def ask_tracker(self, host: str) -> None:
        """Ask again for every transfer that names `host`."""
        keys = [row.torrent_id for row in self._rows() if any(name == host for name, _ in row.trackers)]
        for key in keys:
            self._link.send(AnnounceNow(key))
        self._toast.say(
            say_count(
                len(keys),
                "Asking {host} again for {n} transfer, as soon as it allows",
                "Asking {host} again for {n} transfers, as soon as it allows",
                host=isolated(host),
            )
        )

    def load_in_order(self, on: bool) -> None:
        self._for_selected(lambda key: SetOrder(key, sequential=on))

    def load_first_and_last_first(self, on: bool) -> None:
        self._for_selected(lambda key: SetOrder(key, first_last_first=on))

    def move_in_queue(self, step: QueueStep) -> None:
        """The selected ones together, in the order of the queue."""
        rows = sorted(self._selected(), key=lambda row: row.queue_position)
        if rows:
            self._link.send(MoveInQueue(tuple(row.torrent_id for row in rows), step))

    def set_label(self, label: str, ids: Sequence[str] | None = None) -> None:
        """Put `label` ("" for none) on the transfers `ids`, by default the selected ones."""
        chosen = self._selected() if ids is None else [self._row_of(key) for key in ids]
        rows = [row for row in chosen if row is not None and row.label != label]
        if not rows:
            return
        for row in rows:
            self._link.send(SetLabel(row.torrent_id, label))
        if label:
            done = say_count(
                len(rows),
                "Label \u201c{label}\u201d put on {n} transfer",
                "Label \u201c{label}\u201d put on {n} transfers",
                label=isolated(label),
            )
        else:
            done = say_count(len(rows), "Label taken from {n} transfer", "Label taken from {n} transfers")
        commands = tuple(SetLabel(row.torrent_id, row.label) for row in rows)
        self.can_undo(done, Undoable(say("Undo labelling"), commands))

    def remove_label(self, label: str) -> None:
        """Take `label` from every transfer that has it."""
        self.set_label("", [row.torrent_id for row in self._rows() if row.label == label])

    def rename_label(self, label: str, name: str) -> None:
        """Call it `name` on every transfer that has it."""
        self.set_label(name, [row.torrent_id for row in self._rows() if row.label == label])

    def removed(self, rows: Sequence[TorrentRow]) -> None:
        """These left the list with their files kept."""
        done = say_count(len(rows), "Removed {n} transfer from the list", "Removed {n} transfers from the list")
        undo = say_count(len(rows), "Undo removing {n} transfer", "Undo removing {n} transfers")
        self.can_undo(done, Undoable(undo, tuple(RestoreTorrent(row.torrent_id) for row in rows)))

    def tell(self, text: str, undo: Undoable | None) -> None:
        """What was done elsewhere, or is to be said; and how to take it back."""
        if undo is not None:
            self.can_undo(text, undo)
        else:
            self._toast.say(text)

    @property
    def undoing(self) -> Undoing:
        """What can be taken back."""
        return self._undoing

    def can_undo(self, done: str, entry: Undoable) -> None:
        """Offer to take `entry` back, with Ctrl+Z and, where it is told at all, beside the words on what was `done`."""
        self._undoing.push(entry)
        if not done:
            return
        self._toast.say(done, say("Undo"), lambda: self._undoing.undo_this(entry))
        self._told = (done, entry)

    def _on_undone(self) -> None:
        """What was taken back is not told of any longer."""
        if self._told is None:
            return
        text, entry = self._told
        if not self._undoing.can_take_back(entry):
            self._told = None
            if self._toast.text == text:
                self._toast.hide()

    def _for_selected(self, command: Callable[[str], Command]) -> None:
        for row in self._selected():
            self._link.send(command(row.torrent_id))
