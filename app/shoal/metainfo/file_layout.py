"""Where the files of a torrent lie in its bytes: spans of files for a range of bytes, pieces of a file and back.

The torrent's bytes are those of BEP 3: all files in order, padding files (BEP 47) among them. A v2-only torrent gets
the padding that aligns its files (BEP 52), so that one arithmetic holds for v1, hybrid and v2.
"""

from __future__ import annotations

from array import array
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import NamedTuple

from shoal.metainfo.pieces import PieceGeometry


# A NamedTuple, not a frozen dataclass: a torrent may hold 100,000 files, and these are made three times as fast.
class TorrentFile(NamedTuple):
    """One file of a torrent. Sizes and offsets in bytes."""

    path: tuple[str, ...]
    """Cleaned path below the torrent's folder; safe to join. A single-file torrent has one element, its name."""
    size: int
    offset: int
    """Where it begins in the torrent's bytes."""
    original_path: tuple[bytes, ...] = ()
    """As the metainfo has it: what web seeds are asked for; never touches a disk."""
    is_pad: bool = False
    """Zeros that align the next file (BEP 47); never written, never shown."""
    is_executable: bool = False
    is_hidden: bool = False
    is_symlink: bool = False
    """A link (BEP 47): it has no bytes, and only `symlink_target` may be made of it."""
    symlink_target: tuple[str, ...] | None = None
    """Cleaned path of the ordinary file of this torrent that a link means; None for files and for unsafe links."""
    pieces_root: bytes | None = None
    """32 bytes, the root of the file's hash tree (BEP 52); None in v1 torrents and for empty files."""


class FileSpan(NamedTuple):
    """`length` bytes at `file_offset` of file `file_index`. It may be a padding file: look at its `is_pad`."""

    file_index: int
    file_offset: int
    length: int


@dataclass(frozen=True, slots=True)
class FileLayout:
    """Files one after the other, cut into pieces. Each file's `offset` must be the sum of the sizes before it."""

    files: tuple[TorrentFile, ...]
    piece_length: int
    total_length: int = field(init=False)
    """All bytes with padding: the space that piece indices address."""
    geometry: PieceGeometry = field(init=False)
    contents: list[int] = field(init=False, repr=False, compare=False)
    """Indices of the files with bytes of their own: neither empty nor padding."""
    content_sizes: array[int] = field(init=False, repr=False, compare=False)
    """Of each of `contents` its bytes, first and last piece: to count over 100,000 files without their objects."""
    content_first_pieces: array[int] = field(init=False, repr=False, compare=False)
    content_last_pieces: array[int] = field(init=False, repr=False, compare=False)
    padding: list[range] = field(init=False, repr=False, compare=False)
    """Pieces that hold nothing but padding, which only an odd torrent has."""
    _starts: list[int] = field(init=False, repr=False, compare=False)
    _indices: list[int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        starts: list[int] = []
        indices: list[int] = []
        contents: list[int] = []
        padding: list[range] = []
        sizes, first_pieces, last_pieces = array("Q"), array("Q"), array("Q")
        piece_length = self.piece_length
        position = filled = 0
        for index, entry in enumerate(self.files):
            if entry.offset != position or entry.size < 0:
                raise ValueError(f"file {index} does not begin where the one before it ends")
            if entry.size:
                starts.append(position)
                indices.append(index)
                if not entry.is_pad:
                    contents.append(index)
                    sizes.append(entry.size)
                    first_pieces.append(position // piece_length)
                    last_pieces.append((position + entry.size - 1) // piece_length)
                    if position - filled >= piece_length:
                        padding.append(range(-(-filled // piece_length), position // piece_length))
                    filled = position + entry.size
                position += entry.size
        store = object.__setattr__
        store(self, "total_length", position)
        store(self, "geometry", PieceGeometry(position, self.piece_length))
        # Empty files share their offset with a neighbour; leaving them out keeps the bisection unambiguous.
        store(self, "contents", contents)
        store(self, "content_sizes", sizes)
        store(self, "content_first_pieces", first_pieces)
        store(self, "content_last_pieces", last_pieces)
        store(self, "padding", padding)
        store(self, "_starts", starts)
        store(self, "_indices", indices)

    @property
    def is_padded(self) -> bool:
        """There is padding between its files, or around them."""
        return len(self.contents) < len(self._indices)

    def spans(self, offset: int, length: int) -> list[FileSpan]:
        """The files that hold `length` bytes from `offset`, in order; ValueError when outside the torrent."""
        if offset < 0 or length < 0 or offset + length > self.total_length:
            raise ValueError(f"{length} bytes at {offset} are not inside {self.total_length}")
        result: list[FileSpan] = []
        slot = bisect_right(self._starts, offset) - 1
        while length:
            index = self._indices[slot]
            entry = self.files[index]
            begin = offset - entry.offset
            part = min(length, entry.size - begin)
            result.append(FileSpan(index, begin, part))
            offset += part
            length -= part
            slot += 1
        return result

    def piece_spans(self, piece: int) -> list[FileSpan]:
        """The spans of one piece; IndexError when there is no such piece."""
        return self.spans(piece * self.piece_length, self.geometry.piece_size(piece))

    def pieces_of_file(self, index: int) -> range:
        """The pieces that hold bytes of a file; empty for an empty one."""
        entry = self.files[index]
        first = entry.offset // self.piece_length
        return range(first, -(-(entry.offset + entry.size) // self.piece_length)) if entry.size else range(first, first)

    def byte_range(self, first: int, stop: int) -> tuple[int, int]:
        """Where the pieces first..stop-1 begin, and how many bytes they have."""
        start = first * self.piece_length
        return start, min(stop * self.piece_length, self.total_length) - start
