"""The system libraries that Qt's platform plugins load on Linux, looked for before Qt starts.

A plugin that cannot be loaded aborts the whole process with a message that blames xcb-cursor whatever is
missing; asking the dynamic loader first gives the true name.
"""

from __future__ import annotations

import ctypes
import shutil
import sys
from collections.abc import Callable, Mapping

from bootstrap import debian_packages
from bootstrap.errors import StartError

# Shared object -> Debian package, per set.
EVERY_PLATFORM = {
    "libglib-2.0.so.0": "libglib2.0-0",
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libfontconfig.so.1": "libfontconfig1",
    "libdbus-1.so.3": "libdbus-1-3",
}
X11 = {
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
}
WAYLAND = {"libwayland-cursor.so.0": "libwayland-cursor0"}


def is_loadable(library: str) -> bool:
    """Whether the dynamic loader finds `library` and all that it needs."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def missing_libraries(environ: Mapping[str, str], loadable: Callable[[str], bool] = is_loadable) -> dict[str, str]:
    """What is missing for a window under `environ`: shared object -> Debian package; empty when all is there.

    With both X11 and Wayland at hand one of them is enough, as it is for Qt.
    """
    missing = _without(EVERY_PLATFORM, loadable)
    platform = environ.get("QT_QPA_PLATFORM", "").partition(":")[0]
    if platform in {"offscreen", "minimal", "vnc"}:
        return missing
    choices = []
    if platform.startswith("wayland") or (not platform and environ.get("WAYLAND_DISPLAY")):
        choices.append(_without(WAYLAND, loadable))
    if platform == "xcb" or (not platform and environ.get("DISPLAY")):
        choices.append(_without(X11, loadable))
    return missing | min(choices, key=len, default={})


def provide(environ: Mapping[str, str]) -> None:
    """See that a window can open under `environ`, installing packages where that needs no password.

    Raises StartError with the command to type where it does.
    """
    if not sys.platform.startswith("linux"):
        return
    missing = missing_libraries(environ)
    if not missing:
        return
    debian_packages.install(sorted(missing.values()))
    missing = missing_libraries(environ)
    if missing:
        raise StartError(explain(missing, has_apt=shutil.which("apt-get") is not None))


def explain(missing: Mapping[str, str], *, has_apt: bool) -> str:
    """What to tell the person about `missing` (as of `missing_libraries`)."""
    what = f"Shoal's window needs system libraries that are not here: {', '.join(sorted(missing))}."
    if has_apt:
        return f"{what}\nInstall them with:\n  {debian_packages.install_command(sorted(missing.values()))}"
    return f"{what}\nInstall the packages of your system that hold them, then start again."


def _without(wanted: Mapping[str, str], loadable: Callable[[str], bool]) -> dict[str, str]:
    return {library: package for library, package in wanted.items() if not loadable(library)}
