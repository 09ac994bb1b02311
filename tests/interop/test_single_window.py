"""Real starts of the program beside one another: one window for each profile, which gets what every start named."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from tests.support.running_program import RunningProgram
from tests.support.shoal_process import SOURCE_ROOT
from tests.support.used_profile import mark_used

pytestmark = [
    pytest.mark.timeout(90),
    pytest.mark.skipif(os.name == "nt", reason="signals and folders of POSIX"),
]
PROGRAM = Path(__file__).parents[1] / "support" / "telling_window.py"
SECONDS = 40.0


class Starts:
    """Starts of the program with one runtime folder."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self.running: list[RunningProgram] = []
        self.runtime = Path(tempfile.mkdtemp(prefix="shoal-"))  # a socket's path must be short

    def environment(self, profile: str = "profile") -> dict[str, str]:
        return {
            "PYTHONPATH": str(SOURCE_ROOT),
            "QT_QPA_PLATFORM": "offscreen",
            "SHOAL_PROFILE": str(self._place / profile),
            "XDG_RUNTIME_DIR": str(self.runtime),
        }

    def start(self, *words: str, folder: str = "", profile: str = "profile") -> RunningProgram:
        number = len(self.running)
        mark_used(self._place / profile)
        command = [sys.executable, str(PROGRAM), *words]
        place = self._place / (folder or f"folder{number}")
        program = RunningProgram(command, place, name=f"start{number}", environment=self.environment(profile))
        self.running.append(program)
        return program

    def second(self, *words: str) -> subprocess.CompletedProcess[str]:
        """`shoal` as it is, to its end."""
        command = [sys.executable, "-m", "shoal", *words]
        environment = {**os.environ, **self.environment()}
        return subprocess.run(
            command, cwd=self._place, env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def until(self, holds: Callable[[], bool]) -> None:
        end = time.monotonic() + SECONDS
        while not holds():
            assert time.monotonic() < end, "\n".join(program.story() for program in self.running)
            time.sleep(0.02)


@pytest.fixture
def starts(tmp_path: Path) -> Iterator[Starts]:
    starts = Starts(tmp_path)
    yield starts
    for program in starts.running:
        program.stop()
    shutil.rmtree(starts.runtime)


def opened(program: RunningProgram) -> list[str]:
    """What it was asked to open so far."""
    lines = program.output_path.read_text().splitlines()
    return [source for line in lines if line.startswith("{") for source in json.loads(line)["open"]]


def test_five_starts_at_once_are_one_window_with_all_their_sources(starts: Starts, tmp_path: Path) -> None:
    programs = [starts.start(f"{number}.torrent") for number in range(5)]
    starts.until(lambda: sum(program.has_ended for program in programs) == 4)
    (window,) = [program for program in programs if not program.has_ended]
    wanted = {str(tmp_path / f"folder{number}" / f"{number}.torrent") for number in range(5)}
    starts.until(lambda: set(opened(window)) == wanted)
    assert sorted(opened(window)) == sorted(wanted)
    assert [program.process.returncode for program in programs if program is not window] == [0, 0, 0, 0]
    window.stop()
    assert window.process.returncode == 0
    assert list((starts.runtime / "shoal").iterdir()) == []


def test_a_start_after_a_kill_opens_a_window_again(starts: Starts, tmp_path: Path) -> None:
    first = starts.start("a.torrent")
    starts.until(lambda: bool(opened(first)))
    first.kill()
    assert len(list((starts.runtime / "shoal").iterdir())) == 2
    second = starts.start("b.torrent")
    starts.until(lambda: bool(opened(second)))
    done = starts.second("c.torrent", "magnet:?xt=urn:btih:00&dn=a%20b", "file:///x/d%20e.torrent")
    assert (done.returncode, done.stderr) == (0, "")
    starts.until(lambda: len(opened(second)) == 4)
    assert opened(second)[1:] == [
        str(tmp_path / "c.torrent"),
        "magnet:?xt=urn:btih:00&dn=a%20b",
        "file:///x/d%20e.torrent",
    ]


def test_a_window_that_hangs_is_told_and_left_alone(starts: Starts) -> None:
    window = starts.start("a.torrent")
    starts.until(lambda: bool(opened(window)))
    window.process.send_signal(signal.SIGSTOP)
    try:
        done = starts.second("b.torrent")
    finally:
        window.process.send_signal(signal.SIGCONT)
    assert done.returncode == 1
    assert "running already but does not answer" in done.stderr
    assert not window.has_ended


def test_two_profiles_run_beside_one_another(starts: Starts) -> None:
    one, other = starts.start("a.torrent"), starts.start("b.torrent", profile="other")
    starts.until(lambda: bool(opened(one)) and bool(opened(other)))
    assert not one.has_ended
    assert not other.has_ended


def test_handing_over_loads_neither_qt_nor_the_engine(starts: Starts) -> None:
    window = starts.start("a.torrent")
    starts.until(lambda: bool(opened(window)))
    script = (
        "import sys; from shoal.launch.arguments import main; code = main(['b.torrent'])\n"
        "heavy = ('PySide6', 'shoal.engine', 'shoal.gui', 'aiohttp')\n"
        "loaded = [name for name in sys.modules if name.startswith(heavy)]\n"
        "print(code, loaded)"
    )
    environment = {**os.environ, **starts.environment()}
    done = subprocess.run(
        [sys.executable, "-c", script], env=environment, capture_output=True, text=True, timeout=SECONDS, check=False
    )
    assert done.stdout == "0 []\n", done.stderr
