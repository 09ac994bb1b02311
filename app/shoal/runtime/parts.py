"""What Shoal is made of: its own code, the libraries, their versions and licences.

A bundle brings the list with it, made when it was built; elsewhere it is read from the installed distributions.
"""

from __future__ import annotations

import contextlib
import json
import re
import sys
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from shoal import __version__

KEPT_LIST = Path("licences") / "parts.json"
"""In the folder of resources; only bundles have it."""

_LICENCE_FILE = re.compile(r"(licen[cs]e|copying|notice|authors\.lgpl)", re.IGNORECASE)
_REQUIREMENT = re.compile(r"\s*([A-Za-z0-9][\w.-]*)")
_OTHER_EXTRA = re.compile(r"extra\s*==\s*['\"](?!speed['\"])")
_CLASSIFIER = "License :: OSI Approved :: "
_QT = {"pyside6-essentials": "Qt and PySide6", "shiboken6": "Shiboken"}
_QT_LICENCES = ("LGPL-3.0.txt", "GPL-3.0.txt")
_OWN_TEXTS = {"Apache-2.0": "Apache-2.0.txt"}
"""Texts that we bring along, by the short name of the licence."""
UNKNOWN = "see its text"


@dataclass(frozen=True, slots=True)
class Part:
    """Something that comes with Shoal. `licence` is its short name, `text` its whole text ("" when none was found)."""

    name: str
    version: str
    licence: str
    text: str


def installed_parts(resources: Path) -> list[Part]:
    """Shoal itself, then every part by name; reads files, so call it in a worker.

    `resources` is the folder with `fonts/` and `licences/`. Raises OSError and what `read_parts` raises.
    """
    kept = resources / KEPT_LIST
    if kept.is_file():
        return read_parts(kept.read_text(encoding="utf-8"))
    found = [*shipped_parts(resources), *distribution_parts(_own_requirements(resources), resources)]
    return [own_part(resources), *sorted(found, key=lambda part: part.name.casefold())]


def own_part(resources: Path) -> Part:
    """Shoal's own code and pictures."""
    text = _text_of(resources.parent / "LICENSE")
    if not text:
        with contextlib.suppress(metadata.PackageNotFoundError):
            text = _licence_text(metadata.distribution("shoal"))
    return Part("Shoal", __version__, "MIT", text)


def shipped_parts(resources: Path) -> Iterator[Part]:
    """What is no distribution: Python itself and the typeface."""
    yield Part("Python", ".".join(map(str, sys.version_info[:3])), "PSF-2.0", _python_licence())
    yield Part("Inter", "4", "OFL-1.1", _text_of(resources / "fonts" / "OFL.txt"))


def distribution_parts(roots: Iterable[str], resources: Path) -> Iterator[Part]:
    """The installed distributions among `roots` (requirement strings) and all that they require in turn."""
    seen: set[str] = set()
    waiting = list(roots)
    while waiting:
        requirement = waiting.pop()
        named = _REQUIREMENT.match(requirement)
        if named is None or _OTHER_EXTRA.search(requirement):
            continue
        name = re.sub(r"[-_.]+", "-", named[1]).lower()
        if name in seen:
            continue
        seen.add(name)
        try:
            found = metadata.distribution(name)
        except metadata.PackageNotFoundError:
            # Wanted on another system, or by a Python of another version.
            continue
        yield _part_of(name, found, resources)
        # What its own extras would bring is not asked for.
        waiting += [line for line in found.requires or () if "extra ==" not in line]


def read_parts(text: str) -> list[Part]:
    """The list as `write_parts` wrote it. Raises ValueError, KeyError and TypeError for another text."""
    return [Part(entry["name"], entry["version"], entry["licence"], entry["text"]) for entry in json.loads(text)]


def write_parts(parts: Sequence[Part]) -> str:
    """JSON, one object a part."""
    return json.dumps([asdict(part) for part in parts], ensure_ascii=False, indent=1)


def _own_requirements(resources: Path) -> list[str]:
    project = resources.parent / "pyproject.toml"
    if project.is_file():
        table = tomllib.loads(project.read_text(encoding="utf-8"))["project"]
        return [*table["dependencies"], *table["optional-dependencies"]["speed"]]
    try:
        return metadata.requires("shoal") or []
    except metadata.PackageNotFoundError:
        return []


def _part_of(name: str, found: metadata.Distribution, resources: Path) -> Part:
    about = found.metadata
    text = _licence_text(found)
    licence = _short_licence(about)
    if not text:
        # Some wheels name the licence and bring no text.
        files = _QT_LICENCES if name in _QT else (_OWN_TEXTS[licence],) if licence in _OWN_TEXTS else ()
        text = "\n\n".join(map(_text_of, (resources / "licences" / file for file in files)))
    return Part(_QT.get(name, about["Name"]), found.version, licence, text)


def _licence_text(found: metadata.Distribution) -> str:
    files = (path for path in found.files or () if ".dist-info" in str(path) and _LICENCE_FILE.match(path.name))
    places = (Path(str(path.locate())) for path in files)
    # Some name the folder of the texts, too.
    return "\n\n".join(_text_of(place) for place in places if place.is_file())


def _short_licence(about: metadata.PackageMetadata) -> str:
    stated = next((about[key] for key in ("License-Expression", "License") if key in about), "")
    first = stated.strip().partition("\n")[0]
    if first and len(first) <= 80:
        return first
    named = [line.removeprefix(_CLASSIFIER) for line in about.get_all("Classifier") or () if _CLASSIFIER in line]
    return ", ".join(named) or first[:80] or UNKNOWN


def _python_licence() -> str:
    for place in (Path(sys.base_prefix) / "LICENSE.txt", Path(json.__file__).parents[1] / "LICENSE.txt"):
        if place.is_file():
            return _text_of(place)
    return _text_of(Path(f"/usr/share/doc/python{sys.version_info[0]}.{sys.version_info[1]}/copyright"))


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""
