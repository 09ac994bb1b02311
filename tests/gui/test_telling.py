"""Who is told where, and what the answers to notices do."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import pytest
from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices
from shiboken6 import isValid
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row

from shoal.api.commands import RemoveTorrent
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, TorrentRow, TorrentState
from shoal.gui.application import Application
from shoal.gui.desktop.autostart import NoLoginStart
from shoal.gui.desktop.awake import NoInhibitor
from shoal.gui.desktop.notice import Answer, Notice, NoticeKind
from shoal.gui.desktop.notifications import Answered
from shoal.gui.desktop.services import Surroundings
from shoal.gui.link.background import Background
from shoal.gui.models.torrent_filter import Section
from shoal.settings.interface_settings import InterfaceSettings


@dataclass
class FakeNotifier:
    """The system's notifications."""

    is_there: bool = True
    shown: list[Notice] = field(default_factory=list)
    tried: int = 0
    closed: int = 0
    answered: Answered | None = None

    async def show(self, notice: Notice) -> bool:
        self.tried += 1
        if self.is_there:
            self.shown.append(notice)
        return self.is_there

    async def close(self) -> None:
        self.closed += 1

    def answer(self, answer: Answer) -> None:
        """The person answers what was shown last."""
        assert self.answered is not None
        self.answered(self.shown[-1], answer, "token")


@pytest.fixture
def screen(run: WindowRun) -> FakeNotifier:
    """Notifications of the desktop that `run` runs on; two downloads run there."""
    screen = FakeNotifier()

    def make(background: Background, answered: Answered) -> FakeNotifier:
        screen.answered = answered
        return screen

    run.surroundings = Surroundings(make, lambda background: NoInhibitor(), NoLoginStart())
    for number in range(2):
        found = f"{number:040x}"
        run.client.rows[found] = row(
            found,
            name=f"film {number}",
            folder=f"/films/{number}",
            content_path=f"/films/{number}/film.mkv",
            largest_file_name="film.mkv",
        )
    return screen


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Paths that the system was asked to open."""
    paths: list[str] = []

    def open_url(url: QUrl) -> bool:
        paths.append(url.toLocalFile())
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", open_url)
    return paths


def finish(run: WindowRun, number: int = 0, **values: object) -> TorrentRow:
    known = run.client.rows[f"{number:040x}"]
    done = replace(known, state=TorrentState.SEEDING, wanted_done=known.wanted, downloaded=9, **values)  # type: ignore[arg-type]
    run.client.push(done, alerts=(Alert("finished", known.torrent_id, {}),))
    return done


async def away(application: Application) -> None:
    """The person looks elsewhere."""
    application.window.hide()
    application.link.set_quiet(False)
    await until(lambda: not application.window.isVisible())


async def is_up(application: Application) -> None:
    """The person sits at the window, and everything that was so at the start is known."""
    application.window.activateWindow()
    await until(application.window.isActiveWindow)
    await application.link.has_all_rows()


def test_whoever_has_the_window_in_front_is_told_there(run: WindowRun, screen: FakeNotifier, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        await is_up(application)
        toast = application.window.toast
        finish(run)
        await until(lambda: toast.text == "Download finished: film 0")
        assert toast.button.text() == "Open"
        toast.button.click()
        assert opened == ["/films/0/film.mkv"]

    run.play(story)
    assert (screen.shown, screen.closed) == ([], 1)


def test_what_can_be_taken_back_stays_offered(run: WindowRun, screen: FakeNotifier) -> None:
    async def story(application: Application) -> None:
        await is_up(application)
        toast = application.window.toast
        toast.say("Removed.", "Undo")
        finish(run)
        await until(lambda: toast._waiting)
        assert (toast.text, toast.button.text()) == ("Removed.", "Undo")
        toast.hide()
        await until(lambda: toast.text == "Download finished: film 0")

    run.play(story)


def test_answers_open_and_show(run: WindowRun, screen: FakeNotifier, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        window = application.window
        await is_up(application)
        await away(application)
        finish(run)
        await until(lambda: screen.shown)
        screen.answer(Answer.OPEN)
        screen.answer(Answer.OPEN_FOLDER)
        assert opened == ["/films/0/film.mkv", "/films/0"]
        assert not window.isVisible()
        screen.answer(Answer.SHOW)
        assert window.isVisible()
        assert window.list.selected_ids() == [f"{0:040x}"]

    run.play(story)


def test_a_click_on_a_message_of_the_tray_does_what_one_on_a_notification_does(
    run: WindowRun, screen: FakeNotifier
) -> None:
    screen.is_there = False
    run.tray.is_there = True

    async def story(application: Application) -> None:
        window = application.window
        await is_up(application)
        await away(application)
        finish(run, 1)
        await until(lambda: run.tray.said)
        assert run.tray.said == [("Download finished", "film 1")]
        assert not window.isVisible()
        run.tray.click_message()
        assert window.isVisible()
        assert window.list.selected_ids() == [f"{1:040x}"]
        stuck = replace(run.client.rows[f"{0:040x}"], state=TorrentState.ERROR, reason=Reason("disk-full"))
        await away(application)
        run.client.push(stuck)
        await until(lambda: len(run.tray.said) == 2)
        run.tray.click_message()
        await until(lambda: window.explainer.panel is not None and window.explainer.panel.isVisible())

    run.play(story)


def test_a_program_is_not_run_from_a_notification(run: WindowRun, screen: FakeNotifier, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        await is_up(application)
        await away(application)
        finish(run, content_path="/films/0/setup.exe", largest_file_name="setup.exe")
        await until(lambda: screen.shown)
        screen.answer(Answer.OPEN)
        await until(lambda: run.dialog() is not None)
        assert application.window.isVisible()
        assert opened == []
        dialog = run.dialog()
        assert dialog is not None
        dialog.reject()

    run.play(story)


def test_fix_opens_the_reasons(run: WindowRun, screen: FakeNotifier) -> None:
    async def story(application: Application) -> None:
        window = application.window
        await is_up(application)
        await away(application)
        stuck = replace(run.client.rows[f"{1:040x}"], state=TorrentState.ERROR, reason=Reason("disk-full"))
        run.client.push(stuck)
        await until(lambda: screen.shown)
        assert screen.shown[0].kind is NoticeKind.NEEDS_YOU
        screen.answer(Answer.FIX)
        await until(explained(application))
        assert window.list.selected_ids() == [stuck.torrent_id]

    run.play(story)


def explained(application: Application) -> Callable[[], bool]:
    def is_explained() -> bool:
        panel = application.window.explainer.panel
        return panel is not None and isValid(panel) and panel.isVisible()

    return is_explained


def test_an_answer_to_what_is_gone_shows_the_window(run: WindowRun, screen: FakeNotifier, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        await is_up(application)
        await away(application)
        done = finish(run)
        await until(lambda: screen.shown)
        await run.client.execute(RemoveTorrent(done.torrent_id))
        await until(lambda: application.window.model.row_of(done.torrent_id) is None)
        screen.answer(Answer.OPEN)
        assert application.window.isVisible()

    run.play(story)
    assert opened == []


def test_without_a_service_a_toast_waits_for_who_opens_the_window(run: WindowRun, screen: FakeNotifier) -> None:
    screen.is_there = False

    async def story(application: Application) -> None:
        window = application.window
        await is_up(application)
        await away(application)
        finish(run)
        await until(lambda: screen.tried)
        window.show()
        window.activateWindow()
        await until(lambda: window.toast.text)
        assert window.toast.text == "Download finished: film 0"

    run.play(story)


def test_quiet_hours_keep_the_desktop_quiet(run: WindowRun, screen: FakeNotifier) -> None:
    run.settings = InterfaceSettings(theme="light", quiet_hours="00:00-23:59")

    async def story(application: Application) -> None:
        await is_up(application)
        await away(application)
        finish(run)
        await until(lambda: application.window.model.counts.sections[Section.SHARING])
        await application.settings.change({"quiet_hours": ""})
        await until(lambda: screen.shown)

    run.play(story)
    assert [notice.kind for notice in screen.shown] == [NoticeKind.FINISHED]


def test_another_language_speaks_in_the_next_notice(run: WindowRun, screen: FakeNotifier, opened: list[str]) -> None:
    async def story(application: Application) -> None:
        await is_up(application)
        application.set_language("pseudo")
        former = application.window
        await until(lambda: application.window is not former)
        await away(application)
        finish(run)
        await until(lambda: screen.shown)
        assert screen.shown[0].title != "Download finished"
        screen.answer(Answer.SHOW)
        assert application.window.isVisible()

    run.play(story)
