"""The main window: puts list, toolbar, menus and status line together, and turns actions into commands."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

from PySide6.QtCore import QByteArray, QEvent, QRect, QSize, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QAction, QCloseEvent, QDesktopServices, QDragEnterEvent, QDropEvent, QIcon
from PySide6.QtWidgets import (
    QMainWindow,
    QPushButton,
    QSizePolicy,
    QStackedWidget,
    QToolBar,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from shoal.api.commands import (
    AnnounceNow,
    Command,
    PlaceInQueue,
    RecheckTorrent,
    SetOrder,
    StartTorrent,
    StopTorrent,
)
from shoal.api.errors import Reason
from shoal.api.snapshots import TorrentRow, TorrentState, Update
from shoal.gui.dialogs.questions import (
    about_dialog,
    simple_message,
)
from shoal.gui.link.awaitable import Turns
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.gui.models.torrent_columns import Column
from shoal.gui.models.torrent_table import TorrentTableModel
from shoal.gui.style.catalogue import explain_row
from shoal.gui.style.explanations import notice_text, user_error_text
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.style.units import rate_text
from shoal.gui.style.wording import clean, say, say_count
from shoal.gui.widgets.empty_state import EmptyState
from shoal.gui.widgets.find_field import FindField
from shoal.gui.widgets.notice_bar import NoticeBar
from shoal.gui.window.actions import TOOL_ICON, Actions
from shoal.gui.window.adding import Adder, FreeBytes
from shoal.gui.window.explaining import Explainer
from shoal.gui.window.limits import Limits
from shoal.gui.window.memory import Memory
from shoal.gui.window.remedies import Remedies
from shoal.gui.window.status_bar import StatusBar, summary
from shoal.gui.window.torrent_list import TorrentList
from shoal.gui.window.transfer_dialogs import TransferDialogs
from shoal.gui.window.web_source import Fetch

MINIMUM_WIDTH, MINIMUM_HEIGHT = 900, 560
FIRST_WIDTH, FIRST_HEIGHT = 1200, 720


class MainWindow(QMainWindow):
    """`closed` is emitted when the user closes or quits; the window is already gone from the screen then."""

    closed = Signal()

    def __init__(
        self,
        theme: Theme,
        link: ClientLink,
        background: Background,
        memory: Memory,
        *,
        free_bytes: FreeBytes,
        fetch: Fetch,
        downloads_folder: str,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__()
        self._theme, self._link, self._memory = theme, link, memory
        self._turns = Turns()
        self._has_rows_from_engine = False
        self._messages: set[str] = set()
        self.setWindowTitle(say("Shoal"))
        self.setWindowIcon(QIcon(theme.pixmap("shoal", "ink", 256, 1.0)))
        self.setMinimumSize(MINIMUM_WIDTH, MINIMUM_HEIGHT)
        self.setAcceptDrops(True)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.NoContextMenu)
        self.model = TorrentTableModel(clock, self)
        self.list = TorrentList(theme, self.model, memory)
        self.actions_of_window = Actions(theme, self)
        self.notices = NoticeBar(theme)
        self.adder = Adder(
            theme,
            self,
            link,
            background,
            memory=memory,
            turns=self._turns,
            free_bytes=free_bytes,
            fetch=fetch,
            downloads_folder=downloads_folder,
            select=self.reveal,
            show_work=self.notices.show_work,
        )
        self.dialogs = TransferDialogs(
            theme, self, link, self._turns, background, tell=self.notices.say, removed=lambda rows: None
        )
        self.remedies = Remedies(
            link,
            self.dialogs,
            row_of=self.model.row_of,
            show_tab=lambda torrent_id, name: self.reveal(torrent_id),
            open_folder=_open_folder,
        )
        self.explainer = Explainer(
            theme,
            self,
            row_of=self.model.row_of,
            place_of=self._place_of,
            carry_out=self.remedies.carry_out,
        )
        self.limits = Limits(theme, self, link, self._turns, self._selected_rows)
        self.actions_of_window.fill_limits = self.limits.fill_for_selected
        self._wanted_selection = ""
        self._build()
        self._connect()
        self._restore()
        self.list.setFocus()

    # -- for whoever composes

    def open_sources(self, sources: Sequence[str], *, ask_first: bool = True) -> None:
        """Add what was named on the command line, dropped, or forwarded by another start."""
        self.adder.add(sources, ask_first=ask_first)

    def reveal(self, torrent_id: str) -> None:
        """Select this transfer and scroll to it, now or as soon as its row arrives."""
        self.find_field.clear()
        if self.model.position_of(torrent_id) is None:
            self._wanted_selection = torrent_id
        else:
            self._wanted_selection = ""
            self.list.select_ids([torrent_id])
            self.list.setFocus()

    def show_refusal(self, reason: Reason) -> None:
        """A command that the engine would not do."""
        self._link.run(self.tell(say("That did not work"), user_error_text(reason)), self)

    def show_crash(self, error: BaseException) -> None:
        """An error that nobody expected; the log has its trace."""
        text = say("Shoal met an error that it did not expect. Transfers go on; if something looks wrong, restart it.")
        self._link.run(self.tell(say("Unexpected error"), text, f"{type(error).__name__}: {clean(str(error))}"), self)

    # -- building

    def _build(self) -> None:
        theme, actions = self._theme, self.actions_of_window
        self.toolbar = QToolBar(say("Toolbar"))
        self.toolbar.setObjectName("toolbar")
        self.toolbar.setMovable(False)
        self.toolbar.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.toolbar.setIconSize(QSize(theme.px(TOOL_ICON), theme.px(TOOL_ICON)))
        self.add_button = QPushButton(say("Add torrent"))
        self.add_button.setProperty("primary", "true")
        self.add_button.setIconSize(QSize(theme.px(TOOL_ICON), theme.px(TOOL_ICON)))
        self.add_button.setToolTip(say("Add torrent (Ctrl+O)"))
        self.toolbar.addWidget(self.add_button)
        self.toolbar.addSeparator()
        for action, name in (
            (actions.start, say("Start")),
            (actions.stop, say("Stop")),
            (actions.remove, say("Remove")),
        ):
            self.toolbar.addAction(action)
            button = self.toolbar.widgetForAction(action)
            if isinstance(button, QToolButton):
                button.setText(name)
                button.setAccessibleName(name)
                button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        spacer = QWidget()
        spacer.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.toolbar.addWidget(spacer)
        self.find_field = FindField(theme, say("Find transfers by name"))
        self.toolbar.addWidget(self.find_field)
        self.addToolBar(self.toolbar)
        self.empty = EmptyState(theme, say("Drop a .torrent file here"), say("Add torrent"), primary=True)
        self.no_match = EmptyState(theme, "", say("Clear search"))
        self.pages = QStackedWidget()
        for page in (self.empty, self.list, self.no_match):
            self.pages.addWidget(page)
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.pages, 1)
        column.addWidget(self.notices)
        self.setCentralWidget(middle)
        self.status = StatusBar(theme)
        self.setStatusBar(self.status)
        actions.fill(self.menuBar(), self.list.columns_menu)
        self.addActions([actions.explain, actions.find])
        self._paint_icons()
        self._show_count()

    def _connect(self) -> None:
        actions, link = self.actions_of_window, self._link
        link.updated.connect(self._on_update)
        link.refused.connect(self.show_refusal)
        link.crashed.connect(self.show_crash)
        self._theme.changed.connect(self._paint_icons)
        for opener in (self.add_button.clicked, self.empty.pressed, actions.add.triggered):
            opener.connect(lambda *_: self.adder.choose_files())
        self.no_match.pressed.connect(self.find_field.clear)
        self.find_field.textChanged.connect(self._on_find)
        actions.find.triggered.connect(lambda: self.find_field.setFocus(Qt.FocusReason.ShortcutFocusReason))
        actions.close.triggered.connect(self.close)
        actions.quit.triggered.connect(self.close)
        actions.select_all.triggered.connect(self.list.selectAll)
        actions.select_none.triggered.connect(self.list.clearSelection)
        actions.start.triggered.connect(lambda: self._for_selected(StartTorrent))
        actions.stop.triggered.connect(lambda: self._for_selected(StopTorrent))
        actions.recheck.triggered.connect(lambda: self._for_selected(RecheckTorrent))
        actions.ask_trackers.triggered.connect(lambda: self._for_selected(AnnounceNow))
        actions.in_order.triggered.connect(lambda on: self._for_selected(lambda key: SetOrder(key, on, False)))
        actions.remove.triggered.connect(lambda: self.dialogs.remove(self._selected_rows()))
        actions.explain.triggered.connect(self._explain_selected)
        actions.open_folder.triggered.connect(self._open_selected_folder)
        actions.open_downloads.triggered.connect(lambda: _open_folder(self.adder.folder()))
        actions.full_screen.toggled.connect(lambda on: self.showFullScreen() if on else self.showNormal())
        actions.about.triggered.connect(lambda: link.run(self._about(), self))
        actions.themes.triggered.connect(self._choose_theme)
        self.list.context_menu = lambda: actions.context_menu(self.menuBar())
        self.list.selection_moved.connect(self._show_selection)
        self.list.toggle_wanted.connect(self._toggle_selected)
        self.list.explain_wanted.connect(self.explainer.explain)
        self.explainer.told.connect(self.notices.say)
        self.list.placed.connect(self._place)
        self.list.clear_search = self._clear_search
        link.refused.connect(self.model.take_back_places)
        self.model.count_changed.connect(self._show_count)
        self.model.count_changed.connect(self.list.fit_numbers)
        self.model.order_stale.connect(self.status.offer_sorting)
        self.status.sort_again.connect(self.model.sort_again)
        self.notices.stop_wanted.connect(self.adder.stop)
        self.status.limits_wanted.connect(self.limits.open_for_session)

    def _restore(self) -> None:
        geometry = self._memory.settings.window_geometry
        if not (geometry and self.restoreGeometry(QByteArray.fromBase64(geometry.encode()))):
            self.resize(self._theme.px(FIRST_WIDTH), self._theme.px(FIRST_HEIGHT))
        self.actions_of_window.choose_theme(self._theme.choice)
        self.list.restore()

    # -- updates

    def _on_update(self, update: Update) -> None:
        self.model.apply(update)
        if not self._has_rows_from_engine:
            self._has_rows_from_engine = True
            self._show_count()
        self.limits.totals = update.totals
        self.explainer.follow(update.totals, update.changed, update.removed)
        self.status.show_totals(update.totals)
        self.status.show_summary(summary(self.model.rows()))
        down, up = rate_text(update.totals.down_rate), rate_text(update.totals.up_rate)
        # Ends with the program's name, or Qt would put it there once more.
        self.setWindowTitle(say("\u2193 {down} \u2191 {up} \u2014 Shoal", down=down, up=up))
        if self._wanted_selection and self.model.position_of(self._wanted_selection) is not None:
            self.reveal(self._wanted_selection)
        for alert in update.alerts:
            row = self.model.row_of(alert.torrent_id) if alert.torrent_id else None
            text = notice_text(alert, row.name if row is not None else "")
            if text is not None:
                self.notices.say(text)
        if update.changed or update.removed:
            self._show_selection()

    def _show_count(self) -> None:
        total, shown = self.model.total, self.model.rowCount()
        hint = say_count(total, "Find in {n} transfer", "Find in {n} transfers")
        self.find_field.setPlaceholderText(say("{hint}      Ctrl+F", hint=hint))
        if total == 0 and self._has_rows_from_engine:
            page: QWidget = self.empty
        elif total == 0:
            # Not known to be empty before the engine has told.
            page = self.list
        elif shown == 0:
            self.no_match.set_sentence(say("Nothing matches \u2018{text}\u2019", text=clean(self.find_field.text())))
            page = self.no_match
        else:
            page = self.list
        self.pages.setCurrentWidget(page)

    def _on_find(self, text: str) -> None:
        kept = self.list.selected_ids()
        self.model.set_needle(text)
        self.list.select_ids(kept, reveal=False)
        self._show_count()

    def _selected_rows(self) -> list[TorrentRow]:
        rows = (self.model.row_of(key) for key in self.list.selected_ids())
        return [row for row in rows if row is not None]

    def _show_selection(self) -> None:
        rows = self._selected_rows()
        stopped = [row for row in rows if row.state in (TorrentState.STOPPED, TorrentState.ERROR)]
        self.actions_of_window.update_for(
            selected=len(rows),
            startable=len(stopped),
            stoppable=sum(row.state not in (TorrentState.STOPPED, TorrentState.STOPPING) for row in rows),
            explained=any(explain_row(row) is not None for row in rows),
            in_order=bool(rows) and all(row.sequential for row in rows),
        )

    def _place_of(self, torrent_id: str) -> QRect:
        """Where the row of a transfer is on the screen; the list itself when it cannot be seen."""
        position, viewport = self.model.position_of(torrent_id), self.list.viewport()
        if position is None:
            area = viewport.rect()
        else:
            area = self.list.visualRect(self.model.index(position, Column.NAME)).intersected(viewport.rect())
        return QRect(viewport.mapToGlobal(area.topLeft()), area.size())

    # -- commands

    def _for_selected(self, command: Callable[[str], Command]) -> None:
        for torrent_id in self.list.selected_ids():
            self._link.send(command(torrent_id))

    def _place(self, torrent_ids: Sequence[str], before: str | None) -> None:
        """Rows were dragged: show it at once, the engine follows."""
        self.model.place(torrent_ids, before)
        self._link.send(PlaceInQueue(tuple(torrent_ids), before))

    def _clear_search(self) -> bool:
        had_text = bool(self.find_field.text())
        self.find_field.clear()
        return had_text

    def _toggle_selected(self) -> None:
        rows = self._selected_rows()
        start = any(row.state is TorrentState.STOPPED for row in rows)
        self._for_selected(StartTorrent if start else StopTorrent)

    def _explain_selected(self) -> None:
        for row in self._selected_rows():
            if explain_row(row) is not None:
                self.explainer.explain(row.torrent_id)
                return

    def _open_selected_folder(self) -> None:
        for folder in dict.fromkeys(row.folder for row in self._selected_rows()):
            _open_folder(folder)

    async def _about(self) -> None:
        dialog = about_dialog(self._theme, self)
        await self._turns.ask(dialog, lambda: None)

    async def tell(self, title: str, text: str, details: str = "") -> None:
        """The same message is never stacked: one that is open stands for its repeats."""
        if text in self._messages:
            return
        self._messages.add(text)
        try:
            dialog = simple_message(self._theme, self, title, text, details)
            await self._turns.ask(dialog, lambda: None)
        finally:
            self._messages.discard(text)

    def _choose_theme(self, action: QAction) -> None:
        choice = ThemeChoice(str(action.data()))
        self._theme.choose(choice)
        self._memory.remember(theme=choice.value)

    # -- look

    def _paint_icons(self) -> None:
        theme, ratio = self._theme, self.devicePixelRatioF()
        size = theme.px(TOOL_ICON)
        self.add_button.setIcon(QIcon(theme.pixmap("plus", "onacc", size, ratio)))

    def changeEvent(self, event: QEvent) -> None:  # noqa: N802
        """A minimised window takes its updates rarely."""
        if event.type() is QEvent.Type.WindowStateChange:
            self._link.set_quiet(self.isMinimized())
        super().changeEvent(event)

    # -- drag and drop

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        data = event.mimeData()
        if data.hasUrls():
            sources = [url.toLocalFile() if url.isLocalFile() else url.toString() for url in data.urls()]
        else:
            sources = data.text().split("\n")
        event.acceptProposedAction()
        found = [source for source in sources if source.strip()]
        # After the drop has ended: the other program waits for it.
        QTimer.singleShot(0, self, lambda: self.open_sources(found))

    # -- end

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """Disappear at once; the engine says goodbye after that."""
        self._memory.remember(window_geometry=bytes(self.saveGeometry().toBase64().data()).decode())
        self.list.remember()
        event.accept()
        self.closed.emit()


def _open_folder(folder: str) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(folder))
