"""What of a torrent is wanted: five file priorities, and the piece masks that follow from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import IntEnum

from shoal.metainfo.file_layout import FileLayout


class FilePriority(IntEnum):
    """How much a file is wanted; the numbers are those of the field's other clients."""

    SKIP = 0
    LOW = 1
    NORMAL = 4
    HIGH = 6
    HIGHEST = 7


_LEVELS = tuple(level for level in FilePriority if level is not FilePriority.SKIP)


def piece_levels(layout: FileLayout, priorities: Sequence[int]) -> bytearray:
    """One byte per piece: the highest priority of its files. Padding and empty files do not count.

    `priorities` has one `FilePriority` value per file of the layout; ValueError when it has not.
    """
    if len(priorities) != len(layout.files):
        raise ValueError(f"{len(priorities)} priorities for {len(layout.files)} files")
    levels = bytearray(layout.geometry.piece_count)
    piece_length = layout.piece_length
    for entry, priority in zip(layout.files, priorities, strict=True):
        level = FilePriority(priority).value
        if not level or not entry.size or entry.is_pad:
            continue
        first = entry.offset // piece_length
        last = (entry.offset + entry.size - 1) // piece_length
        levels[first] = max(levels[first], level)
        if last > first:
            # Only the two ends are shared with other files.
            levels[first + 1 : last] = bytes((level,)) * (last - first - 1)
            levels[last] = max(levels[last], level)
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
        digits[level] = ord("1")
        mask = int(levels.translate(bytes(digits)), 2)
        if mask:
            masks[level] = mask
    return masks


def wanted_bytes(layout: FileLayout, priorities: Sequence[int]) -> int:
    """Bytes of all files that are not skipped; padding left out."""
    return sum(
        entry.size for entry, priority in zip(layout.files, priorities, strict=True) if priority and not entry.is_pad
    )


def done_bytes_per_file(layout: FileLayout, have_bits: int) -> list[int]:
    """Bytes of each file (padding files too) that lie in the pieces of `have_bits`.

    Costs one pass over the files and over the pieces, however both are mixed.
    """
    count = layout.geometry.piece_count
    have = have_bits.to_bytes((count + 7) // 8 + 1, "little")
    piece_length = layout.piece_length
    result: list[int] = []
    for entry in layout.files:
        if not entry.size:
            result.append(0)
            continue
        end = entry.offset + entry.size
        first = entry.offset // piece_length
        last = (end - 1) // piece_length
        has_first = have[first >> 3] >> (first & 7) & 1
        if first == last:
            result.append(entry.size if has_first else 0)
            continue
        done = (first + 1) * piece_length - entry.offset if has_first else 0
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
