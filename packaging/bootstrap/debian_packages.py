"""Debian packages: which ones Shoal and its tests use, and installing them where that needs no password."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence

# Program -> package. The clients that Shoal's interop tests exchange data with, and a desktop without a screen.
TEST_PROGRAMS = {
    "aria2c": "aria2",
    "opentracker": "opentracker",
    "qbittorrent-nox": "qbittorrent-nox",
    "rtorrent": "rtorrent",
    "transmission-daemon": "transmission-daemon",
    "Xvfb": "xvfb",
    # A desktop: what people double-click in, what opens files, and a hand.
    "dbus-daemon": "dbus",
    "dunst": "dunst",
    "gio": "libglib2.0-bin",
    "openbox": "openbox",
    "pcmanfm": "pcmanfm",
    "thunar": "thunar",
    "trayer": "trayer",
    "xdg-open": "xdg-utils",
    "xdotool": "xdotool",
    # They judge what packaging/assembly makes.
    "appstreamcli": "appstream",
    "desktop-file-validate": "desktop-file-utils",
    "flatpak-builder": "flatpak-builder",
    "makensis": "nsis",
    "mmdebstrap": "mmdebstrap",
}

# The same for what makes packages: PyInstaller reads libraries with objdump and strips them.
BUILDING_PROGRAMS = {
    "objdump": "binutils",
    "dpkg-shlibdeps": "dpkg-dev",
    "makensis": "nsis",
}

LOCK_WAIT_SECONDS = 120


def missing_test_programs() -> list[str]:
    """The packages of those test programs that are not on PATH, sorted."""
    return _missing(TEST_PROGRAMS)


def missing_building_programs() -> list[str]:
    """The packages of those `BUILDING_PROGRAMS` that are not on PATH, sorted."""
    return _missing(BUILDING_PROGRAMS)


def install_command(packages: Iterable[str]) -> str:
    """What a person types to install `packages`."""
    return "sudo apt-get install " + " ".join(packages)


def can_install() -> bool:
    """Whether `install` may work here: apt-get is there, and no password is asked for."""
    return _privileged_prefix() is not None


def install(packages: Sequence[str]) -> bool:
    """Install `packages` without asking; False when that is not possible here or fails.

    SHOAL_NO_APT=1 keeps the system as it is.
    """
    prefix = _privileged_prefix()
    if prefix is None:
        return False
    print(f"Installing Debian packages: {' '.join(packages)}", file=sys.stderr, flush=True)
    if _apt_get(prefix, "install", "--no-install-recommends", *packages, quiet=True):
        return True
    # Package lists may be empty (a fresh container) or old: fetch them and try once more, aloud.
    return _apt_get(prefix, "update", quiet=True) and _apt_get(
        prefix, "install", "--no-install-recommends", *packages, quiet=False
    )


def _missing(programs: Mapping[str, str]) -> list[str]:
    return sorted(package for program, package in programs.items() if shutil.which(program) is None)


def _privileged_prefix() -> list[str] | None:
    if os.environ.get("SHOAL_NO_APT") or shutil.which("apt-get") is None or not hasattr(os, "geteuid"):
        return None
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") is None:
        return None
    return ["sudo", "-n"] if _run(["sudo", "-n", "true"], quiet=True) else None


def _apt_get(prefix: list[str], *arguments: str, quiet: bool) -> bool:
    command = [
        *prefix,
        "env",
        "DEBIAN_FRONTEND=noninteractive",
        "apt-get",
        "-y",
        "-q",
        "-o",
        f"DPkg::Lock::Timeout={LOCK_WAIT_SECONDS}",
        *arguments,
    ]
    return _run(command, quiet=quiet)


def _run(command: list[str], *, quiet: bool) -> bool:
    output = subprocess.DEVNULL if quiet else sys.stderr
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, check=False)
    return done.returncode == 0
