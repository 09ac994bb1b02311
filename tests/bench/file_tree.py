"""What the tree of a torrent of 100,000 files costs the window: `python -m tests.bench.file_tree`.

Prints how long its listing takes to make (in a worker), and how long the window's thread is held by the first picture,
a tick of everything, a keystroke in the filter, and an order by name. Offscreen; CPU time of the thread, so that a busy
machine does not spoil the figures; medians of several rounds.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "app"))
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from shoal.gui.application import make_application
from shoal.gui.models.file_listing import FileListing, ListedFile, build_tree
from shoal.gui.models.file_rows import FileOrder
from shoal.gui.models.file_tree import KIND_GROUPS, FileTreeModel
from shoal.gui.style.resources import resources_folder
from shoal.gui.style.theme import Theme, ThemeChoice
from shoal.gui.widgets.file_tree_view import FileTreeView

FILES = 100_000
ROUNDS = 7
FIRST_PAINT_SECONDS = 0.2
TICK_SECONDS = 0.1
FILTER_SECONDS = 0.1
SHAPES = {
    "640 folders": lambda at: (f"photos {at % 40:02}", f"year-{at % 300:04}", f"IMG_{at:06} (copy).jpeg"),
    "one folder": lambda at: (f"IMG_{at:06} (copy).jpeg",),
}


def make_listing(path_of: Callable[[int], tuple[str, ...]]) -> FileListing:
    """What the worker hands to the window."""
    listing = build_tree("Pictures", [ListedFile(at, path_of(at), 100_000 + at) for at in range(FILES)])
    listing.prepare(*KIND_GROUPS.values())
    return listing


def timed(work: Callable[[], object]) -> float:
    started = time.thread_time()
    work()
    return time.thread_time() - started


def first_paint(theme: Theme, listing: FileListing, kept: list[FileTreeView]) -> None:
    """The model, the view and its first picture."""
    model = FileTreeModel(listing)
    view = FileTreeView(theme, model, model)
    model.setParent(view)
    view.resize(566, 404)
    view.show()
    view.grab()
    kept.append(view)


def measure(theme: Theme, app: QApplication, path_of: Callable[[int], tuple[str, ...]]) -> dict[str, float]:
    """Median seconds of each step."""
    figures: dict[str, list[float]] = {}
    for _ in range(ROUNDS):
        listings: list[FileListing] = []
        kept: list[FileTreeView] = []

        def note(name: str, work: Callable[[], object]) -> None:
            figures.setdefault(name, []).append(timed(work))

        note("listing (worker)", lambda: listings.append(make_listing(path_of)))  # noqa: B023
        note("first paint", lambda: first_paint(theme, listings[0], kept))  # noqa: B023
        view = kept[0]
        model = view.model()
        assert isinstance(model, FileTreeModel)
        top = model.index(0, 0)
        note("tick of the root", lambda: (model.setData(top, Qt.CheckState.Unchecked, CHECK), view.grab()))  # noqa: B023
        note("tick it again", lambda: (model.setData(top, Qt.CheckState.Checked, CHECK), view.grab()))  # noqa: B023
        for needle in ("i", "img_00", "*99*.jpeg"):
            note(f"filter {needle!r}", lambda: (model.set_needle(needle), view.grab()))  # noqa: B023
        note("tick what is shown", lambda: (model.choose_kinds(frozenset()), view.grab()))  # noqa: B023
        note("filter off", lambda: (model.set_needle(""), view.grab()))  # noqa: B023
        note("order by name", lambda: (model.set_order(FileOrder.NAME), view.grab()))  # noqa: B023
        view.close()
        view.deleteLater()
        app.processEvents()
    return {name: statistics.median(values) for name, values in figures.items()}


CHECK = Qt.ItemDataRole.CheckStateRole


def main() -> None:
    app = make_application(["shoal"])
    theme = Theme(app, resources_folder(), ThemeChoice.LIGHT)
    print(
        f"file tree, {FILES:,} files (must: first paint <= {FIRST_PAINT_SECONDS} s, tick <= {TICK_SECONDS} s, "
        f"filter <= {FILTER_SECONDS} s)"
    )
    for shape, path_of in SHAPES.items():
        print(f"  {shape}")
        for name, seconds in measure(theme, app, path_of).items():
            print(f"    {name:<22} {seconds * 1000:7.1f} ms")


if __name__ == "__main__":
    main()
