"""Copying one file to another volume in slices, holes and time kept, synced at the end."""

from __future__ import annotations

import contextlib

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.positioned_io import disk_errors, write_all
from shoal.runtime.world import Files, FileStat

SLICE_BYTES = 1 << 20


class FileCopy:
    """`source`, which looks like `found`, to `target`, which is made anew. `close` gives up."""

    def __init__(self, files: Files, source: str, target: str, *, found: FileStat, is_executable: bool) -> None:
        """Opens both. Raises StorageError."""
        self._files = files
        self._source = source
        self._target = target
        self._found = found
        self._is_executable = is_executable
        # What was never written takes no room there either; where all has room, zeros are data like others.
        self._has_holes = found.allocated < found.size
        self._done = 0
        self._buffer = bytearray(min(SLICE_BYTES, max(1, found.size)))
        self._reader: int | None = None
        self._writer: int | None = None
        with disk_errors(target):
            if files.stat(target) is not None:
                files.remove(target)
            self._writer = files.open(target, write=True, create=True)
        try:
            with disk_errors(source):
                self._reader = files.open(source, write=False)
        except StorageError:
            self.close()
            raise

    @property
    def is_complete(self) -> bool:
        return self._done == self._found.size

    def some(self, most: int) -> int:
        """Copy up to about `most` bytes; how many it were. Raises StorageError."""
        begun = self._done
        while not self.is_complete and self._done - begun < most:
            self._slice()
        return self._done - begun

    def finish(self) -> None:
        """Return when the whole copy is on the disk, as long and as old as the file. Raises StorageError."""
        assert self._writer is not None
        with disk_errors(self._target):
            self._files.truncate(self._writer, self._found.size)
            self._files.set_mtime(self._target, self._found.mtime_ns)
            self._files.sync(self._writer)
            writer, self._writer = self._writer, None
            self._files.close(writer)
            copied = self._files.stat(self._target)
            if copied is None or copied.size != self._found.size:
                raise StorageError("io-error", self._target, detail="the copy is not as long as the file")
            if self._is_executable:
                # A convenience; file systems without permissions refuse it.
                with contextlib.suppress(OSError):
                    self._files.make_executable(self._target)
        self.close()

    def close(self) -> None:
        """Let go of both files; harmless twice."""
        handles, self._reader, self._writer = (self._reader, self._writer), None, None
        for handle in handles:
            if handle is not None:
                with contextlib.suppress(OSError):
                    self._files.close(handle)

    def _slice(self) -> None:
        assert self._reader is not None
        assert self._writer is not None
        view = memoryview(self._buffer)[: min(len(self._buffer), self._found.size - self._done)]
        with disk_errors(self._source):
            count = self._files.pread_into(self._reader, view, self._done)
        if count <= 0:
            raise StorageError("files-changed", self._source, detail="it was cut while it was copied")
        if not self._has_holes or self._buffer.count(0, 0, count) != count:
            with disk_errors(self._target):
                write_all(self._files, self._writer, view[:count], self._done, self._target)
        self._done += count
