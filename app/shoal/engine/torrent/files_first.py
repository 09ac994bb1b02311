"""How many files of the highest priority are still to come, kept up to date piece by piece."""

from __future__ import annotations

from shoal.metainfo.bitfield import iterate, span
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.priorities import FilePriority, chosen_contents, unfinished_contents

MOST_PIECES = 200
"""When more have come since the last count, counting afresh is cheaper."""


class FilesFirst:
    """The unfinished files of one torrent that are fetched before the others."""

    def __init__(self, layout: FileLayout) -> None:
        self._layout = layout
        self._priorities: tuple[int, ...] = ()
        self._have = 0
        self._left: set[int] = set()

    def count(self, priorities: tuple[int, ...], have: int) -> int:
        """Their number with these priorities, one per file, and verified pieces; 0 when no file is left for later."""
        gained = have & ~self._have
        if priorities is not self._priorities or self._have & ~have or gained.bit_count() > MOST_PIECES:
            self._afresh(priorities, have)
        elif gained and self._left:
            for piece in iterate(gained):
                for part in self._layout.piece_spans(piece):
                    if part.file_index in self._left and self._is_done(part.file_index, have):
                        self._left.discard(part.file_index)
        self._have = have
        return len(self._left)

    def _afresh(self, priorities: tuple[int, ...], have: int) -> None:
        self._priorities = priorities
        self._left = set()
        levels = set(chosen_contents(self._layout, priorities)) - {FilePriority.SKIP}
        if FilePriority.HIGHEST in levels and len(levels) > 1:
            self._left = unfinished_contents(self._layout, FilePriority.HIGHEST, priorities, have)

    def _is_done(self, index: int, have: int) -> bool:
        pieces = self._layout.pieces_of_file(index)
        return not span(pieces.start, pieces.stop) & ~have
