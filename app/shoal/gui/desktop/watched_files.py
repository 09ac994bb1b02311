"""The files of a watch folder: which are there, and putting one away that was taken. Everything here blocks."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

SUFFIX = ".torrent"
DONE_SUFFIX = ".added"
DONE_FOLDER = "added"
MOST_FILES = 1000
"""More are seen when these are put away."""

Trash = Callable[[str], None]
"""Moves a file to the wastebasket; raises OSError."""


class PutAway(Enum):
    """What happens to a file that was taken; the values are those of the setting `watch_action`."""

    RENAME = "rename"
    MOVE = "move"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class SeenFile:
    """A file as it was seen; one that is being written looks different the next time."""

    path: str
    size: int
    mtime_ns: int
    inode: int


def torrent_files(folder: str) -> tuple[SeenFile, ...]:
    """The torrent files right in `folder`, by name; hidden files, links and whatever is no file are left out.

    Raises OSError when the folder cannot be read.
    """
    found: list[SeenFile] = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if not entry.name.lower().endswith(SUFFIX) or entry.name.startswith("."):
                continue
            try:
                facts = entry.stat(follow_symlinks=False)
            except FileNotFoundError:
                continue
            if stat.S_ISREG(facts.st_mode):
                found.append(SeenFile(entry.path, facts.st_size, facts.st_mtime_ns, facts.st_ino))
            if len(found) >= MOST_FILES:
                break
    return tuple(sorted(found, key=lambda file: file.path))


def put_away(path: str, how: PutAway, trash: Trash) -> None:
    """Take `path` out of sight, over no other file. Raises OSError."""
    file = Path(path)
    if how is PutAway.TRASH:
        trash(path)
        return
    if how is PutAway.MOVE:
        folder = file.parent / DONE_FOLDER
        folder.mkdir(exist_ok=True)
        target = folder / file.name
    else:
        target = file.with_name(file.name + DONE_SUFFIX)
    number = 2
    while os.path.lexists(target):
        name = f"{file.stem} ({number}){file.suffix}"
        target = target.with_name(name if how is PutAway.MOVE else name + DONE_SUFFIX)
        number += 1
    file.rename(target)
