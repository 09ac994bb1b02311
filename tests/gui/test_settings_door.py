"""The door to all settings: one change, one owner each, and what others change is seen."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import asdict
from typing import Any

import pytest
from tests.gui.conftest import until
from tests.support.fake_client import FakeClient, update

from shoal.api.errors import UserError
from shoal.api.snapshots import SessionTotals
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.link.settings_door import ENTRIES, SettingsDoor
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import SettingsError

OnQt = Callable[[Coroutine[Any, Any, None]], None]
Story = Callable[["Room"], Coroutine[Any, Any, None]]


class Room:
    def __init__(self) -> None:
        self.client = FakeClient(settings=asdict(EngineSettings(max_peers=77)))
        self.saved: list[InterfaceSettings] = []
        self.link = ClientLink(asyncio.get_running_loop())
        self.memory = Memory(InterfaceSettings(), self.saved.append)
        self.door = SettingsDoor(self.link, self.memory)
        self.told: list[frozenset[str]] = []
        self.door.changed.connect(self.told.append)


@pytest.fixture
def play(on_qt: OnQt) -> Callable[[Story], None]:
    def run(story: Story) -> None:
        async def live() -> None:
            room = Room()
            room.link.attach(room.client)
            await until(lambda: room.door.is_known)
            await story(room)
            await room.link.close()

        on_qt(live())

    return run


def test_every_setting_has_its_entry(play: Callable[[Story], None]) -> None:
    async def story(room: Room) -> None:
        for key, entry in ENTRIES.items():
            assert type(room.door.value(key)) is type(entry.default)
        assert room.door.value("max_peers") == 77
        with pytest.raises(KeyError):
            room.door.value("nonsense")

    play(story)


def test_one_change_reaches_both_owners(play: Callable[[Story], None]) -> None:
    async def story(room: Room) -> None:
        room.told.clear()
        assert await room.door.change({"up_limit": 5_000, "units": "binary", "max_peers": 77}) == ()
        assert room.client.settings["up_limit"] == 5_000
        assert room.saved[-1].units == "binary"
        assert (room.door.value("up_limit"), room.door.value("units")) == (5_000, "binary")
        assert room.told == [frozenset({"up_limit"}), frozenset({"units"})]

    play(story)


def test_a_value_that_cannot_be_changes_nothing(play: Callable[[Story], None]) -> None:
    async def story(room: Room) -> None:
        sent = len(room.client.commands)
        with pytest.raises(SettingsError):
            await room.door.change({"units": "binary", "up_limit": -1})
        assert len(room.client.commands) == sent
        room.client.refuse = UserError("bad-setting", field="listen_hosts", must="must be an address")
        with pytest.raises(UserError):
            await room.door.change({"units": "binary", "listen_hosts": "nowhere"})
        assert room.saved == []

    play(story)


def test_what_others_change_is_seen(play: Callable[[Story], None]) -> None:
    async def story(room: Room) -> None:
        room.client.settings["down_limit"] = 9_000
        room.link.updated.emit(update(totals=SessionTotals(settings_revision=4)))
        await until(lambda: room.door.value("down_limit") == 9_000)
        asked = room.client.questions
        room.link.updated.emit(update(totals=SessionTotals(settings_revision=4)))
        room.memory.remember(theme="dark")
        assert room.told[-1] == frozenset({"theme"})
        assert room.client.questions == asked

    play(story)
