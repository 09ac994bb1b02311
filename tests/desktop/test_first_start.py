"""From the first start of Shoal to a whole file on a real desktop, by keys alone."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.support.desktop_session import DesktopSession
from tests.support.live_trackers import LiveTracker
from tests.support.real_clients import LibtorrentClient, require_libtorrent
from tests.support.shoal_process import SOURCE_ROOT, ShoalProcess
from tests.support.swarm_content import Content, single_file

from shoal.settings.locations import profile
from shoal.settings.store import interface_store

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="an X server of its own is known from Linux"),
    pytest.mark.timeout(180),
]

PROGRAM = SOURCE_ROOT.parent / "tests" / "support" / "first_window.py"
ASSISTANT = ("--onlyvisible", "--name", "^Configuration Assistant")
ADDING = ("--onlyvisible", "--name", "^Add torrent")


class FirstDay:
    """A person who has a torrent file and has just installed Shoal; its data is seeded by libtorrent."""

    def __init__(self, place: Path) -> None:
        require_libtorrent()
        self.place = place
        self.session = DesktopSession(place)
        self.tracker = ShoalProcess("tracker", "--port", "0", extra={"SHOAL_PROFILE": str(place / "tracker")})
        urls = self.tracker.line(lambda line: line.startswith("READY")).split()[1:]
        self.content: Content = single_file(300_007, name="first.bin")
        data = self.content.torrent(urls[0])
        source = place / "seed"
        self.content.write_to(source)
        self.seed = LibtorrentClient(data, source)
        asyncio.run(LiveTracker(urls[0], urls[1]).until(self.content.info_hash, seeds=1))
        self.torrent = place / "first.torrent"
        self.torrent.write_bytes(data)
        self.downloads = self.session.home / "Downloads"
        self.profile = place / "profile"

    def start(self) -> None:
        """Shoal, until its assistant has the keys."""
        words = (str(PROGRAM), str(self.profile), str(self.downloads), str(self.torrent))
        self.session.start(sys.executable, *words, extra={"PYTHONPATH": str(SOURCE_ROOT)})
        assistant = self.session.window(*ASSISTANT)
        self.session.until(lambda: self.session.active() == assistant, "the assistant has the focus")

    def add(self) -> None:
        """Answer the add window that comes after the assistant."""
        dialog = self.session.window(*ADDING)
        self.session.until(lambda: self.session.active() == dialog, "the add window has the focus")
        self.session.press("Return")

    def close(self) -> None:
        self.session.close()
        self.seed.stop()
        self.tracker.__exit__(None, None, None)


@pytest.fixture
def day(tmp_path: Path) -> Iterator[FirstDay]:
    day = FirstDay(tmp_path)
    yield day
    day.close()


def test_two_keys_from_the_first_start_to_the_file(day: FirstDay) -> None:
    day.start()
    day.session.press("Return")
    day.add()
    day.session.until(lambda: not day.content.differing(day.downloads), "the file is there")
    assert day.session.windows(*ASSISTANT) == []


def test_all_six_steps_by_keys_alone(day: FirstDay) -> None:
    chosen = day.session.home / "chosen"
    day.start()
    session = day.session
    session.press("Tab", "space")
    session.press("Right", "Return")
    session.press("Return")
    session.press("ctrl+a")
    session.tool("xdotool", "type", str(chosen))
    session.press("Return", "Tab", "space", "Return")
    session.press("Return")
    day.add()
    session.until(lambda: not day.content.differing(chosen), "the file is in the chosen folder")
    kept = interface_store(profile(str(day.profile)))
    session.until(lambda: kept.load().assistant_done, "the settings are kept")
    settings = kept.load()
    assert (settings.line_kind, settings.downloads_folder, settings.start_at_login) == ("dsl", str(chosen), True)
