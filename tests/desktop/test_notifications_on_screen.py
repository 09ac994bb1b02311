"""Notifications that a real service shows, and what its buttons do."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.support.debian_clients import require_client
from tests.support.desktop_session import DesktopSession
from tests.support.running_program import RunningProgram
from tests.support.shoal_process import SOURCE_ROOT

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Linux desktop"),
]
SUPPORT = Path(__file__).parents[1] / "support"
DUNST = "org.freedesktop.Notifications", "/org/freedesktop/Notifications", "org.dunstproject.cmd0"
BUS = "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus"
# A menu in which the first entry that names $CHOICE is chosen.
MENU = """#!/bin/sh
grep -m 1 "$(cat {choice})"
"""


class Desk:
    """A desktop with dunst, and Shoal's window on it, minimised."""

    def __init__(self, place: Path) -> None:
        require_client("dunst")
        require_client("gio")  # its package has gdbus, too
        self.session = DesktopSession(place)
        self.choice = place / "choice"
        menu = place / "menu"
        menu.write_text(MENU.format(choice=self.choice))
        menu.chmod(0o755)
        self.settings = place / "dunstrc"
        self.settings.write_text(f"[global]\nmarkup = full\ndmenu = {menu}\n")
        self.dunst = self.start_dunst()
        repository = SUPPORT.parents[1]
        extra = {"PYTHONPATH": f"{SOURCE_ROOT}:{repository}:{repository / 'packaging'}"}
        self.window = RunningProgram(
            [sys.executable, "-m", "tests.support.noticing_window"],
            self.session.home,
            name="window",
            environment={**self.session.environment, **extra},
            is_talking=True,
        )
        self.session.programs.append(self.window)
        assert json.loads(self.window.hear()) == {"done": "start"}

    def start_dunst(self) -> RunningProgram:
        program = self.session.start("dunst", "-config", str(self.settings))
        # Asked of the bus: a call of the service would start another one.
        self.session.until(lambda: "true" in self.call(*BUS, "NameHasOwner", DUNST[0]), "dunst is there")
        return program

    def call(self, name: str, path: str, interface: str, member: str, *arguments: str) -> str:
        """What somebody on the bus answers."""
        method = ("--dest", name, "--object-path", path, "--method", f"{interface}.{member}")
        return self.session.tool("gdbus", "call", "--session", *method, *arguments).stdout

    def dunstctl(self, *words: str) -> str:
        return self.session.tool("dunstctl", *words).stdout

    def do(self, line: str) -> dict[str, Any]:
        """What the window answers."""
        self.window.say(line)
        said: dict[str, Any] = {}
        while "done" not in said:
            said |= json.loads(self.window.hear())
        return said

    def look(self) -> dict[str, Any]:
        return self.do("look")

    def displayed(self) -> int:
        found = re.search(r"\d+", self.dunstctl("count", "displayed"))
        return int(found.group()) if found else 0

    def history(self) -> str:
        """Everything that was shown and is gone, the newest first."""
        self.dunstctl("close-all")
        return self.call(*DUNST, "NotificationListHistory")


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    desk = Desk(tmp_path)
    try:
        yield desk
    finally:
        desk.session.close()


def test_notifications_are_seen_answered_and_grouped(desk: Desk) -> None:
    desk.do("load 12")
    desk.do("hide")
    until = desk.session.until
    until(lambda: not desk.look()["is_seen"], "the window is away")

    # A name from a torrent is shown as it is, and is no markup.
    desk.do("finish 0")
    until(lambda: desk.displayed() == 1, "one notification")
    assert "'Download finished'" in (history := desk.history()), history
    assert "&lt;b&gt;film&lt;/b&gt; &amp; 0" in history

    # A button of it.
    desk.choice.write_text("Open folder")
    desk.do("finish 1")
    until(lambda: desk.displayed() == 1, "one notification")
    desk.dunstctl("context")
    assert json.loads(desk.window.hear()) == {"opened": "/downloads/1"}
    assert not desk.look()["is_seen"]
    desk.dunstctl("close-all")

    # The notification service is replaced.
    desk.dunst.stop()
    desk.dunst = desk.start_dunst()

    # Trouble: a click opens the reasons.
    desk.do("stick 2")
    until(lambda: desk.displayed() == 1, "one notification")
    desk.dunstctl("action")
    until(lambda: desk.look()["is_explained"], "the reasons are seen")
    assert desk.look()["selected"] == [f"{2:040x}"]
    assert "'A transfer needs you'" in desk.history()

    # In front, the window tells itself.
    until(lambda: desk.look()["is_in_front"], "the window is in front")
    desk.do("finish 3")
    until(lambda: desk.look()["toast"] == "Download finished: <b>film</b> & 3", "a toast")
    assert desk.displayed() == 0

    # Many at once are one.
    desk.do("hide")
    until(lambda: not desk.look()["is_seen"], "the window is away")
    desk.do("finish 4 5 6 7 8")
    until(lambda: desk.displayed() == 1, "one notification")
    assert re.search(r"'\d downloads finished'", history := desk.history()), history
    desk.do("quit")
    assert desk.window.process.wait(10) == 0
