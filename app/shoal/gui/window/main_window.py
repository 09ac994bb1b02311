"""The main window: puts its parts together, brings the engine's updates to them, and is where messages are told."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QEvent, Qt, Signal
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QHideEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QDialog, QMainWindow, QWidget

from shoal.api.commands import PlaceInQueue
from shoal.api.snapshots import Update
from shoal.gui.desktop.power import Power
from shoal.gui.desktop.tray import Tray
from shoal.gui.details.pane import DetailPane
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.link.speed_switch import SpeedSwitch
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.preferences.changes import Changes
from shoal.gui.preferences.keyboard import KeyboardPart
from shoal.gui.preferences.page_part import PagePart
from shoal.gui.style.key_choice import shown_keys
from shoal.gui.style.line_speed import line_speed
from shoal.gui.style.theme import Theme
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import say
from shoal.gui.widgets.drop_overlay import DropOverlay
from shoal.gui.widgets.menu_key import open_menu_by_key
from shoal.gui.widgets.notice_bar import NoticeBar
from shoal.gui.widgets.offer_bar import OfferBar
from shoal.gui.widgets.toast import Toast
from shoal.gui.window.actions import Actions
from shoal.gui.window.add_desk import LookAt
from shoal.gui.window.adding import Adder
from shoal.gui.window.addresses import Addresses
from shoal.gui.window.alerts import Alerts
from shoal.gui.window.configuring import Configuring
from shoal.gui.window.downloads_disk import DownloadsDisk
from shoal.gui.window.dropping import DropZone
from shoal.gui.window.explaining import Explainer
from shoal.gui.window.filter_part import filter_part
from shoal.gui.window.frame import Frame, column_of
from shoal.gui.window.help import Help
from shoal.gui.window.labels import Labels
from shoal.gui.window.layout_memory import LayoutMemory
from shoal.gui.window.leaving import close_popups
from shoal.gui.window.lifting_bans import LiftingBans
from shoal.gui.window.limits import Limits
from shoal.gui.window.list_pages import ListPages
from shoal.gui.window.menus import Menus
from shoal.gui.window.messages import Messages
from shoal.gui.window.opening import Opener, open_path
from shoal.gui.window.profile_editing import ProfileEditing
from shoal.gui.window.regions import first_focusable
from shoal.gui.window.remedies import Remedies
from shoal.gui.window.selection import state_of
from shoal.gui.window.session_desk import SessionDesk
from shoal.gui.window.shortcuts import Shortcuts
from shoal.gui.window.sidebar import Sidebar
from shoal.gui.window.speed_profiles import SpeedProfiles
from shoal.gui.window.status_bar import StatusBar, session_state, summary
from shoal.gui.window.succession import Succession
from shoal.gui.window.toolbar import Toolbar
from shoal.gui.window.torrent_list import TorrentList
from shoal.gui.window.transfer_commands import TransferCommands
from shoal.gui.window.transfer_dialogs import TransferDialogs
from shoal.gui.window.undoing import Undoing
from shoal.gui.window.view_settings import ViewSettings
from shoal.gui.window.web_source import Fetch
from shoal.gui.window.wiring import connect_parts, fillers_of, regions_of
from shoal.settings.schema import Page


class MainWindow(QMainWindow):
    """`closed` is emitted when the user closes or quits; the window is already gone from the screen then."""

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        link: ClientLink,
        background: Background,
        memory: Memory,
        settings: SettingsDoor,
        speed: SpeedSwitch,
        tray: Tray,
        power: Power,
        *,
        look_at: LookAt,
        fetch: Fetch,
        downloads_folder: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._theme, self._link, self._memory = theme, link, memory
        self._turns = Turns()
        self.messages = Messages(theme, self, link, self._turns)
        self.setWindowTitle(say("Shoal"))
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self._build(clock)
        self.adder = Adder(
            theme,
            self,
            link,
            background,
            memory=memory,
            turns=self._turns,
            look_at=look_at,
            fetch=fetch,
            downloads_folder=downloads_folder,
            row_of=self.model.row_of,
            rows=self.model.rows,
            select=self.reveal,
            show_work=self.notices.show_work,
        )
        self.configuring = Configuring(theme, self, settings, link, background)
        self.configuring.add_part(PagePart(Page.KEYBOARD, lambda theme, changes: self._keyboard(changes, settings)))
        self.disk = DownloadsDisk(link, self.sidebar, self.adder.folder, self.adder.free_bytes)
        self._make_commands(background, speed)
        self.configuring.add_part(PagePart(Page.SPEED, self.profiles.make_part))
        self.configuring.add_part(PagePart(Page.PEERS, filter_part(link, self.limits, self.bans)))
        self.configuring.add_part(PagePart(Page.CONNECTION, self._reach, is_above=True))
        self.profiles.configure_wanted.connect(partial(self.configuring.open, Page.SPEED))
        self.session = SessionDesk(theme, self, link, memory, tray, power)
        self._fill_menus()
        connect_parts(self, link)
        self._layout = LayoutMemory(theme, self, memory, self.frame, self.list, self.details)
        self.list.setFocus()
        self.session.serve_tray()

    # -- for whoever composes

    def open_sources(self, sources: Sequence[str], *, ask_first: bool = True) -> None:
        """Add what was named on the command line, dropped, or forwarded by another start."""
        self.adder.add(sources, ask_first=ask_first)

    def take_over(self, former: MainWindow) -> None:
        """Stand as `former` does: its rows, what is selected, filtered, searched and open."""
        self.setGeometry(former.geometry())
        if not former.pages.is_loading:
            self.follow(Update(0, tuple(former.model.rows()), (), former.limits.totals))
        self.sidebar.list.choose(former.sidebar.list.chosen())
        self.find_field.setText(former.find_field.text())
        self.list.select_ids(former.list.selected_ids(), reveal=False)
        self.undoing.take_over(former.undoing)
        self.details.open_tab(former.details.current_tab)
        if former.frame.is_full_page:
            self.set_full_page(True)
        self.list.verticalScrollBar().setValue(former.list.verticalScrollBar().value())
        former.configuring.hand_over(self.configuring)
        self.session.take_over(former.session)

    def remember_layout(self) -> None:
        """Keep place, size, columns and splitter as they are now."""
        self._layout.remember()

    def leave(self) -> None:
        """Quit, after a question where something is downloading."""
        self.session.leaving.leave()

    def finish(self) -> None:
        """Disappear at once; the engine says goodbye after that."""
        self._layout.remember()
        self._memory.remember(selected=self.succession.as_text())
        close_popups()
        self.hide()
        self.closed.emit()

    def reveal(self, torrent_id: str) -> None:
        """Select this transfer and scroll to it, now or as soon as its row arrives, whatever is filtered out."""
        self.succession.reveal((torrent_id,))

    def show_tab(self, torrent_id: str, name: str) -> None:
        """Select this transfer and show this tab of its details."""
        self.reveal(torrent_id)
        self.actions_of_window.details.setChecked(True)
        self.details.open_tab(name)

    def expand(self, torrent_id: str) -> None:
        """Show the details of this transfer on a full page; Esc brings the list back."""
        self.reveal(torrent_id)
        self.set_full_page(True)

    # -- building

    def _reach(self, theme: Theme, _changes: Changes) -> QWidget:
        from shoal.gui.preferences.reach_part import ReachPart  # noqa: PLC0415 (see `late_modules`)

        return ReachPart(theme, self._link, self.limits.totals)

    def _build(self, clock: Callable[[], float]) -> None:
        theme = self._theme
        self.model = TorrentTableModel(clock, self)
        self.list = TorrentList(theme, self.model, self._memory)
        self.actions_of_window = Actions(theme, self, self.list)
        self.toolbar = Toolbar(theme, self.actions_of_window)
        self.find_field = self.toolbar.find_field
        self.addToolBar(self.toolbar)
        self.notices = NoticeBar(theme)
        self.offers = OfferBar(theme)
        self.pages = ListPages(theme, self.model, self.list, self.find_field)
        self.sidebar = Sidebar(theme)
        self.succession = Succession(self.model, self.list, self._clear_filters, self)
        self.details = DetailPane(theme, self._link, self._memory, opener=self._open_dialog)
        self.frame = Frame(
            theme, self.sidebar, column_of((self.pages, 1), (self.offers, 0), (self.notices, 0)), self.details
        )
        self.setCentralWidget(self.frame)
        self.status = StatusBar(theme)
        self.status.show_state(say("Starting the engine\u2026"))
        self.setStatusBar(self.status)
        # Over the foot of the list, which scrolls: the last lines of the details stay in sight.
        self.toast = Toast(theme, self.frame, self.frame.upper)
        self.toast.room_taken.connect(self.frame.leave_room)
        self.overlay = DropOverlay(theme, self)

    def _keyboard(self, changes: Changes, settings: SettingsDoor) -> QWidget:
        keys = self.shortcuts
        return KeyboardPart(self._theme, changes, settings, keys.entries, keys.menu_letters)

    def _make_commands(self, background: Background, speed: SpeedSwitch) -> None:
        theme, link, turns, actions = self._theme, self._link, self._turns, self.actions_of_window
        self.undoing = Undoing(link.send, self)
        self.commands = TransferCommands(
            link,
            self.undoing,
            self.toast,
            selected=self.pages.selected_rows,
            rows=self.model.rows,
            row_of=self.model.row_of,
        )
        self.alerts = Alerts(self.notices, self.commands, self.model.row_of)
        self.opener = Opener(theme, self, link, turns, expand=self.expand)
        self.dialogs = TransferDialogs(
            theme, self, link, turns, background, tell=self.toast.say, removed=self.commands.removed
        )
        self.remedies = Remedies(
            link, self.dialogs, row_of=self.model.row_of, show_tab=self.show_tab, open_folder=open_path
        )
        self.explainer = Explainer(
            theme,
            self,
            row_of=self.model.row_of,
            place_of=self.pages.place_of,
            carry_out=self.remedies.carry_out,
            line=lambda: line_speed(self._memory.settings),
        )
        self.limits = Limits(theme, self, link, turns, self.pages.selected_rows)
        self.profile_editing = ProfileEditing(theme, self, link, turns, speed, can_undo=self.commands.can_undo)
        self.profiles = SpeedProfiles(theme, self, speed, actions, self.profile_editing, self.commands, self.toast.say)
        self.status.put_profiles(self.profiles.bar)
        self.limits.offer_profile = self.profiles.offer_profile
        self.bans = LiftingBans(theme, self, link, turns, tell=self.toast.say)
        self.addresses = Addresses(theme, self, link, turns, add=self.open_sources, tell=self.toast.say)
        self.drops = DropZone(self, self.overlay, add=self.open_sources, tell=self.toast.say)
        self.help = Help(theme, self, link, background, turns, lambda: self.shortcuts)
        self.views = ViewSettings(
            theme,
            self,
            self._memory,
            actions,
            toolbar=self.toolbar,
            sidebar=self.sidebar,
            details=self.details,
            set_compact=self.list.set_compact,
        )
        self.labels = Labels(
            self._memory,
            self.commands,
            self.dialogs,
            counts=lambda: self.model.counts,
            selected=self.pages.selected_rows,
            changed=self.show_counts,
        )
        self.regions = regions_of(self)

    def _fill_menus(self) -> None:
        self.menus = Menus(self.actions_of_window, fillers_of(self))
        self.menus.fill_bar(self.menuBar())
        self.shortcuts = Shortcuts(self.actions_of_window, self._memory, self.menuBar(), self)
        self.list.context_menu = lambda: self.menus.context_menu(self.list)

    def _open_dialog(self, dialog: QDialog) -> None:
        """When it is its turn; it does by itself what was chosen."""

        async def show() -> None:
            await self._turns.ask(dialog, lambda: None)

        self._link.run(show(), self)

    # -- updates

    def follow(self, update: Update) -> None:
        self.alerts.take(update)
        self.succession.before(update.removed)
        self.model.apply(update)
        self.succession.after()
        if self.pages.is_loading:
            self.pages.is_loading = False
            self.pages.show_count()
            self.show_counts()
        totals = update.totals
        self.limits.totals = totals
        self.session.follow(update)
        self.explainer.follow(totals, update.changed, update.removed)
        self.disk.follow(totals)
        self.status.show_totals(totals)
        self.status.show_summary(summary(self.model.counts))
        self.status.show_state(
            session_state(self.model.counts, totals.paused_until), "pause" if totals.paused_until else "stop"
        )
        self.actions_of_window.show_pause(totals.paused_until != 0)
        down, up = rate_text(totals.down_rate), rate_text(totals.up_rate)
        # Ends with the program's name, or Qt would put it there once more.
        self.setWindowTitle(say("\u2193 {down} \u2191 {up} \u2014 Shoal", down=down, up=up))
        self.details.on_update(update)
        if update.changed or update.removed:
            self.show_selection()

    def show_counts(self) -> None:
        self.sidebar.show_counts(self.model.counts, self.labels.known())

    def show_keys(self) -> None:
        """Where keys are told in passing."""
        self.pages.show_find_keys(shown_keys(self.shortcuts.keys_of("find")))
        self.model.explain_keys = shown_keys(self.shortcuts.keys_of("explain"))

    def show_selection(self) -> None:
        rows = self.pages.selected_rows()
        self.actions_of_window.update_for(state_of(rows))
        self.details.show_selection(rows)

    def _clear_filters(self, whole: bool) -> None:
        self.find_field.clear()
        if whole:
            self.sidebar.choose_everything()

    # -- what actions do here

    def open_transfer(self, torrent_id: str) -> None:
        row = self.model.row_of(torrent_id)
        if row is not None:
            self.opener.open(row)

    def open_tab(self, number: int, _checked: bool = False) -> None:
        self.actions_of_window.details.setChecked(True)
        self.details.open_nth(number)

    def set_full_page(self, on: bool) -> None:
        if on:
            self.actions_of_window.details.setChecked(True)
        self.frame.set_full_page(on)
        self.details.set_full_page(on)
        (first_focusable(self.details) if on else self.list).setFocus(Qt.FocusReason.ShortcutFocusReason)

    def place(self, torrent_ids: Sequence[str], before: str | None) -> None:
        """Rows were dragged: show it at once, the engine follows."""
        self.model.place(torrent_ids, before)
        self._link.send(PlaceInQueue(tuple(torrent_ids), before))

    # -- events

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A minimised window takes its updates rarely."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._link.set_quiet(self.isMinimized())
        super().changeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        self._link.set_quiet(self.isMinimized())
        super().showEvent(event)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        """So does a hidden one."""
        self._link.set_quiet(True)
        super().hideEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if not open_menu_by_key(event):
            super().keyPressEvent(event)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        self.drops.enter(event)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self.drops.leave(event)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.drops.drop(event)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """What that does is said by the settings; see `Leaving`."""
        if self.session.leaving.may_close():
            self.finish()
            event.accept()
        else:
            event.ignore()
