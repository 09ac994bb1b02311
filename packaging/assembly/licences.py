"""The licences of all that a bundle holds: as JSON for Help > About, and as one text to read."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from assembly.places import BUILD, CHECKOUT
from shoal.runtime.parts import KEPT_LIST, Part, distribution_parts, installed_parts, write_parts

RESOURCES = CHECKOUT / "resources"
FOLDER = BUILD / "licences"
LIST = FOLDER / KEPT_LIST.name
TEXT = FOLDER / "LICENCES.txt"
LINE = "=" * 100


def make(libraries: Iterable[Path] = ()) -> list[Part]:
    """Write `LIST` and `TEXT`; `libraries` are the files of the building system that went into the bundle."""
    own, *installed = installed_parts(RESOURCES)
    found = [
        *installed,
        # Its start-up code becomes the program.
        *(part for part in distribution_parts(["pyinstaller"], RESOURCES) if part.name.lower() == "pyinstaller"),
        *system_parts(libraries),
    ]
    parts = [own, *sorted(found, key=lambda part: part.name.casefold())]
    FOLDER.mkdir(parents=True, exist_ok=True)
    LIST.write_text(write_parts(parts), encoding="utf-8")
    TEXT.write_text(as_text(parts), encoding="utf-8")
    return parts


def as_text(parts: Iterable[Part]) -> str:
    """A chapter for each part."""
    chapters = (
        f"{LINE}\n{part.name} {part.version}\nLicence: {part.licence}\n{LINE}\n\n{part.text}\n" for part in parts
    )
    return "Shoal, and what comes with it.\n\n" + "\n".join(chapters)


def system_parts(libraries: Iterable[Path]) -> list[Part]:
    """The Debian packages that `libraries` are from; those of the Python installation are Python's."""
    own = tuple(str(Path(prefix).resolve()) for prefix in {sys.prefix, sys.base_prefix} - {"/usr"})
    foreign = sorted({str(path.resolve()) for path in libraries if not str(path.resolve()).startswith(own)})
    if not foreign or shutil.which("dpkg-query") is None:
        return []
    # /usr/lib may be known by its old name.
    asked = ["dpkg-query", "-S", *foreign, *(path.removeprefix("/usr") for path in foreign)]
    answer = subprocess.run(asked, capture_output=True, text=True, check=False)
    packages = sorted({line.partition(": ")[0].split(",")[0] for line in answer.stdout.splitlines()})
    return [_package_part(package) for package in packages]


def _package_part(package: str) -> Part:
    name = package.partition(":")[0]
    asked = ["dpkg-query", "-W", "-f=${Version}", package]
    version = subprocess.run(asked, capture_output=True, text=True, check=True).stdout
    text = Path(f"/usr/share/doc/{name}/copyright").read_text(encoding="utf-8", errors="replace").strip()
    return Part(name, version, "as Debian records it", text)
