"""The Info tab: facts that can be copied, and the history newest first."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import shiboken6
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from tests.support.fake_client import row

from shoal.api.commands import Detail
from shoal.api.details import TorrentDetails, TorrentEvent
from shoal.gui.details.info import InfoTab
from shoal.gui.style.theme import Theme

ID = "a" * 40
NOW = 1_800_000_000.0
HASH = "0123456789abcdef0123456789abcdef01234567"
DETAILS = TorrentDetails(
    ID,
    events=(TorrentEvent(NOW - 90_000, "added"), TorrentEvent(NOW - 60, "started"), TorrentEvent(NOW - 60, "stopped")),
    piece_length=1 << 20,
    info_hash_v1=HASH,
    info_hash_v2="f" * 64,
    comment="Recorded on the islands.\n<b>Twice.</b>",
    magnet=f"magnet:?xt=urn:btih:{HASH}",
)


@pytest.fixture
def tab(theme: Theme) -> Iterator[InfoTab]:
    tab = InfoTab(theme, None, lambda command: None, clock=lambda: NOW)
    tab.widget.resize(900, 300)
    tab.widget.show()
    tab.show_row(row(ID, name="Field Recordings", content_path="/data/Field Recordings"))
    yield tab
    shiboken6.delete(tab.widget)


def test_facts_fill_up_as_they_become_known(tab: InfoTab) -> None:
    assert tab.values["name"].text == "Field Recordings"
    assert "v1" not in tab.values
    tab.show_details(DETAILS)
    assert tab.values["v1"].text == HASH
    assert tab.values["comment"].text == "Recorded on the islands.\n<b>Twice.</b>"
    kept = tab.values["name"]
    tab.show_row(row(ID, name="Another name", content_path="/data/Field Recordings"))
    assert tab.values["name"] is kept
    assert kept.text == "Another name"


def test_everything_can_be_copied(tab: InfoTab) -> None:
    tab.show_details(DETAILS)
    tab.copies["magnet"].click()
    assert QGuiApplication.clipboard().text() == DETAILS.magnet
    tab.copies["folder"].click()
    assert QGuiApplication.clipboard().text() == "/data/Field Recordings"
    QTest.keyClick(tab.values["v2"], Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == "f" * 64
    assert tab.copies["v1"].accessibleName() == "Copy: Hash v1"


def test_a_long_hash_is_wrapped_and_not_cut(tab: InfoTab) -> None:
    tab.show_details(DETAILS)
    value = tab.values["v2"]
    assert value.heightForWidth(200) > 2 * value.heightForWidth(2000) - 10
    assert value.accessibleName() == "f" * 64


def test_the_history_is_told_newest_first(tab: InfoTab) -> None:
    tab.show_details(DETAILS)
    QApplication.processEvents()
    sentences = [tab.history.index(at, 1).data() for at in range(tab.history.rowCount())]
    assert sentences == ["Stopped.", "Started.", "Added to the list."]
    assert str(tab.history.index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)).endswith(": Stopped.")
    assert tab.parts() == {Detail.EVENTS}


def test_another_transfer_begins_empty(tab: InfoTab) -> None:
    tab.show_details(DETAILS)
    tab.clear()
    assert tab.values == {}
    assert tab.history.rowCount() == 0
    tab.show_row(row("b" * 40, name="Another"))
    assert tab.values["name"].text == "Another"
    assert "v1" not in tab.values
