"""The local address is gone or not known: the window says so as long as it lasts, and leads to the setting."""

from __future__ import annotations

from dataclasses import asdict, replace

import pytest
from PySide6.QtWidgets import QLabel, QPushButton
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.errors import Reason
from shoal.api.snapshots import SessionTotals, TorrentState
from shoal.gui.application import Application
from shoal.gui.style.catalogue import explain_row
from shoal.gui.style.explanation import Remedy
from shoal.gui.style.sentences import state_sentence, time_left_sentence
from shoal.gui.widgets.notice_bar import NoticeBar
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import Page

ID = "c" * 40
GONE = Reason("address-gone", {"address": "10.8.0.2"})


@pytest.fixture
def barred(run: WindowRun) -> WindowRun:
    entry = row(ID, name="Gamma", state=TorrentState.QUEUED, reason=GONE)
    run.client = FakeClient({ID: entry}, SessionTotals(listen_port=51413, barred=GONE))
    run.client.settings = asdict(EngineSettings(outgoing_host="10.8.0.2"))
    return run


def text_of(bar: NoticeBar) -> str:
    return " ".join(label.text() for label in bar.findChildren(QLabel)) if bar.isVisible() else ""


def test_the_bar_says_it_while_it_is_so_and_other_notices_come_after_it(barred: WindowRun) -> None:
    async def story(application: Application) -> None:
        bar = application.window.notices
        await until(lambda: "The address 10.8.0.2 is not on this computer now" in text_of(bar))
        bar.say("Something else")
        assert "10.8.0.2" in text_of(bar)
        barred.client.totals = SessionTotals(listen_port=51413)
        barred.client.push(row(ID, name="Gamma"))
        await until(lambda: "Something else" in text_of(bar))
        bar.findChildren(QPushButton)[0].click()
        assert not bar.isVisible()

    assert barred.play(story) == 0


def test_its_button_and_that_of_the_row_open_the_setting(barred: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        await until(lambda: bool(text_of(window.notices)) and application.settings.is_known)
        window.notices.findChildren(QPushButton)[0].click()
        configuration = window.configuring.open()
        await until(lambda: configuration.page is Page.CONNECTION)
        configuration.close()
        window.list.select_ids([ID])
        await until(window.actions_of_window.explain.isEnabled)
        window.actions_of_window.explain.trigger()
        panel = window.explainer.panel
        assert panel is not None
        panel.buttons[Remedy.CHOOSE_ADDRESS].click()
        await until(lambda: window.configuring.open().page is Page.CONNECTION)

    assert barred.play(story) == 0


def test_the_row_says_it_and_does_not_stand_in_line() -> None:
    entry = row(ID, name="Gamma", state=TorrentState.QUEUED, reason=GONE)
    assert state_sentence(entry).text == "Waiting for the address 10.8.0.2 of this computer"
    assert time_left_sentence(entry, None) == "paused"
    unknown = replace(entry, reason=Reason("address-unknown", {}))
    assert state_sentence(unknown).text == "Waiting for the local address to be chosen"
    explanation = explain_row(unknown)
    assert explanation is not None
    assert explanation.remedies == (Remedy.CHOOSE_ADDRESS,)
