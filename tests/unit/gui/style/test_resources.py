"""Pictures and fonts are found in a source tree and beside an installed package."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.gui.style import resources


def test_source_tree_has_fonts_and_icons() -> None:
    folder = resources.resources_folder()
    assert list((folder / "fonts").glob("*.otf"))
    assert list((folder / "icons").glob("*.svg"))


@pytest.mark.parametrize("laid", ["site/shoal/resources", "resources"])
def test_they_are_found_in_the_package_or_beside_the_source(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, laid: str
) -> None:
    (tmp_path / laid).mkdir(parents=True)
    monkeypatch.setattr(resources, "__file__", str(tmp_path / "site" / "shoal" / "gui" / "style" / "resources.py"))
    assert resources.resources_folder() == tmp_path / laid
