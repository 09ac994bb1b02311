"""The hidden files that `get` keeps beside a download: its resume data, and a lock so that only one works there."""

from __future__ import annotations

import contextlib
import importlib
import os
from types import TracebackType

from shoal.api.errors import UserError


class HiddenState:
    """Holds the lock while entered; `UserError("in-use")` when another process has it, `folder-refused` on errors."""

    def __init__(self, folder: str, torrent_id: str) -> None:
        self._folder = folder
        self.path = os.path.join(folder, f".shoal-{torrent_id}.resume")
        self._lock_path = os.path.join(folder, f".shoal-{torrent_id}.lock")
        self._handle: int | None = None

    def __enter__(self) -> HiddenState:
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        try:
            handle = os.open(self._lock_path, flags, 0o600)
        except OSError as error:
            raise UserError("folder-refused", folder=self._folder, detail=error.strerror or str(error)) from error
        try:
            _lock(handle)
            # The one who had it may have removed the file between our opening and our locking it.
            if os.name != "nt" and not os.path.samestat(os.fstat(handle), os.lstat(self._lock_path)):
                raise FileNotFoundError
        except OSError as error:
            os.close(handle)
            raise UserError("in-use", folder=self._folder) from error
        self._handle = handle
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._handle is None:
            return
        if os.name != "nt":  # there an open file cannot be removed, and an empty one stays
            with contextlib.suppress(OSError):
                os.remove(self._lock_path)
        os.close(self._handle)
        self._handle = None

    def remove(self) -> None:
        """Take the resume data away, with what the store keeps beside it: nothing is left to continue."""
        folder, name = os.path.split(self.path)
        with contextlib.suppress(OSError), os.scandir(folder) as entries:
            for entry in list(entries):
                if entry.name.startswith(name):
                    os.remove(entry.path)


def _lock(handle: int) -> None:
    """Take an exclusive lock that ends with the process; OSError when another has it."""
    if os.name == "nt":
        msvcrt = importlib.import_module("msvcrt")
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl = importlib.import_module("fcntl")
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
