"""Which speed profile is in force: the chosen one, the one of the hour, or the one for a metered network.

The engine gets its figures when another profile comes into force, when that profile is edited and when the line is
found to be another; figures that a person changes elsewhere stay until then, also those that come with another line
or profile in one change, such as a file of settings. The goal of sharing that some have goes with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from enum import Enum
from functools import partial

from PySide6.QtCore import QObject, Signal

from shoal.gui.link.alarm import Alarm, TimerAlarm
from shoal.gui.link.client_link import ClientLink
from shoal.gui.link.network_cost import NetworkCost, SystemNetworkCost
from shoal.gui.link.settings_door import SettingsDoor
from shoal.settings.profiles import (
    BALANCED,
    MINE,
    STEERED,
    ProfileTime,
    SpeedProfile,
    as_delivered,
    covering,
    engine_values,
    is_as_set,
    mine_of,
    next_change,
    read_profiles,
    read_times,
    write_profiles,
    write_times,
)
from shoal.settings.schema import Value

LONGEST_WAIT = 30.0
"""Seconds between two looks at the clock while there is a schedule: it may be set, and a computer may sleep."""
GOAL = "share_ratio"
FIGURES = frozenset({*STEERED, GOAL})
"""Engine settings that a profile may set."""
_STEERING = frozenset({"profile", "profiles", "profile_times", "metered_profile", "line_up", "line_down", "line_trial"})
"""What decides which figures are in force."""
Back = Callable[[], None]
"""Brings back how it was."""


class Cause(Enum):
    """Why a profile is in force."""

    CHOSEN = "chosen"
    HELD = "held"
    """Chosen by hand while another would be in force; until the next boundary."""
    SCHEDULED = "scheduled"
    METERED = "metered"


@dataclass(frozen=True, slots=True)
class InForce:
    """`until` is the next boundary of the schedule, local time, where one ends it."""

    profile: SpeedProfile
    cause: Cause
    until: datetime | None = None
    is_by_hand: bool = False
    """The engine's figures were changed elsewhere since."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """What could put another profile than the chosen one in force."""

    time: ProfileTime | None
    is_metered: bool


@dataclass(frozen=True, slots=True)
class _Figures:
    """What the engine was given last."""

    key: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class _Before:
    """How it was before a change."""

    kept: Mapping[str, Value]
    held: tuple[str, _Moment] | None
    given: _Figures
    figures: Mapping[str, Value]


class SpeedSwitch(QObject):
    """`now` is the local time. Lives as long as the program, longer than a window."""

    changed = Signal()
    """Something of what is shown is different now."""

    def __init__(
        self,
        door: SettingsDoor,
        link: ClientLink,
        *,
        now: Callable[[], datetime] = datetime.now,
        alarm: Alarm | None = None,
        network: NetworkCost | None = None,
    ) -> None:
        super().__init__()
        self._door, self._link, self._now = door, link, now
        self._alarm: Alarm = alarm or TimerAlarm()
        self._network: NetworkCost = network or SystemNetworkCost()
        self._turn = asyncio.Lock()
        self._held: tuple[str, _Moment] | None = None
        self._given = _Figures("", {})
        self._has_begun = self._is_own_change = False
        self._changing = 0
        self._shown = (self.profiles, self.in_force)
        door.changed.connect(self._follow)
        self._look()

    # -- what is so

    @property
    def profiles(self) -> tuple[SpeedProfile, ...]:
        """All of them, in the order in which they are offered."""
        return read_profiles(self._door.interface.profiles)

    @property
    def times(self) -> tuple[ProfileTime, ...]:
        """The schedule, without what speaks of profiles that are gone."""
        known = {profile.key for profile in self.profiles}
        return tuple(time for time in read_times(self._door.interface.profile_times) if time.profile in known)

    @property
    def lines(self) -> tuple[int, int]:
        """Up and down, kbit/s; 0 where it is not known. While the line is measured, what is reckoned with."""
        interface = self._door.interface
        return interface.line_up or interface.line_trial, interface.line_down

    @property
    def metered_profile(self) -> str:
        """Key of the profile for a metered network; "" for none."""
        key = self._door.interface.metered_profile
        return key if any(profile.key == key for profile in self.profiles) else ""

    @property
    def in_force(self) -> InForce:
        """The profile that steers the engine now, and why that one."""
        moment = self._moment()
        key, cause = self._wanted(moment)
        until = None
        if cause in (Cause.SCHEDULED, Cause.HELD) and moment.time is not None:
            now = self._now()
            minutes = next_change(self.times, now.weekday(), now.hour * 60 + now.minute)
            if minutes is not None:
                until = now.replace(second=0, microsecond=0) + timedelta(minutes=minutes)
        profile = self.profile(key)
        is_known = self._has_begun and not self._changing
        is_by_hand = is_known and not is_as_set(self.values_of(profile), self._figures())
        return InForce(profile, cause, until, is_by_hand)

    def profile(self, key: str) -> SpeedProfile:
        """The profile of that key; of a key that is gone the one that is in force at a first start."""
        profiles = {profile.key: profile for profile in self.profiles}
        return profiles.get(key, profiles[BALANCED])

    def values_of(self, profile: SpeedProfile) -> dict[str, Value]:
        """What `profile` sets in the engine on this line."""
        return engine_values(profile, *self.lines)

    def knows_metered_networks(self) -> bool:
        """Whether this system can tell that a network is metered."""
        return self._network.watch(self._look)

    # -- what can be done; each answers the way back

    def choose(self, key: str) -> Back:
        """Put a profile in force at once; while the schedule or the network wants another, until the next boundary."""
        kept: dict[str, Value] = {}
        if key == MINE and self.profile(MINE) == as_delivered(MINE) and self._has_begun:
            # One's own figures begin where they are, not with those that nobody has chosen.
            kept["profiles"] = write_profiles(self._with(mine_of(self._figures(), self.profile(MINE))))
        moment = self._moment()
        held: tuple[str, _Moment] | None = None
        if moment == _Moment(None, False):
            kept["profile"] = key
        elif key != self._wanted(moment, by_hand=False)[0]:
            held = key, moment
        return self._do(kept, held, again=True)

    def keep(self, profile: SpeedProfile, *, lines: tuple[int, int] | None = None) -> Back:
        """Save a new or changed profile, and the speed of the line where it was entered with it."""
        kept: dict[str, Value] = {"profiles": write_profiles(self._with(profile))}
        if lines is not None:
            kept["line_down"] = lines[1]
            if lines[0] != self.lines[0]:
                kept |= {"line_up": lines[0], "line_trial": 0}
        return self._do(kept, self._held)

    def remove(self, key: str) -> Back:
        """Delete a person's own profile, and whatever names it."""
        interface = self._door.interface
        kept: dict[str, Value] = {
            "profiles": write_profiles(profile for profile in self.profiles if profile.key != key),
            "profile_times": write_times(time for time in self.times if time.profile != key),
        }
        if interface.profile == key:
            kept["profile"] = BALANCED
        if interface.metered_profile == key:
            kept["metered_profile"] = ""
        return self._do(kept, None if self._held is not None and self._held[0] == key else self._held)

    def set_times(self, times: Iterable[ProfileTime]) -> Back:
        """Replace the schedule."""
        return self._do({"profile_times": write_times(times)}, self._held)

    def set_metered_profile(self, key: str) -> Back:
        """Which profile a metered network is to have; "" for none of its own."""
        return self._do({"metered_profile": key}, self._held)

    # -- inside

    def _with(self, profile: SpeedProfile) -> list[SpeedProfile]:
        others = self.profiles
        if all(other.key != profile.key for other in others):
            return [*others, profile]
        return [profile if other.key == profile.key else other for other in others]

    def _moment(self) -> _Moment:
        now = self._now()
        time = covering(self.times, now.weekday(), now.hour * 60 + now.minute)
        return _Moment(time, bool(self.metered_profile) and self._network.is_metered())

    def _wanted(self, moment: _Moment, *, by_hand: bool = True) -> tuple[str, Cause]:
        if by_hand and self._held is not None and self._held[1] == moment:
            return self._held[0], Cause.HELD
        if moment.is_metered:
            return self.metered_profile, Cause.METERED
        if moment.time is not None:
            return moment.time.profile, Cause.SCHEDULED
        return self._door.interface.profile, Cause.CHOSEN

    def _figures(self) -> dict[str, Value]:
        engine = asdict(self._door.engine)
        return {key: engine[key] for key in FIGURES}

    def _do(self, kept: Mapping[str, Value], held: tuple[str, _Moment] | None, *, again: bool = False) -> Back:
        """Keep settings, and give the engine its figures where they are others now, or `again`."""
        before = _Before({key: self._door.value(key) for key in kept}, self._held, self._given, self._figures())
        self._held = held
        self._remember(kept)
        if again:
            self._give()
        self._look()
        return partial(self._go_back, before, self._given is not before.given)

    def _go_back(self, before: _Before, was_given: bool) -> None:
        self._held = before.held
        self._remember(before.kept)
        if was_given and before.given.key:
            self._given = before.given
            self._start(dict(before.figures))
        else:
            self._look()

    def _remember(self, kept: Mapping[str, Value]) -> None:
        self._is_own_change = True
        try:
            self._door.remember(kept)
        finally:
            self._is_own_change = False

    def _follow(self, keys: frozenset[str]) -> None:
        if not self._has_begun and self._door.is_known:
            self._has_begun = True
            target = self._target()
            if self._door.interface.profile_applied == target.key:
                # What was changed by hand before the program ended stays.
                self._given = target
            self._adopt()
        elif keys & FIGURES:
            self._adopt()
        if self._is_own_change:
            return
        brought = self._door.told_together & FIGURES
        if brought and keys & _STEERING:
            self._leave(brought)
        self._look()

    def _leave(self, brought: frozenset[str]) -> None:
        """The figures `brought` together with what steers them are a person's, unless a profile has set them so."""
        if not self._has_begun:
            return
        interface, figures = self._door.interface, self._figures()
        steering = {interface.profile, self.metered_profile, *(time.profile for time in self.times)}
        if any(is_as_set(self.values_of(self.profile(key)), figures) for key in steering if key):
            return
        former, self._given = self._given, self._target()
        self._adopt()
        values = {**self._given.values, **self._goal_after(former, self._given.values)}
        self._start({key: value for key, value in values.items() if key not in brought})

    def _adopt(self) -> None:
        """One's own figures are whatever they were set to, also in a menu."""
        if self._changing or self._given.key != MINE:
            return
        mine = mine_of(self._figures(), self.profile(MINE))
        if not is_as_set(self.values_of(self.profile(MINE)), self._figures()):
            self._given = _Figures(MINE, self.values_of(mine))
            self._remember({"profiles": write_profiles(self._with(mine))})

    def _target(self) -> _Figures:
        key, _ = self._wanted(self._moment())
        profile = self.profile(key)
        return _Figures(profile.key, self.values_of(profile))

    def _look(self) -> None:
        """Whether another profile is to be in force now."""
        if self.metered_profile:
            self._network.watch(self._look)
        if self._held is not None and self._held[1] != self._moment():
            self._held = None
        if self._has_begun and self._target() != self._given:
            self._give()
        self._wait()
        shown = (self.profiles, self.in_force)
        if shown != self._shown:
            self._shown = shown
            self.changed.emit()

    def _wait(self) -> None:
        now = self._now()
        minutes = next_change(self.times, now.weekday(), now.hour * 60 + now.minute)
        if minutes is None:
            self._alarm.stop()
        else:
            seconds = minutes * 60 - now.second - now.microsecond / 1e6
            self._alarm.set(min(seconds + 0.05, LONGEST_WAIT), self._look)

    def _give(self) -> None:
        if self._has_begun:
            former, self._given = self._given, self._target()
            self._start(dict(self._given.values), former)

    def _goal_after(self, former: _Figures, values: Mapping[str, Value]) -> dict[str, Value]:
        """The goal of sharing: kept when `values` bring another one, put back when only `former` had one."""
        applied = former.values if former.key else self.values_of(self.profile(self._door.interface.profile_applied))
        goal, present = applied.get(GOAL), self._figures()[GOAL]
        if GOAL in values:
            return {"goal_apart": present} if goal is None else {}
        return {GOAL: self._door.interface.goal_apart} if goal is not None and goal == present else {}

    def _start(self, values: dict[str, Value], former: _Figures | None = None) -> None:
        # From now on, not from when it is its turn: figures on their way are not changed by hand.
        self._changing += 1
        if self._link.run(self._change(values, former)) is None:
            self._changing -= 1

    async def _change(self, values: dict[str, Value], former: _Figures | None) -> None:
        key = self._given.key
        try:
            async with self._turn:
                if former is not None:
                    values = values | self._goal_after(former, values)
                await self._door.change({**values, "profile_applied": key})
        finally:
            self._changing -= 1
            self._look()
