"""The Peers tab: a steady table, its commands, and what it says while nobody is here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QMenu, QPlainTextEdit
from tests.support.fake_client import row

from shoal.api.commands import AddPeers, BanPeer, Command, Detail
from shoal.api.details import PeerRow, TorrentDetails, TrackerRow
from shoal.gui.details.column_memory import ColumnMemory
from shoal.gui.details.peers import PeersTab
from shoal.gui.style.cell_roles import CellRole
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.asking_dialog import AskingDialog
from shoal.gui.widgets.text_entry import TextEntry

ID = "a" * 40


def peer(number: int, **values: object) -> PeerRow:
    plain = PeerRow(
        f"10.0.0.{number}", 6881, "Client", 0.5, 0.0, 0.0, 0, 0, False, True, True, True, False, False, "tracker"
    )
    return replace(plain, **values)  # type: ignore[arg-type]


def answer(*peers: PeerRow) -> TorrentDetails:
    return TorrentDetails(ID, peers=peers)


class Stage:
    """One tab over a list of commands, with dialogs that are caught and not shown."""

    def __init__(self, theme: Theme) -> None:
        self.sent: list[Command] = []
        self.dialogs: list[QDialog] = []
        self.kept = ""
        self.tab = PeersTab(theme, None, self.sent.append, columns=self.columns(), opener=self.dialogs.append)
        QAbstractItemModelTester(self.tab.model, QAbstractItemModelTester.FailureReportingMode.Fatal, self.tab.widget)
        self.tab.widget.resize(1200, 300)
        self.tab.widget.show()
        self.tab.show_row(row(ID, peers=3, known_peers=12))

    def columns(self) -> ColumnMemory:
        return ColumnMemory(lambda: self.kept, self.keep)

    def keep(self, text: str) -> None:
        self.kept = text

    def hosts(self) -> list[str]:
        return [entry.host for entry in self.tab.model.rows]

    def column(self, key: str) -> int:
        return [column.key for column in self.tab.model.columns].index(key)

    def texts(self, key: str) -> list[str]:
        return [str(self.tab.model.index(at, self.column(key)).data()) for at in range(self.tab.model.rowCount())]

    def dialog(self) -> AskingDialog:
        found = self.dialogs[-1]
        assert isinstance(found, AskingDialog)
        return found


@pytest.fixture
def stage(theme: Theme) -> Iterator[Stage]:
    stage = Stage(theme)
    yield stage
    # Now and not when the collector finds it: that may be in the middle of the next test's polishing of widgets.
    shiboken6.delete(stage.tab.widget)


def test_the_fastest_come_first_and_others_keep_their_places(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(2), peer(3, down_rate=5e5), peer(4)))
    assert stage.hosts() == ["10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.4"]
    assert stage.texts("down") == ["500 kB/s", "\u2013", "\u2013", "\u2013"]
    stage.tab.show_details(answer(peer(4), peer(2), peer(1), peer(3, down_rate=4e5)))
    assert stage.hosts() == ["10.0.0.3", "10.0.0.1", "10.0.0.2", "10.0.0.4"]


def test_a_selection_follows_its_peer(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(2), peer(3)))
    stage.tab.table.selectRow(2)
    stage.tab.show_details(answer(peer(2), peer(3, down_rate=5e5)))
    assert stage.hosts() == ["10.0.0.3", "10.0.0.2"]
    assert stage.tab.table.selected_positions() == [0]


def test_only_what_changed_is_announced(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(2), peer(3)))
    told: list[tuple[int, int]] = []
    stage.tab.model.dataChanged.connect(lambda first, last: told.append((first.row(), last.row())))
    stage.tab.show_details(answer(peer(1), peer(2, uploaded=5), peer(3)))
    stage.tab.show_details(answer(peer(1), peer(2, uploaded=5), peer(3)))
    assert told == [(1, 1)]


def test_rows_hold_still_under_the_pointer(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(2)))
    stage.tab.model.set_held(True)
    stage.tab.show_details(answer(peer(1), peer(2, down_rate=9e5)))
    assert stage.hosts() == ["10.0.0.1", "10.0.0.2"]
    stage.tab.model.set_held(False)
    assert stage.hosts() == ["10.0.0.2", "10.0.0.1"]


def test_a_header_click_sorts_best_first_then_reversed_then_as_they_came(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(2, has=0.2), peer(1, has=0.9), peer(3, has=0.5)))
    has = stage.column("has")
    stage.tab.table.horizontalHeader().sectionClicked.emit(has)
    assert stage.texts("has") == ["90.0 %", "50.0 %", "20.0 %"]
    stage.tab.table.horizontalHeader().sectionClicked.emit(has)
    assert stage.texts("has") == ["20.0 %", "50.0 %", "90.0 %"]
    stage.tab.table.horizontalHeader().sectionClicked.emit(has)
    assert stage.hosts() == ["10.0.0.2", "10.0.0.1", "10.0.0.3"]


def test_cells_speak_and_explain(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1, client="<b>bold</b>", down_rate=5e5)))
    index = stage.tab.model.index(0, stage.column("client"))
    assert "sends to you" in str(index.data(Qt.ItemDataRole.AccessibleTextRole))
    assert "&lt;b&gt;" in str(index.data(Qt.ItemDataRole.ToolTipRole))
    assert stage.tab.model.index(0, stage.column("has")).data(CellRole.SHARE) == 0.5
    fair = stage.tab.model.index(0, stage.column("fairness"))
    assert "You sent it 0 B" in str(fair.data(Qt.ItemDataRole.ToolTipRole))


def test_nobody_here_shows_the_search(stage: Stage) -> None:
    stage.tab.show_row(row(ID, peers=0))
    assert stage.tab.parts() == {Detail.PEERS, Detail.TRACKERS}
    tracker = TrackerRow("http://t.example", 0, "working", 0, 0, 0, 240.0, "", 5.0)
    stage.tab.show_details(TorrentDetails(ID, peers=(), trackers=(tracker, replace(tracker, url="http://u.example"))))
    assert stage.tab.empty.isVisible()
    assert "asked 2 trackers, next in 4 min" in sentence_of(stage)
    stage.tab.show_row(row(ID, peers=1))
    stage.tab.show_details(answer(peer(1)))
    assert stage.tab.table.isVisible()
    assert stage.tab.parts() == {Detail.PEERS}


def sentence_of(stage: Stage) -> str:
    return " ".join(label.text() for label in stage.tab.empty.findChildren(QLabel))


def test_a_peer_is_shown_when_it_is_asked_for(stage: Stage) -> None:
    stage.tab.select_peer("10.0.0.2", 6881)
    stage.tab.show_details(answer(peer(1), peer(2)))
    assert stage.tab.table.selected_positions() == [1]
    stage.tab.select_peer("10.0.0.1", 6881)
    assert stage.tab.table.selected_positions() == [0]


def test_banning_for_now_and_for_good(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(1, port=7000), peer(2)))
    stage.tab.table.selectAll()
    press(stage, "Ban for this session")
    assert stage.sent == [BanPeer("10.0.0.1"), BanPeer("10.0.0.2")]
    stage.sent.clear()
    press(stage, "Ban always\u2026")
    assert stage.sent == []
    stage.dialog().accept()
    assert stage.sent == [BanPeer("10.0.0.1", always=True), BanPeer("10.0.0.2", always=True)]


def test_copying_addresses_and_rows(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1), peer(2, host="2001:db8::2")))
    stage.tab.table.selectAll()
    press(stage, "Copy 2 addresses")
    assert QGuiApplication.clipboard().text() == "10.0.0.1:6881\n[2001:db8::2]:6881"
    QTest.keyClick(stage.tab.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text().startswith("10.0.0.1:6881\tClient\t50.0 %")


def press(stage: Stage, name: str) -> None:
    menu = stage.tab.table.context_menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text() == name).trigger()
    menu.close()


def test_adding_peers_checks_what_is_typed(stage: Stage) -> None:
    stage.tab.add_button.click()
    dialog = stage.dialog()
    assert isinstance(dialog, TextEntry)
    field = dialog.field
    assert isinstance(field, QPlainTextEdit)
    assert not dialog.accept_button.isEnabled()
    field.setPlainText("10.0.0.9:6881\nnobody")
    assert not dialog.accept_button.isEnabled()
    field.setPlainText("10.0.0.9:6881\n[2001:db8::9]:80\n\n10.0.0.9:6881")
    assert dialog.accept_button.isEnabled()
    dialog.accept()
    assert stage.sent == [AddPeers(ID, (("10.0.0.9", 6881), ("2001:db8::9", 80)))]


def test_the_menu_leads_back_from_lasting_bans_with_and_without_peers(stage: Stage, theme: Theme) -> None:
    shown: list[str] = []
    tab = PeersTab(theme, stage.tab.widget, stage.sent.append, show_bans=lambda: shown.append("bans"))
    for peers in ((), (peer(1),)):
        tab.show_details(answer(*peers))
        menu = tab.table.context_menu()
        assert menu is not None
        next(action for action in menu.actions() if action.text() == "Banned addresses\u2026").trigger()
        menu.close()
    assert shown == ["bans", "bans"]


def test_the_empty_page_has_the_menu_of_the_table(stage: Stage) -> None:
    stage.tab.show_details(answer())
    stage.tab.widget.customContextMenuRequested.emit(QPoint(5, 5))
    menu = next(menu for menu in stage.tab.table.findChildren(QMenu) if menu.isVisible())
    assert [action.text() for action in menu.actions()] == ["Add peer\u2026", "Banned addresses\u2026"]
    menu.close()


def test_columns_are_remembered(stage: Stage, theme: Theme, qapp: QApplication) -> None:
    table = stage.tab.table
    stage.tab.show_details(answer(peer(1)))
    table.show_column("client", False)
    table.horizontalHeader().resizeSection(stage.column("down"), 140)
    table.horizontalHeader().sectionClicked.emit(stage.column("up"))
    table.hide()
    again = PeersTab(theme, stage.tab.widget, stage.sent.append, columns=stage.columns())
    header = again.table.horizontalHeader()
    again.widget.resize(1200, 300)
    again.widget.show()
    again.show_details(answer(peer(1)))
    assert header.isSectionHidden(stage.column("client"))
    assert header.sectionSize(stage.column("down")) == 140
    assert again.model.sort_key == "up"


@pytest.mark.parametrize(
    "kept",
    ["[]", "{", '{"peers": "[1"}', '{"peers": 7}', json.dumps({"peers": '{"order": [7], "widths": [], "sort": "x"}'})],
)
def test_a_spoiled_memory_is_no_trouble(stage: Stage, theme: Theme, kept: str) -> None:
    tab = PeersTab(theme, stage.tab.widget, stage.sent.append, columns=ColumnMemory(lambda: kept, stage.keep))
    assert tab.model.sort_key in ("", "down")


def test_a_narrow_table_leaves_columns_out(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1)))
    stage.tab.widget.resize(820, 300)
    header = stage.tab.table.horizontalHeader()
    assert header.isSectionHidden(stage.column("uploaded"))
    assert not header.isSectionHidden(stage.column("activity"))
    stage.tab.widget.resize(1400, 300)
    assert not header.isSectionHidden(stage.column("uploaded"))


def test_another_transfer_begins_empty(stage: Stage) -> None:
    stage.tab.show_details(answer(peer(1)))
    stage.tab.clear()
    assert stage.tab.model.rowCount() == 0
