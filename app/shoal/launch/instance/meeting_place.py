"""Where starts of Shoal with the same profile meet: a lock, and a socket (on Windows a named pipe), for this user only.

No Qt here: who only forwards must be gone again within a moment.
"""

from __future__ import annotations

import hashlib
import os
import stat
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

LONGEST_SOCKET_PATH = 80
"""Bytes; systems take 104 to 108, and Qt binds below a folder of its own first, whose name comes on top."""


class NoMeetingPlaceError(OSError):
    """There is no folder that belongs to this user alone."""


@dataclass(frozen=True, slots=True)
class MeetingPlace:
    """`address` is the path of a Unix socket, or the whole name of a pipe."""

    lock: str
    address: str


def meeting_place(
    state_folder: Path, environ: Mapping[str, str] = os.environ, platform: str = sys.platform
) -> MeetingPlace:
    """The place of the profile with `state_folder`, whatever name that is called by; its folder is made.

    Raises NoMeetingPlaceError.
    """
    key = hashlib.sha256(os.fsencode(os.path.realpath(state_folder))).hexdigest()[:16]
    refused = "no folder for it"
    for folder in _folders(environ, platform):
        socket = folder / f"{key}.socket"
        if platform != "win32" and len(os.fsencode(socket)) > LONGEST_SOCKET_PATH:
            refused = f"{folder} has too long a name"
            continue
        try:
            make_private(folder)
        except OSError as error:
            refused = f"{folder}: {error.strerror or error}"
            continue
        address = rf"\\.\pipe\shoal-{key}" if platform == "win32" else str(socket)
        return MeetingPlace(str(folder / f"{key}.lock"), address)
    raise NoMeetingPlaceError(refused)


def _folders(environ: Mapping[str, str], platform: str) -> Iterator[Path]:
    """The best one first."""
    if platform == "win32":
        yield Path(environ.get("LOCALAPPDATA") or environ.get("TEMP") or ".", "shoal", "run")
        return
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if os.path.isabs(runtime) and os.path.isdir(runtime):
        yield Path(runtime, "shoal")
    # Anybody may make it first: `make_private` refuses what is not ours.
    temporary = environ.get("TMPDIR", "")
    if os.path.isabs(temporary) and temporary != "/tmp":
        yield Path(temporary, f"shoal-{os.getuid()}")
    yield Path("/tmp", f"shoal-{os.getuid()}")


def make_private(folder: Path) -> None:
    """Make `folder`, or see that the one that is there is ours and closed to others. Raises OSError."""
    os.makedirs(folder.parent, exist_ok=True)
    try:
        os.mkdir(folder, 0o700)
    except FileExistsError:
        if os.name == "nt":
            return
        facts = os.lstat(folder)
        if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != os.getuid():
            raise NoMeetingPlaceError("it belongs to somebody else") from None
        if stat.S_IMODE(facts.st_mode) != 0o700:
            os.chmod(folder, 0o700)
