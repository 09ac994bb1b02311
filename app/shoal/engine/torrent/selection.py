"""What of a torrent is wanted: file priorities and order, turned into the picker's masks and byte counts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import compress
from operator import ne

from shoal.api.errors import UserError
from shoal.engine.policy.picker import Picker
from shoal.engine.torrent.files_first import FilesFirst
from shoal.metainfo.bitfield import iterate, span
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.priorities import FilePriority, edge_pieces, file_ends, piece_masks, wanted_bytes, wanted_done_bytes

_VALUES = frozenset(map(int, FilePriority))
MOST_STEPS = 1024
"""When more pieces than these changed, counting anew is as cheap."""


class Selection:
    """File priorities of one torrent and the order in which its pieces are fetched."""

    def __init__(
        self,
        layout: FileLayout,
        priorities: Sequence[int] | None,
        picker: Picker,
        *,
        sequential: bool,
        first_last_first: bool,
    ) -> None:
        self._layout = layout
        self._picker = picker
        count = len(layout.files)
        chosen = tuple(priorities) if priorities else (int(FilePriority.NORMAL),) * count
        if len(chosen) != count:
            raise UserError("bad-priorities", expected=count, got=len(chosen))
        self.priorities: tuple[int, ...] = self._checked(chosen)
        self.sequential = sequential
        self.first_last_first = first_last_first
        self.wanted_bytes = 0
        self.is_empty = False
        """Every file is skipped."""
        self._file_ends = b""
        """As soon as they are asked for."""
        self._files_first = FilesFirst(layout)
        self._done = 0
        self._counted = 0
        self._counted_of: tuple[int, ...] = ()
        """The pieces and the priorities that `_done` is of."""
        self._apply()

    @staticmethod
    def _checked(priorities: Iterable[int]) -> tuple[int, ...]:
        try:
            chosen = bytes(priorities)
        except ValueError as error:
            raise UserError("bad-priorities", text=str(error)) from error
        for value in set(chosen) - _VALUES:
            raise UserError("bad-priorities", text=f"{value} is not a priority")
        return tuple(chosen)

    def change(self, changes: Iterable[tuple[int, int]]) -> int:
        """Set some files' priorities; of how many they changed. Raises UserError `no-such-file`."""
        before = self.priorities
        priorities = list(before)
        for index, priority in changes:
            if not 0 <= index < len(priorities):
                raise UserError("no-such-file", index=index)
            priorities[index] = priority
        checked = self._checked(priorities)
        if checked == before:
            return 0
        self.priorities = checked
        self._apply()
        return sum(map(ne, before, checked))

    def set_order(self, *, sequential: bool, first_last_first: bool) -> None:
        self.sequential = sequential
        self.first_last_first = first_last_first
        self._apply()

    def _apply(self) -> None:
        self.wanted_bytes = wanted_bytes(self._layout, self.priorities)
        self.is_empty = not self.wanted_bytes and all(
            entry.is_pad for entry in compress(self._layout.files, self.priorities)
        )
        self._picker.set_wanted(
            piece_masks(self._layout, self.priorities),
            edges=self._edges() if self.first_last_first else 0,
            sequential=self.sequential,
        )

    def _edges(self) -> int:
        if not self._file_ends:
            self._file_ends = file_ends(self._layout)
        return edge_pieces(self._layout, self.priorities, self._file_ends)

    @property
    def files_first(self) -> int:
        """Unfinished files of the highest priority, which are fetched before the others."""
        return self._files_first.count(self.priorities, self._picker.have)

    def done_bytes(self) -> int:
        """Verified bytes of the files that are wanted."""
        # Asked every second: of many files only the pieces that came or went are counted.
        have = self._picker.have & span(0, self._layout.geometry.piece_count)
        changed = have ^ self._counted
        if self._counted_of is not self.priorities or changed.bit_count() > MOST_STEPS:
            self._done = self._count(have)
        else:
            self._done += sum(self._bytes_of(piece) * (1 if have >> piece & 1 else -1) for piece in iterate(changed))
        self._counted, self._counted_of = have, self.priorities
        return self._done

    def _bytes_of(self, piece: int) -> int:
        files, priorities = self._layout.files, self.priorities
        return sum(
            part.length
            for part in self._layout.piece_spans(piece)
            if priorities[part.file_index] and not files[part.file_index].is_pad
        )

    def _count(self, have: int) -> int:
        geometry = self._layout.geometry
        if not have or self.wanted_bytes == geometry.total_length:
            return geometry.bytes_of(have)
        return wanted_done_bytes(self._layout, self.priorities, have)
