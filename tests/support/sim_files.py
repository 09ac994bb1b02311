"""A disk in memory: `Files` with sparse files, symlinks, a size limit, permissions and volumes that go away."""

from __future__ import annotations

import errno
import os
import posixpath
from collections.abc import Callable
from dataclasses import dataclass

from tests.support.sim_memory_file import PAGE_BYTES, MemoryFile, os_error

from shoal.runtime.world import DiskRoom, FileStat, FolderEntry

MAX_NAME_BYTES = 255
MAX_SYMLINKS = 40


@dataclass(frozen=True, eq=False)
class _Symlink:
    target: str


class _Folder:
    """Marks a path as a folder."""


Node = MemoryFile | _Symlink | _Folder


@dataclass
class _Open:
    file: MemoryFile
    can_write: bool
    path: str


class MemoryFiles:
    """`Files` in memory, for inline workers. Paths are POSIX paths; "/" is always there.

    Settable at any time: `capacity_bytes` (None = endless; ENOSPC past it, with short writes first, in pages
    of 16 KiB), `is_read_only` (EROFS), `denied` (paths below which everything is EACCES), `broken` (paths
    whose data cannot be read or written: EIO), `volumes` (folders that are disks of their own, with their capacity in
    bytes or None), `has_wastebasket`. `unmount` and `mount` take a volume away and bring it back.
    """

    def __init__(self, wall: Callable[[], float] = lambda: 0.0, *, capacity_bytes: int | None = None) -> None:
        """`wall` gives the seconds since 1970 that go into modification times."""
        self.capacity_bytes = capacity_bytes
        self.is_read_only = False
        self.denied: set[str] = set()
        self.broken: set[str] = set()
        self.volumes: dict[str, int | None] = {}
        self.has_wastebasket = True
        self.trashed: list[str] = []
        """What was put into the wastebasket: the paths it had."""
        self._wall = wall
        self._nodes: dict[str, Node] = {"/": _Folder()}
        self._open: dict[int, _Open] = {}
        self._next_handle = 3
        self._unmounted: dict[str, dict[str, Node]] = {}

    # Files

    def open(self, path: str, *, write: bool, create: bool = False) -> int:
        place = self._place(path)
        node = self._nodes.get(place)
        if node is None:
            if not create:
                raise os_error(errno.ENOENT, path)
            self._check_writable(place)
            self.make_folders(posixpath.dirname(place))
            node = self._nodes[place] = MemoryFile(mtime_ns=self._now_ns())
        elif isinstance(node, _Symlink):
            raise os_error(errno.ELOOP, path)
        elif isinstance(node, _Folder):
            raise os_error(errno.EISDIR, path)
        if write:
            self._check_writable(place)
        handle = self._next_handle
        self._next_handle += 1
        self._open[handle] = _Open(node, write, place)
        return handle

    def close(self, handle: int) -> None:
        self._opened(handle)
        del self._open[handle]

    def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
        opened = self._opened(handle)
        self._check_sound(opened)
        data = opened.file.read(offset, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
        opened = self._opened(handle, write=True)
        self._check_sound(opened)
        view = memoryview(data).cast("B")
        free = self._free_pages(opened.path)
        written = 0
        while written < len(view):
            at = offset + written
            index, start = divmod(at, PAGE_BYTES)
            if index not in opened.file.pages and index not in opened.file.reserved:
                if free is not None and free <= 0:
                    break
                free = None if free is None else free - 1
            length = min(len(view) - written, PAGE_BYTES - start)
            opened.file.write_within_page(at, view[written : written + length])
            written += length
        if written:
            opened.file.mtime_ns = self._now_ns()
        elif len(view):
            raise os_error(errno.ENOSPC)
        return written

    def truncate(self, handle: int, size: int) -> None:
        opened = self._opened(handle, write=True)
        opened.file.resize(size)
        opened.file.mtime_ns = self._now_ns()

    def allocate(self, handle: int, size: int) -> None:
        opened = self._opened(handle, write=True)
        wanted = set(range(-(-size // PAGE_BYTES)))
        missing = len(wanted - opened.file.reserved - opened.file.pages.keys())
        free = self._free_pages(opened.path)
        if free is not None and missing > free:
            raise os_error(errno.ENOSPC)
        opened.file.reserved |= wanted
        if size > opened.file.size:
            opened.file.resize(size)
            opened.file.mtime_ns = self._now_ns()

    def sync(self, handle: int) -> None:
        self._check_sound(self._opened(handle))

    def stat(self, path: str) -> FileStat | None:
        try:
            node = self._nodes.get(self._place(path))
        except (FileNotFoundError, NotADirectoryError):
            return None
        if node is None:
            return None
        if isinstance(node, MemoryFile):
            return FileStat(node.size, node.mtime_ns, node.charged_pages * PAGE_BYTES, True)
        return FileStat(0, 0, 0, False)

    def replace(self, source: str, target: str) -> None:
        here, there = self._place(source), self._place(target)
        node = self._nodes.get(here)
        if node is None:
            raise os_error(errno.ENOENT, source)
        self._check_writable(here)
        self._check_writable(there)
        self._check_parent(there)
        if isinstance(self._nodes.get(there), _Folder):
            raise os_error(errno.EISDIR, target)
        self._move(here, there)

    def rename(self, source: str, target: str) -> None:
        here, there = self._place(source), self._place(target)
        if here not in self._nodes:
            raise os_error(errno.ENOENT, source)
        self._check_writable(here)
        self._check_writable(there)
        self._check_parent(there)
        if there in self._nodes:
            raise os_error(errno.EEXIST, target)
        if there.startswith(here + "/"):
            raise os_error(errno.EINVAL, target)
        self._move(here, there)

    def sync_folder(self, folder: str) -> None:
        """Names are durable at once."""

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        node = self._nodes.get(self._place(path))
        if not isinstance(node, MemoryFile):
            raise os_error(errno.ENOENT, path)
        node.mtime_ns = mtime_ns

    def trash(self, path: str) -> None:
        place = self._place(path)
        if not self.has_wastebasket:
            raise os_error(errno.EPERM, path)
        if place not in self._nodes:
            raise os_error(errno.ENOENT, path)
        self._check_writable(place)
        for below in [other for other in self._nodes if other == place or other.startswith(place + "/")]:
            del self._nodes[below]
        self.trashed.append(place)

    def remove(self, path: str) -> None:
        place = self._place(path)
        node = self._nodes.get(place)
        if node is None:
            raise os_error(errno.ENOENT, path)
        if isinstance(node, _Folder):
            raise os_error(errno.EISDIR, path)
        self._check_writable(place)
        del self._nodes[place]

    def remove_empty_folder(self, path: str) -> bool:
        try:
            place = self._place(path)
        except (FileNotFoundError, NotADirectoryError):
            return False
        if not isinstance(self._nodes.get(place), _Folder) or place == "/":
            return False
        if any(other.startswith(place + "/") for other in self._nodes):
            return False
        self._check_writable(place)
        del self._nodes[place]
        return True

    def make_folders(self, path: str) -> None:
        place = self._place(path, follow_last=True)
        node = self._nodes.get(place)
        if isinstance(node, _Folder):
            return
        if node is not None:
            raise os_error(errno.EEXIST, path)
        self._check_writable(place)
        at = ""
        for name in place.split("/")[1:]:
            at = f"{at}/{name}"
            self._nodes.setdefault(at, _Folder())

    def list_folder(self, path: str) -> list[FolderEntry]:
        place = self._place(path, follow_last=True)
        node = self._nodes.get(place)
        if node is None:
            raise os_error(errno.ENOENT, path)
        if not isinstance(node, _Folder):
            raise os_error(errno.ENOTDIR, path)
        prefix = place.rstrip("/") + "/"
        return [
            FolderEntry(other[len(prefix) :], _kind(node))
            for other, node in self._nodes.items()
            if other.startswith(prefix) and other != "/" and "/" not in other[len(prefix) :]
        ]

    def make_executable(self, path: str) -> None:
        node = self._nodes.get(self._place(path))
        if node is None:
            raise os_error(errno.ENOENT, path)
        if isinstance(node, _Symlink):
            raise os_error(errno.ELOOP, path)
        if isinstance(node, MemoryFile):
            node.is_executable = True

    def free_bytes(self, folder: str) -> int:
        return self.disk_room(folder).free

    def disk_room(self, folder: str) -> DiskRoom:
        place = self._place(folder, follow_last=True)
        volume = self._volume(place)
        capacity = self.volumes.get(volume, self.capacity_bytes)
        free = self._free_pages(place)
        if free is None or capacity is None:
            return DiskRoom(1 << 51, 1 << 50, volume)
        return DiskRoom(capacity, max(0, free) * PAGE_BYTES, volume)

    def resolve(self, path: str) -> str:
        return self._follow(path, follow_last=True, strict=False)

    # What tests do behind the engine's back

    @property
    def open_handles(self) -> int:
        """How many handles have not been closed."""
        return len(self._open)

    def write_file(self, path: str, data: bytes) -> None:
        """Put a whole file there, whatever limits are set; its modification time is now."""
        place = self._place(path)
        at = ""
        for name in posixpath.dirname(place).split("/")[1:]:
            at = f"{at}/{name}"
            self._nodes.setdefault(at, _Folder())
        node = self._nodes[place] = MemoryFile(mtime_ns=self._now_ns())
        view = memoryview(data)
        for offset in range(0, len(data), PAGE_BYTES):
            node.write_within_page(offset, view[offset : offset + PAGE_BYTES])

    def read_file(self, path: str) -> bytes:
        """The whole file; FileNotFoundError when there is none."""
        node = self._nodes.get(self._place(path))
        if not isinstance(node, MemoryFile):
            raise os_error(errno.ENOENT, path)
        return node.read(0, node.size)

    def file_at(self, path: str) -> MemoryFile | None:
        """The file itself, for looking inside."""
        node = self._nodes.get(self._place(path))
        return node if isinstance(node, MemoryFile) else None

    def paths(self) -> list[str]:
        """Every regular file, sorted."""
        return sorted(path for path, node in self._nodes.items() if isinstance(node, MemoryFile))

    def symlink(self, path: str, target: str) -> None:
        """Make `path` a symlink to `target`."""
        self._nodes[self._place(path)] = _Symlink(target)

    def unmount(self, folder: str, *, lazily: bool = False) -> None:
        """Take away what is below `folder`, which stays as an empty mount point.

        Open handles get EIO; `lazily` they go on working, as those of a disk that was unmounted while it was in use.
        """
        place = self._place(folder)
        gone = {path: node for path, node in self._nodes.items() if path.startswith(place + "/")}
        for path in gone:
            del self._nodes[path]
        self._unmounted[place] = gone
        if not lazily:
            self.broken.add(place)

    def mount(self, folder: str) -> None:
        """Bring back what `unmount` took away, over whatever was written to the mount point meanwhile."""
        place = self._place(folder)
        for path in [path for path in self._nodes if path.startswith(place + "/")]:
            del self._nodes[path]
        self._nodes.update(self._unmounted.pop(place))
        self.broken.discard(place)

    def clone(self) -> MemoryFiles:
        """An independent disk with the same content and no open handles."""
        twin = MemoryFiles(self._wall, capacity_bytes=self.capacity_bytes)
        twin._take_settings(self)
        twin._nodes = {path: _clone(node) for path, node in self._nodes.items()}
        twin._unmounted = {
            folder: {path: _clone(node) for path, node in nodes.items()} for folder, nodes in self._unmounted.items()
        }
        return twin

    def _now_ns(self) -> int:
        return int(self._wall() * 1e9)

    def _opened(self, handle: int, *, write: bool = False) -> _Open:
        opened = self._open.get(handle)
        if opened is None or (write and not opened.can_write):
            raise os_error(errno.EBADF)
        return opened

    def _take_settings(self, other: MemoryFiles) -> None:
        self.is_read_only, self.has_wastebasket = other.is_read_only, other.has_wastebasket
        self.denied, self.broken, self.volumes = set(other.denied), set(other.broken), dict(other.volumes)

    def _move(self, here: str, there: str) -> None:
        if self._volume(here) != self._volume(there):
            raise os_error(errno.EXDEV, there)
        if isinstance(self._nodes[here], _Folder):
            for path in [path for path in self._nodes if path.startswith(here + "/")]:
                self._nodes[there + path[len(here) :]] = self._nodes.pop(path)
        self._nodes[there] = self._nodes.pop(here)

    def _volume(self, place: str) -> str:
        return max((folder for folder in self.volumes if _is_below(place, {folder})), key=len, default="/")

    def _free_pages(self, place: str) -> int | None:
        volume = self._volume(place)
        capacity = self.volumes.get(volume, self.capacity_bytes)
        if capacity is None:
            return None
        used = sum(
            node.charged_pages
            for path, node in self._nodes.items()
            if isinstance(node, MemoryFile) and (not self.volumes or self._volume(path) == volume)
        )
        return capacity // PAGE_BYTES - used

    def _check_writable(self, place: str) -> None:
        if self.is_read_only:
            raise os_error(errno.EROFS, place)

    def _check_sound(self, opened: _Open) -> None:
        if self.broken and _is_below(opened.path, self.broken):
            raise os_error(errno.EIO, opened.path)

    def _check_parent(self, place: str) -> None:
        parent = self._nodes.get(posixpath.dirname(place))
        if not isinstance(parent, _Folder):
            raise os_error(errno.ENOENT if parent is None else errno.ENOTDIR, place)

    def _place(self, path: str, *, follow_last: bool = False) -> str:
        """The path with symlinks in its parents followed; checks names, permission, and files used as folders."""
        place = self._follow(path, follow_last=follow_last, strict=True)
        if self.denied and _is_below(place, self.denied):
            raise os_error(errno.EACCES, path)
        return place

    def _follow(self, path: str, *, follow_last: bool, strict: bool) -> str:
        names = [name for name in _posix(path).split("/") if name not in ("", ".")]
        at = ""
        followed = 0
        while names:
            name = names.pop(0)
            if name == "..":
                at = posixpath.dirname(at).rstrip("/")
                continue
            if strict and len(name.encode("utf-8", "surrogateescape")) > MAX_NAME_BYTES:
                raise os_error(errno.ENAMETOOLONG, path)
            here = f"{at}/{name}"
            node = self._nodes.get(here)
            if isinstance(node, _Symlink) and (names or follow_last):
                followed += 1
                if followed > MAX_SYMLINKS:
                    raise os_error(errno.ELOOP, path)
                if node.target.startswith("/"):
                    at = ""
                names = [part for part in node.target.split("/") if part not in ("", ".")] + names
                continue
            if strict and names and isinstance(node, MemoryFile):
                raise os_error(errno.ENOTDIR, path)
            at = here
        return at or "/"


def _posix(path: str) -> str:
    if os.name == "nt":
        path = os.path.splitdrive(path)[1].replace("\\", "/")
    if not path.startswith("/"):
        raise ValueError(f"the simulated disk knows absolute paths only, not {path!r}")
    return path


def _is_below(path: str, folders: set[str]) -> bool:
    return any(path == folder or path.startswith(folder.rstrip("/") + "/") for folder in folders)


def _kind(node: Node) -> str:
    if isinstance(node, MemoryFile):
        return "file"
    return "symlink" if isinstance(node, _Symlink) else "folder"


def _clone(node: Node) -> Node:
    return node.clone() if isinstance(node, MemoryFile) else node
