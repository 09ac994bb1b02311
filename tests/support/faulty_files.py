"""Disks that fail: on the Nth call, in short transfers, by loss of power."""

from __future__ import annotations

import errno
import random
from collections.abc import Callable, Collection
from typing import TypeVar

from tests.support.sim_files import MemoryFiles
from tests.support.sim_memory_file import MemoryFile, os_error

from shoal.runtime.world import DiskRoom, Files, FileStat, FolderEntry

T = TypeVar("T")

ALL_KINDS = frozenset(
    {
        "open",
        "close",
        "pread_into",
        "pwrite",
        "truncate",
        "allocate",
        "sync",
        "stat",
        "replace",
        "rename",
        "sync_folder",
        "set_mtime",
        "trash",
        "remove",
        "remove_empty_folder",
        "make_folders",
        "list_folder",
        "make_executable",
        "free_bytes",
        "disk_room",
        "resolve",
    }
)


class FaultyFiles:
    """`Files` over another one; counts the calls of `kinds` and fails the `fail_on`-th (from 1), or from it on.

    Run a story once without `fail_on`, read `count`, then fail each call from 1 to `count` in turn. A failing
    call changes nothing, but a failing close does give the handle back, as the system's does.
    `max_transfer_bytes` makes reads and writes short. `log` names every counted call with its path or handle.
    """

    def __init__(
        self,
        inner: Files,
        *,
        fail_on: int | None = None,
        error: int = errno.EIO,
        kinds: Collection[str] = ALL_KINDS,
        keeps_failing: bool = False,
        max_transfer_bytes: int | None = None,
    ) -> None:
        unknown = set(kinds) - ALL_KINDS
        if unknown:
            raise ValueError(f"no such calls: {sorted(unknown)}")
        self.inner = inner
        self.fail_on = fail_on
        self.error = error
        self.kinds = frozenset(kinds)
        self.keeps_failing = keeps_failing
        self.max_transfer_bytes = max_transfer_bytes
        self.count = 0
        self.failed = 0
        self.log: list[str] = []

    def heal(self) -> None:
        """Fail no more."""
        self.fail_on = None

    def open(self, path: str, *, write: bool, create: bool = False) -> int:
        return self._call("open", path, lambda: self.inner.open(path, write=write, create=create))

    def close(self, handle: int) -> None:
        try:
            self._call("close", handle, lambda: None)
        finally:
            self.inner.close(handle)

    def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
        part = buffer if self.max_transfer_bytes is None else buffer[: self.max_transfer_bytes]
        return self._call("pread_into", handle, lambda: self.inner.pread_into(handle, part, offset))

    def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
        part = data if self.max_transfer_bytes is None else data[: self.max_transfer_bytes]
        return self._call("pwrite", handle, lambda: self.inner.pwrite(handle, part, offset))

    def truncate(self, handle: int, size: int) -> None:
        self._call("truncate", handle, lambda: self.inner.truncate(handle, size))

    def allocate(self, handle: int, size: int) -> None:
        self._call("allocate", handle, lambda: self.inner.allocate(handle, size))

    def sync(self, handle: int) -> None:
        self._call("sync", handle, lambda: self.inner.sync(handle))

    def stat(self, path: str) -> FileStat | None:
        return self._call("stat", path, lambda: self.inner.stat(path))

    def replace(self, source: str, target: str) -> None:
        self._call("replace", source, lambda: self.inner.replace(source, target))

    def rename(self, source: str, target: str) -> None:
        self._call("rename", source, lambda: self.inner.rename(source, target))

    def sync_folder(self, folder: str) -> None:
        self._call("sync_folder", folder, lambda: self.inner.sync_folder(folder))

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        self._call("set_mtime", path, lambda: self.inner.set_mtime(path, mtime_ns))

    def trash(self, path: str) -> None:
        self._call("trash", path, lambda: self.inner.trash(path))

    def remove(self, path: str) -> None:
        self._call("remove", path, lambda: self.inner.remove(path))

    def remove_empty_folder(self, path: str) -> bool:
        return self._call("remove_empty_folder", path, lambda: self.inner.remove_empty_folder(path))

    def make_folders(self, path: str) -> None:
        self._call("make_folders", path, lambda: self.inner.make_folders(path))

    def list_folder(self, path: str) -> list[FolderEntry]:
        return self._call("list_folder", path, lambda: self.inner.list_folder(path))

    def make_executable(self, path: str) -> None:
        self._call("make_executable", path, lambda: self.inner.make_executable(path))

    def free_bytes(self, folder: str) -> int:
        return self._call("free_bytes", folder, lambda: self.inner.free_bytes(folder))

    def disk_room(self, folder: str) -> DiskRoom:
        return self._call("disk_room", folder, lambda: self.inner.disk_room(folder))

    def resolve(self, path: str) -> str:
        return self._call("resolve", path, lambda: self.inner.resolve(path))

    def _call(self, kind: str, subject: str | int, call: Callable[[], T]) -> T:
        if kind in self.kinds:
            self.count += 1
            self.log.append(f"{kind} {subject}")
            if self.fail_on is not None and (
                self.count == self.fail_on or (self.keeps_failing and self.count > self.fail_on)
            ):
                self.failed += 1
                raise os_error(self.error, subject if isinstance(subject, str) else None)
        return call()


class PowerLossFiles(MemoryFiles):
    """A disk in memory with a write-back cache: what was not synced may be gone after `crash`.

    `sync` makes a file's data, size and time durable. Names (create, replace, remove, folders) are durable
    at once, as on journaling file systems; a file that was never synced comes back empty.
    """

    def __init__(self, wall: Callable[[], float] = lambda: 0.0, *, capacity_bytes: int | None = None) -> None:
        super().__init__(wall, capacity_bytes=capacity_bytes)
        self._durable: dict[MemoryFile, MemoryFile] = {}

    def sync(self, handle: int) -> None:
        super().sync(handle)
        file = self._opened(handle).file
        self._durable[file] = file.clone()

    def write_file(self, path: str, data: bytes) -> None:
        """As `MemoryFiles.write_file`, and durable."""
        super().write_file(path, data)
        file = self.file_at(path)
        if file is not None:
            self._durable[file] = file.clone()

    def kill(self) -> PowerLossFiles:
        """The disk after the process was killed: the system still has every write. This one lives on apart."""
        twin = self._twin()
        for path, node in self._nodes.items():
            twin._keep(path, node.clone() if isinstance(node, MemoryFile) else None, self._durable_of(node), node)
        return twin

    def crash(self, rng: random.Random | None = None, *, keeps_metadata: bool = False) -> PowerLossFiles:
        """The disk after a loss of power. This one lives on apart, so that what still runs changes nothing.

        Unsynced pages are gone; with `rng`, each survives by the toss of a coin, as caches write in any order.
        With `keeps_metadata` sizes and times survive where data did not: file systems that journal names
        only do that, and a size and time that agree must not be all that vouches for the data.
        """
        twin = self._twin()
        for path, node in self._nodes.items():
            survivor = self._survivor(node, rng, keeps_metadata) if isinstance(node, MemoryFile) else None
            twin._keep(path, survivor, survivor.clone() if survivor is not None else None, node)
        return twin

    def _survivor(self, live: MemoryFile, rng: random.Random | None, keeps_metadata: bool) -> MemoryFile:
        synced = self._durable.get(live)
        file = synced.clone() if synced is not None else MemoryFile()
        if rng is not None:
            for index in sorted(live.pages):
                if file.pages.get(index) != live.pages[index] and rng.random() < 0.5:
                    file.pages[index] = bytearray(live.pages[index])
                    file.size = max(file.size, min(live.size, (index + 1) * len(live.pages[index])))
                    file.mtime_ns = live.mtime_ns
        if keeps_metadata:
            file.resize(live.size)
            file.mtime_ns = live.mtime_ns
        file.is_executable = live.is_executable
        return file

    def _twin(self) -> PowerLossFiles:
        twin = PowerLossFiles(self._wall, capacity_bytes=self.capacity_bytes)
        twin._take_settings(self)
        return twin

    def _durable_of(self, node: object) -> MemoryFile | None:
        synced = self._durable.get(node) if isinstance(node, MemoryFile) else None
        return synced.clone() if synced is not None else None

    def _keep(self, path: str, file: MemoryFile | None, durable: MemoryFile | None, node: object) -> None:
        """Take over one name: its file and what of that is durable, or the folder or symlink `node`."""
        if file is None:
            self._nodes[path] = node  # type: ignore[assignment]
            return
        self._nodes[path] = file
        if durable is not None:
            self._durable[file] = durable
