"""Torrent files and magnet links opened as people do it: each ends in the window that runs already, and as a file.

File managers, xdg-open and gio hand over the same file in different ways: as a path, relative or not, or as a URI.
"""

from __future__ import annotations

import asyncio
import json
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from tests.support.debian_clients import require_client
from tests.support.desktop_session import DesktopSession, write_script
from tests.support.live_trackers import LiveTracker
from tests.support.real_clients import LibtorrentClient, require_libtorrent
from tests.support.running_program import RunningProgram
from tests.support.shoal_process import SOURCE_ROOT, ShoalProcess
from tests.support.swarm_content import Content, single_file

from shoal.gui.desktop.associations import Kind, Who
from shoal.gui.desktop.desktop_entry import ENTRY_ID
from shoal.gui.desktop.linux_openers import LinuxOpeners
from shoal.gui.style.resources import resources_folder
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.locations import create_folders, profile
from shoal.settings.store import engine_store

pytestmark = [
    pytest.mark.timeout(120),
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a Linux desktop"),
]
PROGRAM = Path(__file__).parents[1] / "support" / "telling_window.py"
ADDING = ("--name", "^Add torrent$")
WINDOW = ("--name", "Shoal$")
MAGNET = "magnet:?xt=urn:btih:c12fe1c06bba254a9dc9f519b335aa7c1367a88a&dn=a%20b%2Fc"
Open = Callable[["Desk", Path], object]


class Desk:
    """A person's desktop on which Shoal opens torrents, a tracker, and torrents that libtorrent seeds."""

    def __init__(self, place: Path) -> None:
        for program in ("pcmanfm", "thunar", "gio", "xdg-open", "desktop-file-validate"):
            require_client(program)
        require_libtorrent()
        self.place = place
        self.seeds: list[LibtorrentClient] = []
        self.session = DesktopSession(place)
        self.tracker = ShoalProcess("tracker", "--port", "0", extra={"SHOAL_PROFILE": str(place / "tracker")})
        self.downloads = self.session.home / "Downloads"
        self.profile = place / "profile"
        places = profile(str(self.profile))
        create_folders(places)
        engine_store(places).save(EngineSettings(listen_hosts="127.0.0.1"))
        values = {"PYTHONPATH": str(SOURCE_ROOT), "SHOAL_PROFILE": str(self.profile)}
        self.script = self.session.home / "bin" / "shoal"
        write_script(self.script, (sys.executable, str(PROGRAM)), values)
        self.openers = self.openers_of(self.script)
        self.openers.claim(frozenset(Kind))

    def openers_of(self, script: Path) -> LinuxOpeners:
        """Associations of the Shoal that `script` starts."""
        icon = resources_folder() / "icons" / "shoal.svg"
        return LinuxOpeners((str(script),), icon, self.place / "openers.json", self.session.environment)

    def torrent(self, name: str) -> tuple[Path, Content]:
        """A torrent file in a folder of its own, its data seeded by libtorrent and known to the tracker."""
        content = single_file(300_007, name=f"{name}.bin")
        urls = self.tracker.line(lambda line: line.startswith("READY")).split()[1:]
        data = content.torrent(urls[0])
        source = self.place / "seeds" / name
        content.write_to(source)
        self.seeds.append(LibtorrentClient(data, source))
        asyncio.run(LiveTracker(urls[0], urls[1]).until(content.info_hash, seeds=1))
        path = self.session.home / f"files of {name}" / f"{name} 100% ä.torrent"
        path.parent.mkdir()
        path.write_bytes(data)
        return path, content

    def opened(self) -> list[str]:
        """What all windows of Shoal were asked to open so far."""
        said = [program.output_path for program in self.session.programs]
        lines = [line for path in said for line in path.read_text(errors="replace").splitlines()]
        return [source for line in lines if line.startswith('{"open"') for source in json.loads(line)["open"]]

    def close(self) -> None:
        self.session.close()
        for seed in self.seeds:
            seed.stop()
        self.tracker.__exit__(None, None, None)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    desk = Desk(tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


@pytest.fixture(scope="module")
def running(desk: Desk) -> RunningProgram:
    """Shoal with its window on the screen."""
    shoal = desk.session.start(str(desk.script))
    desk.session.window(*WINDOW)
    return shoal


def double_click(manager: str, x: int, y: int) -> Open:
    """Opens the folder in `manager` and clicks at `x`, `y` in its window, where the first file is."""

    def act(desk: Desk, path: Path) -> None:
        words = (manager, "--no-desktop") if manager == "pcmanfm" else (manager,)
        program = desk.session.start(*words, str(path.parent))
        window = desk.session.window("--onlyvisible", "--name", f"^{path.parent.name}")
        before = len(desk.opened())
        for _ in range(6):  # a click before the folder is listed meets nothing
            desk.session.double_click(window, x, y)
            try:
                # Long enough for a start on a busy machine: a second click would open it twice.
                desk.session.until(lambda: len(desk.opened()) > before, "something is opened", 8.0)
                break
            except AssertionError:
                continue
        program.stop()

    return act


WAYS: dict[str, Open] = {
    "pcmanfm": double_click("pcmanfm", 206, 98),
    "thunar": double_click("thunar", 216, 122),
    "gio": lambda desk, path: desk.session.tool("gio", "open", str(path)),
    "xdg-open": lambda desk, path: desk.session.tool("xdg-open", path.name, folder=path.parent),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_torrent_file_ends_in_the_running_window_and_as_the_file(
    desk: Desk, running: RunningProgram, way: str
) -> None:
    path, content = desk.torrent(way)
    session = desk.session
    while session.windows(*ADDING):  # of a test before that failed
        session.press("Escape")
    WAYS[way](desk, path)
    dialog = session.window(*ADDING)
    assert [source for source in desk.opened() if path.stem.split()[0] in source] in (
        [str(path)],
        [path.as_uri()],
    )
    session.until(lambda: session.active() == dialog, "the add window has the focus")
    session.press("Return")
    session.until(lambda: not content.differing(desk.downloads), "the file is there")
    session.until(lambda: not session.windows(*ADDING), "the add window is gone")
    assert len(session.windows(*WINDOW)) == 1
    assert not running.has_ended


@pytest.mark.parametrize("command", [("xdg-open",), ("gio", "open")], ids=["xdg-open", "gio"])
def test_a_magnet_link_ends_in_the_running_window_and_as_the_file(
    desk: Desk, running: RunningProgram, command: tuple[str, ...]
) -> None:
    _, content = desk.torrent(f"magnet by {command[0]}")
    tracker = desk.tracker.line(lambda line: line.startswith("READY")).split()[1]
    link = f"magnet:?xt=urn:btih:{content.info_hash.hex()}&dn=a%20b%2Fc&tr={quote(tracker, safe='')}"
    session = desk.session
    session.tool(*command, link)
    dialog = session.window(*ADDING)
    assert desk.opened().count(link) == 1, "the link arrives as it is"
    session.until(lambda: session.active() == dialog, "the add window has the focus")
    session.press("Return")
    session.until(lambda: not content.differing(desk.downloads), "the file is there")
    session.until(lambda: not session.windows(*ADDING), "the add window is gone")
    assert not running.has_ended


def test_a_window_that_hangs_is_told_on_the_screen(desk: Desk, running: RunningProgram) -> None:
    stopped = running.process
    stopped.send_signal(signal.SIGSTOP)
    try:
        second = desk.session.start(str(desk.script), "x.torrent")
        told = desk.session.window("--name", "^Nothing was opened")
        desk.session.until(lambda: desk.session.active() == told, "the message has the focus")
        desk.session.press("Escape")
        desk.session.until(lambda: second.has_ended, "it ends")
    finally:
        stopped.send_signal(signal.SIGCONT)
    assert second.process.returncode == 1
    assert not running.has_ended


def test_a_program_at_any_path_is_found(desk: Desk) -> None:
    script, heard = desk.session.home / "my apps (50% $new) `x`" / 'a "good" shoal', desk.session.home / "heard"
    write_script(script, ("/bin/sh", "-c", f'printf %s "$1" > "{heard}"', "sh"), {})
    desk.openers_of(script).claim(frozenset(Kind))
    desk.session.tool("gio", "open", MAGNET)
    desk.session.until(lambda: heard.exists() and heard.read_text(), "the program is started")
    assert heard.read_text() == MAGNET
    desk.openers.claim(frozenset(Kind))


def test_the_entry_is_valid_and_given_back_without_a_rest(desk: Desk) -> None:
    entry = desk.session.home / ".local/share/applications" / ENTRY_ID
    checked = desk.session.tool("desktop-file-validate", str(entry))
    assert (checked.returncode, checked.stdout + checked.stderr) == (0, "")
    status = desk.openers.status()
    assert (status.torrents.who, status.magnets.who) == (Who.SHOAL, Who.SHOAL)
    desk.openers.release()
    status = desk.openers.status()
    assert Who.SHOAL not in (status.torrents.who, status.magnets.who)
    assert not entry.exists()
