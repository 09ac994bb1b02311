"""The tray of a real panel, used by hand: its menu pauses the engine, its click hides the window, and it may go."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.debian_clients import require_client
from tests.support.desktop_session import DesktopSession
from tests.support.running_program import RunningProgram
from tests.support.shoal_process import SOURCE_ROOT

from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.locations import create_folders, profile
from shoal.settings.store import engine_store, interface_store

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Linux desktop"),
]
PROGRAM = Path(__file__).parents[1] / "support" / "tray_window.py"
WINDOW = ("--name", "Shoal$")
PANEL = ("--class", "trayer")


class Desk:
    """A desktop with a panel, and Shoal, which goes on in the tray when its window is closed."""

    def __init__(self, place: Path) -> None:
        require_client("trayer")
        self.session = DesktopSession(place)
        folder = place / "profile"
        self.places = places = profile(str(folder))
        create_folders(places)
        engine_store(places).save(EngineSettings(listen_hosts="127.0.0.1"))
        interface_store(places).save(InterfaceSettings(assistant_done=True, close_to_tray=True, theme="light"))
        self.extra = {"PYTHONPATH": str(SOURCE_ROOT), "SHOAL_PROFILE": str(folder)}
        self.panel = self.start_panel()

    def start_panel(self) -> RunningProgram:
        """As wide as the icons that it holds."""
        options = ("--edge", "bottom", "--align", "right", "--widthtype", "request", "--height", "30")
        return self.session.start("trayer", *options)

    def start(self, *options: str) -> RunningProgram:
        self.shoal = self.session.start(sys.executable, str(PROGRAM), *options, extra=self.extra)
        self.session.until(self.icon, "the icon is in the panel")
        return self.shoal

    def said(self, name: str) -> list[Any]:
        """Every value that Shoal has told under this name."""
        lines = self.shoal.output_path.read_text(errors="replace").splitlines()
        heard = [json.loads(line) for line in lines if line.startswith("{")]
        return [values[name] for values in heard if name in values]

    def icon(self) -> tuple[int, int] | None:
        """The middle of the icon: the panel holds nothing else."""
        for panel in self.session.windows(*PANEL):
            shown = self.session.tool("xdotool", "getwindowgeometry", "--shell", panel).stdout.split()
            place = {key: int(value) for key, _, value in (word.partition("=") for word in shown)}
            if place.get("WIDTH", 0) > 8:
                return place["X"] + place["WIDTH"] // 2, place["Y"] + place["HEIGHT"] // 2
        return None

    def click(self, at: tuple[int, int], button: int = 1) -> None:
        self.session.tool("xdotool", "mousemove", str(at[0]), str(at[1]))
        self.session.tool("xdotool", "click", str(button))

    def click_icon(self, button: int = 1) -> None:
        at = self.icon()
        assert at is not None
        self.click(at, button)

    def choose(self, *names: str) -> None:
        """Open the menu of the icon and click the way to an entry."""
        opened = len(self.said("menu"))
        self.click_icon(3)
        for name in names:
            menus = self._menus_after(opened)
            opened += len(menus)
            self.click(tuple(menus[-1][name]))

    def _menus_after(self, opened: int) -> list[Any]:
        return self.session.until(lambda: self.said("menu")[opened:], "a menu opens")

    @property
    def is_seen(self) -> bool:
        return bool(self.session.windows(*WINDOW))


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("tray"))
    yield desk
    desk.session.close()


def test_everything_is_paused_in_the_menu_of_the_tray(desk: Desk) -> None:
    desk.start()
    desk.session.window(*WINDOW)
    desk.choose("Pause everything", "Until I resume")
    desk.session.until(lambda: desk.said("paused_until") == [-1.0], "the engine is paused")
    desk.session.until(lambda: engine_store(desk.places).load().paused_until == -1.0, "it would outlast the program")
    desk.choose("Resume")
    desk.session.until(lambda: desk.said("paused_until") == [-1.0, 0.0], "the engine goes on")
    assert {"Everything is paused", "Resume"} <= desk.said("menu")[-1].keys(), "the menu said so meanwhile"


def test_a_click_hides_the_window_and_shows_it_where_it_was(desk: Desk) -> None:
    session = desk.session
    window = session.window(*WINDOW)
    session.tool("xdotool", "windowactivate", "--sync", window)
    session.tool("xdotool", "windowmove", "--sync", window, "70", "60")
    before = session.tool("xdotool", "getwindowgeometry", window).stdout
    desk.click_icon()
    session.until(lambda: not desk.is_seen, "the window is hidden")
    desk.click_icon()
    session.until(lambda: desk.is_seen, "the window is back")
    session.until(lambda: session.tool("xdotool", "getwindowgeometry", window).stdout == before, "it is where it was")
    assert session.windows(*WINDOW) == [window], "the same one, and no other"


def test_closing_hides_and_the_window_comes_back_when_the_panel_ends(desk: Desk) -> None:
    session = desk.session
    session.tool("xdotool", "windowactivate", "--sync", session.window(*WINDOW))
    session.press("ctrl+w")
    session.until(lambda: not desk.is_seen, "the window is hidden")
    assert not desk.shoal.has_ended
    desk.panel.stop()
    session.until(lambda: desk.is_seen, "the window is back")
    desk.panel = desk.start_panel()
    session.until(desk.icon, "the icon is in the new panel")


def test_quitting_in_the_tray_ends_the_program(desk: Desk) -> None:
    desk.choose("Quit Shoal")
    desk.session.until(lambda: desk.shoal.has_ended, "it has ended")
    assert desk.shoal.process.returncode == 0


def test_it_starts_hidden_and_a_click_shows_it(desk: Desk) -> None:
    desk.start("--hidden")
    assert not desk.is_seen
    desk.click_icon()
    desk.session.until(lambda: desk.is_seen, "the window is there")
