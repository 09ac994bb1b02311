"""What is opened for the first time: `python -m tests.bench.first_openings [NAME]`.

The whole window over a fake client with 200 transfers, offscreen. Each thing is opened once, as a person opens it
first; told is the longest turn of the window's thread in CPU time: the opening itself, and every turn of the loop after
it until all is there. With a NAME only that one is opened, and profiled.
"""

from __future__ import annotations

import asyncio
import cProfile
import json
import os
import pstats
import random
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

from tests.bench import table  # noqa: E402 (the path to it is set above)

if TYPE_CHECKING:
    from shoal.gui.application import Application

MOST_MILLISECONDS = 60.0
ROWS = 200
WARM_SECONDS = 3.0
SETTLE_SECONDS = 1.5
MOST_LINES = 45
Opening = Callable[[], object]


class FirstOpenings:
    """`turns` are milliseconds by what was opened."""

    def __init__(self, only: str | None) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        self.turns: dict[str, float] = {}
        self._only = only
        self._folder = tempfile.TemporaryDirectory()

    def run(self) -> None:
        from tests.gui.conftest import WindowRun
        from tests.support.fake_client import FakeClient

        from shoal.gui.application import make_application

        chance = random.Random(1)
        rows = [table.made_row(chance, number) for number in range(ROWS)]
        client = FakeClient(rows={row.torrent_id: row for row in rows})
        run = WindowRun(make_application(sys.argv[:1]), client)
        from tests.gui import conftest

        conftest.GIVE_UP_SECONDS = 600.0
        with self._folder:
            run.play(self._story)

    def _openings(self, application: Application) -> dict[str, Opening]:
        from PySide6.QtWidgets import QMenu
        from tests.support.torrent_samples import torrent_bytes

        window = application.window
        torrent = Path(self._folder.name) / "a.torrent"
        torrent.write_bytes(torrent_bytes("Some files", {f"{number}.bin": 20_000 + number for number in range(20)}))
        ids = [window.model.id_at(position) for position in range(3)]
        loading = next(row.torrent_id for row in window.model.rows() if row.down_rate)

        def open_tab(name: str) -> Opening:
            return lambda: window.details.open_tab(name)

        def show_menu() -> None:
            menu: QMenu = window.menus.context_menu(window)
            menu.popup(window.mapToGlobal(window.rect().center()))

        return {
            "first selection": lambda: window.list.select_ids([loading]),
            **{f"tab {name}": open_tab(name) for name in ("files", "peers", "swarm", "pieces", "trackers")},
            **{f"tab {name}": open_tab(name) for name in ("speed", "info", "overview")},
            "context menu": show_menu,
            "why panel": lambda: window.explainer.explain(ids[0]),
            "profile sliders": window.profiles.open_mine,
            "add window": lambda: window.open_sources([str(torrent)]),
            "about": window.help.show_about,
            "keyboard map": window.help.show_keys,
            "configuration": window.configuring.open,
            "assistant": application.assisting.open,
        }

    async def _story(self, application: Application) -> None:
        from PySide6.QtWidgets import QApplication

        await asyncio.sleep(WARM_SECONDS)
        openings = self._openings(application)
        for name, opening in openings.items():
            if self._only in (None, name):
                self.turns[name] = await self._longest_turn(opening)
                for widget in QApplication.topLevelWidgets():
                    if widget is not application.window and widget.isVisible():
                        widget.close()
                await asyncio.sleep(0.2)

    async def _longest_turn(self, opening: Opening) -> float:
        profile = cProfile.Profile(time.thread_time) if self._only else None
        longest = 0.0
        if profile is not None:
            profile.enable()
        end = time.perf_counter() + SETTLE_SECONDS
        started = time.thread_time()
        opening()
        while True:
            now = time.thread_time()
            longest, started = max(longest, now - started), now
            if time.perf_counter() > end:
                break
            # One turn of the loop with Qt's events, painting among them.
            await asyncio.sleep(0)
        if profile is not None:
            profile.disable()
            pstats.Stats(profile).sort_stats("cumtime").print_stats(MOST_LINES)
        return 1000 * longest


def main() -> None:
    bench = FirstOpenings(sys.argv[1] if __name__ == "__main__" and len(sys.argv) > 1 else None)
    bench.run()
    print(f"first openings  (must: a turn <= {MOST_MILLISECONDS:g} ms of CPU)")
    for name, milliseconds in bench.turns.items():
        print(f"  {name:17} {milliseconds:6.1f}")
    print(json.dumps({name: round(milliseconds, 1) for name, milliseconds in bench.turns.items()}))


if __name__ == "__main__":
    main()
