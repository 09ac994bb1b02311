"""A lock file that one process holds at a time; the system takes it back when the process ends, however it ends."""

from __future__ import annotations

import contextlib
import errno
import importlib
import logging
import os

logger = logging.getLogger(__name__)

_NO_LOCKS_HERE = frozenset({errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP, errno.ENOTSUP})
"""What a file system answers that knows no locks, such as some network shares."""


class LockTakenError(Exception):
    """Another process holds the lock, or another lock of this one."""


class ExclusiveLock:
    """Holds the file at `path`. On a file system without locks nobody is kept out."""

    def __init__(self, path: str) -> None:
        self.path = path
        self._handle: int | None = None

    def take(self) -> None:
        """Take the lock without waiting. Raises LockTakenError, and OSError when the file cannot be made."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self.path, flags, 0o600)
        try:
            _lock(handle)
            # The one who had it may have removed the file between our opening and our locking it.
            if os.name != "nt" and not os.path.samestat(os.fstat(handle), os.lstat(self.path)):
                raise FileNotFoundError
        except OSError as error:
            if error.errno not in _NO_LOCKS_HERE:
                os.close(handle)
                raise LockTakenError(self.path) from error
            logger.info("%s cannot be locked: %s", self.path, error.strerror)
        self._handle = handle

    def release(self) -> None:
        """Let go and remove the file; harmless when it is not held."""
        handle, self._handle = self._handle, None
        if handle is None:
            return
        if os.name != "nt":  # there an open file cannot be removed, and an empty one stays
            with contextlib.suppress(OSError):
                os.remove(self.path)
        os.close(handle)


def _lock(handle: int) -> None:
    """Take an exclusive lock that ends with the process; OSError when another has it."""
    if os.name == "nt":
        msvcrt = importlib.import_module("msvcrt")
        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
    else:
        fcntl = importlib.import_module("fcntl")
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
