"""Whether a window can be seen here; asked before Qt is loaded, which would abort the process instead of answering."""

from __future__ import annotations

import sys
from collections.abc import Mapping

NO_DISPLAY = "shoal: There is no display for the window; without one use for example: shoal get SOURCE --to DIR"


def has_display(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether a window that opens under `environ` could be seen; only Linux has systems without."""
    return not platform.startswith("linux") or any(environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY"))


def can_open_window(environ: Mapping[str, str], platform: str = sys.platform) -> bool:
    """Whether Qt finds a place for the window, seen or not: who names a platform of Qt means it."""
    return bool(environ.get("QT_QPA_PLATFORM")) or has_display(environ, platform)
