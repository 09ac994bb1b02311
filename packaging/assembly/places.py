"""Where packages are made, and the names that every package agrees on."""

from __future__ import annotations

from pathlib import Path

from shoal import APPLICATION_ID, __version__

CHECKOUT = Path(__file__).resolve().parents[2]
PACKAGING = CHECKOUT / "packaging"
BUILD = CHECKOUT / "build"
"""What can be made again."""

DIST = CHECKOUT / "dist"
"""What is handed out."""

BUNDLE = DIST / "shoal"
"""The folder that holds the program and everything it needs."""

VERSION = __version__
ID = APPLICATION_ID
SUMMARY = "Download and share files with BitTorrent"


def filled(template: Path, **values: str) -> str:
    """The text of `template` with each @NAME@ replaced. Raises KeyError for a name without value."""
    parts = template.read_text(encoding="utf-8").split("@")
    for at, part in enumerate(parts):
        if at % 2:
            parts[at] = values[part]
    return "".join(parts)
