"""Open files shared by all torrents: least recently used ones are closed, one in use never is."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from shoal.runtime.world import Files

DEFAULT_LIMIT = 64
"""Leaves most of a descriptor limit of 256 to sockets."""


@dataclass(slots=True)
class _OpenFile:
    handle: int
    is_writable: bool
    users: int = 0
    is_stale: bool = False
    """Out of the table; closed by its last user."""


class OpenFiles:
    """Handles by path, at most `limit` kept open (more only while more than `limit` are in use at one moment).

    Thread-safe. Files are opened and closed outside of the lock, so that a slow volume does not hold up the others.
    """

    def __init__(self, files: Files, limit: int = DEFAULT_LIMIT) -> None:
        self._files = files
        self._limit = max(1, limit)
        self._open: OrderedDict[str, _OpenFile] = OrderedDict()
        self._lock = threading.Lock()
        self._close_errors: dict[str, OSError] = {}

    def __len__(self) -> int:
        """How many handles are kept now."""
        return len(self._open)

    @contextmanager
    def lease(
        self, path: str, *, write: bool, create: bool = False, prove: Callable[[str], None] | None = None
    ) -> Iterator[int]:
        """A handle to `path` that stays open during the `with` block; OSError when it cannot be opened.

        A handle opened for writing also serves readers. `prove(path)` is called before the file is really opened and
        raises when it must not be.
        """
        entry = self._lookup(path, write)
        if entry is None:
            if prove is not None:
                prove(path)
            entry = self._take(path, write, create)
        try:
            yield entry.handle
        finally:
            self._give_back(path, entry)

    def forget(self, path: str) -> None:
        """Close `path` now, or when its last user is done; harmless when it is not open."""
        with self._lock:
            entry = self._open.pop(path, None)
            if entry is None:
                return
            entry.is_stale = True
            must_close = entry.users == 0
        if must_close:
            self._close(path, entry)

    def take_close_error(self, path: str) -> OSError | None:
        """The error that closing `path` raised since the last call: its written data may not be on the disk."""
        return self._close_errors.pop(path, None)

    def close(self) -> None:
        """Close everything that is not in use; the rest follows with its last user."""
        for path in list(self._open):
            self.forget(path)

    def _take(self, path: str, write: bool, create: bool) -> _OpenFile:
        fresh = _OpenFile(self._files.open(path, write=write, create=create), write, users=1)
        closing: list[tuple[str, _OpenFile]] = []
        with self._lock:
            present = self._open.get(path)
            if present is not None and (present.is_writable or not write):
                # Another thread was faster: one handle per file is enough.
                present.users += 1
                closing.append((path, fresh))
                entry = present
            else:
                if present is not None:
                    present.is_stale = True
                    if present.users == 0:
                        closing.append((path, present))
                self._open[path] = entry = fresh
                self._open.move_to_end(path)
                closing += self._evict()
        for closed_path, closed in closing:
            self._close(closed_path, closed)
        return entry

    def _lookup(self, path: str, write: bool) -> _OpenFile | None:
        with self._lock:
            entry = self._open.get(path)
            if entry is None or (write and not entry.is_writable):
                return None
            entry.users += 1
            self._open.move_to_end(path)
            return entry

    def _evict(self) -> list[tuple[str, _OpenFile]]:
        """With the lock held: take the oldest unused entries out until the limit holds."""
        excess = len(self._open) - self._limit
        if excess <= 0:
            return []
        victims = [(path, entry) for path, entry in self._open.items() if entry.users == 0][:excess]
        for path, entry in victims:
            entry.is_stale = True
            del self._open[path]
        return victims

    def _give_back(self, path: str, entry: _OpenFile) -> None:
        with self._lock:
            entry.users -= 1
            must_close = entry.is_stale and entry.users == 0
        if must_close:
            self._close(path, entry)

    def _close(self, path: str, entry: _OpenFile) -> None:
        try:
            self._files.close(entry.handle)
        except OSError as error:
            if entry.is_writable:
                self._close_errors[path] = error
