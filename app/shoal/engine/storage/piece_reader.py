"""Reading a torrent's bytes from wherever they lie: files, the part file, padding."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces, Presence, Segment, Source
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.positioned_io import disk_errors, read_all
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout
from shoal.runtime.world import Files


class PieceReader:
    """For whoever shares the torrent's lock. Raises StorageError: `missing` for what is not there."""

    def __init__(
        self, files: Files, open_files: OpenFiles, layout: FileLayout, paths: TorrentPaths, places: FilePlaces
    ) -> None:
        self._files = files
        self._open_files = open_files
        self._layout = layout
        self._paths = paths
        self._places = places

    def read(self, offset: int, buffer: memoryview) -> None:
        """Fill `buffer` with the torrent's bytes from `offset`."""
        position = 0
        for segment in self._places.segments(offset, len(buffer)):
            with self._opened(segment) as read_at:
                read_at(buffer[position : position + segment.length], segment.position)
            position += segment.length

    def chunks(self, first: int, stop: int, buffer: memoryview) -> Iterator[memoryview]:
        """All bytes of the pieces first..stop-1 in order, each view valid until the next; none crosses a piece."""
        start, length = self._layout.byte_range(first, stop)
        rest = self._layout.geometry.piece_size(first)
        piece = first
        for segment in self._places.segments(start, length):
            with self._opened(segment) as read_at:
                done = 0
                while done < segment.length:
                    view = buffer[: min(len(buffer), rest, segment.length - done)]
                    read_at(view, segment.position + done)
                    yield view
                    done += len(view)
                    rest -= len(view)
                    if not rest and piece + 1 < stop:
                        piece += 1
                        rest = self._layout.geometry.piece_size(piece)

    @contextlib.contextmanager
    def _opened(self, segment: Segment) -> Iterator[Callable[[memoryview, int], None]]:
        """A function that fills a view from a position of the segment's source."""
        path = self._paths.path(segment.file_index)
        if segment.source == Source.ZEROS:
            yield _fill_with_zeros
        elif segment.source == Source.PART:
            yield lambda view, position: self._places.part.read(segment.piece, position, view)
        elif segment.source == Source.NOWHERE or self._places.presence[segment.file_index] == Presence.ABSENT:
            raise StorageError("missing", path)
        else:
            with disk_errors(path), self._open_files.lease(path, write=False, prove=self._paths.prove) as handle:
                yield lambda view, position: read_all(self._files, handle, view, position, path)


def _fill_with_zeros(view: memoryview, position: int) -> None:
    view[:] = bytes(len(view))
