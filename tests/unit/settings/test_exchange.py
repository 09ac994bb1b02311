"""The exported file: what comes out goes in again, what belongs to one computer stays, damage loses only itself."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from pathlib import Path

import pytest
from tests.support.other_values import other_value

from shoal.settings.engine_settings import EngineSettings
from shoal.settings.exchange import (
    MAX_EXCHANGE_BYTES,
    ExchangeError,
    NewerExchangeError,
    read_exchange,
    save_exchange,
    write_exchange,
)
from shoal.settings.interface_settings import InterfaceSettings
from shoal.settings.schema import schema_of


def test_every_setting_makes_the_round_trip() -> None:
    engine, interface = EngineSettings(), InterfaceSettings()
    for entry in schema_of(EngineSettings):
        if entry.page is not None:
            engine = replace(engine, **{entry.key: other_value(entry)})
    for entry in schema_of(InterfaceSettings):
        if entry.page is not None:
            interface = replace(interface, **{entry.key: other_value(entry)})
    read = read_exchange(write_exchange(engine, interface), EngineSettings(), InterfaceSettings())
    assert read.engine == engine
    assert read.interface == interface
    assert read.refused == ()
    assert read.unknown == ()


def test_what_belongs_to_this_computer_stays() -> None:
    there = InterfaceSettings(window_geometry="AAAA", recent_folders="/a", profile="quiet")
    here = InterfaceSettings(window_geometry="BBBB", recent_folders="/b")
    read = read_exchange(write_exchange(EngineSettings(), there), EngineSettings(), here)
    assert (read.interface.window_geometry, read.interface.recent_folders) == ("BBBB", "/b")
    assert read.interface.profile == "quiet"


def test_a_number_beyond_all_measure_loses_only_itself() -> None:
    data = b'\xef\xbb\xbf{"shoal-settings": 1, "engine": {"up_limit": 1' + b"0" * 400 + b', "max_peers": 9}}'
    read = read_exchange(data, EngineSettings(), InterfaceSettings())
    assert (read.engine, read.refused) == (EngineSettings(max_peers=9), ("up_limit",))


def test_bad_values_lose_only_themselves_and_are_named() -> None:
    values = {"max_peers": "many", "up_limit": 5, "window_geometry": "AAAA", "of_the_future": 1}
    content = {"shoal-settings": 1, "engine": values, "interface": {"theme": "pink", "units": "binary"}}
    read = read_exchange(json.dumps(content).encode(), EngineSettings(), InterfaceSettings())
    assert read.engine == EngineSettings(up_limit=5)
    assert read.interface == InterfaceSettings(units="binary")
    assert read.refused == ("max_peers", "theme")
    assert read.unknown == ("of_the_future", "window_geometry")


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"[]",
        b"{}",
        b'{"shoal-settings": 0}',
        b'{"shoal-settings": true}',
        b'{"shoal-settings": "1"}',
        b"[" * 100_000,
        b" " * (MAX_EXCHANGE_BYTES + 1),
    ],
)
def test_what_is_no_such_file_is_refused(data: bytes) -> None:
    with pytest.raises(ExchangeError):
        read_exchange(data, EngineSettings(), InterfaceSettings())


def test_the_file_of_a_newer_version_is_known_as_such() -> None:
    with pytest.raises(NewerExchangeError):
        read_exchange(b'{"shoal-settings": 2, "parts": []}', EngineSettings(), InterfaceSettings())


def test_it_tells_which_values_are_those_of_the_file() -> None:
    content = {"shoal-settings": 1, "engine": {"up_limit": 0, "max_peers": "many"}, "interface": {"units": "decimal"}}
    read = read_exchange(json.dumps(content).encode(), EngineSettings(), InterfaceSettings())
    assert read.taken == {"up_limit", "units"}


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = tmp_path / "mine.json"
    save_exchange(target, b"first")
    assert target.read_bytes() == b"first"

    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        save_exchange(target, b"second")
    assert [path.name for path in tmp_path.iterdir()] == ["mine.json"]
    assert target.read_bytes() == b"first"
