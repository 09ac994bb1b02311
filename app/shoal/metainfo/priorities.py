"""What of a torrent is wanted: five file priorities, and the piece masks that follow from them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from enum import IntEnum
from itertools import accumulate, compress
from operator import sub

from shoal.metainfo.bitfield import all_pieces
from shoal.metainfo.file_layout import FileLayout


class FilePriority(IntEnum):
    """How much a file is wanted; the numbers are those of the field's other clients."""

    SKIP = 0
    LOW = 1
    NORMAL = 4
    HIGH = 6
    HIGHEST = 7


_LEVELS = tuple(level for level in FilePriority if level is not FilePriority.SKIP)
_VALUES = frozenset(map(int, FilePriority))
_RUN = re.compile(b"|".join(re.escape(bytes((level,))) + b"+" for level in _LEVELS))
"""Wanted files of one priority, one after the other."""
_WANTED_RUN = re.compile(rb"[^\0]+")
_ONE = ord("1")


def piece_levels(layout: FileLayout, priorities: Sequence[int]) -> bytearray:
    """One byte per piece: the highest priority of its files. Padding and empty files do not count.

    `priorities` has one `FilePriority` value per file of the layout; ValueError when it has not.
    """
    if len(priorities) != len(layout.files):
        raise ValueError(f"{len(priorities)} priorities for {len(layout.files)} files")
    for value in set(priorities) - _VALUES:
        raise ValueError(f"{value} is not a priority")
    chosen = chosen_contents(layout, priorities)
    levels = bytearray(layout.geometry.piece_count)
    piece_length, files, contents = layout.piece_length, layout.files, layout.contents
    # Of 100,000 files whole folders have the same priority: a step for each run of them.
    for run in _RUN.finditer(chosen):
        level = chosen[run.start()]
        end = files[contents[run.end() - 1]]
        first = files[contents[run.start()]].offset // piece_length
        last = (end.offset + end.size - 1) // piece_length
        levels[first] = max(levels[first], level)
        if last > first:
            # Only the two ends are shared with other runs.
            levels[first + 1 : last] = bytes((level,)) * (last - first - 1)
            levels[last] = max(levels[last], level)
    for pieces in layout.padding:
        levels[pieces.start : pieces.stop] = bytes(len(pieces))
    return levels


def piece_masks(layout: FileLayout, priorities: Sequence[int]) -> dict[FilePriority, int]:
    """Disjoint sets of pieces by priority, highest first; a piece has the highest priority of its files.

    SKIP and levels without pieces are left out. ValueError as for `piece_levels`.
    """
    # Digits of a binary number, the last piece first: one pass instead of one big-int operation per file.
    levels = piece_levels(layout, priorities)[::-1]
    masks: dict[FilePriority, int] = {}
    for level in reversed(_LEVELS):
        digits = bytearray(b"0" * 256)
        digits[level] = _ONE
        mask = int(levels.translate(bytes(digits)), 2)
        if mask:
            masks[level] = mask
    return masks


def wanted_bytes(layout: FileLayout, priorities: Sequence[int]) -> int:
    """Bytes of all files that are not skipped; padding left out."""
    return sum(compress(layout.content_sizes, chosen_contents(layout, priorities)))


def file_ends(layout: FileLayout) -> bytes:
    """A digit per piece: `1` where a file with bytes begins or ends, else `0`."""
    digits = bytearray(b"0" * layout.geometry.piece_count)
    for piece in {*layout.content_first_pieces, *layout.content_last_pieces}:
        digits[piece] = _ONE
    return bytes(digits)


def edge_pieces(layout: FileLayout, priorities: Sequence[int], ends: bytes) -> int:
    """The set of the first and last pieces of all files with bytes that are not skipped; `ends` are `file_ends`."""
    digits = bytearray(b"0" * len(ends))
    firsts, lasts = layout.content_first_pieces, layout.content_last_pieces
    for run in _WANTED_RUN.finditer(chosen_contents(layout, priorities)):
        # Between the ends of a run there are only ends of its own files.
        first, stop = firsts[run.start()], lasts[run.end() - 1] + 1
        digits[first:stop] = ends[first:stop]
    return int(digits[::-1], 2)


def unfinished_contents(layout: FileLayout, level: FilePriority, priorities: Sequence[int], have_bits: int) -> set[int]:
    """Indices of the files with bytes that have this priority, and not all of their pieces in `have_bits`."""
    only = bytearray(256)
    only[level] = 1
    chosen = chosen_contents(layout, priorities).translate(bytes(only))
    # How many pieces are missing before each piece: a file is whole when none is between its ends.
    missing = f"{~have_bits & all_pieces(layout.geometry.piece_count):0{layout.geometry.piece_count}b}"
    before = [0, *accumulate(map(int, reversed(missing)))]
    first = map(before.__getitem__, compress(layout.content_first_pieces, chosen))
    last = map(before[1:].__getitem__, compress(layout.content_last_pieces, chosen))
    return set(compress(compress(layout.contents, chosen), map(sub, last, first)))


def done_bytes_per_file(layout: FileLayout, have_bits: int) -> list[int]:
    """Bytes of each file (padding files too) that lie in the pieces of `have_bits`.

    Costs one pass over the files and over the pieces, however both are mixed.
    """
    return done_bytes_of(layout, ((entry.offset, entry.size) for entry in layout.files), have_bits)


def wanted_done_bytes(layout: FileLayout, priorities: Sequence[int], have_bits: int) -> int:
    """Bytes of all files that are not skipped that lie in the pieces of `have_bits`; padding left out."""
    files, contents = layout.files, layout.contents
    chosen = chosen_contents(layout, priorities)
    if layout.is_padded:
        own = (files[index] for index in compress(contents, chosen))
        return sum(done_bytes_of(layout, ((entry.offset, entry.size) for entry in own), have_bits))
    ranges: list[tuple[int, int]] = []
    for run in _RUN.finditer(chosen):
        start, end = files[contents[run.start()]].offset, files[contents[run.end() - 1]]
        ranges.append((start, end.offset + end.size - start))
    return sum(done_bytes_of(layout, ranges, have_bits))


def chosen_contents(layout: FileLayout, priorities: Sequence[int]) -> bytes:
    """The priorities of `layout.contents`."""
    chosen = bytes(priorities)
    return chosen if len(layout.contents) == len(chosen) else bytes(map(chosen.__getitem__, layout.contents))


def done_bytes_of(layout: FileLayout, ranges: Iterable[tuple[int, int]], have_bits: int) -> list[int]:
    """Of each range (offset, size) of the torrent's bytes: how many of them lie in the pieces of `have_bits`."""
    count = layout.geometry.piece_count
    have = have_bits.to_bytes((count + 7) // 8 + 1, "little")
    piece_length = layout.piece_length
    result: list[int] = []
    for offset, size in ranges:
        if not size:
            result.append(0)
            continue
        end = offset + size
        first = offset // piece_length
        last = (end - 1) // piece_length
        has_first = have[first >> 3] >> (first & 7) & 1
        if first == last:
            result.append(size if has_first else 0)
            continue
        done = (first + 1) * piece_length - offset if has_first else 0
        if have[last >> 3] >> (last & 7) & 1:
            done += end - last * piece_length
        inner = last - first - 1
        if inner:
            start = first + 1
            window = int.from_bytes(have[start >> 3 : (last >> 3) + 1], "little") >> (start & 7)
            done += (window & ((1 << inner) - 1)).bit_count() * piece_length
        result.append(done)
    return result


def shared_bytes(layout: FileLayout, index: int, is_wanted: Callable[[int], bool]) -> int:
    """Bytes of the file `index`, itself not wanted, that lie in pieces of wanted files and so are fetched with them.

    `is_wanted` is asked about files that are neither empty nor padding.
    """
    entry = layout.files[index]
    pieces = layout.pieces_of_file(index)
    shared = 0
    # Only the two ends are shared with other files.
    for piece in {pieces.start, pieces.stop - 1} if pieces else ():
        begin = piece * layout.piece_length
        end = min(begin + layout.piece_length, layout.total_length)
        own = min(end, entry.offset + entry.size) - max(begin, entry.offset)
        if own == end - begin:
            continue
        others = (span.file_index for span in layout.piece_spans(piece) if span.file_index != index)
        if any(not layout.files[other].is_pad and is_wanted(other) for other in others):
            shared += own
    return shared
