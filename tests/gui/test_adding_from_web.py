"""Several web addresses in one window: asked at the same time, added as they come, given up one by one or all."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from tests.gui.conftest import WindowRun, opened, until
from tests.support.torrent_samples import torrent_bytes

from shoal.api.errors import UserError
from shoal.gui.application import Application
from shoal.gui.dialogs.add_entry import GIVE_UP, GIVE_UP_ALL, TRY_AGAIN
from shoal.gui.dialogs.add_notice import AddNotice
from shoal.gui.dialogs.add_torrent import AddTorrentDialog
from shoal.gui.widgets.wrapped_text import WrappedText
from shoal.gui.window import adding
from shoal.gui.window.web_entries import MOST_AT_ONCE


class Web:
    """Addresses answer when they are let go."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.ended: list[str] = []
        self.most = self._now = 0
        self._may_go: dict[str, asyncio.Event] = {}
        self.refused: set[str] = set()

    async def fetch(self, address: str, most_bytes: int) -> bytes:
        self.asked.append(address)
        self._now += 1
        self.most = max(self.most, self._now)
        try:
            await self._gate(address).wait()
        finally:
            self._now -= 1
            self.ended.append(address)
        if address in self.refused:
            raise UserError("source-fetch", source=address, detail="no", status=404)
        return torrent_bytes(name(address), {"one.mkv": 30_000})

    def let_go(self, *addresses: str) -> None:
        for address in addresses:
            self._gate(address).set()

    def _gate(self, address: str) -> asyncio.Event:
        return self._may_go.setdefault(address, asyncio.Event())


def name(address: str) -> str:
    return address.rpartition("/")[2]


def addresses(count: int) -> list[str]:
    return [f"https://e.example/{at:02}" for at in range(count)]


def notes(dialog: AddTorrentDialog) -> list[str]:
    return [str(dialog.ticks.item(at).data(Qt.ItemDataRole.AccessibleTextRole)) for at in range(dialog.ticks.count())]


def notice(dialog: AddTorrentDialog) -> AddNotice:
    return next(page for page in dialog.findChildren(AddNotice) if page.isVisible())


@pytest.fixture
def web(run: WindowRun, monkeypatch: pytest.MonkeyPatch) -> Web:
    monkeypatch.setattr(adding, "PATIENCE_SECONDS", 0.0)
    web = Web()
    run.fetch = web.fetch
    return web


def test_a_slow_one_does_not_hold_up_the_others(run: WindowRun, web: Web) -> None:
    slow, quick = addresses(2)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: web.asked == [slow, quick])
        assert notes(dialog) == ["00, Asking for it", "01, Asking for it"]
        assert not dialog.add_button.isEnabled()
        assert dialog.note.text() == "None has come yet."
        web.let_go(quick)
        await until(lambda: notes(dialog)[1] == "01, 30 kB")
        dialog.ticks.setCurrentRow(1)
        assert dialog.shown_files().model.wanted_bytes == 30_000
        assert dialog.add_button.text() == "Add 1 torrent, 30 kB"
        dialog.add_button.click()
        await until(lambda: len(run.client.commands) == 1)
        # The other one is asked about next; it went on all the time.
        await until(lambda: run.dialog() is not None and run.dialog() is not dialog)
        second = await opened(run, AddTorrentDialog)
        assert len(notes(second)) == 1
        web.let_go(slow)
        await until(second.add_button.isEnabled)
        second.add_button.click()
        await until(lambda: len(run.client.commands) == 2)

    assert run.play(story, slow, quick) == 0
    assert web.asked == [slow, quick]


def test_so_many_are_asked_at_a_time(run: WindowRun, web: Web) -> None:
    named = addresses(MOST_AT_ONCE + 2)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: len(web.asked) == MOST_AT_ONCE)
        assert notes(dialog)[-1].endswith("Waits for its turn")
        web.let_go(*named)
        await until(lambda: dialog.add_button.text() == "Add 8 torrents, 240 kB")

    assert run.play(story, *named) == 0
    assert web.most == MOST_AT_ONCE


def test_each_is_given_up_and_asked_again_by_itself(run: WindowRun, web: Web) -> None:
    first, second, third = addresses(3)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: len(web.asked) == 3)
        assert [shown.text for shown in notice(dialog).findChildren(WrappedText)] == [first]
        notice(dialog).buttons[GIVE_UP].click()
        await until(lambda: web.ended == [first])
        assert notes(dialog)[0] == "00, Given up"
        notice(dialog).buttons[TRY_AGAIN].click()
        await until(lambda: web.asked.count(first) == 2)
        notice(dialog).buttons[GIVE_UP_ALL].click()
        await until(lambda: sorted(web.ended) == [first, first, second, third])
        assert all(note.endswith("Given up") for note in notes(dialog))
        dialog.reject()
        await until(lambda: run.dialog() is None)

    assert run.play(story, first, second, third) == 0


def test_cancelling_the_window_gives_up_all(run: WindowRun, web: Web) -> None:
    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        await until(lambda: len(web.asked) == 2)
        dialog.reject()
        await until(lambda: len(web.ended) == 2)
        assert run.dialog() is None

    assert run.play(story, *addresses(2)) == 0


def test_what_fails_and_what_comes_twice_says_so_in_its_line(run: WindowRun, web: Web) -> None:
    bad, good = addresses(2)
    twin = "https://other.example/01"
    web.refused.add(bad)

    async def story(application: Application) -> None:
        dialog = await opened(run, AddTorrentDialog)
        web.let_go(bad, good)
        await until(lambda: notes(dialog)[1] == "01, 30 kB")
        web.let_go(twin)
        await until(lambda: notes(dialog)[2] == "01, It is in this window already")
        assert notes(dialog)[0] == "00, Not found"
        assert TRY_AGAIN in notice(dialog).buttons
        assert dialog.add_button.text() == "Add 1 torrent, 30 kB"

    assert run.play(story, bad, good, twin) == 0


def test_without_asking_a_slow_one_holds_up_nothing(run: WindowRun, web: Web) -> None:
    slow, quick = addresses(2)
    run.settings = replace(run.settings, ask_before_adding=False)

    async def story(application: Application) -> None:
        await until(lambda: len(web.asked) == 2)
        web.let_go(quick)
        await until(lambda: len(run.client.commands) == 1)
        web.let_go(slow)
        await until(lambda: len(run.client.commands) == 2)
        assert run.dialog() is None

    assert run.play(story, slow, quick) == 0
