"""Something to share: the files of a torrent with their true bytes, and the torrent file made of them."""

from __future__ import annotations

import hashlib
import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from shoal.metainfo.authoring import FilePlan, build_metainfo, plan_files
from shoal.metainfo.torrent_file import parse_metainfo


@dataclass(frozen=True)
class Content:
    """Files of one torrent: path elements below the folder `name` (`()` = the single file `name`) and their bytes."""

    name: str
    files: tuple[tuple[tuple[str, ...], bytes], ...]
    piece_length: int

    @cached_property
    def plan(self) -> FilePlan:
        return plan_files(self.name, [(path, len(data)) for path, data in self.files], piece_length=self.piece_length)

    @cached_property
    def stream(self) -> bytes:
        """All bytes in the order of the torrent."""
        data = dict(self.files)
        return b"".join(data[entry.path] for entry in self.plan.files)

    @property
    def size(self) -> int:
        return len(self.stream)

    @property
    def piece_count(self) -> int:
        return self.plan.piece_count

    def piece(self, index: int) -> bytes:
        """The true bytes of one piece."""
        return self.stream[index * self.piece_length : (index + 1) * self.piece_length]

    @cached_property
    def hashes(self) -> bytes:
        return b"".join(hashlib.sha1(self.piece(index)).digest() for index in range(self.piece_count))

    def torrent(self, *trackers: str) -> bytes:
        """The torrent file; each tracker is a tier."""
        return build_metainfo(self.plan, self.hashes, trackers=[[url] for url in trackers])

    @cached_property
    def info_hash(self) -> bytes:
        return bytes.fromhex(parse_metainfo(self.torrent()).torrent_id)

    def path_in(self, folder: Path, path: tuple[str, ...]) -> Path:
        """Where a file lies when the torrent is in `folder`."""
        return folder.joinpath(self.name, *path)

    def write_to(self, folder: Path) -> None:
        """Lay all files out in `folder`, as one who seeds has them."""
        for path, data in self.files:
            target = self.path_in(folder, path)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

    def differing(self, folder: Path, only: Sequence[tuple[str, ...]] | None = None) -> list[str]:
        """The files below `folder` that are missing or not byte for byte what they must be."""
        bad = []
        for path, data in self.files:
            if only is not None and path not in only:
                continue
            target = self.path_in(folder, path)
            if not target.is_file() or target.stat().st_size != len(data) or target.read_bytes() != data:
                bad.append("/".join((self.name, *path)))
        return bad


def single_file(size: int, *, piece_length: int = 1 << 16, seed: int = 1, name: str = "shared.bin") -> Content:
    """One file of `size` random bytes; the same for the same seed."""
    return Content(name, (((), random.Random(seed).randbytes(size)),), piece_length)


def many_files(sizes: Sequence[int], *, piece_length: int = 1 << 16, seed: int = 2, name: str = "album") -> Content:
    """A folder of files `disc 1/track 00.bin`, `disc 2/track 01.bin`, ... of random bytes."""
    rng = random.Random(seed)
    files = tuple(
        ((f"disc {1 + number % 2}", f"track {number:02}.bin"), rng.randbytes(size)) for number, size in enumerate(sizes)
    )
    return Content(name, files, piece_length)
