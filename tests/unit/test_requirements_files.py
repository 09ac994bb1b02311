"""The requirement files: a hash for each release, no address, and both PySide6 lines."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "packaging" / "requirements"
FILES = ["run.txt", "dev.txt", "speed.txt", "package.txt"]


def entries(file: str) -> list[str]:
    text = (FOLDER / file).read_text(encoding="utf-8").replace("\\\n", " ")
    return [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]


@pytest.mark.parametrize("file", FILES)
def test_every_release_is_pinned_and_hashed_and_no_address_is_named(file: str) -> None:
    listed = entries(file)
    assert len(listed) > 10
    for entry in listed:
        assert re.match(r"[\w.-]+==\S+ ", entry), entry
        assert "--hash=sha256:" in entry, entry
    assert "://" not in (FOLDER / file).read_text(encoding="utf-8")


@pytest.mark.parametrize("file", FILES)
def test_old_pythons_get_a_sound_pyside(file: str) -> None:
    pattern = re.compile(r"pyside6-essentials==(\d+)\.(\d+)\S* ; (.+?)\s+--hash")
    found = [match for match in map(pattern.match, entries(file)) if match]
    versions = {marker: (int(major), int(minor)) for major, minor, marker in (match.groups() for match in found)}
    assert versions["python_full_version < '3.12'"] < (6, 12)
    assert versions["python_full_version >= '3.12'"] >= (6, 8)


def test_files_agree_on_versions() -> None:
    # A marker may be wider in one file than in another; what is installed has to be the same.
    run, dev, speed, package = (
        {re.split(r" ;| --hash", entry)[0].strip() for entry in entries(file)} for file in FILES
    )
    assert run <= speed <= dev
    assert speed <= package
