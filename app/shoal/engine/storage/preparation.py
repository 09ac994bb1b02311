"""Making room for a torrent before its first byte: is there enough, folders, empty files."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces, Place
from shoal.engine.storage.part_file import PartFile
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.bitfield import span
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.priorities import piece_levels
from shoal.runtime.world import Files, FileStat


@dataclass(frozen=True, slots=True)
class PrepareReport:
    """What `TorrentDisk.prepare` found and did. Bytes."""

    needed_bytes: int
    """Room that the wanted files still need."""
    free_bytes: int | None
    """Room on the volume; None when none was needed."""
    damaged_pieces: tuple[int, ...] = ()
    """Pieces whose bytes in the part file were not what had been written: no longer to be claimed."""
    is_cancelled: bool = False


def needed_bytes(
    layout: FileLayout, places: FilePlaces, part: PartFile, stats: list[FileStat | None], have_bits: int
) -> int:
    """Bytes that the volume must still take in for all wanted files and the part file.

    `stats` as from `FilePlaces.survey`. `have_bits` are the pieces that are surely there: they need no room even where
    a compressing file system says that less is allocated.
    """
    total = 0
    for index, entry in enumerate(layout.files):
        if not places.is_content(index) or not places.is_wanted(index):
            continue
        found = stats[index]
        lacking = entry.size - (min(found.allocated, entry.size) if found is not None else 0)
        if lacking and have_bits:
            pieces = layout.pieces_of_file(index)
            missing = len(pieces) - (have_bits & span(pieces.start, pieces.stop)).bit_count()
            lacking = min(lacking, missing * layout.piece_length)
        total += lacking
    return total + layout.piece_length * _boundary_pieces(layout, places, part)


def _boundary_pieces(layout: FileLayout, places: FilePlaces, part: PartFile) -> int:
    """How many pieces will come to the part file."""
    if Place.PART not in places.places:
        return 0
    levels = piece_levels(layout, places.priorities)
    found: set[int] = set()
    for index, place in enumerate(places.places):
        pieces = layout.pieces_of_file(index)
        if place == Place.PART and pieces:
            found.update(piece for piece in (pieces[0], pieces[-1]) if levels[piece])
    return len(found - part.held)


def check_room(files: Files, folder: str, needed: int) -> int | None:
    """Free bytes on the volume of `folder`, None when nothing is needed; StorageError `disk-full` when too few."""
    if not needed:
        return None
    with disk_errors(folder):
        free = files.free_bytes(folder)
    if free < needed:
        raise StorageError("disk-full", folder, missing_bytes=needed - free)
    return free


def make_folders(files: Files, layout: FileLayout, paths: TorrentPaths, wanted: Iterable[int]) -> None:
    """Make the folders of these files, and the files themselves that are empty. Raises StorageError."""
    made: set[str] = set()
    for index in wanted:
        entry = layout.files[index]
        if entry.is_pad or entry.symlink_target is not None:
            continue
        folder = paths.folder(index)
        if folder not in made:
            # Proven before and after: nothing may be made through a symlink, whenever it came.
            with disk_errors(folder):
                paths.prove(folder)
                files.make_folders(folder)
                paths.prove(folder)
            made.add(folder)
        if not entry.size:
            _make_empty(files, paths.path(index), entry.is_executable)


def _make_empty(files: Files, path: str, is_executable: bool) -> None:
    with disk_errors(path):
        if files.stat(path) is not None:
            return
        files.close(files.open(path, write=True, create=True))
        if is_executable:
            files.make_executable(path)


Progress = Callable[[int, int], None]
"""Called with bytes done and bytes in all."""
