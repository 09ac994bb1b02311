"""A list of addresses from the web: asked for once a day, kept, and used when the web does not answer."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import cast

import pytest
from tests.support.sim_files import MemoryFiles
from tests.support.sim_world import Machine, SimWorld, run_story

from shoal.api.snapshots import Alert, IpFilterStep
from shoal.engine.policy.ip_filter import IpRanges
from shoal.engine.session.ip_filter import RETRY_SECONDS, UPDATE_SECONDS, FilterEars, IpFilter
from shoal.engine.transport.http_client import HttpError, HttpReply
from shoal.settings.engine_settings import EngineSettings

URL = "https://lists.example/level1.gz?key=secret"
KEPT = "/state/torrents.sqlite.ip-filter"
Answer = HttpReply | HttpError


@dataclass
class Web:
    """Answers with `answer`, after `seconds`; remembers the headers that were sent."""

    answer: Answer
    seconds: float = 0.0
    asked: list[dict[str, str] | None] = field(default_factory=list)
    open: int = 0

    async def get(self, url: str, *, total_timeout: float, max_bytes: int, headers: dict[str, str] | None) -> HttpReply:
        self.open += 1
        self.asked.append(headers)
        await asyncio.sleep(self.seconds)
        if isinstance(self.answer, HttpError):
            raise self.answer
        return self.answer

    async def close(self) -> None:
        self.open -= 1


@dataclass
class Scene:
    machine: Machine
    web: Web
    settings: EngineSettings = field(default_factory=lambda: EngineSettings(ip_filter=URL))
    alerts: list[Alert] = field(default_factory=list)
    changes: list[int] = field(default_factory=list)

    def open(self) -> IpFilter:
        def changed(before: IpRanges, after: IpRanges) -> None:
            self.changes.append(len(after))

        ears = FilterEars(changed, self.alerts.append)
        made = IpFilter(self.machine.world, lambda: self.settings, lambda: self.web, ears, KEPT)
        made.apply()
        return made

    async def pass_seconds(self, made: IpFilter, seconds: float, step: float = 60.0) -> None:
        for _ in range(int(seconds / step)):
            await asyncio.sleep(step)
            made.second(self.machine.clock.now())
        await asyncio.sleep(1)

    @property
    def files(self) -> MemoryFiles:
        return cast(MemoryFiles, self.machine.files)


def reply(body: bytes = b"", status: int = 200, etag: str = "", modified: str = "") -> HttpReply:
    return HttpReply(status, body, URL, "192.0.2.1", etag, modified)


def play(answer: Answer, story: Callable[[Scene], asyncio.Future[None] | object]) -> None:
    async def run(sim: SimWorld) -> None:
        scene = Scene(sim.add_host("machine"), Web(answer))
        await story(scene)  # type: ignore[misc]
        assert scene.files.open_handles == 0
        assert scene.web.open == 0

    run_story(run, seed=1, limit_seconds=400_000)


def test_it_is_asked_for_once_a_day_and_only_for_something_newer() -> None:
    async def story(scene: Scene) -> None:
        made = scene.open()
        await scene.pass_seconds(made, UPDATE_SECONDS - 120)
        assert scene.web.asked == [None]
        assert "198.51.100.7" in made
        assert (made.state.step, made.state.ranges, made.state.problem) == (IpFilterStep.READY, 1, None)
        scene.web.answer = reply(status=304)
        await scene.pass_seconds(made, 600)
        assert scene.web.asked[1:] == [{"If-None-Match": '"one"', "If-Modified-Since": "Mon, 01 Jan 2024"}]
        assert made.state.updated_at == pytest.approx(scene.machine.clock.wall(), abs=700)
        assert scene.changes == [1]
        scene.web.answer = reply(b"198.51.100.7\n203.0.113.0/24\n")
        await scene.pass_seconds(made, UPDATE_SECONDS)
        assert "203.0.113.9" in made
        await made.close()

    play(reply(b"198.51.100.7\n", etag='"one"', modified="Mon, 01 Jan 2024"), story)


def test_the_kept_copy_is_used_at_the_next_start_and_while_the_web_does_not_answer() -> None:
    async def story(scene: Scene) -> None:
        first = scene.open()
        await scene.pass_seconds(first, 60)
        await first.close()
        second = scene.open()
        assert second.is_awaited
        await scene.pass_seconds(second, 3_600)
        assert not second.is_awaited
        assert len(scene.web.asked) == 1, "it is of today"
        assert "198.51.100.7" in second
        await second.close()
        scene.web.answer = HttpError("unreachable", "no")
        await asyncio.sleep(UPDATE_SECONDS)
        third = scene.open()
        await scene.pass_seconds(third, 60)
        assert "198.51.100.7" in third
        assert third.state.problem is not None
        assert third.state.problem.params == {"host": "lists.example", "cause": "unreachable"}
        await scene.pass_seconds(third, 2 * RETRY_SECONDS + 120)
        assert len(scene.web.asked) == 4
        assert [alert.code for alert in scene.alerts] == ["ip-filter-fetch"], "told once"
        scene.web.answer = reply(b"198.51.100.7\n203.0.113.1\n")
        await scene.pass_seconds(third, RETRY_SECONDS)
        assert (third.state.ranges, third.state.problem) == (2, None)
        await third.close()

    play(reply(b"198.51.100.7\n"), story)


@pytest.mark.parametrize(
    ("answer", "cause"),
    [
        (reply(b"not found", status=404), "http-status"),
        (reply(b"<html>please log in</html>"), "no-ranges"),
        (reply(b"\x1f\x8bnonsense"), "damaged"),
        (HttpError("too-large", "more than fits"), "too-large"),
        (reply(status=304), "http-status"),
    ],
)
def test_what_is_no_list_changes_nothing_and_is_told(answer: Answer, cause: str) -> None:
    async def story(scene: Scene) -> None:
        made = scene.open()
        await scene.pass_seconds(made, 60)
        assert scene.changes == []
        (alert,) = scene.alerts
        assert alert.params["cause"] == cause
        assert "secret" not in str(alert)
        await made.close()

    play(answer, story)


@pytest.mark.parametrize("damage", [b"", b"{}", b"[1]", b'{"url": 1, "at": 2}', b"\xff" * 20_000, b"short"])
def test_a_kept_copy_that_makes_no_sense_is_fetched_anew(damage: bytes) -> None:
    async def story(scene: Scene) -> None:
        scene.files.write_file(KEPT, damage)
        made = scene.open()
        await scene.pass_seconds(made, 60)
        assert "198.51.100.7" in made
        assert len(scene.web.asked) == 1
        await made.close()

    play(reply(b"198.51.100.7\n"), story)


def test_a_disk_that_takes_no_copy_costs_only_the_copy() -> None:
    async def story(scene: Scene) -> None:
        scene.files.is_read_only = True
        made = scene.open()
        await scene.pass_seconds(made, 60)
        assert "198.51.100.7" in made
        assert scene.alerts == []
        await made.close()

    play(reply(b"198.51.100.7\n"), story)


def test_cancelled_while_it_is_fetched_or_replaced_by_another_choice() -> None:
    async def story(scene: Scene) -> None:
        scene.web.seconds = 30.0
        made = scene.open()
        await asyncio.sleep(1)
        assert made.state.step is IpFilterStep.FETCHING
        assert not made.is_awaited, "who has no list yet does not wait for the web"
        made.cancel()
        await scene.pass_seconds(made, 300)
        assert made.state.problem is not None
        assert (made.state.problem.code, len(scene.web.asked)) == ("ip-filter-cancelled", 1)
        made.update()
        await asyncio.sleep(1)
        scene.files.write_file("/a.p2p", b"somebody:203.0.113.1-203.0.113.9\n")
        scene.settings = replace(scene.settings, ip_filter="/a.p2p")
        made.apply()
        await asyncio.sleep(60)
        assert scene.changes == [1]
        assert (made.state.source, made.state.ranges) == ("/a.p2p", 1)
        await made.close()

    play(reply(b"198.51.100.7\n"), story)


@pytest.mark.parametrize(
    ("path", "code"),
    [("/absent.dat", "ip-filter-missing"), ("/folder", "ip-filter-unreadable"), ("/denied/x", "ip-filter-unreadable")],
)
def test_a_file_that_cannot_be_read_is_told_once(path: str, code: str) -> None:
    async def story(scene: Scene) -> None:
        scene.files.make_folders("/folder")
        scene.files.write_file("/denied/x", b"203.0.113.1\n")
        scene.files.denied.add("/denied")
        scene.settings = replace(scene.settings, ip_filter=path)
        made = scene.open()
        await scene.pass_seconds(made, 600)
        assert [alert.code for alert in scene.alerts] == [code]
        scene.files.denied.clear()
        await made.close()

    play(reply(), story)


def test_trackers_are_refused_only_where_the_setting_says_so() -> None:
    async def story(scene: Scene) -> None:
        made = scene.open()
        await scene.pass_seconds(made, 60)
        assert not made.refuses_tracker("198.51.100.7")
        scene.settings = replace(scene.settings, ip_filter_trackers=True)
        assert made.refuses_tracker("198.51.100.7")
        assert not made.refuses_tracker("198.51.100.8")
        await made.close()

    play(reply(b"198.51.100.7\n"), story)
