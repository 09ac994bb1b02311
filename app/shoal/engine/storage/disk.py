"""One torrent's bytes on the disk: verify and write pieces, read them back, move bytes when priorities change.

Sizes: a wanted file is made at its first write and given its full size at once (sparse where the file system can), or
by `prepare(full_allocation=True)`. A file that is on the disk goes on being used when it is skipped later. Bytes of
skipped files that are not on the disk go to the hidden part file. Padding (BEP 47) is zeros and never written; its
symlinks are never made.

Everything here is called from worker threads and raises StorageError; reads and writes go in parallel.
"""

from __future__ import annotations

import contextlib
import hashlib
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from shoal.engine.storage.coverage import lacking_pieces, unreadable_pieces
from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.file_places import FilePlaces, Place, Presence
from shoal.engine.storage.file_writer import FileWriter
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.part_file import PartFile
from shoal.engine.storage.part_mover import PartMover
from shoal.engine.storage.piece_reader import PieceReader
from shoal.engine.storage.placement import Placement
from shoal.engine.storage.positioned_io import disk_errors
from shoal.engine.storage.preparation import PrepareReport, Progress, check_room, make_folders, needed_bytes
from shoal.engine.storage.removal import delete_everything, throw_away
from shoal.engine.storage.shared_lock import SharedLock
from shoal.engine.storage.torrent_names import TorrentNames
from shoal.engine.storage.torrent_paths import TorrentPaths
from shoal.metainfo.file_layout import FileLayout
from shoal.metainfo.pieces import BLOCK_LENGTH
from shoal.metainfo.priorities import FilePriority
from shoal.runtime.world import Files, FileStat

HASH_LENGTH = 20


@dataclass(frozen=True, slots=True)
class VerifyResult:
    """A piece after `verify_and_write`: good and written, or bad with the SHA-1 of each 16 KiB block."""

    index: int
    is_good: bool
    block_digests: tuple[bytes, ...] | None = None


class TorrentDisk:
    """The disk of one torrent. Making one does no I/O; the first use looks at the files.

    `root` is the folder the person chose, `prefix` the torrent's own folder in it (empty for a single-file torrent).
    `piece_hashes` has 20 bytes per piece (BEP 3). `part_path` is where the hidden part file may be made. `renamed` is
    as in `TorrentNames.saved`.
    """

    def __init__(
        self,
        files: Files,
        layout: FileLayout,
        root: str,
        *,
        piece_hashes: bytes,
        part_path: str,
        priorities: Sequence[int],
        open_files: OpenFiles,
        prefix: tuple[str, ...] = (),
        original_prefix: tuple[bytes, ...] = (),
        renamed: Iterable[tuple[int, str]] = (),
    ) -> None:
        if len(piece_hashes) != HASH_LENGTH * layout.geometry.piece_count:
            raise ValueError(f"{len(piece_hashes)} bytes of hashes for {layout.geometry.piece_count} pieces")
        self.layout = layout
        self._files = files
        self._hashes = piece_hashes
        self._open_files = open_files
        names = TorrentNames(layout, prefix, original_prefix).restored(renamed)
        self._paths = TorrentPaths(files, names, root)
        identity = hashlib.sha1(piece_hashes, usedforsecurity=False).digest()
        self._part = PartFile(
            files,
            open_files,
            part_path,
            piece_length=layout.piece_length,
            piece_count=layout.geometry.piece_count,
            identity=identity,
        )
        self._places = FilePlaces(files, layout, self._paths, self._part, priorities)
        self._writer = FileWriter(files, open_files, layout, self._paths, self._places)
        self._mover = PartMover(files, open_files, self._paths, places=self._places, writer=self._writer)
        self._reader = PieceReader(files, open_files, layout, self._paths, self._places)
        self._lock = SharedLock()
        self.placement = Placement(
            files,
            self._paths,
            self._places,
            self._lock,
            look_once=self._look_once,
            close_files=self._forget_handles,
            let_go=self._let_go,
        )
        """Other places and other names for the files."""
        self._stats: list[FileStat | None] = []
        self._stats_lock = threading.Lock()

    # Pieces

    def verify_and_write(self, index: int, data: memoryview) -> VerifyResult:
        """Hash the whole piece in one call; write it when it is right, else answer the digests of its blocks.

        `data` is all of piece `index`. Raises StorageError when a right piece cannot be written, ValueError for a
        wrong length.
        """
        if len(data) != self.layout.geometry.piece_size(index):
            raise ValueError(f"{len(data)} bytes for piece {index}")
        if hashlib.sha1(data, usedforsecurity=False).digest() != self.piece_hash(index):
            return VerifyResult(index, False, self.block_digests(index, data))
        with self._shared():
            self._write_piece(index, data)
        return VerifyResult(index, True)

    def block_digests(self, index: int, data: memoryview) -> tuple[bytes, ...]:
        """SHA-1 of each 16 KiB block of piece `index`, of which `data` is all: what smart ban compares."""
        return tuple(
            hashlib.sha1(data[begin : begin + BLOCK_LENGTH], usedforsecurity=False).digest()
            for begin in range(0, len(data), BLOCK_LENGTH)
        )

    def piece_hash(self, index: int) -> bytes:
        """The 20 bytes that piece `index` must hash to."""
        return self._hashes[HASH_LENGTH * index : HASH_LENGTH * (index + 1)]

    def read(self, offset: int, buffer: memoryview) -> None:
        """Fill `buffer` with the torrent's bytes from `offset`, padding and the part file's included.

        Raises StorageError: `missing` when a file or a part of it is not there.
        """
        with self._shared():
            self._reader.read(offset, buffer)

    # Before and after

    def prepare(
        self,
        full_allocation: bool = False,
        *,
        have_bits: int = 0,
        must_exist: bool = False,
        cancelled: Callable[[], bool] = lambda: False,
        progress: Progress = lambda done, total: None,
    ) -> PrepareReport:
        """Look at the disk afresh and make ready for writing: room, folders, empty files, bytes from the part file.

        `full_allocation` reserves all wanted files; `cancelled` is asked and `progress` told between slices. Room is
        checked before anything is made (`disk-full` with `missing_bytes`); `have_bits` are pieces known to be there.
        With `must_exist` nothing is made when no file of the torrent is there: `missing`, the volume may be away.
        Harmless twice. Raises StorageError.
        """
        with self._lock.exclusive():
            self._survey()
            if self._places.obstacle is not None:
                raise self._places.obstacle
            if must_exist and not any(self._places.presence):
                raise StorageError("missing", self._paths.root, detail="none of the files is there")
            needed = needed_bytes(self.layout, self._places, self._part, self._stats, have_bits)
            free = check_room(self._files, self._paths.root, needed)
            wanted = [index for index in range(len(self.layout.files)) if self._places.is_wanted(index)]
            make_folders(self._files, self.layout, self._paths, wanted)
            damaged = self._mover.move_out(set(self._places.pending))
        is_done = not full_allocation or self._allocate(cancelled, progress)
        return PrepareReport(needed, free, damaged, is_cancelled=not is_done)

    def set_priorities(self, priorities: Sequence[int]) -> tuple[int, ...]:
        """Take new priorities, one per file; bytes of files that become wanted move out of the part file.

        Answers pieces whose bytes in the part file were damaged: no longer to be claimed. Raises StorageError and
        leaves everything as it was (`disk-full` before anything is made), ValueError for a wrong number.
        """
        if len(priorities) != len(self.layout.files):
            raise ValueError(f"{len(priorities)} priorities for {len(self.layout.files)} files")
        self._look_once()
        places = self._places
        with self._lock.exclusive():
            before = places.priorities
            wanted_now = {
                index
                for index, (old, new) in enumerate(zip(before, priorities, strict=True))
                if old == FilePriority.SKIP and new != FilePriority.SKIP and places.places[index] != Place.PAD
            }
            becoming = {index for index in wanted_now if places.places[index] == Place.PART}
            for index in becoming:
                places.presence[index] = Presence.ABSENT if places.look_at(index) is None else Presence.FOUND
            if becoming:
                check_room(self._files, self._paths.root, sum(self._lacking_bytes(index) for index in becoming))
            make_folders(self._files, self.layout, self._paths, sorted(wanted_now))
            places.priorities = tuple(priorities)
            try:
                damaged = self._mover.move_out(becoming | places.pending)
            except StorageError:
                places.priorities = before
                raise
            for index, priority in enumerate(priorities):
                if (
                    priority == FilePriority.SKIP
                    and places.places[index] == Place.FILE
                    and places.presence[index] == Presence.ABSENT
                ):
                    places.places[index] = Place.PART
        return damaged

    @property
    def priorities(self) -> tuple[int, ...]:
        """Those taken last."""
        return self._places.priorities

    def survey(self) -> None:
        """Look at all files afresh, changing nothing: before a re-check, or when the disk may have changed."""
        with self._lock.exclusive():
            self._survey()

    def sync(self) -> None:
        """Return when everything written so far is on the disk. Raises StorageError.

        `missing` when a written file was deleted or cut under us.
        """
        with self._shared():
            self._writer.sync()
            self._part.sync()

    def file_stats(self, *, afresh: bool = False) -> tuple[FileStat | None, ...]:
        """One entry per file; None for padding and what is not there. Raises StorageError.

        A file is looked at again only after we wrote to it: what others do to it meanwhile shows as a difference at
        the next start, and is checked then. `afresh` looks at all of them, as is needed before pieces are trusted.
        """
        if afresh:
            self.survey()
        with self._shared(), self._stats_lock:
            for index in self._writer.take_touched():
                path = self._paths.path(index)
                with disk_errors(path):
                    self._stats[index] = self._files.stat(path)
            return tuple(self._stats)

    def lacking_pieces(self) -> int:
        """The set of pieces that lack bytes on the disk, by the sizes of files and what the part file lists.

        Found without reading: no claim on these may be trusted, whatever the times of the files say.
        """
        with self._shared():
            return lacking_pieces(self.layout, self._places, self._stats)

    def delete_files(self, *, to_wastebasket: bool = False) -> bool:
        """Delete the torrent's files, its part file and those of its folders that are empty then; never `root`.

        What cannot be ours stays: links, folders, files longer than the torrent's, skipped files that were never
        written. Goes on after an error and raises the first one at the end, as StorageError. With `to_wastebasket`
        files go there; the answer is whether it took all that there was.
        """
        with self._lock.exclusive():
            self._survey()
            # Windows throws nothing away that is open.
            self._forget_handles()
            try:
                is_kept = to_wastebasket and throw_away(self._files, self._paths, self._places)
                delete_everything(self._files, self.layout, self._paths, self._places, self._part)
            finally:
                self._writer.forget()
                self._places.is_surveyed = False
        return is_kept

    def close(self) -> None:
        """Close this torrent's files; the next use looks at the disk afresh."""
        with self._lock.exclusive():
            self._forget_handles()
            self._places.is_surveyed = False

    # For the checker

    def unreadable_pieces(self, first: int, stop: int) -> set[int]:
        """Pieces of first..stop-1 that lack bytes on the disk; found without reading."""
        with self._shared():
            return unreadable_pieces(self.layout, self._places, self._stats, first, stop)

    def chunks(self, first: int, stop: int, buffer: memoryview) -> Iterator[memoryview]:
        """All bytes of the pieces first..stop-1 in order, each view valid until the next; none crosses a piece.

        Reads go by `len(buffer)` at most. Raises StorageError.
        """
        with self._shared():
            yield from self._reader.chunks(first, stop, buffer)

    # Inside

    @contextlib.contextmanager
    def _shared(self) -> Iterator[None]:
        self._look_once()
        with self._lock.shared():
            yield

    def _look_once(self) -> None:
        if not self._places.is_surveyed:
            with self._lock.exclusive():
                if not self._places.is_surveyed:
                    self._survey()

    def _survey(self) -> None:
        """With the lock held alone. Handles are closed, so that a file that was replaced is seen."""
        self._forget_handles()
        self._paths.forget()
        self._stats = self._places.survey()

    def _let_go(self) -> None:
        """With the lock held alone, everything synced: the files will be elsewhere."""
        self._forget_handles()
        self._writer.forget()
        self._places.is_surveyed = False

    def _forget_handles(self) -> None:
        for index, presence in enumerate(self._places.presence):
            if presence != Presence.ABSENT:
                self._open_files.forget(self._paths.path(index))
        self._open_files.forget(self._part.path)

    def _write_piece(self, index: int, data: memoryview) -> None:
        position = 0
        part_begin, part_end = len(data), 0
        try:
            for file_index, file_offset, length in self.layout.piece_spans(index):
                place = self._places.places[file_index]
                if place == Place.FILE:
                    self._writer.write(file_index, file_offset, data[position : position + length])
                elif place == Place.PART:
                    part_begin = min(part_begin, position)
                    part_end = position + length
                position += length
            if part_end:
                self._part.write(index, data, part_begin, part_end)
        except StorageError as error:
            if error.code == "disk-full" and not error.missing_bytes:
                error.missing_bytes = self._missing_bytes(len(data))
            raise

    def _missing_bytes(self, at_least: int) -> int:
        """How much room lacks, now that a write of `at_least` bytes found none."""
        with contextlib.suppress(StorageError, OSError):
            stats = [
                self._files.stat(self._paths.path(index)) if self._places.is_content(index) else None
                for index in range(len(self.layout.files))
            ]
            needed = needed_bytes(self.layout, self._places, self._part, stats, 0)
            return max(at_least, needed - self._files.free_bytes(self._paths.root))
        return at_least

    def _lacking_bytes(self, index: int) -> int:
        path = self._paths.path(index)
        with disk_errors(path):
            found = self._files.stat(path)
        return max(0, self.layout.files[index].size - (found.allocated if found is not None else 0))

    def _allocate(self, cancelled: Callable[[], bool], progress: Progress) -> bool:
        wanted = [
            index
            for index in range(len(self.layout.files))
            if self._places.is_content(index) and self._places.is_wanted(index)
        ]
        total = sum(self.layout.files[index].size for index in wanted)
        done = 0
        for index in wanted:
            with self._shared():
                if self._lacking_bytes(index) or self._places.presence[index] != Presence.READY:
                    for reserved in self._writer.allocate(index):
                        progress(done + reserved, total)
                        if cancelled():
                            return False
            done += self.layout.files[index].size
        progress(total, total)
        return True
