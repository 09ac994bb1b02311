"""The whole desktop program over the real engine on loopback: open a torrent, get its files, quit, come back."""

from __future__ import annotations

import asyncio
import os
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from tests.gui.conftest import until
from tests.support.torrent_samples import torrent_of_folder

from shoal.api.client import Client
from shoal.api.commands import AddPeers, AddTorrent
from shoal.api.snapshots import TorrentState, Update
from shoal.gui.window.main_window import MainWindow
from shoal.launch import desktop
from shoal.launch.engine_host import EngineHost, EngineOpener, InLoopHost, ThreadHost
from shoal.launch.real_engine import real_engine
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.settings.engine_settings import EngineSettings

HOSTS: list[Callable[[EngineOpener], EngineHost]] = [ThreadHost, InLoopHost]
LOOPBACK = EngineSettings(listen_hosts="127.0.0.1")
SIZE = 700_000


@pytest.fixture
def one_app(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process has one QApplication, and the tests already do."""
    monkeypatch.setattr(desktop, "make_application", lambda arguments: qapp)


@pytest.mark.parametrize("host", HOSTS, ids=["thread", "in-loop"])
def test_a_torrent_arrives_and_is_still_there_after_a_restart(
    one_app: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, host: Callable[[EngineOpener], EngineHost]
) -> None:
    monkeypatch.setattr(desktop, "HOST", host)
    source, downloads, picture = tmp_path / "seed" / "Sample", tmp_path / "downloads", tmp_path / "window.png"
    source.mkdir(parents=True)
    (source / "data.bin").write_bytes(random.Random(1).randbytes(SIZE))
    metainfo = torrent_of_folder(source)
    torrent = tmp_path / "sample.torrent"
    torrent.write_bytes(metainfo)
    torrent_id = str(parse_metainfo(metainfo).torrent_id)

    async def download(window: MainWindow, client: Client) -> None:
        window.open_sources([str(torrent)], ask_first=False)
        ports: list[int] = []

        def learn_port(update: Update) -> None:
            ports.append(update.totals.listen_port)

        async with real_engine(LOOPBACK, None) as seed:
            await seed.execute(AddTorrent(metainfo, str(source.parent)))
            subscription = seed.subscribe(learn_port, beat_seconds=0.05)
            await until(lambda: ports and ports[-1])
            await until(lambda: window.model.row_of(torrent_id) is not None)
            assert window.list.selected_ids() == [torrent_id]
            await client.execute(AddPeers(torrent_id, (("127.0.0.1", ports[-1]),)))
            await asyncio.wait_for(_complete(window, torrent_id), 30)
            subscription.close()

    code = desktop.run_desktop(
        [],
        str(tmp_path / "profile"),
        on_ready=download,
        stay=False,
        screenshot_path=str(picture),
        downloads=str(downloads),
        settings=LOOPBACK,
    )
    assert code == 0
    assert (downloads / "Sample" / "data.bin").read_bytes() == (source / "data.bin").read_bytes()
    assert picture.read_bytes().startswith(b"\x89PNG")

    async def look(window: MainWindow, client: Client) -> None:
        await asyncio.wait_for(_complete(window, torrent_id), 30)

    assert desktop.run_desktop([], str(tmp_path / "profile"), on_ready=look, stay=False, settings=LOOPBACK) == 0


async def _complete(window: MainWindow, torrent_id: str) -> None:
    while True:
        row = window.model.row_of(torrent_id)
        if row is not None and row.is_complete and row.state is TorrentState.SEEDING:
            return
        await asyncio.sleep(0.02)


def test_an_error_of_the_hook_is_raised_after_a_clean_end(one_app: None, tmp_path: Path) -> None:
    async def fail(window: MainWindow, client: Client) -> None:
        raise LookupError("the demo went wrong")

    with pytest.raises(LookupError, match="the demo went wrong"):
        desktop.run_desktop([], str(tmp_path / "profile"), on_ready=fail, stay=False, settings=LOOPBACK)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGTERM to send to oneself")
def test_sigterm_closes_as_a_person_would(one_app: None, tmp_path: Path) -> None:
    async def terminate(window: MainWindow, client: Client) -> None:
        os.kill(os.getpid(), 15)

    profile = tmp_path / "profile"
    assert desktop.run_desktop([], str(profile), on_ready=terminate, settings=LOOPBACK) == 0
    assert (profile / "config" / "interface.json").exists()
