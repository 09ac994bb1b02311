"""The whole window with 10,000 transfers: `python -m tests.bench.window_ten_thousand`.

Offscreen, the real window and its link; the engine is a client that tells 10,000 transfers and then, from a thread of
its own, what 500 of them have become, every second. A click, key or frame is told in CPU time of the window's thread,
painting included; the first rows, the start and the longest time for which the window stood still by the clock. Then
the real program is started over a profile with 10,000 stopped torrents, and over an empty one beside it.
"""

from __future__ import annotations

import asyncio
import itertools
import json
import os
import random
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

from tests.bench import start_to_window, table  # noqa: E402 (the path to it is set above)

BEATS = 10
WARM_SECONDS = 2.0
START_ROUNDS = 5
NOTED_STALL_SECONDS = 0.02
WIDTH, HEIGHT = 1400, 900
BUDGETS = {
    "first rows ms": 1000.0,
    "sort ms": 50.0,
    "search key ms": 50.0,
    "sidebar click ms": 50.0,
    "sidebar counts ms": 10.0,
    "scroll frame ms": 33.0,
    "work ms/s, CPU": 60.0,
    "stall ms": 100.0,
    "start to window s": 1.5,
}


def timed(work: Callable[[], object]) -> float:
    """Milliseconds of this thread's CPU."""
    started = time.thread_time()
    work()
    return 1000 * (time.thread_time() - started)


class WindowBench:
    """The window over rows that are made up."""

    def __init__(self) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from tests.support.fake_client import FakeClient

        from shoal.gui.application import make_application

        self.app = make_application(sys.argv[:1])
        self.chance = random.Random(1)
        rows = [table.made_row(self.chance, number) for number in range(table.ROWS)]
        self.keys = [row.torrent_id for row in rows]
        self.client = FakeClient(rows={row.torrent_id: row for row in rows})
        # Made beforehand: making them up costs the interpreter more than the engine does.
        self.batches = [
            [table.changed_row(self.chance, row) for row in self.chance.sample(rows, table.CHANGES)]
            for _ in range(BEATS)
        ]
        self.figures: dict[str, list[float]] = {}
        self.facts: dict[str, float] = {}

    def run(self) -> None:
        from shoal.gui.application import Application, Desk
        from shoal.gui.desktop.associations import ByHand
        from shoal.gui.desktop.power import SystemPower
        from shoal.gui.desktop.tray_host import NoTray
        from shoal.gui.style.resources import resources_folder
        from shoal.launch.long_lived import LongLived
        from shoal.launch.qt_loop import run_on_qt
        from shoal.runtime.folder_facts import look_at_folder
        from shoal.settings.interface_settings import InterfaceSettings

        async def no_fetch(address: str, most_bytes: int) -> bytes:
            raise AssertionError(address)

        async def live() -> int:
            desk = Desk(
                resources_folder(),
                InterfaceSettings(),
                lambda settings: None,
                look_at_folder,
                no_fetch,
                "/downloads",
                lambda path: None,
                ByHand(),
                NoTray,
                SystemPower(),
            )
            application = Application(self.app, desk)
            application.window.resize(WIDTH, HEIGHT)
            stop = asyncio.Event()

            async def opened() -> object:
                self.opened_at = time.perf_counter()
                return self.client

            async def ready(window: object, client: object) -> None:
                try:
                    await self._measure(application)
                finally:
                    stop.set()

            with LongLived():
                return await application.run(opened, stop=stop, on_ready=ready)  # type: ignore[arg-type]

        run_on_qt(self.app, live())

    async def _measure(self, application: object) -> None:
        from shoal.gui.application import Application
        from shoal.gui.link.stall_watch import StallWatch

        assert isinstance(application, Application)
        window = self.window = application.window
        watch = StallWatch(window, least_seconds=NOTED_STALL_SECONDS)
        watch.start()
        while not window.model.total:
            await asyncio.sleep(0.001)
        window.list.viewport().repaint()
        self.facts["first rows ms"] = 1000 * (time.perf_counter() - self.opened_at)
        while window.model.total < table.ROWS:
            await asyncio.sleep(0.005)
        self.facts["all rows ms"] = 1000 * (time.perf_counter() - self.opened_at)
        window.list.select_ids([self.keys[0]])
        await asyncio.sleep(WARM_SECONDS)
        await self._steady()
        self.stalls = watch.stalls
        self.facts["stall ms"] = 1000 * max((stall.seconds for stall in self.stalls), default=0.0)
        for name, act in (
            ("sort ms", self._sorts),
            ("search key ms", self._searches),
            ("sidebar click ms", self._clicks),
            ("scroll frame ms", self._frames),
        ):
            self.figures[name] = []
            for work in act():
                self.figures[name].append(timed(lambda do=work: (do(), self._paint())))  # type: ignore[misc]
                # As a person does: between two acts the window lives.
                await asyncio.sleep(0.02)
        self.figures["sidebar counts ms"] = [timed(window.show_counts) for _ in range(table.ROUNDS)]
        watch.stop()

    async def _steady(self) -> None:
        """Seconds in which 500 transfers change, told from another thread."""
        is_over = threading.Event()

        def tell() -> None:
            for batch in itertools.cycle(self.batches):
                if is_over.wait(1.0):
                    return
                self.client.push(*batch)

        teller = threading.Thread(target=tell, name="made-up engine")
        teller.start()
        try:
            await asyncio.sleep(WARM_SECONDS)
            clock, cpu, everything = time.perf_counter(), time.thread_time(), time.process_time()
            await asyncio.sleep(BEATS)
            seconds = time.perf_counter() - clock
            self.facts["work ms/s, CPU"] = 1000 * (time.thread_time() - cpu) / seconds
            self.facts["all threads %, CPU"] = 100 * (time.process_time() - everything) / seconds
        finally:
            is_over.set()
            teller.join()

    def _paint(self) -> None:
        """What changed is on the screen."""
        self.window.list.viewport().repaint()

    def _sorts(self) -> list[Callable[[], object]]:
        from shoal.gui.models.torrent_columns import Column

        columns = list(Column)
        return [lambda chosen=column: self.window.model.cycle_sort(chosen) for column in columns for _ in range(2)]  # type: ignore[misc]

    def _searches(self) -> list[Callable[[], object]]:
        texts = ["a", "at", "atl", "atlas", "atlas 7", "atlas", "", "film", "film 99", ""]
        return [lambda chosen=text: self.window.find_field.setText(chosen) for text in texts]  # type: ignore[misc]

    def _clicks(self) -> list[Callable[[], object]]:
        from shoal.gui.models.torrent_filter import Section, TransferFilter

        sections = (Section.DOWNLOADING, Section.SHARING, Section.STOPPED, Section.COMPLETE, Section.ALL)
        filters = [TransferFilter(frozenset({section})) for section in sections]
        return [lambda chosen=wanted: self.window.pages.set_filter(chosen) for wanted in filters]  # type: ignore[misc]

    def _frames(self) -> list[Callable[[], object]]:
        bar = self.window.list.verticalScrollBar()
        return [lambda: bar.setValue(bar.value() + self.window.list.viewport().height())] * 40


def fill_profile(profile: str) -> None:
    """Keep 10,000 stopped torrents in it, by the engine itself."""
    from tests.support.torrent_samples import torrent_bytes

    from shoal.api.commands import AddTorrent
    from shoal.launch.real_engine import real_engine
    from shoal.runtime.event_loop import run
    from shoal.settings.engine_settings import EngineSettings
    from shoal.settings.locations import create_folders
    from shoal.settings.locations import profile as places_of

    places = places_of(profile)
    create_folders(places)

    async def fill() -> None:
        async with real_engine(EngineSettings(listen_hosts="127.0.0.1"), str(places.resume_database)) as client:
            for number in range(table.ROWS):
                torrent = torrent_bytes(f"Kept {number}", {"a.bin": 20_000 + number})
                await client.execute(AddTorrent(torrent, f"{profile}/data", start=False, check_existing=False))

    run(fill())


def starts() -> tuple[list[float], list[float]]:
    """Seconds from the start of the process to its painted window: with 10,000 torrents in the profile, and with none.

    In turn, so that both see the same machine.
    """
    full: list[float] = []
    empty: list[float] = []
    with tempfile.TemporaryDirectory() as profile:
        fill_profile(profile)
        start_to_window.start_to_window(profile)
        for _ in range(START_ROUNDS):
            full.append(start_to_window.start_to_window(profile))
            empty.append(start_to_window.start_to_window())
    return full, empty


def main() -> None:
    bench = WindowBench()
    bench.run()
    figures = {name: [value] for name, value in bench.facts.items()} | bench.figures
    figures["start to window s"], figures["start, empty s"] = starts()
    print(f"window-10000  ({table.ROWS:,} transfers, {table.CHANGES} changes a second)")
    for name, values in figures.items():
        must = f"   must: <= {BUDGETS[name]:g}" if name in BUDGETS else ""
        print(f"  {name:20} median {statistics.median(values):8.2f}   worst {max(values):8.2f}{must}")
    for stall in sorted(bench.stalls, key=lambda stall: -stall.seconds)[:3]:
        if stall.seconds >= BUDGETS["stall ms"] / 1000:
            print(f"  stood still for {1000 * stall.seconds:.0f} ms:\n{stall.stack}")
    print(json.dumps({name: round(statistics.median(values), 2) for name, values in figures.items()}))


if __name__ == "__main__":
    main()
