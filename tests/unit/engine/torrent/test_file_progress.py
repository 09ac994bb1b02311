"""Verified bytes per file, kept up with the pieces, against counting anew."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import TypeVar, cast

import pytest

from shoal.engine.torrent import file_progress
from shoal.engine.torrent.file_progress import FileProgress
from shoal.metainfo.file_layout import FileLayout, TorrentFile
from shoal.metainfo.priorities import done_bytes_per_file
from shoal.runtime.world import Workers

T = TypeVar("T")


class CountingWorkers:
    """Runs jobs at once and counts them."""

    def __init__(self) -> None:
        self.jobs = 0

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        self.jobs += 1
        return job()


def many(rng: random.Random) -> FileLayout:
    files, offset = [], 0
    for index in range(300):
        size = rng.choice((0, 1, 40, 99, 100, 101, 350))
        files.append(TorrentFile((f"{index}",), size, offset))
        offset += size
    return FileLayout(tuple(files), 100)


async def test_pieces_that_come_and_go_are_followed_without_counting_anew() -> None:
    rng = random.Random(2)
    layout = many(rng)
    count = layout.geometry.piece_count
    workers = CountingWorkers()
    progress = FileProgress(layout, cast(Workers, workers))
    have = rng.getrandbits(count)
    assert list(await progress.update(have)) == done_bytes_per_file(layout, have)
    for _ in range(30):
        have ^= 1 << rng.randrange(count) | 1 << rng.randrange(count)
        assert list(await progress.update(have)) == done_bytes_per_file(layout, have)
    assert workers.jobs == 1


async def test_after_a_long_pause_it_counts_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(file_progress, "MOST_STEPS", 10)
    layout = many(random.Random(3))
    workers = CountingWorkers()
    progress = FileProgress(layout, cast(Workers, workers))
    await progress.update(0)
    have = (1 << layout.geometry.piece_count) - 1
    assert list(await progress.update(have)) == [entry.size for entry in layout.files]
    assert workers.jobs == 2
