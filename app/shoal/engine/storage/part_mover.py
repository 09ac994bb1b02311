"""Moving bytes out of the part file into files that have become wanted, losing nothing at any crash."""

from __future__ import annotations

import contextlib

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces, Place, Presence
from shoal.engine.storage.file_writer import FileWriter
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.positioned_io import disk_errors, read_all
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.runtime.world import Files


class PartMover:
    """For whoever holds the torrent's lock alone. Bytes leave the part file only when synced in their new home."""

    def __init__(
        self, files: Files, open_files: OpenFiles, paths: TorrentPaths, *, places: FilePlaces, writer: FileWriter
    ) -> None:
        self._files = files
        self._open_files = open_files
        self._layout = places.layout
        self._paths = paths
        self._places = places
        self._part = places.part
        self._writer = writer

    def move_out(self, indices: set[int]) -> tuple[int, ...]:
        """Move the bytes of these files to their own places, which are in place FILE then.

        Answers pieces whose held bytes were not what had been written; they are dropped. Raises StorageError with no
        place changed; doing it again goes on where it stopped.
        """
        damaged: set[int] = set()
        held: dict[int, bytearray | None] = {}
        for index in sorted(indices):
            pieces = self._layout.pieces_of_file(index)
            for piece in sorted(self._part.held.intersection(pieces)):
                if piece not in held:
                    held[piece] = self._part.read_checked(piece)
                data = held[piece]
                if data is None:
                    damaged.add(piece)
                else:
                    self._move(index, piece, memoryview(data))
        self._writer.sync(indices)
        for index in indices:
            self._places.places[index] = Place.FILE
            self._places.pending.discard(index)
        done = {piece for piece in held if piece in damaged or not self._is_needed(piece)}
        # A slot that stays only costs room: its bytes are the same, and the next move of its files drops it.
        with contextlib.suppress(StorageError):
            if done:
                self._part.drop(done)
        return tuple(sorted(damaged))

    def _move(self, index: int, piece: int, held: memoryview) -> None:
        """Write what `held` (the part file's bytes of `piece`) has of file `index`, unless it is there already."""
        entry = self._layout.files[index]
        piece_start = piece * self._layout.piece_length
        begin, end = self._part.held_range(piece)
        first = max(entry.offset, piece_start + begin)
        stop = min(entry.offset + entry.size, piece_start + end)
        if first >= stop:
            return
        data = held[first - piece_start - begin : stop - piece_start - begin]
        position = first - entry.offset
        if not self._is_there(index, position, data):
            self._writer.write(index, position, data)

    def _is_there(self, index: int, position: int, data: memoryview) -> bool:
        """Whether the file has these bytes: writing them again would change its time and cause a check."""
        if self._places.presence[index] == Presence.ABSENT:
            return False
        present = bytearray(len(data))
        path = self._paths.path(index)
        try:
            with disk_errors(path), self._open_files.lease(path, write=False, prove=self._paths.prove) as handle:
                read_all(self._files, handle, memoryview(present), position, path)
        except StorageError as error:
            if error.code != "missing":
                raise
            return False
        return present == data

    def _is_needed(self, piece: int) -> bool:
        return any(self._places.places[span.file_index] == Place.PART for span in self._layout.piece_spans(piece))
