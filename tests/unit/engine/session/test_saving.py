"""What a save may claim of files that nobody has looked at yet."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

import pytest
from tests.support.live_shoal import LiveShoal, live_shoal
from tests.support.swarm_content import Content, single_file

from shoal.api.commands import RecheckTorrent
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.session.session import open_session
from shoal.runtime.system_world import system_world
from shoal.runtime.world import Workers
from shoal.settings.engine_settings import EngineSettings

T = TypeVar("T")

SETTINGS = EngineSettings(listen_hosts="127.0.0.1")


class HeldWorkers:
    """Workers that hold back the jobs of one lane until `released`."""

    def __init__(self, workers: Workers, lane: str) -> None:
        self._workers = workers
        self._lane = lane
        self.released = asyncio.Event()
        self.held = asyncio.Event()

    def submit(self, job: Callable[[], T], done: Callable[[T | BaseException], None], *, lane: str = "disk") -> None:
        self._workers.submit(job, done, lane=lane)

    async def run(self, job: Callable[[], T], *, lane: str = "disk") -> T:
        if lane == self._lane and not self.released.is_set():
            self.held.set()
            await self.released.wait()
        return await self._workers.run(job, lane=lane)

    def close(self) -> None:
        self._workers.close()


@pytest.fixture
def content(tmp_path: Path) -> Content:
    content = single_file(300_007, piece_length=1 << 15)
    content.write_to(tmp_path / "data")
    return content


async def test_data_that_is_already_there_is_found_however_early_the_new_torrent_is_saved(
    content: Content, tmp_path: Path
) -> None:
    world = system_world(asyncio.get_running_loop())
    workers = HeldWorkers(world.workers, "disk")
    client = await open_session(replace(world, workers=workers), SessionConfig(SETTINGS, str(tmp_path / "state")))
    shoal = LiveShoal(client)
    # `add` answers when the torrent is saved, and its files are looked at only after that.
    torrent_id = await shoal.add(content.torrent(), tmp_path / "data")
    await workers.held.wait()
    workers.released.set()
    row = await shoal.until_complete(torrent_id, 10.0)
    assert row.downloaded == 0
    await client.close()
    world.workers.close()


async def test_an_end_while_files_are_checked_leaves_the_older_claim(content: Content, tmp_path: Path) -> None:
    state = tmp_path / "state"
    async with live_shoal(SETTINGS, state_path=state) as shoal:
        torrent_id = await shoal.add(content.torrent(), tmp_path / "data")
        await shoal.until_complete(torrent_id, 10.0)
    before = _saved(state)
    # Someone touches the file, so that it is checked at the next start; the save at the end comes before that is done.
    content.path_in(tmp_path / "data", ()).touch()
    world = system_world(asyncio.get_running_loop())
    workers = HeldWorkers(world.workers, "check")
    client = await open_session(replace(world, workers=workers), SessionConfig(SETTINGS, str(state)))
    await workers.held.wait()
    await client.close()
    world.workers.close()
    assert _saved(state) == before
    async with live_shoal(SETTINGS, state_path=state) as shoal:
        await shoal.until_complete(torrent_id, 10.0)
    assert _saved(state) != before


async def test_an_end_while_everything_is_checked_anew_leaves_no_claim(content: Content, tmp_path: Path) -> None:
    state = tmp_path / "state"
    world = system_world(asyncio.get_running_loop())
    workers = HeldWorkers(world.workers, "check")
    workers.released.set()
    client = await open_session(replace(world, workers=workers), SessionConfig(SETTINGS, str(state)))
    shoal = LiveShoal(client)
    torrent_id = await shoal.add(content.torrent(), tmp_path / "data")
    await shoal.until_complete(torrent_id, 10.0)
    workers.released.clear()
    workers.held.clear()
    await client.execute(RecheckTorrent(torrent_id))
    await workers.held.wait()
    await client.close()
    world.workers.close()
    assert _saved(state) == (b"", ())


def _saved(path: Path) -> object:
    store = ResumeStore(str(path))
    (record,) = store.load().records
    store.close()
    return record.have_bits, record.file_stats
