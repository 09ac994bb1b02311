"""Asks trackers for the counts of running torrents (BEP 48, BEP 15): many in one question, one question a second."""

from __future__ import annotations

import logging
import math
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from shoal.engine.discovery import http_tracker
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.engine.discovery.udp_tracker import ATTEMPT_SECONDS
from shoal.engine.transport.http_client import HttpClient
from shoal.protocol.announce import ScrapeEntry
from shoal.runtime.tasks import TaskScope
from shoal.runtime.world import Clock

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

logger = logging.getLogger(__name__)

SCRAPE_SECONDS = 1_800.0
"""The counts of one torrent at one tracker are asked for no sooner again."""
MOST_AT_ONCE = 50
"""Info-hashes in one question; their address stays within what servers take."""
ROUND_SECONDS = 30.0
"""Between two looks at who is due ..."""
ENTRIES_PER_SECOND = 50
"""... and a second more for so many in the list."""
FAILURE_SECONDS = 3_600.0
FAILURE_MAX_SECONDS = 86_400.0
MOST_KNOWN = 1_000
"""Trackers of which it is known how they take scrapes."""


class UdpScrapes(Protocol):
    """What is needed of `UdpTracker`."""

    async def scrape(
        self, url: str, info_hashes: Sequence[bytes], *, attempt_seconds: Sequence[float] = ATTEMPT_SECONDS
    ) -> tuple[ScrapeEntry, ...]: ...


@dataclass(slots=True)
class _Manner:
    """How a tracker takes scrapes."""

    rests_until: float = -math.inf
    failures: int = 0
    is_one_by_one: bool = False
    """It answered a question for several with less than was asked."""


class Scrapes:
    """Of one session. Loop thread only; questions go through the gate of the announces, and never hold those up."""

    def __init__(
        self,
        http: HttpClient,
        udp: UdpScrapes,
        gate: AnnounceGate,
        clock: Clock,
        tasks: TaskScope,
        entries: Callable[[], Iterable[Entry]],
    ) -> None:
        self._http, self._udp, self._gate = http, udp, gate
        self._clock, self._tasks, self._entries = clock, tasks, entries
        self._manners: dict[str, _Manner] = {}
        self._waiting: deque[tuple[str, list[Entry]]] = deque()
        self._next_round = clock.now() + ROUND_SECONDS

    def second(self, now: float) -> None:
        """Once a second: ask one question that is due."""
        if not self._waiting and now >= self._next_round:
            self._plan(now)
        if self._waiting and self._gate.try_enter():
            url, entries = self._waiting.popleft()
            due = [entry for entry in entries if url in entry.announcer.to_scrape(now, SCRAPE_SECONDS)]
            for entry in due:
                entry.announcer.scrape_begins(url, now)
            task = self._tasks.start(self._ask(url, due), "scrape")
            task.add_done_callback(lambda _: self._gate.leave())

    def _plan(self, now: float) -> None:
        due: dict[str, list[Entry]] = {}
        count = 0
        for entry in self._entries():
            count += 1
            for url in entry.announcer.to_scrape(now, SCRAPE_SECONDS):
                manner = self._manners.get(url)
                if manner is None or now >= manner.rests_until:
                    due.setdefault(url, []).append(entry)
        self._next_round = now + ROUND_SECONDS + count / ENTRIES_PER_SECOND
        for url, entries in due.items():
            manner = self._manners.get(url)
            step = 1 if manner is not None and manner.is_one_by_one else MOST_AT_ONCE
            self._waiting += ((url, entries[start : start + step]) for start in range(0, len(entries), step))

    async def _ask(self, url: str, entries: Sequence[Entry]) -> None:
        by_hash = {entry.info_hash: entry for entry in entries}
        manner = self._manner(url)
        if not by_hash or self._clock.now() < manner.rests_until:
            return
        try:
            answers = await self._scrape(url, list(by_hash))
        except TrackerError as error:
            logger.debug("a tracker was not scraped: %s", error.code)
            if len(by_hash) > 1 and error.code in ("failure", "bad-reply", "http-status", "too-large"):
                manner.is_one_by_one = True
                self._waiting += ((url, [entry]) for entry in by_hash.values())
                self._forget(url, by_hash.values())
                return
            manner.failures += 1
            pause = min(FAILURE_SECONDS * 2 ** min(manner.failures - 1, 10), FAILURE_MAX_SECONDS)
            manner.rests_until = math.inf if error.kind is TrackerErrorKind.PERMANENT else self._clock.now() + pause
            return
        manner.failures = 0
        for answer in answers:
            asked = by_hash.pop(answer.info_hash, None)
            if asked is not None:
                asked.announcer.scraped(url, answer)
        if by_hash and len(by_hash) == len(entries) - 1 and len(entries) > 1:
            # Some look at one info-hash of the question only.
            manner.is_one_by_one = True
            self._waiting += ((url, [entry]) for entry in by_hash.values())
            self._forget(url, by_hash.values())

    @staticmethod
    def _forget(url: str, entries: Iterable[Entry]) -> None:
        """They are asked again one by one, and at once."""
        for entry in entries:
            entry.announcer.scrape_begins(url, -math.inf)

    def _manner(self, url: str) -> _Manner:
        manner = self._manners.setdefault(url, _Manner())
        if len(self._manners) > MOST_KNOWN:
            del self._manners[next(iter(self._manners))]
        return manner

    async def _scrape(self, url: str, info_hashes: Sequence[bytes]) -> tuple[ScrapeEntry, ...]:
        if url.partition(":")[0].lower() == "udp":
            return await self._udp.scrape(url, info_hashes)
        return await http_tracker.scrape(self._http, url, info_hashes)
