"""What a folder that a person named is like, before anything is written there: is it there, on which disk, how full.

Everything here blocks as long as the disk does: call it in a worker.
"""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """Bytes of the disk that holds the folder, or would hold it; None = the system will not say."""

    exists: bool
    free: int | None
    total: int | None
    disk: str
    """The same text for folders on the same disk."""


def look_at_folder(folder: str) -> FolderFacts:
    """The facts of `folder`, those of its nearest parent where it is not there yet. Never raises for what is there."""
    place = Path(folder)
    exists = place.is_dir()
    for parent in (place, *place.parents):
        try:
            device = os.stat(parent).st_dev
            usage = shutil.disk_usage(parent)
        except (FileNotFoundError, NotADirectoryError):
            continue
        except OSError:
            break
        return FolderFacts(exists, usage.free, usage.total, f"device {device}")
    return FolderFacts(exists, None, None, f"unknown {folder}")


def holds_all(folder: str, files: Iterable[tuple[str, int]]) -> bool:
    """Whether every one of `files`, (path below `folder`, bytes), is there as a plain file of just that size."""
    if not Path(folder).is_dir():
        return False
    for path, size in files:
        try:
            status = os.lstat(Path(folder, path))
        except (OSError, ValueError):
            return False
        if not stat.S_ISREG(status.st_mode) or status.st_size != size:
            return False
    return True
