"""What can go wrong with a disk, as one typed error with a stable code."""

from __future__ import annotations

import errno as codes

from shoal.protocol.errors import ShoalError

_CODES: dict[int, str] = {
    codes.ENOSPC: "disk-full",
    codes.EROFS: "read-only",
    codes.EACCES: "permission",
    codes.EPERM: "permission",
    codes.ENOENT: "missing",
    codes.ENXIO: "missing",
    codes.ENODEV: "missing",
    codes.ESTALE: "missing",
    codes.ENAMETOOLONG: "name-too-long",
    codes.ELOOP: "is-symlink",
    codes.EISDIR: "not-a-file",
    codes.ENOTDIR: "not-a-file",
    codes.EEXIST: "not-a-file",
    codes.EINVAL: "not-a-file",
    **({codes.EDQUOT: "disk-full"} if hasattr(codes, "EDQUOT") else {}),
}


class StorageError(ShoalError):
    """The disk would not do what was asked of it.

    `code` is one of `disk-full`, `read-only`, `permission`, `missing` (file, folder or volume is gone, or a file ends
    too early), `name-too-long`, `io-error`, `outside-folder` (the path leads out of the torrent's folder),
    `is-symlink`, `not-a-file` (a folder, device or FIFO lies in its place). `path` is what it was about, `errno` the
    system's number or None. `missing_bytes` is the room that lacks, for `disk-full`, 0 when unknown. `detail` is what
    the system or we said beyond that, raw; it may be empty.
    """

    def __init__(
        self, code: str, path: str, *, errno: int | None = None, missing_bytes: int = 0, detail: str = ""
    ) -> None:
        super().__init__(f"{code}: {path}" + (f" ({detail})" if detail else ""))
        self.code = code
        self.path = path
        self.errno = errno
        self.missing_bytes = missing_bytes
        self.detail = detail


def storage_error(error: OSError, path: str, *, missing_bytes: int = 0) -> StorageError:
    """The `StorageError` for what the system said about `path`; the only place that reads errno."""
    code = _CODES.get(error.errno or 0, "io-error")
    return StorageError(
        code,
        path,
        errno=error.errno,
        missing_bytes=missing_bytes if code == "disk-full" else 0,
        detail=error.strerror or str(error) or type(error).__name__,
    )
