"""The torrent that a bench moves: pseudo-random files in memory-backed storage, so that no disk is measured."""

from __future__ import annotations

import os
import random
from dataclasses import dataclass
from pathlib import Path

import libtorrent as lt

PIECE_LENGTH = 1 << 20


@dataclass(frozen=True)
class BenchTorrent:
    """One single-file torrent: its metainfo, the folder with the data, and bytes in all."""

    metainfo: bytes
    folder: Path
    size: int


def make_torrent(base: Path, mebibytes: int) -> BenchTorrent:
    """A torrent of `mebibytes` one-MiB pieces, each different."""
    folder = base / "source"
    folder.mkdir()
    filler = random.Random(1).randbytes(PIECE_LENGTH - 8)
    with open(folder / "data.bin", "wb") as file:
        for index in range(mebibytes):
            file.write(index.to_bytes(8, "big") + filler)
    files = lt.file_storage()
    files.add_file("data.bin", mebibytes * PIECE_LENGTH)
    creator = lt.create_torrent(files, PIECE_LENGTH, lt.create_torrent.v1_only)
    lt.set_piece_hashes(creator, os.fspath(folder))
    return BenchTorrent(lt.bencode(creator.generate()), folder, mebibytes * PIECE_LENGTH)
