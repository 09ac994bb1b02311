"""The Peers tab: who is connected, what each has, gives and takes, and what is going on right now."""

from __future__ import annotations

from collections.abc import Callable
from ipaddress import ip_address

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QPushButton, QStackedLayout, QVBoxLayout, QWidget

from shoal.api.commands import AddPeers, BanPeer, Command, Detail
from shoal.api.details import PeerRow, TorrentDetails, TrackerRow
from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.entry_dialog import EntryDialog, Opener, open_and_forget
from shoal.gui.models.peer_table import PeerTable
from shoal.gui.style.peer_sentences import address
from shoal.gui.style.theme import Theme
from shoal.gui.style.tracker_sentences import looking_for_peers
from shoal.gui.style.wording import say, say_count
from shoal.gui.widgets.detail_table import Arrangement, DetailTable
from shoal.gui.widgets.empty_state import EmptyState

TABLE = "peers"
ARRANGEMENT = Arrangement(
    widths={
        "address": 170,
        "client": 150,
        "has": 122,
        "down": 88,
        "up": 88,
        "downloaded": 104,
        "uploaded": 96,
        "fairness": 112,
        "connection": 160,
    },
    stretched="activity",
    least=190,
    dropped=("uploaded", "downloaded", "connection", "client", "fairness"),
)
_RUNNING = frozenset({TorrentState.DOWNLOADING, TorrentState.SEEDING})
MOST_ADDED = 50


class PeersTab:
    """`send` does a command; `columns` remembers the table; `opener` opens dialogs."""

    def __init__(
        self,
        theme: Theme,
        parent: QWidget | None,
        send: Callable[[Command], None],
        *,
        columns: ColumnMemory | None = None,
        opener: Opener = open_and_forget,
    ) -> None:
        self._theme = theme
        self._send = send
        self._opener = opener
        self._row: TorrentRow | None = None
        self._trackers: tuple[TrackerRow, ...] | None = None
        self._awaited: tuple[str, int] | None = None
        columns = columns or ColumnMemory()
        self.widget = QWidget(parent)
        self.model = PeerTable(self.widget)
        self.table = DetailTable(
            theme,
            self.model,
            self.model,
            [column.key for column in self.model.columns],
            ARRANGEMENT,
            say("Peers"),
            kept=columns.of(TABLE),
            keep=lambda state: columns.keep(TABLE, state),
        )
        self.table.context_menu = self._menu
        self.empty = EmptyState(theme, say("No peers yet"), say("Add peer\u2026"))
        # It lies on the pane, not in a card of its own.
        self.empty.setProperty("surface", "false")
        self.empty.pressed.connect(self.ask_for_peer)
        self._counts = QLabel(textFormat=Qt.TextFormat.PlainText)
        self._counts.setProperty("role", "secondary")
        self._counts.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.add_button = QPushButton(say("Add peer\u2026"))
        self.add_button.setProperty("chip", "true")
        self.add_button.clicked.connect(self.ask_for_peer)
        self._lay_out()

    @property
    def title(self) -> str:
        return say("Peers")

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
        dialog = EntryDialog(
            self._theme,
            self.widget.window(),
            say("Add peers"),
            say("Type the address and port of each peer, one a line. They are tried at once."),
            say("Add peers"),
            check=wrong_with_peers,
            lines=True,
            example="203.0.113.7:51413\n[2001:db8::7]:51413",
        )
        dialog.show_for(self._add_peers, self._opener)

    def _add_peers(self, text: str) -> None:
        if self._row is not None and (peers := parse_peers(text)):
            self._send(AddPeers(self._row.torrent_id, peers))

    def _ban(self, *, always: bool) -> None:
        hosts = list(dict.fromkeys(peer.host for peer in self._chosen()))
        if not always:
            self._send_bans(hosts, always=False)
            return
        dialog = EntryDialog(
            self._theme,
            self.widget.window(),
            say_count(len(hosts), "Ban this address for good?", "Ban {n} addresses for good?"),
            say(
                "{hosts}: every connection with it ends, and it is never let in again, in no transfer, also after a "
                "restart. Many people may share one address.",
                hosts=", ".join(hosts),
            ),
            say("Ban always"),
        )
        dialog.show_for(lambda _: self._send_bans(hosts, always=True), self._opener)

    def _send_bans(self, hosts: list[str], *, always: bool) -> None:
        for host in hosts:
            self._send(BanPeer(host, always))

    def _copy(self) -> None:
        text = "\n".join(address(peer.host, peer.port) for peer in self._chosen())
        QGuiApplication.clipboard().setText(text)

    def _chosen(self) -> list[PeerRow]:
        return [self.model.rows[position] for position in self.table.selected_positions()]

    def _menu(self) -> QMenu:
        menu = QMenu(self.table)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if count := len(self.table.selected_positions()):
            for text, act in (
                (say_count(count, "Copy address", "Copy {n} addresses"), self._copy),
                (say("Ban for this session"), lambda: self._ban(always=False)),
                (say("Ban always\u2026"), lambda: self._ban(always=True)),
            ):
                action = QAction(text, menu)
                action.triggered.connect(lambda _=False, act=act: act())
                menu.addAction(action)
            menu.addSeparator()
        add = QAction(say("Add peer\u2026"), menu)
        add.triggered.connect(self.ask_for_peer)
        menu.addAction(add)
        return menu

    # -- inside

    def _lay_out(self) -> None:
        px = self._theme.px
        shown = QWidget()
        foot = QHBoxLayout()
        foot.addWidget(self._counts, 1)
        foot.addWidget(self.add_button)
        inside = QVBoxLayout(shown)
        inside.setContentsMargins(px(16), px(8), px(16), px(8))
        inside.setSpacing(px(6))
        inside.addWidget(self.table, 1)
        inside.addLayout(foot)
        self._pages = QStackedLayout(self.widget)
        self._pages.addWidget(self.empty)
        self._pages.addWidget(shown)

    def _refresh(self) -> None:
        count = self.model.rowCount()
        self._pages.setCurrentIndex(1 if count else 0)
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
                seeds=f"{seeds:,}",
                known=f"{max(row.known_peers, count):,}",
            )
        )


def parse_peers(text: str) -> tuple[tuple[str, int], ...]:
    """The `host:port` lines of `text` that are right, each once."""
    found = (_parse_peer(line) for line in text.splitlines() if line.strip())
    return tuple(dict.fromkeys(peer for peer in found if peer is not None))[:MOST_ADDED]


def wrong_with_peers(text: str) -> str:
    """What is wrong with the first line that is not an address with a port; empty when nothing is."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for number, line in enumerate(lines, 1):
        if _parse_peer(line) is None:
            return say("Line {number} is not an address with a port, such as 203.0.113.7:51413.", number=number)
    if len(lines) > MOST_ADDED:
        return say("At most {count} peers at a time.", count=MOST_ADDED)
    return ""


def _parse_peer(line: str) -> tuple[str, int] | None:
    host, colon, port = line.strip().rpartition(":")
    if host.startswith("[") and host.endswith("]"):
        host = host[1:-1]
    elif ":" in host:
        return None
    if not colon or not port.isascii() or not port.isdigit() or not 1 <= int(port) <= 65535:
        return None
    try:
        # Names are not looked up: a peer is an address.
        return str(ip_address(host)), int(port)
    except ValueError:
        return None
