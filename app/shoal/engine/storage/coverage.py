"""Which pieces lack bytes on the disk, found by sizes alone, without reading."""

from __future__ import annotations

from collections.abc import Sequence

from shoal.engine.storage.file_places import FilePlaces, Place, Presence, Segment, Source
from shoal.metainfo.bitfield import span
from shoal.metainfo.file_layout import FileLayout
from shoal.runtime.world import FileStat


def lacking_pieces(layout: FileLayout, places: FilePlaces, stats: Sequence[FileStat | None]) -> int:
    """The set of pieces that lack bytes, by the sizes of files (`stats`, one per file) and what the part file lists."""
    ranges: list[tuple[int, int]] = []
    for index, entry in enumerate(layout.files):
        if not places.is_content(index):
            continue
        found = stats[index]
        is_own = places.places[index] == Place.FILE and places.presence[index] != Presence.ABSENT
        readable = entry.size if places.presence[index] == Presence.READY or found is None else found.size
        readable = readable if is_own else 0
        if readable < entry.size:
            ranges.append((entry.offset + readable, entry.offset + entry.size))
    bits = _pieces_of_ranges(layout.piece_length, ranges)
    for piece in places.part.held:
        if bits >> piece & 1 and piece not in unreadable_pieces(layout, places, stats, piece, piece + 1):
            bits &= ~(1 << piece)
    return bits


def unreadable_pieces(
    layout: FileLayout, places: FilePlaces, stats: Sequence[FileStat | None], first: int, stop: int
) -> set[int]:
    """The pieces of first..stop-1 that lack bytes."""
    offset, length = layout.byte_range(first, stop)
    bad: set[int] = set()
    for segment in places.segments(offset, length):
        lacking = _lacking_from(places, stats, segment)
        if lacking is not None:
            last = (offset + segment.length - 1) // layout.piece_length
            bad.update(range((offset + lacking) // layout.piece_length, last + 1))
        offset += segment.length
    return bad


def _lacking_from(places: FilePlaces, stats: Sequence[FileStat | None], segment: Segment) -> int | None:
    """From which byte of the segment on nothing is on the disk; None when all is there."""
    presence = places.presence[segment.file_index]
    if segment.source == Source.NOWHERE or (segment.source == Source.FILE and presence == Presence.ABSENT):
        return 0
    found = stats[segment.file_index]
    if segment.source != Source.FILE or presence == Presence.READY or found is None:
        return None
    return None if found.size >= segment.position + segment.length else max(0, found.size - segment.position)


def _pieces_of_ranges(piece_length: int, ranges: list[tuple[int, int]]) -> int:
    """The pieces with a byte in any of the rising ranges."""
    bits = 0
    first = stop = 0
    for begin, end in ranges:
        if begin // piece_length > stop:
            bits |= span(first, stop)
            first = begin // piece_length
        first = first if stop > first else begin // piece_length
        stop = -(-end // piece_length)
    return bits | span(first, stop)
