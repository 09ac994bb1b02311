"""`python3 start.py package WHAT`: makes one package, or all that this system can make."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from assembly import bundle, debian, flatpak, icons, licences, macos, windows

Maker = Callable[[], Path]


def _licences() -> Path:
    licences.make()
    return licences.TEXT


MAKERS: dict[str, Maker] = {
    "bundle": bundle.make,
    "deb": debian.make,
    "windows": windows.make,
    "macos": macos.make,
    "flatpak": flatpak.make,
    "icons": icons.make,
    "licences": _licences,
}


def main(words: Sequence[str]) -> int:
    """Make what `words` name, in this order; the exit code."""
    wanted = list(MAKERS) if list(words) == ["all"] else list(words)
    unknown = [word for word in wanted if word not in MAKERS]
    if unknown or not wanted:
        print(f"python3 start.py package {' | '.join((*MAKERS, 'check', 'all'))}", file=sys.stderr)
        return 2
    for word in wanted:
        began = time.monotonic()
        try:
            place = MAKERS[word]()
        except (OSError, subprocess.CalledProcessError) as error:
            print(f"{word}: {error}", file=sys.stderr)
            return 1
        print(f"{word}: {place} ({time.monotonic() - began:.0f} s)", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
