"""What a Linux desktop reads of Shoal, judged by the desktop's own validators."""

from __future__ import annotations

import configparser
import gzip
import subprocess
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from tests.support.debian_clients import require_client

from assembly import desktop_files
from shoal import APPLICATION_ID, __version__


@pytest.fixture
def share(tmp_path: Path) -> Path:
    desktop_files.lay_out(tmp_path)
    return tmp_path / "share"


def judged_by(program: str, *arguments: str) -> str:
    """What `program` says; it must be content."""
    command = [require_client(program), *arguments]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def test_desktop_entry_is_valid_without_a_hint(share: Path) -> None:
    assert judged_by("desktop-file-validate", str(share / "applications" / f"{APPLICATION_ID}.desktop")) == ""


def test_desktop_entry_opens_torrents_and_magnets(share: Path) -> None:
    entry = configparser.ConfigParser(interpolation=None, delimiters=("=",))
    entry.optionxform = str  # type: ignore[assignment, method-assign]
    entry.read(share / "applications" / f"{APPLICATION_ID}.desktop", encoding="utf-8")
    found = entry["Desktop Entry"]
    assert found["Exec"] == "shoal %U"
    assert set(found["MimeType"].strip(";").split(";")) == {"application/x-bittorrent", "x-scheme-handler/magnet"}
    assert found["Icon"] == APPLICATION_ID


def test_metadata_is_valid_and_names_this_version(share: Path) -> None:
    metadata = share / "metainfo" / f"{APPLICATION_ID}.metainfo.xml"
    judged_by("appstreamcli", "validate", "--no-net", str(metadata))
    text = metadata.read_text(encoding="utf-8")
    assert f'<release version="{__version__}"' in text
    assert "@" not in text


@pytest.mark.parametrize("size", [16, 24, 32, 48, 64, 128, 256, 512])
def test_icon_is_there_in_every_size(share: Path, size: int) -> None:
    icon = QImage(str(share / "icons" / "hicolor" / f"{size}x{size}" / "apps" / f"{APPLICATION_ID}.png"))
    assert (icon.width(), icon.height()) == (size, size)
    assert icon.pixelColor(0, 0).alpha() == 0
    assert icon.pixelColor(size // 2, size // 2).lightness() > 200, "the fish"


def test_drawing_is_there_for_sizes_between(share: Path) -> None:
    drawing = share / "icons" / "hicolor" / "scalable" / "apps" / f"{APPLICATION_ID}.svg"
    assert drawing.read_text(encoding="utf-8").startswith("<svg")


def test_manual_page_names_this_version(share: Path) -> None:
    page = gzip.decompress((share / "man" / "man1" / "shoal.1.gz").read_bytes()).decode()
    assert f'"Shoal {__version__}"' in page
