"""The panel behind "Why?": it opens on its row, follows the transfer, and each of its buttons does what it says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QDate, QDateTime, QPoint, QRect, QSize, Qt, QTime
from PySide6.QtGui import QColor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QPushButton
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import FakeClient, row

from shoal.api.commands import (
    AnnounceNow,
    CancelMove,
    Command,
    MoveFiles,
    RecheckTorrent,
    SetLimits,
    StartTorrent,
    StopTorrent,
)
from shoal.api.errors import Reason
from shoal.api.snapshots import SessionTotals, SourceAnswer, TorrentState
from shoal.gui.application import Application
from shoal.gui.dialogs.why_panel import WhyPanel, place_beside
from shoal.gui.style.explanation import Remedy

ID = "c" * 40


@pytest.fixture
def stuck(run: WindowRun) -> WindowRun:
    entry = row(ID, name="Gamma", reason=Reason("tracker-failed", {"text": "refused", "host": "t.example"}))
    run.client = FakeClient({ID: entry}, SessionTotals(listen_port=51413))
    return run


def words(panel: WhyPanel) -> str:
    return "\n".join(label.text() for label in panel.findChildren(QLabel))


async def opened(application: Application) -> WhyPanel:
    application.window.list.select_ids([ID])
    await until(application.window.actions_of_window.explain.isEnabled)
    application.window.actions_of_window.explain.trigger()
    panel = application.window.explainer.panel
    assert panel is not None
    assert panel.isVisible()
    return panel


def test_the_panel_needs_no_compositor(stuck: WindowRun) -> None:
    """A translucent window is black there, and dark words on black cannot be read."""

    async def story(application: Application) -> None:
        panel = await opened(application)
        assert not panel.testAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)
        assert not panel.mask().contains(QPoint(0, 0))
        for at in (panel.rect().center(), QPoint(panel.width() // 2, 4)):
            assert panel.mask().contains(at)
        surface = QColor(application.window._theme.tokens.surf)
        assert panel.grab().toImage().pixelColor(panel.width() // 2, 4) == surface

    stuck.play(story)


def test_why_explains_and_its_button_acts(stuck: WindowRun) -> None:
    async def story(application: Application) -> None:
        panel = await opened(application)
        assert "Problem connecting to tracker" in words(panel)
        assert "t.example does not answer" in words(panel)
        assert panel.accessibleName() == "Why: Problem connecting to tracker"
        assert panel.buttons[Remedy.TRY_NOW].hasFocus()
        QTest.mouseClick(panel.buttons[Remedy.TRY_NOW], Qt.MouseButton.LeftButton)
        await until(lambda: stuck.client.commands == [AnnounceNow(ID, force=True)])

    stuck.play(story)


def test_the_open_panel_follows_its_transfer_and_goes_with_it(stuck: WindowRun) -> None:
    async def story(application: Application) -> None:
        panel = await opened(application)
        stuck.client.push(replace(stuck.client.rows[ID], reason=None, peers=3, sending_peers=2))
        await until(lambda: "Running well" in words(panel))
        assert panel.buttons == {}
        stuck.client.rows.clear()
        stuck.client._send((), (ID,))
        await until(lambda: application.window.explainer.panel is None)

    stuck.play(story)


def test_details_name_the_source_and_the_time_of_each_answer(stuck: WindowRun) -> None:
    at = QDateTime(QDate(2026, 11, 22), QTime(14, 2, 33)).toMSecsSinceEpoch() / 1000
    answers = (
        SourceAnswer("http://t.example:80", at, "refused\u202e"),
        SourceAnswer("udp://u.example:6969", at + 60, ""),
    )
    stuck.client.rows[ID] = replace(stuck.client.rows[ID], answers=answers)

    async def story(application: Application) -> None:
        panel = await opened(application)
        assert panel.findChild(QPlainTextEdit).toPlainText().splitlines() == [
            "22 Nov 2026, 14:02:33 \u00b7 http://t.example:80: refused",
            "22 Nov 2026, 14:03:33 \u00b7 udp://u.example:6969: answered",
        ]

    stuck.play(story)


def test_details_of_a_disk_name_the_path_and_the_time(stuck: WindowRun) -> None:
    at = QDateTime(QDate(2026, 11, 22), QTime(14, 2, 33)).toMSecsSinceEpoch() / 1000
    full = Reason("disk-full", {"path": "/data/a.iso", "detail": "No space left on device", "at": at})
    answer = SourceAnswer("http://t.example:80", at, "of no interest here")
    stuck.client.rows[ID] = replace(stuck.client.rows[ID], state=TorrentState.ERROR, reason=full, answers=(answer,))

    async def story(application: Application) -> None:
        panel = await opened(application)
        (line,) = panel.findChild(QPlainTextEdit).toPlainText().splitlines()
        assert line == "22 Nov 2026, 14:02:33 \u00b7 /data/a.iso: No space left on device"

    stuck.play(story)


def test_escape_closes_the_panel(stuck: WindowRun) -> None:
    async def story(application: Application) -> None:
        panel = await opened(application)
        QTest.keyClick(panel, Qt.Key.Key_Escape)
        assert not panel.isVisible()

    stuck.play(story)


COMMANDS: list[tuple[Remedy, Command]] = [
    (Remedy.START, StartTorrent(ID)),
    (Remedy.TRY_AGAIN, StartTorrent(ID)),
    (Remedy.START_NOW, StartTorrent(ID, skip_queue=True)),
    (Remedy.STOP, StopTorrent(ID)),
    (Remedy.LOOK_NOW, AnnounceNow(ID, force=True)),
    (Remedy.RECHECK, RecheckTorrent(ID)),
    (Remedy.LIFT_LIMIT, SetLimits(ID, down=0)),
    (Remedy.CANCEL_MOVE, CancelMove(ID)),
    (Remedy.LEAVE_FILES, CancelMove(ID)),
]


@pytest.mark.parametrize(("remedy", "command"), COMMANDS, ids=[remedy.value for remedy, _ in COMMANDS])
def test_a_remedy_is_its_command(stuck: WindowRun, remedy: Remedy, command: Command) -> None:
    async def story(application: Application) -> None:
        application.window.remedies.carry_out(ID, remedy)
        await until(lambda: stuck.client.commands)

    stuck.play(story)
    assert stuck.client.commands == [command]


def test_a_watched_transfer_is_told_when_it_moves(stuck: WindowRun) -> None:
    told: list[str] = []

    async def story(application: Application) -> None:
        stuck.client.push(replace(stuck.client.rows[ID], peers=2, reason=Reason("no-seed", {"percent": 3})))
        await until(lambda: (entry := application.window.model.row_of(ID)) is not None and entry.peers == 2)
        application.window.explainer.told.connect(told.append)
        panel = await opened(application)
        panel.buttons[Remedy.TELL_ME].click()
        assert told == ["You will be told here when Gamma moves."]
        stuck.client.push(replace(stuck.client.rows[ID], reason=None, peers=2, sending_peers=1))
        await until(lambda: told[1:] == ["Gamma moves again."])

    stuck.play(story)


def test_dialogs_behind_remedies_open_for_their_transfer(stuck: WindowRun) -> None:
    opened_for: list[tuple[str, str]] = []

    def note(name: str) -> Callable[..., None]:
        return lambda target: opened_for.append((name, target if isinstance(target, str) else target.torrent_id))

    async def story(application: Application) -> None:
        dialogs = application.window.dialogs
        dialogs.move_files = lambda rows: opened_for.append(("move", rows[0].torrent_id))  # type: ignore[method-assign]
        dialogs.find_files = lambda rows: opened_for.append(("find", rows[0].torrent_id))  # type: ignore[method-assign]
        dialogs.add_trackers = note("trackers")  # type: ignore[method-assign]
        dialogs.open_website = note("website")  # type: ignore[method-assign]
        dialogs.download_again = note("again")  # type: ignore[method-assign]
        for remedy in (
            Remedy.CHOOSE_FOLDER,
            Remedy.FIND_FILES,
            Remedy.ADD_TRACKER,
            Remedy.OPEN_WEBSITE,
            Remedy.DOWNLOAD_AGAIN,
        ):
            application.window.remedies.carry_out(ID, remedy)

    stuck.play(story)
    assert opened_for == [("move", ID), ("find", ID), ("trackers", ID), ("website", "tracker.example"), ("again", ID)]


def test_a_move_that_failed_is_told_in_the_row_and_can_be_tried_again(stuck: WindowRun) -> None:
    failed = Reason("move-failed", {"folder": "/usb/films", "code": "disk-full", "path": "/usb/films"})
    stuck.client.rows[ID] = replace(stuck.client.rows[ID], reason=None, peers=3, sending_peers=1, failed_move=failed)

    async def story(application: Application) -> None:
        panel = await opened(application)
        assert "Files were not moved" in words(panel)
        assert [button.text() for button in panel.buttons.values()] == [
            "Try again",
            "Choose another folder\u2026",
            "Leave it",
        ]
        panel.buttons[Remedy.MOVE_AGAIN].click()
        await until(lambda: stuck.client.commands)

    stuck.play(story)
    assert stuck.client.commands == [MoveFiles(ID, "/usb/films")]


def test_what_runs_well_answers_too(stuck: WindowRun) -> None:
    stuck.client.rows[ID] = replace(stuck.client.rows[ID], reason=None, peers=3, sending_peers=3, down_rate=9_000.0)

    async def story(application: Application) -> None:
        panel = await opened(application)
        assert "Running well" in words(panel)
        assert "It is as fast as those 3 peers send" in words(panel)

    stuck.play(story)


@pytest.mark.parametrize(
    "anchor",
    [
        QRect(300, 120, 350, 47),
        QRect(300, 700, 350, 47),
        QRect(300, 380, 350, 47),
        QRect(800, 380, 350, 47),
        QRect(100, 300, 1100, 47),
        QRect(100, 500, 1100, 47),
    ],
)
def test_the_panel_covers_no_part_of_its_row(anchor: QRect) -> None:
    screen = QRect(0, 0, 1280, 800)
    place = place_beside(anchor, QSize(440, 540), screen, 6)
    assert not place.intersects(anchor)
    assert screen.contains(place)
    assert place.height() > 250


def test_what_was_said_in_the_original_is_folded_at_first_and_stays_open(stuck: WindowRun) -> None:
    async def story(application: Application) -> None:
        panel = await opened(application)
        (raw,) = panel.findChildren(QPlainTextEdit)
        assert not raw.isVisible()
        fold = next(button for button in panel.findChildren(QPushButton) if button.text() == "Details")
        fold.click()
        assert raw.isVisible()
        assert raw.toPlainText() == "refused"
        stuck.client.push(replace(stuck.client.rows[ID], known_peers=9))
        await until(lambda: "9 are known" in words(panel))
        assert [part for part in panel.findChildren(QPlainTextEdit) if part.isVisible()]

    stuck.play(story)
