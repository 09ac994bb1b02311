"""Which profile steers the engine: chosen, by the hour, on a metered network, and what was changed by hand."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.gui.conftest import until
from tests.support.fake_client import FakeClient

from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.memory import Memory
from shoal.gui.link.settings_door import SettingsDoor
from shoal.gui.link.speed_switch import Cause, SpeedSwitch
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.profiles import ProfileTime, SpeedProfile, as_delivered, write_profiles, write_times

OnQt = Callable[[Coroutine[Any, Any, None]], None]
MONDAY_8 = datetime(2026, 6, 1, 8, 0)
WORK = ProfileTime("quiet", (0, 1, 2, 3, 4), 9 * 60, 17 * 60)
DSL = {"line_up": 40_000, "line_down": 100_000}


@dataclass
class VirtualDay:
    """A clock and its alarm; time goes on when it is told to."""

    at: datetime = MONDAY_8
    due: datetime | None = None
    ring: Callable[[], None] = lambda: None

    def now(self) -> datetime:
        return self.at

    def set(self, seconds: float, ring: Callable[[], None]) -> None:
        self.due, self.ring = self.at + timedelta(seconds=seconds), ring

    def stop(self) -> None:
        self.due = None

    def go_to(self, moment: datetime) -> None:
        while self.due is not None and self.due <= moment:
            self.at, self.due = self.due, None
            self.ring()
        self.at = moment


@dataclass
class Network:
    metered: bool = False
    told: Callable[[], None] | None = None

    def watch(self, changed: Callable[[], None]) -> bool:
        self.told = changed
        return True

    def is_metered(self) -> bool:
        return self.metered

    def change(self, metered: bool) -> None:
        self.metered = metered
        if self.told is not None:
            self.told()


@dataclass
class Desk:
    """A switch over a fake engine."""

    client: FakeClient = field(default_factory=FakeClient)
    settings: InterfaceSettings = field(default_factory=InterfaceSettings)
    day: VirtualDay = field(default_factory=VirtualDay)
    network: Network = field(default_factory=Network)

    async def open(self) -> SpeedSwitch:
        link = ClientLink(asyncio.get_running_loop())
        self.memory = Memory(self.settings, lambda settings: None)
        self.door = SettingsDoor(link, self.memory)
        switch = SpeedSwitch(self.door, link, now=self.day.now, alarm=self.day, network=self.network)
        link.attach(self.client)
        await until(lambda: self.door.is_known)
        return switch

    async def has(self, **figures: object) -> None:
        """Wait until the engine was given these."""
        await until(lambda: figures.items() <= self.client.settings.items())


def desk(**settings: Any) -> Desk:
    return Desk(settings=InterfaceSettings(**settings))


def cause(switch: SpeedSwitch) -> Cause:
    return switch.in_force.cause


def test_a_first_start_changes_nothing_and_calls_nothing_changed(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk()
        switch = await on.open()
        assert (switch.in_force.profile.key, switch.in_force.cause) == ("balanced", Cause.CHOSEN)
        assert not switch.in_force.is_by_hand
        assert on.client.commands == []

    on_qt(story())


def test_choosing_a_profile_gives_the_engine_its_figures_and_the_way_back(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(**DSL)
        on.client.settings = {"up_limit": 4_000_000}
        switch = await on.open()
        assert not switch.in_force.is_by_hand
        back = switch.choose("quiet")
        await on.has(up_limit=1_250_000, down_limit=6_250_000, upload_slots=2, active_downloads=1, max_peers=200)
        assert on.memory.settings.profile == "quiet"
        await until(lambda: on.memory.settings.profile_applied == "quiet")
        back()
        await on.has(up_limit=4_000_000, down_limit=0, upload_slots=4, active_downloads=3, max_peers=500)
        await until(lambda: switch.in_force.profile.key == "balanced" and not switch.in_force.is_by_hand)
        assert on.memory.settings.profile == "balanced"

    on_qt(story())


def test_the_last_of_quick_choices_wins(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(**DSL)
        switch = await on.open()
        for key in ("quiet", "full", "quiet", "balanced", "full"):
            switch.choose(key)
        await on.has(up_limit=4_750_000, upload_slots=8)
        await until(lambda: on.memory.settings.profile_applied == "full")
        assert not switch.in_force.is_by_hand

    on_qt(story())


def test_figures_changed_elsewhere_are_by_hand_until_the_profile_is_used_again(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk()
        switch = await on.open()
        await on.door.change({"up_limit": 77_000})
        assert switch.in_force.is_by_hand
        back = switch.choose("balanced")
        await on.has(up_limit=0)
        await until(lambda: not switch.in_force.is_by_hand)
        back()
        await on.has(up_limit=77_000)
        await until(lambda: switch.in_force.is_by_hand)

    on_qt(story())


def test_what_was_changed_by_hand_outlasts_a_restart(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk()
        on.client.settings = {"up_limit": 77_000}
        switch = await on.open()
        assert switch.in_force.is_by_hand
        assert on.client.commands == []

    on_qt(story())


def test_another_line_puts_the_profile_in_force_anew(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk()
        switch = await on.open()
        await on.door.change({"line_up": 40_000, "line_down": 100_000})
        await on.has(up_limit=4_000_000, down_limit=0)
        await until(lambda: not switch.in_force.is_by_hand)
        switch.choose("full")
        await on.has(up_limit=4_750_000)
        await on.door.change({"line_up": 8_000})
        await on.has(up_limit=950_000)
        assert (switch.in_force.profile.key, switch.in_force.is_by_hand) == ("full", False)

    on_qt(story())


def test_mine_begins_with_what_is_set_and_follows_what_is_changed(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk()
        on.client.settings = {"up_limit": 77_000, "upload_slots": 6}
        switch = await on.open()
        switch.choose("mine")
        await until(lambda: on.memory.settings.profile_applied == "mine")
        assert switch.profile("mine").up_rate == 77_000
        assert switch.profile("mine").upload_slots == 6
        await on.door.change({"up_limit": 99_000})
        await until(lambda: switch.profile("mine").up_rate == 99_000)
        assert not switch.in_force.is_by_hand
        switch.choose("quiet")
        await on.has(up_limit=100_000)
        switch.choose("mine")
        await on.has(up_limit=99_000, upload_slots=6)

    on_qt(story())


def test_the_schedule_switches_at_its_boundaries_and_returns(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(profile="full", profile_applied="full", profile_times=write_times((WORK,)), **DSL)
        switch = await on.open()
        assert switch.in_force.profile.key == "full"
        on.day.go_to(MONDAY_8.replace(hour=9))
        await on.has(up_limit=1_250_000)
        assert (switch.in_force.cause, switch.in_force.until) == (Cause.SCHEDULED, MONDAY_8.replace(hour=17))
        assert on.memory.settings.profile == "full"
        on.day.go_to(MONDAY_8.replace(hour=17, minute=1))
        await on.has(up_limit=4_750_000)
        assert (switch.in_force.profile.key, switch.in_force.cause) == ("full", Cause.CHOSEN)
        on.day.go_to(MONDAY_8 + timedelta(days=5, hours=3))
        assert switch.in_force.cause is Cause.CHOSEN

    on_qt(story())


def test_a_choice_by_hand_holds_until_the_next_boundary(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(profile_times=write_times((WORK,)), **DSL)
        on.day.at = MONDAY_8.replace(hour=10)
        switch = await on.open()
        await on.has(up_limit=1_250_000)
        switch.choose("full")
        await on.has(up_limit=4_750_000)
        assert (switch.in_force.cause, switch.in_force.until) == (Cause.HELD, MONDAY_8.replace(hour=17))
        on.day.go_to(MONDAY_8.replace(hour=16, minute=59))
        assert switch.in_force.profile.key == "full"
        on.day.go_to(MONDAY_8.replace(hour=18))
        await on.has(up_limit=4_000_000)
        assert (switch.in_force.profile.key, switch.in_force.cause) == ("balanced", Cause.CHOSEN)
        on.day.go_to(MONDAY_8.replace(hour=9) + timedelta(days=1))
        await on.has(up_limit=1_250_000)

    on_qt(story())


def test_a_clock_that_was_set_or_slept_is_noticed(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(profile_times=write_times((WORK,)), **DSL)
        switch = await on.open()
        assert on.day.due is not None
        assert on.day.due - on.day.at <= timedelta(seconds=30)
        on.day.at = MONDAY_8.replace(hour=12)
        on.day.ring()
        await on.has(up_limit=1_250_000)
        assert switch.in_force.cause is Cause.SCHEDULED

    on_qt(story())


def test_a_scheduled_profile_that_ended_while_the_program_was_closed_is_replaced(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(profile_applied="quiet", profile_times=write_times((WORK,)), **DSL)
        on.client.settings = {"up_limit": 1_250_000, "down_limit": 6_250_000, "upload_slots": 2}
        on.day.at = MONDAY_8.replace(hour=19)
        switch = await on.open()
        await on.has(up_limit=4_000_000, down_limit=0, upload_slots=4)
        assert (switch.in_force.profile.key, cause(switch)) == ("balanced", Cause.CHOSEN)
        assert not switch.in_force.is_by_hand

    on_qt(story())


def test_a_metered_network_has_its_own_profile(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(**DSL)
        switch = await on.open()
        on.network.change(True)
        assert cause(switch) is Cause.CHOSEN
        back = switch.set_metered_profile("quiet")
        await on.has(up_limit=1_250_000)
        assert cause(switch) is Cause.METERED
        switch.choose("full")
        await on.has(up_limit=4_750_000)
        assert (switch.in_force.cause, switch.in_force.until) == (Cause.HELD, None)
        on.network.change(False)
        await on.has(up_limit=4_000_000)
        assert switch.in_force.cause is Cause.CHOSEN
        on.network.change(True)
        await on.has(up_limit=1_250_000)
        back()
        assert on.memory.settings.metered_profile == ""
        await until(lambda: switch.in_force.cause is Cause.CHOSEN)

    on_qt(story())


def test_an_edited_profile_takes_effect_when_it_is_in_force(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(**DSL)
        switch = await on.open()
        quiet = as_delivered("quiet")
        assert quiet is not None
        switch.keep(SpeedProfile("quiet", up_rate=5_000))
        assert on.client.commands == []
        back = switch.keep(SpeedProfile("balanced", up_rate=70_000, max_peers=90))
        await on.has(up_limit=70_000, max_peers=90)
        back()
        await until(lambda: on.client.settings["max_peers"] == 500)
        assert switch.profile("balanced") == as_delivered("balanced")

    on_qt(story())


def test_the_goal_of_a_profile_goes_with_it(on_qt: OnQt) -> None:
    async def story() -> None:
        giving, more = SpeedProfile("own1", "Giving", share_ratio=3.0), SpeedProfile("own2", "More", share_ratio=4.0)
        on = desk(profiles=write_profiles([giving, more]))
        on.client.settings = {"share_ratio": 1.5}
        switch = await on.open()
        for key in ("own1", "own2", "own1"):
            switch.choose(key)
        await on.has(share_ratio=3.0)
        back = switch.choose("full")
        await on.has(share_ratio=1.5, upload_slots=8)
        back()
        await on.has(share_ratio=3.0, upload_slots=4)
        # What is set by hand meanwhile is the person's word.
        await on.door.change({"share_ratio": 2.0})
        switch.choose("full")
        await on.has(share_ratio=2.0, upload_slots=8)
        assert on.client.settings["share_ratio"] == 2.0

    on_qt(story())


def test_the_goal_of_a_profile_that_ended_while_the_program_was_closed_goes_too(on_qt: OnQt) -> None:
    async def story() -> None:
        giving = SpeedProfile("own1", "Giving", share_ratio=3.0)
        on = desk(profiles=write_profiles([giving]), profile="balanced", profile_applied="own1", goal_apart=1.5)
        on.client.settings = {"share_ratio": 3.0}
        await on.open()
        await on.has(share_ratio=1.5)
        assert on.client.settings["share_ratio"] == 1.5

    on_qt(story())


def test_a_deleted_profile_is_named_nowhere_and_comes_back(on_qt: OnQt) -> None:
    async def story() -> None:
        night = ProfileTime("own1", (0,), 0, 0)
        on = desk(profile="own1", metered_profile="own1")
        switch = await on.open()
        switch.keep(SpeedProfile("own1", "Night", up_rate=9_000))
        switch.set_times((night, WORK))
        await on.has(up_limit=9_000)
        back = switch.remove("own1")
        assert [profile.key for profile in switch.profiles] == ["quiet", "balanced", "full", "mine"]
        assert (on.memory.settings.profile, on.memory.settings.metered_profile) == ("balanced", "")
        assert list(switch.times) == [WORK]
        await on.has(up_limit=0)
        back()
        assert list(switch.times) == [night, WORK]
        assert on.memory.settings.profile == "own1"
        await on.has(up_limit=9_000)

    on_qt(story())


def test_a_profile_that_is_gone_is_as_balanced(on_qt: OnQt) -> None:
    async def story() -> None:
        on = desk(profile="gone", profile_times=write_times((ProfileTime("gone", (0,), 0, 0),)))
        switch = await on.open()
        assert (switch.in_force.profile.key, switch.in_force.cause) == ("balanced", Cause.CHOSEN)

    on_qt(story())
