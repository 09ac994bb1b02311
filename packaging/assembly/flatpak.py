"""The Flatpak: a manifest that builds without a network, from wheels that are fetched beforehand.

The manifest names files and their hashes, no addresses: wheels come from wherever pip is set up to get them.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TypeAlias

from assembly import desktop_files
from assembly.places import BUILD, CHECKOUT, ID, PACKAGING

FOLDER = BUILD / "flatpak"
MANIFEST = FOLDER / f"{ID}.json"
TEMPLATE = PACKAGING / "linux" / f"{ID}.json"
RUNTIME_PYTHON = "3.12"
"""Of the runtime that the template names."""

Json: TypeAlias = "bool | int | float | str | list[Json] | dict[str, Json] | None"


def make() -> Path:
    """Fetch the wheels, build Shoal's own, write the manifest beside them; returns it. Raises CalledProcessError."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    wheels = FOLDER / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
    platforms = [f"--platform=manylinux_2_{minor}_x86_64" for minor in (35, 34, 31, 28, 17)]
    pins = PACKAGING / "requirements" / "speed.txt"
    subprocess.run(
        [
            *(*pip, "download", "--require-hashes", "--only-binary=:all:", "--no-deps"),
            *(f"--python-version={RUNTIME_PYTHON}", *platforms, "-d", str(wheels), "-r", str(pins)),
        ],
        check=True,
    )
    subprocess.run([*pip, "wheel", "--no-deps", "-w", str(wheels), str(CHECKOUT)], check=True)
    desktop_files.lay_out(FOLDER / "files")
    MANIFEST.write_text(json.dumps(manifest(sorted(wheels.iterdir())), indent=2) + "\n", encoding="utf-8")
    return MANIFEST


def manifest(wheels: Iterable[Path]) -> dict[str, Json]:
    """The template with `wheels` as the sources of its last module."""
    found: dict[str, Json] = json.loads(TEMPLATE.read_text(encoding="utf-8"))
    modules = found["modules"]
    assert isinstance(modules, list)
    assert isinstance(modules[-1], dict)
    sources = modules[-1]["sources"]
    assert isinstance(sources, list)
    for wheel in wheels:
        sources.append(
            {
                "type": "file",
                "path": f"wheels/{wheel.name}",
                "sha256": hashlib.sha256(wheel.read_bytes()).hexdigest(),
                "dest": "wheels",
            }
        )
    return found
