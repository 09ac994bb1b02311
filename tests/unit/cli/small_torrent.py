"""A torrent of a few files, made by hand for the commands' tests."""

from __future__ import annotations

import hashlib

import bencodepy

from shoal.cli.source import Source
from shoal.metainfo.torrent_file import parse_metainfo

PIECE_LENGTH = 16384


def small_torrent(
    *,
    name: bytes = b"songs",
    files: tuple[tuple[bytes, int], ...] = ((b"one.ogg", 20_000), (b"text/two.txt", 30_000)),
    announce: bytes | None = b"http://tracker.example/announce",
) -> bytes:
    """Metainfo of these files (path with `/`, size), all zeros; `announce` None names no tracker."""
    total = sum(size for _, size in files)
    pieces = b"".join(
        hashlib.sha1(bytes(min(PIECE_LENGTH, total - begin))).digest() for begin in range(0, total, PIECE_LENGTH)
    )
    info = {
        b"files": [{b"length": size, b"path": path.split(b"/")} for path, size in files],
        b"name": name,
        b"piece length": PIECE_LENGTH,
        b"pieces": pieces,
    }
    trackers = {} if announce is None else {b"announce": announce}
    encoded: bytes = bencodepy.encode({**trackers, b"info": info})
    return encoded


def small_source(**values: object) -> Source:
    raw = small_torrent(**values)  # type: ignore[arg-type]
    return Source(raw, parse_metainfo(raw))
