"""Looking a swarm up: who is asked and for how long, and what counts as an answer; nobody learns that we exist."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path

import pytest
from tests.support.live_trackers import live_tracker
from tests.support.tracker_fakes import ScriptedHttp
from tests.support.virtual_time import run_virtual

from shoal.api.details import SwarmLookup
from shoal.engine.discovery.announce_gate import AnnounceGate
from shoal.engine.discovery.errors import TrackerError
from shoal.engine.discovery.tracker_reply import trouble
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.session import open_session
from shoal.engine.session.swarm_lookup import LOOKUP_SECONDS, MOST_AT_A_TIME, MOST_TRACKERS, SwarmLookups
from shoal.engine.transport.http_client import HttpError, HttpReply
from shoal.protocol.announce import ScrapeEntry
from shoal.protocol.tracker_http import encode_failure, encode_scrape
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import EngineSettings

HASH = bytes(range(20))

HttpAnswer = Callable[[str], Awaitable[HttpReply]]


def tells(seeds: int, peers: int, after: float = 0.0, info_hash: bytes = HASH) -> HttpAnswer:
    async def answer(url: str) -> HttpReply:
        await asyncio.sleep(after)
        return HttpReply(200, encode_scrape([ScrapeEntry(info_hash, seeds, 7, peers)]), url)

    return answer


def says(status: int, body: bytes) -> HttpAnswer:
    async def answer(url: str) -> HttpReply:
        return HttpReply(status, body, url)

    return answer


def fails(kind: str, after: float = 0.0) -> HttpAnswer:
    async def answer(url: str) -> HttpReply:
        await asyncio.sleep(after)
        raise HttpError(kind, "no")

    return answer


async def never(url: str) -> HttpReply:
    await asyncio.sleep(1_000)
    raise AssertionError(url)


class ScriptedUdp:
    """UDP trackers by address; a `TrackerError` is raised."""

    def __init__(self, **answers: tuple[int, int] | TrackerError) -> None:
        self.answers = answers
        self.asked: list[str] = []

    async def scrape(
        self, url: str, info_hashes: Sequence[bytes], *, attempt_seconds: Sequence[float]
    ) -> tuple[ScrapeEntry, ...]:
        assert sum(attempt_seconds) < LOOKUP_SECONDS
        self.asked.append(url)
        answer = self.answers[url.split("/")[2].partition(":")[0]]
        if isinstance(answer, TrackerError):
            raise answer
        return tuple(ScrapeEntry(each, answer[0], 0, answer[1]) for each in info_hashes)


class Run:
    """One lookup on virtual time: what came of it, how long it took, what was asked."""

    def __init__(self, *trackers: str, udp: ScriptedUdp | None = None, **http: HttpAnswer) -> None:
        self.http, self.udp, self.gate = ScriptedHttp(http), udp or ScriptedUdp(), AnnounceGate(limit=50)
        self.seconds = 0.0

        async def main() -> None:
            began = asyncio.get_running_loop().time()
            lookups = SwarmLookups(self.http, self.udp, self.gate)
            self.found = await lookups.look_up(trackers, HASH)
            self.seconds = asyncio.get_running_loop().time() - began
            assert len(asyncio.all_tasks()) == 1

        run_virtual(main)
        assert self.gate.free == 50

    @property
    def asked(self) -> list[str]:
        return [url.split("/")[2] for _, url in self.http.asked]


def test_a_tracker_tells_its_numbers_and_is_only_scraped() -> None:
    run = Run("http://a/announce?key=secret", a=tells(9, 31))
    assert run.found == SwarmLookup("a", 9, 31)
    ((_, url),) = run.http.asked
    assert url.startswith("http://a/scrape?key=secret&info_hash=")


def test_over_udp() -> None:
    run = Run("udp://b:80/announce", udp=ScriptedUdp(b=(2, 3)))
    assert run.found == SwarmLookup("b", 2, 3)


def test_a_second_answer_that_comes_soon_counts_and_later_ones_are_not_waited_for() -> None:
    run = Run(
        "http://a/announce", "http://b/announce", "http://c/announce", a=tells(9, 31), b=tells(4, 60, 0.5), c=never
    )
    assert run.found == SwarmLookup("a", 9, 60)
    assert run.seconds == pytest.approx(1.0)


def test_three_at_a_time_and_the_next_only_until_one_has_told() -> None:
    names = [f"t{number}" for number in range(9)]
    answers: dict[str, HttpAnswer] = dict.fromkeys(names, fails("unreachable", 1.0))
    answers["t4"] = tells(1, 2, 1.0)
    run = Run(*(f"http://{name}/announce" for name in names), **answers)
    assert run.asked == names[:6]
    times = [at for at, _ in run.http.asked]
    assert all(times.count(at) <= MOST_AT_A_TIME for at in times)
    assert run.found.answered == "t4"
    assert ("t0", "unreachable") in run.found.failed


def test_all_together_take_ten_seconds_at_most_and_the_silent_ones_are_named() -> None:
    run = Run("http://a/announce", "http://b/announce", a=never, b=fails("unknown-host"))
    assert run.seconds == pytest.approx(LOOKUP_SECONDS)
    assert run.found == SwarmLookup(failed=(("b", "unknown-host"), ("a", "timeout")))


@pytest.mark.parametrize(
    "answer",
    [
        says(404, b"<html>not here"),
        says(200, b"<html>welcome"),
        says(200, encode_failure("scrapes are not allowed")),
        fails("refused-address"),
    ],
    ids=["no scrape page", "a web page", "refused", "may not be asked"],
)
def test_one_that_cannot_be_scraped_has_neither_answered_nor_failed(answer: HttpAnswer) -> None:
    assert Run("http://a/announce", a=answer).found == SwarmLookup()


def test_what_has_no_scrape_address_or_scheme_is_not_asked() -> None:
    run = Run("http://a/tracker.php", "wss://b/announce", "http://[x/announce", a=never, b=never)
    assert (run.found, run.asked) == (SwarmLookup(), [])


def test_an_answer_about_something_else_gives_no_zero_and_the_next_is_asked() -> None:
    run = Run("http://a/announce", a=tells(1, 1, info_hash=bytes(20)))
    assert run.found == SwarmLookup("a")
    more = Run("http://a/announce", "udp://b:1", a=tells(1, 1, 0.5, bytes(20)), udp=ScriptedUdp(b=(3, 4)))
    assert (more.found.seeds, more.found.peers) == (3, 4)


def test_a_torrent_that_names_thousands_makes_us_ask_only_some() -> None:
    udp = ScriptedUdp(**{f"t{number}": trouble("unreachable", "no") for number in range(100)})
    run = Run(*(f"udp://t{number}:1" for number in range(100) for _ in range(2)), udp=udp)
    assert len(udp.asked) == len(run.found.failed) == MOST_TRACKERS


def test_a_full_gate_is_waited_for_and_gives_no_blame() -> None:
    async def main() -> SwarmLookup:
        gate = AnnounceGate(limit=1)
        await gate.enter()
        return await SwarmLookups(ScriptedHttp({"a": tells(1, 1)}), ScriptedUdp(), gate).look_up(
            ["http://a/announce"], HASH
        )

    assert run_virtual(main) == SwarmLookup()


def test_a_lookup_that_is_cancelled_leaves_nothing_behind() -> None:
    async def main() -> None:
        gate = AnnounceGate(limit=3)
        lookups = SwarmLookups(ScriptedHttp({"a": never}), ScriptedUdp(), gate)
        task = asyncio.create_task(lookups.look_up(["http://a/announce"], HASH))
        await asyncio.sleep(1)
        assert gate.free == 2
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert gate.free == 3
        assert len(asyncio.all_tasks()) == 1

    run_virtual(main)


def test_what_is_no_info_hash_is_refused() -> None:
    async def main() -> None:
        lookups = SwarmLookups(ScriptedHttp({}), ScriptedUdp(), AnnounceGate())
        with pytest.raises(ValueError, match="19 bytes"):
            await lookups.look_up((), bytes(19))

    run_virtual(main)


@pytest.mark.parametrize("scheme", ["http", "udp"])
def test_an_engine_looks_up_a_swarm_of_the_embedded_tracker(scheme: str, tmp_path: Path) -> None:
    async def main() -> None:
        world = system_world(asyncio.get_running_loop())
        settings = EngineSettings(listen_hosts="127.0.0.1")
        client = await open_session(world, SessionConfig(settings))
        try:
            async with live_tracker("ours", tmp_path, HASH) as tracker:
                found = await client.look_up_swarm((tracker.url(scheme),), HASH.hex())
                assert found == SwarmLookup("127.0.0.1", 0, 0)
                assert await tracker.counts(HASH) == (0, 0)
        finally:
            await client.close()
            world.workers.close()

    asyncio.run(main())
