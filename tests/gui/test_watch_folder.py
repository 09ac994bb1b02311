"""The watch folder: whole files only, each once, put away as wanted; what goes wrong is told once."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Coroutine
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject
from tests.gui.conftest import WindowRun, opened, press, until
from tests.support.torrent_samples import torrent_of_folder

from shoal.api.commands import AddTorrent
from shoal.gui.application import Application
from shoal.gui.desktop import watch_folder
from shoal.gui.desktop.watch_folder import BROKEN_SECONDS, TakeError, WatchFolder
from shoal.gui.desktop.watched_files import PutAway, put_away, torrent_files
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.link.background import Background


class Watched:
    """A watched folder whose looks are made by hand, at times that are set by hand."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 0.0
        self.taken: list[str] = []
        self.told: list[str] = []
        self.answer: bool | str = True
        self._tasks: list[asyncio.Task[None]] = []
        self._parent = QObject()
        self.watch = WatchFolder(
            Background(),
            take=self._take,
            start=lambda work: self._tasks.append(asyncio.ensure_future(work)),
            tell=self.told.append,
            trash=os.remove,
            parent=self._parent,
            clock=lambda: self.now,
        )

    async def _take(self, path: str) -> bool:
        if isinstance(self.answer, str):
            raise TakeError(self.answer)
        self.taken.append(Path(path).name)
        return self.answer

    async def look(self, seconds: float = 0.0) -> None:
        """Let `seconds` pass, then look."""
        self.now += seconds
        self.watch.look()
        await asyncio.gather(*self._tasks)

    def names(self) -> list[str]:
        return sorted(path.name for path in self.folder.iterdir())


OnQt = Callable[[Coroutine[Any, Any, None]], None]


@pytest.fixture(autouse=True)
def _no_looks_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(watch_folder, "SOON_MILLISECONDS", 3_600_000)


def test_a_file_is_taken_when_it_has_stopped_growing(on_qt: OnQt, tmp_path: Path) -> None:
    async def story() -> None:
        watched = Watched(tmp_path)
        watched.watch.watch(str(tmp_path), PutAway.RENAME)
        (tmp_path / "a.torrent").write_bytes(b"begin")
        (tmp_path / "other.txt").write_bytes(b"")
        (tmp_path / ".hidden.torrent").write_bytes(b"")
        await watched.look()
        (tmp_path / "a.torrent").write_bytes(b"begin and end")
        await watched.look(5.0)
        assert watched.taken == []
        await watched.look(1.0)
        assert watched.taken == ["a.torrent"]
        assert watched.names() == [".hidden.torrent", "a.torrent.added", "other.txt"]
        await watched.look(5.0)
        assert watched.taken == ["a.torrent"]

    on_qt(story())


def test_what_cannot_be_read_is_told_once_and_tried_again_when_it_changes(on_qt: OnQt, tmp_path: Path) -> None:
    async def story() -> None:
        watched = Watched(tmp_path)
        watched.watch.watch(str(tmp_path), PutAway.RENAME)
        (tmp_path / "a.torrent").write_bytes(b"half")
        watched.answer = "It is damaged."
        await watched.look()
        await watched.look(2.0)
        assert watched.told == []
        await watched.look(BROKEN_SECONDS)
        await watched.look(100.0)
        (told,) = watched.told
        assert "a.torrent" in told
        assert "It is damaged." in told
        watched.answer = True
        await watched.look(100.0)
        assert watched.taken == []
        (tmp_path / "a.torrent").write_bytes(b"whole now")
        await watched.look()
        await watched.look(2.0)
        assert watched.names() == ["a.torrent.added"]

    on_qt(story())


def test_one_that_was_not_wanted_stays_and_is_not_asked_about_again(on_qt: OnQt, tmp_path: Path) -> None:
    async def story() -> None:
        watched = Watched(tmp_path)
        watched.watch.watch(str(tmp_path), PutAway.RENAME)
        (tmp_path / "a.torrent").write_bytes(b"x")
        watched.answer = False
        for _ in range(4):
            await watched.look(2.0)
        assert watched.taken == ["a.torrent"]
        assert watched.names() == ["a.torrent"]

    on_qt(story())


def test_a_folder_that_is_gone_is_told_once_until_it_is_back(on_qt: OnQt, tmp_path: Path) -> None:
    async def story() -> None:
        folder = tmp_path / "watched"
        watched = Watched(folder)
        watched.watch.watch(str(folder), PutAway.TRASH)
        for _ in range(3):
            await watched.look(10.0)
        (told,) = watched.told
        assert "No such file" in told
        folder.mkdir()
        (folder / "a.torrent").write_bytes(b"x")
        await watched.look()
        await watched.look(2.0)
        assert watched.taken == ["a.torrent"]
        assert watched.names() == []
        folder.rmdir()
        await watched.look(1.0)
        assert len(watched.told) == 2

    on_qt(story())


def test_a_file_that_cannot_be_put_away_is_added_once_and_told(
    on_qt: OnQt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: str, how: PutAway, trash: object) -> None:
        raise PermissionError(13, "Permission denied", path)

    async def story() -> None:
        monkeypatch.setattr(watch_folder, "put_away", refuse)
        watched = Watched(tmp_path)
        watched.watch.watch(str(tmp_path), PutAway.MOVE)
        (tmp_path / "a.torrent").write_bytes(b"x")
        for _ in range(4):
            await watched.look(2.0)
        assert watched.taken == ["a.torrent"]
        (told,) = watched.told
        assert "Permission denied" in told

    on_qt(story())


def test_putting_away_never_overwrites(tmp_path: Path) -> None:
    for _ in range(3):
        (tmp_path / "a.torrent").write_bytes(b"x")
        put_away(str(tmp_path / "a.torrent"), PutAway.RENAME, os.remove)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "a (2).torrent.added",
        "a (3).torrent.added",
        "a.torrent.added",
    ]
    for _ in range(2):
        (tmp_path / "a.torrent").write_bytes(b"x")
        put_away(str(tmp_path / "a.torrent"), PutAway.MOVE, os.remove)
    assert sorted(path.name for path in (tmp_path / "added").iterdir()) == ["a (2).torrent", "a.torrent"]
    assert torrent_files(str(tmp_path)) == ()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes of POSIX")
def test_only_files_are_looked_at(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.torrent")
    (tmp_path / "folder.torrent").mkdir()
    (tmp_path / "real.TORRENT").write_bytes(b"x")
    (tmp_path / "link.torrent").symlink_to(tmp_path / "real.TORRENT")
    assert [Path(file.path).name for file in torrent_files(str(tmp_path))] == ["real.TORRENT"]


@pytest.fixture
def torrent(tmp_path: Path) -> bytes:
    source = tmp_path / "source" / "Sample"
    source.mkdir(parents=True)
    (source / "data.bin").write_bytes(b"x" * 100_000)
    return torrent_of_folder(source)


def test_the_window_adds_what_appears_and_follows_its_settings(
    run: WindowRun, tmp_path: Path, torrent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_folder, "SOON_MILLISECONDS", 20)
    monkeypatch.setattr(watch_folder, "STILL_SECONDS", 0.05)
    folder = tmp_path / "watched"
    folder.mkdir()

    async def story(application: Application) -> None:
        (folder / "a.torrent").write_bytes(torrent)
        application.memory.remember(watch_folder=str(folder), watch_action="move")
        await until((folder / "added" / "a.torrent").exists)
        assert [type(command) for command in run.client.commands] == [AddTorrent]

    assert run.play(story) == 0


def test_with_questions_the_add_window_opens_and_no_leaves_the_file(
    run: WindowRun, tmp_path: Path, torrent: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watch_folder, "SOON_MILLISECONDS", 20)
    monkeypatch.setattr(watch_folder, "STILL_SECONDS", 0.05)
    folder = tmp_path / "watched"
    folder.mkdir()
    (folder / "a.torrent").write_bytes(torrent)
    run.settings = replace(run.settings, watch_folder=str(folder), watch_asks=True)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await press(dialog, "Cancel")
        await asyncio.sleep(0.2)
        assert run.dialog() is None
        assert [path.name for path in folder.iterdir()] == ["a.torrent"]
        assert not any(isinstance(command, AddTorrent) for command in run.client.commands)

    assert run.play(story) == 0
