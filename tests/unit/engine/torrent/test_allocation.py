"""Reserving the room of a torrent before its first byte: who decides, what is shown, and how it is broken off."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.live_shoal import LiveShoal
from tests.support.swarm_content import many_files

from shoal.api.commands import AddTorrent, StopTorrent
from shoal.api.snapshots import TorrentState
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.session.session import open_session
from shoal.runtime.files import SystemFiles
from shoal.runtime.system_world import system_world
from shoal.settings.engine_settings import EngineSettings

CONTENT = many_files([100_000] * 4, piece_length=1 << 15)
ID = CONTENT.info_hash.hex()


class HeldFiles(SystemFiles):
    """A disk on which every reservation of room after the first waits for `go_on`."""

    def __init__(self) -> None:
        super().__init__()
        self.reserved: list[int] = []
        self.go_on = threading.Event()

    def allocate(self, handle: int, size: int) -> None:
        self.reserved.append(size)
        if len(self.reserved) > 1:
            assert self.go_on.wait(30)
        super().allocate(handle, size)


@asynccontextmanager
async def shoal(files: HeldFiles, settings: EngineSettings, state: Path | None = None) -> AsyncIterator[LiveShoal]:
    world = system_world(asyncio.get_running_loop())
    config = SessionConfig(replace(settings, listen_hosts="127.0.0.1"), None if state is None else str(state))
    client = await open_session(replace(world, files=files), config)
    try:
        yield LiveShoal(client)
    finally:
        files.go_on.set()
        await client.close()
        world.workers.close()


def add(folder: Path, full_allocation: bool | None = None) -> AddTorrent:
    return AddTorrent(CONTENT.torrent(), str(folder), full_allocation=full_allocation)


async def test_progress_is_shown_and_a_stop_breaks_it_off(tmp_path: Path) -> None:
    files = HeldFiles()
    async with shoal(files, EngineSettings()) as live:
        await live.client.execute(add(tmp_path, full_allocation=True))
        row = await live.until(ID, lambda row: row.check_progress > 0, 10)
        assert row.state is TorrentState.ALLOCATING
        assert row.check_progress == pytest.approx(0.25)
        stop = asyncio.ensure_future(live.client.execute(StopTorrent(ID)))
        # The reservation under way waits for us; give the stop the turns it needs to be heard.
        for _ in range(50):
            await asyncio.sleep(0)
        files.go_on.set()
        await stop
        row = await live.until(ID, lambda row: row.state is TorrentState.STOPPED, 10)
        assert row.check_progress == 0
        assert files.reserved == [100_000] * 2


@pytest.mark.parametrize(
    ("setting", "wish", "is_full"),
    [(False, None, False), (True, None, True), (True, False, False), (False, True, True)],
)
async def test_the_setting_decides_unless_the_command_says(
    tmp_path: Path, setting: bool, wish: bool | None, is_full: bool
) -> None:
    files = HeldFiles()
    files.go_on.set()
    state = tmp_path / "state"
    async with shoal(files, EngineSettings(full_allocation=setting), state) as live:
        await live.client.execute(add(tmp_path / "data", wish))
        await live.until(ID, lambda row: row.state is TorrentState.DOWNLOADING, 10)
    assert files.reserved == ([100_000] * 4 if is_full else [])
    store = ResumeStore(str(state))
    (record,) = store.load().records
    store.close()
    assert record.full_allocation is is_full
