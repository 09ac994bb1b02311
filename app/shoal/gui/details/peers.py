"""The Peers tab: who is connected, what each has, gives and takes, and what is going on right now."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from shoal.api.commands import AddPeers, BanPeer, Command, Detail
from shoal.api.details import PeerRow, TorrentDetails, TrackerRow
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.list_page import ListPages, chip, fill_menu, passing_menu, remembered_table
from shoal.gui.details.opening import Opener, open_and_forget
from shoal.gui.details.peer_addresses import parse_peers, wrong_with_peers
from shoal.gui.models.peer_table import PeerTable
from shoal.gui.style.numbers import whole
from shoal.gui.style.peer_sentences import address
from shoal.gui.style.theme import Theme
from shoal.gui.style.tracker_sentences import looking_for_peers
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.detail_table import Arrangement
from shoal.gui.widgets.empty_state import EmptyState
from shoal.gui.widgets.plain_label import plain_label
from shoal.gui.widgets.text_entry import TextEntry

TABLE = "peers"
ARRANGEMENT = Arrangement(
    widths={
        "address": 154,
        "client": 127,
        "has": 120,
        "down": 80,
        "up": 78,
        "downloaded": 100,
        "uploaded": 90,
        "fairness": 109,
        "connection": 156,
    },
    stretched="activity",
    least=184,
    dropped=("uploaded", "downloaded", "connection", "client", "fairness"),
)
_RUNNING = frozenset({TorrentState.DOWNLOADING, TorrentState.SEEDING})


class PeersTab:
    """`send` does a command; `columns` remembers the table; `opener` opens dialogs, `show_bans` the lasting bans."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
        opener: Opener = open_and_forget,
        show_bans: Callable[[], None] = lambda: None,
    ) -> None:
        self._theme = theme
        self._send = send
        self._opener, self._show_bans = opener, show_bans
        self._row: TorrentRow | None = None
        self._trackers: tuple[TrackerRow, ...] | None = None
        self._awaited: tuple[str, int] | None = None
        self.widget = QWidget(parent)
        self.model = PeerTable(self.widget)
        self.table = remembered_table(theme, self.model, ARRANGEMENT, say("Peers"), columns, TABLE)
        self.table.context_menu = self._menu
        self.empty = EmptyState(theme, say("No peers yet"), say("Add peer\u2026"))
        self.empty.pressed.connect(self.ask_for_peer)
        # The menu of the table comes over the empty page, too: whoever is missed may be banned.
        self.widget.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.widget.customContextMenuRequested.connect(lambda at: self._menu().popup(self.widget.mapToGlobal(at)))
        self._counts = plain_label("", "secondary")
        self._counts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_button = chip(say("Add peer\u2026"), self.ask_for_peer)
        foot = QHBoxLayout()
        foot.addWidget(self._counts, 1)
        foot.addWidget(self.add_button)
        self._pages = ListPages(theme, self.widget, self.table, foot, self.empty)

    def parts(self) -> frozenset[Detail]:
        """The trackers too while nobody is here: they are what is being waited for."""
        nobody = self._row is None or self._row.peers == 0
        return frozenset({Detail.PEERS, Detail.TRACKERS}) if nobody else frozenset({Detail.PEERS})

    def strips_of(self) -> tuple[int, ...]:
        return ()

    def show_row(self, row: TorrentRow) -> None:
        self._row = row
        self.model.we_are_complete = row.is_complete
        self._refresh()

    def show_details(self, details: TorrentDetails) -> None:
        if details.trackers is not None:
            self._trackers = details.trackers
        if details.peers is not None:
            self.model.show_rows(details.peers)
            if self._awaited is not None:
                self.select_peer(*self._awaited)
        self._refresh()

    def clear(self) -> None:
        self._row = self._trackers = self._awaited = None
        self.model.clear()
        self.table.clearSelection()

    def select_peer(self, host: str, port: int) -> None:
        """Show and select this peer, when the list comes if it is not here yet."""
        position = self.model.position_at(host, port)
        self._awaited = None if position is not None or self.model.rowCount() else (host, port)
        if position is not None:
            self.table.choose(position)

    # -- commands

    def ask_for_peer(self) -> None:
        """A dialog for addresses that are not known from anywhere else."""
        dialog = TextEntry(
            self._theme,
            self.widget.window(),
            say("Add peers"),
            accept_name=say("Add peers"),
            text=say("Type the address and port of each peer, one a line. They are tried at once."),
            example="203.0.113.7:51413\n[2001:db8::7]:51413",
            check=wrong_with_peers,
            many_lines=True,
        )
        dialog.accepted.connect(lambda: self._add_peers(dialog.text()))
        self._opener(dialog)

    def _add_peers(self, text: str) -> None:
        if self._row is not None and (peers := parse_peers(text)):
            self._send(AddPeers(self._row.torrent_id, peers))

    def _ban(self, *, always: bool) -> None:
        hosts = list(dict.fromkeys(peer.host for peer in self._chosen()))
        if not always:
            self._send_bans(hosts, always=False)
            return
        dialog = AskingDialog(
            self._theme,
            self.widget.window(),
            say_count(len(hosts), "Ban this address for good?", "Ban {n} addresses for good?"),
            say("Ban always"),
            text=say(
                "{hosts}: every connection with it ends, and it is never let in again, in no transfer, also after a "
                "restart. Many people may share one address.",
                hosts=", ".join(hosts),
            ),
        )
        dialog.accepted.connect(lambda: self._send_bans(hosts, always=True))
        self._opener(dialog)

    def _send_bans(self, hosts: list[str], *, always: bool) -> None:
        for host in hosts:
            self._send(BanPeer(host, always))

    def _copy(self) -> None:
        text = "\n".join(address(peer.host, peer.port) for peer in self._chosen())
        QGuiApplication.clipboard().setText(text)

    def _chosen(self) -> list[PeerRow]:
        return [self.model.rows[position] for position in self.table.selected_positions()]

    def _menu(self) -> QMenu:
        menu = passing_menu(self.table)
        if count := len(self.table.selected_positions()):
            fill_menu(
                menu,
                (
                    (say_count(count, "Copy address", "Copy {n} addresses"), self._copy, True),
                    (say("Ban for this session"), lambda: self._ban(always=False), True),
                    (say("Ban always\u2026"), lambda: self._ban(always=True), True),
                ),
            )
            menu.addSeparator()
        fill_menu(
            menu,
            (
                (say("Add peer\u2026"), self.ask_for_peer, True),
                (say("Banned addresses\u2026"), self._show_bans, True),
            ),
        )
        return menu

    # -- inside

    def _refresh(self) -> None:
        count = self.model.rowCount()
        self._pages.show_list(count > 0)
        row = self._row
        if row is None:
            return
        if not count:
            self.empty.set_sentence(looking_for_peers(self._trackers, is_running=row.state in _RUNNING))
            return
        seeds = sum(peer.has >= 1.0 for peer in self.model.rows)
        self._counts.setText(
            say_count(
                count,
                "{n} peer connected \u00b7 {seeds} with everything \u00b7 {known} known",
                "{n} peers connected \u00b7 {seeds} with everything \u00b7 {known} known",
                seeds=whole(seeds),
                known=whole(max(row.known_peers, count)),
            )
        )
