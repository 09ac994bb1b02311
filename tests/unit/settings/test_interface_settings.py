"""Interface settings: what each field takes."""

from __future__ import annotations

from typing import Any

import pytest

from shoal.settings.interface_settings import (
    MAX_FOLDER_LENGTH,
    InterfaceSettings,
    validate_interface,
)
from shoal.settings.schema import SettingsError


def test_defaults_are_valid() -> None:
    assert validate_interface(InterfaceSettings()) == InterfaceSettings()


@pytest.mark.parametrize("theme", ["system", "light", "dark"])
def test_every_theme_is_taken(theme: str) -> None:
    assert validate_interface(InterfaceSettings(theme=theme)).theme == theme


@pytest.mark.parametrize(
    "changes",
    [
        {"theme": "pink"},
        {"theme": None},
        {"window_geometry": "not base64!"},
        {"window_geometry": b"AAAA"},
        {"column_state": "A" * 65540},
        {"last_folder": "x" * (MAX_FOLDER_LENGTH + 1)},
        {"last_folder": "a\0b"},
    ],
)
def test_odd_values_are_refused_by_field(changes: dict[str, Any]) -> None:
    with pytest.raises(SettingsError) as caught:
        validate_interface(InterfaceSettings(**changes))
    assert caught.value.field == next(iter(changes))


def test_longest_values_are_taken() -> None:
    settings = InterfaceSettings(window_geometry="A" * 65536, last_folder="x" * MAX_FOLDER_LENGTH)
    assert validate_interface(settings) is settings
