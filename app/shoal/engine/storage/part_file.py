"""The hidden part file: bytes of boundary pieces that belong to skipped files which are not on the disk.

Layout, all integers little-endian. A header block of 4096 bytes: magic `SHOALPRT`, version u32, piece length u64,
piece count u32, SHA-1 of all piece hashes, CRC-32 of these. Then slots of 4096 + piece length (rounded up to 4096)
bytes, handed out densely: a slot header (magic `SLOT`, piece u32, begin u64, end u64, CRC-32 of the held bytes, CRC-32
of the header), and after 4096 bytes the piece's bytes begin..end at their place in the piece; the rest is a hole.

Crash safety: data is written before the slot header that claims it, both checksums must agree before data is moved out,
and the session claims a piece only after `sync`. A slot is emptied only after its bytes are synced elsewhere.
"""

from __future__ import annotations

import struct
import threading
import zlib
from dataclasses import dataclass

from shoal.engine.storage.errors import StorageError
from shoal.engine.storage.open_files import OpenFiles
from shoal.engine.storage.positioned_io import disk_errors, read_all, write_all
from shoal.runtime.world import Files

_BLOCK = 4096
_VERSION = 1
_FILE_HEADER = struct.Struct("<8sIQI20s")
_SLOT_HEADER = struct.Struct("<4sIQQI")
_CRC = struct.Struct("<I")
_FILE_MAGIC = b"SHOALPRT"
_SLOT_MAGIC = b"SLOT"


@dataclass(slots=True)
class _Slot:
    number: int
    begin: int
    end: int
    checksum: int


class PartFile:
    """Boundary bytes by piece. Reads may go in parallel with writes of other pieces; `drop` goes alone."""

    def __init__(
        self, files: Files, open_files: OpenFiles, path: str, *, piece_length: int, piece_count: int, identity: bytes
    ) -> None:
        """`identity` is the 20-byte SHA-1 of all piece hashes: the file of another torrent is never used."""
        self.path = path
        self._files = files
        self._open_files = open_files
        self._piece_length = piece_length
        self._piece_count = piece_count
        head = _FILE_HEADER.pack(_FILE_MAGIC, _VERSION, piece_length, piece_count, identity)
        self._header = head + _CRC.pack(zlib.crc32(head))
        self._stride = _BLOCK + -(-piece_length // _BLOCK) * _BLOCK
        self._slots: dict[int, _Slot] = {}
        self._free: list[int] = []
        self._next = 0
        self._is_made = False
        self._lock = threading.Lock()

    @property
    def is_made(self) -> bool:
        """It is on the disk, and ours."""
        return self._is_made

    @property
    def held(self) -> frozenset[int]:
        """The pieces of which it holds bytes."""
        return frozenset(self._slots)

    def holds(self, piece: int, begin: int, end: int) -> bool:
        """Whether it has bytes begin..end of `piece`."""
        slot = self._slots.get(piece)
        return slot is not None and slot.begin <= begin and end <= slot.end

    def held_range(self, piece: int) -> tuple[int, int]:
        """The bytes (begin, end) of `piece` that it has; KeyError when none."""
        slot = self._slots[piece]
        return slot.begin, slot.end

    def load(self) -> None:
        """Read what the file on the disk holds; one that is damaged or another torrent's is set aside, not deleted.

        Raises StorageError when it is there and cannot be read.
        """
        with self._lock:
            self._slots.clear()
            self._free.clear()
            self._next = 0
            self._is_made = False
            with disk_errors(self.path):
                found = self._files.stat(self.path)
                if found is None:
                    return
                if not found.is_regular:
                    raise StorageError("not-a-file", self.path)
                header = bytearray(len(self._header))
                with self._open_files.lease(self.path, write=False) as handle:
                    count = self._files.pread_into(handle, memoryview(header), 0)
                    if bytes(header[:count]) == self._header:
                        self._is_made = True
                        self._load_slots(handle, found.size)
                if not self._is_made:
                    self._open_files.forget(self.path)
                    self._files.replace(self.path, self.path + ".damaged")

    def write(self, piece: int, data: memoryview, begin: int, end: int) -> None:
        """Keep bytes begin..end of `piece`, of which `data` is all of it, verified. Raises StorageError."""
        with self._lock:
            slot = self._slots.get(piece)
            if slot is None:
                number = self._free[-1] if self._free else self._next
            else:
                # The same piece has the same bytes, so what the slot already held may be taken from `data` too.
                number, begin, end = slot.number, min(begin, slot.begin), max(end, slot.end)
            held = data[begin:end]
            fresh = _Slot(number, begin, end, zlib.crc32(held))
            start = _BLOCK + number * self._stride
            # Once made it must still be there: one that vanished would come back without its other pieces.
            create = not self._is_made
            with disk_errors(self.path), self._open_files.lease(self.path, write=True, create=create) as handle:
                if not self._is_made:
                    write_all(self._files, handle, memoryview(self._header), 0, self.path)
                    self._is_made = True
                write_all(self._files, handle, held, start + _BLOCK + begin, self.path)
                write_all(self._files, handle, memoryview(self._pack(piece, fresh)), start, self.path)
            if slot is None:
                if self._free:
                    self._free.pop()
                else:
                    self._next += 1
            self._slots[piece] = fresh

    def read(self, piece: int, begin: int, buffer: memoryview) -> None:
        """Fill `buffer` with the bytes of `piece` from `begin`. Raises StorageError, `missing` when not held."""
        slot = self._slots.get(piece)
        if slot is None or begin < slot.begin or begin + len(buffer) > slot.end:
            raise StorageError("missing", self.path, detail=f"holds no such bytes of piece {piece}")
        position = _BLOCK + slot.number * self._stride + _BLOCK + begin
        with disk_errors(self.path), self._open_files.lease(self.path, write=False) as handle:
            read_all(self._files, handle, buffer, position, self.path)

    def read_checked(self, piece: int) -> bytearray | None:
        """All held bytes of `piece`, or None when they are not what was written. Raises StorageError, KeyError."""
        slot = self._slots[piece]
        data = bytearray(slot.end - slot.begin)
        try:
            self.read(piece, slot.begin, memoryview(data))
        except StorageError as error:
            # Only a file that ends too early says something on these bytes; one that cannot be opened says nothing.
            if error.code != "missing" or error.errno is not None:
                raise
            return None
        return data if zlib.crc32(data) == slot.checksum else None

    def drop(self, pieces: frozenset[int] | set[int]) -> None:
        """Forget these pieces; the file goes when nothing is left in it. Raises StorageError.

        The caller has synced wherever the bytes are now.
        """
        with self._lock:
            going = sorted(pieces & self._slots.keys())
            if len(going) == len(self._slots):
                self._remove()
                return
            blank = memoryview(bytes(_SLOT_HEADER.size + _CRC.size))
            with disk_errors(self.path), self._open_files.lease(self.path, write=True) as handle:
                for piece in going:
                    number = self._slots[piece].number
                    write_all(self._files, handle, blank, _BLOCK + number * self._stride, self.path)
                    del self._slots[piece]
                    self._free.append(number)

    def sync(self) -> None:
        """Return when everything written is on the disk. Raises StorageError."""
        if not self._is_made:
            return
        with disk_errors(self.path), self._open_files.lease(self.path, write=True) as handle:
            self._files.sync(handle)

    def remove(self) -> None:
        """Delete the file with everything in it; harmless when there is none. Raises StorageError."""
        with self._lock:
            self._remove()

    def _remove(self) -> None:
        self._open_files.forget(self.path)
        with disk_errors(self.path):
            found = self._files.stat(self.path)
            if found is not None and found.is_regular and self._is_made:
                self._files.remove(self.path)
        self._slots.clear()
        self._free.clear()
        self._next = 0
        self._is_made = False

    def _pack(self, piece: int, slot: _Slot) -> bytes:
        head = _SLOT_HEADER.pack(_SLOT_MAGIC, piece, slot.begin, slot.end, slot.checksum)
        return head + _CRC.pack(zlib.crc32(head))

    def _load_slots(self, handle: int, size: int) -> None:
        raw = bytearray(_SLOT_HEADER.size + _CRC.size)
        # A piece needs one slot, so a longer file is not to be walked.
        count = min(-(-max(0, size - _BLOCK) // self._stride), self._piece_count)
        for number in range(count):
            done = self._files.pread_into(handle, memoryview(raw), _BLOCK + number * self._stride)
            slot = self._unpack(raw) if done == len(raw) else None
            if slot is None or slot[0] in self._slots:
                self._free.append(number)
            else:
                piece, begin, end, checksum = slot
                self._slots[piece] = _Slot(number, begin, end, checksum)
        self._next = count

    def _unpack(self, raw: bytearray) -> tuple[int, int, int, int] | None:
        head = bytes(raw[: _SLOT_HEADER.size])
        if _CRC.unpack_from(raw, _SLOT_HEADER.size)[0] != zlib.crc32(head):
            return None
        magic, piece, begin, end, checksum = _SLOT_HEADER.unpack(head)
        if magic != _SLOT_MAGIC or piece >= self._piece_count or not begin < end <= self._piece_length:
            return None
        return piece, begin, end, checksum
