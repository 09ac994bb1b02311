"""Tidying up after a move that was ended by a kill or a loss of power: either all is back, or the old copies go."""

from __future__ import annotations

import os
from collections.abc import Iterator

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.relocation import TEMPORARY_SUFFIX, temporary_prefix
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.runtime.world import Files, FileStat

TIME_GRAIN_NS = 2_000_000_000
"""The coarsest times that file systems keep (FAT)."""


def bring_back(
    files: Files, old: TorrentPaths, new: TorrentPaths, parts: tuple[str, str], identity: str, *, must_exist: bool
) -> None:
    """What a move from `old` to `new` had renamed goes back, and what it had copied is deleted. Harmless twice.

    `parts` are the part file's paths there and here. Raises StorageError; `missing` when with `must_exist` no file is
    at either place: a volume may be away, and doing it again later goes on.
    """
    if old.root == new.root:
        # A person pointed at the very place: what is there is no copy, but all there is.
        _remove_temporaries(files, new, identity)
        return
    is_any = False
    for source, target in _pairs(old, new, parts):
        with disk_errors(target):
            here, there = files.stat(source), files.stat(target)
            is_any = is_any or here is not None or there is not None
            if there is None or not there.is_regular:
                continue
            new.prove(os.path.dirname(target))
            if here is None:
                # A copy whose original somebody took away meanwhile is all that is left of it.
                if files.disk_room(old.root).device == files.disk_room(new.root).device:
                    files.make_folders(os.path.dirname(source))
                    old.prove(os.path.dirname(source))
                    files.rename(target, source)
            elif _are_twins(here, there):
                files.remove(target)
    if must_exist and not is_any:
        raise StorageError("missing", old.root, detail="none of the files is there")
    _remove_temporaries(files, new, identity)
    _remove_empty_folders(files, new)


def remove_old_copies(files: Files, old: TorrentPaths, new: TorrentPaths, parts: tuple[str, str]) -> None:
    """After a move to `new` that was completed and remembered: delete the old files whose twins are there.

    Raises StorageError.
    """
    if old.root == new.root:
        # A person pointed back at the old place: these are the files, not copies.
        return
    for source, target in _pairs(old, new, parts):
        with disk_errors(source):
            here, there = files.stat(source), files.stat(target)
            if here is not None and there is not None and _are_twins(here, there):
                old.prove(os.path.dirname(source))
                files.remove(source)
    _remove_empty_folders(files, old)


def _pairs(old: TorrentPaths, new: TorrentPaths, parts: tuple[str, str]) -> Iterator[tuple[str, str]]:
    """Each file's path at both places, under whatever name it has where it is."""
    for index, entry in enumerate(old.names.layout.files):
        if not entry.is_pad and entry.symlink_target is None:
            names = {os.path.relpath(paths.path(index), paths.root) for paths in (old, new)}
            for name in sorted(names):
                yield os.path.join(old.root, name), os.path.join(new.root, name)
    yield parts


def _are_twins(one: FileStat, other: FileStat) -> bool:
    is_close = abs(one.mtime_ns - other.mtime_ns) <= TIME_GRAIN_NS
    return one.is_regular and other.is_regular and one.size == other.size and is_close


def _remove_temporaries(files: Files, paths: TorrentPaths, identity: str) -> None:
    for folder in (*paths.folders(), paths.root):
        with disk_errors(folder):
            if files.stat(folder) is None:
                continue
            for entry in files.list_folder(folder):
                is_ours = entry.name.startswith(temporary_prefix(identity)) and entry.name.endswith(TEMPORARY_SUFFIX)
                if is_ours and entry.kind == "file":
                    paths.prove(folder)
                    files.remove(os.path.join(folder, entry.name))


def _remove_empty_folders(files: Files, paths: TorrentPaths) -> None:
    for folder in paths.folders():
        with disk_errors(folder):
            files.remove_empty_folder(folder)
