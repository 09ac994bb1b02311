"""Paths as people know them."""

from __future__ import annotations

from pathlib import Path

from shoal.gui.style.wording import isolated


def short_path(path: str, home: str) -> str:
    """`path` with the user's own folder as `~`."""
    if home and path == home:
        return "~"
    for separator in ("/", "\\"):
        if home and path.startswith(home.rstrip("/\\") + separator):
            return "~" + path[len(home.rstrip("/\\")) :]
    return path


def shown_path(path: str) -> str:
    """`path` as it stands in a sentence: short, and whatever is in it, part of nothing else."""
    return isolated(short_path(path, str(Path.home())))
