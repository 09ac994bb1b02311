"""What happened to one torrent, kept as codes: the last 200, that no flood of one kind can wash away."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

from shoal.api.details import TorrentEvent
from shoal.metainfo.bitfield import span
from shoal.metainfo.file_layout import FileLayout

MOST_EVENTS = 200
MOST_OF_A_CODE = 100
"""100,000 finished files must not push out that the tracker refused."""
LONGEST_TEXT = 500
"""Characters of one parameter that are kept; some are strangers' texts."""

SPEED_CODES = frozenset(
    {"limits-changed", "tracker-failed", "tracker-refused", "file-finished", "finished", "started", "stopped"}
)
"""Events that a speed graph marks."""


class EventLog:
    """The events of one torrent, oldest first."""

    __slots__ = ("_counts", "_events", "is_dirty")

    def __init__(self, events: Iterable[TorrentEvent] = ()) -> None:
        self._events: list[TorrentEvent] = []
        self._counts: dict[str, int] = {}
        for event in events:
            self.add(event)
        self.is_dirty = False
        """Something was added since it was saved."""

    @property
    def events(self) -> tuple[TorrentEvent, ...]:
        return tuple(self._events)

    def add(self, event: TorrentEvent) -> None:
        """Append; the oldest of its own code goes when there are too many of that, else the oldest of all."""
        self._events.append(event)
        self.is_dirty = True
        count = self._counts.get(event.code, 0) + 1
        self._counts[event.code] = count
        if count > MOST_OF_A_CODE:
            self._drop(next(place for place, old in enumerate(self._events) if old.code == event.code))
        elif len(self._events) > MOST_EVENTS:
            self._drop(0)

    def _drop(self, place: int) -> None:
        code = self._events.pop(place).code
        self._counts[code] -= 1

    def within(self, since: float) -> tuple[TorrentEvent, ...]:
        """Those since wall time `since` that a speed graph marks."""
        return tuple(event for event in self._events if event.at >= since and event.code in SPEED_CODES)

    def to_bytes(self) -> bytes:
        return json.dumps([[event.at, event.code, event.params] for event in self._events]).encode()

    @classmethod
    def from_bytes(cls, data: bytes) -> EventLog:
        """What `to_bytes` gave; ValueError when it is anything else."""
        try:
            entries = json.loads(data)
            if not isinstance(entries, list):
                raise ValueError("events that are no list")
            return cls(_event(entry) for entry in entries)
        except (TypeError, RecursionError) as error:
            raise ValueError(f"damaged events: {error}") from error


def made_event(at: float, code: str, params: dict[str, str | int | float]) -> TorrentEvent:
    """An event whose texts are of bounded length."""
    bounded = {key: value[:LONGEST_TEXT] if isinstance(value, str) else value for key, value in params.items()}
    return TorrentEvent(at, code, bounded)


def finished_files(layout: FileLayout, priorities: Sequence[int], have: int, piece: int) -> list[int]:
    """The wanted files that piece `piece` completed, the last MOST_OF_A_CODE; none where there is one file."""
    if len(layout.files) == 1:
        return []
    spans = layout.piece_spans(piece)
    found: list[int] = []
    for entry_span in spans[-MOST_OF_A_CODE:]:
        entry = layout.files[entry_span.file_index]
        if entry.is_pad or not priorities[entry_span.file_index]:
            continue
        pieces = layout.pieces_of_file(entry_span.file_index)
        # Only the first and the last file of a piece reach beyond it.
        if entry_span.length == entry.size or not ~(have >> pieces.start) & span(0, len(pieces)):
            found.append(entry_span.file_index)
    return found


def _event(entry: object) -> TorrentEvent:
    if not isinstance(entry, list) or len(entry) != 3:
        raise ValueError("an event of another shape")
    at, code, params = entry
    if not isinstance(at, int | float) or not math.isfinite(at) or not isinstance(code, str):
        raise ValueError("an event of another shape")
    if not isinstance(params, dict) or not all(isinstance(value, str | int | float) for value in params.values()):
        raise ValueError("an event of another shape")
    return made_event(float(at), code, params)
