"""The Trackers tab: every source with its whole answer, and what can be done about it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
import shiboken6
from PySide6.QtCore import QMimeData, QObject, QPointF, Qt
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester, QTest
from PySide6.QtWidgets import QDialog, QLineEdit, QMenu, QPlainTextEdit
from tests.support.fake_client import row

from shoal.api.commands import AddTrackers, AnnounceNow, Command, RemoveTrackers, SetTrackers
from shoal.api.details import TorrentDetails, TrackerRow
from shoal.api.snapshots import TorrentState
from shoal.gui.details.tracker_drag import MIME_TYPE
from shoal.gui.details.trackers import TrackersTab
from shoal.gui.link.undoable import Undoable
from shoal.gui.style.theme import Theme
from shoal.gui.widgets.text_entry import TextEntry

ID = "a" * 40
NOW = 1_800_000_000.0
ONE = TrackerRow("http://one.example/announce", 0, "working", 9, 31, 40, 1260.0, "", NOW - 60, 400.0)
TWO = TrackerRow("udp://two.example:6969", 1, "failing", None, None, 0, 30.0, "No answer within 15 s", NOW - 60, 500.0)


class Stage:
    def __init__(self, theme: Theme) -> None:
        self.sent: list[Command] = []
        self.told: list[tuple[str, object]] = []
        self.dialogs: list[QDialog] = []
        self.tab = TrackersTab(theme, None, self.sent.append, opener=self.dialogs.append, clock=lambda: NOW)
        self.tab.told.connect(lambda text, undo: self.told.append((text, undo)))
        QAbstractItemModelTester(self.tab.model, QAbstractItemModelTester.FailureReportingMode.Fatal, self.tab.widget)
        self.tab.widget.resize(1000, 400)
        self.tab.widget.show()
        self.tab.show_row(row(ID))

    def show(self, *trackers: TrackerRow) -> None:
        self.tab.show_details(TorrentDetails(ID, trackers=trackers))

    def column(self, key: str) -> int:
        return [column.key for column in self.tab.model.columns].index(key)

    def texts(self, key: str) -> list[str]:
        return [str(self.tab.model.index(at, self.column(key)).data()) for at in range(self.tab.model.rowCount())]

    def menu(self) -> QMenu:
        menu = self.tab.table.context_menu()
        assert menu is not None
        return menu

    def type(self, text: str) -> TextEntry:
        self.tab.add_button.click()
        dialog = self.dialogs[-1]
        assert isinstance(dialog, TextEntry)
        assert isinstance(dialog.field, QPlainTextEdit)
        dialog.field.setPlainText(text)
        return dialog


@pytest.fixture
def stage(theme: Theme) -> Iterator[Stage]:
    stage = Stage(theme)
    yield stage
    # Now and not when the collector finds it: that may be in the middle of the next test's polishing of widgets.
    shiboken6.delete(stage.tab.widget)


def test_each_source_tells_its_state(stage: Stage) -> None:
    stage.show(ONE, TWO)
    assert stage.texts("source") == [ONE.url, TWO.url]
    assert stage.texts("state") == ["answers", "does not answer"]
    assert stage.texts("seeds") == ["9", "\u2013"]
    assert stage.texts("again") == ["in 21 min", "in 30 s"]


def test_a_long_answer_is_never_cut(stage: Stage) -> None:
    stage.show(ONE, replace(TWO, message="Please read the rules of this place. " * 40))
    table = stage.tab.table
    assert table.rowHeight(0) < 60
    lines = table.rowHeight(1) // table.fontMetrics().height()
    assert lines > 4
    before = table.rowHeight(1)
    stage.tab.widget.resize(1600, 400)
    assert table.rowHeight(1) < before


def test_a_private_torrent_has_its_finders_off(stage: Stage) -> None:
    stage.tab.show_row(row(ID, private=True))
    stage.show(ONE)
    assert stage.texts("source") == [ONE.url, "DHT", "Peer exchange", "Local discovery"]
    assert set(stage.texts("state")[1:]) == {"off: this torrent is private"}
    stage.tab.table.selectRow(1)
    assert not stage.tab.remove_button.isEnabled()
    spoken = stage.tab.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "DHT, off: this torrent is private"


def test_asking_waits_for_the_tracker_unless_forced(stage: Stage) -> None:
    stage.show(ONE, TWO)
    assert not stage.tab.ask_button.isEnabled()
    assert stage.tab.ask_button.toolTip() == "The tracker wants to be left alone for another 7 min."
    stage.tab.force_button.click()
    assert stage.sent == [AnnounceNow(ID, force=True)]
    stage.show(ONE, replace(TWO, may_ask_in=0.0))
    assert not stage.tab.force_button.isVisible()
    stage.tab.ask_button.click()
    assert stage.sent[1:] == [AnnounceNow(ID)]


def test_a_stopped_transfer_asks_nobody(stage: Stage) -> None:
    stage.tab.show_row(row(ID, state=TorrentState.STOPPED))
    stage.show(replace(ONE, may_ask_in=None))
    assert not stage.tab.ask_button.isEnabled()
    assert stage.tab.ask_button.toolTip() == "Trackers are asked while the transfer runs."
    assert not stage.tab.force_button.isVisible()


def test_the_menu_asks_anyway(stage: Stage) -> None:
    stage.show(ONE)
    actions = {action.text(): action for action in stage.menu().actions()}
    assert not actions["Ask again"].isEnabled()
    actions["Ask anyway"].trigger()
    assert stage.sent == [AnnounceNow(ID, force=True)]


def test_adding_checks_each_line(stage: Stage) -> None:
    stage.show(ONE)
    dialog = stage.type("http://new.example/announce\nftp://wrong.example")
    assert not dialog.accept_button.isEnabled()
    dialog = stage.type(ONE.url)
    assert not dialog.accept_button.isEnabled()
    dialog = stage.type(f"{ONE.url}\n\n http://new.example/announce \nudp://b.example:1\nudp://b.example:1")
    dialog.accept()
    assert stage.sent == [AddTrackers(ID, ("http://new.example/announce", "udp://b.example:1"))]


def test_removing_can_be_undone(stage: Stage) -> None:
    stage.show(ONE, TWO)
    assert stage.tab.remove_button.toolTip() == "Select a tracker to remove it."
    stage.tab.table.selectAll()
    QTest.keyClick(stage.tab.table, Qt.Key.Key_Delete)
    assert stage.sent == [RemoveTrackers(ID, (ONE.url, TWO.url))]
    back = Undoable("Undo removing 2 trackers", (SetTrackers(ID, ((ONE.url,), (TWO.url,))),))
    assert stage.told == [("2 trackers removed", back)]


def test_copying_the_selection_or_all(stage: Stage) -> None:
    stage.show(ONE, TWO)
    stage.tab.copy_button.click()
    assert QGuiApplication.clipboard().text() == f"{ONE.url}\n{TWO.url}"
    stage.tab.table.selectRow(1)
    stage.tab.copy_button.click()
    assert QGuiApplication.clipboard().text() == TWO.url


def test_no_tracker_is_an_empty_state_with_a_way_out(stage: Stage) -> None:
    stage.show()
    assert stage.tab.empty.isVisible()
    stage.tab.empty.pressed.emit()
    assert isinstance(stage.dialogs[-1], TextEntry)


DHT = TrackerRow("dht", -1, "working", None, None, 12, 840.0, "", NOW - 60, 0.0, nodes=57)


def test_the_dht_is_a_source_among_others(stage: Stage) -> None:
    stage.show(ONE, DHT)
    assert stage.texts("source") == [ONE.url, "DHT"]
    assert stage.texts("state") == ["answers", "answers"]
    assert stage.texts("again")[1] == "in 14 min"
    assert "57 nodes answered, 12 peers found." in stage.texts("answer")[1]
    spoken = stage.tab.model.index(1, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert "DHT" in str(spoken)


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("asking", "being searched now"),
        ("waiting", "waiting for its turn"),
        ("failing", "nobody answers"),
        ("off", "off"),
    ],
)
def test_what_the_dht_is_doing(stage: Stage, state: str, words: str) -> None:
    stage.show(replace(DHT, state=state, last_answer_at=None))
    assert stage.texts("state") == [words]


def test_the_dht_can_be_asked_again_but_is_no_address(stage: Stage) -> None:
    stage.show(DHT)
    assert stage.tab.ask_button.isEnabled()
    stage.tab.ask_button.click()
    assert stage.sent == [AnnounceNow(ID, False)]
    stage.tab.table.selectAll()
    assert not stage.tab.remove_button.isEnabled()
    stage.tab.copy()
    assert QGuiApplication.clipboard().text() == ""


def test_a_dht_that_is_off_is_not_asked(stage: Stage) -> None:
    stage.show(replace(DHT, state="off", next_announce_in=None, last_answer_at=None, may_ask_in=None))
    assert not stage.tab.ask_button.isEnabled()
    assert stage.tab.ask_button.toolTip() == "It names no tracker."


def test_all_trackers_are_edited_as_text_and_that_can_be_undone(stage: Stage) -> None:
    stage.show(ONE, replace(TWO, tier=0), replace(TWO, url="udp://list.example:1", tier=1, is_automatic=True))
    stage.tab.edit_button.click()
    dialog = stage.dialogs[-1]
    assert isinstance(dialog, TextEntry)
    assert dialog.text() == f"{ONE.url}\n{TWO.url}", "those of the list in the Configuration are not the torrent's own"
    assert isinstance(dialog.field, QPlainTextEdit)
    dialog.field.setPlainText("udp://new.example:1\n\nno address")
    assert not dialog.accept_button.isEnabled()
    dialog.field.setPlainText(f"udp://new.example:1\n{TWO.url}\n\n\n{ONE.url}\n")
    dialog.accept_button.click()
    before, after = ((ONE.url, TWO.url),), (("udp://new.example:1", TWO.url), (ONE.url,))
    assert stage.sent == [SetTrackers(ID, after)]
    assert stage.told == [("Trackers changed", Undoable("Undo changing trackers", (SetTrackers(ID, before),)))]


def test_who_edits_a_private_torrent_is_warned(stage: Stage) -> None:
    stage.tab.show_row(row(ID, private=True))
    stage.show(ONE)
    for button in (stage.tab.add_button, stage.tab.edit_button):
        button.click()
        dialog = stage.dialogs[-1]
        assert isinstance(dialog, TextEntry)
        assert "private" in dialog.field.accessibleDescription()


def test_a_tracker_is_moved_by_keys_between_tiers(stage: Stage) -> None:
    stage.show(ONE, TWO)
    stage.tab.table.selectRow(1)
    alt = Qt.KeyboardModifier.AltModifier
    for _ in range(3):
        QTest.keyClick(stage.tab.table, Qt.Key.Key_Up, alt)
    QTest.keyClick(stage.tab.table, Qt.Key.Key_Up, alt)
    assert stage.sent == [
        SetTrackers(ID, ((ONE.url, TWO.url),)),
        SetTrackers(ID, ((TWO.url, ONE.url),)),
        SetTrackers(ID, ((TWO.url,), (ONE.url,))),
    ], "at the very top it stays"
    stage.show(replace(TWO, tier=0), replace(ONE, tier=1))
    assert stage.texts("source") == [TWO.url, ONE.url], "the rows stand in the order in which they are asked"
    assert stage.texts("tier") == ["1", "2"]
    assert stage.tab.table.selected_positions() == [0]


def test_a_tracker_is_dropped_before_another(stage: Stage) -> None:
    stage.show(ONE, TWO)
    view = stage.tab.table.viewport()
    mime = QMimeData()
    mime.setData(MIME_TYPE, TWO.url.encode())
    at = QPointF(20, stage.tab.table.rowViewportPosition(0) + 2)
    buttons, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier

    class Dropped(QDropEvent):
        def source(self) -> QObject:
            return stage.tab.table

    stage.tab.drag.eventFilter(view, Dropped(at, Qt.DropAction.MoveAction, mime, buttons, none))
    assert stage.sent == [SetTrackers(ID, ((TWO.url, ONE.url),))]
    assert not stage.tab.drag.line.isVisible()


def test_an_address_is_edited_in_its_place(stage: Stage) -> None:
    stage.show(ONE, TWO)
    stage.tab.table.selectRow(0)
    QTest.keyClick(stage.tab.table, Qt.Key.Key_F2)
    dialog = stage.dialogs[-1]
    assert isinstance(dialog, TextEntry)
    assert isinstance(dialog.field, QLineEdit)
    assert dialog.text() == ONE.url
    dialog.field.setText(TWO.url)
    assert not dialog.accept_button.isEnabled(), "it is in the list already"
    dialog.field.setText("https://one.example/announce")
    dialog.accept_button.click()
    assert stage.sent == [SetTrackers(ID, (("https://one.example/announce",), (TWO.url,)))]


def test_trackers_of_the_configuration_are_marked_and_stay(stage: Stage) -> None:
    stage.show(ONE, replace(TWO, is_automatic=True))
    assert stage.texts("source")[1] == f"{TWO.url} (added by the Configuration)"
    stage.tab.table.selectRow(1)
    assert not stage.tab.remove_button.isEnabled()
    assert stage.tab.remove_button.toolTip() == "It comes from the list in the Configuration, and goes with it."
    enabled = {action.text() for action in stage.menu().actions() if action.isEnabled()}
    assert not enabled & {"Remove", "Move up", "Move down", "Edit address\u2026"}


def test_peer_exchange_and_local_discovery_are_rows(stage: Stage) -> None:
    exchange = TrackerRow("peer-exchange", -1, "working", None, None, 7, None, "", tellers=2)
    local = TrackerRow("local-discovery", -1, "working", None, None, 1, 90.0, "", NOW - 60)
    stage.show(ONE, exchange, local, replace(exchange, url="dht", state="off"))
    assert stage.texts("source")[1:] == ["Peer exchange", "Local discovery", "DHT"]
    assert stage.texts("state")[1:] == ["at work", "at work", "off"]
    assert stage.texts("answer")[1] == "2 connected peers take part, 7 peers found."
    assert stage.texts("answer")[2].endswith("1 peer found.")
    assert stage.texts("tier")[1] == "\u2013"
