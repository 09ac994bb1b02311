"""The Trackers tab: every source of peers, what it does and what it said last, in full."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication, QKeySequence, QShortcut
from PySide6.QtWidgets import QHBoxLayout, QMenu, QPushButton, QWidget

from shoal.api.commands import AddTrackers, AnnounceNow, Command, Detail, RemoveTrackers, SetTrackers
from shoal.api.details import TorrentDetails, TrackerRow
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import ListPages, MenuEntry, chip, fill_menu, passing_menu, remembered_table
from shoal.gui.details.opening import Opener, open_and_forget
from shoal.gui.details.tracker_drag import TrackerDrag
from shoal.gui.link.undoable import Undoable
from shoal.gui.models.tracker_table import TURNED_OFF, TrackerTable, is_peer_finder
from shoal.gui.models.tracker_tiers import Tiers, is_own, moved_down, moved_up, placed, renamed, tiers_of, without
from shoal.gui.style.theme import Theme
from shoal.gui.style.tracker_sentences import ask_hint
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.detail_table import Arrangement
from shoal.gui.widgets.empty_state import EmptyState
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.tracker_entry import address_entry, parse_tiers, parse_trackers, tiers_entry, tracker_entry

TABLE = "trackers"
MOVE_UP, MOVE_DOWN = "Alt+Up", "Alt+Down"
ARRANGEMENT = Arrangement(
    widths={"source": 270, "tier": 56, "state": 150, "seeds": 72, "peers": 72, "completed": 96, "again": 104},
    stretched="answer",
    least=220,
    dropped=("completed", "tier", "peers", "seeds"),
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
        self._tiers: Tiers = ()
        """Of the transfer itself, in the order in which they are tried."""
        self.model = TrackerTable(clock, self.widget)
        self.table = remembered_table(theme, self.model, ARRANGEMENT, say("Sources of peers"), columns, TABLE)
        self.table.context_menu = self._menu
        self.table.selectionModel().selectionChanged.connect(self._refresh)
        keys: tuple[tuple[str, Callable[[], None]], ...] = (
            ("Del", self.remove),
            ("F2", self.edit_address),
            (MOVE_UP, self.move_up),
            (MOVE_DOWN, self.move_down),
        )
        for key, act in keys:
            shortcut = QShortcut(QKeySequence(key), self.table)
            shortcut.setContext(Qt.ShortcutContext.WidgetShortcut)
            shortcut.activated.connect(act)
        self.drag = TrackerDrag(theme, self.table, self._movable, self._place)
        self.empty = EmptyState(theme, say("It names no tracker"), say("Add tracker\u2026"))
        self.empty.pressed.connect(self.ask_for_trackers)
        self._hint = plain_label("", "secondary")
        self.ask_button = chip(say("Ask again"), self.ask_again)
        self.force_button = QPushButton(say("Ask anyway"))
        self.force_button.setProperty("link", "true")
        self.force_button.clicked.connect(lambda: self.ask_again(force=True))
        self.add_button = chip(say("Add\u2026"), self.ask_for_trackers)
        self.edit_button = chip(say("Edit\u2026"), self.edit)
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
            self._tiers = tiers_of(details.trackers)
            self.model.show_sources(details.trackers, is_private=self._is_private())
            self._refresh()

    def clear(self) -> None:
        self._row = None
        self._tiers = ()
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
        known = frozenset(url for tier in self._tiers for url in tier)
        dialog = tracker_entry(self._theme, self.widget.window(), known, is_private=self._is_private())
        dialog.accepted.connect(lambda: self._add(parse_trackers(dialog.text(), known)))
        self._opener(dialog)

    def edit(self) -> None:
        """A dialog with all addresses as text."""
        if self._row is None:
            return
        before = self._tiers
        dialog = tiers_entry(self._theme, self.widget.window(), before, is_private=self._is_private())
        dialog.accepted.connect(lambda: self._set(parse_tiers(dialog.text()), say("Trackers changed"), before))
        self._opener(dialog)

    def edit_address(self) -> None:
        """A dialog for another address of the selected tracker."""
        url = self._only_chosen()
        if not url:
            return
        before, known = self._tiers, frozenset(each for tier in self._tiers for each in tier)
        dialog = address_entry(self._theme, self.widget.window(), url, known, is_private=self._is_private())

        def take() -> None:
            new = parse_trackers(dialog.text())
            if new:
                self._set(renamed(before, url, new[0]), say("Trackers changed"), before)

        dialog.accepted.connect(take)
        self._opener(dialog)

    def move_up(self) -> None:
        """Have the selected tracker asked sooner: in its tier, or in the one before."""
        self._move(moved_up)

    def move_down(self) -> None:
        """The other way."""
        self._move(moved_down)

    def remove(self) -> None:
        """Take the selected trackers away; `told` carries the way back."""
        urls = tuple(row.url for row in self._chosen() if is_own(row))
        if self._row is None or not urls:
            return
        torrent_id, before = self._row.torrent_id, self._tiers
        self._tiers = without(before, urls)
        self._send(RemoveTrackers(torrent_id, urls))
        undo = say_count(len(urls), "Undo removing {n} tracker", "Undo removing {n} trackers")
        self.told.emit(
            say_count(len(urls), "Tracker removed", "{n} trackers removed"),
            Undoable(undo, (SetTrackers(torrent_id, before),)),
        )

    def copy(self) -> None:
        """The addresses of the selection, or of all when nothing is selected."""
        rows = self._chosen() or [row for row in self.model.rows if not is_peer_finder(row)]
        QGuiApplication.clipboard().setText("\n".join(row.url for row in rows))

    def _add(self, urls: tuple[str, ...]) -> None:
        if self._row is not None and urls:
            torrent_id = self._row.torrent_id
            self._send(AddTrackers(torrent_id, urls))
            undo = say_count(len(urls), "Undo adding {n} tracker", "Undo adding {n} trackers")
            self.told.emit(
                say_count(len(urls), "Tracker added", "{n} trackers added"),
                Undoable(undo, (RemoveTrackers(torrent_id, urls),)),
            )

    def _set(self, tiers: Tiers, words: str, before: Tiers) -> None:
        if self._row is None or tiers == before:
            return
        torrent_id = self._row.torrent_id
        # The next step of a key that is held goes on from here.
        self._tiers = tiers
        self._send(SetTrackers(torrent_id, tiers))
        self.told.emit(words, Undoable(say("Undo changing trackers"), (SetTrackers(torrent_id, before),)))

    def _move(self, step: Callable[[Tiers, str], Tiers]) -> None:
        url = self._only_chosen()
        if url:
            self._set(step(self._tiers, url), say("Tracker moved"), self._tiers)

    def _place(self, url: str, before: str | None) -> None:
        self._set(placed(self._tiers, url, before), say("Tracker moved"), self._tiers)

    def _movable(self, position: int) -> str:
        """The address in that row, when it can be put elsewhere; only while the rows stand in their own order."""
        if self.model.sort_key or not 0 <= position < len(self.model.rows):
            return ""
        row = self.model.rows[position]
        return row.url if is_own(row) else ""

    def _is_private(self) -> bool:
        return self._row is not None and self._row.private

    def _only_chosen(self) -> str:
        """The address of the one tracker that is selected; empty unless it is one, and the transfer's own."""
        chosen = self._chosen()
        return chosen[0].url if len(chosen) == 1 and is_own(chosen[0]) and self._row is not None else ""

    def _chosen(self) -> list[TrackerRow]:
        rows = (self.model.rows[position] for position in self.table.selected_positions())
        return [row for row in rows if not is_peer_finder(row)]

    def _menu(self) -> QMenu:
        menu = passing_menu(self.table)
        can_ask = self._can_ask()
        chosen, only = self._chosen(), self._only_chosen()
        removable = any(map(is_own, chosen))
        can_rise = bool(only) and moved_up(self._tiers, only) != self._tiers
        can_sink = bool(only) and moved_down(self._tiers, only) != self._tiers
        entries: tuple[MenuEntry, ...] = (
            (say("Ask again"), self.ask_again, can_ask and not self._reason_not_to_ask()),
            (say("Ask anyway"), lambda: self.ask_again(force=True), can_ask),
            (say("Add\u2026"), self.ask_for_trackers, self._row is not None),
            (say("Edit trackers\u2026"), self.edit, self._row is not None),
            (say("Edit address\u2026"), self.edit_address, bool(only)),
            (say("Move up"), self.move_up, can_rise),
            (say("Move down"), self.move_down, can_sink),
            (say("Remove"), self.remove, removable),
            (say("Copy"), self.copy, bool(chosen)),
        )
        fill_menu(menu, entries)
        keys = {say("Edit address\u2026"): "F2", say("Move up"): MOVE_UP, say("Move down"): MOVE_DOWN}
        for action in menu.actions():
            if action.text() in keys:
                action.setShortcut(QKeySequence(keys[action.text()]))
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
        self.edit_button.setEnabled(self._row is not None)
        chosen = self._chosen()
        can_remove = any(map(is_own, chosen))
        self.remove_button.setEnabled(can_remove)
        why = say("It comes from the list in the Configuration, and goes with it.") if chosen else ""
        self.remove_button.setToolTip("" if can_remove else why or say("Select a tracker to remove it."))
        self.copy_button.setEnabled(bool(self.model.rowCount()))
        self._hint.setText(reason)

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setSpacing(self._theme.px(8))
        foot.addWidget(self.ask_button)
        foot.addWidget(self._hint)
        foot.addWidget(self.force_button)
        foot.addStretch()
        for button in (self.add_button, self.edit_button, self.remove_button, self.copy_button):
            foot.addWidget(button)
        return foot
