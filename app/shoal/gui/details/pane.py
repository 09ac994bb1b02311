"""The pane under the table: everything of one transfer in tabs, asked of the engine only for the tab that is seen."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import monotonic
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QHideEvent, QKeyEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QPushButton, QStackedWidget, QVBoxLayout

from shoal.api.commands import Command, Span
from shoal.api.snapshots import SessionTotals, TorrentRow, Update
from shoal.gui.details.inquiry import Inquiry, Watched
from shoal.gui.details.nothing_selected import NothingSelected
from shoal.gui.details.opening import Opener, open_and_forget
from shoal.gui.details.tab import DetailTab, ShowsTotals
from shoal.gui.details.tab_bar import DetailTabBar
from shoal.gui.details.tab_maker import NAMES, TITLES, ChoosesPeers, Remembers, TabHooks, TabMaker
from shoal.gui.link.background import in_thread
from shoal.gui.link.client_link import ClientLink
from shoal.gui.style.screen_room import least_height
from shoal.gui.style.theme import Theme
from shoal.gui.style.wording import clean, say, say_count, say_phrase
from shoal.gui.widgets.elided_label import ElidedLabel

if TYPE_CHECKING:
    from shoal.gui.models.torrent_files import ListedFiles

BEAT_MILLISECONDS = 1000
LEAST_HEIGHT = 146
SESSION_TAB = "speed"
"""The tab that shows the whole session while no transfer is selected."""


class DetailPane(QFrame):
    """`show_selection` says what to show, `on_update` tells every beat; both cheap while the pane is hidden.

    `explain_wanted` carries the id of a transfer.
    """

    wants_full_page = Signal(bool)
    closed = Signal()
    explain_wanted = Signal(str)
    told = Signal(str, object)
    """Something to tell: a sentence, empty where the tab shows it by itself; and an `Undoable`, None for none."""
    bans_wanted = Signal()
    """To see the addresses that are banned for good."""
    rename_wanted = Signal(str, str)
    """Id of a transfer, and the path of one of its files or folders as in `FileRow.path`."""

    def __init__(
        self,
        theme: Theme,
        link: ClientLink,
        memory: Remembers,
        *,
        clock: Callable[[], float] = monotonic,
        opener: Opener = open_and_forget,
    ) -> None:
        """`opener` opens the dialogs of the tabs."""
        super().__init__()
        self._opener = opener
        self._theme, self._link, self._memory = theme, link, memory
        self._inquiry = Inquiry(link, self, self._watched, clock)
        self._row: TorrentRow | None = None
        self._selected: tuple[TorrentRow, ...] = ()
        self._totals = SessionTotals()
        self._is_full_page = False
        self._shown: dict[str, str] = {}
        """By tab the transfer that it shows."""
        self._maker = TabMaker(
            theme,
            self,
            memory,
            TabHooks(
                send=self._send,
                opener=opener,
                told=self.told.emit,
                rename=self._rename,
                explain=self._explain,
                show_peer=self._show_peer,
                show_bans=self.bans_wanted.emit,
                span_chosen=self._on_span,
                list_files=self._list_files,
            ),
        )
        self._tabs: dict[str, DetailTab] = {}
        """Those that have been opened; making all of them would hold up the start."""
        self.setProperty("pane", "true")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(say("Details"))
        self._beat = QTimer(self)
        self._beat.setInterval(BEAT_MILLISECONDS)
        self._beat.timeout.connect(self._ask)
        self._build()

    # -- for the window

    def show_selection(self, rows: Sequence[TorrentRow]) -> None:
        """The selected transfers; of several the one that is shown stays while it is among them."""
        self._selected = tuple(rows)
        kept = next((row for row in rows if self._row is not None and row.torrent_id == self._row.torrent_id), None)
        row = kept or (rows[0] if rows else None)
        if row == self._row:
            self._show_name()
            return
        is_other = row is None or self._row is None or row.torrent_id != self._row.torrent_id
        self._row = row
        self._show_name()
        self._show_tab(ask=is_other)

    def on_update(self, update: Update) -> None:
        """One beat of the engine; to be told before the selection that follows from it."""
        self._totals = update.totals
        present = self._row
        if present is None:
            self._show_tab(ask=False)
            return
        if present.torrent_id in update.removed:
            present = self._row = None
        for row in update.changed:
            if present is not None and row.torrent_id == present.torrent_id:
                self._row = row
        if self._row is None:
            self._selected = ()
        self._show_name()
        self._show_tab(ask=False)

    def open_tab(self, name: str) -> None:
        """`overview`, `files`, `peers`, `swarm`, `pieces`, `trackers`, `speed` or `info`; unknown ones do nothing."""
        if name in NAMES:
            self.bar.setCurrentIndex(NAMES.index(name))

    def open_nth(self, number: int) -> None:
        """The tab at `number`, counted from 0."""
        if 0 <= number < len(NAMES):
            self.bar.setCurrentIndex(number)

    @property
    def current_tab(self) -> str:
        return NAMES[self.bar.currentIndex()]

    def tab(self, name: str) -> DetailTab:
        """The tab `name`, made when it was not before; KeyError when there is none."""
        tab = self._tabs.get(name)
        if tab is None:
            tab = self._tabs[name] = self._maker.make(name)
            self.pages.addWidget(tab.widget)
        return tab

    def make_ready(self) -> None:
        """Make the tab that the first selection will show."""
        self.tab(self.current_tab)

    def set_full_page(self, on: bool) -> None:
        """Say that the pane fills the window, where Esc goes back."""
        self._is_full_page = on
        self._back.setVisible(on)

    def set_still(self, still: bool) -> None:
        """Reduce motion: still pictures instead of moving ones, also where the system wants them."""
        self._maker.set_still(still)

    # -- building

    def _build(self) -> None:
        theme = self._theme
        self.bar = DetailTabBar(theme, self)
        self.pages = QStackedWidget()
        self._nothing = NothingSelected(theme, self)
        self.pages.addWidget(self._nothing)
        for title in TITLES.values():
            self.bar.add(say_phrase(title))
        self._name = ElidedLabel("", "secondary")
        self._name.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._back = QPushButton(say("Back to the list"))
        self._back.setProperty("link", "true")
        self._back.setToolTip(say("Back to the list (Esc)"))
        self._back.clicked.connect(lambda: self.wants_full_page.emit(False))
        self._back.hide()
        header = QHBoxLayout()
        header.setContentsMargins(theme.px(16), theme.px(2), theme.px(16), 0)
        header.setSpacing(theme.px(16))
        header.addWidget(self.bar)
        header.addWidget(self._name, 1)
        header.addWidget(self._back)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(header)
        layout.addWidget(self.pages, 1)
        self.open_tab(self._memory.settings.detail_tab)
        self.bar.currentChanged.connect(self._on_tab)
        self._show_tab(ask=False)

    def _on_span(self, span: Span) -> None:
        self._memory.remember(speed_span=span.value)
        self._ask()

    def _send(self, command: Command) -> None:
        self._link.send(command)

    def _rename(self, path: str) -> None:
        if self._row is not None:
            self.rename_wanted.emit(self._row.torrent_id, path)

    def _list_files(self, job: Callable[[], ListedFiles], done: Callable[[ListedFiles], None]) -> None:
        async def work() -> None:
            done(await in_thread(job))

        self._link.run(work(), self)

    def _show_peer(self, host: str, port: int) -> None:
        self.open_tab("peers")
        peers = self.tab("peers")
        if isinstance(peers, ChoosesPeers):
            peers.select_peer(host, port)

    def _explain(self) -> None:
        if self._row is not None:
            self.explain_wanted.emit(self._row.torrent_id)

    # -- what is shown

    def _on_tab(self) -> None:
        self._memory.remember(detail_tab=self.current_tab)
        self._show_tab(ask=True)

    def _show_tab(self, *, ask: bool) -> None:
        """Bring the current tab up to date; the hidden ones are when they are opened."""
        row = self._row
        name = self.current_tab
        if row is None:
            for other, known in self._tabs.items():
                self._clear(other, known)
            if name != SESSION_TAB:
                self.pages.setCurrentWidget(self._nothing)
            else:
                tab = self.tab(name)
                if isinstance(tab, ShowsTotals):
                    tab.show_totals(self._totals)
                self.pages.setCurrentWidget(tab.widget)
        else:
            tab = self.tab(name)
            if self._shown.get(name, row.torrent_id) != row.torrent_id:
                self._clear(name, tab)
            self._shown[name] = row.torrent_id
            if self.isVisible():
                if isinstance(tab, ShowsTotals):
                    tab.show_totals(self._totals)
                tab.show_row(row)
            self.pages.setCurrentWidget(tab.widget)
        self._show_counts()
        if ask:
            self._ask()

    def _clear(self, name: str, tab: DetailTab) -> None:
        if self._shown.pop(name, None) is None:
            return
        tab.clear()
        self._inquiry.forget(name)

    def _show_counts(self) -> None:
        row = self._row
        counts = {} if row is None else {"files": row.file_count, "peers": row.peers, "trackers": len(row.trackers)}
        for index, name in enumerate(NAMES):
            self.bar.show_count(index, counts.get(name))

    def _show_name(self) -> None:
        row, count = self._row, len(self._selected)
        if row is None:
            text = ""
        elif count > 1:
            text = say_count(
                count,
                "{name} \u00b7 one of {n} selected",
                "{name} \u00b7 one of {n} selected",
                name=clean(row.name),
            )
        else:
            text = clean(row.name)
        self._name.set_whole(text)

    # -- asking

    def _ask(self) -> None:
        """Have the engine asked, now or as soon as it has answered what it was asked before."""
        if self._is_watched():
            self._inquiry.ask()

    def _is_watched(self) -> bool:
        return self.isVisible() and not self.window().isMinimized()

    def _watched(self) -> Watched | None:
        """The tab that is seen, when it has something to show."""
        name = self.current_tab
        if not self._is_watched() or (self._row is None and name != SESSION_TAB):
            return None
        return Watched(self._row, name, self.tab(name))

    # -- events

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self._beat.start()
        self._show_tab(ask=True)

    def hideEvent(self, event: QHideEvent) -> None:  # noqa: N802
        super().hideEvent(event)
        self._beat.stop()

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        if event.key() == Qt.Key.Key_Escape and self._is_full_page:
            self.wants_full_page.emit(False)
            return
        super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:  # noqa: N802
        """Over the tabs: what can be done with the pane itself."""
        if event.pos().y() > self.bar.geometry().bottom():
            super().contextMenuEvent(event)
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        full = menu.addAction(say("Back to the list") if self._is_full_page else say("Use the whole page"))
        full.triggered.connect(lambda: self.wants_full_page.emit(not self._is_full_page))
        menu.addAction(say("Hide the details")).triggered.connect(self.closed)
        menu.popup(event.globalPos())

    def minimumSizeHint(self) -> QSize:  # noqa: N802
        return QSize(self._theme.px(320), least_height(self._theme.px(LEAST_HEIGHT)))
