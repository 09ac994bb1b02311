"""Reading a file or folder for a new torrent: what is in it, and the SHA-1 of its pieces."""

from __future__ import annotations

import asyncio
import hashlib
import os
import threading
from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, islice
from typing import NamedTuple

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.positioned_io import disk_errors, read_all
from shoal.runtime.world import Files, Workers

MAX_DEPTH = 100
"""Folders in folders; metainfo beyond it is refused by every reader."""

MAX_FILES = 1_000_000

RUN_BYTES = 16 << 20
READ_BYTES = 512 << 10


class PlannedFile(NamedTuple):
    """A file that will be in the torrent; `path` below the chosen folder, empty when the file itself was chosen."""

    path: tuple[str, ...]
    size: int
    mtime_ns: int


def plan_tree(files: Files, path: str) -> list[PlannedFile]:
    """Every file at or below `path`, sorted by path, hidden and empty ones included. For a worker thread.

    Raises StorageError: `missing`, `is-symlink` and `not-a-file` for anything that is no file and no folder (naming it:
    leaving it out silently would make a torrent that lacks something), `name-too-long` beyond MAX_DEPTH.
    """
    with disk_errors(path):
        found = files.stat(path)
    if found is None:
        raise StorageError("missing", path)
    if found.is_regular:
        return [PlannedFile((), found.size, found.mtime_ns)]
    planned: list[PlannedFile] = []
    waiting: list[tuple[str, ...]] = [()]
    while waiting:
        folder = waiting.pop()
        place = os.path.join(path, *folder)
        with disk_errors(place):
            entries = files.list_folder(place)
        for name, kind in entries:
            elements = (*folder, name)
            full = os.path.join(place, name)
            if kind == "folder":
                if len(elements) >= MAX_DEPTH:
                    raise StorageError("name-too-long", full, detail=f"more than {MAX_DEPTH} folders deep")
                waiting.append(elements)
            elif kind == "file":
                planned.append(_plan_file(files, elements, full))
                if len(planned) > MAX_FILES:
                    raise StorageError("io-error", path, detail=f"more than {MAX_FILES} files")
            elif kind == "symlink":
                raise StorageError("is-symlink", full, detail="links cannot go into a torrent")
            else:
                raise StorageError("not-a-file", full, detail="devices and pipes cannot go into a torrent")
    return sorted(planned)


def _plan_file(files: Files, elements: tuple[str, ...], full: str) -> PlannedFile:
    with disk_errors(full):
        found = files.stat(full)
    if found is None or not found.is_regular:
        raise StorageError("missing", full, detail="it changed while the folder was read")
    return PlannedFile(elements, found.size, found.mtime_ns)


async def hash_tree(
    workers: Workers,
    files: Files,
    path: str,
    planned: Sequence[PlannedFile],
    *,
    piece_length: int,
    threads: int = 2,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> bytes:
    """The SHA-1 of each piece of the planned files laid one after the other, 20 bytes each (BEP 3, `pieces`).

    Order is that of `planned`. Runs in lane "check"; `progress(bytes done, bytes in all)` is called on the loop; when
    the task is cancelled the runs under way end unheard. Raises StorageError, `io-error` when a file changes while it
    is read, and ValueError when there is nothing to hash.
    """
    total = sum(entry.size for entry in planned)
    if not total or piece_length < 1:
        raise ValueError("a torrent has at least one byte and pieces of at least one byte")
    source = _Source(files, path, planned)
    gate = asyncio.Semaphore(max(1, threads))
    is_cancelled = threading.Event()
    run_length = max(1, RUN_BYTES // piece_length) * piece_length
    done = 0

    async def hash_run(start: int) -> bytes:
        nonlocal done
        length = min(run_length, total - start)
        async with gate:
            digests = await workers.run(
                lambda: b"" if is_cancelled.is_set() else source.digests(start, length, piece_length), lane="check"
            )
        done += length
        progress(done, total)
        return digests

    tasks = [asyncio.ensure_future(hash_run(start)) for start in range(0, total, run_length)]
    try:
        parts = await asyncio.gather(*tasks)
    finally:
        is_cancelled.set()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    await workers.run(source.prove_unchanged, lane="check")
    return b"".join(parts)


class _Source:
    """The planned files as one run of bytes; used from several threads."""

    def __init__(self, files: Files, path: str, planned: Sequence[PlannedFile]) -> None:
        self._files = files
        self._path = path
        self._planned = planned
        self._ends = list(accumulate(entry.size for entry in planned))

    def digests(self, start: int, length: int, piece_length: int) -> bytes:
        """SHA-1 of the pieces in `length` bytes from `start`, which is a multiple of the piece length."""
        result = bytearray()
        buffer = memoryview(bytearray(READ_BYTES))
        sha = hashlib.sha1(usedforsecurity=False)
        rest = min(piece_length, length)
        for chunk in self._chunks(start, length, buffer, piece_length):
            sha.update(chunk)
            rest -= len(chunk)
            length -= len(chunk)
            if not rest:
                result += sha.digest()
                sha = hashlib.sha1(usedforsecurity=False)
                rest = min(piece_length, length)
        return bytes(result)

    def prove_unchanged(self) -> None:
        """Raise StorageError when a file is not as it was planned."""
        for entry in self._planned:
            full = os.path.join(self._path, *entry.path)
            with disk_errors(full):
                found = self._files.stat(full)
            if found is None or (found.size, found.mtime_ns) != (entry.size, entry.mtime_ns):
                raise StorageError("io-error", full, detail="it changed while it was read")

    def _chunks(self, start: int, length: int, buffer: memoryview, piece_length: int) -> Iterator[memoryview]:
        """The bytes in order; no view crosses a piece or a file, each is valid until the next."""
        rest = min(piece_length, length)
        first = bisect_right(self._ends, start)
        position = start - (self._ends[first - 1] if first else 0)
        for entry in islice(self._planned, first, None):
            full = os.path.join(self._path, *entry.path)
            with disk_errors(full):
                handle = self._files.open(full, write=False)
                try:
                    while position < entry.size and length:
                        view = buffer[: min(len(buffer), rest, entry.size - position)]
                        self._read(handle, view, position, full)
                        yield view
                        position += len(view)
                        length -= len(view)
                        rest = rest - len(view) or min(piece_length, length)
                finally:
                    self._files.close(handle)
            position = 0
            if not length:
                return

    def _read(self, handle: int, view: memoryview, position: int, full: str) -> None:
        try:
            read_all(self._files, handle, view, position, full)
        except StorageError as error:
            raise StorageError("io-error", full, detail="it changed while it was read") from error
