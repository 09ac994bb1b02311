"""Disks that are almost full while downloads run on them: each is told once, until it has room again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from shoal.api.snapshots import DiskSpace

LEAST_FREE = 2 * 10**9
"""Bytes; with less a disk is almost full, however small it is."""
LEAST_SHARE, ENOUGH_FREE = 0.05, 20 * 10**9
"""So is one with less than this share of it free, unless that is more than these bytes."""
RECOVERED = 1.25
"""Times what is too little: a disk about the mark is not told again and again."""


def too_little(disk: DiskSpace) -> float:
    """Free bytes below which `disk` is almost full. On a very small disk a tenth of it, or it would always be."""
    return min(max(LEAST_FREE, min(LEAST_SHARE * disk.total, ENOUGH_FREE)), max(0.1 * disk.total, 1.0))


class LowDisks:
    """`new` once for each picture of the disks."""

    def __init__(self) -> None:
        self._told: set[str] = set()
        """Folders: a disk has no other name."""

    def new(self, disks: Sequence[DiskSpace], is_loading: Callable[[DiskSpace], bool]) -> list[DiskSpace]:
        """Disks that have become almost full while something `is_loading` onto them."""
        found: list[DiskSpace] = []
        for disk in disks:
            if disk.free >= too_little(disk) * RECOVERED:
                self._told.difference_update(disk.folders)
            elif not self._told.isdisjoint(disk.folders):
                self._told.update(disk.folders)
            elif disk.free < too_little(disk) and is_loading(disk):
                self._told.update(disk.folders)
                found.append(disk)
        return found

    def still(self, former: Sequence[DiskSpace], disks: Sequence[DiskSpace]) -> list[DiskSpace]:
        """Those of `disks` that are the `former` ones and are almost full still."""
        folders = {folder for disk in former for folder in disk.folders} & self._told
        return [disk for disk in disks if not folders.isdisjoint(disk.folders)]
