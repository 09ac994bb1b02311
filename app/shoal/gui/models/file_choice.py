"""What is wanted of each file: one byte per slot, changed as whole ranges, however many files they hold."""

from __future__ import annotations

from itertools import compress

from shoal.metainfo.priorities import FilePriority

_SKIPPED = bytes((0xFF if level == FilePriority.SKIP else 0) for level in range(256))
_CHOSEN = bytes((0 if level == FilePriority.SKIP else 0xFF) for level in range(256))
_NORMAL = FilePriority.NORMAL.value


class FileChoice:
    """Priorities by slot. A `mask` has 0xFF for every slot that may change, 0 for the others; None = all may."""

    def __init__(self, count: int) -> None:
        self.levels = bytes((_NORMAL,)) * count
        self._restored = self.levels
        """What a new tick brings back."""

    def replace(self, levels: bytes) -> None:
        """Take what is in force elsewhere; a skipped file keeps what a new tick brings back."""
        self._remember()
        self.levels = levels
        self._remember()

    def set_level(self, first: int, last: int, priority: FilePriority, mask: bytes | None = None) -> None:
        """Give every slot of the range this priority."""
        self._put(first, last, bytes((priority,)) * (last - first), mask)

    def set_ticked(self, first: int, last: int, ticked: bool, mask: bytes | None = None) -> None:
        """Untick = Skip; tick = the priority from before, for those that were skipped."""
        old = self.levels[first:last]
        if ticked:
            self._put(first, last, _blend(old, self._restored[first:last], old.translate(_SKIPPED)), mask)
        else:
            self._put(first, last, bytes(last - first), mask)

    def keep_only(self, kept: bytes, mask: bytes | None = None) -> None:
        """Tick what is 0xFF in `kept`, untick the rest."""
        everything = _blend(self.levels, self._restored, self.levels.translate(_SKIPPED))
        self._put(0, len(self.levels), _blend(bytes(len(self.levels)), everything, kept), mask)

    def wanted(self, sizes: list[int]) -> int:
        """Bytes of all slots that are not skipped."""
        return sum(compress(sizes, self.levels))

    def found(self, first: int, last: int, mask: bytes | None = None) -> frozenset[int]:
        """The levels that occur in a range."""
        part = self.levels[first:last]
        return frozenset(part if mask is None else compress(part, mask[first:last]))

    def _put(self, first: int, last: int, new: bytes, mask: bytes | None) -> None:
        old = self.levels[first:last]
        if mask is not None:
            new = _blend(old, new, mask[first:last])
        self._remember(first, last)
        self.levels = self.levels[:first] + new + self.levels[last:]

    def _remember(self, first: int = 0, last: int | None = None) -> None:
        last = len(self.levels) if last is None else last
        old = self.levels[first:last]
        kept = _blend(self._restored[first:last], old, old.translate(_CHOSEN))
        self._restored = self._restored[:first] + kept + self._restored[last:]


def _blend(old: bytes, new: bytes, mask: bytes) -> bytes:
    """`new` where `mask` is 0xFF, `old` where it is 0: one operation on long integers instead of a loop."""
    before, after = int.from_bytes(old, "little"), int.from_bytes(new, "little")
    return (before ^ ((before ^ after) & int.from_bytes(mask, "little"))).to_bytes(len(old), "little")
