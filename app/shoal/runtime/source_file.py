"""Read a file that a person named, whole and bounded: a FIFO or a device, which would wait or never end, is refused."""

from __future__ import annotations

import os
import stat
from enum import Enum

from shoal.protocol.errors import ShoalError


class SourceFault(Enum):
    """Why a file was not read."""

    MISSING = "missing"
    FOLDER = "folder"
    NOT_A_FILE = "not-a-file"
    UNREADABLE = "unreadable"
    TOO_LARGE = "too-large"


class SourceFileError(ShoalError):
    """A file that was not read; `detail` is what the system said."""

    def __init__(self, fault: SourceFault, path: str, detail: str) -> None:
        super().__init__(f"{path}: {detail}")
        self.fault = fault
        self.detail = detail


def read_source_file(path: str, most_bytes: int) -> bytes:
    """All of the plain file at `path`, at most `most_bytes` bytes. Blocks only as the disk does.

    Raises `SourceFileError`.
    """
    # Without O_NONBLOCK, opening a FIFO would wait for a writer.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
    try:
        # Asked before as well: to open a device can already make it do something.
        _must_be_plain(os.stat(path), path)
        with os.fdopen(os.open(path, flags), "rb") as file:
            _must_be_plain(os.fstat(file.fileno()), path)
            # One byte more than is taken tells a file that is too large without reading all of it.
            data = file.read(most_bytes + 1)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise SourceFileError(SourceFault.MISSING, path, _words(error)) from error
    except IsADirectoryError as error:
        raise SourceFileError(SourceFault.FOLDER, path, _words(error)) from error
    except (OSError, ValueError) as error:
        raise SourceFileError(SourceFault.UNREADABLE, path, _words(error)) from error
    if len(data) > most_bytes:
        raise SourceFileError(SourceFault.TOO_LARGE, path, f"it has more than {most_bytes} bytes")
    return data


def _must_be_plain(status: os.stat_result, path: str) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise SourceFileError(SourceFault.FOLDER, path, "it is a folder")
    if not stat.S_ISREG(status.st_mode):
        raise SourceFileError(SourceFault.NOT_A_FILE, path, "it is a pipe, a socket or a device")


def _words(error: OSError | ValueError) -> str:
    detail = error.strerror if isinstance(error, OSError) else str(error)
    return detail or type(error).__name__
