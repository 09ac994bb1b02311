"""Sources of every kind: none holds up the others or the end of the program, and each refusal has its sentence."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel, QPushButton
from tests.gui.conftest import GIVE_UP_SECONDS, WindowRun, opened, press, until, words
from tests.support.fake_client import FakeClient, FakeSubscription, row
from tests.support.torrent_samples import torrent_bytes

from shoal.api.commands import AddTorrent
from shoal.api.errors import UserError
from shoal.api.snapshots import Update
from shoal.gui.application import Application
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.dialogs.message import MessageDialog
from shoal.gui.dialogs.torrent_preview import TorrentPreview
from shoal.gui.widgets.wrapped_text import WrappedText
from shoal.gui.window import source_reader, web_source
from shoal.metainfo.torrent_file import parse_metainfo
from shoal.settings.interface_settings import InterfaceSettings

ADDRESS = "https://e.example/get?passkey=secret"


def failed(**params: str | int) -> UserError:
    return UserError("source-fetch", source=ADDRESS, detail="no route", **params)


@pytest.fixture
def torrent(tmp_path: Path) -> Path:
    path = tmp_path / "sample.torrent"
    path.write_bytes(torrent_bytes("Sample", {"one.mkv": 30_000}))
    return path


async def message(run: WindowRun, title: str) -> str:
    """Wait for the message with that title, close it; its words."""
    await until(lambda: isinstance(run.dialog(), MessageDialog) and run.dialog().windowTitle() == title)
    dialog = run.dialog()
    assert isinstance(dialog, MessageDialog)
    words = " ".join(label.text() for label in dialog.findChildren(QLabel))
    dialog.reject()
    await until(lambda: not dialog.isVisible())
    return words


async def accept_adding(run: WindowRun) -> None:
    (await opened(run, AddTorrentDialog)).accept()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no FIFOs")
def test_pipes_devices_and_folders_are_refused_and_the_next_is_added(
    run: WindowRun, tmp_path: Path, torrent: Path
) -> None:
    fifo = tmp_path / "pipe.torrent"
    os.mkfifo(fifo)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        said = [entry.notice.text for entry in dialog.entries if entry.notice is not None]
        for expected, text in zip(
            ("pipe.torrent is a pipe or a device", "zero is a pipe", "is a folder", "nothing.torrent is not there"),
            said,
            strict=True,
        ):
            assert expected in text
        dialog.accept()
        await until(lambda: run.client.commands)

    run.play(story, str(fifo), "/dev/zero", str(tmp_path), str(tmp_path / "nothing.torrent"), str(torrent))
    assert len(run.client.commands) == 1


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="only where rights keep this user from reading")
def test_an_unreadable_file_says_so(run: WindowRun, torrent: Path) -> None:
    torrent.chmod(0)

    async def story(application: Application) -> None:
        assert "sample.torrent cannot be read" in await message(run, "Cannot read the file")

    run.play(story, str(torrent))


def test_a_file_that_never_comes_is_given_up_and_the_next_is_added(
    run: WindowRun, torrent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    hung, read = threading.Event(), source_reader.load_preview

    def load(path: str) -> TorrentPreview:
        if path == "/gone/a.torrent":
            hung.wait(GIVE_UP_SECONDS)
        return read(path)

    monkeypatch.setattr(source_reader, "load_preview", load)
    monkeypatch.setattr(source_reader, "READ_SECONDS", 1.0)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        (told,) = [entry.notice.text for entry in dialog.entries if entry.notice is not None]
        assert "a.torrent takes too long" in told
        dialog.accept()
        await until(lambda: run.client.commands)

    # The other thread still hangs when the program ends.
    assert run.play(story, "/gone/a.torrent", str(torrent)) == 0
    hung.set()


def test_a_torrent_comes_from_the_web(run: WindowRun, torrent: Path) -> None:
    asked: list[tuple[str, int]] = []

    async def fetch(address: str, most_bytes: int) -> bytes:
        asked.append((address, most_bytes))
        return torrent.read_bytes()

    run.fetch = fetch

    async def story(application: Application) -> None:
        await accept_adding(run)
        await until(lambda: run.client.commands)

    run.play(story, ADDRESS)
    assert asked == [(ADDRESS, 10_000_000)]
    (command,) = run.client.commands
    assert isinstance(command, AddTorrent)
    assert command.metainfo == torrent.read_bytes()


@pytest.mark.parametrize(
    ("answer", "title", "said"),
    [
        (failed(cause="timeout"), "No answer in time", "e.example did not answer in time"),
        (failed(cause="unknown-host"), "Name not found", "No server is called e.example"),
        (failed(cause="unreachable"), "No connection", "took no connection, or closed it early (no route)"),
        (failed(cause="tls"), "Certificate not valid", "cannot prove who it is (no route)"),
        (failed(status=404), "Not found", "has nothing at this address (404)"),
        (failed(status=401), "Not allowed", "signed in or allowed (401)"),
        (failed(status=403), "Not allowed", "signed in or allowed (403)"),
        (failed(status=503), "The server failed", "trouble of its own (503)"),
        (UserError("source-too-large", source=ADDRESS, limit=10), "Too large for a torrent file", "larger than any"),
        (b"<!DOCTYPE html><html>", "Not a torrent file", "e.example sent a web page"),
        (b"d8:announce", "Not a torrent file", "cannot be read as a torrent file"),
    ],
    ids=["time", "name", "route", "tls", "404", "401", "403", "503", "too large", "web page", "damaged"],
)
def test_what_the_web_does_not_give_is_explained(
    run: WindowRun, answer: UserError | bytes, title: str, said: str
) -> None:
    async def fetch(address: str, most_bytes: int) -> bytes:
        if isinstance(answer, UserError):
            raise answer
        return answer

    run.fetch = fetch

    async def story(application: Application) -> None:
        await until(lambda: isinstance(run.dialog(), MessageDialog) and run.dialog().windowTitle() == title)
        dialog = run.dialog()
        assert isinstance(dialog, MessageDialog)
        # In full: the one who typed it has to find the mistake in it.
        assert [shown.text for shown in dialog.findChildren(WrappedText)] == [ADDRESS]
        buttons = [button.text() for button in dialog.findChildren(QPushButton)]
        is_final = isinstance(answer, bytes) or answer.code == "source-too-large"
        assert ("Try again" in buttons) is not is_final
        assert said in await message(run, title)

    run.play(story, ADDRESS)
    assert run.client.commands == []


def test_a_failed_address_is_tried_again(run: WindowRun, torrent: Path) -> None:
    answers: list[UserError | bytes] = [failed(status=503), torrent.read_bytes()]

    async def fetch(address: str, most_bytes: int) -> bytes:
        answer = answers.pop(0)
        if isinstance(answer, UserError):
            raise answer
        return answer

    run.fetch = fetch

    async def story(application: Application) -> None:
        await press(await opened(run, MessageDialog), "Try again")
        await accept_adding(run)
        await until(lambda: run.client.commands)

    assert run.play(story, ADDRESS) == 0


def test_a_slow_address_says_so_and_can_be_given_up(
    run: WindowRun, torrent: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_source, "PATIENCE_SECONDS", 0.0)
    ended: list[str] = []

    async def fetch(address: str, most_bytes: int) -> bytes:
        try:
            await asyncio.Event().wait()
        finally:
            ended.append(address)
        return b""

    run.fetch = fetch

    async def story(application: Application) -> None:
        await until(lambda: isinstance(run.dialog(), MessageDialog))
        dialog = run.dialog()
        assert dialog is not None
        words = " ".join(label.text() for label in dialog.findChildren(QLabel))
        assert "e.example is asked for it" in words
        QTest.mouseClick(dialog.findChild(QPushButton), Qt.MouseButton.LeftButton)
        await until(lambda: ended == [ADDRESS])
        application.window.open_sources([str(torrent)])
        await accept_adding(run)
        await until(lambda: run.client.commands)
        application.window.open_sources([ADDRESS])
        await until(lambda: isinstance(run.dialog(), MessageDialog))

    # The second one is still under way when the window closes.
    assert run.play(story, ADDRESS) == 0
    assert ended == [ADDRESS, ADDRESS]
    assert run.dialog() is None


def test_a_late_answer_closes_its_dialog(run: WindowRun, torrent: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(web_source, "PATIENCE_SECONDS", 0.0)
    arrived = asyncio.Event()

    async def fetch(address: str, most_bytes: int) -> bytes:
        await arrived.wait()
        return torrent.read_bytes()

    run.fetch = fetch

    async def story(application: Application) -> None:
        await until(lambda: isinstance(run.dialog(), MessageDialog))
        waiting = run.dialog()
        arrived.set()
        await accept_adding(run)
        await until(lambda: run.client.commands)
        assert run.dialog() is not waiting

    run.play(story, ADDRESS)
    assert [type(command) for command in run.client.commands] == [AddTorrent]


class LateClient(FakeClient):
    """Its first rows come when they are pushed, as those of a long list do."""

    def subscribe(self, receiver: Callable[[Update], None], *, beat_seconds: float = 1.0) -> FakeSubscription:
        self.receivers.append(receiver)
        return FakeSubscription(self, receiver)


@pytest.mark.parametrize("asks", [True, False])
def test_nothing_is_added_before_it_is_known_what_is_here(run: WindowRun, *, asks: bool) -> None:
    metainfo = torrent_bytes("Sample", {"a.txt": 100})
    torrent_id = str(parse_metainfo(metainfo).torrent_id)
    rows_at_fetch: list[int] = []

    async def fetch(address: str, most_bytes: int) -> bytes:
        rows_at_fetch.append(len(run.client.rows))
        return metainfo

    run.client, run.fetch = LateClient(), fetch
    run.settings = replace(run.settings, ask_before_adding=asks)

    async def story(application: Application) -> None:
        for _ in range(20):
            await asyncio.sleep(0)
        run.client.push(row(torrent_id, name="Sample"))
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: "You already have this" in words(dialog))

    run.play(story, ADDRESS)
    assert set(rows_at_fetch) == {1}
    assert run.client.commands == []


@pytest.mark.parametrize(("most", "asks"), [(20_000, True), (30_000, False)])
def test_without_asking_it_is_asked_all_the_same_about_large_ones(
    run: WindowRun, torrent: Path, most: int, *, asks: bool
) -> None:
    run.settings = replace(run.settings, ask_before_adding=False, ask_above_bytes=most)

    async def story(application: Application) -> None:
        if asks:
            await opened(run, AddTorrentDialog)
        else:
            await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert [type(command) for command in run.client.commands] == ([] if asks else [AddTorrent])


def test_the_folder_of_the_settings_comes_before_the_last_one(run: WindowRun, torrent: Path) -> None:
    run.settings = replace(run.settings, downloads_folder="/chosen", last_folder="/last", ask_before_adding=False)

    async def story(application: Application) -> None:
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    added = run.client.commands[0]
    assert isinstance(added, AddTorrent)
    assert added.folder == "/chosen"


@pytest.mark.parametrize("remembers", [True, False])
def test_folders_are_remembered_only_where_that_is_wished(run: WindowRun, torrent: Path, *, remembers: bool) -> None:
    run.settings = replace(run.settings, remember_folders=remembers)

    async def story(application: Application) -> None:
        await accept_adding(run)
        await until(lambda: run.client.commands)

    run.play(story, str(torrent))
    assert application_settings(run).last_folder == ("/downloads" if remembers else "")
    assert bool(application_settings(run).recent_folders) is remembers


def application_settings(run: WindowRun) -> InterfaceSettings:
    assert run.application is not None
    return run.application.memory.settings


@pytest.mark.parametrize("may_ask", [True, False])
def test_trackers_are_asked_before_adding_only_where_that_is_wished(
    run: WindowRun, tmp_path: Path, *, may_ask: bool
) -> None:
    run.settings = replace(run.settings, ask_swarm_size=may_ask)
    path = tmp_path / "tracked.torrent"
    path.write_bytes(torrent_bytes("Sample", {"a": 100}, announce="http://tracker.example/announce"))

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        if may_ask:
            await until(lambda: run.client.looked_up)
        else:
            await until(lambda: "Its trackers are not asked" in dialog.header.badge.accessibleName())

    run.play(story, str(path))
    assert bool(run.client.looked_up) is may_ask


def test_without_asking_it_is_asked_all_the_same_when_the_disk_is_too_small(run: WindowRun, torrent: Path) -> None:
    run.settings, run.free = replace(run.settings, ask_before_adding=False), 10_000

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: "short on this disk" in words(dialog))

    run.play(story, str(torrent))
    assert run.client.commands == []
