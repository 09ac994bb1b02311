"""The Trackers tab: every source of peers, what it does and what it said last, in full."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from shoal.api.commands import AddTrackers, AnnounceNow, Command, Detail, RemoveTrackers
from shoal.api.details import TorrentDetails, TrackerRow
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import ListPages, MenuEntry, chip, fill_menu, passing_menu, remembered_table
from shoal.gui.details.opening import Opener, open_and_forget
from shoal.gui.link.undoable import Undoable
from shoal.gui.models.tracker_table import TURNED_OFF, TrackerTable, is_peer_finder
from shoal.gui.style.theme import Theme
from shoal.gui.style.tracker_sentences import ask_hint
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.detail_table import Arrangement
from shoal.gui.widgets.empty_state import EmptyState
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.tracker_entry import parse_trackers, tracker_entry

TABLE = "trackers"
ARRANGEMENT = Arrangement(
    widths={"source": 270, "state": 150, "seeds": 72, "peers": 72, "again": 104},
    stretched="answer",
    least=220,
    dropped=("peers", "seeds"),
    wrapped=frozenset({"source", "state", "answer"}),
)
_RUNNING = frozenset({TorrentState.DOWNLOADING, TorrentState.SEEDING})


class TrackersTab(QObject):
    """`send` does a command; `columns` remembers the table; `opener` opens dialogs; `clock`: wall-clock seconds."""

    told = Signal(str, object)
    """Something was done: a sentence, and a tuple of the commands that take it back."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
        opener: Opener = open_and_forget,
        clock: Callable[[], float] = time.time,
    ) -> None:
        widget = QWidget(parent)
        super().__init__(widget)
        self.widget = widget
        self._theme = theme
        self._send = send
        self._opener = opener
        self._row: TorrentRow | None = None
        self.model = TrackerTable(clock, self.widget)
        self.table = remembered_table(theme, self.model, ARRANGEMENT, say("Sources of peers"), columns, TABLE)
        self.table.context_menu = self._menu
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        remove = QShortcut(QKeySequence(Qt.Key.Key_Delete), self.table)
        remove.setContext(Qt.ShortcutContext.WidgetShortcut)
        remove.activated.connect(self.remove)
        self.empty = EmptyState(theme, say("It names no tracker"), say("Add tracker\u2026"))
        self.empty.pressed.connect(self.ask_for_trackers)
        self._hint = plain_label("", "secondary")
        self.ask_button = chip(say("Ask again"), self.ask_again)
        self.force_button = QPushButton(say("Ask anyway"))
        self.force_button.setProperty("link", "true")
        self.force_button.clicked.connect(lambda: self.ask_again(force=True))
        self.add_button = chip(say("Add\u2026"), self.ask_for_trackers)
        self.remove_button = chip(say("Remove"), self.remove)
        self.copy_button = chip(say("Copy"), self.copy)
        self._pages = ListPages(theme, self.widget, self.table, self._foot(), self.empty)
        self._refresh()

    def parts(self) -> frozenset[Detail]:
        return frozenset({Detail.TRACKERS})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        self._refresh()

    def show_details(self, details: TorrentDetails) -> None:
        if details.trackers is not None:
            is_private = self._row is not None and self._row.private
            self.model.show_sources(details.trackers, is_private=is_private)
            self._refresh()

    def clear(self) -> None:
        self._row = None
        self.model.clear()
        self.table.clearSelection()
        self._refresh()

    # -- commands

    def ask_again(self, *, force: bool = False) -> None:
        """Ask the trackers now; with `force` also those that want to be left alone."""
        if self._row is not None:
            self._send(AnnounceNow(self._row.torrent_id, force))

    def ask_for_trackers(self) -> None:
        """A dialog for addresses, one a line."""
        known = frozenset(row.url for row in self.model.rows)
        dialog = tracker_entry(self._theme, self.widget.window(), known)
        dialog.accepted.connect(lambda: self._add(parse_trackers(dialog.text(), known)))
        self._opener(dialog)

    def remove(self) -> None:
        """Take the selected trackers away; `told` carries the way back."""
        urls = tuple(row.url for row in self._chosen())
        if self._row is None or not urls:
            return
        torrent_id = self._row.torrent_id
        self._send(RemoveTrackers(torrent_id, urls))
        undo = say_count(len(urls), "Undo removing {n} tracker", "Undo removing {n} trackers")
        self.told.emit(
            say_count(len(urls), "Tracker removed", "{n} trackers removed"),
            Undoable(undo, (AddTrackers(torrent_id, urls),)),
        )

    def copy(self) -> None:
        """The addresses of the selection, or of all when nothing is selected."""
        rows = self._chosen() or [row for row in self.model.rows if not is_peer_finder(row)]
        QGuiApplication.clipboard().setText("\n".join(row.url for row in rows))

    def _add(self, urls: tuple[str, ...]) -> None:
        if self._row is not None and urls:
            self._send(AddTrackers(self._row.torrent_id, urls))

    def _chosen(self) -> list[TrackerRow]:
        rows = (self.model.rows[position] for position in self.table.selected_positions())
        return [row for row in rows if not is_peer_finder(row)]

    def _menu(self) -> QMenu:
        menu = passing_menu(self.table)
        can_ask = self._can_ask()
        chosen = bool(self._chosen())
        entries: tuple[MenuEntry, ...] = (
            (say("Ask again"), self.ask_again, can_ask and not self._reason_not_to_ask()),
            (say("Ask anyway"), lambda: self.ask_again(force=True), can_ask),
            (say("Add\u2026"), self.ask_for_trackers, self._row is not None),
            (say("Remove"), self.remove, chosen),
            (say("Copy"), self.copy, chosen),
        )
        fill_menu(menu, entries)
        return menu

    # -- inside

    def _can_ask(self) -> bool:
        return self._row is not None and self._row.state in _RUNNING and bool(self._askable())

    def _askable(self) -> list[TrackerRow]:
        """Trackers, and other sources that are switched on."""
        return [row for row in self.model.rows if row.is_tracker or row.state not in ("off", TURNED_OFF)]

    def _reason_not_to_ask(self) -> str:
        """Empty when at least one tracker can be asked without force."""
        rows = self._askable()
        if not rows:
            return say("It names no tracker.")
        if self._row is None or self._row.state not in _RUNNING:
            return say("Trackers are asked while the transfer runs.")
        soonest = min(rows, key=lambda row: row.may_ask_in or 0.0)
        return ask_hint(soonest)

    def _refresh(self) -> None:
        self._pages.show_list(self.model.rowCount() > 0)
        reason = self._reason_not_to_ask()
        self.ask_button.setEnabled(not reason)
        self.ask_button.setToolTip(reason)
        self.force_button.setVisible(bool(reason) and self._can_ask())
        self.remove_button.setEnabled(bool(self._chosen()))
        self.remove_button.setToolTip("" if self._chosen() else say("Select a tracker to remove it."))
        self.copy_button.setEnabled(bool(self.model.rowCount()))
        self._hint.setText(reason)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(self._theme.px(8))
        foot.addWidget(self.ask_button)
        foot.addWidget(self._hint)
        foot.addWidget(self.force_button)
        foot.addStretch()
        for button in (self.add_button, self.remove_button, self.copy_button):
            foot.addWidget(button)
        return foot
