"""Every OSError becomes a StorageError with a code."""

from __future__ import annotations

import errno
import os

import pytest

from shoal.engine.storage.errors import storage_error


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ENOSPC, "disk-full"),
        (errno.EDQUOT, "disk-full"),
        (errno.EROFS, "read-only"),
        (errno.EACCES, "permission"),
        (errno.EPERM, "permission"),
        (errno.ENOENT, "missing"),
        (errno.ENAMETOOLONG, "name-too-long"),
        (errno.ELOOP, "is-symlink"),
        (errno.EISDIR, "not-a-file"),
        (errno.ENOTDIR, "not-a-file"),
        (errno.EIO, "io-error"),
        (errno.EMFILE, "io-error"),
    ],
)
def test_the_code_follows_the_systems_number(number: int, code: str) -> None:
    error = storage_error(OSError(number, os.strerror(number)), "/x", missing_bytes=5)
    assert (error.code, error.path, error.errno) == (code, "/x", number)
    assert error.missing_bytes == (5 if code == "disk-full" else 0)
    assert os.strerror(number) in str(error)


def test_an_oserror_without_a_number_is_an_io_error() -> None:
    assert storage_error(OSError("odd"), "/x").code == "io-error"
