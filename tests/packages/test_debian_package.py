"""The .deb as a person meets it: built, installed in a bare system, used there, and removed without residue.

It takes minutes, for a build in an environment of its own and a system from Debian's packages; so it runs in CI and by
`python3 start.py package check` alone. SHOAL_DEB names a package that is there already.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QImage
from tests.support.debian_clients import require_client
from tests.support.real_clients import LibtorrentClient
from tests.support.swarm_content import many_files

from shoal import APPLICATION_ID, __version__

CHECKOUT = Path(__file__).resolve().parents[2]
MINUTES = 60
ASKED_FOR_BY = ("CI", "SHOAL_REQUIRE_INTEROP", "SHOAL_PACKAGE_CHECK", "SHOAL_DEB")
# Written by the system about itself, or not files at all.
NOT_RESIDUE = ("proc", "sys", "dev", "run", "tmp", "var/lib/dpkg", "var/log", "var/cache", "var/lib/apt")

pytestmark = [
    pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a package of Debian"),
    pytest.mark.skipif(not any(map(os.environ.get, ASKED_FOR_BY)), reason="takes minutes: start.py package check"),
    pytest.mark.timeout(20 * MINUTES),
]


class System:
    """A Debian in a folder."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *command: str, expected: int = 0) -> str:
        """What `command` prints in it."""
        environ = {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/tmp/home",
            "LANG": "C.UTF-8",
            "QT_QPA_PLATFORM": "offscreen",
        }
        done = subprocess.run(
            ["chroot", str(self.root), *command],
            env=environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            timeout=3 * MINUTES,
        )
        assert done.returncode == expected, done.stdout
        return done.stdout

    def files(self) -> set[str]:
        """Everything in it, but for what changes with every use."""
        found = set()
        for folder, folders, files in os.walk(self.root):
            here = Path(folder).relative_to(self.root)
            folders[:] = [name for name in folders if str(here / name) not in NOT_RESIDUE]
            found |= {str(here / name) for name in (*folders, *files)}
        return found


@pytest.fixture(scope="module")
def package() -> Path:
    """The .deb of this source tree."""
    require_client("mmdebstrap")
    if os.geteuid() != 0:
        pytest.skip("making a system in a folder and entering it needs root")
    if ready := os.environ.get("SHOAL_DEB"):
        return Path(ready).absolute()
    command = [sys.executable, str(CHECKOUT / "start.py"), "package", "deb"]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    made = re.search(r"^deb: (.*) \(\d+ s\)$", done.stdout, re.MULTILINE)
    assert made, done.stdout
    return Path(made[1])


@pytest.fixture(scope="module")
def system(package: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """A bare Debian with the package's dependencies, and nothing else but what keeps the desktop's database."""
    require_client("mmdebstrap")
    if os.geteuid() != 0:
        pytest.skip("making a system in a folder and entering it needs root")
    depends = subprocess.run(
        ["dpkg-deb", "-f", package, "Depends"], stdout=subprocess.PIPE, text=True, check=True
    ).stdout
    wanted = [re.split(r"[ (|]", entry.strip())[0] for entry in depends.split(",")]
    root = tmp_path_factory.mktemp("debian") / "root"
    release = re.search(r"^VERSION_CODENAME=(\w+)", Path("/etc/os-release").read_text(), re.MULTILINE)
    assert release
    folder = Path("/etc/apt")
    sources = [folder / "sources.list", *sorted((folder / "sources.list.d").glob("*"))]
    lists = [str(path) for path in sources if path.suffix in {".list", ".sources"} and path.is_file()]
    include = ",".join([*wanted, "desktop-file-utils"])
    command = ["mmdebstrap", "--mode=root", "--quiet", "--variant=apt", f"--include={include}"]
    done = subprocess.run(
        [*command, release[1], str(root), *lists],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    yield System(root)
    shutil.rmtree(root)


def test_package_is_installed_downloads_shows_its_window_and_leaves_nothing_behind(
    package: Path, system: System, tmp_path: Path
) -> None:
    before = system.files()
    shutil.copy(package, system.root / "tmp" / "shoal.deb")
    system.run("dpkg", "-i", "/tmp/shoal.deb")
    assert system.run("shoal", "--version").strip() == f"shoal {__version__}"
    for mime in ("application/x-bittorrent", "x-scheme-handler/magnet"):
        opened_by = (system.root / "usr/share/applications/mimeinfo.cache").read_text()
        assert f"{mime}={APPLICATION_ID}.desktop" in opened_by

    content = many_files([3_000_000, 70_000, 1])
    content.write_to(tmp_path)
    (system.root / "tmp" / "album.torrent").write_bytes(content.torrent())
    seed = LibtorrentClient(content.torrent(), tmp_path)
    try:
        told = system.run(
            *("shoal", "get", "/tmp/album.torrent", "--to", "/tmp/downloads", "--json"),
            *("--peer", f"127.0.0.1:{seed.port}", "--interface", "127.0.0.1", "--timeout", "60"),
        )
    finally:
        seed.stop()
    assert content.differing(system.root / "tmp" / "downloads") == []
    assert "complete" in {json.loads(line)["event"] for line in told.splitlines() if line.startswith("{")}

    told = system.run("shoal", "demo", "--size", "4", "--screenshot", "/tmp/window.png")
    assert "/tmp/window.png" in told
    picture = QImage(str(system.root / "tmp" / "window.png"))
    assert picture.width() >= 800
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 9) for y in range(0, picture.height(), 9)}) > 50

    installed = system.files()
    assert {"usr/bin/shoal", "usr/share/doc/shoal/copyright", "usr/share/man/man1/shoal.1.gz"} <= installed
    names = {name.rpartition("/")[2] for name in installed}
    assert {"de.mo", "qtbase_de.qm"} <= names, "German"
    parts = json.loads(
        (system.root / "usr/lib/shoal/_internal/shoal/resources/licences/parts.json").read_text(encoding="utf-8")
    )
    assert {"Shoal", "Python", "Inter", "Qt and PySide6", "pyinstaller"} <= {part["name"] for part in parts}
    assert all(len(part["text"]) > 500 for part in parts)

    system.run("dpkg", "--purge", "shoal")
    assert system.files() == before
    assert APPLICATION_ID not in (system.root / "usr/share/applications/mimeinfo.cache").read_text()
