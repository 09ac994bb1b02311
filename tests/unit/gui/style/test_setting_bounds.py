"""Sizes of settings are said with their unit, and exactly."""

from __future__ import annotations

from shoal.gui.style.setting_text import range_text, value_text
from shoal.settings.engine_settings import EngineSettings
from shoal.settings.schema import schema_of


def test_bounds_of_sizes_have_units_and_are_those_that_can_be_typed() -> None:
    entry = next(entry for entry in schema_of(EngineSettings) if entry.key == "piece_memory")
    assert range_text(entry) == "1 MiB to 4096 MiB"
    assert value_text(entry, 16 << 20) == "16 MiB"
