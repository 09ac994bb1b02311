"""Data on its way to peers: slabs read in workers, looked up on the loop, least recently used ones let go."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.runtime.world import Workers

SLAB_BYTES = 256 << 10

Done = Callable[[StorageError | None], None]


@dataclass(slots=True)
class _Grid:
    """How one torrent is cut: slabs never cross a piece, so nothing unverified is ever read or kept."""

    piece_length: int
    slab_bytes: int
    slabs_per_piece: int
    slabs: dict[int, memoryview] = field(default_factory=dict)

    def find(self, offset: int) -> tuple[int, int]:
        """The slab of a byte, and the byte's place in it."""
        piece, within = divmod(offset, self.piece_length)
        number, position = divmod(within, self.slab_bytes)
        return piece * self.slabs_per_piece + number, position

    def bounds(self, slab: int, total_length: int) -> tuple[int, int]:
        """First byte of a slab in the torrent, and its length."""
        piece, number = divmod(slab, self.slabs_per_piece)
        start = piece * self.piece_length + number * self.slab_bytes
        end = min(start + self.slab_bytes, (piece + 1) * self.piece_length, total_length)
        return start, end - start


@dataclass(slots=True)
class _Waiter:
    """Someone who waits for several slabs."""

    done: Done
    missing: int
    error: StorageError | None = None


class ReadCache:
    """Verified bytes by torrent (`key`) and slab. For the loop thread; only the reads are in workers (lane "read").

    A slab's memory is never used again for other bytes: views that were handed out stay right until they are dropped.
    """

    def __init__(self, workers: Workers, capacity_bytes: int, slab_bytes: int = SLAB_BYTES) -> None:
        self._workers = workers
        self._slab_bytes = slab_bytes
        self.capacity_bytes = capacity_bytes
        self.held_bytes = 0
        self._grids: dict[int, _Grid] = {}
        self._recent: OrderedDict[tuple[int, int], int] = OrderedDict()
        self._pending: dict[tuple[int, int], list[_Waiter]] = {}

    def lookup(self, key: int, offset: int, length: int) -> memoryview | bytes | None:
        """`length` bytes of torrent `key` from `offset` when they are here, else None: `load` them.

        A view when they lie in one slab, as a block nearly always does.
        """
        grid = self._grids.get(key)
        if grid is not None:
            slab, position = grid.find(offset)
            view = grid.slabs.get(slab)
            if view is not None:
                if position + length <= len(view):
                    self._recent.move_to_end((key, slab))
                    return view[position : position + length]
                joined = self._join(key, grid, offset, length)
                if joined is not None:
                    return joined
        return None

    def load(self, key: int, disk: TorrentDisk, offset: int, length: int, total_length: int, done: Done) -> None:
        """Read the slabs that hold these bytes and call `done(None)`, or `done(error)`, on the loop.

        Reads of one slab are done once for all who wait. `done` is called before this returns when all is here. The
        pieces touched must be verified ones.
        """
        grid = self._grid_of(key, disk)
        first, _ = grid.find(offset)
        last, _ = grid.find(offset + length - 1)
        missing = [slab for slab in range(first, last + 1) if slab not in grid.slabs]
        if not missing:
            done(None)
            return
        waiter = _Waiter(done, len(missing))
        for slab in missing:
            waiters = self._pending.get((key, slab))
            if waiters is not None:
                waiters.append(waiter)
                continue
            self._pending[key, slab] = waiters = [waiter]
            start, size = grid.bounds(slab, total_length)
            self._submit(key, grid, slab, disk, start=start, size=size, waiters=waiters)

    def drop(self, key: int) -> None:
        """Forget torrent `key`: it is gone, or its bytes are in doubt. Reads under way are answered and not kept."""
        grid = self._grids.pop(key, None)
        if grid is None:
            return
        for slab in grid.slabs:
            self.held_bytes -= self._recent.pop((key, slab))
        for pending in [entry for entry in self._pending if entry[0] == key]:
            del self._pending[pending]

    def _grid_of(self, key: int, disk: TorrentDisk) -> _Grid:
        grid = self._grids.get(key)
        if grid is None:
            piece_length = disk.layout.piece_length
            slab_bytes = min(self._slab_bytes, piece_length)
            grid = self._grids[key] = _Grid(piece_length, slab_bytes, -(-piece_length // slab_bytes))
        return grid

    def _submit(
        self, key: int, grid: _Grid, slab: int, disk: TorrentDisk, *, start: int, size: int, waiters: list[_Waiter]
    ) -> None:
        def read() -> memoryview:
            buffer = memoryview(bytearray(size))
            disk.read(start, buffer)
            return buffer.toreadonly()

        def finish(result: memoryview | BaseException) -> None:
            error: StorageError | None = None
            # After a drop the entry is gone, or another's: then the bytes are not kept.
            is_current = self._pending.get((key, slab)) is waiters
            if is_current:
                del self._pending[key, slab]
            if isinstance(result, StorageError):
                error = result
            elif isinstance(result, BaseException):
                error = StorageError("io-error", "", detail=f"{type(result).__name__} while reading")
            elif is_current:
                self._keep(key, grid, slab, result)
            for waiter in waiters:
                waiter.missing -= 1
                waiter.error = waiter.error or error
                if not waiter.missing:
                    waiter.done(waiter.error)
            if isinstance(result, BaseException) and not isinstance(result, StorageError):
                # A fault of ours: who waited has its answer, and the loop's handler shall hear of it.
                raise result

        self._workers.submit(read, finish, lane="read")

    def _keep(self, key: int, grid: _Grid, slab: int, view: memoryview) -> None:
        grid.slabs[slab] = view
        self._recent[key, slab] = len(view)
        self.held_bytes += len(view)
        # The newest slab stays even when it alone exceeds the capacity: its waiters are about to look it up.
        while self.held_bytes > self.capacity_bytes and len(self._recent) > 1:
            (old_key, old_slab), size = self._recent.popitem(last=False)
            del self._grids[old_key].slabs[old_slab]
            self.held_bytes -= size

    def _join(self, key: int, grid: _Grid, offset: int, length: int) -> bytes | None:
        parts: list[memoryview] = []
        while length:
            slab, position = grid.find(offset)
            view = grid.slabs.get(slab)
            if view is None or position >= len(view):
                return None
            part = view[position : position + length]
            self._recent.move_to_end((key, slab))
            parts.append(part)
            offset += len(part)
            length -= len(part)
        return b"".join(parts)
