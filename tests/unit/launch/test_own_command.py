"""How this copy of Shoal is started again."""

from __future__ import annotations

from pathlib import Path

import pytest

import shoal
from shoal.launch.own_command import own_command


def test_an_appimage_and_a_bundle_start_as_themselves() -> None:
    assert own_command({"APPIMAGE": "/apps/Shoal.AppImage"}, frozen=True) == ("/apps/Shoal.AppImage",)
    assert own_command({}, executable="/opt/shoal/shoal", frozen=True) == ("/opt/shoal/shoal",)


def test_an_installed_copy_starts_by_its_script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shoal, "__file__", str(tmp_path / "lib" / "site-packages" / "shoal" / "__init__.py"))
    python, script = tmp_path / "bin" / "python", tmp_path / "bin" / "shoal"
    assert own_command({}, executable=str(python), frozen=False) == (str(python), "-m", "shoal")
    script.parent.mkdir()
    script.touch()
    assert own_command({}, executable=str(python), frozen=False) == (str(script),)


def test_a_source_tree_starts_by_start_py() -> None:
    top = Path(shoal.__file__).resolve().parents[2]
    assert own_command({}, executable="/usr/bin/python3", frozen=False) == ("/usr/bin/python3", str(top / "start.py"))
