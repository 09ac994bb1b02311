"""Modules that the window needs only when something is opened: loaded behind it, so that it is there sooner."""

from __future__ import annotations

from importlib import import_module

from shoal.gui.details.tab_maker import NAMES

LATE = (
    *(f"shoal.gui.details.{name}" for name in NAMES),
    "shoal.gui.dialogs.add_torrent",
    "shoal.gui.preferences.configuration",
    "shoal.gui.preferences.reach_part",
    "shoal.gui.wizard.assistant",
)


def load_late() -> None:
    """In a worker, while the window is up already: what is opened first is quick then, too."""
    for name in LATE:
        import_module(name)
