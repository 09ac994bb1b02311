"""The draft of the assistant: what it becomes as settings, and that nothing else is touched."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.gui.wizard.draft import (
    METERED_ASK_BYTES,
    MOBILE,
    TYPICAL,
    Draft,
    first_draft,
    is_port,
    present_draft,
    settings_of,
    sharing,
    with_line,
    with_measuring,
)
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.interface_settings import LINES, InterfaceSettings
from shoal.settings.profiles import BALANCED, FULL, MINE, QUIET, SpeedProfile, write_profiles
from shoal.settings.schema import Value, check_value, schema_of

SET_UP = Draft(line_kind="dsl", line_down=100_000, line_up=40_000, listen_port=51_000, downloads_folder="/d")


def test_present_settings_make_a_draft_that_changes_nothing() -> None:
    engine, interface = EngineSettings(listen_port=50_000), InterfaceSettings(theme="dark", line_kind="dsl")

    def value(key: str) -> Value:
        owner = engine if hasattr(engine, key) else interface
        found: Value = getattr(owner, key)
        return found

    draft = present_draft(value, opens_torrents=True)
    assert (draft.listen_port, draft.theme, draft.line_kind, draft.opens_torrents) == (50_000, "dark", "dsl", True)
    assert settings_of(draft, draft) == {"assistant_done": True}


def test_every_kind_of_line_has_typical_speeds() -> None:
    assert set(TYPICAL) == set(LINES) - {""}
    assert all(0 < up <= down for down, up in TYPICAL.values())


def test_the_upload_is_80_percent_of_the_line() -> None:
    draft = with_line(Draft(), "dsl")
    found = sharing(draft, Draft())
    assert (found.up_limit, found.share) == (4_000_000, 0.8)
    values = settings_of(draft, Draft())
    assert (values["line_kind"], values["line_up"], values["profile"]) == ("dsl", 40_000, BALANCED)


def test_metered_is_quiet_and_asks_before_large_downloads_until_it_is_left() -> None:
    mobile = with_line(Draft(), MOBILE)
    values = settings_of(mobile, Draft())
    assert (values["profile"], values["ask_above_bytes"]) == (QUIET, METERED_ASK_BYTES)
    assert sharing(mobile, Draft()).up_limit == 312_500
    before = replace(mobile, profile=QUIET, ask_above_bytes=METERED_ASK_BYTES)
    values = settings_of(with_line(before, "fibre"), before)
    assert (values["profile"], values["ask_above_bytes"]) == (BALANCED, 0)


def test_an_own_size_to_ask_from_stays() -> None:
    before = Draft(ask_above_bytes=5)
    assert settings_of(with_line(before, MOBILE), before)["ask_above_bytes"] == 5
    assert settings_of(with_line(before, "dsl"), before)["ask_above_bytes"] == 5


@pytest.mark.parametrize(("profile", "then"), [(FULL, FULL), (QUIET, QUIET), (MINE, BALANCED), ("gone", BALANCED)])
def test_another_line_keeps_a_profile_that_goes_by_the_line(profile: str, then: str) -> None:
    before = replace(SET_UP, profile=profile)
    assert settings_of(with_line(before, "fibre"), before)["profile"] == then


def test_a_changed_profile_is_taken_as_it_is() -> None:
    own = write_profiles([SpeedProfile(BALANCED, up_share=0.5)])
    before = Draft(profiles=own)
    assert sharing(with_line(before, "dsl"), before).up_limit == 2_500_000


def test_the_same_line_leaves_all_speeds_alone() -> None:
    assert settings_of(replace(SET_UP, theme="dark"), SET_UP) == {"theme": "dark", "assistant_done": True}


def test_a_careful_start_is_1_mbit_up() -> None:
    draft = with_measuring(with_line(Draft(), "fibre"))
    assert sharing(draft, Draft()).up_limit == 100_000
    assert (draft.line_down, draft.line_up, draft.line_trial) == (0, 0, 1_000)
    assert draft.line_kind == "fibre"
    assert with_line(draft, "fibre").line_trial == 0


def test_measuring_begins_with_what_transfers_have_reached() -> None:
    before = Draft(line_up=50_000, seen_up=1_234_567, seen_down=6_200_000, line_offered=True)
    draft = with_measuring(before)
    assert (draft.line_down, draft.line_up) == (49_000, 0)
    assert abs(sharing(draft, before).up_limit - 1_234_567) < 1_000
    values = settings_of(draft, before)
    assert (values["line_trial"], values["line_offered"]) == (draft.line_trial, False)
    assert not {"seen_up", "seen_down"} & values.keys()


@pytest.mark.parametrize("has_tray", [True, False])
def test_sensible_settings_limit_nothing_where_the_line_is_not_known(has_tray: bool) -> None:
    draft = first_draft(Draft(), has_tray=has_tray)
    values = settings_of(draft, Draft())
    assert sharing(draft, Draft()).up_limit == 0
    assert values.get("close_to_tray", False) is has_tray
    assert not draft.opens_torrents


def test_a_new_folder_is_offered_instead_of_the_last_one() -> None:
    assert settings_of(replace(SET_UP, downloads_folder="/new"), SET_UP)["last_folder"] == ""
    assert "last_folder" not in settings_of(SET_UP, SET_UP)


def test_every_value_is_one_that_the_schema_takes() -> None:
    entries = {entry.key: entry for entry in (*schema_of(InterfaceSettings), *schema_of(EngineSettings))}
    for kind in TYPICAL:
        values = settings_of(with_line(first_draft(SET_UP, has_tray=True), kind), Draft(theme="dark"))
        for key, value in values.items():
            check_value(entries[key], value)


@pytest.mark.parametrize(
    ("text", "is_one"),
    [("1024", True), ("65535", True), ("1023", False), ("65536", False), ("", False), ("x", False), ("\u0663", False)],
)
def test_ports_that_can_be_typed(text: str, is_one: bool) -> None:
    assert is_port(text) is is_one
