"""The bundle: one folder with the program, its interpreter and its libraries, made by PyInstaller."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from assembly import icons
from assembly.places import BUILD, BUNDLE, CHECKOUT, DIST, PACKAGING

SPEC = PACKAGING / "pyinstaller" / "shoal.spec"


def make() -> Path:
    """Build it anew; returns its folder. Raises CalledProcessError when PyInstaller fails."""
    icons.make()
    command = [sys.executable, "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN"]
    places = ["--workpath", str(BUILD / "pyinstaller"), "--distpath", str(DIST), str(SPEC)]
    # Python's hash seed orders sets, and with them the archive: a fixed one makes equal bundles of equal sources.
    environ = os.environ | {"PYTHONHASHSEED": "1"}
    subprocess.run([*command, *places], cwd=CHECKOUT, env=environ, check=True)
    return BUNDLE


def size(folder: Path) -> int:
    """Bytes of all files under `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file() and not path.is_symlink())
