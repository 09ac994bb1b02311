"""The schema: every key has its words and its place, and docs/settings.md is what the schema says."""

from __future__ import annotations

from pathlib import Path

import pytest

from shoal.settings.engine_settings import EngineSettings
from shoal.settings.handbook import settings_page
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import PAGE_NAMES, Page, Setting, SettingsError, check_value, schema_of

ALL = [*schema_of(EngineSettings), *schema_of(InterfaceSettings)]
SHOWN = [entry for entry in ALL if entry.page is not None]


def entry_of(key: str) -> Setting:
    return next(entry for entry in ALL if entry.key == key)


def test_no_key_is_both_the_engines_and_the_interfaces() -> None:
    keys = [entry.key for entry in ALL]
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize("entry", SHOWN, ids=lambda entry: str(entry.key))
def test_what_people_see_has_words(entry: Setting) -> None:
    assert entry.title
    assert entry.effect
    assert not entry.effect.endswith(".")
    assert all(choice.words for choice in entry.choices)


@pytest.mark.parametrize("entry", ALL, ids=lambda entry: str(entry.key))
def test_the_default_is_a_value_that_it_may_have(entry: Setting) -> None:
    check_value(entry, entry.default)


def test_every_page_has_a_name_and_something_on_it() -> None:
    assert set(PAGE_NAMES) == set(Page)
    assert {entry.page for entry in SHOWN} == set(Page)


@pytest.mark.parametrize("hours", ["22:00-07:00", "00:00-23:59", ""])
def test_hours_are_taken(hours: str) -> None:
    check_value(entry_of("quiet_hours"), hours)


@pytest.mark.parametrize("hours", ["22-7", "24:00-07:00", "22:00", "22:60-23:00", "22:00-07:00 "])
def test_other_hours_are_refused(hours: str) -> None:
    with pytest.raises(SettingsError) as caught:
        check_value(entry_of("quiet_hours"), hours)
    assert caught.value.field == "quiet_hours"


@pytest.mark.parametrize("text", ["{", "[" * 100_000, "nothing"])
def test_what_is_no_json_is_refused(text: str) -> None:
    with pytest.raises(SettingsError):
        check_value(entry_of("shortcuts"), text[: entry_of("shortcuts").longest])


def test_the_page_of_the_docs_is_the_schemas() -> None:
    page = Path(__file__).parents[3] / "docs" / "settings.md"
    assert page.read_text(encoding="utf-8") == settings_page(), (
        "write it anew: PYTHONPATH=app python3 -m shoal.settings.handbook > docs/settings.md"
    )
