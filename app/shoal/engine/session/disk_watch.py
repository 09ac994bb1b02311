"""How full the disks are that hold downloads, and how much their transfers still need."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING

from shoal.api.snapshots import DiskSpace
from shoal.engine.torrent.resume import saved_pieces
from shoal.runtime.world import DiskRoom, Files, Workers

if TYPE_CHECKING:
    from shoal.engine.torrent.torrent import Torrent

MEASURE_SECONDS = 30.0
AT_A_TIME = 500
"""Transfers counted before the loop gets its turn."""


class DiskWatch:
    """The last measurement. Loop thread only; the disks are asked in a worker."""

    def __init__(self, workers: Workers, files: Files) -> None:
        self._workers = workers
        self._files = files
        self._next = 0.0
        self._is_measuring = False
        self.disks: tuple[DiskSpace, ...] = ()
        """First the one that holds most transfers."""
        self.free_bytes: dict[str, int] = {}
        """By download folder."""

    def changed(self) -> None:
        """Something came, went or was finished: measure at the next `is_due`."""
        self._next = 0.0

    def is_due(self, now: float) -> bool:
        """Whether it is time to measure; `now` in monotonic seconds."""
        if now < self._next or self._is_measuring:
            return False
        self._next = now + MEASURE_SECONDS
        return True

    async def measure(self, torrents: Iterable[Torrent]) -> None:
        """Ask the disks. Folders whose disk does not answer are left out."""
        self._is_measuring = True
        due: Counter[str] = Counter()
        count: Counter[str] = Counter()
        try:
            for number, torrent in enumerate(torrents, 1):
                if not number % AT_A_TIME:
                    await asyncio.sleep(0)
                folder = torrent.record.folder
                count[folder] += 1
                due[folder] += bytes_due(torrent)
            rooms = await self._workers.run(partial(_rooms, self._files, tuple(count)), lane="slow")
        finally:
            self._is_measuring = False
        self.free_bytes = {folder: room.free for folder, room in rooms.items()}
        by_device: dict[str, list[str]] = {}
        for folder, room in rooms.items():
            by_device.setdefault(room.device, []).append(folder)
        disks = [
            (sum(count[folder] for folder in folders), sorted(folders), rooms[folders[0]])
            for folders in by_device.values()
        ]
        disks.sort(key=lambda disk: (-disk[0], disk[1]))
        self.disks = tuple(
            DiskSpace(tuple(folders), room.total, room.free, sum(due[folder] for folder in folders))
            for _, folders, room in disks
        )


def bytes_due(torrent: Torrent) -> int:
    """What the disk must still take in for the files that are wanted; nothing once all room is reserved."""
    if torrent.record.full_allocation and torrent.lifecycle.is_running:
        return 0
    if torrent.knows_files:
        return max(0, torrent.selection.wanted_bytes - torrent.wanted_done)
    # Not looked at yet: what was saved is the best guess.
    if torrent.record.completed_at is not None:
        return 0
    have = saved_pieces(torrent.record, torrent.piece_count).bit_count()
    return max(0, torrent.selection.wanted_bytes - have * torrent.metainfo.piece_length)


def _rooms(files: Files, folders: tuple[str, ...]) -> dict[str, DiskRoom]:
    """In a worker."""
    found: dict[str, DiskRoom] = {}
    for folder in folders:
        try:
            found[folder] = files.disk_room(folder)
        except OSError:
            continue
    return found
