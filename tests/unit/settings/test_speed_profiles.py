"""Speed profiles: figures from the line, a person's own kept, damage left out, and when each is in force."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.profiles import (
    BUILT_IN,
    ProfileTime,
    SpeedProfile,
    check_profile,
    engine_values,
    is_as_set,
    mine_of,
    new_key,
    next_change,
    read_profiles,
    read_times,
    scheduled,
    write_profiles,
    write_times,
)
from shoal.settings.schema import SettingsError

QUIET, BALANCED, FULL, MINE = BUILT_IN
DSL_UP, DSL_DOWN = 40_000, 100_000
"""kbit/s."""


def test_balanced_leaves_a_fifth_of_the_upload_free() -> None:
    values = engine_values(BALANCED, DSL_UP, DSL_DOWN)
    assert (values["up_limit"], values["down_limit"]) == (4_000_000, 0)
    assert (values["upload_slots"], values["active_downloads"]) == (4, 3)


def test_quiet_leaves_most_of_the_line_free() -> None:
    values = engine_values(QUIET, DSL_UP, DSL_DOWN)
    assert (values["up_limit"], values["down_limit"]) == (1_250_000, 6_250_000)
    assert (values["upload_slots"], values["active_downloads"]) == (2, 1)


def test_a_line_that_is_not_known_limits_only_the_quiet() -> None:
    assert engine_values(BALANCED, 0, 0)["up_limit"] == 0
    assert engine_values(FULL, 0, 0)["up_limit"] == 0
    assert engine_values(QUIET, 0, 0)["up_limit"] == 100_000


def test_a_slow_line_serves_few_at_a_time() -> None:
    values = engine_values(FULL, 512, 2_000)
    assert values["upload_slots"] == 2
    assert values["active_downloads"] == 2


@pytest.mark.parametrize("line", [0, 1, 64, 512, 40_000, 100_000_000])
@pytest.mark.parametrize("profile", BUILT_IN, ids=lambda profile: str(profile.key))
def test_every_line_gives_settings_that_the_engine_takes(profile: SpeedProfile, line: int) -> None:
    settings = replace(EngineSettings(), **engine_values(profile, line, line))  # type: ignore[arg-type]
    assert validate(settings) is settings


def test_mine_holds_what_was_set_by_hand_unbent() -> None:
    present = {"up_limit": 7_000, "down_limit": 9, "upload_slots": 40, "active_downloads": 0, "max_peers": 60}
    mine = mine_of(present, MINE)
    assert engine_values(mine, 512, 512) == present
    assert is_as_set(engine_values(mine, 0, 0), {**present, "half_open": 3})
    assert not is_as_set(engine_values(mine, 0, 0), {**present, "max_peers": 61})


def test_profiles_make_the_round_trip() -> None:
    night = SpeedProfile("night", "At night", up_share=1.0, share_ratio=1.5)
    profiles = (replace(QUIET, upload_slots=3), BALANCED, FULL, MINE, night)
    assert read_profiles(write_profiles(profiles)) == profiles
    assert read_profiles("") == BUILT_IN
    assert write_profiles(BUILT_IN) == ""


@pytest.mark.parametrize(
    "text",
    [
        "{",
        "{}",
        "[1, null, []]",
        '[{"name": "x"}]',
        '[{"key": "quiet", "upload_slots": 0}]',
        '[{"key": "quiet", "up_share": true}]',
        '[{"key": "quiet", "up_rate": 1.5}]',
        '[{"key": "own"}]',
        json.dumps([{"key": "own", "name": "x" * 41}]),
        "[" * 100_000,
    ],
)
def test_damaged_profiles_are_left_out(text: str) -> None:
    assert read_profiles(text) == BUILT_IN


def test_a_bad_value_is_named() -> None:
    with pytest.raises(SettingsError) as caught:
        check_profile(replace(QUIET, max_peers=1))
    assert caught.value.field == "max_peers"


WORK = ProfileTime("quiet", (0, 1, 2, 3, 4), 9 * 60, 17 * 60)
NIGHT = ProfileTime("full", (4,), 23 * 60, 6 * 60)


@pytest.mark.parametrize(
    ("day", "minute", "profile"),
    [
        (0, 9 * 60 - 1, ""),
        (0, 9 * 60, "quiet"),
        (4, 17 * 60 - 1, "quiet"),
        (4, 17 * 60, ""),
        (5, 10 * 60, ""),
        (4, 23 * 60, "full"),
        (5, 5 * 60 + 59, "full"),
        (5, 6 * 60, ""),
        (4, 60, ""),
    ],
)
def test_the_hours_of_a_profile(day: int, minute: int, profile: str) -> None:
    assert scheduled((WORK, NIGHT), day, minute) == profile


def test_a_night_that_begins_on_sunday_ends_on_monday() -> None:
    assert scheduled((ProfileTime("full", (6,), 23 * 60, 60),), 0, 30) == "full"


def test_times_make_the_round_trip_and_lose_what_is_damaged() -> None:
    assert read_times(write_times((WORK, NIGHT))) == (WORK, NIGHT)
    assert write_times(()) == ""
    good = json.loads(write_times((WORK,)))[0]
    bad = [{**good, "start": -1}, {**good, "days": [7]}, {**good, "profile": 3}, {**good, "days": []}, 5]
    assert read_times(json.dumps([*bad, good])) == (WORK,)


WHOLE_DAYS = ProfileTime("full", (5, 6), 0, 0)


@pytest.mark.parametrize(
    ("day", "minute", "minutes"),
    [
        (0, 8 * 60, 60),
        (0, 9 * 60, 8 * 60),
        (3, 17 * 60, 16 * 60),
        (4, 17 * 60, 7 * 60),
        (5, 0, 2 * 24 * 60),
        (6, 23 * 60, 60),
    ],
)
def test_the_next_change_of_the_schedule(day: int, minute: int, minutes: int) -> None:
    assert next_change((WORK, WHOLE_DAYS), day, minute) == minutes


def test_a_schedule_that_never_changes() -> None:
    assert next_change((), 2, 600) is None
    assert next_change((ProfileTime("quiet", tuple(range(7)), 600, 600),), 2, 599) is None


def test_a_new_profile_gets_a_key_of_its_own() -> None:
    assert new_key((*BUILT_IN, SpeedProfile("own1", "Night"))) == "own2"


def test_the_engine_starts_as_balanced_has_it() -> None:
    """So that nothing is changed at the first start, and nothing is called changed."""
    assert is_as_set(engine_values(BALANCED, 0, 0), asdict(EngineSettings()))
