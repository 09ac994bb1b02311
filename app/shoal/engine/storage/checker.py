"""Re-check: hash what lies on the disk against the piece hashes, in worker threads, with progress and cancel."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Iterator

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.metainfo.bitfield import all_pieces, iterate
from shoal.runtime.world import Workers

RUN_BYTES = 16 << 20
"""One job hashes about so much: short enough to cancel, long enough that the loop is hardly asked."""

READ_BYTES = 512 << 10
"""One read: it stays in the processor's second cache until it is hashed, and threads rarely meet at the interpreter."""

AUTO_THREADS = 4
"""Jobs at a time when the number is left to us; the lane has its own, usually lower bound."""

MOST_RUNS = 1024
"""At most so many jobs, and so many progress calls, whatever the size."""

Progress = Callable[[int, int], None]
"""Called on the loop with the number of pieces looked at and the set of those found good, so far."""


class Checker:
    """Checks one torrent. `run` may be called again; not twice at the same time."""

    def __init__(self, workers: Workers, disk: TorrentDisk) -> None:
        self._workers = workers
        self._disk = disk

    async def run(self, progress: Progress, *, pieces: int | None = None, threads: int = 0) -> int:
        """Hash `pieces` (a set, None = all) with `threads` jobs at a time (0 = as many as the lane
        has, at most AUTO_THREADS) and answer the set of good ones.

        Looks at the files afresh first. Pieces of missing or short files are bad at once, without reading. A cancelled
        task waits for the jobs that run. Raises StorageError when the disk fails in another way than missing bytes.
        """
        await self._workers.run(self._disk.survey, lane="check")
        geometry = self._disk.layout.geometry
        wanted = all_pieces(geometry.piece_count) if pieces is None else pieces
        runs = split_runs(wanted, geometry.piece_count, geometry.piece_length)
        return await _Check(self._workers, self._disk, progress, threads or AUTO_THREADS).run(runs)


class _Check:
    """One run of a checker: a few jobs under way, the next one submitted when one ends."""

    def __init__(self, workers: Workers, disk: TorrentDisk, progress: Progress, threads: int) -> None:
        self._workers = workers
        self._disk = disk
        self._progress = progress
        self._threads = threads
        # One job more than threads is submitted, so that none idles while the loop hears of an end; the gate keeps
        # the extra one waiting where the lane has more threads than we may use.
        self._gate = threading.Semaphore(threads)
        self._is_cancelled = False
        self._running = 0
        self._looked_at = 0
        self._good = 0
        self._error: BaseException | None = None
        self._end = asyncio.Event()

    async def run(self, runs: Iterator[range]) -> int:
        self._runs = runs
        for _ in range(self._threads + 1):
            self._submit_next()
        cancelled: asyncio.CancelledError | None = None
        while self._running:
            try:
                await self._end.wait()
            except asyncio.CancelledError as error:
                cancelled = error
                self._is_cancelled = True
        if cancelled is not None:
            raise cancelled
        if self._error is not None:
            raise self._error
        return self._good

    def _submit_next(self) -> None:
        run = None if self._is_cancelled else next(self._runs, None)
        if run is not None:
            self._running += 1
            self._workers.submit(lambda: self._hash(run), lambda result: self._finish(run, result), lane="check")
        elif not self._running:
            self._end.set()

    def _finish(self, run: range, result: int | BaseException) -> None:
        self._running -= 1
        if isinstance(result, BaseException):
            self._error = self._error or result
            self._is_cancelled = True
        elif not self._is_cancelled:
            self._looked_at += len(run)
            self._good |= result << run.start
            try:
                self._progress(self._looked_at, self._good)
            except Exception as error:
                self._error = error
                self._is_cancelled = True
        self._submit_next()

    def _hash(self, run: range) -> int:
        """In a worker: the good pieces of `run`, as a set relative to its first."""
        with self._gate:
            return good_pieces(self._disk, run, lambda: self._is_cancelled)


def good_pieces(disk: TorrentDisk, run: range, is_cancelled: Callable[[], bool] = lambda: False) -> int:
    """Hash the pieces of `run`; bit i of the answer is piece `run.start + i`. For a worker thread.

    Answers what it has when cancelled. Raises StorageError for anything but missing bytes.
    """
    bad = disk.unreadable_pieces(run.start, run.stop)
    buffer = memoryview(bytearray(min(READ_BYTES, disk.layout.piece_length)))
    good = 0
    first = run.start
    while first < run.stop and not is_cancelled():
        if first in bad:
            first += 1
            continue
        stop = first + 1
        while stop < run.stop and stop not in bad:
            stop += 1
        for piece, digest in _digests(disk, range(first, stop), buffer):
            first = piece + 1
            if digest == disk.piece_hash(piece):
                good |= 1 << (piece - run.start)
            if is_cancelled():
                break
    return good


def _digests(disk: TorrentDisk, run: range, buffer: memoryview) -> Iterator[tuple[int, bytes | None]]:
    """Each piece of `run` with its SHA-1; ends after one that turns out unreadable, with None."""
    piece = run.start
    rest = disk.layout.geometry.piece_size(piece)
    sha = hashlib.sha1(usedforsecurity=False)
    try:
        for chunk in disk.chunks(run.start, run.stop, buffer):
            sha.update(chunk)
            rest -= len(chunk)
            if not rest:
                yield piece, sha.digest()
                piece += 1
                if piece < run.stop:
                    rest = disk.layout.geometry.piece_size(piece)
                    sha = hashlib.sha1(usedforsecurity=False)
    except StorageError as error:
        # Cut or deleted since we looked: that piece is bad, the ones after it are tried on their own.
        if error.code != "missing":
            raise
        yield piece, None


def split_runs(pieces: int, piece_count: int, piece_length: int) -> Iterator[range]:
    """Cut a set of pieces into runs of neighbours of about RUN_BYTES, at most MOST_RUNS for an unbroken set."""
    longest = max(1, RUN_BYTES // piece_length, -(-piece_count // MOST_RUNS))
    start = stop = -1
    for piece in iterate(pieces):
        if piece == stop and stop - start < longest:
            stop += 1
        else:
            if start >= 0:
                yield range(start, stop)
            start, stop = piece, piece + 1
    if start >= 0:
        yield range(start, stop)
