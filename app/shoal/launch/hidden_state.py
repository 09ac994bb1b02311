"""The hidden files that `get` keeps beside a download: its resume data, and a lock so that only one works there."""

from __future__ import annotations

import contextlib
import errno
import os
from types import TracebackType

from shoal.api.errors import UserError
from shoal.launch.exclusive_lock import ExclusiveLock, LockTakenError

_ENDINGS = ("", "-wal", "-shm", "-journal", ".previous", ".previous.new", ".lock")
"""What the resume store and its lock call their files. Damaged ones that were set aside are not ours to remove."""


class HiddenState:
    """Holds the lock while entered; `UserError("in-use")` when another process has it; on errors `folder-refused` or
    `disk-full`."""

    def __init__(self, folder: str, torrent_id: str) -> None:
        self._folder = folder
        self.path = os.path.join(folder, f".shoal-{torrent_id}.resume")
        self._lock = ExclusiveLock(os.path.join(folder, f".shoal-{torrent_id}.lock"))

    def __enter__(self) -> HiddenState:
        try:
            self._lock.take()
        except LockTakenError as error:
            raise UserError("in-use", folder=self._folder) from error
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise UserError("disk-full", path=self._folder) from error
            raise UserError("folder-refused", folder=self._folder, detail=error.strerror or str(error)) from error
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lock.release()

    def remove(self) -> None:
        """Take the resume data away, with what the store keeps beside it: nothing is left to continue."""
        for ending in _ENDINGS:
            with contextlib.suppress(OSError):
                os.remove(self.path + ending)
