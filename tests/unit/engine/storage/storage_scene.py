"""A small torrent with known bytes on a real temporary folder, for the tests of storage."""

from __future__ import annotations

import asyncio
import hashlib
import os
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate
from typing import Any, TypeVar

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.open_files import OpenFiles
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.runtime.files import SystemFiles
from shoal.runtime.world import Files

T = TypeVar("T")
SKIP, NORMAL = 0, 4


class InlineWorkers:
    """`Workers` that run a job at once and deliver its result at the loop's next turn; `jobs` counts by lane."""

    def __init__(self) -> None:
        self.jobs: dict[str, int] = {}

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        self.jobs[lane] = self.jobs.get(lane, 0) + 1
        result: Any
        try:
            result = job()
        except Exception as error:
            result = error
        asyncio.get_running_loop().call_soon(done, result)

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        future: asyncio.Future[T] = asyncio.get_running_loop().create_future()

        def done(result: Any) -> None:
            if isinstance(result, BaseException):
                future.set_exception(result)
            else:
                future.set_result(result)

        self.submit(job, done, lane=lane)
        return await future

    def close(self) -> None:
        """Nothing waits."""


@dataclass
class Scene:
    """`data` is the torrent's bytes, padding as zeros; files lie in `root`/`prefix`."""

    root: str
    layout: FileLayout
    data: bytes
    files: Files = field(default_factory=SystemFiles)
    prefix: tuple[str, ...] = ("album",)
    descriptors: int = 64

    def __post_init__(self) -> None:
        self.open_files = OpenFiles(self.files, self.descriptors)

    @cached_property
    def hashes(self) -> bytes:
        return b"".join(hashlib.sha1(self.piece(index)).digest() for index in range(self.piece_count))

    @property
    def piece_count(self) -> int:
        return self.layout.geometry.piece_count

    @property
    def part_path(self) -> str:
        return os.path.join(self.root, ".parts")

    def piece(self, index: int) -> bytes:
        start = index * self.layout.piece_length
        return self.data[start : start + self.layout.piece_length]

    def path(self, index: int) -> str:
        return os.path.join(self.root, *self.prefix, *self.layout.files[index].path)

    def file_bytes(self, index: int) -> bytes:
        entry = self.layout.files[index]
        return self.data[entry.offset : entry.offset + entry.size]

    def on_disk(self, index: int) -> bytes | None:
        try:
            with open(self.path(index), "rb") as stream:
                return stream.read()
        except FileNotFoundError:
            return None

    def overwrite(self, index: int, position: int, data: bytes) -> None:
        """Change bytes of a file behind the engine's back."""
        with open(self.path(index), "r+b") as stream:
            stream.seek(position)
            stream.write(data)

    def store_holes(self) -> None:
        """Put every file on the disk at its full size, with nothing in it."""
        for index, entry in enumerate(self.layout.files):
            os.makedirs(os.path.dirname(self.path(index)), exist_ok=True)
            with open(self.path(index), "wb") as stream:
                stream.truncate(entry.size)

    def disk(self, priorities: Sequence[int] | None = None, *, fresh_handles: bool = False) -> TorrentDisk:
        if fresh_handles:
            self.open_files.close()
            self.open_files = OpenFiles(self.files, self.descriptors)
        return TorrentDisk(
            self.files,
            self.layout,
            self.root,
            piece_hashes=self.hashes,
            part_path=self.part_path,
            priorities=priorities or [NORMAL] * len(self.layout.files),
            open_files=self.open_files,
            prefix=self.prefix,
        )

    def write(self, disk: TorrentDisk, pieces: Iterable[int] | None = None) -> None:
        for index in range(self.piece_count) if pieces is None else pieces:
            assert disk.verify_and_write(index, memoryview(self.piece(index))).is_good

    def read_piece(self, disk: TorrentDisk, index: int) -> bytes:
        buffer = bytearray(self.layout.geometry.piece_size(index))
        disk.read(index * self.layout.piece_length, memoryview(buffer))
        return bytes(buffer)

    def store_all(self) -> None:
        """Put every file on the disk as another program would."""
        for index, entry in enumerate(self.layout.files):
            if not entry.is_pad:
                os.makedirs(os.path.dirname(self.path(index)), exist_ok=True)
                with open(self.path(index), "wb") as stream:
                    stream.write(self.file_bytes(index))


def make_layout(
    sizes: Sequence[int], piece_length: int, *, pads: Iterable[int] = (), executables: Iterable[int] = ()
) -> FileLayout:
    """Files f0, d1/f1, d0/f2, ... of these sizes."""
    pads, executables = set(pads), set(executables)
    return FileLayout(
        tuple(
            TorrentFile(
                (f"f{index}",) if index % 2 == 0 else (f"d{index % 4}", f"f{index}"),
                size,
                offset,
                is_pad=index in pads,
                is_executable=index in executables,
            )
            for index, (size, offset) in enumerate(zip(sizes, accumulate(sizes, initial=0), strict=False))
        ),
        piece_length,
    )


def make_data(layout: FileLayout, seed: int = 1) -> bytes:
    """Random content, zeros where there is padding."""
    rng = random.Random(seed)
    return b"".join(bytes(entry.size) if entry.is_pad else rng.randbytes(entry.size) for entry in layout.files)


def make_scene(
    root: object,
    sizes: Sequence[int] = (50_000, 7, 40_000, 0, 30_000),
    piece_length: int = 16_384,
    *,
    pads: Iterable[int] = (),
    executables: Iterable[int] = (),
    files: Files | None = None,
    descriptors: int = 64,
) -> Scene:
    layout = make_layout(sizes, piece_length, pads=pads, executables=executables)
    return Scene(
        os.path.realpath(str(root)), layout, make_data(layout), files or SystemFiles(), descriptors=descriptors
    )
