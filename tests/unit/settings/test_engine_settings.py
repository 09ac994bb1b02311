"""Engine settings: every field has a documented default in its range, and refuses what is out of it."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from shoal.settings.engine_settings import EngineSettings, SettingsError, validate


def test_defaults_are_valid_and_documented() -> None:
    assert validate(EngineSettings()) == EngineSettings()
    assert all(entry.metadata["doc"] for entry in fields(EngineSettings))


@pytest.mark.parametrize("entry", [entry for entry in fields(EngineSettings) if entry.metadata["low"] is not None])
def test_ranges_hold_at_and_one_past_the_bound(entry: object) -> None:
    name, low, high = entry.name, entry.metadata["low"], entry.metadata["high"]  # type: ignore[attr-defined]
    for value in (low, high):
        validate(replace(EngineSettings(), **{name: value}))
    for value in (low - 1, high + 1):
        with pytest.raises(SettingsError) as caught:
            validate(replace(EngineSettings(), **{name: value}))
        assert caught.value.field == name


@pytest.mark.parametrize(
    ("name", "value"),
    [("listen_port", 1.5), ("listen_port", True), ("listen_hosts", 5), ("save_seconds", float("nan"))],
)
def test_wrong_types_are_refused(name: str, value: object) -> None:
    with pytest.raises(SettingsError) as caught:
        validate(replace(EngineSettings(), **{name: value}))  # type: ignore[arg-type]
    assert caught.value.field == name
