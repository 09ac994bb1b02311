"""Writing into the files of one torrent: made when first needed, proven to be ours, synced on demand."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterable, Iterator

from shoal.engine.storage.errors import StorageError, storage_error
from shoal.engine.storage.file_places import FilePlaces, Presence
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.positioned_io import disk_errors, write_all
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout
from shoal.runtime.world import Files

_SMALLEST_SLICE = 256 << 20
_MOST_SLICES = 64


class FileWriter:
    """Thread-safe for writes of different bytes; remembers which files were written since the last sync."""

    def __init__(
        self, files: Files, open_files: OpenFiles, layout: FileLayout, paths: TorrentPaths, places: FilePlaces
    ) -> None:
        self._files = files
        self._open_files = open_files
        self._layout = layout
        self._paths = paths
        self._places = places
        self._making = threading.Lock()
        self._unsynced: set[int] = set()
        self._touched: set[int] = set()
        self._sets = threading.Lock()

    def write(self, index: int, position: int, data: memoryview) -> None:
        """Write `data` into file `index` at `position`. Raises StorageError."""
        if self._places.presence[index] != Presence.READY:
            self.make_ready(index)
        path = self._paths.path(index)
        with disk_errors(path), self._open_files.lease(path, write=True, prove=self._paths.prove) as handle:
            write_all(self._files, handle, data, position, path)
        # Marked after the write: a sync that runs meanwhile may or may not carry it, the next one surely does.
        with self._sets:
            self._unsynced.add(index)
            self._touched.add(index)

    def make_ready(self, index: int) -> None:
        """Make the file when it is not there, and give it its full size. Raises StorageError."""
        with self._making:
            presence = self._places.presence[index]
            if presence == Presence.READY:
                return
            entry = self._layout.files[index]
            path = self._paths.path(index)
            create = presence == Presence.ABSENT
            with disk_errors(path):
                if create and self._files.stat(self._paths.folder(index)) is None:
                    # `prepare` made it: when it is gone, so is the volume, and its mount point is not to be filled.
                    raise StorageError("missing", self._paths.folder(index), detail="the folder is gone")
                with self._open_files.lease(path, write=True, create=create, prove=self._paths.prove) as handle:
                    if create:
                        self._places.presence[index] = Presence.FOUND
                    found = self._files.stat(path)
                    if found is None:
                        raise StorageError("missing", path, detail="it vanished while it was opened")
                    if found.size != entry.size:
                        self._files.truncate(handle, entry.size)
                    if create and entry.is_executable:
                        # The attribute is a convenience; file systems without permissions refuse it.
                        with contextlib.suppress(OSError):
                            self._files.make_executable(path)
            self._places.presence[index] = Presence.READY
            with self._sets:
                self._unsynced.add(index)
                self._touched.add(index)

    def allocate(self, index: int) -> Iterator[int]:
        """Reserve all bytes of a file, in slices; yields the bytes reserved so far after each. Raises StorageError.

        Whoever wants it cancelled stops asking.
        """
        self.make_ready(index)
        size = self._layout.files[index].size
        path = self._paths.path(index)
        step = max(_SMALLEST_SLICE, -(-size // _MOST_SLICES))
        with disk_errors(path), self._open_files.lease(path, write=True, prove=self._paths.prove) as handle:
            done = 0
            while done < size:
                done = min(size, done + step)
                self._files.allocate(handle, done)
                with self._sets:
                    self._unsynced.add(index)
                    self._touched.add(index)
                yield done

    def sync(self, indices: Iterable[int] | None = None) -> None:
        """Return when everything written before is on the disk (of the given files, or of all). Raises StorageError.

        `missing` when a written file is gone from its path or was cut: then its bytes are lost, whatever was claimed.
        """
        with self._sets:
            due = self._unsynced if indices is None else self._unsynced.intersection(indices)
            self._unsynced = self._unsynced - due
        waiting = sorted(due)
        try:
            while waiting:
                self._sync_one(waiting[-1])
                waiting.pop()
        finally:
            with self._sets:
                self._unsynced.update(waiting)

    def take_touched(self) -> set[int]:
        """The files written since the last call."""
        with self._sets:
            touched, self._touched = self._touched, set()
        return touched

    def forget(self) -> None:
        """Nothing written before is of interest any more."""
        with self._sets:
            self._unsynced.clear()
            self._touched.clear()

    def _sync_one(self, index: int) -> None:
        path = self._paths.path(index)
        with disk_errors(path):
            found = self._files.stat(path)
            if found is None:
                raise StorageError("missing", path, detail="it was deleted")
            if not found.is_regular:
                raise StorageError("not-a-file", path)
            if found.size < self._layout.files[index].size:
                raise StorageError("missing", path, detail="it was cut")
            with self._open_files.lease(path, write=True, prove=self._paths.prove) as handle:
                self._files.sync(handle)
        close_error = self._open_files.take_close_error(path)
        if close_error is not None:
            raise storage_error(close_error, path)
