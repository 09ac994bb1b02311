"""The whole desktop program over the real engine on loopback: open a torrent, get its files, quit, come back."""

from __future__ import annotations

import asyncio
import json
import os
import random
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QDialog, QLabel
from tests.gui.conftest import until
from tests.support.log_watch import LogWatch
from tests.support.torrent_samples import torrent_of_folder

from shoal.api.client import Client
from shoal.api.commands import AddPeers, AddTorrent, SetLimits
from shoal.api.snapshots import TorrentState, Update
from shoal.gui.window.main_window import MainWindow
from shoal.gui.window.messages import Messages
from shoal.launch import desktop, fetch
from shoal.launch.engine_host import EngineHost, EngineOpener, InLoopHost, ThreadHost
from shoal.launch.real_engine import real_engine
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.locations import create_folders
from shoal.settings.locations import profile as profile_places
from shoal.settings.store import engine_store

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


def test_a_second_window_on_the_same_profile_says_so_and_ends_with_1(
    one_app: None, qapp: QApplication, tmp_path: Path, expect_log: LogWatch
) -> None:
    expect_log("could not start")
    profile, codes, words = str(tmp_path / "profile"), [], []

    async def close_the_message() -> None:
        def shown() -> QDialog | None:
            widgets = (widget for widget in qapp.topLevelWidgets() if isinstance(widget, QDialog))
            return next((widget for widget in widgets if widget.isVisible()), None)

        await until(shown)
        dialog = shown()
        assert dialog is not None
        words.extend(label.text() for label in dialog.findChildren(QLabel))
        dialog.reject()

    async def first() -> None:
        places = profile_places(profile)
        create_folders(places)
        async with real_engine(LOOPBACK, str(places.resume_database)):
            await asyncio.to_thread(holding.set)
            await asyncio.to_thread(ended.wait, 30)

    holding, ended = threading.Event(), threading.Event()
    engine = threading.Thread(target=lambda: asyncio.run(first()))
    engine.start()
    assert holding.wait(30)
    timer = QTimer()
    timer.setSingleShot(True)
    timer.timeout.connect(lambda: asyncio.ensure_future(close_the_message()))
    timer.start(0)
    try:
        codes.append(desktop.run_desktop([], profile, settings=LOOPBACK))
    finally:
        ended.set()
        engine.join(30)
    assert codes == [1]
    assert "Another Shoal is running with this profile" in " ".join(words)


def test_limits_are_kept_and_a_damaged_file_is_told(one_app: None, tmp_path: Path) -> None:
    places = profile_places(str(tmp_path / "profile"))
    create_folders(places)
    values = {"listen_hosts": "127.0.0.1"}
    places.engine_settings_file.write_text(json.dumps({"schema": 1, "values": values}))
    places.interface_settings_file.write_text("{")

    async def limit(window: MainWindow, client: Client) -> None:
        assert "Settings were damaged" in " ".join(label.text() for label in window.notices.findChildren(QLabel))
        await client.execute(SetLimits(None, up=50_000))

    assert desktop.run_desktop([], str(tmp_path / "profile"), on_ready=limit, stay=False) == 0
    assert engine_store(places).load().up_limit == 50_000


def test_a_profile_that_cannot_be_made_is_told(
    one_app: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, expect_log: LogWatch
) -> None:
    expect_log("could not start")
    told: list[str] = []

    async def tell(messages: Messages, title: str, text: str, details: str = "") -> None:
        told.append(text)

    monkeypatch.setattr(Messages, "tell", tell)
    (tmp_path / "file").write_bytes(b"")
    assert desktop.run_desktop([], str(tmp_path / "file" / "profile"), settings=LOOPBACK) == 1
    assert "cannot be used (Not a directory)" in told[0]


def test_the_web_is_asked_in_another_thread_and_cancelling_ends_it_there(monkeypatch: pytest.MonkeyPatch) -> None:
    began, ended, threads = threading.Event(), threading.Event(), []

    async def fetch_torrent(address: str, most_bytes: int, local_host: str | None = None) -> bytes:
        threads.append((threading.current_thread(), local_host))
        if address == "quick":
            return b"torrent"
        began.set()
        try:
            await asyncio.Event().wait()
        finally:
            ended.set()
        return b""

    monkeypatch.setattr(fetch, "fetch_torrent", fetch_torrent)

    async def story() -> None:
        hosts = ["192.0.2.1"]
        fetch_from = desktop.web_fetch(lambda: hosts[0])
        assert await fetch_from("quick", 10) == b"torrent"
        hosts[0] = ""
        slow = asyncio.ensure_future(fetch_from("slow", 10))
        assert await asyncio.to_thread(began.wait, 10)
        slow.cancel()
        assert await asyncio.to_thread(ended.wait, 10)

    asyncio.run(story())
    assert [host for _, host in threads] == ["192.0.2.1", None]
    assert threading.main_thread() not in [thread for thread, _ in threads]
