"""Deleting a torrent's files, and nothing else."""

from __future__ import annotations

import os

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces, Place
from shoal.engine.storage.own_files import PART_FILE, holds_only, own_files
from shoal.engine.storage.part_file import PartFile
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout
from shoal.runtime.world import Files


def throw_away(files: Files, paths: TorrentPaths, places: FilePlaces) -> bool:
    """Put the files into the wastebasket, the torrent's own folder in one piece when all in it is ours.

    False when the wastebasket refused: what is still there then is to be deleted for good. The part file is no use to
    anybody there. Raises StorageError.
    """
    own = [entry.path for entry in own_files(files, places, paths) if entry.number != PART_FILE]
    top = os.path.join(paths.root, *paths.names.top)
    pieces = own
    is_inside = bool(own) and bool(paths.names.top) and all(path.startswith(top + os.sep) for path in own)
    if is_inside and holds_only(files, top, own, paths.folders()):
        pieces = [top]
    for path in pieces:
        paths.prove(path)
        try:
            files.trash(path)
        except OSError:
            return False
    return True


def delete_everything(
    files: Files, layout: FileLayout, paths: TorrentPaths, places: FilePlaces, part: PartFile
) -> None:
    """Delete the files, the part file, then the folders that are empty, the deepest first; never the root.

    Goes on after an error and raises the first one at the end, as StorageError.
    """
    errors: list[StorageError] = []
    for index, entry in enumerate(layout.files):
        if not entry.is_pad and entry.symlink_target is None and places.places[index] == Place.FILE:
            try:
                _delete_file(files, paths, paths.path(index), entry.size, is_wanted=places.is_wanted(index))
            except StorageError as error:
                errors.append(error)
    try:
        part.remove()
    except StorageError as error:
        errors.append(error)
    for folder in paths.folders():
        try:
            with disk_errors(folder):
                paths.prove(folder)
                files.remove_empty_folder(folder)
        except StorageError as error:
            errors.append(error)
    if errors:
        raise errors[0]


def _delete_file(files: Files, paths: TorrentPaths, path: str, size: int, *, is_wanted: bool) -> None:
    with disk_errors(path):
        found = files.stat(path)
        if found is None or not found.is_regular:
            return
        # Ours have their full size, wanted ones perhaps less when another client began them; never more.
        if found.size == size or (found.size < size and is_wanted):
            paths.prove(path)
            files.remove(path)
