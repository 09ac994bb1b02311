"""Small real metainfo, made on the spot."""

from __future__ import annotations

from hashlib import sha1
from pathlib import Path

from shoal.protocol.bencode import encode

PIECE = 16_384


def torrent_bytes(name: str, files: dict[str, int], *, announce: str = "http://127.0.0.1:9/announce") -> bytes:
    """A multi-file v1 torrent of zeros; `files` maps `folder/name` to bytes."""
    total = sum(files.values())
    hashes = b"".join(sha1(bytes(min(PIECE, total - start))).digest() for start in range(0, total, PIECE))
    listed = [{b"length": size, b"path": [part.encode() for part in path.split("/")]} for path, size in files.items()]
    info = {b"files": listed, b"name": name.encode(), b"piece length": PIECE, b"pieces": hashes}
    return encode({b"announce": announce.encode(), b"info": info})


def torrent_of_folder(folder: Path) -> bytes:
    """A v1 torrent, without trackers, of the files that lie directly in `folder`."""
    files = sorted(folder.iterdir())
    data = b"".join(path.read_bytes() for path in files)
    hashes = b"".join(sha1(data[start : start + PIECE]).digest() for start in range(0, len(data), PIECE))
    listed = [{b"length": path.stat().st_size, b"path": [path.name.encode()]} for path in files]
    info = {b"files": listed, b"name": folder.name.encode(), b"piece length": PIECE, b"pieces": hashes}
    return encode({b"info": info})
