"""Verified bytes of every file while somebody looks: counted once, then kept up with the pieces that change."""

from __future__ import annotations

from array import array
from functools import partial

from shoal.metainfo.bitfield import iterate
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.priorities import done_bytes_per_file
from shoal.runtime.world import Workers

MOST_STEPS = 4096
"""When more pieces than these changed, counting anew is as cheap."""


class FileProgress:
    """Follows one torrent's files; costs nothing between two calls. Loop thread only."""

    def __init__(self, layout: FileLayout, workers: Workers) -> None:
        self._layout = layout
        self._workers = workers
        self._done: array[int] | None = None
        self._have = 0

    async def update(self, have: int) -> array[int]:
        """Bytes of each file that lie in the pieces of `have`; read it before the next call."""
        if self._done is None or (have ^ self._have).bit_count() > MOST_STEPS:
            self._done = await self._workers.run(partial(_count, self._layout, have), lane="read")
            self._have = have
        else:
            self._follow(self._done, have)
        return self._done

    def _follow(self, done: array[int], have: int) -> None:
        gained, lost = have & ~self._have, self._have & ~have
        self._have = have
        for pieces, sign in ((gained, 1), (lost, -1)):
            for piece in iterate(pieces):
                for part in self._layout.piece_spans(piece):
                    done[part.file_index] += sign * part.length


def _count(layout: FileLayout, have: int) -> array[int]:
    return array("Q", done_bytes_per_file(layout, have))
