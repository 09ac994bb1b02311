"""The Debian package: the bundle in /usr/lib/shoal, a link in /usr/bin, and what the desktop reads.

It has no scripts: the packages that own the desktop's databases and icon caches have dpkg triggers on the folders,
and what dpkg installed it removes.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
from collections.abc import Iterable
from pathlib import Path

from assembly import bundle, desktop_files, licences
from assembly.places import BUILD, BUNDLE, DIST, SUMMARY, VERSION

ROOT = BUILD / "deb"
CONTROL = """\
Package: shoal
Version: {version}
Section: net
Priority: optional
Architecture: {architecture}
Maintainer: The Shoal developers <packages@shoal.invalid>
Installed-Size: {kibibytes}
Depends: {depends}
Recommends: xdg-utils
Suggests: libgtk-3-0
Description: {summary}
 A desktop BitTorrent client that says in plain words what every transfer is
 doing, and why one is slow. It also downloads, seeds, checks and creates
 torrents on the command line.
"""
# Loaded only where the desktop has GTK; Qt goes on without it.
WITHOUT_DEPENDENCIES = ("libqgtk3.so",)


def make() -> Path:
    """Build the bundle and the package from it; returns the package. Raises CalledProcessError."""
    bundle.make()
    return pack(BUNDLE)


def pack(bundled: Path) -> Path:
    """The package with the bundle in `bundled`."""
    shutil.rmtree(ROOT, ignore_errors=True)
    library = ROOT / "usr" / "lib" / "shoal"
    shutil.copytree(bundled, library, symlinks=True)
    programs = ROOT / "usr" / "bin"
    programs.mkdir()
    (programs / "shoal").symlink_to("../lib/shoal/shoal")
    desktop_files.lay_out(ROOT / "usr")
    about = ROOT / "usr" / "share" / "doc" / "shoal" / "copyright"
    about.parent.mkdir(parents=True)
    shutil.copyfile(licences.TEXT, about)
    _set_modes(ROOT)
    control = ROOT / "DEBIAN"
    control.mkdir()
    architecture = _said_by("dpkg", "--print-architecture")
    text = CONTROL.format(
        version=VERSION,
        architecture=architecture,
        kibibytes=bundle.size(ROOT) // 1024,
        depends=dependencies(library),
        summary=SUMMARY,
    )
    (control / "control").write_text(text, encoding="utf-8")
    (control / "md5sums").write_text(_checksums(ROOT), encoding="utf-8")
    package = DIST / f"shoal_{VERSION}_{architecture}.deb"
    options = ["--root-owner-group", "-Zxz", "-z3"]
    subprocess.run(["dpkg-deb", *options, "--build", str(ROOT), str(package)], stdout=subprocess.DEVNULL, check=True)
    return package


def dependencies(library: Path) -> str:
    """The Depends field: the packages, with versions, of every system library that something in `library` links."""
    linked = [path for path in _elf_files(library) if path.name not in WITHOUT_DEPENDENCIES]
    scratch = BUILD / "shlibdeps"
    (scratch / "debian").mkdir(parents=True, exist_ok=True)
    source = "Source: shoal\n\nPackage: shoal\nArchitecture: any\n"
    (scratch / "debian" / "control").write_text(source, encoding="utf-8")
    own = sorted({f"-l{path.parent}" for path in linked})
    answer = subprocess.run(
        ["dpkg-shlibdeps", "-O", "--ignore-missing-info", *own, *map(str, linked)],
        cwd=scratch,
        env=os.environ | {"LC_ALL": "C"},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=True,
    ).stdout
    return answer.strip().removeprefix("shlibs:Depends=")


def _elf_files(folder: Path) -> Iterable[Path]:
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            with path.open("rb") as file:
                if file.read(4) == b"\x7fELF":
                    yield path


def _set_modes(root: Path) -> None:
    """Folders and programs 755, all else 644, whatever the builder's umask is."""
    for path in [root, *root.rglob("*")]:
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)


def _checksums(root: Path) -> str:
    files = (path for path in sorted((root / "usr").rglob("*")) if path.is_file() and not path.is_symlink())
    return "".join(f"{hashlib.md5(path.read_bytes()).hexdigest()}  {path.relative_to(root)}\n" for path in files)


def _said_by(*command: str) -> str:
    return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
