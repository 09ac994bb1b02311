"""The computer is kept awake as long as something is downloaded, and no longer."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace

import pytest
from tests.gui.conftest import WindowRun, until
from tests.support.fake_client import row, update

from shoal.api.snapshots import TorrentRow, TorrentState
from shoal.gui.application import Application
from shoal.gui.desktop.autostart import NoLoginStart
from shoal.gui.desktop.awake import PATIENCE_SECONDS, TRY_AGAIN_SECONDS, KeepAwake
from shoal.gui.desktop.services import Surroundings
from shoal.gui.desktop.system_inhibitor import system_inhibitor
from shoal.gui.link.background import Background
from shoal.gui.link.client_link import ClientLink
from shoal.settings.interface_settings import InterfaceSettings

FILM = row("f" * 40, name="film", sending_peers=2)
SHARED = replace(FILM, state=TorrentState.SEEDING, wanted_done=1_000_000, sending_peers=0)


@dataclass
class FakeInhibitor:
    allows: bool = True
    is_held: bool = False
    asked: int = 0
    closed: int = 0
    why: str = ""

    async def hold(self, why: str) -> bool:
        self.asked += 1
        self.why = why
        self.is_held = self.allows
        return self.allows

    async def release(self) -> None:
        self.is_held = False

    async def close(self) -> None:
        self.closed += 1


@dataclass
class Desk:
    """Keeping awake on a running loop, at times that the test chooses."""

    inhibitor: FakeInhibitor = field(default_factory=FakeInhibitor)
    settings: InterfaceSettings = field(default_factory=InterfaceSettings)
    now: float = 5000.0

    def __post_init__(self) -> None:
        self.link = ClientLink(asyncio.get_running_loop())
        self.awake = KeepAwake(self.link, self.inhibitor, lambda: self.settings, lambda: self.now)

    async def after(self, *rows: TorrentRow, seconds: float = 0.0, removed: tuple[str, ...] = ()) -> bool:
        """Whether it is kept awake when these rows have changed and so much time has passed."""
        if rows or removed:
            self.awake.follow(update(*rows, removed=removed))
        self.now += seconds
        self.awake.look()
        await self.link.rest(None)
        return self.awake.is_held


@pytest.mark.usefixtures("qapp")
async def test_it_is_held_while_something_flows_and_let_go_at_once() -> None:
    desk = Desk()
    assert not await desk.after()
    assert await desk.after(FILM)
    assert await desk.after(replace(FILM, down_rate=5.0))
    assert not await desk.after(SHARED)
    assert await desk.after(FILM)
    assert not await desk.after(replace(FILM, state=TorrentState.STOPPED))
    assert await desk.after(FILM)
    assert not await desk.after(removed=(FILM.torrent_id,))
    assert desk.inhibitor.asked == 3


@pytest.mark.usefixtures("qapp")
async def test_a_download_that_nobody_sends_is_waited_for_ten_minutes() -> None:
    desk = Desk()
    waiting = replace(FILM, sending_peers=0)
    assert await desk.after(waiting)
    assert await desk.after(replace(waiting, peers=3), seconds=PATIENCE_SECONDS)
    assert not await desk.after(seconds=1)
    assert not await desk.after(replace(waiting, peers=4))
    assert await desk.after(FILM)
    assert await desk.after(waiting, seconds=PATIENCE_SECONDS)
    assert not await desk.after(seconds=1)


@pytest.mark.usefixtures("qapp")
async def test_the_system_is_told_what_keeps_it_awake() -> None:
    desk = Desk(settings=InterfaceSettings(keep_awake_sharing=True))
    assert await desk.after(FILM)
    assert desk.inhibitor.why == "Downloads are running"
    assert await desk.after(replace(SHARED, receiving_peers=1))
    assert (desk.inhibitor.why, desk.inhibitor.asked) == ("Peers are being served", 2)
    assert await desk.after(replace(SHARED, receiving_peers=2))
    assert desk.inhibitor.asked == 2
    assert await desk.after(FILM)
    assert desk.inhibitor.why == "Downloads are running"


@pytest.mark.usefixtures("qapp")
async def test_queued_ones_wait_in_a_sleeping_computer_and_checks_are_work() -> None:
    desk = Desk()
    assert not await desk.after(replace(FILM, state=TorrentState.QUEUED), row("e" * 40, state=TorrentState.ERROR))
    for state in (TorrentState.CHECKING, TorrentState.MOVING, TorrentState.ALLOCATING):
        assert await desk.after(replace(FILM, state=state, sending_peers=0))


@pytest.mark.usefixtures("qapp")
async def test_sharing_counts_where_the_person_wants_it() -> None:
    desk = Desk()
    served = replace(SHARED, receiving_peers=1)
    assert not await desk.after(served)
    desk.settings = InterfaceSettings(keep_awake_sharing=True)
    assert await desk.after(served)
    assert await desk.after(SHARED, seconds=PATIENCE_SECONDS)
    assert not await desk.after(seconds=1)
    desk.settings = InterfaceSettings(keep_awake=False)
    assert not await desk.after(FILM)


@pytest.mark.usefixtures("qapp")
async def test_a_system_that_refuses_is_asked_again_later() -> None:
    desk = Desk(FakeInhibitor(allows=False))
    assert not await desk.after(FILM)
    assert not await desk.after(replace(FILM, peers=1), seconds=TRY_AGAIN_SECONDS - 1)
    assert desk.inhibitor.asked == 1
    desk.inhibitor.allows = True
    assert await desk.after(seconds=2)
    desk.inhibitor.is_held = False
    assert await desk.after(replace(FILM, peers=2)), "the power manager was started anew"


def test_the_window_keeps_it_awake_and_lets_go_at_its_end(run: WindowRun) -> None:
    inhibitor = FakeInhibitor()
    run.surroundings = Surroundings(lambda background, answered: None, lambda background: inhibitor, NoLoginStart())

    async def story(application: Application) -> None:
        run.client.push(FILM)
        await until(lambda: inhibitor.is_held)
        await application.settings.change({"keep_awake": False})
        await until(lambda: not inhibitor.is_held)
        await application.settings.change({"keep_awake": True})
        await until(lambda: inhibitor.is_held)

    run.play(story)
    assert (inhibitor.is_held, inhibitor.closed) == (False, 1)


def test_a_person_sees_that_it_is_kept_awake_and_why(run: WindowRun) -> None:
    run.surroundings = Surroundings(
        lambda background, answered: None, lambda background: FakeInhibitor(), NoLoginStart()
    )
    run.settings = replace(run.settings, keep_awake_sharing=True)
    run.tray.is_there = True

    def shown(application: Application) -> tuple[str, str, str]:
        label = application.window.status._summary
        return label.accessibleName().rpartition(" \u00b7 ")[2], label.accessibleDescription(), run.tray.tooltip

    async def story(application: Application) -> None:
        run.client.push(FILM)
        await until(lambda: "while downloading" in run.tray.tooltip)
        words, reason, _ = shown(application)
        assert words == "keeps the computer awake"
        assert reason.startswith("Shoal keeps the computer awake until the downloads are done.")
        assert reason in application.window.status._summary.toolTip()
        names = application.window.profiles.bar.buttons.values()
        assert all(button.width() >= button.sizeHint().width() for button in names), "words that cut the profiles"
        run.client.push(replace(SHARED, receiving_peers=1))
        await until(lambda: run.tray.tooltip.endswith(". Keeps the computer awake while sharing"))
        assert "as long as peers are served" in shown(application)[1]
        # Also of a window that takes the place of another.
        application.set_language("de")
        await until(lambda: "hält den Computer wach" in shown(application)[0])
        application.set_language("en")
        run.client.push(replace(FILM, state=TorrentState.STOPPED))
        await until(lambda: "awake" not in run.tray.tooltip and shown(application)[0] == "1 transfer")
        assert application.window.status._summary.toolTip() == ""

    run.language = ""
    run.play(story)


async def test_a_mac_without_caffeinate_is_not_held() -> None:
    inhibitor = system_inhibitor(Background(), "darwin")
    assert not inhibitor.is_held
    await inhibitor.release()
    await inhibitor.close()
    assert not await system_inhibitor(Background(), "plan9").hold("")
