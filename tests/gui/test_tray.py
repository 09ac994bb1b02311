"""The tray: what its icon, its tooltip and its menu say, and what they do, over a host that the test clicks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtGui import QDesktopServices, QGuiApplication
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row
from tests.support.fake_desktop import texts

from shoal.api.commands import PauseSession, ResumeSession, SetLimits
from shoal.api.errors import Reason
from shoal.api.snapshots import Alert, SessionTotals, TorrentState
from shoal.gui.application import Application

A, B, C = "a" * 40, "b" * 40, "c" * 40
FLOWING = SessionTotals(down_rate=8.3e6, up_rate=1.1e6)


@pytest.fixture
def in_tray(run: WindowRun) -> WindowRun:
    """A window over three transfers, and a panel with room for an icon."""
    run.tray.is_there = True
    run.client.rows = {
        A: row(A, name="Debian", down_rate=8e6, sending_peers=3, peers=3, eta=700.0),
        B: row(B, name="Sintel", down_rate=3e5, sending_peers=1, peers=1, eta=60.0),
        C: row(C, name="Apollo & <b>11</b>", state=TorrentState.QUEUED, reason=Reason("queued", {})),
    }
    run.client.totals = FLOWING
    return run


def test_the_menu_says_what_goes_on(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        tray = in_tray.tray
        assert tray.is_shown
        await until(lambda: tray.tooltip == "Shoal: down 8.3 MB/s, up 1.1 MB/s, 3 left")
        assert tray.open() == [
            "2 downloading, about 12 minutes left",
            "-",
            "Show Shoal",
            "-",
            "Add torrent\u2026",
            "Paste magnet link",
            "-",
            "Profile",
            "Download limit",
            "Upload limit",
            "-",
            "Pause everything",
            "When all is done",
            "-",
            "Quit Shoal",
        ]
        assert not tray.action("2 downloading, about 12 minutes left").isEnabled()
        assert tray.icon is not None
        assert not tray.icon.isNull()

    in_tray.play(story)
    assert in_tray.tray.is_closed


def test_only_what_changed_is_told_to_the_host(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        tray = in_tray.tray
        await until(lambda: "3 left" in tray.tooltip)
        before = tray.icons_set
        in_tray.client.push(replace(in_tray.client.rows[A], wanted_done=10))
        in_tray.client.push(totals=replace(FLOWING, down_rate=2e6))
        await until(lambda: "down 2.0 MB/s" in tray.tooltip)
        assert tray.icons_set == before

    in_tray.play(story)


def test_everything_is_paused_and_resumed_in_the_tray(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        tray, client = in_tray.tray, in_tray.client
        await until(lambda: "3 left" in tray.tooltip)
        assert texts(tray.submenu("Pause everything")) == ["30 minutes", "1 hour", "Until I resume"]
        tray.choose("Pause everything", "Until I resume")
        await until(lambda: client.commands == [PauseSession(None)])
        before = tray.icons_set
        client.push(totals=replace(FLOWING, paused_until=-1.0))
        await until(lambda: tray.tooltip == "Shoal: Everything is paused")
        assert tray.icons_set == before + 1
        shown = tray.open()
        assert "Resume" in shown
        assert "Pause everything" not in shown
        tray.choose("Resume")
        await until(lambda: client.commands[-1] == ResumeSession())

    in_tray.play(story)


def test_limits_are_set_in_the_tray(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        client = in_tray.client
        client.push(totals=replace(FLOWING, up_limit=1_000_000))
        await until(lambda: application.window.limits.totals.up_limit)
        ticked = [entry.text() for entry in in_tray.tray.submenu("Upload limit").actions() if entry.isChecked()]
        assert ticked == ["1.0 MB/s"]
        in_tray.tray.choose("Upload limit", "No limit")
        await until(lambda: client.commands == [SetLimits(None, up=0)])

    in_tray.play(story)


def test_what_needs_you_is_shown_in_the_window(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        tray, client, window = in_tray.tray, in_tray.client, application.window
        window.hide()
        client.push(replace(client.rows[C], state=TorrentState.ERROR, reason=Reason("disk-full", {"missing": 5})))
        tray.open()  # whoever looks is told at once, hidden or not
        await until(lambda: "1 needs you" in tray.tooltip)
        assert texts(tray.submenu("Needs you (1)")) == ["Apollo && <b>11</b>"]
        tray.choose("Needs you (1)", "Apollo  <b>11</b>")
        assert window.isVisible()
        assert window.list.selected_ids() == [C]

    in_tray.play(story)


def test_what_was_just_finished_opens_its_folder(in_tray: WindowRun, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toLocalFile()))

    async def story(application: Application) -> None:
        client = in_tray.client
        done = replace(client.rows[B], state=TorrentState.SEEDING, wanted_done=1_000_000, folder="/downloads/films")
        client.push(done, alerts=(Alert("finished", B, {"name": "Sintel"}),))
        await until(lambda: "Just finished" in in_tray.tray.open())
        in_tray.tray.choose("Just finished", "Sintel")
        assert opened == ["/downloads/films"]
        client.push(removed=(B,))
        await until(lambda: "Just finished" not in in_tray.tray.open())

    in_tray.play(story)


def test_a_magnet_link_is_pasted_with_the_window_hidden(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        application.window.hide()
        QGuiApplication.clipboard().setText("nothing to download")
        in_tray.tray.choose("Paste magnet link")
        assert application.window.isVisible()
        assert "no torrent file, magnet link" in application.window.toast.text

    in_tray.play(story)


def test_a_click_hides_the_window_and_brings_it_back_where_it_was(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        window = application.window
        window.move(120, 90)
        window.activateWindow()
        await until(window.isActiveWindow)
        in_tray.tray.click()
        assert not window.isVisible()
        window.move(5, 5)  # as a window manager places it anew
        in_tray.tray.click()
        assert window.isVisible()
        assert (window.pos().x(), window.pos().y()) == (120, 90)

    in_tray.play(story)


def test_two_quick_clicks_show_the_window(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, tray = application.window, in_tray.tray
        window.activateWindow()
        await until(window.isActiveWindow)
        for _ in range(2):
            tray.click()
            tray.double_click()
            assert window.isVisible()
            window.hide()

    in_tray.play(story)


def test_the_window_comes_back_when_the_tray_goes(in_tray: WindowRun) -> None:
    async def story(application: Application) -> None:
        window, tray = application.window, in_tray.tray
        window.hide()
        tray.go()
        assert window.isVisible()
        tray.come()
        assert window.isVisible()
        window.hide()
        application.memory.remember(tray_shown=False)
        assert not tray.is_shown
        assert window.isVisible()

    in_tray.play(story)


def test_the_menu_speaks_another_language_at_once(in_tray: WindowRun) -> None:
    in_tray.language = ""
    in_tray.settings = replace(in_tray.settings, language="en")

    async def story(application: Application) -> None:
        former = in_tray.tray.menu
        application.set_language("pseudo")
        await until(lambda: in_tray.tray.menu is not former)
        assert "Quit Shoal" not in in_tray.tray.open()
        in_tray.tray.click()
        in_tray.tray.click()
        assert application.window.isVisible()

    in_tray.play(story)


def test_the_engine_says_goodbye_under_the_icon(in_tray: WindowRun) -> None:
    seen: list[tuple[str, list[str]]] = []

    async def story(application: Application) -> None:
        closing = in_tray.client.close

        async def close() -> None:
            seen.append((in_tray.tray.tooltip, in_tray.tray.open()))
            await closing()

        in_tray.client.close = close  # type: ignore[method-assign]

    in_tray.play(story)
    assert seen == [("Shoal: saving\u2026", ["Shoal: saving\u2026"])]
