"""Whole positioned reads and writes over `Files`, with every OSError turned into a `StorageError`."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from shoal.engine.storage.errors import StorageError, storage_error
from shoal.runtime.world import Files


@contextmanager
def disk_errors(path: str) -> Iterator[None]:
    """Raise `StorageError` about `path` for every OSError of the block."""
    try:
        yield
    except OSError as error:
        raise storage_error(error, path) from error


def write_all(files: Files, handle: int, data: memoryview, offset: int, path: str) -> None:
    """Write all of `data` at `offset`, going on after short writes. Raises OSError, StorageError."""
    written = files.pwrite(handle, data, offset)
    while written < len(data):
        more = files.pwrite(handle, data[written:], offset + written)
        if more <= 0:
            raise StorageError("io-error", path, detail="a write took nothing")
        written += more


def read_all(files: Files, handle: int, buffer: memoryview, offset: int, path: str) -> None:
    """Fill `buffer` from `offset`. Raises OSError, and StorageError `missing` when the file ends before."""
    done = files.pread_into(handle, buffer, offset)
    while done < len(buffer):
        more = files.pread_into(handle, buffer[done:], offset + done)
        if more <= 0:
            raise StorageError("missing", path, detail=f"ends before byte {offset + len(buffer)}")
        done += more
