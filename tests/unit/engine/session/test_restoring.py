"""The list of the last run comes back in parts, and what is as it was is not written again."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from pathlib import Path

import pytest
from tests.support.sim_world import Machine, SimWorld, run_story
from tests.support.story_swarm import lay_out
from tests.support.swarm_content import single_file

from shoal.api import commands
from shoal.api.snapshots import TorrentState
from shoal.engine.session import restoring
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.restoring import AT_A_TIME
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.session.session import Session
from shoal.engine.storage.disk import TorrentDisk
from shoal.engine.storage.errors import StorageError
from shoal.engine.torrent.resume import ResumeRecord
from shoal.engine.torrent.stages import Look, look

CONTENTS = [single_file(20_000, seed=number, name=f"file {number}") for number in range(2 * AT_A_TIME + 3)]
IDS = [content.info_hash.hex() for content in CONTENTS]


async def opened(machine: Machine, state: Path) -> Session:
    session = Session(machine.world, SessionConfig(state_path=str(state)), None)
    await session.open()
    return session


async def filled(machine: Machine, state: Path) -> None:
    """A list of stopped torrents, all of them complete, from a run that has ended."""
    session = await opened(machine, state)
    for content in CONTENTS:
        lay_out(machine.world.files, content)
        await LocalClient(session).execute(commands.AddTorrent(content.torrent(), "/downloads", start=False))
    await asyncio.sleep(10)
    assert all(torrent.is_complete for torrent in session.torrents.values())
    await session.close()


def test_what_is_as_it_was_is_not_written_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written: list[str] = []
    save = ResumeStore.save

    def noting(store: ResumeStore, records: Iterable[ResumeRecord]) -> None:
        batch = list(records)
        written.extend(record.torrent_id for record in batch)
        save(store, batch)

    async def main(sim: SimWorld) -> None:
        machine = sim.add_host("home")
        await filled(machine, tmp_path / "state")
        monkeypatch.setattr(ResumeStore, "save", noting)
        session = await opened(machine, tmp_path / "state")
        await asyncio.sleep(60)
        assert [entry.queue_position for entry in session.entries.values()] == list(range(1, len(CONTENTS) + 1))
        assert all(torrent.knows_files and torrent.is_complete for torrent in session.torrents.values())
        assert all(torrent.lifecycle.state is TorrentState.STOPPED for torrent in session.torrents.values())
        await LocalClient(session).execute(commands.SetLabel(IDS[3], "kept"))
        await session.close()
        assert set(written) == {IDS[3]}

    run_story(main)


def test_a_file_that_changed_meanwhile_is_checked_and_the_finding_kept(tmp_path: Path) -> None:
    async def main(sim: SimWorld) -> None:
        machine = sim.add_host("home")
        await filled(machine, tmp_path / "state")
        changed = single_file(20_000, seed=99, name=CONTENTS[5].name)
        lay_out(machine.world.files, changed)
        session = await opened(machine, tmp_path / "state")
        await asyncio.sleep(10)
        assert [entry for entry in IDS if not session.torrents[entry].is_complete] == [IDS[5]]
        await session.close()
        store = ResumeStore(str(tmp_path / "state"))
        kept = {record.torrent_id: record for record in store.load().records}
        store.close()
        assert not any(kept[IDS[5]].have_bits)
        assert all(any(kept[entry].have_bits) for entry in IDS if entry != IDS[5])

    run_story(main)


def test_a_disk_that_refuses_is_the_trouble_of_its_own_torrent_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main(sim: SimWorld) -> None:
        machine = sim.add_host("home")
        await filled(machine, tmp_path / "state")
        refusing: list[TorrentDisk] = []

        def look_or_refuse(disk: TorrentDisk) -> Look:
            refusing.extend([] if refusing else [disk])
            if disk is refusing[0]:
                raise StorageError("permission", "/downloads")
            return look(disk)

        monkeypatch.setattr(restoring, "look", look_or_refuse)
        session = await opened(machine, tmp_path / "state")
        await asyncio.sleep(1)
        states = [session.torrents[entry].lifecycle.state for entry in IDS]
        assert states == [TorrentState.ERROR] + [TorrentState.STOPPED] * (len(IDS) - 1)
        assert all(session.torrents[entry].is_complete for entry in IDS[1:])
        await session.close()

    run_story(main)


def test_an_end_while_the_list_comes_back_loses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(sim: SimWorld) -> None:
        machine = sim.add_host("home")
        await filled(machine, tmp_path / "state")
        session = Session(machine.world, SessionConfig(state_path=str(tmp_path / "state")), None)
        opening = asyncio.ensure_future(session.open())
        entered = asyncio.Event()
        monkeypatch.setattr(session, "row_changed", lambda entry: entered.set())
        await entered.wait()
        opening.cancel()
        await asyncio.wait({opening})
        await session.close()
        again = await opened(machine, tmp_path / "state")
        await asyncio.sleep(1)
        assert list(again.torrents) == IDS
        assert all(torrent.is_complete for torrent in again.torrents.values())
        await again.close()

    run_story(main)
