"""What a busy line costs the thread of the window: `python -m tests.bench.window_load [CASE...]`.

The real desktop program, offscreen: its main window with 200 transfers in the table, the real engine, and one download
from 300 peers in a process of their own (`paced_swarm`). Measured over `SHOAL_BENCH_SECONDS` (12) after a warm-up: CPU
of the window's thread, of the engine's, and of all; and how late a 10 ms timer of the window's thread is. Each case is
a new process; medians of `SHOAL_BENCH_ROUNDS` (3) rounds are printed, and at last as JSON.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

from tests.bench import paced_swarm  # noqa: E402 (the path to it is set above)
from tests.bench.memory_folder import fast_folder  # noqa: E402

if TYPE_CHECKING:
    from shoal.api.client import Client
    from shoal.gui.window.main_window import MainWindow

ROUNDS = int(os.environ.get("SHOAL_BENCH_ROUNDS", "3"))
SECONDS = float(os.environ.get("SHOAL_BENCH_SECONDS", "12"))
ROWS, PEERS, MEBIBYTES = 200, 300, 600
WARM_SECONDS = 6.0
CONNECT_SECONDS = 60.0
PROBE_MILLISECONDS = 10
WIDTH, HEIGHT = 1400, 900
RUN_SECONDS = 300
MOST_POINTS = 3.0
"""Per cent of a core that a busy line may cost the window's thread more than nothing."""
Figures = dict[str, float]


@dataclass(frozen=True)
class Case:
    """`megabytes` a second of the line, None for a window without a download; the `pane` of details is seen or not."""

    host: str
    megabytes: float | None
    pane: bool = True
    still: bool = False


CASES = {
    "idle": Case("thread", None),
    "idle, no details": Case("thread", None, pane=False),
    "thread, 0 MB/s": Case("thread", 0),
    "thread, 3 MB/s": Case("thread", 3),
    "thread, 12 MB/s": Case("thread", 12),
    "thread, 12 MB/s, reduced motion": Case("thread", 12, still=True),
    "thread, 12 MB/s, no details": Case("thread", 12, pane=False),
    "in-loop, 3 MB/s": Case("in-loop", 3),
    "in-loop, 12 MB/s": Case("in-loop", 12),
}


class Probe:
    """Times of the threads, and the lag of a timer in the thread that makes it."""

    def __init__(self, window: MainWindow) -> None:
        from PySide6.QtCore import Qt, QTimer

        self.lags: list[float] = []
        self._timer = QTimer(window)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.setInterval(PROBE_MILLISECONDS)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_time)

    async def measure(self, seconds: float) -> Figures:
        """Per cent of a core, and milliseconds."""
        engine = next((thread.native_id for thread in threading.enumerate() if thread.name == "shoal-engine"), None)
        self._due = time.perf_counter()
        self._timer.start()
        before = self._times(engine)
        await asyncio.sleep(seconds)
        after = self._times(engine)
        self._timer.stop()
        wall, gui, host, everything = (new - old for new, old in zip(after, before, strict=True))
        lags = sorted(self.lags)
        return {
            "gui %": 100 * gui / wall,
            "engine %": 100 * host / wall,
            "all %": 100 * everything / wall,
            "lag p50 ms": lags[len(lags) // 2],
            "lag p99 ms": lags[len(lags) * 99 // 100],
            "lag max ms": lags[-1],
        }

    def _on_time(self) -> None:
        now = time.perf_counter()
        self.lags.append(1000 * (now - self._due) - PROBE_MILLISECONDS)
        self._due = now
        self._timer.start()

    @staticmethod
    def _times(engine: int | None) -> tuple[float, float, float, float]:
        return time.perf_counter(), time.thread_time(), _thread_seconds(engine), time.process_time()


def _thread_seconds(thread: int | None) -> float:
    """CPU seconds of a thread of this process, as Linux counts them; 0 where it does not."""
    path = Path(f"/proc/self/task/{thread}/stat")
    if thread is None or not path.exists():
        return 0.0
    fields = path.read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def run_case(case: Case, base: Path, ports: list[int]) -> int:
    """In the child: the program, its transfers, the measurement; prints the figures as JSON."""
    os.environ["QT_QPA_PLATFORM"] = "offscreen"
    from tests.support.torrent_samples import torrent_bytes

    from shoal.api.commands import AddPeers, AddTorrent
    from shoal.gui.widgets.shoal_view import ShoalView
    from shoal.launch import desktop
    from shoal.launch.engine_host import InLoopHost
    from shoal.settings.engine_settings import EngineSettings

    if case.host == "in-loop":
        desktop.HOST = InLoopHost

    async def live(window: MainWindow, client: Client) -> None:
        for number in range(ROWS - 1):
            small = torrent_bytes(f"Small {number}", {"a.bin": 20_000 + number})
            await client.execute(AddTorrent(small, str(base / "small"), start=False, check_existing=False))
        torrent = paced_swarm.metainfo(MEBIBYTES)
        start = case.megabytes is not None
        torrent_id = await client.execute(AddTorrent(torrent, str(base / "data"), start=start, check_existing=False))
        assert isinstance(torrent_id, str)
        while window.model.total < ROWS:
            await asyncio.sleep(0.1)
        # Whatever the screen: in a narrow window the overview leaves its shoal out.
        window.resize(WIDTH, HEIGHT)
        window.actions_of_window.details.setChecked(case.pane)
        window.actions_of_window.reduce_motion.setChecked(case.still)
        window.details.open_tab("overview")
        window.reveal(torrent_id)
        # As in front of a person: behind another window less is drawn.
        window.activateWindow()
        if start:
            await client.execute(AddPeers(torrent_id, tuple(("127.0.0.1", port) for port in ports)))
            end = time.perf_counter() + CONNECT_SECONDS
            while (row := window.model.row_of(torrent_id)) is None or row.peers < PEERS:
                if time.perf_counter() > end:
                    raise TimeoutError(f"only {row and row.peers} of {PEERS} peers are connected")
                await asyncio.sleep(0.1)
        await asyncio.sleep(WARM_SECONDS)
        before = window.model.row_of(torrent_id)
        assert any(shoal.isVisible() for shoal in window.findChildren(ShoalView)) is case.pane
        figures = await Probe(window).measure(SECONDS)
        after = window.model.row_of(torrent_id)
        assert before is not None
        assert after is not None
        figures["MB/s"] = (after.downloaded - before.downloaded) / SECONDS / 1e6
        print(json.dumps(figures), flush=True)

    settings = EngineSettings(listen_hosts="127.0.0.1", max_peers_per_torrent=PEERS)
    return desktop.run_desktop([], str(base / "profile"), on_ready=live, stay=False, settings=settings)


def measure(case: Case) -> Figures:
    """One case in processes of its own."""
    base = fast_folder()
    swarm, ports = paced_swarm.start(PEERS, round((case.megabytes or 0) * 1e6), MEBIBYTES)
    try:
        arguments = [json.dumps(asdict(case)), str(base), json.dumps(ports)]
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-m", "tests.bench.window_load", "--child", *arguments],
            stdout=subprocess.PIPE,
            stderr=None,
            text=True,
            cwd=ROOT,
            timeout=RUN_SECONDS,
            check=True,
        )
    finally:
        swarm.communicate(timeout=60)
        shutil.rmtree(base)
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def main(names: list[str] | None = None) -> None:
    chosen = names or list(CASES)
    runs: dict[str, list[Figures]] = {name: [] for name in chosen}
    for _ in range(ROUNDS):
        for name, figures in runs.items():
            figures.append(measure(CASES[name]))
    medians = {
        name: {key: round(statistics.median(run[key] for run in figures), 2) for key in figures[0]}
        for name, figures in runs.items()
    }
    print(f"window-load  ({ROWS} transfers, {PEERS} peers; must: 12 MB/s within {MOST_POINTS:g} points of idle)")
    for name, median in medians.items():
        print(f"  {name:32}" + "   ".join(f"{key} {value:6.1f}" for key, value in median.items()))
    print(json.dumps(medians))


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        told, place, ports_text = sys.argv[2:]
        sys.exit(run_case(Case(**json.loads(told)), Path(place), json.loads(ports_text)))
    main(sys.argv[1:])
