"""Engine settings: every field has a documented default in its range, and refuses what is out of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shoal.settings.engine_settings import EngineSettings, validate
from shoal.settings.schema import Setting, SettingsError, schema_of

NUMBERS = [entry for entry in schema_of(EngineSettings) if entry.high is not None]


def test_defaults_are_valid() -> None:
    assert validate(EngineSettings()) == EngineSettings()


@pytest.mark.parametrize("entry", NUMBERS, ids=lambda entry: str(entry.key))
def test_ranges_hold_at_and_one_past_the_bound(entry: Setting) -> None:
    kind = type(entry.default)
    assert entry.low is not None
    assert entry.high is not None
    for value in (entry.low, entry.high):
        validate(replace(EngineSettings(), **{entry.key: kind(value)}))
    for value in (entry.low - 1, entry.high + 1):
        with pytest.raises(SettingsError) as caught:
            validate(replace(EngineSettings(), **{entry.key: kind(value)}))
        assert caught.value.field == entry.key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("listen_port", 1.5),
        ("listen_port", True),
        ("listen_hosts", 5),
        ("save_seconds", float("nan")),
        ("full_allocation", 1),
        ("share_then", "delete"),
        ("finished_folder", "somewhere"),
        ("finished_folder", "/half\ud800"),
        ("outgoing_host", "vpn.example.org"),
        ("outgoing_host", "10.8.0"),
    ],
)
def test_wrong_types_are_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(replace(EngineSettings(), **{name: value}))  # type: ignore[arg-type]
    assert caught.value.field == name
