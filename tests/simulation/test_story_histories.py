"""Stories of what is remembered: how fast it went and what happened, across restarts, and at no cost while idle."""

from __future__ import annotations

import asyncio
import sqlite3
from pathlib import Path

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.story_swarm import Node, StorySwarm
from tests.support.swarm_content import many_files, single_file

from shoal.api.commands import (
    AddTorrent,
    Detail,
    RemoveTorrent,
    RestoreTorrent,
    SetFilePriorities,
    SetLimits,
    Span,
    StartTorrent,
    StopTorrent,
)
from shoal.engine.session.histories import REST_SECONDS, SAVE_SECONDS

LINE = 100_000


async def codes(node: Node) -> list[str]:
    details = await node.client.details(node.torrent_id, frozenset({Detail.EVENTS}))
    assert details.events is not None
    return [event.code for event in details.events]


def test_speed_of_a_download_is_drawn_for_it_and_for_the_session() -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(2_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed])
        await leech.completed(60)
        for torrent_id in (leech.torrent_id, None):
            history = await leech.client.speed_history(torrent_id, Span.TEN_MINUTES)
            assert sum(history.down) * history.step_seconds == pytest.approx(2_000_000, rel=0.1)
            assert max(history.down) == pytest.approx(LINE, rel=0.3)
            assert history.ends_at == pytest.approx(leech.machine.clock.wall(), abs=4)
        uploaded = await seed.client.speed_history(seed.torrent_id, Span.HOUR)
        assert max(uploaded.up) > LINE / 4
        assert set(uploaded.down) == {0.0}
        await swarm.close()

    run_story(story, seed=1)


def test_history_survives_a_restart_and_shows_the_pause(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(3_000_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], state_path=state)
        await leech.until(lambda: leech.row.pieces_done >= leech.row.pieces_total // 2, 60, "half way")
        await leech.close()
        before = leech.machine.clock.wall()
        await asyncio.sleep(120)
        leech = await swarm.boot(leech.machine, state_path=state)
        await leech.meet(seed)
        await leech.completed(60)
        history = await leech.client.speed_history(leech.torrent_id, Span.TEN_MINUTES)
        begins = history.ends_at - len(history.down)
        pause = history.down[int(before - begins) + 3 : int(before - begins) + 110]
        assert len(pause) == 107
        assert set(pause) == {0.0}
        assert sum(history.down) == pytest.approx(3_000_000, rel=0.1)
        whole = await leech.client.speed_history(None, Span.ALL)
        assert sum(whole.down) * whole.step_seconds == pytest.approx(3_000_000, rel=0.1)
        assert (await codes(leech))[0] == "added"
        assert (await codes(leech))[-1] == "finished"
        await swarm.close()

    run_story(story, seed=2)


def test_history_tells_what_was_done_and_what_happened(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        content = many_files([200_000, 100_000, 150_000], piece_length=1 << 15)
        swarm = StorySwarm(sim, content)
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", state_path=str(tmp_path / "resume.db"))
        revision = leech.row.events_revision
        await leech.execute(StopTorrent(leech.torrent_id))
        await leech.execute(SetLimits(leech.torrent_id, down=50_000))
        await leech.execute(SetFilePriorities(leech.torrent_id, ((0, 7),)))
        await leech.execute(StartTorrent(leech.torrent_id))
        await leech.meet(seed)
        await leech.completed(60)
        assert leech.row.events_revision > revision
        told = await codes(leech)
        assert told[:5] == ["added", "stopped", "limits-changed", "priorities-changed", "started"]
        assert sorted(told[5:]) == ["file-finished"] * 3 + ["finished"]
        details = await leech.client.details(leech.torrent_id, frozenset({Detail.EVENTS}))
        finished = [event.params["path"] for event in details.events or () if event.code == "file-finished"]
        assert finished[0] == "/".join(content.plan.files[0].path), "the one that was raised"
        speed = await leech.client.speed_history(leech.torrent_id, Span.TEN_MINUTES)
        marked = {event.code for event in speed.events}
        assert {"limits-changed", "started", "file-finished", "finished"} <= marked
        assert not marked & {"added", "priorities-changed"}, "too many ticks make none of them visible"
        await swarm.close()

    run_story(story, seed=3)


def test_what_rests_leaves_the_memory_and_comes_back_when_asked(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        swarm = StorySwarm(sim, single_file(500_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], state_path=str(tmp_path / "resume.db"))
        await leech.completed(60)
        await leech.execute(StopTorrent(leech.torrent_id))
        await asyncio.sleep(REST_SECONDS + 2 * SAVE_SECONDS)
        assert not leech.session.histories._kept, "an idle transfer costs memory"
        day = await leech.client.speed_history(leech.torrent_id, Span.DAY)
        assert sum(day.down) > 0
        assert "finished" in await codes(leech)
        await swarm.close()

    run_story(story, seed=4)


def test_damaged_history_is_dropped_and_nothing_else(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(500_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], state_path=state)
        await leech.completed(60)
        await leech.close()
        with sqlite3.connect(state) as database:
            database.execute("UPDATE history SET data = zeroblob(50) WHERE kind = 'speed'")
        database.close()
        leech = await swarm.boot(leech.machine, state_path=state)
        await leech.completed(30)
        assert (await leech.client.speed_history(leech.torrent_id, Span.ALL)).down == ()
        assert "finished" in await codes(leech), "the events are another row"
        await swarm.close()

    run_story(story, seed=5)


def test_removed_and_brought_back_keeps_its_history_and_added_again_begins_anew(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        state = str(tmp_path / "resume.db")
        swarm = StorySwarm(sim, single_file(500_000))
        seed = await swarm.seed("seed", up=LINE)
        leech = await swarm.leech("leech", peers=[seed], state_path=state)
        await leech.completed(60)
        await leech.execute(RemoveTorrent(leech.torrent_id))
        await leech.execute(RestoreTorrent(leech.torrent_id))
        assert "finished" in await codes(leech)
        await leech.execute(RemoveTorrent(leech.torrent_id))
        await leech.execute(AddTorrent(swarm.content.torrent(), "/elsewhere", start=False))
        assert await codes(leech) == ["added"]
        await leech.execute(RemoveTorrent(leech.torrent_id))
        await swarm.close()
        with sqlite3.connect(state) as database:
            assert database.execute("SELECT id FROM history WHERE id != ''").fetchall() == []
        database.close()

    run_story(story, seed=6)
