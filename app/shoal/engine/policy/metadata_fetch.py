"""Of whom to ask the info dictionary of a magnet link, and what to make of the answers. Pure: time is an argument.

Several are asked at once, more with every moment that passes, and who waits longest without having been asked comes
before all others: silent and slow ones cost a place for a while, never the transfer. Rejections and silence put a peer
to rest; who contradicts himself or sends a wrong content is for the caller to end. What all have sent is bounded.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from shoal.engine.policy.metadata_assembly import MetadataAssembly
from shoal.protocol.ut_metadata import MetadataBlock

FEW_AT_ONCE, MOST_AT_ONCE = 3, 24
SMALL_BYTES = 256 * 1024
SMALL_AT_ONCE = 8
"""So much is worth fetching several times over to have it sooner."""
GROW_SECONDS = 0.5
"""One more is asked for each of these."""
SILENT_SECONDS = 10.0
TURN_SECONDS = 20.0
"""Who has not sent all after so long makes room for one that was never asked, when there is none left."""
REST_SECONDS, LONGEST_REST_SECONDS = 30.0, 600.0
"""After a rejection or silence; doubled with each further one."""
MOST_STORED = 64 << 20
"""Bytes of all assemblies together."""


class Answer(Enum):
    """What a message of a peer came to."""

    FINE = "fine"
    COMPLETE = "complete"
    """All of it is here, and what it is worth has to be found out."""
    LIE = "lie"
    """It contradicts what the peer said before."""


@dataclass(slots=True)
class _Source:
    """A peer that says it has the metadata."""

    assembly: MetadataAssembly
    order: int
    failures: int = 0
    turns: int = 0
    """How often it was begun to be asked."""
    asked_at: float | None = None
    """When its present turn began; None while it is not asked."""
    heard_at: float = 0.0
    rests_until: float = 0.0
    is_judged: bool = field(default=False)
    """Its answer is complete and looked at."""

    def end_turn(self, until: float) -> None:
        self.asked_at = None
        self.rests_until = until
        self.assembly.rest()


class MetadataFetch:
    """The sources of one info dictionary. Keys are those of the caller's peers."""

    def __init__(self) -> None:
        self._sources: dict[int, _Source] = {}
        self._order = 0
        self._began_at: float | None = None

    @property
    def offering(self) -> int:
        """Peers that have it, as they say."""
        return len(self._sources)

    @property
    def best(self) -> tuple[int, int]:
        """(bytes that are here, bytes in all) of the one that has come furthest; zeros when nothing came."""
        furthest = max(self._sources.values(), key=lambda source: source.assembly.stored, default=None)
        if furthest is None or not furthest.assembly.stored:
            return 0, 0
        return furthest.assembly.stored, furthest.assembly.size

    def offer(self, key: int, size: int) -> None:
        """A peer says that it has metadata of `size` bytes. Another size than before begins anew, once."""
        known = self._sources.get(key)
        if known is None or known.assembly.size != size:
            self._order += 1
            failures = 0 if known is None else known.failures + 1
            self._sources[key] = _Source(MetadataAssembly(size), self._order, failures=failures)

    def gone(self, key: int) -> None:
        """The peer left, or proved to be a liar; harmless when it is unknown."""
        self._sources.pop(key, None)

    def received(self, key: int, message: MetadataBlock, now: float) -> Answer:
        """A block came. After COMPLETE the caller takes the `content`, and tells what it was worth by `gone`."""
        source = self._sources.get(key)
        if source is None or source.is_judged:
            return Answer.FINE
        if not source.assembly.take(message):
            return Answer.LIE
        source.heard_at = now
        self._bound(key)
        if source.assembly.is_complete:
            source.is_judged = True
            return Answer.COMPLETE
        return Answer.FINE

    def rejected(self, key: int, now: float) -> None:
        """The peer will not send a block."""
        source = self._sources.get(key)
        if source is not None and source.asked_at is not None:
            self._fail(source, now)

    def content(self, key: int) -> bytes:
        """What a peer sent, once, after COMPLETE."""
        source = self._sources[key]
        content = source.assembly.joined()
        source.assembly = MetadataAssembly(source.assembly.size)
        return content

    def due(self, now: float) -> Iterator[tuple[int, list[int]]]:
        """Whom to ask for which blocks now. Call it after every message, and once a second."""
        self._end_turns(now)
        self._begin_turns(now)
        for key, source in self._sources.items():
            if source.asked_at is not None and not source.is_judged:
                blocks = source.assembly.next_blocks()
                if blocks:
                    yield key, blocks

    def _active(self) -> list[_Source]:
        return [source for source in self._sources.values() if source.asked_at is not None and not source.is_judged]

    def _end_turns(self, now: float) -> None:
        for source in self._active():
            if now - source.heard_at >= SILENT_SECONDS:
                self._fail(source, now)

    def _fail(self, source: _Source, now: float) -> None:
        source.failures += 1
        source.end_turn(now + min(LONGEST_REST_SECONDS, REST_SECONDS * 2 ** min(source.failures - 1, 10)))

    def _begin_turns(self, now: float) -> None:
        waiting = [s for s in self._sources.values() if s.asked_at is None and s.rests_until <= now]
        if not waiting:
            return
        waiting.sort(key=lambda source: (source.turns, source.failures, source.assembly.size, source.order))
        active = self._active()
        if not active:
            # Nobody is asked: what was learned about the pace is over.
            self._began_at = now
        for source in waiting:
            if len(active) >= self._room(now, min(source.assembly.size, *(s.assembly.size for s in active), 1 << 62)):
                oldest = min(active, key=lambda other: other.asked_at or 0.0)
                is_late = now - (oldest.asked_at or 0.0) >= TURN_SECONDS
                if source.turns or not is_late or len(active) < MOST_AT_ONCE:
                    return
                oldest.end_turn(now)
                active.remove(oldest)
            source.asked_at = source.heard_at = now
            source.turns += 1
            active.append(source)

    def _room(self, now: float, smallest: int) -> int:
        first = SMALL_AT_ONCE if smallest <= SMALL_BYTES else FEW_AT_ONCE
        elapsed = now - (now if self._began_at is None else self._began_at)
        return min(MOST_AT_ONCE, first + int(elapsed / GROW_SECONDS))

    def _bound(self, keeping: int) -> None:
        """Forget what others have sent when it is too much in all: of those at rest first, then of the last to come."""
        stored = sum(source.assembly.stored for source in self._sources.values())
        while stored > MOST_STORED:
            others = [
                source
                for key, source in self._sources.items()
                if key != keeping and source.assembly.stored and not source.is_judged
            ]
            if not others:
                return
            victim = max(others, key=lambda source: (source.asked_at is None, source.order))
            stored -= victim.assembly.stored
            was_asked = victim.asked_at is not None
            victim.assembly = MetadataAssembly(victim.assembly.size)
            if was_asked:
                victim.end_turn(victim.heard_at + REST_SECONDS)
