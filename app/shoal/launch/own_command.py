"""How the desktop starts this very copy of Shoal again."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path

import shoal


def own_command(
    environ: Mapping[str, str] = os.environ, *, executable: str = sys.executable, frozen: bool | None = None
) -> tuple[str, ...]:
    """Words that begin with an absolute path: of an AppImage, a bundle, an installed script, or a source tree."""
    if environ.get("APPIMAGE"):
        return (environ["APPIMAGE"],)
    if getattr(sys, "frozen", False) if frozen is None else frozen:
        return (os.path.abspath(executable),)
    # Not resolved: that would lead out of a virtual environment.
    scripts = Path(os.path.abspath(executable)).parent
    package = Path(shoal.__file__).resolve().parent
    start = package.parents[1] / "start.py"
    if start.is_file():
        return (os.path.abspath(executable), str(start))
    for name in ("shoal-gui.exe", "shoal.exe", "shoal"):
        if (scripts / name).is_file():
            return (str(scripts / name),)
    return (os.path.abspath(executable), "-m", "shoal")
