"""Stories of a kill while the list is changed: each label, name and place is the old or the new one."""

from __future__ import annotations

import asyncio
import shutil
from pathlib import Path

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.swarm_content import single_file

from shoal.api import commands
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.session import Session, SessionConfig, open_session
from shoal.settings.engine_settings import EngineSettings

CONTENTS = [single_file(40_000, seed=number, name=f"file {number}") for number in range(5)]
IDS = [content.info_hash.hex() for content in CONTENTS]
SETTINGS = EngineSettings(save_seconds=1.0)


def session_of(client: LocalClient) -> Session:
    return client._session


@pytest.mark.parametrize("moment", [0.0, 0.3, 0.7, 1.1, 1.6, 2.5])
def test_a_kill_leaves_each_thing_as_it_was_or_as_it_was_to_be(tmp_path: Path, moment: float) -> None:
    async def story(sim: SimWorld) -> None:
        old, new = tmp_path / "old", tmp_path / "new"
        world = sim.add_host("home").world
        client = await open_session(world, SessionConfig(SETTINGS, str(old / "resume.db")))
        for content in CONTENTS:
            await client.execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
        await asyncio.sleep(3)
        await client.execute(commands.SetLabel(IDS[0], "Films"))
        await client.execute(commands.RenameTorrent(IDS[1], "Another name"))
        await client.execute(commands.MoveInQueue((IDS[4],), commands.QueueStep.TOP))
        await asyncio.sleep(moment)
        # What is in the database now is all that a kill leaves.
        shutil.copytree(old, new)
        again = await open_session(sim.add_host("again").world, SessionConfig(SETTINGS, str(new / "resume.db")))
        session = session_of(again)
        assert session.order.ids in (IDS, [IDS[4], *IDS[:4]])
        assert session.torrents[IDS[0]].record.label in ("", "Films")
        assert session.torrents[IDS[1]].name in ("file 1", "Another name")
        if moment > 2:
            assert session.order.ids[0] == IDS[4]
            assert session.torrents[IDS[0]].record.label == "Films"
            assert session.torrents[IDS[1]].name == "Another name"
        await again.close()
        await client.close()

    run_story(story)
