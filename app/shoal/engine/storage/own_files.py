"""Which files on the disk are a torrent's own: what may be moved, thrown away or deleted, and nothing else."""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import NamedTuple

from shoal.engine.storage.file_places import FilePlaces, Place
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.runtime.world import Files, FileStat


class OwnFile(NamedTuple):
    """A file of ours that is on the disk; `number` is its index, or PART_FILE for the part file."""

    number: int
    path: str
    found: FileStat


PART_FILE = -1


def own_files(files: Files, places: FilePlaces, paths: TorrentPaths, *, may_be_longer: bool = False) -> list[OwnFile]:
    """Our files that are there, the part file last; StorageError when one cannot be looked at.

    What cannot be ours is left out: links, folders, files longer than the torrent's (unless `may_be_longer`, for wanted
    ones that are in use), skipped files that were never written.
    """
    result: list[OwnFile] = []
    for index, entry in enumerate(places.layout.files):
        if entry.is_pad or entry.symlink_target is not None or places.places[index] != Place.FILE:
            continue
        path = paths.path(index)
        with disk_errors(path):
            found = files.stat(path)
        if found is None or not found.is_regular:
            continue
        # Ours have their full size, wanted ones perhaps less when another client began them.
        is_wanted = places.is_wanted(index)
        if (
            found.size == entry.size
            or (found.size < entry.size and is_wanted)
            or (found.size > entry.size and is_wanted and may_be_longer)
        ):
            result.append(OwnFile(index, path, found))
    if places.part.is_made:
        with disk_errors(places.part.path):
            found = files.stat(places.part.path)
        if found is not None and found.is_regular:
            result.append(OwnFile(PART_FILE, places.part.path, found))
    return result


def holds_only(files: Files, folder: str, own: Iterable[str], own_folders: Iterable[str]) -> bool:
    """Whether everything in `folder`, however deep, is a file of `own` or a folder of `own_folders`."""
    names = set(map(os.path.normcase, own))
    folders = set(map(os.path.normcase, own_folders))
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        with disk_errors(here):
            entries = files.list_folder(here)
        for entry in entries:
            path = os.path.join(here, entry.name)
            if entry.kind == "folder" and os.path.normcase(path) in folders:
                waiting.append(path)
            elif entry.kind != "file" or os.path.normcase(path) not in names:
                return False
    return True
