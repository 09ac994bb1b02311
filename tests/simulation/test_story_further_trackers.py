"""Stories of trackers beside a torrent's own: by hand, from the settings, from a list on the web; and scrapes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.simulation.test_story_finding_peers import private_file
from tests.simulation.test_story_tracker_edits import SECOND, codes, trackers
from tests.simulation.test_story_trackers import URL, start_tracker
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import single_file

from shoal.api.commands import AddTrackers, ChangeSettings, SetTrackers
from shoal.api.details import TrackerRow
from shoal.engine.session import extra_trackers
from shoal.engine.transport.http_client import HttpError, HttpReply

LIST = "https://lists.example.org/trackers.txt"
NOWHERE = "udp://nowhere.example.org:6969"


async def own(node: Node) -> list[TrackerRow]:
    return [row for row in await trackers(node) if row.is_tracker]


def urls(rows: Iterable[TrackerRow]) -> list[str]:
    return [row.url for row in rows]


def test_tiers_as_a_person_arranged_them_outlive_a_restart(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        first, second = await start_tracker(sim), await start_tracker(sim, "second.example.org")
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(300_000), trackers=(URL,))
        node = await swarm.leech("leech", state_path=state)
        await asyncio.sleep(2)
        tiers = ((SECOND, NOWHERE), (URL,))
        await node.execute(SetTrackers(node.torrent_id, tiers))
        await asyncio.sleep(70)
        assert second.counts(swarm.content.info_hash) == (0, 1)
        assert first.counts(swarm.content.info_hash) == (0, 1), "what stayed lost its place"
        assert [(row.url, row.tier) for row in await own(node)] == [(SECOND, 0), (NOWHERE, 0), (URL, 1)]
        assert (await codes(node))[-1] == "trackers-added"
        await node.close()
        node = await swarm.boot(node.machine, state_path=state)
        await asyncio.sleep(5)
        assert [(row.url, row.tier) for row in await own(node)] == [(SECOND, 0), (NOWHERE, 0), (URL, 1)]
        await node.execute(SetTrackers(node.torrent_id, ()))
        await asyncio.sleep(5)
        assert await own(node) == []
        assert second.counts(swarm.content.info_hash) == (0, 0), "it was not told `stopped`"
        await swarm.close()

    run_story(story, seed=1)


def test_strangers_meet_through_a_tracker_of_the_settings_alone() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(300_000))
        seed = await swarm.seed("seed")
        leech = await swarm.leech("leech")
        for node in (seed, leech):
            await node.execute(ChangeSettings((("extra_trackers", f"{URL}  {NOWHERE}"),)))
        await leech.completed(120)
        assert [(row.url, row.is_automatic) for row in await own(leech)] == [(URL, True), (NOWHERE, True)]
        details = await leech.client.details(leech.torrent_id, frozenset())
        assert "tr=" not in details.magnet, "the list of one person is none of the torrent's"
        await leech.execute(AddTrackers(leech.torrent_id, (NOWHERE,)))
        await leech.execute(ChangeSettings((("extra_trackers", ""),)))
        await asyncio.sleep(3)
        assert urls(await own(leech)) == [NOWHERE], "what was added by hand stays"
        assert sum(tracker.counts(swarm.content.info_hash)) == 1, "it was not told `stopped`"
        await swarm.close()

    run_story(story, seed=2)


def test_a_private_torrent_asks_none_of_them() -> None:
    async def story(sim: SimWorld) -> None:
        tracker = await start_tracker(sim)
        swarm = StorySwarm(sim, private_file(300_000))
        node = await swarm.leech("leech", settings={"extra_trackers": URL})
        await asyncio.sleep(120)
        assert await own(node) == []
        assert tracker.counts(swarm.content.info_hash) == (0, 0)
        await swarm.close()

    run_story(story, seed=3)


def test_a_list_on_the_web_is_read_again_and_kept_for_when_it_is_gone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A day takes a simulation too long.
    monkeypatch.setattr(extra_trackers, "REFRESH_SECONDS", 600.0)
    monkeypatch.setattr(extra_trackers, "RETRY_SECONDS", 300.0)

    async def story(sim: SimWorld) -> None:
        await start_tracker(sim)
        asked: list[float] = []
        answers: list[HttpReply | HttpError] = [HttpReply(200, f"# best\n\n{URL}\nnonsense\n".encode(), LIST)]

        async def web(url: str) -> HttpReply:
            asked.append(sim.loop.time())
            answer = answers[-1]
            if isinstance(answer, HttpError):
                raise answer
            return answer

        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(300_000), web={"lists.example.org": web})
        settings = {"extra_trackers_list": LIST}
        node = await swarm.leech("leech", state_path=state, settings=settings)
        await asyncio.sleep(5)
        assert urls(await own(node)) == [URL]
        await node.close()
        answers.append(HttpError("timeout", "gone"))
        node = await swarm.boot(node.machine, state_path=state, settings=settings)
        await asyncio.sleep(5)
        assert urls(await own(node)) == [URL], "the kept list is not used"
        assert len(asked) == 1, "asked again before its time"
        alerts: list[str] = []
        node.client.subscribe(lambda update: alerts.extend(alert.code for alert in update.alerts))
        await asyncio.sleep(600 + 2 * 300 + 20)
        assert len(asked) == 4, "once when it was due, then more often while it fails"
        assert alerts == ["tracker-list-failed"], "told once"
        assert urls(await own(node)) == [URL]
        await node.execute(ChangeSettings((("extra_trackers_list", ""),)))
        assert await own(node) == []
        await swarm.close()

    run_story(story, seed=4)


def test_running_torrents_are_scraped() -> None:
    async def story(sim: SimWorld) -> None:
        await start_tracker(sim)
        swarm = StorySwarm(sim, single_file(300_000), trackers=(URL,))
        await swarm.seed("seed")
        leech = await swarm.leech("leech")
        await leech.completed(60)
        await asyncio.sleep(60)
        (row,) = await own(leech)
        assert (row.seeds, row.leeches, row.completed) == (1, 0, 1), "ourselves left out"
        await swarm.close()

    run_story(story, seed=5)
