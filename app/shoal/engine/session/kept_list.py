"""A list of addresses on the disk: read in small steps, and the copy that is kept of one from the web. For workers.

The kept copy is one file: a head of fixed size in JSON, which can be written anew alone, and the list as it came.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

from shoal.engine.policy.ip_filter import IpRanges, merged
from shoal.protocol.ip_list import IpListReader

if TYPE_CHECKING:
    from shoal.runtime.world import Files

HEAD_BYTES = 16_384
STEP_BYTES = 65_536
MOST_BYTES = 64 << 20
"""As it lies on the disk or comes from the web, packed or not."""


class ReadingEndedError(Exception):
    """Nobody wants the list any more."""


@dataclass(slots=True)
class Reading:
    """How far a worker is: it writes `share` (0..1) and reads `is_ended`, the loop the other way round."""

    share: float = 0.0
    is_ended: bool = False


@dataclass(frozen=True, slots=True)
class ListHead:
    """Where a kept list came from, when it was asked for last (wall-clock seconds), and how to ask for a newer one."""

    url: str
    at: float
    etag: str = ""
    modified: str = ""


@dataclass(frozen=True, slots=True)
class ReadList:
    """A list that was read. `stamp` tells versions of a file apart; `at` is when it was made, wall-clock seconds."""

    ranges: IpRanges
    unreadable: int
    stamp: tuple[int, int] = (0, 0)
    at: float = 0.0
    head: ListHead | None = field(default=None)


def read_bytes(data: bytes, reading: Reading) -> ReadList:
    """A list in memory. Raises IpListError and ReadingEndedError."""
    reader = IpListReader()
    for at in range(0, len(data), STEP_BYTES):
        _take_step(reader, data[at : at + STEP_BYTES], reading, at / len(data))
    return _finished(reader)


def read_file(files: Files, path: str, reading: Reading, *, skip: int = 0) -> ReadList:
    """The list at `path` but its first `skip` bytes. Raises OSError, IpListError and ReadingEndedError."""
    place = files.resolve(path)
    status = files.stat(place)
    if status is None:
        raise FileNotFoundError(2, "There is no such file")
    if not status.is_regular:
        raise OSError(22, "It is no file")
    reader = IpListReader()
    handle = files.open(place, write=False)
    try:
        buffer, at = memoryview(bytearray(STEP_BYTES)), skip
        # Not further than it was at the start: somebody may be writing it.
        while at < status.size and (count := files.pread_into(handle, buffer, at)):
            _take_step(reader, bytes(buffer[:count]), reading, at / status.size)
            at += count
    finally:
        files.close(handle)
    read = _finished(reader)
    return ReadList(read.ranges, read.unreadable, (status.size, status.mtime_ns), status.mtime_ns / 1e9)


def stamp_of(files: Files, path: str) -> tuple[int, int] | None:
    """What changes with the file at `path`; None when it is not there."""
    try:
        status = files.stat(files.resolve(path))
    except OSError:
        return None
    return (status.size, status.mtime_ns) if status is not None else None


def read_kept(files: Files, path: str, url: str, reading: Reading) -> ReadList | None:
    """The copy kept at `path`; None when there is none of `url`. Raises OSError, IpListError and ReadingEndedError."""
    head = read_head(files, path)
    if head is None or head.url != url:
        return None
    read = read_file(files, path, reading, skip=HEAD_BYTES)
    return ReadList(read.ranges, read.unreadable, at=head.at, head=head)


def read_head(files: Files, path: str) -> ListHead | None:
    """The head of the copy kept at `path`; None when there is none, or one that makes no sense."""
    buffer = memoryview(bytearray(HEAD_BYTES))
    try:
        handle = files.open(path, write=False)
        try:
            count = files.pread_into(handle, buffer, 0)
        finally:
            files.close(handle)
        fields = json.loads(bytes(buffer[:count]).rstrip())
        head = ListHead(**fields) if isinstance(fields, dict) else None
    except (OSError, ValueError, TypeError, RecursionError):
        return None
    if head is None or not all(isinstance(text, str) for text in (head.url, head.etag, head.modified)):
        return None
    return head if isinstance(head.at, int | float) else None


def keep(files: Files, head: ListHead, body: bytes, path: str) -> None:
    """Keep a list in place of the one that was kept before. Raises OSError."""
    fresh = path + ".new"
    handle = files.open(fresh, write=True, create=True)
    try:
        files.truncate(handle, 0)
        _write(files, handle, _packed(head) + body, 0)
        files.sync(handle)
    finally:
        files.close(handle)
    files.replace(fresh, path)


def keep_head(files: Files, head: ListHead, path: str) -> None:
    """The kept list is still the newest. Raises OSError."""
    handle = files.open(path, write=True)
    try:
        _write(files, handle, _packed(head), 0)
    finally:
        files.close(handle)


def _packed(head: ListHead) -> bytes:
    data = json.dumps(asdict(head)).encode("ascii")
    return data.ljust(HEAD_BYTES) if len(data) <= HEAD_BYTES else _packed(ListHead(head.url, head.at))


def _write(files: Files, handle: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        count = files.pwrite(handle, view, offset)
        view, offset = view[count:], offset + count


def _take_step(reader: IpListReader, data: bytes, reading: Reading, share: float) -> None:
    if reading.is_ended:
        raise ReadingEndedError
    reading.share = share
    reader.feed(data)


def _finished(reader: IpListReader) -> ReadList:
    reader.finish()
    return ReadList(merged(reader.v4, reader.v6), reader.unreadable)
