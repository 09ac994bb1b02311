"""The operating system's files: positioned reads and writes on descriptors, symlinks not followed.

Called from worker threads. Everything raises OSError as the system does; where a system lacks a call, the
nearest one that keeps the contract of `Files` is used.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
import stat as modes
import sys
import threading

from shoal.runtime.world import DiskRoom, FileStat, FolderEntry

_CLOEXEC = getattr(os, "O_CLOEXEC", 0)
_NOFOLLOW = getattr(os, "O_NOFOLLOW", 0)
_BINARY = getattr(os, "O_BINARY", 0) | getattr(os, "O_NOINHERIT", 0)
# Opening a FIFO without a writer would block a worker for ever; regular files ignore the flag.
_NONBLOCK = getattr(os, "O_NONBLOCK", 0)
_OPEN_FLAGS = _CLOEXEC | _NOFOLLOW | _BINARY | _NONBLOCK

_CANNOT_RESERVE = {
    value
    for name in ("EINVAL", "EOPNOTSUPP", "ENOTSUP", "ENOSYS", "ENODEV")
    if (value := getattr(errno, name, None)) is not None
}
_BLOCK_BYTES = 512  # the unit of st_blocks, whatever the file system's own blocks are


class SystemFiles:
    """`Files` of the real world; a handle is a file descriptor."""

    def __init__(self) -> None:
        # Without positioned calls (Windows) seek and read must not be torn apart by another thread.
        self._seek_locks = tuple(threading.Lock() for _ in range(16))

    def open(self, path: str, *, write: bool, create: bool = False) -> int:
        """See `Files.open`. Raises ELOOP for a symlink, EISDIR for a folder, EINVAL for a device or a FIFO."""
        if not _NOFOLLOW and os.path.islink(path):
            raise OSError(errno.ELOOP, os.strerror(errno.ELOOP), path)
        flags = _OPEN_FLAGS | (os.O_RDWR if write else os.O_RDONLY) | (os.O_CREAT if create else 0)
        try:
            handle = os.open(path, flags, 0o666)
        except FileNotFoundError:
            if not create:
                raise
            os.makedirs(os.path.dirname(path), exist_ok=True)
            handle = os.open(path, flags, 0o666)
        mode = os.fstat(handle).st_mode
        if not modes.S_ISREG(mode):
            os.close(handle)
            code = errno.EISDIR if modes.S_ISDIR(mode) else errno.EINVAL
            raise OSError(code, os.strerror(code), path)
        return handle

    def close(self, handle: int) -> None:
        os.close(handle)

    if hasattr(os, "preadv"):

        def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
            return os.preadv(handle, [buffer], offset)

    else:

        def pread_into(self, handle: int, buffer: memoryview, offset: int) -> int:
            return self.seek_and_read(handle, buffer, offset)

    if hasattr(os, "pwrite"):

        def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
            return os.pwrite(handle, data, offset)

    else:

        def pwrite(self, handle: int, data: memoryview, offset: int) -> int:
            return self.seek_and_write(handle, data, offset)

    def seek_and_read(self, handle: int, buffer: memoryview, offset: int) -> int:
        """`pread_into` for systems without positioned reads; exclusive per handle."""
        with self._seek_locks[handle % len(self._seek_locks)]:
            os.lseek(handle, offset, os.SEEK_SET)
            data = os.read(handle, len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def seek_and_write(self, handle: int, data: memoryview, offset: int) -> int:
        """`pwrite` for systems without positioned writes; exclusive per handle."""
        with self._seek_locks[handle % len(self._seek_locks)]:
            os.lseek(handle, offset, os.SEEK_SET)
            return os.write(handle, data)

    def truncate(self, handle: int, size: int) -> None:
        os.ftruncate(handle, size)

    def allocate(self, handle: int, size: int) -> None:
        """See `Files.allocate`; never shrinks. Raises ENOSPC when the bytes are not there."""
        if size <= 0:
            return
        if sys.platform != "win32" and sys.platform != "darwin":
            try:
                os.posix_fallocate(handle, 0, size)
            except OSError as error:
                if error.errno not in _CANNOT_RESERVE:
                    raise
            else:
                return
        if os.fstat(handle).st_size < size:
            os.ftruncate(handle, size)

    def sync(self, handle: int) -> None:
        """Return when data, size and time are on the disk; on macOS past the drive's own cache too."""
        if sys.platform == "darwin":
            import fcntl  # noqa: PLC0415 - exists on this system only

            with contextlib.suppress(OSError):
                fcntl.fcntl(handle, fcntl.F_FULLFSYNC)
                return
        os.fsync(handle)

    def stat(self, path: str) -> FileStat | None:
        try:
            found = os.lstat(path)
        except (FileNotFoundError, NotADirectoryError):
            return None
        blocks = getattr(found, "st_blocks", None)
        return FileStat(
            size=found.st_size,
            mtime_ns=found.st_mtime_ns,
            allocated=found.st_size if blocks is None else blocks * _BLOCK_BYTES,
            is_regular=modes.S_ISREG(found.st_mode),
        )

    def replace(self, source: str, target: str) -> None:
        """See `Files.replace`; the new name is on the disk at return where folders can be synced."""
        os.replace(source, target)
        self.sync_folder(os.path.dirname(target) or ".")

    def rename(self, source: str, target: str) -> None:
        """See `Files.rename`. Between the look at the target and the rename somebody else may still take the name."""
        try:
            there = os.lstat(target)
        except (FileNotFoundError, NotADirectoryError):
            pass
        else:
            # On a volume that ignores case the old name answers to the new one.
            is_same = os.path.samestat(os.lstat(source), there) and source.casefold() == target.casefold()
            if not is_same:
                raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST), target)
        os.rename(source, target)

    def sync_folder(self, folder: str) -> None:
        if not hasattr(os, "O_DIRECTORY"):
            return
        # Some network file systems refuse to sync a folder; the names themselves have already been changed.
        with contextlib.suppress(OSError):
            handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | _CLOEXEC)
            try:
                os.fsync(handle)
            finally:
                os.close(handle)

    def set_mtime(self, path: str, mtime_ns: int) -> None:
        if os.utime in os.supports_follow_symlinks:
            os.utime(path, ns=(mtime_ns, mtime_ns), follow_symlinks=False)
        else:
            os.utime(path, ns=(mtime_ns, mtime_ns))

    def remove(self, path: str) -> None:
        os.remove(path)

    def trash(self, path: str) -> None:
        """See `Files.trash`: the wastebasket of Windows, macOS or the freedesktop.org desktops."""
        # Loads parts of the desktop, which a start without it does not wait for.
        from send2trash import send2trash  # noqa: PLC0415

        try:
            send2trash(path)
        except OSError:
            raise
        except Exception as error:  # gio and Windows' shell raise kinds of their own
            raise OSError(errno.EIO, f"the wastebasket refused: {error}", path) from error

    def remove_empty_folder(self, path: str) -> bool:
        try:
            os.rmdir(path)
        except OSError as error:
            if error.errno in (errno.ENOENT, errno.ENOTEMPTY, errno.EEXIST, errno.ENOTDIR):
                return False
            raise
        return True

    def make_folders(self, path: str) -> None:
        os.makedirs(path, exist_ok=True)

    def list_folder(self, path: str) -> list[FolderEntry]:
        with os.scandir(path) as entries:
            return [FolderEntry(entry.name, _kind(entry)) for entry in entries]

    def make_executable(self, path: str) -> None:
        """See `Files.make_executable`. Raises ELOOP for a symlink."""
        if sys.platform == "win32":
            return
        # Through a descriptor, so that the permission cannot land on what a symlink points to.
        handle = os.open(path, _OPEN_FLAGS | os.O_RDONLY)
        try:
            mode = modes.S_IMODE(os.fstat(handle).st_mode)
            os.fchmod(handle, mode | (mode & 0o444) >> 2)
        finally:
            os.close(handle)

    def free_bytes(self, folder: str) -> int:
        return self.disk_room(folder).free

    def disk_room(self, folder: str) -> DiskRoom:
        place = os.path.abspath(folder)
        while True:
            try:
                usage = shutil.disk_usage(place)
                return DiskRoom(usage.total, usage.free, str(os.stat(place).st_dev))
            except (FileNotFoundError, NotADirectoryError):
                parent = os.path.dirname(place)
                if parent == place:
                    raise
                place = parent

    def resolve(self, path: str) -> str:
        return os.path.realpath(path)


def _kind(entry: os.DirEntry[str]) -> str:
    if entry.is_symlink():
        return "symlink"
    if entry.is_dir(follow_symlinks=False):
        return "folder"
    return "file" if entry.is_file(follow_symlinks=False) else "other"
