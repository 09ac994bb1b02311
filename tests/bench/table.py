"""What 10,000 transfers cost the thread of the window: `python -m tests.bench.table`.

Offscreen, the real table at its usual size. Each figure is the CPU time of the window's thread, painting included:
one part of the first update, one sort by a click, one key in the search field, one click in the sidebar, a second in
which 500 transfers change, one frame of scrolling. The last line is the medians as JSON.
"""

from __future__ import annotations

import json
import os
import random
import statistics
import sys
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT / "app"), str(ROOT)]

if TYPE_CHECKING:
    from shoal.api.snapshots import TorrentRow

ROWS, CHANGES, ROUNDS = 10_000, 500, 15
WIDTH, HEIGHT = 1230, 620
BUDGETS = {
    "fill ms": 100.0,
    "sort ms": 50.0,
    "filter ms": 50.0,
    "section ms": 50.0,
    "update ms": 60.0,
    "update sorted ms": 60.0,
    "frame ms": 33.0,
}
WORDS = ["archive", "concert", "lecture", "atlas", "film", "notes", "survey", "album", "radio", "maps"]


def measured(work: Callable[[], object], rounds: int = ROUNDS) -> list[float]:
    """Milliseconds of this thread's CPU for each round."""
    figures: list[float] = []
    for _ in range(rounds):
        started = time.thread_time()
        work()
        figures.append(1000 * (time.thread_time() - started))
    return figures


def made_row(chance: random.Random, number: int) -> TorrentRow:
    """A transfer as it could be; `number` from 0."""
    from tests.support.fake_client import row

    from shoal.api.snapshots import TorrentState

    state = chance.choice((TorrentState.DOWNLOADING, TorrentState.SEEDING, TorrentState.STOPPED, TorrentState.QUEUED))
    is_loading = state is TorrentState.DOWNLOADING
    size = chance.randrange(10**6, 10**11)
    peers = chance.randrange(1, 60) if is_loading else 0
    return row(
        f"{number:040x}",
        name=f"{chance.choice(WORDS)} {chance.choice(WORDS)} {number}",
        state=state,
        queue_position=number + 1,
        size=size,
        wanted=size,
        wanted_done=size if state is TorrentState.SEEDING else int(size * chance.random()),
        down_rate=chance.uniform(1e4, 1e7) if is_loading else 0.0,
        eta=chance.uniform(10, 1e6) if is_loading else None,
        peers=peers,
        seeds=peers // 3,
        sending_peers=peers // 4,
        availability=chance.uniform(0.5, 12) if peers else 0.0,
        swarm_seeds=chance.choice((None, 0, 3, 50)),
        piece_strip=bytes(chance.choice((0, 1, 2, 3)) for _ in range(128)),
        label=chance.choice(("", "Linux", "Field work")),
        trackers=((f"tracker{number % 30}.example", "working"),),
        added_at=1.7e9 + number,
        largest_file_name=chance.choice(("a.iso", "b.mkv", "c.flac", "d.pdf")),
    )


def changed_row(chance: random.Random, old: TorrentRow) -> TorrentRow:
    """The same a second later."""
    return replace(
        old,
        down_rate=old.down_rate and old.down_rate * chance.uniform(0.8, 1.25),
        up_rate=chance.choice((0.0, 1e5)),
        wanted_done=min(old.wanted, old.wanted_done + 100_000),
        eta=None if old.eta is None else max(0.0, old.eta - 1),
        piece_strip=bytes(chance.choice((1, 3)) for _ in range(128)),
    )


class TableBench:
    """The table over rows that this bench makes and changes."""

    def __init__(self) -> None:
        os.environ["QT_QPA_PLATFORM"] = "offscreen"
        from PySide6.QtWidgets import QApplication
        from tests.support.fake_client import update

        from shoal.gui.link.client_link import MOST_ROWS
        from shoal.gui.link.memory import Memory
        from shoal.gui.models.torrent_table import TorrentTableModel
        from shoal.gui.style.resources import resources_folder
        from shoal.gui.style.theme import Theme, ThemeChoice
        from shoal.gui.window.torrent_list import TorrentList
        from shoal.settings.interface_settings import InterfaceSettings

        self.app = QApplication([])
        self.chance = random.Random(1)
        self.now = 0.0
        self.update = update
        self.rows = [made_row(self.chance, number) for number in range(ROWS)]
        self.model = TorrentTableModel(lambda: self.now)
        theme = Theme(self.app, resources_folder(), ThemeChoice.LIGHT)
        self.view = TorrentList(theme, self.model, Memory(InterfaceSettings(), lambda settings: None))
        self.view.resize(WIDTH, HEIGHT)
        self.view.show()
        self.filling = [
            measured(lambda part=self.rows[at : at + MOST_ROWS]: (self.model.apply(update(*part)), self.paint()), 1)[0]  # type: ignore[misc]
            for at in range(0, ROWS, MOST_ROWS)
        ]

    def paint(self) -> None:
        self.app.processEvents()

    def sort(self) -> list[float]:
        """A click on each header in turn, and the new picture."""
        from shoal.gui.models.torrent_columns import Column

        columns = list(Column)
        figures: list[float] = []
        for column in columns:
            figures += measured(lambda chosen=column: (self.model.cycle_sort(chosen), self.paint()), 2)  # type: ignore[misc]
        self.model.cycle_sort(columns[-1])
        self.paint()
        return figures

    def filter(self) -> list[float]:
        """Keys of a search, one after another, and back."""
        texts = ["a", "at", "atl", "atlas", "atlas 7", "atlas", "", "film", "film 99", ""]
        figures: list[float] = []
        for text in texts:
            figures += measured(lambda chosen=text: (self.model.set_needle(chosen), self.paint()), 1)  # type: ignore[misc]
        return figures

    def section(self) -> list[float]:
        """Clicks in the sidebar."""
        from shoal.gui.models.torrent_filter import Section, TransferFilter

        figures: list[float] = []
        for section in (Section.DOWNLOADING, Section.SHARING, Section.STOPPED, Section.COMPLETE, Section.ALL):
            chosen = TransferFilter(frozenset({section}))
            figures += measured(lambda wanted=chosen: (self.model.set_filter(wanted), self.paint()), 1)  # type: ignore[misc]
        return figures

    def change(self) -> list[float]:
        """A second's batch: rates and progress of 500 transfers, those that are seen among them."""
        return [self._second() for _ in range(ROUNDS)]

    def change_sorted(self) -> list[float]:
        """The same while the table is sorted by what changes, and a filter is on."""
        from shoal.gui.models.torrent_columns import Column
        from shoal.gui.models.torrent_filter import Section, TransferFilter
        from shoal.gui.models.torrent_order import SortDirection

        self.model.set_sort(Column.DOWN, SortDirection.BEST_FIRST)
        self.model.set_filter(TransferFilter(frozenset({Section.DOWNLOADING, Section.SHARING, Section.WAITING})))
        self.paint()
        figures = [self._second() for _ in range(ROUNDS)]
        self.model.set_filter(TransferFilter())
        self.model.set_sort(Column.QUEUE, SortDirection.BEST_FIRST)
        self.paint()
        return figures

    def frame(self) -> list[float]:
        """A page further."""
        bar = self.view.verticalScrollBar()
        return measured(lambda: (bar.setValue(bar.value() + HEIGHT), self.paint()), 40)

    def _second(self) -> float:
        """Milliseconds of taking one batch in and painting it."""
        self.now += 1.0
        first, last = self.view.visible_positions()
        seen = {int(self.model.id_at(position), 16) for position in range(first, last + 1)}
        chosen = list(seen) + self.chance.sample(range(ROWS), CHANGES - len(seen))
        for number in chosen:
            self.rows[number] = changed_row(self.chance, self.rows[number])
        batch = self.update(*(self.rows[number] for number in chosen))
        return measured(lambda: (self.model.apply(batch), self.model.counts, self.paint()), 1)[0]


def main() -> None:
    bench = TableBench()
    rounds = {
        "fill ms": bench.filling,
        "sort ms": bench.sort(),
        "filter ms": bench.filter(),
        "section ms": bench.section(),
        "update ms": bench.change(),
        "update sorted ms": bench.change_sorted(),
        "frame ms": bench.frame(),
    }
    print(f"table  ({ROWS:,} transfers, {CHANGES} changes a second)")
    for name, figures in rounds.items():
        median, worst = statistics.median(figures), max(figures)
        print(f"  {name:17} median {median:6.1f}   worst {worst:6.1f}   must: <= {BUDGETS[name]:.0f}")
    print(json.dumps({name: statistics.median(figures) for name, figures in rounds.items()}))


if __name__ == "__main__":
    main()
