"""Which bytes of a torrent lie in their own file, which in the part file, and which are padding."""

from __future__ import annotations

from collections.abc import Sequence
from enum import IntEnum
from typing import NamedTuple

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.part_file import PartFile
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.priorities import FilePriority
from shoal.runtime.world import Files, FileStat

_OBSTACLES = ("is-symlink", "outside-folder", "not-a-file", "name-too-long")
"""With these in its way a file is certainly not there."""


class Place(IntEnum):
    """Where the bytes of a file are written."""

    FILE = 0
    PART = 1
    PAD = 2


class Presence(IntEnum):
    """What is known of a file on the disk. READY: it was given its full size and is ours to write."""

    ABSENT = 0
    FOUND = 1
    READY = 2


class Source(IntEnum):
    """Where the bytes of a segment are read."""

    FILE = 0
    PART = 1
    ZEROS = 2
    NOWHERE = 3


class Segment(NamedTuple):
    """`length` bytes of one source; `position` is in the file, or in `piece` when the source is PART."""

    source: Source
    file_index: int
    piece: int
    position: int
    length: int


class FilePlaces:
    """The places of all files of one torrent; whoever changes it holds the torrent's lock alone."""

    def __init__(
        self, files: Files, layout: FileLayout, paths: TorrentPaths, part: PartFile, priorities: Sequence[int]
    ) -> None:
        if len(priorities) != len(layout.files):
            raise ValueError(f"{len(priorities)} priorities for {len(layout.files)} files")
        self._files = files
        self.layout = layout
        self._paths = paths
        self.part = part
        self.priorities = tuple(priorities)
        self.places = bytearray(len(layout.files))
        self.presence = bytearray(len(layout.files))
        self.pending: set[int] = set()
        """Files in place FILE of which the part file still holds bytes; there the part file is right."""
        self.obstacle: StorageError | None = None
        """The first thing found in the way of a wanted file."""
        self.is_surveyed = False

    def is_wanted(self, index: int) -> bool:
        return self.priorities[index] != FilePriority.SKIP

    def is_content(self, index: int) -> bool:
        """Whether the file has bytes that lie on a disk: not padding, not empty, not a link to another file."""
        entry = self.layout.files[index]
        return bool(entry.size) and not entry.is_pad and entry.symlink_target is None

    def survey(self) -> list[FileStat | None]:
        """Look at every file and the part file afresh; answers what was found, in the order of the files.

        Changes nothing on the disk. What is in the way of wanted files is kept in `obstacle`. Raises StorageError when
        a file cannot be looked at (a failing disk, no permission for a wanted one).
        """
        self.is_surveyed = False
        self.part.load()
        self.obstacle = None
        self.pending.clear()
        proofs: dict[str, StorageError | None] = {}
        stats: list[FileStat | None] = []
        for index, entry in enumerate(self.layout.files):
            found: FileStat | None = None
            if entry.is_pad:
                self.places[index] = Place.PAD
            else:
                try:
                    found = self.look_at(index, proofs)
                except StorageError as error:
                    # A failing disk says nothing on what is there: neither file nor part file may be taken for it.
                    if error.code not in _OBSTACLES and (error.code != "permission" or self.is_wanted(index)):
                        raise
                    if self.is_wanted(index):
                        self.obstacle = self.obstacle or error
                is_usable = self.is_wanted(index) or (found is not None and found.size <= entry.size)
                # A longer file at a skipped path cannot be ours: it is left alone.
                self.places[index] = Place.FILE if is_usable else Place.PART
                self.presence[index] = Presence.ABSENT if found is None else Presence.FOUND
            stats.append(found if self.is_content(index) else None)
        for index in self._files_in_part():
            found = stats[index]
            if self.is_wanted(index) or (found is not None and found.size == self.layout.files[index].size):
                self.pending.add(index)
            else:
                # Ours would have its full size: whatever lies at this skipped path is not to be written to.
                self.places[index] = Place.PART
        self.is_surveyed = True
        return stats

    def segments(self, offset: int, length: int) -> list[Segment]:
        """Where to read `length` bytes of the torrent from `offset`, in order."""
        result: list[Segment] = []
        for index, position, count in self.layout.spans(offset, length):
            place = self.places[index]
            if place == Place.PAD:
                result.append(Segment(Source.ZEROS, index, 0, position, count))
            elif place == Place.FILE and index not in self.pending:
                result.append(Segment(Source.FILE, index, 0, position, count))
            else:
                result += self._segments_by_piece(index, position, count)
        return result

    def _segments_by_piece(self, index: int, position: int, length: int) -> list[Segment]:
        result: list[Segment] = []
        start = self.layout.files[index].offset
        otherwise = Source.FILE if self.places[index] == Place.FILE else Source.NOWHERE
        while length:
            piece, begin = divmod(start + position, self.layout.piece_length)
            count = min(length, self.layout.piece_length - begin)
            if self.part.holds(piece, begin, begin + count):
                result.append(Segment(Source.PART, index, piece, begin, count))
            else:
                result.append(Segment(otherwise, index, piece, position, count))
            position += count
            length -= count
        return result

    def look_at(self, index: int, proofs: dict[str, StorageError | None] | None = None) -> FileStat | None:
        """The stat of a usable file, None when there is none; StorageError when something is in its way.

        `proofs` remembers what was found about folders, for a walk over many files.
        """
        proofs = {} if proofs is None else proofs
        path = self._paths.path(index)
        folder = self._paths.folder(index)
        if folder not in proofs:
            proofs[folder] = None
            try:
                self._paths.prove(folder)
            except StorageError as error:
                proofs[folder] = error
        problem = proofs[folder]
        if problem is not None:
            raise problem
        with disk_errors(path):
            found = self._files.stat(path)
        if found is not None and not found.is_regular:
            self._paths.prove(path)
            raise StorageError("not-a-file", path)
        return found

    def _files_in_part(self) -> set[int]:
        found: set[int] = set()
        for piece in self.part.held:
            begin, end = self.part.held_range(piece)
            end = min(end, self.layout.geometry.piece_size(piece))
            spans = self.layout.spans(piece * self.layout.piece_length + begin, max(0, end - begin))
            found.update(index for index, _, _ in spans if not self.layout.files[index].is_pad)
        return found
