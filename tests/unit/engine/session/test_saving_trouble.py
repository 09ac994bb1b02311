"""A resume store whose disk refuses: told once, tried again, and never in the way of an end."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from tests.support.sim_world import SimWorld, run_story
from tests.support.swarm_content import single_file

from shoal.api.commands import AddTorrent, RemoveTorrent, StartTorrent, StopTorrent
from shoal.api.snapshots import Alert, TorrentState, Update
from shoal.engine.session.config import SessionConfig
from shoal.engine.session.local_client import LocalClient
from shoal.engine.session.resume_store import ResumeStore
from shoal.engine.session.session import Session
from shoal.engine.storage.errors import StorageError

CONTENT = single_file(100_000)
ID = CONTENT.info_hash.hex()


class Refusals:
    """Makes the named methods of every ResumeStore fail while `code` is set."""

    def __init__(self, patch: pytest.MonkeyPatch, *names: str) -> None:
        self.code = "disk-full"
        self.count = 0
        for name in names:
            patch.setattr(ResumeStore, name, self._refusing(getattr(ResumeStore, name)))

    def _refusing(self, method: Callable[..., object]) -> Callable[..., object]:
        def call(store: ResumeStore, *arguments: object) -> object:
            if self.code:
                self.count += 1
                raise StorageError(self.code, store.path)
            return method(store, *arguments)

        return call


class Home:
    """A session with one stopped torrent and everything it told."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.client = LocalClient(session)
        self.alerts: list[Alert] = []
        self.client.subscribe(self._take)

    def _take(self, update: Update) -> None:
        self.alerts += update.alerts


def story(state: Path, main: Callable[[Home], Awaitable[None]]) -> None:
    async def run(sim: SimWorld) -> None:
        session = Session(sim.add_host("home").world, SessionConfig(state_path=str(state)), None)
        await session.open()
        await main(Home(session))

    run_story(run)


def saved(path: Path) -> list[str]:
    store = ResumeStore(str(path))
    ids = [record.torrent_id for record in store.load().records]
    store.close()
    return ids


def test_a_save_that_fails_is_told_once_and_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"

    async def main(home: Home) -> None:
        refusals = Refusals(monkeypatch, "save")
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads"))
        await asyncio.sleep(30)
        assert refusals.count > 3
        expected = Alert("state-not-saved", None, {"path": str(state), "detail": "disk-full"}, "error")
        assert [alert for alert in home.alerts if alert.code == "state-not-saved"] == [expected]
        refusals.code = "permission"
        await asyncio.sleep(10)
        assert [alert.params["detail"] for alert in home.alerts] == ["disk-full", "permission"]
        refusals.code = ""
        await asyncio.sleep(10)
        assert not home.session.torrents[ID].is_dirty
        await home.session.close()

    story(state, main)
    assert saved(state) == [ID]


def test_a_removal_that_fails_is_made_up_for(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"

    async def main(home: Home) -> None:
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads", start=False))
        refusals = Refusals(monkeypatch, "remove")
        await home.client.execute(RemoveTorrent(ID))
        assert ID not in home.session.torrents
        refusals.code = ""
        await asyncio.sleep(10)
        await home.session.close()

    story(state, main)
    assert saved(state) == []


def test_a_torrent_added_again_is_not_taken_away_by_a_late_removal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    state = tmp_path / "state"

    async def main(home: Home) -> None:
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads", start=False))
        refusals = Refusals(monkeypatch, "remove")
        await home.client.execute(RemoveTorrent(ID))
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads", start=False))
        refusals.code = ""
        await asyncio.sleep(10)
        await home.session.close()

    story(state, main)
    assert saved(state) == [ID]


def test_stop_and_close_take_all_their_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def main(home: Home) -> None:
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads"))
        await asyncio.sleep(2)
        Refusals(monkeypatch, "save", "close")
        closed: list[str] = []
        torrent = home.session.torrents[ID]
        monkeypatch.setattr(torrent.disk, "close", lambda: closed.append("disk"))
        await home.client.execute(StopTorrent(ID))
        assert torrent.lifecycle.state is TorrentState.STOPPED
        assert closed == ["disk"]
        await home.client.execute(StartTorrent(ID))
        await asyncio.sleep(2)
        monkeypatch.setattr(home.session.services.open_files, "close", lambda: closed.append("open files"))
        await home.session.close()
        assert closed == ["disk", "disk", "open files"]

    story(tmp_path / "state", main)


def test_a_backup_that_fails_costs_nothing_but_itself(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    state = tmp_path / "state"

    def refuse(store: ResumeStore) -> None:
        Path(store.backup_path + ".new").write_bytes(b"half")
        raise StorageError("disk-full", store.backup_path)

    async def main(home: Home) -> None:
        await home.client.execute(AddTorrent(CONTENT.torrent(), "/downloads", start=False))
        await home.session.close()

    monkeypatch.setattr(ResumeStore, "_copy", refuse)
    story(state, main)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["state"]
    monkeypatch.undo()
    assert saved(state) == [ID]
