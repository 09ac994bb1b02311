"""Which parts Shoal consists of, read from installed distributions or from the list that a bundle brings."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.runtime.parts import KEPT_LIST, Part, distribution_parts, installed_parts, read_parts, write_parts

RESOURCES = Path(__file__).resolve().parents[3] / "resources"


def test_every_part_of_a_source_tree_has_a_version_a_licence_and_its_text() -> None:
    parts = installed_parts(RESOURCES)
    assert parts[0].name == "Shoal"
    assert len(parts) > 15
    for part in parts:
        assert part.version, part.name
        assert part.licence, part.name
        assert len(part.text) > 500, part.name


def test_qt_comes_with_the_text_of_its_licence() -> None:
    [part] = [part for part in installed_parts(RESOURCES) if part.name == "Qt and PySide6"]
    assert "LGPL-3.0" in part.licence
    assert "GNU LESSER GENERAL PUBLIC LICENSE" in part.text


def test_requirements_of_requirements_are_followed_and_other_extras_are_not() -> None:
    found = distribution_parts(["aiohttp>=3", "pytest>=8; extra == 'dev'", "uvloop>=0.21; extra == 'speed'"], RESOURCES)
    names = {part.name for part in found}
    assert {"aiohttp", "yarl", "uvloop"} <= names
    assert "pytest" not in names


def test_what_is_not_installed_here_is_left_out() -> None:
    assert list(distribution_parts(["no-such-distribution-anywhere>=1"], RESOURCES)) == []


def test_list_of_a_bundle_is_taken_as_it_is(tmp_path: Path) -> None:
    parts = [Part("Shoal", "1", "MIT", "free ü"), Part("Other", "2", "BSD", "")]
    (tmp_path / KEPT_LIST).parent.mkdir()
    (tmp_path / KEPT_LIST).write_text(write_parts(parts), encoding="utf-8")
    assert installed_parts(tmp_path) == parts


@pytest.mark.parametrize("text", ["{", '[{"name": "x"}]', "[1]"])
def test_damaged_list_is_refused(text: str) -> None:
    with pytest.raises((ValueError, KeyError, TypeError)):
        read_parts(text)
