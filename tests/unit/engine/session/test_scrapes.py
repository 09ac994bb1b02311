"""The counts of running torrents: many in one question, one question a second, and one by one where a tracker must."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from itertools import pairwise
from types import SimpleNamespace
from typing import TYPE_CHECKING, cast

import pytest
from tests.support.tracker_fakes import LoopClock, ScriptedHttp
from tests.support.virtual_time import run_virtual

from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.errors import TrackerError, TrackerErrorKind
from shoal.engine.discovery.tracker_rows import scrapes_due
from shoal.engine.policy.announce_schedule import AnnounceSchedule
from shoal.engine.session.scrapes import MOST_AT_ONCE, SCRAPE_SECONDS, Scrapes
from shoal.protocol.announce import ScrapeEntry
from shoal.runtime.tasks import TaskScope

if TYPE_CHECKING:
    from shoal.engine.torrent.services import Entry

URL = "udp://tracker.example:6969"


class CountedAnnouncer:
    """What `Scrapes` uses of an announcer."""

    def __init__(self, *urls: str) -> None:
        self.schedule = AnnounceSchedule([[url] for url in urls], random.Random(1))
        self.told: list[ScrapeEntry] = []

    def to_scrape(self, now: float, seconds: float) -> list[str]:
        return scrapes_due(self.schedule, now, seconds)

    def scrape_begins(self, url: str, now: float) -> None:
        for tracker in self.schedule:
            tracker.scraped_at = now

    def scraped(self, url: str, entry: ScrapeEntry) -> None:
        self.told.append(entry)


class ScrapedTracker:
    """Answers for the first `most` info-hashes of a question."""

    def __init__(self, most: int = MOST_AT_ONCE, error: TrackerError | None = None) -> None:
        self.most, self.error = most, error
        self.asked: list[tuple[float, int]] = []

    async def scrape(
        self, url: str, info_hashes: Sequence[bytes], *, attempt_seconds: Sequence[float] = ()
    ) -> tuple[ScrapeEntry, ...]:
        self.asked.append((asyncio.get_running_loop().time(), len(info_hashes)))
        if self.error is not None:
            raise self.error
        return tuple(ScrapeEntry(info_hash, 5, 70, 3) for info_hash in info_hashes[: self.most])


async def played(tracker: ScrapedTracker, count: int, seconds: int) -> list[CountedAnnouncer]:
    clock, tasks = LoopClock(), TaskScope("test")
    announcers = [CountedAnnouncer(URL) for _ in range(count)]
    entries = [
        cast("Entry", SimpleNamespace(info_hash=number.to_bytes(20, "big"), announcer=announcer))
        for number, announcer in enumerate(announcers)
    ]
    gate = AnnounceGate()
    scrapes = Scrapes(ScriptedHttp({}), tracker, gate, clock, tasks, lambda: entries)
    for _ in range(seconds):
        scrapes.second(clock.now())
        await asyncio.sleep(1)
    await tasks.close()
    assert gate.free == 50
    return announcers


def test_many_torrents_share_a_question_and_are_asked_again_after_half_an_hour() -> None:
    async def story() -> None:
        tracker = ScrapedTracker()
        announcers = await played(tracker, 120, 100)
        assert [count for _, count in tracker.asked] == [50, 50, 20]
        times = [at for at, _ in tracker.asked]
        assert all(later - sooner >= 1 for sooner, later in pairwise(times)), "in one burst"
        assert all(len(announcer.told) == 1 for announcer in announcers)
        again = ScrapedTracker()
        await played(again, 1, int(SCRAPE_SECONDS) + 120)
        assert len(again.asked) == 2

    run_virtual(story, limit_seconds=20_000)


def test_a_tracker_that_answers_for_one_torrent_only_is_asked_one_by_one() -> None:
    async def story() -> None:
        tracker = ScrapedTracker(most=1)
        announcers = await played(tracker, 5, 100)
        assert [count for _, count in tracker.asked] == [5, 1, 1, 1, 1]
        assert all(len(announcer.told) == 1 for announcer in announcers)

    run_virtual(story, limit_seconds=20_000)


@pytest.mark.parametrize(("kind", "times"), [(TrackerErrorKind.TRANSIENT, 3), (TrackerErrorKind.PERMANENT, 1)])
def test_a_tracker_that_takes_no_scrapes_is_left_alone(kind: TrackerErrorKind, times: int) -> None:
    async def story() -> None:
        tracker = ScrapedTracker(error=TrackerError(kind, "timeout", "No answer"))
        await played(tracker, 1, 4 * 3600)
        assert len(tracker.asked) == times

    run_virtual(story, limit_seconds=20_000)
