"""Stories of a kill right after the list was changed: what was answered is kept, whatever else is being saved."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.swarm_content import single_file

from shoal.api import commands
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session, open_session
from shoal.runtime.world import World
from shoal.settings.engine_settings import EngineSettings

CONTENTS = [single_file(40_000, seed=number, name=f"file {number}") for number in range(5)]
IDS = [content.info_hash.hex() for content in CONTENTS]
SETTINGS = EngineSettings(save_seconds=1.0)


def session_of(client: LocalClient) -> Session:
    return client._session


async def entry_of(world: World, state: Path) -> LocalClient:
    return await open_session(world, SessionConfig(SETTINGS, str(state / "resume.db")))


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.7, 1.1])
def test_what_was_answered_outlives_a_kill(tmp_path: Path, moment: float) -> None:
    async def story(sim: SimWorld) -> None:
        old, new = tmp_path / "old", tmp_path / "new"
        client = await entry_of(sim.add_host("home").world, old)
        for content in CONTENTS:
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.sleep(3 + moment)
        for command in (
            commands.SetLabel(IDS[0], "Films"),
            commands.RenameTorrent(IDS[1], "Another name"),
            commands.SetLimits(IDS[1], down=1000, up=2000),
            commands.SetFilePriorities(IDS[2], ((0, 7),)),
            commands.SetOrder(IDS[2], sequential=True),
            commands.AddTrackers(IDS[3], ("http://tracker.example/announce",)),
            commands.MoveInQueue((IDS[4],), commands.QueueStep.TOP),
            commands.PlaceInQueue((IDS[0],), None),
        ):
            await client.execute(command)
        # What is in the database now is all that a kill leaves.
        shutil.copytree(old, new)
        again = await entry_of(sim.add_host("again").world, new)
        session = session_of(again)
        torrents = [session.torrents[torrent_id] for torrent_id in IDS]
        assert session.order.ids == [IDS[4], IDS[1], IDS[2], IDS[3], IDS[0]]
        assert torrents[0].record.label == "Films"
        assert torrents[1].name == "Another name"
        assert (torrents[1].down_bucket.rate, torrents[1].up_bucket.rate) == (1000, 2000)
        assert torrents[2].selection.priorities == (7,)
        assert torrents[2].selection.sequential
        assert torrents[3].announcer.tiers == (("http://tracker.example/announce",),)
        await again.close()
        await client.close()

    run_story(story)


def test_what_was_answered_while_all_is_being_saved_is_not_overtaken_by_what_was_before(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        old, new = tmp_path / "old", tmp_path / "new"
        # Syncing takes a second for each torrent, so that the save of all is under way for long.
        machine = sim.add_host("home", job_seconds={"slow": 0.2})
        client = await entry_of(machine.world, old)
        session = session_of(client)
        for content in CONTENTS:
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.sleep(5)
        for torrent in session.torrents.values():
            torrent.is_dirty = True
        saving = asyncio.ensure_future(session.saving.save_all(session.torrents.values))
        await asyncio.sleep(0.5)
        await client.execute(commands.SetLabel(IDS[0], "Films"))
        await client.execute(commands.MoveInQueue((IDS[4],), commands.QueueStep.TOP))
        assert not saving.done()
        await saving
        shutil.copytree(old, new)
        again = await entry_of(sim.add_host("again").world, new)
        assert session_of(again).order.ids == [IDS[4], *IDS[:4]]
        assert session_of(again).torrents[IDS[0]].record.label == "Films"
        await again.close()
        await client.close()

    run_story(story)


def test_a_wish_for_what_is_being_removed_does_not_bring_it_back(tmp_path: Path) -> None:
    async def story(sim: SimWorld) -> None:
        client = await entry_of(sim.add_host("home", job_seconds={"slow": 0.2}).world, tmp_path)
        for content in CONTENTS:
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.gather(
            client.execute(commands.SetLabel(IDS[0], "Films")),
            client.execute(commands.RemoveTorrent(IDS[0])),
            client.execute(commands.SetLabel(IDS[1], "Music")),
        )
        await client.close()
        again = await entry_of(sim.add_host("again").world, tmp_path)
        assert session_of(again).order.ids == IDS[1:]
        assert session_of(again).torrents[IDS[1]].record.label == "Music"
        await again.close()

    run_story(story)
