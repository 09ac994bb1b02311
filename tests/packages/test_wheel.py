"""`pip install .`: the wheel has everything in it, and Shoal runs from an environment that knows no source tree."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from tests.support.torrent_samples import torrent_bytes

from shoal import __version__

CHECKOUT = Path(__file__).resolve().parents[2]


def done(*command: str | Path, folder: Path) -> str:
    """What a command says that must succeed, in an environment that leads to no source tree."""
    environ = {name: value for name, value in os.environ.items() if name not in {"PYTHONPATH", "SHOAL_PROFILE"}}
    environ["QT_QPA_PLATFORM"] = "offscreen"
    ended = subprocess.run(
        list(map(str, command)),
        cwd=folder,
        env=environ,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    return ended.stdout


@pytest.fixture(scope="module")
def environment(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh environment with Shoal installed; what Shoal requires it borrows from the one that runs the tests."""
    pytest.importorskip("ensurepip", reason="this Python makes no environments")
    above = tmp_path_factory.mktemp("wheel")
    folder = above / "fresh"
    done(sys.executable, "-m", "venv", folder, folder=above)
    python = folder / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
    done(python, "-m", "pip", "install", "--quiet", "--no-deps", CHECKOUT, folder=above)
    places = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", places))
    # Only the folder itself: a .pth file in it would lead to the source tree, and is not followed from here.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n", encoding="utf-8")
    return python.parent


@pytest.mark.timeout(300)
def test_installed_shoal_has_its_commands_its_pictures_and_its_fonts(environment: Path, tmp_path: Path) -> None:
    program, profile = environment / "shoal", tmp_path / "profile"
    assert done(program, "--version", folder=tmp_path).strip() == f"shoal {__version__}"
    where = done(environment / "python", "-c", "import shoal; print(shoal.__file__)", folder=tmp_path)
    assert str(environment.parent) in where
    (tmp_path / "a.torrent").write_bytes(torrent_bytes("album", {"one": 20_000}))
    assert "album" in done(program, "show", "a.torrent", folder=tmp_path)
    picture = tmp_path / "window.png"
    done(program, "demo", "--size", "1", "--screenshot", picture, "--profile", profile, folder=tmp_path)
    assert QImage(str(picture)).width() >= 800
    assert shutil.which("shoal-gui", path=str(environment))


def test_wheel_brings_resources_and_licence(environment: Path) -> None:
    [shoal] = (environment.parent / "lib").glob("python*/site-packages/shoal")
    for inside in ("icons/shoal.svg", "fonts/Inter-Regular.otf", "fonts/OFL.txt", "licences/LGPL-3.0.txt"):
        assert (shoal / "resources" / inside).is_file(), inside
    [licence] = shoal.parent.glob("shoal-*.dist-info/licenses/LICENSE")
    assert licence.read_text(encoding="utf-8").startswith("MIT License")
